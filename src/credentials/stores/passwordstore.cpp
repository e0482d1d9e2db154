// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/passwordstore.h"

#include "base/processkey.h"
#include "base/text.h"
#include "protocol/z85.h"

#include <sodium.h>

#include <tuple>
#include <utility>

namespace QZap::Internal {

Problem PasswordStore::userNameProblem(QByteArrayView user)
{
    if (user.isEmpty())
        return QStringLiteral("the user name is empty");
    if (user.size() > MaximumTextSize)
        return QStringLiteral("the user name is longer than 255 bytes");
    if (!isCleanText(user))
        return QStringLiteral("the user name cannot be decoded or contains control characters");
    // A user id must not be mistaken for that of a peer of another mechanism.
    if (user == "anonymous")
        return QStringLiteral("the user name \"anonymous\" stands for peers without credentials");
    if (Z85::isKey(user))
        return QStringLiteral("the user name is itself a CURVE key");
    return {};
}

void PasswordStore::insert(const QByteArray &user, QByteArrayView password)
{
    forgetHash(user);
    m_tags.insert_or_assign({user}, tagOf(password));
}

void PasswordStore::insertHash(const QByteArray &user, const QByteArray &hash)
{
    const auto parameters = PasswordHash::parametersOf(hash);
    Q_ASSERT(parameters);
    if (!parameters)
        return;
    remove(user);
    if (m_dummyTail.isEmpty())
        m_dummyTail = PasswordHash::randomTail();
    m_hashes.insert_or_assign({user}, hash);
    count(*parameters);
}

bool PasswordStore::remove(const QByteArray &user)
{
    const qsizetype before = size();
    m_tags.erase({user});
    forgetHash(user);
    return size() < before;
}

// The dummy hash costs what most hashes cost; of equally frequent costs, the highest.
void PasswordStore::count(PasswordHash::Parameters parameters)
{
    const auto rank = [this](PasswordHash::Parameters p) {
        return std::tuple(m_counts.value(p), p.cost(), p.memory);
    };
    ++m_counts[parameters];
    if (std::tuple(parameters.cost(), parameters.memory)
        > std::tuple(m_dearest.cost(), m_dearest.memory)) {
        m_dearest = parameters;
    }
    if (rank(parameters) > rank(m_commonest)) {
        m_commonest = parameters;
        updateDummy();
    }
}

void PasswordStore::forgetHash(const QByteArray &user)
{
    const auto found = m_hashes.find({user});
    if (found == m_hashes.end())
        return;
    const auto parameters = PasswordHash::parametersOf(found->second);
    m_hashes.erase(found);
    if (!parameters)
        return;
    const QHash<PasswordHash::Parameters, qsizetype> counts = std::exchange(m_counts, {});
    m_commonest = {};
    m_dearest = {};
    for (auto it = counts.begin(); it != counts.end(); ++it) {
        const qsizetype left = it.key() == *parameters ? *it - 1 : *it;
        if (left > 0) {
            m_counts.insert(it.key(), left - 1);
            count(it.key());
        }
    }
    updateDummy();
}

void PasswordStore::updateDummy()
{
    m_dummy = hasHashes() ? PasswordHash::headOf(m_commonest) + m_dummyTail : QByteArray();
}

PasswordCheck PasswordStore::check(QByteArrayView user, QByteArrayView password) const
{
    static constexpr Tag Nobody = {};
    const auto found = m_tags.find(ByteKey::view(user));
    const bool known = found != m_tags.end();
    const Tag given = tagOf(password);
    const Tag &wanted = known ? found->second : Nobody;
    const bool equal = sodium_memcmp(given.data(), wanted.data(), given.size()) == 0;
    if (equal && known)
        return PasswordCheck::Accepted;
    return hasHashes() ? PasswordCheck::NeedsHash : PasswordCheck::Refused;
}

QByteArray PasswordStore::hashFor(QByteArrayView user) const
{
    const auto found = m_hashes.find(ByteKey::view(user));
    return found != m_hashes.end() ? found->second : m_dummy;
}

PasswordHash::Match PasswordStore::verify(const QByteArray &hash, QByteArrayView password)
{
    const PasswordHash::Match match = PasswordHash::verify(hash, password);
    // An invalid password never matches, and costs as much.
    const bool isPassword = !password.isEmpty() && password.size() <= MaximumTextSize;
    return match == PasswordHash::Match::Same && !isPassword ? PasswordHash::Match::Different
                                                             : match;
}

QStringList PasswordStore::users() const
{
    QStringList result;
    result.reserve(size());
    for (const auto &entry : m_tags)
        result += QString::fromUtf8(entry.first.bytes);
    for (const auto &entry : m_hashes)
        result += QString::fromUtf8(entry.first.bytes);
    result.sort();
    return result;
}

PasswordStore::Tag PasswordStore::tagOf(QByteArrayView password)
{
    Tag tag;
    static_assert(sizeof(Tag) == crypto_shorthash_siphashx24_BYTES);
    crypto_shorthash_siphashx24(tag.data(), reinterpret_cast<const uchar *>(password.data()),
                                static_cast<unsigned long long>(password.size()),
                                shortProcessKey());
    return tag;
}

} // namespace QZap::Internal
