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

// What checking one password may take: whoever asks for more in a file attacks its reader.
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

// Whether it is "$scheme$...", as crypt() and libsodium write hashes, and so never a password.
bool isHash(QByteArrayView value);
// What checking costs; none where it is not an argon2id hash that libsodium takes.
[[nodiscard]] std::optional<Parameters> parametersOf(QByteArrayView value);
// Returns why a value that isHash() cannot be used. Computes nothing.
[[nodiscard]] Problem problemOf(QByteArrayView value, qint64 maximumMemory);

// Blocks for as long as it is meant to. Null where there is no such memory, and with parameters
// that libsodium does not take.
[[nodiscard]] QByteArray make(QByteArrayView password, Parameters parameters);
// The same, and as good, for a board with so many bytes to spare: less memory is paid for in time.
[[nodiscard]] Parameters parametersFor(qint64 memory);

// A hash of no password without its beginning, and the beginning for it.
[[nodiscard]] QByteArray randomTail();
[[nodiscard]] QByteArray headOf(Parameters parameters);

enum class Match {
    Same,
    Different,
    Unknown, // for want of memory
};
// Compares the password with that of the hash. Blocks as make() does. A hash whose salt is not as
// long as libsodium's counts as Different if memory is lacking.
[[nodiscard]] Match verify(QByteArrayView hash, QByteArrayView password);

} // namespace PasswordHash

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_HASHING_PASSWORDHASH_H
