// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/lockout/lockout.h"

#include "base/keyeddigest.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <new>
#include <utility>

namespace QZap::Internal {

namespace {

using Kind = LockoutAddress::Kind;

// The kinds of addresses have separate tables, so that many of one kind, such as the addresses of
// an IPv6 network, do not displace those of the others.
enum Share : size_t { Ipv4, Ipv6, Groups, Others, Shares };

size_t shareOf(const LockoutAddress &address)
{
    switch (address.kind()) {
    case Kind::Ipv4:
        return Ipv4;
    case Kind::Ipv6Network:
    case Kind::LinkLocal:
        return Ipv6;
    case Kind::Ipv6Site:
    case Kind::Link:
        return Groups;
    case Kind::IpcUser:
    case Kind::Unknown:
        break;
    }
    return Others;
}

// Returns the entries of a share; their sum is the maximum.
size_t entriesOf(size_t share, const LockoutSettings &settings)
{
    const auto all = static_cast<size_t>(settings.maximumEntries);
    const size_t few = all / 16;
    switch (share) {
    case Ipv4:
        return all / 2;
    case Ipv6:
        return all - all / 2 - 2 * few;
    default:
        return few;
    }
}

int failuresOf(size_t share, const LockoutSettings &settings)
{
    return share == Groups ? settings.maximumFailures * Lockout::GroupFactor
                           : settings.maximumFailures;
}

} // namespace

struct Lockout::Tables
{
    explicit Tables(const LockoutSettings &settings)
        : locks{lockTable(Ipv4, settings), lockTable(Ipv6, settings), lockTable(Groups, settings),
                lockTable(Others, settings)}
        , known{KnownCredentials(entriesOf(Ipv4, settings)),
                KnownCredentials(entriesOf(Ipv6, settings)), KnownCredentials(0),
                KnownCredentials(entriesOf(Others, settings))}
    { }

    static LockoutTable lockTable(size_t share, const LockoutSettings &settings)
    {
        return {entriesOf(share, settings), failuresOf(share, settings)};
    }
    LockoutTable &locksOf(const LockoutAddress &address) { return locks[shareOf(address)]; }
    KnownCredentials &knownOf(const LockoutAddress &address) { return known[shareOf(address)]; }

    std::array<LockoutTable, Shares> locks;
    std::array<KnownCredentials, Shares> known; // of addresses, not of groups
};

Lockout::Lockout(SteadyClock clock)
    : m_clock(clock)
{ }

Lockout::~Lockout() = default;

size_t Lockout::memoryFor(const LockoutSettings &settings)
{
    size_t size = sizeof(Tables) + MaximumEvents * sizeof(Event);
    for (size_t share = 0; share < Shares; ++share) {
        const size_t entries = entriesOf(share, settings);
        size += LockoutTable::memoryFor(entries, failuresOf(share, settings));
        size += KnownCredentials::memoryFor(share == Groups ? 0 : entries);
    }
    return size;
}

Problem Lockout::configure(const LockoutSettings &settings)
{
    const std::scoped_lock lock(m_mutex);
    const auto ended = [this](const LockoutAddress &address) { addReleased(address); };
    const auto isAny = [](const LockoutAddress & /*address*/) { return true; };
    const bool isResized = settings.maximumEntries != m_settings.maximumEntries
                           || settings.maximumFailures != m_settings.maximumFailures;
    if (settings.isEnabled && (!m_tables || isResized)) {
        try {
            auto tables = std::make_unique<Tables>(settings);
            m_events.resize(MaximumEvents);
            for (size_t share = 0; m_tables && share < Shares; ++share) {
                tables->locks[share].insertAll(m_tables->locks[share], ended);
                tables->known[share].insertAll(m_tables->known[share]);
            }
            m_tables = std::move(tables);
            m_isDisplacementReported = false;
        } catch (const std::bad_alloc &) {
            return QStringLiteral("not enough memory for the table of addresses");
        }
    } else if (!settings.isEnabled && m_tables) {
        for (LockoutTable &table : m_tables->locks)
            table.release(isAny, ended);
        m_tables.reset();
    }
    m_settings = settings;
    m_isEnabled.store(settings.isEnabled, std::memory_order_release);
    return {};
}

LockoutLimits Lockout::limits() const
{
    return {m_settings.maximumFailures, m_settings.interval, m_settings.duration,
            m_settings.maximumDuration};
}

bool Lockout::isExempt(QByteArrayView address) const
{
    const auto peer = PeerAddress::fromBytes(address);
    return peer && m_settings.exemptAddresses.contains(*peer);
}

// Digests of 32 bits are sufficient: nobody can compute them, and two credentials with the same
// digest only mean that a wrong credential is not counted, or is evaluated during a lock.
CredentialDigest Lockout::digestOf(const LockoutAddress &address, const Attempt &attempt)
{
    const auto digest = [](std::initializer_list<QByteArrayView> parts) {
        const KeyedDigest whole = keyedDigest(parts);
        quint32 result = 0;
        std::memcpy(&result, whole.data(), sizeof result);
        return std::max<quint32>(result, 1);
    };
    return {digest({attempt.user, address.bytes()}), digest({attempt.user, attempt.password})};
}

std::optional<qint64> Lockout::lockEnd(const LockoutAddress &address, qint64 now) const
{
    std::optional<qint64> end = m_tables->locksOf(address).lockEnd(address, now);
    if (const auto group = address.group())
        end = std::max(end, m_tables->locksOf(*group).lockEnd(*group, now));
    return end;
}

std::optional<qint64> Lockout::refusalTime(const Attempt &attempt) const
{
    const LockoutAddress address = LockoutAddress::of(attempt.address);
    const std::scoped_lock lock(m_mutex);
    if (!m_tables)
        return std::nullopt;
    const qint64 moment = now();
    const std::optional<qint64> end = lockEnd(address, moment);
    if (!end || isExempt(attempt.address))
        return std::nullopt;
    const CredentialDigest digest = digestOf(address, attempt);
    if (m_tables->knownOf(address).contains(address, digest)
        && !isSuspended(address, digest.user, moment)) {
        return std::nullopt;
    }
    return *end - moment;
}

bool Lockout::isSuspended(const LockoutAddress &address, quint32 user, qint64 now) const
{
    const std::optional<LockoutAddress> group = address.group();
    return m_tables->locksOf(address).isSuspended(address, user, now)
           || (group && m_tables->locksOf(*group).isSuspended(*group, user, now));
}

// Only guesses for users that are known at the address count: any other attempt is turned away
// whatever its password is.
void Lockout::addRefusal(const Attempt &attempt)
{
    const LockoutAddress address = LockoutAddress::of(attempt.address);
    const std::scoped_lock lock(m_mutex);
    if (!m_tables)
        return;
    const qint64 moment = now();
    if (!lockEnd(address, moment) || isExempt(attempt.address))
        return;
    const CredentialDigest digest = digestOf(address, attempt);
    const KnownCredentials &known = m_tables->knownOf(address);
    if (!known.containsUser(address, digest.user) || known.contains(address, digest))
        return;
    const int maximum = m_settings.maximumFailures;
    m_tables->locksOf(address).addGuess(address, digest, moment, maximum);
    if (const auto group = address.group())
        m_tables->locksOf(*group).addGuess(*group, digest, moment, maximum);
}

bool Lockout::addFailure(const Attempt &attempt)
{
    const LockoutAddress address = LockoutAddress::of(attempt.address);
    const CredentialDigest digest = digestOf(address, attempt);
    const std::scoped_lock lock(m_mutex);
    if (!m_tables || isExempt(attempt.address))
        return false;
    const qint64 moment = now();
    endLocks(moment);
    // The credential may have been correct before.
    m_tables->knownOf(address).remove(address, digest);
    if (lockEnd(address, moment))
        return false;
    bool isLocked = addFailureOf(address, digest.credential, moment, limits());
    if (const auto group = address.group()) {
        LockoutLimits groupLimits = limits();
        groupLimits.failures *= GroupFactor;
        isLocked |= addFailureOf(*group, digest.credential, moment, groupLimits);
    }
    return isLocked;
}

bool Lockout::addFailureOf(const LockoutAddress &address, quint32 credential, qint64 now,
                           const LockoutLimits &limits)
{
    const LockoutTable::Outcome outcome =
        m_tables->locksOf(address).addFailure(address, credential, now, limits);
    if (outcome.unlocked) {
        if (!std::exchange(m_isDisplacementReported, true))
            add({Event::Kind::Displaced, *outcome.unlocked, 0});
        addReleased(*outcome.unlocked);
    }
    if (!outcome.lock)
        return false;
    add({Event::Kind::LockedOut, address, static_cast<int>(outcome.lock->end - now)});
    return true;
}

void Lockout::addSuccess(const Attempt &attempt)
{
    const LockoutAddress address = LockoutAddress::of(attempt.address);
    const CredentialDigest digest = digestOf(address, attempt);
    const std::scoped_lock lock(m_mutex);
    if (m_tables)
        m_tables->knownOf(address).insert(address, digest);
}

template <typename Matches>
bool Lockout::releaseIf(const Matches &matches)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_tables)
        return false;
    endLocks(now());
    bool isAny = false;
    for (LockoutTable &table : m_tables->locks) {
        table.release(matches, [this, &isAny](const LockoutAddress &address) {
            isAny = true;
            addReleased(address);
        });
    }
    return isAny;
}

bool Lockout::release(const AddressRule &rule)
{
    return releaseIf([&rule](const LockoutAddress &address) { return address.overlaps(rule); });
}

bool Lockout::releaseWithin(const AddressRule &rule)
{
    return releaseIf([&rule](const LockoutAddress &address) { return address.isIn(rule); });
}

bool Lockout::releaseUnknown()
{
    return releaseIf([](const LockoutAddress &address) { return address.kind() == Kind::Unknown; });
}

void Lockout::endLocks()
{
    const std::scoped_lock lock(m_mutex);
    if (m_tables)
        endLocks(now());
}

void Lockout::endLocks(qint64 now)
{
    for (LockoutTable &table : m_tables->locks)
        table.endLocks(now, [this](const LockoutAddress &address) { addReleased(address); });
}

QStringList Lockout::locked() const
{
    std::vector<LockoutTable::Lock> locks;
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_tables)
            return {};
        for (const LockoutTable &table : m_tables->locks) {
            table.forEachLock([&locks](const LockoutTable::Lock &each) { locks.push_back(each); });
        }
    }
    std::sort(locks.begin(), locks.end(),
              [](const auto &lhs, const auto &rhs) { return lhs.end < rhs.end; });
    QStringList texts;
    for (const LockoutTable::Lock &each : locks)
        texts += each.address.text();
    return texts;
}

int Lockout::lockedCount() const
{
    const std::scoped_lock lock(m_mutex);
    size_t count = 0;
    for (size_t share = 0; m_tables && share < Shares; ++share)
        count += m_tables->locks[share].lockedCount();
    return static_cast<int>(count);
}

template <typename Matches>
std::optional<qint64> Lockout::remainingIf(const Matches &matches) const
{
    const std::scoped_lock lock(m_mutex);
    std::optional<qint64> end;
    for (size_t share = 0; m_tables && share < Shares; ++share) {
        m_tables->locks[share].forEachLock([&](const LockoutTable::Lock &each) {
            if (matches(each.address))
                end = std::max(end, std::optional(each.end));
        });
    }
    const qint64 moment = now();
    return end && *end > moment ? std::optional(*end - moment) : std::nullopt;
}

std::optional<qint64> Lockout::remainingTime(const AddressRule &rule) const
{
    return remainingIf([&rule](const LockoutAddress &address) { return address.overlaps(rule); });
}

std::optional<qint64> Lockout::remainingTimeOfUnknown() const
{
    return remainingIf(
        [](const LockoutAddress &address) { return address.kind() == Kind::Unknown; });
}

std::optional<qint64> Lockout::timeToNextEnd() const
{
    const std::scoped_lock lock(m_mutex);
    std::optional<qint64> next;
    for (size_t share = 0; m_tables && share < Shares; ++share) {
        const std::optional<qint64> end = m_tables->locks[share].nextEnd();
        if (end && (!next || *end < *next))
            next = end;
    }
    return next ? std::optional(std::max<qint64>(*next - now(), 0)) : std::nullopt;
}

void Lockout::add(const Event &event)
{
    if (m_eventCount == m_events.size()) {
        ++m_lostEvents;
        return;
    }
    m_events[(m_firstEvent + m_eventCount) % m_events.size()] = event;
    ++m_eventCount;
    m_hasEvents.store(true, std::memory_order_release);
}

std::optional<Lockout::Event> Lockout::takeEvent()
{
    const std::scoped_lock lock(m_mutex);
    if (m_eventCount == 0)
        return std::nullopt;
    const Event event = m_events[m_firstEvent];
    m_firstEvent = (m_firstEvent + 1) % m_events.size();
    --m_eventCount;
    if (m_eventCount == 0)
        m_hasEvents.store(false, std::memory_order_release);
    return event;
}

qint64 Lockout::lostEvents() const
{
    const std::scoped_lock lock(m_mutex);
    return m_lostEvents;
}

} // namespace QZap::Internal
