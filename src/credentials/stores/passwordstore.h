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
#include <unordered_map>

namespace QZap::Internal {

enum class PasswordCheck {
    Accepted,
    Refused,
    NeedsHash, // call verify(), whoever the user is
};

// The users of one PLAIN domain. Passwords are stored as argon2id hashes, or as SipHash-2-4 tags of
// 128 bits with a key of this process, so that the time of a comparison depends neither on common
// prefixes nor on lengths. A keyed BLAKE2b digest would cost as much as the rest of a request. If
// at least one user has a hash, every refusal costs one.
class PasswordStore
{
public:
    // Returns why a user cannot have this name (UTF-8).
    [[nodiscard]] static Problem userNameProblem(QByteArrayView user);

    // Both replace the password of an existing user.
    void insert(const QByteArray &user, QByteArrayView password);
    // The hash must have valid parameters.
    void insertHash(const QByteArray &user, const QByteArray &hash);
    bool remove(const QByteArray &user);

    bool contains(const QByteArray &user) const
    {
        return m_tags.find({user}) != m_tags.end() || m_hashes.find({user}) != m_hashes.end();
    }
    bool hasHashes() const { return !m_hashes.empty(); }
    bool hasPlainPasswords() const { return !m_tags.empty(); }
    // Takes as long for an unknown user. Never blocks.
    PasswordCheck check(QByteArrayView user, QByteArrayView password) const;
    // Returns the user's hash. For a user without one, returns a dummy hash with the most common
    // cost. Empty if there are no hashes.
    QByteArray hashFor(QByteArrayView user) const;
    // The parameters of the hash that costs most to check; it tells how long a refusal takes.
    PasswordHash::Parameters dearest() const { return m_dearest; }
    // Whether all hashes cost the same.
    bool isUniform() const { return m_counts.size() <= 1; }
    // Compares the password with a result of hashFor(). Blocks while the hash is computed: do not
    // call it from an event loop.
    [[nodiscard]] static PasswordHash::Match verify(const QByteArray &hash,
                                                    QByteArrayView password);

    QStringList users() const; // sorted
    qsizetype size() const { return static_cast<qsizetype>(m_tags.size() + m_hashes.size()); }

private:
    using Tag = std::array<uchar, 16>;

    static Tag tagOf(QByteArrayView password);
    void count(PasswordHash::Parameters parameters);
    void forgetHash(const QByteArray &user);
    void updateDummy();

    // Not QHash, which ends the process if there is no memory for a million users.
    template <typename T>
    using ByUser = std::unordered_map<ByteKey, T, ByteKey::Hash>;

    ByUser<Tag> m_tags;
    ByUser<QByteArray> m_hashes;
    QHash<PasswordHash::Parameters, qsizetype> m_counts; // of hashes
    PasswordHash::Parameters m_commonest;
    PasswordHash::Parameters m_dearest;
    QByteArray m_dummyTail;
    QByteArray m_dummy; // the hash of nobody's password
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_PASSWORDSTORE_H
