// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/waitingrequests.h"

#include "base/clock.h"
#include "base/eventloopwatch.h"
#include "protocol/qzaprequest_p.h"
#include "protocol/requestcredentials.h"
#include "providers/providerlink.h"
#include "providers/qzapdecision_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace QZap::Internal {

namespace {

// A provider or user id hook may run an event loop, in which the next request is passed to it, and
// so on. Each nested call uses stack space.
constexpr size_t MaximumNesting = 8;

// Returns the queue of the hash checks of a sender.
QByteArray queueOf(const Sender &sender)
{
    return sender.group.isEmpty() ? sender.address : sender.group;
}

bool isAsking(Verdict::Next next)
{
    return next == Verdict::Next::AskProvider || next == Verdict::Next::NameUser;
}

} // namespace

WaitingRequests::WaitingRequests(QObject *parent, Evaluator &evaluator, PasswordCache &verified,
                                 Handler handler)
    : QObject(parent)
    , m_evaluator(evaluator)
    , m_verified(verified)
    , m_handler(std::move(handler))
    , m_pending(this, [this](quint64 id) { deadlineReached(id); })
    , m_turns(&m_pending)
    , m_hashes(this, hashHandler())
    , m_invoker(std::make_shared<WeakInvoker>(this))
{
    // A posted turn may have been lost with an event loop.
    new EventLoopWatch(this, {[this] {
                           m_isTurnPosted = false;
                           postTurn();
                       }});
}

WaitingRequests::~WaitingRequests()
{
    m_invoker->close();
}

void WaitingRequests::review()
{
    const QPointer<WaitingRequests> guard(this);
    const QList<quint64> waiting = m_pending.ids(PendingRequest::Reason::Store);
    for (const quint64 id : waiting) {
        // Taken before it is evaluated: a user id hook may stop the authenticator meanwhile.
        std::optional<PendingRequest> request = m_pending.take(id);
        if (!request)
            continue;
        Evaluation evaluation = evaluate(*request);
        settle(std::move(evaluation), std::move(*request));
        if (!guard)
            return;
    }
}

void WaitingRequests::reviewHashes(QByteArrayView address)
{
    const QPointer<WaitingRequests> guard(this);
    const QList<quint64> waiting = m_hashes.ids(queueOf(Sender::of(address)));
    for (const quint64 id : waiting) {
        const PendingRequest *const found = m_pending.find(id);
        if (!found || !evaluate(*found).isLockedOut)
            continue;
        std::optional<PendingRequest> request = m_pending.take(id);
        m_hashes.finish(id);
        Evaluation evaluation = evaluate(*request);
        settle(std::move(evaluation), std::move(*request));
        if (!guard)
            return;
    }
}

Evaluation WaitingRequests::evaluate(const PendingRequest &request)
{
    Evaluation evaluation = request.isRaw() ? m_evaluator.evaluate(request.rawFrames)
                                            : m_evaluator.evaluate(request.message.request());
    if (request.sessionNumber > 0)
        evaluation.sessionNumber = request.sessionNumber;
    if (evaluation.verdict.next == Verdict::Next::NameUser && request.userId)
        evaluation = m_evaluator.named(std::move(evaluation), request.userId);
    return request.providerReply ? concluded(std::move(evaluation), request)
                                 : std::move(evaluation);
}

void WaitingRequests::settle(Evaluation evaluation, PendingRequest request, Failures failures)
{
    const QPointer<WaitingRequests> guard(this);
    while (std::optional<Evaluation> following = next(std::move(evaluation), &request, &failures))
        evaluation = std::move(*following);
    for (const Failure &failure : failures) {
        if (guard && failure.provider->markBroken())
            m_handler.providerFailed(failure.message);
    }
}

std::optional<Evaluation> WaitingRequests::next(Evaluation &&evaluation, PendingRequest *request,
                                                Failures *failures)
{
    if (!evaluation.isFinal())
        request->forgetQuestion(); // a new question may follow
    if (!evaluation.isFinal() && !mayWait(evaluation, request))
        evaluation.set(Status::TemporaryError, Cause::Overload,
                       QByteArrayLiteral("Too many requests are pending"));
    if (isAsking(evaluation.verdict.next) && isNestedTooDeep()) {
        waitForTurn(std::move(*request));
        return std::nullopt;
    }
    if (isAsking(evaluation.verdict.next))
        m_evaluator.keepSessionNumber(&evaluation, &request->sessionNumber);
    switch (evaluation.verdict.next) {
    case Verdict::Next::Answer:
        if (isOutdated(&evaluation))
            return evaluate(*request);
        finish(evaluation, request);
        break;
    case Verdict::Next::WaitForStore:
        waitForStore(std::move(*request));
        break;
    case Verdict::Next::CheckHash:
        checkHash(evaluation, std::move(*request));
        break;
    case Verdict::Next::AskProvider:
        return askProvider(std::move(evaluation), request, failures);
    case Verdict::Next::NameUser:
        return askUserId(std::move(evaluation), request);
    }
    return std::nullopt;
}

bool WaitingRequests::isOutdated(Evaluation *evaluation)
{
    const Admittance admittance = m_handler.admit(*evaluation);
    if (admittance == Admittance::Revoked) {
        *evaluation = m_evaluator.refused(
            std::move(*evaluation), Status::TemporaryError, Cause::SessionRevoked,
            QByteArrayLiteral("The session was revoked before the answer was sent"));
    }
    return admittance == Admittance::Outdated;
}

bool WaitingRequests::mayWait(const Evaluation &evaluation, PendingRequest *request)
{
    if (!request->ticket) {
        const Limits &limits = m_evaluator.lastPolicy().limits;
        request->ticket = m_admissions.admit(Sender::of(evaluation.request.address),
                                             limits.pendingDecisions, limits.pendingPerAddress);
    }
    return request->ticket.has_value();
}

void WaitingRequests::finish(const Evaluation &evaluation, PendingRequest *request)
{
    request->ticket.reset();
    m_handler.finish(evaluation, *request);
}

// The decision timeout of a request starts when it first waits for something other than a store.
void WaitingRequests::startDeadline(PendingRequest *request)
{
    if (request->deadline.isForever())
        request->deadline = QDeadlineTimer(m_evaluator.lastPolicy().limits.decisionTimeout);
}

void WaitingRequests::waitForStore(PendingRequest request)
{
    request.reason = PendingRequest::Reason::Store;
    request.setStage(DecisionStage::Loading);
    // Waiting for a store to load is not limited.
    request.deadline = QDeadlineTimer(QDeadlineTimer::Forever);
    m_pending.add(m_pending.nextId(), std::move(request));
    m_handler.waits();
}

bool WaitingRequests::isNestedTooDeep() const
{
    return m_asking.size() >= MaximumNesting;
}

void WaitingRequests::waitForTurn(PendingRequest request)
{
    startDeadline(&request);
    m_turns.add(std::move(request));
    m_handler.waits();
}

void WaitingRequests::postTurn()
{
    if (m_turns.isEmpty() || isNestedTooDeep() || m_isTurnPosted)
        return;
    m_isTurnPosted = m_invoker->post([this] { takeTurn(); });
}

void WaitingRequests::takeTurn()
{
    m_isTurnPosted = false;
    if (isNestedTooDeep())
        return;
    std::optional<PendingRequest> request = m_turns.take();
    postTurn(); // needed if settle() runs an event loop
    if (request)
        settle(evaluate(*request), std::move(*request));
}

void WaitingRequests::checkHash(const Evaluation &evaluation, PendingRequest request)
{
    request.reason = PendingRequest::Reason::Hash;
    request.setStage(DecisionStage::Hashing);
    request.hash = evaluation.verdict.hash;
    startDeadline(&request);
    const quint64 id = m_pending.nextId();
    // The views of the evaluation remain valid: their data does not move with the request.
    m_hashes.check(id, queueOf(request.ticket->sender()),
                   {request.hash, evaluation.verdict.domain->passwords->mostExpensive()},
                   evaluation.request.password, request.deadline);
    m_pending.add(id, std::move(request));
    m_handler.waits();
}

std::optional<Evaluation> WaitingRequests::askProvider(Evaluation &&evaluation,
                                                       PendingRequest *request, Failures *failures)
{
    const ProviderPointer provider = evaluation.provider;
    const quint64 id = m_pending.nextId();
    ProviderQuestion::Details details;
    details.id = id;
    details.request = QZapRequestPrivate::create(evaluation.request, Clock::wallMilliseconds());
    details.credentials = credentialsOf(evaluation.request);
    details.userId = QString::fromUtf8(evaluation.userId());
    details.tellsReturn = request->isRaw();
    const auto question = std::make_shared<ProviderQuestion>(m_invoker, this, std::move(details));

    request->reason = PendingRequest::Reason::Provider;
    request->provider = provider;
    request->question = question;

    const auto askIt = [&provider, &question] {
        if (!provider->ask(QZapDecisionPrivate::create(question)))
            question->answer(
                QZapReply::retryLater(QStringLiteral("The credentials provider was destroyed")));
    };
    if (!ask(request, std::cref(askIt)))
        return std::nullopt;
    const ProviderQuestion::Standing standing = question->startTelling();
    if (standing.answer) {
        keepAnswer(*standing.answer, request, failures);
        return m_evaluator.isCurrent(evaluation) ? concluded(std::move(evaluation), *request)
                                                 : evaluate(*request);
    }
    if (!standing.deadline.isForever())
        request->deadline = standing.deadline;
    startDeadline(request);
    if (standing.hasReturned)
        request->setStage(DecisionStage::Deferred);
    m_pending.add(id, std::move(*request));
    m_handler.waits();
    return std::nullopt;
}

std::optional<Evaluation> WaitingRequests::askUserId(Evaluation &&evaluation,
                                                     PendingRequest *request)
{
    const QByteArray key = evaluation.request.publicKey.toByteArray();
    std::optional<QByteArray> userId;
    const auto askIt = [this, &key, &userId] { userId = m_handler.curveUserId(key); };
    if (!ask(request, std::cref(askIt)))
        return std::nullopt;
    if (!m_evaluator.isCurrent(evaluation))
        evaluation = evaluate(*request);
    if (evaluation.verdict.next == Verdict::Next::NameUser)
        evaluation = m_evaluator.named(std::move(evaluation), userId);
    request->userId = std::move(userId);
    return std::move(evaluation);
}

bool WaitingRequests::ask(PendingRequest *request, const std::function<void()> &code)
{
    m_asking.push_back(request);
    if (!m_handler.runOutside(code))
        return false;
    m_asking.erase(std::find(m_asking.begin(), m_asking.end(), request));
    postTurn();
    return !request->isAnswered;
}

HashChecker::Handler WaitingRequests::hashHandler()
{
    return {
        [this](quint64 id, const HashChecker::Schedule &schedule) {
            scheduleRefusal(id, schedule);
        },
        [this](quint64 id, HashChecker::Outcome outcome) { hashChecked(id, outcome); },
    };
}

void WaitingRequests::scheduleRefusal(quint64 id, const HashChecker::Schedule &schedule)
{
    PendingRequest *const request = m_pending.find(id);
    if (!request)
        return;
    request->refusal = {schedule.start, schedule.time, request->deadline};
    m_pending.setDeadline(id, request->refusal->nextDeadline());
}

void WaitingRequests::hashChecked(quint64 id, HashChecker::Outcome outcome)
{
    if (outcome == HashChecker::Outcome::Expired)
        giveUp(id, {});
    else
        finishHash(id, outcome);
}

void WaitingRequests::finishHash(quint64 id, HashChecker::Outcome outcome)
{
    std::optional<PendingRequest> request = m_pending.take(id);
    if (!request) {
        m_hashes.finish(id);
        return;
    }
    if (const auto refusal = std::exchange(request->refusal, std::nullopt))
        request->deadline = refusal->decisionDeadline;
    Evaluation evaluation = evaluate(*request);
    // Anything may have changed meanwhile, including the hash, which is then checked again.
    const Verdict &verdict = evaluation.verdict;
    if (verdict.next == Verdict::Next::CheckHash && verdict.hash == request->hash) {
        if (outcome == HashChecker::Outcome::Verified) {
            m_verified.insert(verdict.hash, evaluation.request.name, evaluation.request.password);
            evaluation = evaluate(*request);
        } else {
            evaluation = m_evaluator.wrongPassword(std::move(evaluation));
        }
    }
    const QPointer<WaitingRequests> guard(this);
    settle(std::move(evaluation), std::move(*request));
    // The next check of the address may start only now: the answer may have locked the address.
    if (guard)
        m_hashes.finish(id);
}

void WaitingRequests::decisionAnswered(quint64 id)
{
    if (std::optional<PendingRequest> request = m_pending.take(id))
        conclude(std::move(*request));
}

void WaitingRequests::decisionDeferred(quint64 id, QDeadlineTimer deadline)
{
    m_pending.setDeadline(id, deadline);
}

void WaitingRequests::providerReturned(quint64 id)
{
    if (const PendingRequest *const request = m_pending.find(id))
        request->setStage(DecisionStage::Deferred);
}

void WaitingRequests::conclude(PendingRequest request)
{
    Failures failures;
    keepAnswer(request.question->takeAnswer(), &request, &failures);
    Evaluation evaluation = evaluate(request);
    settle(std::move(evaluation), std::move(request), std::move(failures));
}

void WaitingRequests::keepAnswer(const ProviderQuestion::Answer &answer, PendingRequest *request,
                                 Failures *failures)
{
    if (answer.isProviderBroken)
        failures->push_back({request->provider, answer.reply.statusText()});
    request->providerReply = answer.reply;
}

// The provider cannot let in a peer that the current policy refuses, nor one with another user id
// than it was asked about.
Evaluation WaitingRequests::concluded(Evaluation &&evaluation, const PendingRequest &request)
{
    const bool mayGetIn = evaluation.verdict.next == Verdict::Next::AskProvider
                          || evaluation.verdict.status == Status::Success;
    // If the peer has no user id any more, the hook is asked for one, and then the provider again.
    if (!mayGetIn || evaluation.verdict.next == Verdict::Next::NameUser)
        return std::move(evaluation);
    if (evaluation.provider != request.provider || !request.provider->isOpen()) {
        evaluation.set(Status::TemporaryError, Cause::ProviderReplaced,
                       QByteArrayLiteral("The credentials provider was replaced"));
    } else if (request.providerReply->status() == Status::Success
               && request.question->userId() != QString::fromUtf8(evaluation.userId())) {
        evaluation.set(Status::TemporaryError, Cause::ProviderReplaced,
                       QByteArrayLiteral("The user id has changed since the credentials provider "
                                         "was asked"));
    } else {
        evaluation = Evaluator::answered(std::move(evaluation), *request.providerReply);
    }
    return std::move(evaluation);
}

} // namespace QZap::Internal
