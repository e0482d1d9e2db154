// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_HASHCHECKER_H
#define QZAP_ENGINE_WAITING_HASHCHECKER_H

#include "base/secret.h"
#include "base/weakinvoker.h"
#include "base/workerpool.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qobject.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>

namespace QZap::Internal {

// Checks passwords against hashes on the hashing pool. Each address has at most one check there, so
// that a peer with many requests delays only itself. The pool is held by the owner of the hashes,
// and here during a check.
class HashChecker : public QObject
{
public:
    enum class Outcome { None, Verified, Wrong, Expired };
    // Called in the thread of this object.
    using Done = std::function<void(quint64 id, Outcome outcome)>;

    HashChecker(QObject *parent, Done done);
    ~HashChecker() override;
    Q_DISABLE_COPY_MOVE(HashChecker)

    void check(quint64 id, const QByteArray &address, const QByteArray &hash,
               QByteArrayView password, QDeadlineTimer deadline);
    // Cancels a check; its outcome is not reported.
    void cancel(quint64 id);

private:
    struct Job
    {
        quint64 id = 0;
        QByteArray hash;
        SecretBytes password;
        QDeadlineTimer deadline;
        std::atomic<bool> cancelled{false};
        std::atomic<Outcome> outcome{Outcome::None};
    };
    using JobPointer = std::shared_ptr<Job>;

    static Outcome outcomeOf(const Job &job);
    void start(const QByteArray &address);
    // Reports the outcome of the address's job on the pool, if it is done.
    void finishFirst(const QByteArray &address);

    const Done m_done;
    const std::shared_ptr<WeakInvoker> m_invoker;
    std::shared_ptr<WorkerPool> m_pool;                 // null while nothing is to be checked
    QHash<QByteArray, std::deque<JobPointer>> m_queues; // by address; the first is on the pool
    QHash<quint64, JobPointer> m_jobs;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_HASHCHECKER_H
