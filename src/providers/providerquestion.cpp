// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "providers/providerquestion.h"

namespace QZap::Internal {

ProviderQuestion::ProviderQuestion(std::shared_ptr<WeakInvoker> invoker, Receiver *receiver,
                                   Details details)
    : m_invoker(std::move(invoker))
    , m_receiver(receiver)
    , m_id(details.id)
    , m_request(std::move(details.request))
    , m_userId(std::move(details.userId))
    , m_tellsReturn(details.tellsReturn)
    , m_credentials(std::move(details.credentials))
{ }

QZapCredentials ProviderQuestion::credentials() const
{
    const QMutexLocker lock(&m_mutex);
    return m_credentials;
}

bool ProviderQuestion::isPending() const
{
    const QMutexLocker lock(&m_mutex);
    return m_phase == Phase::Open;
}

bool ProviderQuestion::answer(Phase from, Answer answer)
{
    const QMutexLocker lock(&m_mutex);
    if (m_phase != from)
        return false;
    m_phase = Phase::Answered;
    m_answer = std::move(answer);
    m_credentials = {};
    if (m_isTelling)
        m_invoker->post([receiver = m_receiver, id = m_id] { receiver->decisionAnswered(id); });
    return true;
}

bool ProviderQuestion::defer(std::chrono::milliseconds limit)
{
    const QMutexLocker lock(&m_mutex);
    if (m_phase != Phase::Open)
        return false;
    m_isDeferred = true;
    if (limit <= limit.zero())
        return true;
    m_deadline = QDeadlineTimer(limit);
    if (m_isTelling) {
        m_invoker->post([receiver = m_receiver, id = m_id, deadline = m_deadline] {
            receiver->decisionDeferred(id, deadline);
        });
    }
    return true;
}

bool ProviderQuestion::startResolving(std::function<void(QObject *, const Answering &)> watch)
{
    const QMutexLocker lock(&m_mutex);
    if (m_phase != Phase::Open)
        return false;
    m_phase = Phase::Resolving;
    // The receiver's thread has an event loop, but the caller's may not have one.
    m_invoker->post([self = shared_from_this(), watch = std::move(watch)] { self->watch(watch); });
    return true;
}

void ProviderQuestion::watch(const std::function<void(QObject *, const Answering &)> &watch)
{
    QObject *const receiver = m_invoker->objectHere();
    if (!receiver)
        return;
    auto *const context = new QObject(receiver);
    {
        const QMutexLocker lock(&m_mutex);
        if (m_phase == Phase::Resolving)
            m_watch = context;
    }
    if (!m_watch) {
        delete context; // the question has expired
        return;
    }
    watch(context, [self = shared_from_this(), context](const QZapReply &reply) {
        context->deleteLater();
        self->answer(Phase::Resolving, {reply, false});
    });
}

void ProviderQuestion::abandon()
{
    answer(QZapReply::retryLater(
        QStringLiteral("The credentials provider discarded the decision without an answer")));
}

void ProviderQuestion::providerReturned(bool hasThrown)
{
    {
        const QMutexLocker lock(&m_mutex);
        const bool isDeferred = m_phase == Phase::Open && m_isDeferred && !hasThrown;
        if (isDeferred || m_phase == Phase::Resolving) {
            m_hasReturned = true;
            if (m_isTelling && m_tellsReturn)
                m_invoker->post(
                    [receiver = m_receiver, id = m_id] { receiver->providerReturned(id); });
            return;
        }
    }
    const QString reason =
        hasThrown ? QStringLiteral("The credentials provider threw an exception")
                  : QStringLiteral("The credentials provider neither answered nor deferred");
    answer(Phase::Open, {QZapReply::retryLater(reason), true});
}

ProviderQuestion::Standing ProviderQuestion::startTelling()
{
    const QMutexLocker lock(&m_mutex);
    m_isTelling = true;
    return {m_phase == Phase::Answered ? std::optional(m_answer) : std::nullopt, m_deadline,
            m_hasReturned};
}

ProviderQuestion::Answer ProviderQuestion::takeAnswer()
{
    const QMutexLocker lock(&m_mutex);
    return std::move(m_answer);
}

bool ProviderQuestion::expire()
{
    const QMutexLocker lock(&m_mutex);
    if (m_phase == Phase::Answered)
        return false;
    m_phase = Phase::Over;
    m_credentials = {};
    // A future that never finishes would keep the watcher, and this question, alive forever.
    if (m_watch)
        m_watch->deleteLater();
    return true;
}

QZapReply ProviderQuestion::toReply(bool isAccepted)
{
    return isAccepted
               ? QZapReply::accept({})
               : QZapReply::reject(QStringLiteral("The credentials provider refused the peer"));
}

} // namespace QZap::Internal
