// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "providers/providerquestion.h"

namespace QZap::Internal {

DecisionState::DecisionState(std::shared_ptr<Postbox> postbox, Receiver *receiver,
                             Question question)
    : m_postbox(std::move(postbox))
    , m_receiver(receiver)
    , m_id(question.id)
    , m_request(std::move(question.request))
    , m_userId(std::move(question.userId))
    , m_credentials(std::move(question.credentials))
{ }

QZapCredentials DecisionState::credentials() const
{
    const QMutexLocker lock(&m_mutex);
    return m_credentials;
}

bool DecisionState::isPending() const
{
    const QMutexLocker lock(&m_mutex);
    return m_phase == Phase::Open;
}

bool DecisionState::answer(Phase from, Answer answer)
{
    const QMutexLocker lock(&m_mutex);
    if (m_phase != from)
        return false;
    m_phase = Phase::Answered;
    m_answer = std::move(answer);
    m_credentials = {};
    if (m_isTelling)
        m_postbox->post([receiver = m_receiver, id = m_id] { receiver->decisionAnswered(id); });
    return true;
}

bool DecisionState::defer(std::chrono::milliseconds limit)
{
    const QMutexLocker lock(&m_mutex);
    if (m_phase != Phase::Open)
        return false;
    m_isDeferred = true;
    if (limit <= limit.zero())
        return true;
    m_deadline = QDeadlineTimer(limit);
    if (m_isTelling) {
        m_postbox->post([receiver = m_receiver, id = m_id, deadline = m_deadline] {
            receiver->decisionDeferred(id, deadline);
        });
    }
    return true;
}

bool DecisionState::startResolving(std::function<void(QObject *, const Answering &)> watch)
{
    const QMutexLocker lock(&m_mutex);
    if (m_phase != Phase::Open)
        return false;
    m_phase = Phase::Resolving;
    // The receiver's thread has an event loop, which the caller's may not have.
    m_postbox->post([self = shared_from_this(), watch = std::move(watch)] {
        if (QObject *const context = self->m_postbox->objectHere()) {
            watch(context, [self](const QZapReply &reply) {
                self->answer(Phase::Resolving, {reply, false});
            });
        }
    });
    return true;
}

void DecisionState::abandon()
{
    answer(QZapReply::retryLater(
        QStringLiteral("The credentials provider let go of the decision without an answer")));
}

void DecisionState::providerReturned(bool hasThrown)
{
    {
        const QMutexLocker lock(&m_mutex);
        if (m_phase == Phase::Open && m_isDeferred && !hasThrown)
            return;
    }
    const QString reason =
        hasThrown ? QStringLiteral("The credentials provider threw an exception")
                  : QStringLiteral("The credentials provider neither answered nor deferred");
    answer(Phase::Open, {QZapReply::retryLater(reason), true});
}

std::optional<DecisionState::Answer> DecisionState::startTelling(QDeadlineTimer *deadline)
{
    const QMutexLocker lock(&m_mutex);
    m_isTelling = true;
    *deadline = m_deadline;
    return m_phase == Phase::Answered ? std::optional(m_answer) : std::nullopt;
}

DecisionState::Answer DecisionState::takeAnswer()
{
    const QMutexLocker lock(&m_mutex);
    return std::move(m_answer);
}

bool DecisionState::expire()
{
    const QMutexLocker lock(&m_mutex);
    if (m_phase == Phase::Answered)
        return false;
    m_phase = Phase::Over;
    m_credentials = {};
    return true;
}

QZapReply DecisionState::toReply(bool isAccepted)
{
    return isAccepted
               ? QZapReply::accept({})
               : QZapReply::reject(QStringLiteral("The credentials provider refused the peer"));
}

} // namespace QZap::Internal
