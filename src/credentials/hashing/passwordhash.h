// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_HASHING_PASSWORDHASH_H
#define QZAP_CREDENTIALS_HASHING_PASSWORDHASH_H

#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qhashfunctions.h>
#include <QtCore/qstring.h>

#include <optional>

namespace QZap::Internal {

// The memory that checking one password may take. A hash in a file that requires more is an attack
// on the server.
inline constexpr qint64 DefaultMaximumHashMemory = qint64{64} * 1024 * 1024; // bytes
inline constexpr quint32 MaximumHashPasses = 4;

// Argon2id hashes of passwords as libsodium's crypto_pwhash_str() writes them:
// "$argon2id$v=19$m=65536,t=2,p=1$<salt>$<hash>".
namespace PasswordHash {

struct Parameters
{
    quint32 memory = 0; // KiB
    quint32 passes = 0;

    quint64 cost() const { return quint64{memory} * passes; }

    friend bool operator==(Parameters lhs, Parameters rhs)
    {
        return lhs.memory == rhs.memory && lhs.passes == rhs.passes;
    }
    friend size_t qHash(Parameters parameters, size_t seed)
    {
        return qHashMulti(seed, parameters.memory, parameters.passes);
    }
};

// Returns whether a value is the hash of a password by some scheme, and therefore never a password
// itself: "$scheme$..." as written by crypt() and libsodium, "{SCHEME}..." as written by LDAP
// servers, "pbkdf2_sha256$..." and similar as written by frameworks and databases. A hash may also
// be quoted or escaped, or follow spaces or the '!' or '*' of a locked account.
bool isHash(QByteArrayView value);
// Returns whether a value locks a user out, as in shadow(5): '!' and '*' alone or before a hash, or
// a text such as "*LK*".
bool isLock(QByteArrayView value);
// These functions return whether the beginning of a hash indicates this scheme.
bool isArgon2id(QByteArrayView hash);
bool isPbkdf2(QByteArrayView hash);
// Returns the cost of checking; nullopt unless it is an argon2id hash that libsodium accepts.
[[nodiscard]] std::optional<Parameters> parametersOf(QByteArrayView value);
// Returns why a value for which isHash() is true cannot be used. Does not compute a hash.
[[nodiscard]] Problem problemOf(QByteArrayView value, qint64 maximumMemory);

// Computes a hash. Blocks until it is computed. Returns null if the memory is not available, or if
// libsodium does not accept the parameters.
[[nodiscard]] QByteArray make(QByteArrayView password, Parameters parameters);
// Returns parameters of similar strength for the given memory: less memory takes more time.
[[nodiscard]] Parameters parametersFor(qint64 memory);

// These functions return the parts of a hash that matches no password: its random tail, and the
// head with the parameters.
[[nodiscard]] QByteArray randomTail();
[[nodiscard]] QByteArray headOf(Parameters parameters);

enum class Match {
    Same,
    Different,
    Unknown, // not enough memory
};
// Compares the password with the hash. Blocks like make(). If there is not enough memory, a hash
// whose salt differs in length from libsodium's is reported as Different.
[[nodiscard]] Match verify(QByteArrayView hash, QByteArrayView password);

} // namespace PasswordHash

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_HASHING_PASSWORDHASH_H
