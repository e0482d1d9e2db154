// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORES_PASSWORDSTORE_H
#define QZAP_CREDENTIALS_STORES_PASSWORDSTORE_H

#include "base/bytehash.h"
#include "base/problem.h"
#include "credentials/hashing/passwordhash.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qhash.h>
#include <QtCore/qstringlist.h>

#include <array>

namespace QZap::Internal {

enum class PasswordCheck {
    Accepted,
    Refused,
    NeedsHash, // verify() has to be asked, whoever the user is
};

// The users of one PLAIN domain. Passwords are kept as argon2id hashes, or as SipHash-2-4 tags
// of 128 bits under a key of this process, so that a comparison takes the same time whatever they
// share, their length included. A keyed BLAKE2b digest would be as good for that, and cost as much
// as all the rest of a request. Where one user has a hash, refusing anybody costs one.
class PasswordStore
{
public:
    // Returns why no user may have this name (UTF-8).
    [[nodiscard]] static Problem userNameProblem(QByteArrayView user);

    // Both replace the password of a user that is there.
    void insert(const QByteArray &user, QByteArrayView password);
    // The hash is one that has parameters.
    void insertHash(const QByteArray &user, const QByteArray &hash);
    bool remove(const QByteArray &user);

    bool contains(const QByteArray &user) const
    {
        return m_tags.contains({user}) || m_hashes.contains({user});
    }
    bool hasHashes() const { return !m_hashes.isEmpty(); }
    bool hasPlainPasswords() const { return !m_tags.isEmpty(); }
    // Takes as long for a user who is not there. Never blocks.
    PasswordCheck check(QByteArrayView user, QByteArrayView password) const;
    // The user's hash; for one without, a hash of no password that costs as much as most do. Empty
    // where there are no hashes.
    QByteArray hashFor(QByteArrayView user) const;
    // Compares the password with that of a hashFor(). Blocks for as long as the hash takes: not for
    // an event loop.
    [[nodiscard]] static PasswordHash::Match verify(const QByteArray &hash,
                                                    QByteArrayView password);

    QStringList users() const; // sorted
    qsizetype size() const { return m_tags.size() + m_hashes.size(); }

private:
    using Tag = std::array<uchar, 16>;

    static Tag tagOf(QByteArrayView password);
    void count(PasswordHash::Parameters parameters);
    void forgetHash(const QByteArray &user);
    void updateDummy();

    QHash<ByteKey, Tag> m_tags;
    QHash<ByteKey, QByteArray> m_hashes;
    QHash<PasswordHash::Parameters, qsizetype> m_counts; // of hashes
    PasswordHash::Parameters m_commonest;
    QByteArray m_dummyTail;
    QByteArray m_dummy; // the hash of nobody's password
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_PASSWORDSTORE_H
