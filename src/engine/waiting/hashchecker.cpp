// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/hashchecker.h"

#include "base/eventloopwatch.h"
#include "credentials/stores/passwordstore.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace QZap::Internal {

namespace {

PasswordHash::Parameters parametersOf(const QByteArray &hash)
{
    return PasswordHash::parametersOf(hash).value_or(PasswordHash::Parameters());
}

} // namespace

HashChecker::HashChecker(QObject *parent, Handler handler)
    : QObject(parent)
    , m_handler(std::move(handler))
    , m_invoker(std::make_shared<WeakInvoker>(this))
{
    // Delivers outcomes whose events were lost with an event loop.
    new EventLoopWatch(this, {[this] {
                           m_isMeasuring = false;
                           const QList<QByteArray> addresses = m_queues.keys();
                           const QPointer<HashChecker> guard(this);
                           for (const QByteArray &address : addresses) {
                               if (guard)
                                   reportFirst(address);
                           }
                       }});
}

HashChecker::~HashChecker()
{
    m_invoker->close();
    for (const JobPointer &job : std::as_const(m_jobs))
        job->cancelled = true;
}

void HashChecker::check(quint64 id, const QByteArray &address, const Hash &hash,
                        QByteArrayView password, QDeadlineTimer deadline)
{
    auto job = std::make_shared<Job>();
    job->id = id;
    job->address = address;
    job->hash = hash;
    job->password = SecretBytes(password);
    job->deadline = deadline;
    m_jobs.insert(id, job);
    std::deque<JobPointer> &queue = m_queues[address];
    queue.push_back(std::move(job));
    if (queue.size() == 1)
        start(address);
}

bool HashChecker::isWrong(quint64 id) const
{
    const auto job = m_jobs.constFind(id);
    return job != m_jobs.constEnd() && (*job)->outcome == Outcome::Wrong;
}

void HashChecker::finish(quint64 id)
{
    const JobPointer job = m_jobs.take(id);
    if (!job)
        return;
    job->cancelled = true;
    const auto queue = m_queues.find(job->address);
    if (queue == m_queues.end())
        return;
    const auto found = std::find(queue->begin(), queue->end(), job);
    if (found == queue->end())
        return;
    // The first job is on the pool, or waits for its refusal. Other jobs are removed now, with
    // their passwords.
    if (found != queue->begin())
        queue->erase(found);
    else if (waitsForRefusal(*job))
        removeFirst(job->address);
}

QList<quint64> HashChecker::ids(const QByteArray &address) const
{
    QList<quint64> result;
    const auto queue = m_queues.constFind(address);
    if (queue == m_queues.constEnd())
        return result;
    for (const JobPointer &job : *queue) {
        if (!job->cancelled)
            result += job->id;
    }
    return result;
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
        if (isToBeChecked(*job)) {
            job->start = HashTimes::Clock::now();
            invoker->post([this, job] { reportStart(job.get()); });
            job->outcome = outcomeOf(job.get());
        } else {
            job->outcome = Outcome::Expired;
        }
        if (job->cancelled || !waitsForRefusal(*job))
            invoker->post([this, address] { reportFirst(address); });
    });
}

// Returns whether the job is still needed when its turn comes, since it has waited for others.
bool HashChecker::isToBeChecked(const Job &job)
{
    return !job.cancelled && !job.deadline.hasExpired();
}

HashChecker::Outcome HashChecker::outcomeOf(Job *job)
{
    try {
        const PasswordHash::Match match =
            PasswordStore::verify(job->hash.text, job->password.view());
        job->end = HashTimes::Clock::now();
        job->password = SecretBytes();
        switch (match) {
        case PasswordHash::Match::Same:
            return Outcome::Verified;
        case PasswordHash::Match::Different:
            return Outcome::Wrong;
        case PasswordHash::Match::Unknown:
            break;
        }
    } catch (const std::exception &) {
        // The failure is reported as if there was no time for the check.
    }
    return Outcome::Expired;
}

bool HashChecker::waitsForRefusal(const Job &job)
{
    return job.outcome == Outcome::Wrong && job.isScheduled;
}

void HashChecker::reportStart(Job *job)
{
    const HashTimes::Duration time = m_times.refusalTime(job->hash.mostExpensive);
    // The outcome may have been looked for before, since events may have been lost.
    if (!job->cancelled && !job->isScheduled && time > HashTimes::Duration(0))
        schedule(job, time);
}

void HashChecker::schedule(Job *job, HashTimes::Duration time)
{
    job->isScheduled = true;
    m_handler.scheduled(job->id, {job->start, time});
}

void HashChecker::reportFirst(const QByteArray &address)
{
    const auto queue = m_queues.constFind(address);
    if (queue == m_queues.constEnd())
        return;
    const JobPointer job = queue->front();
    const Outcome outcome = job->outcome;
    const bool isWanted = m_jobs.contains(job->id);
    if (outcome == Outcome::None || (isWanted && waitsForRefusal(*job)))
        return;
    if (isWanted && outcome == Outcome::Wrong) {
        const PasswordHash::Parameters mostExpensive = job->hash.mostExpensive;
        const HashTimes::Duration time = m_times.refusalTime(mostExpensive);
        schedule(job.get(), time > HashTimes::Duration(0)
                                ? time
                                : HashTimes::estimate(mostExpensive, parametersOf(job->hash.text),
                                                      job->duration()));
        return;
    }
    m_jobs.remove(job->id);
    removeFirst(address);
    if (isWanted)
        m_handler.done(job->id, outcome); // last: may delete this object
}

void HashChecker::removeFirst(const QByteArray &address)
{
    std::deque<JobPointer> &queue = m_queues[address];
    const JobPointer job = queue.front();
    queue.pop_front();
    if (job->outcome != Outcome::Expired)
        keepTime(*job);
    start(address);
    if (m_queues.isEmpty())
        m_pool.reset();
}

void HashChecker::keepTime(const Job &job)
{
    m_times.add(parametersOf(job.hash.text), job.duration(), job.end);
    if (m_times.isStale(job.hash.mostExpensive, job.end))
        measure(job.hash.mostExpensive);
}

void HashChecker::measure(PasswordHash::Parameters parameters)
{
    if (m_isMeasuring || !m_pool)
        return;
    const QByteArray hash = PasswordHash::headOf(parameters) + PasswordHash::randomTail();
    m_isMeasuring = true;
    m_pool->run([this, invoker = m_invoker, parameters, hash] {
        const auto start = HashTimes::Clock::now();
        const bool isChecked = PasswordHash::verify(hash, {}) != PasswordHash::Match::Unknown;
        const auto end = HashTimes::Clock::now();
        invoker->post([this, parameters, isChecked, duration = end - start, end] {
            m_isMeasuring = false;
            if (isChecked)
                m_times.add(parameters, duration, end);
        });
    });
}

} // namespace QZap::Internal
