// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// How requests end that are not settled by what they wait for.

#include "engine/waiting/waitingrequests.h"

#include "providers/providerlink.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace QZap::Internal {

namespace {

const QByteArray TookTooLong = QByteArrayLiteral("The decision took too long: decisionTimeout, or "
                                                 "the limit of a provider's defer(), has passed");

} // namespace

void WaitingRequests::shutDown(const QString &why)
{
    giveUpAll(Origin::Any, why);
    m_pending.shutDown();
    m_invoker->close();
}

void WaitingRequests::deadlineReached(quint64 id)
{
    const PendingRequest *const request = m_pending.find(id);
    const qint64 now = QDeadlineTimer::current().deadline();
    if (!request || !request->refusal || request->refusal->decisionDeadline.deadline() <= now)
        giveUp(id, QString::fromLatin1(TookTooLong));
    else if (m_hashes.isWrong(id))
        finishHash(id, HashChecker::Outcome::Wrong);
    else
        m_pending.setDeadline(id, request->refusal->nextDeadline());
}

// Gives a temporary answer, after which the peer may try again.
void WaitingRequests::giveUp(quint64 id, const QString &why)
{
    if (std::optional<PendingRequest> request = m_pending.take(id)) {
        m_hashes.finish(id);
        giveUp(std::move(*request), why);
    }
}

void WaitingRequests::giveUp(PendingRequest request, const QString &why)
{
    if (request.question) {
        if (!request.question->expire()) {
            // The provider has answered in time; only the notification has not arrived yet.
            conclude(std::move(request));
            return;
        }
        request.provider->expire(request.question, why);
        request.forgetQuestion();
    }
    Evaluation evaluation = evaluate(request);
    while (evaluation.isFinal() && isOutdated(&evaluation))
        evaluation = evaluate(request);
    if (!evaluation.isFinal()) {
        evaluation = m_evaluator.refused(std::move(evaluation), Status::TemporaryError,
                                         Cause::Timeout, TookTooLong);
    }
    finish(evaluation, &request);
}

void WaitingRequests::giveUpAll(Origin origin, const QString &why)
{
    const QPointer<WaitingRequests> guard(this);
    const auto isMeant = [origin](const PendingRequest &request) {
        return origin == Origin::Any || !request.isRaw();
    };
    const QList<quint64> waiting = m_pending.all();
    for (const quint64 id : waiting) {
        const PendingRequest *const request = m_pending.find(id);
        if (request && isMeant(*request))
            giveUp(id, why);
        if (!guard)
            return;
    }
    const std::vector<PendingRequest *> asking = m_asking;
    for (PendingRequest *request : asking) {
        if (request->isAnswered || !isMeant(*request))
            continue;
        PendingRequest given = std::move(*request);
        request->isAnswered = true;
        giveUp(std::move(given), why);
        if (!guard)
            return;
    }
}

// The previous request is not answered: the peer would mistake that answer for the one to its new
// request.
void WaitingRequests::supersede(const QByteArray &returnPath)
{
    if (const quint64 id = m_pending.idOf(returnPath)) {
        std::optional<PendingRequest> former = m_pending.take(id);
        m_hashes.finish(id);
        supersede(&*former);
    }
    for (PendingRequest *request : m_asking) {
        if (!request->isAnswered && !request->isRaw()
            && request->message.returnPath() == returnPath)
            supersede(request);
    }
}

void WaitingRequests::supersede(PendingRequest *request)
{
    request->isAnswered = true;
    request->ticket.reset();
    if (request->question) {
        request->question->expire();
        request->provider->expire(request->question, QStringLiteral("The peer has asked again"));
    }
    m_handler.superseded(request->message);
    request->message.wipeCredentials();
}

} // namespace QZap::Internal
