// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_ENTRYPROBLEMS_H
#define QZAP_SQL_ENTRYPROBLEMS_H

#include <QtCore/qmap.h>
#include <QtCore/qstring.h>

#include <unordered_set>

namespace QZap::Internal {

// The rows of the table of credentials that cannot be used, and why. Keeps the names of a limited
// number of rows, and only hashes of the others.
class EntryProblems
{
public:
    // The name identifies the row, and is safe to print.
    void add(const QString &name, const QString &why);
    void remove(const QString &name);
    // Called before and after all rows are read again: those that are invalid for the same reason
    // as before are not new. The reasons of rows whose names are not kept are not compared.
    void beginAll();
    void endAll();

    bool isEmpty() const { return m_problems.isEmpty() && m_others.empty(); }
    // Returns whether a row was added since the last call that was not known.
    [[nodiscard]] bool takeNews();
    // Returns a text with the first rows, and the number of the others; empty if there are none.
    QString text() const;

private:
    QMap<QString, QString> m_problems;
    std::unordered_set<quint64> m_others; // the hashes of the names that are not kept
    // While all rows are read, what was known before. A reading that fails is repeated.
    QMap<QString, QString> m_former;
    std::unordered_set<quint64> m_formerOthers;
    bool m_hasNews = false;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_ENTRYPROBLEMS_H
