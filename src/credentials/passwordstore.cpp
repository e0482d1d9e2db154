// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwordstore.h"

#include "credentials/secret.h"
#include "protocol/text.h"
#include "protocol/z85.h"

#include <sodium.h>

namespace QZap::Internal {

namespace {

// Made at first use and kept for the life of the process, in memory that is never swapped out.
const uchar *processKey()
{
    static const uchar *const key = [] {
        initializeSodium();
        auto *bytes = static_cast<uchar *>(sodium_malloc(crypto_generichash_KEYBYTES));
        if (!bytes)
            qFatal("QZap: no memory for the key that passwords are kept under");
        randombytes_buf(bytes, crypto_generichash_KEYBYTES);
        return bytes;
    }();
    return key;
}

} // namespace

QString PasswordStore::userNameError(QByteArrayView user)
{
    if (user.isEmpty())
        return QStringLiteral("the user name is empty");
    if (user.size() > MaximumTextSize)
        return QStringLiteral("the user name is longer than 255 bytes");
    if (!isCleanText(user))
        return QStringLiteral("the user name does not decode or holds control characters");
    // A user id must not be taken for that of a peer who came by another mechanism.
    if (user == "anonymous")
        return QStringLiteral("the user name \"anonymous\" stands for peers without credentials");
    if (Z85::isKey(user))
        return QStringLiteral("the user name is itself a CURVE key");
    return {};
}

void PasswordStore::insert(const QByteArray &user, QByteArrayView password)
{
    m_digests.insert(user, digestOf(password));
}

bool PasswordStore::check(QByteArrayView user, QByteArrayView password) const
{
    static constexpr Digest Nobody = {};
    const auto found = m_digests.constFind(QByteArray::fromRawData(user.data(), user.size()));
    const bool known = found != m_digests.constEnd();
    const Digest given = digestOf(password);
    const Digest &wanted = known ? *found : Nobody;
    const bool equal = sodium_memcmp(given.data(), wanted.data(), given.size()) == 0;
    return equal && known;
}

QStringList PasswordStore::users() const
{
    QStringList result;
    result.reserve(m_digests.size());
    for (auto it = m_digests.keyBegin(); it != m_digests.keyEnd(); ++it)
        result += QString::fromUtf8(*it);
    result.sort();
    return result;
}

PasswordStore::Digest PasswordStore::digestOf(QByteArrayView password)
{
    Digest digest;
    crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<const uchar *>(password.data()),
                       static_cast<unsigned long long>(password.size()), processKey(),
                       crypto_generichash_KEYBYTES);
    return digest;
}

} // namespace QZap::Internal
