// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzaplockout_p.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

using namespace QZap::Internal;

namespace {

// The limits of the settings.
constexpr int MaximumFailures = 100;
constexpr int MinimumEntries = 16;
constexpr int MaximumEntries = 1'000'000;
constexpr int MaximumTime = std::numeric_limits<int>::max();

int milliseconds(std::chrono::milliseconds time)
{
    return static_cast<int>(
        std::clamp<std::chrono::milliseconds::rep>(time.count(), -1, MaximumTime));
}

// Returns whether this is LockoutAddress's text for addresses that cannot be parsed.
bool isUnknown(const QString &address)
{
    return address == LockoutAddress().text();
}

} // namespace

/*!
    \class QZapLockout
    \inmodule QZap
    \inheaderfile QZap/QZapLockout
    \brief The QZapLockout class locks out addresses from which too many wrong passwords come.

    Each QZapAuthenticator has one such object, its property \l{QZapAuthenticator::}{lockout}. It is
    disabled by default:

    \snippet configuring.cpp lockout

    When \l maximumFailures different wrong credentials (user name and password) have come from an
    address within \l interval, that address is locked out for \l duration, and for twice as long
    with each further lockout, up to \l maximumDuration. When \l maximumDuration has passed without
    a wrong password and without a lock, the first \l duration applies again. A lock concerns only
    new connections with the PLAIN mechanism.

    \section1 What counts

    Only a refusal because of the user name or password counts (status 400): by the password file or
    users of a QZapPlainDomain, or by QZapDecision::reject() of a QZapCredentialsProvider if the
    domain has no users of its own. A client that repeats the same wrong password counts once.
    Temporary answers, other refusals, and requests of other mechanisms do not count: a CURVE key
    cannot be guessed. Requests passed to QZapAuthenticator::handleZapMessage() count like those of
    a socket. QZapAuthenticator::evaluate() and QZapAuthenticator::authenticate() give the temporary
    answer of a locked address, too, but their own outcomes never count; nor do those of peers that
    are let in because of QZapAuthenticator::reportOnly.

    Failures are counted by address and never by user: otherwise anybody could lock out a user. An
    address is an IPv4 address, the /64 network of an IPv6 address, a link-local address with its
    zone, or the user of an IPC peer. In addition, four times \l maximumFailures from one /48
    network, or from one link, lock that network or link. All peers whose address cannot be parsed
    count as one, "unknown".

    \section1 What a lock does

    A PLAIN request from a locked address gets a temporary answer that disconnects the peer at once,
    and that is never one of QZapAuthenticator::maximumHeldConnections. It does not count as a
    failure, no password is compared or hashed for it, and no provider is asked.
    QZapAuthenticator::rejected() reports it, with the remaining time as the reason. Requests from
    the address that still wait for a password to be hashed when the lock begins are answered in the
    same way, and so are those that wait for a provider, once it answers, even if it accepts them.

    Honest peers may share their address with an attacker, for example behind a NAT. Therefore, user
    names and passwords that have succeeded from an address before are exempt from its locks: they
    are decided about as usual. The last 12 of each address are remembered, as digests that are
    useless outside of the process. A success does not reset the number of failures.

    So that these passwords cannot be guessed during a lock, the exemption of a user is suspended
    until the lock ends when \l maximumFailures different wrong passwords have come for that user
    from the address during the lock; then they are counted from zero again. A client that repeats
    the same wrong password counts once. If wrong passwords for several such users come, the
    exemptions can be suspended earlier, and those of all users of the address if more than
    \l maximumFailures users are concerned.

    Established connections remain. stop() and start() change nothing; the locks end with the
    authenticator, and are not stored.

    \section1 Memory

    The memory for \l maximumEntries addresses is allocated when the lockout is enabled, and does
    not grow: less than 4 MiB with the default values, whatever peers do. If a table is full, the
    address that has not failed for the longest time is forgotten, but none that is locked. If all
    addresses in it are locked, each new lock replaces the one that would end first; this is logged
    once. If credentials have succeeded from too many addresses, those of the address that was used
    least recently are forgotten; of IPv6 addresses, one in the /48 network or link with the most
    addresses.

    \section1 Signals

    All signals that are not caused by a call are emitted in the authenticator's thread, from its
    event loop. If slots are so slow that 1,024 lockouts and releases are waiting to be reported,
    further ones are only counted, and a message is logged.

    \sa {Security and limitations}
*/

/*!
    \fn void QZapLockout::lockedOut(const QString &address, int milliseconds)

    Emitted when \a address has been locked out for \a milliseconds. Networks are in the form
    \c{2001:db8:1:2::/64}, IPC users in the form \c{ipc:uid=1000}.
*/

/*!
    \fn void QZapLockout::released(const QString &address)

    Emitted when the lock of \a address has ended: by time, by releaseAddress(), because the lockout
    was disabled or the address became exempt, or early because all addresses were locked.
*/

QZapLockout::QZapLockout(QObject *parent)
    : QObject(parent)
{ }

/*!
    Destroys the object, which belongs to its authenticator.
*/
QZapLockout::~QZapLockout() = default;

/*!
    \property QZapLockout::enabled
    \brief whether addresses are locked out

    Default: \c false. If it is set to \c false, all locks end, and all failures and successes are
    forgotten. If there is not enough memory for \l maximumEntries addresses, \c true is refused
    with ConfigurationError.
*/
bool QZapLockout::isEnabled() const
{
    Q_D(const QZapLockout);
    return d->m_settings.isEnabled;
}

void QZapLockout::setEnabled(bool enabled)
{
    Q_D(QZapLockout);
    auto settings = d->m_settings;
    const bool isChange = std::exchange(settings.isEnabled, enabled) != enabled;
    if (d->apply("lockout.enabled", settings) && isChange)
        Q_EMIT enabledChanged();
}

/*!
    \property QZapLockout::maximumFailures
    \brief after how many different wrong credentials an address is locked out

    Default: 10. A value below 1 or above 100 is refused with ConfigurationError.
*/
int QZapLockout::maximumFailures() const
{
    Q_D(const QZapLockout);
    return d->m_settings.maximumFailures;
}

void QZapLockout::setMaximumFailures(int failures)
{
    Q_D(QZapLockout);
    d->assign("lockout.maximumFailures", &LockoutSettings::maximumFailures, failures, 1,
              MaximumFailures, &QZapLockout::maximumFailuresChanged);
}

/*!
    \property QZapLockout::interval
    \brief the time in which failures are counted, in milliseconds

    Default: 600000, ten minutes. A failure is forgotten when the same credential has not been used
    for this time. A value below 1 is refused with ConfigurationError.
*/
int QZapLockout::interval() const
{
    Q_D(const QZapLockout);
    return d->m_settings.interval;
}

void QZapLockout::setInterval(int milliseconds)
{
    Q_D(QZapLockout);
    d->assign("lockout.interval", &LockoutSettings::interval, milliseconds, 1, MaximumTime,
              &QZapLockout::intervalChanged);
}

/*!
    \overload

    Sets the time to \a interval.
*/
void QZapLockout::setInterval(std::chrono::milliseconds interval)
{
    setInterval(milliseconds(interval));
}

/*!
    \property QZapLockout::duration
    \brief how long an address is locked out for the first time, in milliseconds

    Default: 30000. Each further lockout takes twice as long, up to \l maximumDuration. A change
    applies to the next lockout. A value below 1 is refused with ConfigurationError.
*/
int QZapLockout::duration() const
{
    Q_D(const QZapLockout);
    return d->m_settings.duration;
}

void QZapLockout::setDuration(int milliseconds)
{
    Q_D(QZapLockout);
    d->assign("lockout.duration", &LockoutSettings::duration, milliseconds, 1, MaximumTime,
              &QZapLockout::durationChanged);
}

/*!
    \overload

    Sets the time to \a duration.
*/
void QZapLockout::setDuration(std::chrono::milliseconds duration)
{
    setDuration(milliseconds(duration));
}

/*!
    \property QZapLockout::maximumDuration
    \brief how long an address is locked out at most, in milliseconds

    Default: 3600000, an hour. An address without a failure and a lock for this time is treated like
    one that was never locked out. If the value is less than \l duration, each lockout takes this
    time. A value below 1 is refused with ConfigurationError.
*/
int QZapLockout::maximumDuration() const
{
    Q_D(const QZapLockout);
    return d->m_settings.maximumDuration;
}

void QZapLockout::setMaximumDuration(int milliseconds)
{
    Q_D(QZapLockout);
    d->assign("lockout.maximumDuration", &LockoutSettings::maximumDuration, milliseconds, 1,
              MaximumTime, &QZapLockout::maximumDurationChanged);
}

/*!
    \overload

    Sets the time to \a duration.
*/
void QZapLockout::setMaximumDuration(std::chrono::milliseconds duration)
{
    setMaximumDuration(milliseconds(duration));
}

/*!
    \property QZapLockout::maximumEntries
    \brief how many addresses are remembered

    Default: 16384. Half of the entries are for IPv4 addresses, three eighths for IPv6 networks and
    link-local addresses, and a sixteenth each for /48 networks and links, and for IPC users, so
    that many addresses of one kind do not displace those of the others.

    With the default of \l maximumFailures, an entry takes about 250 bytes. A value below 16 or
    above 1,000,000 is refused with ConfigurationError, and so is one for which there is not enough
    memory. Failures and locks are kept when the value is changed, as many as fit.
*/
int QZapLockout::maximumEntries() const
{
    Q_D(const QZapLockout);
    return d->m_settings.maximumEntries;
}

void QZapLockout::setMaximumEntries(int entries)
{
    Q_D(QZapLockout);
    d->assign("lockout.maximumEntries", &LockoutSettings::maximumEntries, entries, MinimumEntries,
              MaximumEntries, &QZapLockout::maximumEntriesChanged);
}

/*!
    \property QZapLockout::exemptAddresses
    \brief the addresses that are never locked out, and whose failures do not count

    Default: empty. The entries are the same as in QZapAuthenticator::allowedAddresses. Passwords
    can be guessed without limit from these addresses.

    An assignment with an invalid entry is refused as a whole with ConfigurationError. While the
    authenticator is running, the previous list remains in force; while it is stopped, start() fails
    until a valid list has been assigned.
*/
QStringList QZapLockout::exemptAddresses() const
{
    Q_D(const QZapLockout);
    return d->m_exemptAddresses;
}

void QZapLockout::setExemptAddresses(const QStringList &addresses)
{
    Q_D(QZapLockout);
    constexpr auto Property = "lockout.exemptAddresses";
    auto settings = d->m_settings;
    settings.exemptAddresses = {};
    std::vector<AddressRule> rules;
    for (const QString &address : addresses) {
        const Result<AddressRule> rule = AddressRule::fromText(address);
        if (!rule) {
            d->m_hooks.refuse(ConfigurationSubject::property(Property), rule.problem());
            return;
        }
        settings.exemptAddresses.add(*rule);
        rules.push_back(*rule);
    }
    const bool isChange = std::exchange(d->m_exemptAddresses, addresses) != addresses;
    if (!d->apply(Property, settings))
        return;
    for (const AddressRule &rule : rules)
        d->m_lockout.releaseWithin(rule);
    d->scheduleEvents();
    if (isChange)
        Q_EMIT exemptAddressesChanged();
}

/*!
    \property QZapLockout::locked
    \brief the addresses that are locked out, in the order in which their locks end

    The entries have the form of those in lockedOut(), and can be passed to remainingTime() and
    releaseAddress(). A view can use the list as its model. It is always up to date; its change is
    notified at most ten times a second.
*/
QStringList QZapLockout::locked() const
{
    Q_D(const QZapLockout);
    d->endLocks();
    return d->m_lockout.locked();
}

/*!
    \property QZapLockout::lockedCount
    \brief how many addresses are locked out

    It is always up to date; its change is notified at most ten times a second.
*/
int QZapLockout::lockedCount() const
{
    Q_D(const QZapLockout);
    d->endLocks();
    return d->m_lockout.lockedCount();
}

/*!
    Returns in how many milliseconds the lock of \a address ends, or -1 if it is not locked. For an
    IPv6 address, the lock may be that of its network; for a network, the result is the longest time
    of its addresses.
*/
int QZapLockout::remainingTime(const QString &address) const
{
    Q_D(const QZapLockout);
    std::optional<qint64> time;
    if (isUnknown(address))
        time = d->m_lockout.remainingTimeOfUnknown();
    else if (const Result<AddressRule> rule = AddressRule::fromText(address))
        time = d->m_lockout.remainingTime(*rule);
    return static_cast<int>(time.value_or(-1));
}

/*!
    Ends the lock of \a address, forgets its failures, and returns whether it was locked. \a address
    can be any entry of an address list such as QZapAuthenticator::allowedAddresses, or one of
    \l locked: for an IPv6 address, the locks of its networks end, and for a network such as
    \c{10.0.0.0/8}, those of all its addresses.
*/
bool QZapLockout::releaseAddress(const QString &address)
{
    Q_D(QZapLockout);
    bool isReleased = false;
    if (isUnknown(address))
        isReleased = d->m_lockout.releaseUnknown();
    else if (const Result<AddressRule> rule = AddressRule::fromText(address))
        isReleased = d->m_lockout.release(*rule);
    d->scheduleEvents();
    return isReleased;
}
