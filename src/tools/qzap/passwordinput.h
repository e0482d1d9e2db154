// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_PASSWORDINPUT_H
#define QZAP_TOOLS_PASSWORDINPUT_H

#include "base/secret.h"

#include <QtCore/qfile.h>
#include <QtCore/qstring.h>

// A password from standard input: asked for twice, without echo, where that is a terminal, and its
// first line where it is not. Never from the command line, which everybody can read.
class PasswordInput
{
public:
    PasswordInput() = default;
    Q_DISABLE_COPY_MOVE(PasswordInput)

    // Whether there is a password; else there is a problem.
    [[nodiscard]] bool read(const QString &user);

    QString problem() const { return m_problem; }
    // Whether standard input failed, and not the one who typed.
    bool isUnreadable() const { return m_isUnreadable; }
    const QZap::Internal::SecretBytes &password() const { return m_password; }

private:
    bool readTwice(const QString &user);
    bool readLine(QZap::Internal::SecretBytes *line);
    bool fail(const QString &problem);

    QFile m_file;
    QZap::Internal::SecretBytes m_password; // wiped when it goes
    QString m_problem;
    bool m_isUnreadable = false;
};

#endif // QZAP_TOOLS_PASSWORDINPUT_H
