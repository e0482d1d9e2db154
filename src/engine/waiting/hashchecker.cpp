// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/hashchecker.h"

#include "base/eventloopwatch.h"
#include "credentials/stores/passwordstore.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace QZap::Internal {

HashChecker::HashChecker(QObject *parent, Done done)
    : QObject(parent)
    , m_done(std::move(done))
    , m_invoker(std::make_shared<WeakInvoker>(this))
{
    // Delivers outcomes whose events were lost with an event loop.
    new EventLoopWatch(this, {[this] {
                           const QList<QByteArray> addresses = m_queues.keys();
                           const QPointer<HashChecker> guard(this);
                           for (const QByteArray &address : addresses) {
                               if (guard)
                                   finishFirst(address);
                           }
                       }});
}

HashChecker::~HashChecker()
{
    m_invoker->close();
    for (const JobPointer &job : std::as_const(m_jobs))
        job->cancelled = true;
}

void HashChecker::check(quint64 id, const QByteArray &address, const QByteArray &hash,
                        QByteArrayView password, QDeadlineTimer deadline)
{
    auto job = std::make_shared<Job>();
    job->id = id;
    job->hash = hash;
    job->password = SecretBytes(password);
    job->deadline = deadline;
    m_jobs.insert(id, job);
    std::deque<JobPointer> &queue = m_queues[address];
    queue.push_back(std::move(job));
    if (queue.size() == 1)
        start(address);
}

void HashChecker::cancel(quint64 id)
{
    const JobPointer job = m_jobs.take(id);
    if (!job)
        return;
    job->cancelled = true;
    // The first one is on the pool. The others are destroyed now, with their passwords.
    for (std::deque<JobPointer> &queue : m_queues) {
        const auto found = std::find(queue.begin(), queue.end(), job);
        if (found != queue.end() && found != queue.begin()) {
            queue.erase(found);
            return;
        }
    }
}

void HashChecker::start(const QByteArray &address)
{
    std::deque<JobPointer> &queue = m_queues[address];
    while (!queue.empty() && queue.front()->cancelled)
        queue.pop_front();
    if (queue.empty()) {
        m_queues.remove(address);
        return;
    }
    const JobPointer job = queue.front();
    if (!m_pool)
        m_pool = WorkerPool::shared(WorkerPool::Purpose::Hashing);
    (void)m_pool->start(); // without a thread, the job waits until it expires
    m_pool->run([this, invoker = m_invoker, address, job] {
        job->outcome = outcomeOf(*job);
        invoker->post([this, address] { finishFirst(address); });
    });
}

// Called on a pool thread.
HashChecker::Outcome HashChecker::outcomeOf(const Job &job)
{
    // Jobs may have waited long: canceled and expired ones are skipped.
    if (job.cancelled || job.deadline.hasExpired())
        return Outcome::Expired;
    try {
        switch (PasswordStore::verify(job.hash, job.password.view())) {
        case PasswordHash::Match::Same:
            return Outcome::Verified;
        case PasswordHash::Match::Different:
            return Outcome::Wrong;
        case PasswordHash::Match::Unknown:
            break;
        }
    } catch (const std::exception &) {
        // Reported as if there was no time for the check.
    }
    return Outcome::Expired;
}

void HashChecker::finishFirst(const QByteArray &address)
{
    const auto queue = m_queues.constFind(address);
    if (queue == m_queues.constEnd())
        return;
    const JobPointer job = queue->front();
    const Outcome outcome = job->outcome;
    if (outcome == Outcome::None)
        return;
    m_queues[address].pop_front();
    start(address);
    if (m_queues.isEmpty())
        m_pool.reset();
    if (m_jobs.remove(job->id) > 0)
        m_done(job->id, outcome); // last: it may do anything
}

} // namespace QZap::Internal
