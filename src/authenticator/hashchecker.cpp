// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/hashchecker.h"

#include "credentials/passwordstore.h"
#include "credentials/threadpools.h"

namespace QZap::Internal {

HashChecker::HashChecker(QObject *parent, Done done)
    : QObject(parent)
    , m_done(std::move(done))
{ }

HashChecker::~HashChecker()
{
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
    if (const JobPointer job = m_jobs.take(id))
        job->cancelled = true;
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
    const auto verify = [job] {
        // The others have waited for this: what nobody waits for any more is not done.
        if (job->cancelled || job->deadline.hasExpired())
            return Outcome::Expired;
        bool failed = false;
        if (PasswordStore::verify(job->hash, job->password.view(), &failed))
            return Outcome::Verified;
        return failed ? Outcome::Expired : Outcome::Wrong;
    };
    whenFinished(runOn(hashPool(), verify), this,
                 [this, address, job](const QFuture<Outcome> &future) {
                     Outcome outcome = Outcome::Expired;
                     try {
                         outcome = future.result();
                     } catch (const std::exception &) {
                         outcome = Outcome::Expired; // it was not checked
                     }
                     finish(address, job, outcome);
                 });
}

void HashChecker::finish(const QByteArray &address, const JobPointer &job, Outcome outcome)
{
    m_queues[address].pop_front();
    start(address);
    if (m_jobs.remove(job->id) > 0)
        m_done(job->id, outcome); // last: anything may follow from it
}

} // namespace QZap::Internal
