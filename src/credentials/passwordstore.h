// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDSTORE_H
#define QZAP_CREDENTIALS_PASSWORDSTORE_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qhash.h>
#include <QtCore/qstringlist.h>

#include <array>

namespace QZap::Internal {

// The users of one PLAIN domain. Passwords are kept as BLAKE2b digests under a key of this
// process, so that a comparison takes the same time whatever they share, their length included.
class PasswordStore
{
public:
    // Why nobody may have this name (UTF-8); empty where one may.
    static QString userNameError(QByteArrayView user);

    // Replaces the password of a user that is there.
    void insert(const QByteArray &user, QByteArrayView password);
    bool contains(const QByteArray &user) const { return m_digests.contains(user); }
    // Takes as long for a user who is not there.
    bool check(QByteArrayView user, QByteArrayView password) const;
    QStringList users() const; // sorted
    qsizetype size() const { return m_digests.size(); }

private:
    using Digest = std::array<uchar, 32>;

    static Digest digestOf(QByteArrayView password);

    QHash<QByteArray, Digest> m_digests;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDSTORE_H
