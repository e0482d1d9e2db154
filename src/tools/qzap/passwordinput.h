// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_PASSWORDINPUT_H
#define QZAP_TOOLS_PASSWORDINPUT_H

#include "base/problem.h"
#include "base/secret.h"

#include <QtCore/qfile.h>
#include <QtCore/qstring.h>

// Reads a password from standard input: twice and without echo from a terminal, otherwise from the
// first line. The password is never read from the command line, which all users can read.
class PasswordInput
{
public:
    PasswordInput() = default;
    Q_DISABLE_COPY_MOVE(PasswordInput)

    // Returns why there is no password.
    [[nodiscard]] QZap::Internal::Problem read(const QString &user);

    // Returns whether reading standard input failed, as opposed to an invalid password.
    bool isUnreadable() const { return m_isUnreadable; }
    const QZap::Internal::SecretBytes &password() const { return m_password; }

private:
    QZap::Internal::Problem readTwice(const QString &user);
    QZap::Internal::Problem readLine(QZap::Internal::SecretBytes *line);

    QFile m_file;
    QZap::Internal::SecretBytes m_password; // wiped on destruction
    bool m_isUnreadable = false;
};

#endif // QZAP_TOOLS_PASSWORDINPUT_H
