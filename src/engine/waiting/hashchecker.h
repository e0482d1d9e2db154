// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_HASHCHECKER_H
#define QZAP_ENGINE_WAITING_HASHCHECKER_H

#include "base/secret.h"
#include "base/weakinvoker.h"
#include "base/workerpool.h"
#include "engine/waiting/hashtimes.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>

namespace QZap::Internal {

// Checks passwords against hashes on the hashing pool. Each address has at most one check on the
// pool, so that a peer with many requests delays only itself. The owner of the hashes holds the
// pool, and so does this class during a check.
//
// The time of a refusal must not reveal which hash was checked, and thus whether the user exists:
// the refusal of a wrong password is due after the time that the most expensive hash of the store
// takes, counted from the start of the check. Until it is refused, no further check of its address
// starts, and nothing is computed. Nor is the event loop woken: it rounds the remaining time of a
// timer each time that it waits, so that the refusal would come later by up to a millisecond,
// depending on the end of the check.
class HashChecker : public QObject
{
public:
    enum class Outcome { None, Verified, Wrong, Expired };
    // When the refusal of a wrong password is due: after this time, or else a multiple of it.
    struct Schedule
    {
        HashTimes::Clock::time_point start; // of the check
        HashTimes::Duration time{0};
    };
    // These functions are called in the thread of this object.
    struct Handler
    {
        // Called when the time of a refusal is known: usually when the check has begun, otherwise
        // when a password was found wrong. isWrong() has the outcome at that time.
        std::function<void(quint64 id, const Schedule &schedule)> scheduled;
        // Called with Verified or Expired.
        std::function<void(quint64 id, Outcome outcome)> done;
    };

    HashChecker(QObject *parent, Handler handler);
    ~HashChecker() override;
    Q_DISABLE_COPY_MOVE(HashChecker)

    struct Hash
    {
        QByteArray text;
        PasswordHash::Parameters mostExpensive; // of its store
    };

    void check(quint64 id, const QByteArray &address, const Hash &hash, QByteArrayView password,
               QDeadlineTimer deadline);
    // Returns whether the check is done and the password is wrong.
    bool isWrong(quint64 id) const;
    // Forgets the check, whose outcome is not reported from now on. Must be called when a request
    // with a wrong password is answered.
    void finish(quint64 id);
    // Returns the checks of the address that were not finished, in their order.
    QList<quint64> ids(const QByteArray &address) const;

private:
    struct Job
    {
        quint64 id = 0;
        QByteArray address;
        Hash hash;
        SecretBytes password;
        QDeadlineTimer deadline;
        std::atomic<bool> cancelled{false};
        std::atomic<bool> isScheduled{false}; // the refusal: if wrong, no event is posted
        HashTimes::Clock::time_point start;   // of the check; set before it is posted
        HashTimes::Clock::time_point end;     // set before the outcome
        std::atomic<Outcome> outcome{Outcome::None};

        HashTimes::Duration duration() const { return end - start; }
    };
    using JobPointer = std::shared_ptr<Job>;

    // Called on a pool thread.
    static bool isToBeChecked(const Job &job);
    static Outcome outcomeOf(Job *job);
    static bool waitsForRefusal(const Job &job);
    void start(const QByteArray &address);
    void reportStart(Job *job);
    // Reports the outcome of the address's job on the pool, if it is done.
    void reportFirst(const QByteArray &address);
    // Starts the next check of the address.
    void removeFirst(const QByteArray &address);
    void schedule(Job *job, HashTimes::Duration time);
    void keepTime(const Job &job);
    // Checks a dummy hash with these parameters to measure the time.
    void measure(PasswordHash::Parameters parameters);

    const Handler m_handler;
    const std::shared_ptr<WeakInvoker> m_invoker;
    std::shared_ptr<WorkerPool> m_pool;                 // null while there are no checks
    QHash<QByteArray, std::deque<JobPointer>> m_queues; // by address; the first is on the pool
    QHash<quint64, JobPointer> m_jobs;
    HashTimes m_times;
    bool m_isMeasuring = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_HASHCHECKER_H
