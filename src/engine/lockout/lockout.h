// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_LOCKOUT_LOCKOUT_H
#define QZAP_ENGINE_LOCKOUT_LOCKOUT_H

#include "base/problem.h"
#include "base/steadyclock.h"
#include "engine/lockout/knowncredentials.h"
#include "engine/lockout/lockouttable.h"
#include "policy/addressrules.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace QZap::Internal {

// Times in ms.
struct LockoutSettings
{
    bool isEnabled = false;
    int maximumFailures = 10;
    int interval = 600'000;
    int duration = 30'000;
    int maximumDuration = 3'600'000;
    int maximumEntries = 16'384;
    AddressRules exemptAddresses = {};
};

// Decides which addresses are locked out because too many wrong passwords came from them. The
// engine reports successes and failures to it, in any thread; the facade configures and reads it.
//
// Thread-safe. Its memory is allocated when it is enabled, and does not depend on what peers do.
class Lockout
{
public:
    // An event that the facade reports.
    struct Event
    {
        enum class Kind : quint8 {
            LockedOut,
            Released,
            Displaced, // for the first time, a lock ended early because all entries were locked
        };

        Kind kind = Kind::LockedOut;
        LockoutAddress address;
        int milliseconds = 0; // the duration of a lock that has begun
    };

    // The maximum number of failures of a group is this multiple of that of an address.
    static constexpr int GroupFactor = 4;
    // How many events may wait to be reported. Further ones are counted.
    static constexpr size_t MaximumEvents = 1024;

    explicit Lockout(SteadyClock clock = steadyClock);
    ~Lockout();
    Q_DISABLE_COPY_MOVE(Lockout)

    // Returns the number of bytes that are allocated while enabled with these settings.
    static size_t memoryFor(const LockoutSettings &settings);

    bool isEnabled() const { return m_isEnabled.load(std::memory_order_acquire); }
    // Puts the settings in force. Keeps the failures and locks as far as they fit, or none if the
    // lockout was or becomes disabled. If there is not enough memory, returns a problem and changes
    // nothing.
    Problem configure(const LockoutSettings &settings);

    // A PLAIN request, as views.
    struct Attempt
    {
        QByteArrayView address;
        QByteArrayView user;
        QByteArrayView password;
    };

    // Returns for how many ms, rounded up, the attempt must be turned away; nullopt if it may be
    // evaluated. Changes nothing: call addRefusal() when it has been turned away.
    std::optional<qint64> refusalTime(const Attempt &attempt) const;
    // Counts a wrong user name or password. Returns whether this has locked the address.
    bool addFailure(const Attempt &attempt);
    // Counts an attempt that was turned away, if it may be a guess of an exempt credential.
    void addRefusal(const Attempt &attempt);
    // Makes the credential exempt from locks of the address.
    void addSuccess(const Attempt &attempt);

    // Forgets locked addresses and ends their locks: those that have a peer in common with the
    // rule, or the one of addresses that cannot be parsed. Returns whether there were any.
    bool release(const AddressRule &rule);
    bool releaseUnknown();
    // Like release(), but only for addresses that the rule contains completely.
    bool releaseWithin(const AddressRule &rule);
    // Ends the locks that are due.
    void endLocks();
    // Returns the locked addresses, in the order in which their locks end.
    QStringList locked() const;
    int lockedCount() const;
    // Returns for how many ms the rule's addresses are locked at most.
    std::optional<qint64> remainingTime(const AddressRule &rule) const;
    std::optional<qint64> remainingTimeOfUnknown() const;
    // Returns after how many ms the next lock ends.
    std::optional<qint64> timeToNextEnd() const;

    std::optional<Event> takeEvent();
    bool hasEvents() const { return m_hasEvents.load(std::memory_order_acquire); }
    // Returns how many events were lost because too many were waiting to be reported.
    qint64 lostEvents() const;

private:
    struct Tables;

    qint64 now() const { return m_clock() / 1'000'000; }
    static CredentialDigest digestOf(const LockoutAddress &address, const Attempt &attempt);
    std::optional<qint64> lockEnd(const LockoutAddress &address, qint64 now) const;
    bool isSuspended(const LockoutAddress &address, quint32 user, qint64 now) const;
    bool addFailureOf(const LockoutAddress &address, quint32 credential, qint64 now,
                      const LockoutLimits &limits);
    LockoutLimits limits() const;
    bool isExempt(QByteArrayView address) const;
    template <typename Matches>
    bool releaseIf(const Matches &matches);
    template <typename Matches>
    std::optional<qint64> remainingIf(const Matches &matches) const;
    void endLocks(qint64 now);
    void add(const Event &event);
    void addReleased(const LockoutAddress &address) { add({Event::Kind::Released, address, 0}); }

    const SteadyClock m_clock;
    std::atomic<bool> m_isEnabled{false};
    std::atomic<bool> m_hasEvents{false};
    mutable std::mutex m_mutex; // protects the following members
    LockoutSettings m_settings;
    std::unique_ptr<Tables> m_tables; // null while disabled
    std::vector<Event> m_events;      // a ring
    size_t m_firstEvent = 0;
    size_t m_eventCount = 0;
    qint64 m_lostEvents = 0;
    bool m_isDisplacementReported = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_LOCKOUT_LOCKOUT_H
