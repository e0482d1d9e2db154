// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILETEXT_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILETEXT_H

#include "base/problem.h"
#include "base/secret.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <vector>

namespace QZap::Internal {

// The lines of a password file that is edited. All but those of the users who are stay as they
// are, byte for byte: comments, ends of lines, and what makes no sense.
class PasswordFileText
{
public:
    PasswordFileText() = default;
    explicit PasswordFileText(QByteArrayView contents);
    PasswordFileText(const PasswordFileText &other);
    PasswordFileText(PasswordFileText &&other) noexcept = default;
    PasswordFileText &operator=(const PasswordFileText &other) = delete;
    PasswordFileText &operator=(PasswordFileText &&other) noexcept = default;
    ~PasswordFileText() = default;

    // Return why no line can say this.
    [[nodiscard]] static Problem userProblem(QByteArrayView user);
    [[nodiscard]] static Problem passwordProblem(QByteArrayView password);
    // Besides, of a password that is not hashed.
    [[nodiscard]] static Problem plainProblem(QByteArrayView password);

    // Afterwards one line names the user: the first that did, or a new one at the end. Others that
    // do, with a password that counts for nothing now, might count after the next edit.
    void set(const QByteArray &user, QByteArrayView value);
    // All lines that name the user; false where none does.
    bool remove(const QByteArray &user);
    [[nodiscard]] SecretBytes contents() const;

private:
    void append(const QByteArray &user, QByteArrayView value);
    void dropEnd();

    std::vector<SecretBytes> m_lines;              // with their ends; empty where one was removed
    QHash<QByteArray, QList<qsizetype>> m_linesOf; // those that name a user, in order
    bool m_endsWithCr = false;                     // lines end as Windows has it
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILETEXT_H
