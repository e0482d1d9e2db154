// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/passwordstore.h"

#include "base/processkey.h"
#include "base/text.h"
#include "protocol/z85.h"

#include <sodium.h>

#include <cstring>
#include <limits>
#include <new>
#include <tuple>

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

void PasswordStore::insert(QByteArrayView user, QByteArrayView password, int line)
{
    const Tag tag = tagOf(password);
    put(user, Kind::Plain, {tag.data(), static_cast<qsizetype>(tag.size())}, line);
}

void PasswordStore::insertHash(QByteArrayView user, QByteArrayView hash, int line)
{
    const auto parameters = PasswordHash::parametersOf(hash);
    Q_ASSERT(parameters);
    if (!parameters)
        return;
    if (m_dummyTail.isEmpty())
        m_dummyTail = PasswordHash::randomTail();
    count(*parameters);
    try {
        put(user, Kind::Hashed, hash, line);
    } catch (const std::bad_alloc &) {
        uncount(*parameters);
        throw;
    }
}

bool PasswordStore::remove(QByteArrayView user)
{
    const quint32 number = numberOf(user);
    if (!isUser(number))
        return false;
    drop(&m_rows[number - 1]);
    return true;
}

void PasswordStore::squeeze()
{
    shrink(&m_rows);
    shrink(&m_arena);
    shrink(&m_lines);
}

// Everything that can throw precedes the change of the user.
void PasswordStore::put(QByteArrayView user, Kind kind, QByteArrayView value, int line)
{
    constexpr qsizetype LargestPart = std::numeric_limits<quint8>::max();
    Q_ASSERT(user.size() <= LargestPart && value.size() <= LargestPart);
    if (m_unused > m_arena.size() / 2)
        compact();
    const size_t begin = m_arena.size();
    if (begin + 2 * size_t{LargestPart} > std::numeric_limits<quint32>::max())
        qBadAlloc(); // positions in the arena have 32 bits
    quint32 number = numberOf(user);
    if (number == 0 && !m_index.fits(m_rows.size() + 1))
        index(m_rows, m_arena);
    m_arena.insert(m_arena.end(), user.begin(), user.end());
    m_arena.insert(m_arena.end(), value.begin(), value.end());
    const bool isNew = number == 0;
    const size_t rows = m_rows.size() + (isNew ? 1 : 0);
    const bool hasLines = line > 0 || !m_lines.empty();
    if (hasLines && m_lines.size() < rows)
        m_lines.resize(rows);
    if (isNew) {
        m_rows.emplace_back();
        number = static_cast<quint32>(rows);
    }
    if (hasLines)
        m_lines[number - 1] = static_cast<quint32>(line);
    Row &row = m_rows[number - 1];
    if (row.kind != Kind::Removed)
        drop(&row);
    row.begin = static_cast<quint32>(begin);
    row.nameSize = static_cast<quint8>(user.size());
    row.valueSize = static_cast<quint8>(value.size());
    row.kind = kind;
    if (isNew)
        m_index.insert(number, namesOf(m_rows, m_arena));
    ++m_users;
    m_usersDigest += digestOf(user);
    m_hashedUsers += kind == Kind::Hashed ? 1 : 0;
}

void PasswordStore::drop(Row *row)
{
    const bool isHashed = row->kind == Kind::Hashed;
    row->kind = Kind::Removed;
    m_unused += row->size();
    --m_users;
    m_usersDigest -= digestOf({m_arena.data() + row->begin, row->nameSize});
    if (!isHashed)
        return;
    --m_hashedUsers;
    if (const auto parameters = PasswordHash::parametersOf(valueOf(*row)))
        uncount(*parameters);
}

// Frees the memory of removed and replaced users.
void PasswordStore::compact()
{
    Rows rows;
    Arena arena;
    Lines lines;
    rows.reserve(static_cast<size_t>(m_users));
    arena.reserve(m_arena.size() - m_unused);
    if (!m_lines.empty())
        lines.reserve(static_cast<size_t>(m_users));
    for (size_t i = 0; i < m_rows.size(); ++i) {
        Row row = m_rows[i];
        if (row.kind == Kind::Removed)
            continue;
        if (!m_lines.empty())
            lines.push_back(m_lines[i]);
        const char *const begin = m_arena.data() + row.begin;
        row.begin = static_cast<quint32>(arena.size());
        arena.insert(arena.end(), begin, begin + row.size());
        rows.push_back(row);
    }
    index(rows, arena);
    m_rows.swap(rows);
    m_arena.swap(arena);
    m_lines.swap(lines);
    m_unused = 0;
}

// Leaves room for at least one more row.
void PasswordStore::index(const Rows &rows, const Arena &arena)
{
    m_index.build(rows.size(), rows.size() + 1, namesOf(rows, arena),
                  [](quint32 /*number*/, quint32 /*first*/) { Q_UNREACHABLE(); });
}

void PasswordStore::count(PasswordHash::Parameters parameters)
{
    const PasswordHash::Parameters before = m_commonest;
    ++m_counts[parameters];
    compare(parameters);
    if (!(m_commonest == before))
        updateDummy();
}

void PasswordStore::uncount(PasswordHash::Parameters parameters)
{
    const auto found = m_counts.find(parameters);
    if (found == m_counts.end())
        return;
    if (--found->second == 0)
        m_counts.erase(found);
    m_commonest = {};
    m_mostExpensive = {};
    for (const auto &each : m_counts)
        compare(each.first);
    updateDummy();
}

// The dummy hash has the most frequent cost; of equally frequent costs, the highest.
void PasswordStore::compare(PasswordHash::Parameters parameters)
{
    const auto rank = [this](PasswordHash::Parameters p) {
        const auto found = m_counts.find(p);
        return std::tuple(found != m_counts.end() ? found->second : 0, p.cost(), p.memory);
    };
    if (rank(parameters) > rank(m_commonest))
        m_commonest = parameters;
    if (std::tuple(parameters.cost(), parameters.memory)
        > std::tuple(m_mostExpensive.cost(), m_mostExpensive.memory)) {
        m_mostExpensive = parameters;
    }
}

void PasswordStore::updateDummy()
{
    m_dummy = m_counts.empty() ? QByteArray() : PasswordHash::headOf(m_commonest) + m_dummyTail;
}

PasswordCheck PasswordStore::check(QByteArrayView user, QByteArrayView password) const
{
    static constexpr Tag Nobody = {};
    const quint32 number = numberOf(user);
    const bool known = number > 0 && m_rows[number - 1].kind == Kind::Plain;
    const Tag given = tagOf(password);
    const QByteArrayView wanted =
        known ? valueOf(m_rows[number - 1]) : QByteArrayView(Nobody.data(), Nobody.size());
    const bool equal = sodium_memcmp(given.data(), wanted.data(), given.size()) == 0;
    if (equal && known)
        return PasswordCheck::Accepted;
    return hasHashes() ? PasswordCheck::NeedsHash : PasswordCheck::Refused;
}

// Both hashes are copied, so that this takes the same time for an unknown user.
QByteArray PasswordStore::hashFor(QByteArrayView user) const
{
    const quint32 number = numberOf(user);
    const bool known = number > 0 && m_rows[number - 1].kind == Kind::Hashed;
    return (known ? valueOf(m_rows[number - 1]) : QByteArrayView(m_dummy)).toByteArray();
}

PasswordHash::Match PasswordStore::verify(const QByteArray &hash, QByteArrayView password)
{
    const PasswordHash::Match match = PasswordHash::verify(hash, password);
    // An invalid password never matches, but checking it costs the same.
    const bool isPassword = !password.isEmpty() && password.size() <= MaximumTextSize;
    return match == PasswordHash::Match::Same && !isPassword ? PasswordHash::Match::Different
                                                             : match;
}

KeyedDigest PasswordStore::entryDigest(QByteArrayView user) const
{
    const quint32 number = numberOf(user);
    return isUser(number) ? keyedDigest({"entry", valueOf(m_rows[number - 1])}) : KeyedDigest();
}

QByteArrayView PasswordStore::userAt(qsizetype position) const
{
    const auto number = static_cast<quint32>(position + 1);
    return isUser(number) ? namesOf(m_rows, m_arena)(number) : QByteArrayView();
}

int PasswordStore::lineOf(QByteArrayView user) const
{
    const quint32 number = numberOf(user);
    return isUser(number) && !m_lines.empty() ? static_cast<int>(m_lines[number - 1]) : 0;
}

QStringList PasswordStore::users() const
{
    QStringList result;
    result.reserve(size());
    for (const Row &row : m_rows) {
        if (row.kind != Kind::Removed)
            result += QString::fromUtf8(m_arena.data() + row.begin, row.nameSize);
    }
    result.sort();
    return result;
}

PasswordStore::Tag PasswordStore::tagOf(QByteArrayView bytes)
{
    Tag tag;
    static_assert(sizeof(Tag) == crypto_shorthash_siphashx24_BYTES);
    crypto_shorthash_siphashx24(tag.data(), reinterpret_cast<const uchar *>(bytes.data()),
                                static_cast<unsigned long long>(bytes.size()), shortProcessKey());
    return tag;
}

quint64 PasswordStore::digestOf(QByteArrayView user)
{
    const Tag tag = tagOf(user);
    quint64 digest = 0;
    std::memcpy(&digest, tag.data(), sizeof digest);
    return digest;
}

} // namespace QZap::Internal
