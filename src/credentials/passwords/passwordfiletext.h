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

// The lines of a password file that is edited. Only the lines of edited users change; comments,
// line ends and invalid lines are kept byte for byte.
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

    // These functions return why a line cannot contain the value.
    [[nodiscard]] static Problem userProblem(QByteArrayView user);
    [[nodiscard]] static Problem passwordProblem(QByteArrayView password);
    // Returns additional problems of a password in clear text.
    [[nodiscard]] static Problem plainProblem(QByteArrayView password);
    // Returns the problem of a user and a value, which is the password as it is written.
    [[nodiscard]] static Problem lineProblem(QByteArrayView user, QByteArrayView value);

    // Sets the value. Afterwards, exactly one line contains the user: the first that did before, or
    // a new one at the end. Further lines of the user are removed, since their passwords could take
    // effect after another edit.
    void set(const QByteArray &user, QByteArrayView value);
    // Removes all lines that contain the user; returns false if there are none.
    bool remove(const QByteArray &user);
    [[nodiscard]] SecretBytes contents() const;

private:
    void append(const QByteArray &user, QByteArrayView value);
    void dropEnd();

    std::vector<SecretBytes> m_lines;              // with their ends; empty if removed
    QHash<QByteArray, QList<qsizetype>> m_linesOf; // the lines of each user, in order
    bool m_endsWithCr = false;                     // lines end with CR LF
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILETEXT_H
