// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CHECKTEST_H
#define CHECKTEST_H

#include "commandrun.h"

#include <QtCore/qobject.h>
#include <QtCore/qtemporarydir.h>

#include <memory>

// Base class of tests of "qzap check". Each test function gets an empty directory.
class CheckTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void init();

protected:
    QString path(const QString &name) const { return m_directory->filePath(name); }
    bool write(const QString &name, const QByteArray &contents, uint mode = 0600) const;
    // Runs the command in the directory.
    CommandRun check(const QString &name, const QStringList &options = {}) const;
    static QStringList as(const char *kind);

    // Returns the text of a public key that cannot be read as a user and a password.
    static QByteArray key();
    static QByteArray inUtf16(const QByteArray &text, bool bigEndian);

    std::unique_ptr<QTemporaryDir> m_directory;
};

#endif // CHECKTEST_H
