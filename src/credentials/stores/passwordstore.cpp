// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/passwordstore.h"

#include "base/processkey.h"
#include "base/text.h"
#include "protocol/z85.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
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

PasswordStore::PasswordStore(std::shared_ptr<const PasswordStore> base)
    : m_users(base->m_users)
    , m_hashedUsers(base->m_hashedUsers)
    , m_usersDigest(base->m_usersDigest)
    , m_counts(base->m_counts)
    , m_commonest(base->m_commonest)
    , m_mostExpensive(base->m_mostExpensive)
    , m_dummyTail(base->m_dummyTail)
    , m_dummy(base->m_dummy)
{
    Q_ASSERT(!base->m_base);
    m_base = std::move(base);
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
    if (number == 0) {
        const Entry below = m_base ? m_base->find(user) : Entry();
        if (below.kind == Kind::Removed)
            return false;
        addRow(user, Kind::Removed, {}, 0);
        hide(user, below);
        return true;
    }
    if (!isUser(number))
        return false;
    drop(&m_rows[number - 1]);
    return true;
}

void PasswordStore::setDetails(QByteArrayView user, const Details &details)
{
    const quint32 number = numberOf(user);
    Q_ASSERT(isUser(number));
    if (details.metadata.isEmpty() && details.notAfter == Never && m_extras.empty())
        return;
    checkRoom(static_cast<size_t>(details.metadata.size()));
    m_extras.resize(m_rows.size());
    const auto begin = static_cast<quint32>(m_arena.size());
    m_arena.insert(m_arena.end(), details.metadata.begin(), details.metadata.end());
    Extra &extra = m_extras[number - 1];
    m_unused += extra.size;
    extra = {details.notAfter, begin, static_cast<quint32>(details.metadata.size())};
    m_hasExpiryOrder = false;
    m_hasMetadata |= extra.size > 0;
}

void PasswordStore::reserve(qsizetype users, qsizetype bytes)
{
    m_rows.reserve(static_cast<size_t>(users));
    m_arena.reserve(static_cast<size_t>(bytes));
    m_index.build(m_rows.size(), std::max(m_rows.size(), static_cast<size_t>(users)),
                  namesOf(m_rows, m_arena), [](quint32 /*number*/, quint32 /*first*/) {});
}

void PasswordStore::squeeze()
{
    shrink(&m_rows);
    shrink(&m_arena);
    shrink(&m_lines);
    shrink(&m_extras);
    orderExpiries();
}

void PasswordStore::orderExpiries()
{
    if (!std::exchange(m_hasExpiryOrder, true))
        m_expiryOrder.build(m_extras.size(), [this](size_t row) { return m_extras[row].notAfter; });
}

void PasswordStore::checkRoom(size_t bytes) const
{
    if (m_arena.size() + bytes > std::numeric_limits<quint32>::max())
        qBadAlloc(); // positions in the arena have 32 bits
}

// Adds a row for a new name, or replaces the one of the name. Everything that can throw precedes
// the change.
quint32 PasswordStore::addRow(QByteArrayView user, Kind kind, QByteArrayView value, int line)
{
    constexpr qsizetype LargestPart = std::numeric_limits<quint8>::max();
    Q_ASSERT(user.size() <= LargestPart && value.size() <= LargestPart);
    if (m_unused > m_arena.size() / 2)
        compact();
    checkRoom(2 * size_t{LargestPart});
    const size_t begin = m_arena.size();
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
    if (number <= m_extras.size()) {
        m_unused += std::exchange(m_extras[number - 1], Extra()).size;
        m_hasExpiryOrder = false;
    }
    row.begin = static_cast<quint32>(begin);
    row.nameSize = static_cast<quint8>(user.size());
    row.valueSize = static_cast<quint8>(value.size());
    row.kind = kind;
    if (isNew)
        m_index.insert(number, namesOf(m_rows, m_arena));
    return number;
}

void PasswordStore::put(QByteArrayView user, Kind kind, QByteArrayView value, int line)
{
    const Entry below = m_base && numberOf(user) == 0 ? m_base->find(user) : Entry();
    addRow(user, kind, value, line);
    ++m_users;
    m_usersDigest += digestOf(user);
    m_hashedUsers += kind == Kind::Hashed ? 1 : 0;
    if (below.kind != Kind::Removed)
        hide(user, below);
}

// Does not count a user of the base any longer: from now on, the user has a row.
void PasswordStore::hide(QByteArrayView user, Entry below)
{
    --m_users;
    m_usersDigest -= digestOf(user);
    if (below.kind != Kind::Hashed)
        return;
    --m_hashedUsers;
    if (const auto parameters = PasswordHash::parametersOf(below.value))
        uncount(*parameters);
}

void PasswordStore::drop(Row *row)
{
    const Entry entry{row->kind, valueOf(*row)};
    row->kind = Kind::Removed;
    m_unused += row->size();
    hide({m_arena.data() + row->begin, row->nameSize}, entry);
}

// Frees the memory of removed and replaced users. A removed user of the base keeps the row.
void PasswordStore::compact()
{
    Rows rows;
    Arena arena;
    Lines lines;
    Extras extras;
    rows.reserve(m_rows.size());
    arena.reserve(m_arena.size() - m_unused);
    for (size_t i = 0; i < m_rows.size(); ++i) {
        Row row = m_rows[i];
        const char *const begin = m_arena.data() + row.begin;
        if (row.kind == Kind::Removed && !(m_base && m_base->contains({begin, row.nameSize})))
            continue;
        if (!m_lines.empty())
            lines.push_back(m_lines[i]);
        row.begin = static_cast<quint32>(arena.size());
        arena.insert(arena.end(), begin, begin + row.size());
        rows.push_back(row);
        if (m_extras.empty())
            continue;
        Extra extra = i < m_extras.size() ? m_extras[i] : Extra();
        const char *const metadata = m_arena.data() + extra.begin;
        extra.begin = static_cast<quint32>(arena.size());
        arena.insert(arena.end(), metadata, metadata + extra.size);
        extras.push_back(extra);
    }
    index(rows, arena);
    m_rows.swap(rows);
    m_arena.swap(arena);
    m_lines.swap(lines);
    m_extras.swap(extras);
    m_hasExpiryOrder = false;
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
    const Entry entry = find(user);
    const bool known = entry.kind == Kind::Plain;
    const Tag given = tagOf(password);
    const QByteArrayView wanted =
        known ? entry.value : QByteArrayView(Nobody.data(), Nobody.size());
    const bool equal = sodium_memcmp(given.data(), wanted.data(), given.size()) == 0;
    if (equal && known)
        return PasswordCheck::Accepted;
    return hasHashes() ? PasswordCheck::NeedsHash : PasswordCheck::Refused;
}

// Both hashes are copied, so that this takes the same time for an unknown user.
QByteArray PasswordStore::hashFor(QByteArrayView user) const
{
    const Entry entry = find(user);
    return (entry.kind == Kind::Hashed ? entry.value : QByteArrayView(m_dummy)).toByteArray();
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
    const Entry entry = find(user);
    return entry.kind == Kind::Removed ? KeyedDigest() : keyedDigest({"entry", entry.value});
}

QByteArrayView PasswordStore::userAt(qsizetype position) const
{
    if (position >= ownPositions())
        return m_base->userAt(position - ownPositions());
    const auto number = static_cast<quint32>(position + 1);
    return isUser(number) || m_base ? namesOf(m_rows, m_arena)(number) : QByteArrayView();
}

auto PasswordStore::detailsAt(size_t row) const -> Details
{
    if (row >= m_extras.size())
        return {};
    const Extra &extra = m_extras[row];
    return {{m_arena.data() + extra.begin, static_cast<qsizetype>(extra.size)}, extra.notAfter};
}

auto PasswordStore::detailsOf(QByteArrayView user) const -> Details
{
    if (m_extras.empty() && !m_base)
        return {};
    const quint32 number = numberOf(user);
    if (number == 0)
        return m_base ? m_base->detailsOf(user) : Details();
    return isUser(number) ? detailsAt(number - 1) : Details();
}

qint64 PasswordStore::nextExpiry(qint64 milliseconds) const
{
    const auto nextIn = [milliseconds](const PasswordStore &store, const auto &isUsed) {
        const auto timeOf = [&store](size_t row) { return store.m_extras[row].notAfter; };
        if (store.m_hasExpiryOrder)
            return store.m_expiryOrder.nextAfter(milliseconds, timeOf, isUsed);
        ExpiryOrder order;
        order.build(store.m_extras.size(), timeOf);
        return order.nextAfter(milliseconds, timeOf, isUsed);
    };
    const qint64 next = nextIn(*this, [this](size_t row) { return isUser(quint32(row + 1)); });
    if (!m_base)
        return next;
    return std::min(next, nextIn(*m_base, [this](size_t row) {
                        return m_base->isUser(quint32(row + 1))
                               && numberOf(m_base->userAt(static_cast<qsizetype>(row))) == 0;
                    }));
}

int PasswordStore::lineOf(QByteArrayView user) const
{
    const quint32 number = numberOf(user);
    return isUser(number) && number <= m_lines.size() ? static_cast<int>(m_lines[number - 1]) : 0;
}

QStringList PasswordStore::users() const
{
    QStringList result;
    result.reserve(size());
    const auto append = [&result](QByteArrayView user) { result += QString::fromUtf8(user); };
    for (size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].kind != Kind::Removed)
            append(namesOf(m_rows, m_arena)(static_cast<quint32>(i + 1)));
    }
    for (qsizetype i = 0; m_base && i < m_base->positions(); ++i) {
        const QByteArrayView user = m_base->userAt(i);
        if (!user.isEmpty() && numberOf(user) == 0)
            append(user);
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
