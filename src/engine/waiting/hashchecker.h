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

// Checks passwords against hashes on the hashing pool. Each address has at most one check there, so
// that a peer with many requests delays only itself. The pool is held by the owner of the hashes,
// and here during a check.
//
// The time of a refusal must not tell which hash was checked, and so whether there is such a user:
// a wrong password is due as long after the start of its check as the most expensive hash of the
// store takes. Until it is refused, no further check of its address starts. Nothing is computed
// meanwhile.
class HashChecker : public QObject
{
public:
    enum class Outcome { None, Verified, Wrong, Expired };
    // When a wrong password is due to be refused: after this time, or else a multiple of it.
    struct Schedule
    {
        HashTimes::Clock::time_point start; // of the check
        HashTimes::Duration time{0};
    };
    // Are called in the thread of this object.
    struct Handler
    {
        // The check has begun, before its outcome is known. Not called if the time is not known
        // yet.
        std::function<void(quint64 id, const Schedule &schedule)> started;
        // After Wrong, finish() has to be called when the request is answered.
        std::function<void(quint64 id, Outcome outcome, const Schedule &schedule)> done;
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
    // Forgets the check, whose outcome is not reported from now on.
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
        HashTimes::Clock::time_point start; // of the check; set before it is posted
        HashTimes::Clock::time_point end;   // set before the outcome
        std::atomic<Outcome> outcome{Outcome::None};
        bool isReported = false; // and waits until its refusal is due
    };
    using JobPointer = std::shared_ptr<Job>;

    // On a pool thread.
    static bool isToBeChecked(const Job &job);
    static Outcome outcomeOf(Job *job);
    void start(const QByteArray &address);
    void reportStart(const Job &job) const;
    // Reports the outcome of the address's job on the pool, if it is done.
    void reportFirst(const QByteArray &address);
    void removeFirst(const QByteArray &address);
    // Keeps the time of the check. Returns when its refusal is due.
    Schedule measured(const Job &job);
    // Checks a hash of nobody with these parameters, for its time alone.
    void measure(PasswordHash::Parameters parameters);

    const Handler m_handler;
    const std::shared_ptr<WeakInvoker> m_invoker;
    std::shared_ptr<WorkerPool> m_pool;                 // null while nothing is to be checked
    QHash<QByteArray, std::deque<JobPointer>> m_queues; // by address; the first is on the pool
    QHash<quint64, JobPointer> m_jobs;
    HashTimes m_times;
    bool m_isMeasuring = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_HASHCHECKER_H
