// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef TESTNAMES_H
#define TESTNAMES_H

#include <QtCore/qbytearray.h>
#include <QtCore/qmap.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

// The test functions of the project, as documentation names them: tst_request::survivesAnyFrames().
class TestNames
{
public:
    // Reads all files tst_*.cpp below the folder.
    static TestNames read(const QString &folder);

    // Adds the test functions that the contents of tst_<test>.cpp declare.
    void add(const QString &test, const QByteArray &contents);
    // Returns all names of this form in the text.
    static QStringList namedIn(const QString &text);
    bool contains(const QString &name) const;
    // Returns the tests whose classes depend on macros. moc does not see these, and would leave
    // test functions out.
    QStringList conditional() const { return m_conditional; }

private:
    QMap<QString, QSet<QString>> m_functions; // by test, such as "tst_request"
    QStringList m_conditional;
};

#endif // TESTNAMES_H
