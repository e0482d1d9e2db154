// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELINE_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELINE_H

#include "base/problem.h"
#include "base/text.h"

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// A view of one line of a password file, without the line end.
class PasswordFileLine
{
public:
    enum class Kind {
        Blank,
        Entry,
        Locked, // nobody is accepted as this user
        Bad,
    };

    explicit PasswordFileLine(qint64 maximumHashMemory)
        : m_maximumHashMemory(maximumHashMemory)
    { }

    Kind parse(QByteArrayView line);

    // These are valid for entries; user() is also valid for locked users and for invalid lines with
    // a '='.
    QByteArrayView user() const { return m_user; }
    QByteArrayView password() const { return m_password; }
    // Returns whether the line contains a hash, valid or not.
    bool isHashed() const { return m_isHashed; }
    // Returns whether the line locks the user out. Unlike other invalid lines, one whose lock
    // precedes a hash does so, too.
    bool locksUser() const { return m_locksUser; }
    // Returns whether other programs write this character between a name and a hash.
    static bool isSeparator(char c)
    {
        return c == ':' || c == ',' || c == ';' || c == '|' || isBlank(c);
    }
    // Returns the problem of an invalid line, without file and line.
    const Problem &problem() const { return m_problem; }

private:
    static Problem strayHashProblem(QByteArrayView line);
    Problem problemOfEntry();

    QByteArrayView m_user;
    QByteArrayView m_password;
    Problem m_problem;
    qint64 m_maximumHashMemory;
    bool m_isHashed = false;
    bool m_locksUser = false;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELINE_H
