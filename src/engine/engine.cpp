// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/engine.h"

#include "base/clock.h"
#include "base/secret.h"
#include "engine/evaluation/sessionfield.h"
#include "providers/providerlink.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace QZap::Internal {

namespace {

// The maximum number of requests that are answered when stopping.
constexpr int MaximumAnsweredAtStop = 100000;

} // namespace

Engine::Engine(QObject *parent, SessionCore &sessions, PasswordCache &verified, Lockout &lockout,
               Reporter &reporter, Hooks hooks)
    : QObject(parent)
    , m_sessions(sessions)
    , m_lockout(lockout)
    , m_evaluator(sessions.policies(), sessions.numbers(), verified, lockout, hooks.namesUsers)
    , m_reporter(reporter)
    , m_hooks(std::move(hooks))
    , m_socket({[this](const std::vector<ZapMessage> &messages) { m_evaluator.prefetch(messages); },
                [this](ZapMessage &message) { received(message); },
                [this] {
                    m_inBatch = false;
                    report(true);
                },
                [this] { m_foreignCalls.run(m_hooks.terminated); },
                [this](size_t index) { undelivered(index); }},
               this)
    , m_waiting(this, m_evaluator, verified, waitingHandler())
{
    m_clock.start();
}

Engine::~Engine()
{
    shutDown();
}

WaitingRequests::Handler Engine::waitingHandler()
{
    WaitingRequests::Handler handler;
    handler.admit = [this](const Evaluation &evaluation) { return admit(evaluation); };
    handler.finish = [this](const Evaluation &evaluation, PendingRequest &request) {
        finish(evaluation, request);
    };
    handler.superseded = [this](const ZapMessage &message) { countSuperseded(message); };
    handler.waits = [this] { reportNews(); };
    handler.runOutside = [this](const std::function<void()> &code) { return runOutside(code); };
    handler.curveUserId = m_hooks.curveUserId;
    handler.providerFailed = [this](const QString &message) {
        (void)runOutside([this, &message] { m_hooks.providerFailed(message); });
    };
    return handler;
}

void Engine::shutDown()
{
    if (m_waiting.isShutDown())
        return;
    stop();
    m_evaluator.setStopping(true);
    m_waiting.shutDown(QStringLiteral("The authenticator was destroyed"));
}

ZapSocket::Opening Engine::start(void *context)
{
    if (m_isStopping)
        finishStop();
    return m_socket.open(context);
}

void Engine::stop()
{
    m_isStopping = true;
    m_evaluator.setStopping(true);
    m_inBatch = false;
    const QPointer<Engine> guard(this);
    m_waiting.giveUpAll(WaitingRequests::Origin::Socket,
                        QStringLiteral("The authenticator was stopped"));
    // Otherwise, foreign code has started the engine again.
    if (guard && m_isStopping)
        finishStop();
}

void Engine::finishStop()
{
    m_isStopping = false;
    m_socket.close(MaximumAnsweredAtStop);
    m_inBatch = false;
    m_evaluator.setStopping(false);
    report(false);
}

void Engine::handle(const QByteArrayList &frames, std::shared_ptr<QPromise<QByteArrayList>> promise)
{
    PendingRequest request;
    request.rawFrames = frames;
    request.promise = std::move(promise);
    handle(std::move(request));
}

void Engine::decide(QByteArrayList &&frames, std::shared_ptr<QPromise<QZapReply>> promise)
{
    PendingRequest request;
    request.rawFrames = std::move(frames);
    request.replyPromise = std::move(promise);
    request.feedsLockout = false;
    handle(std::move(request));
}

void Engine::handle(PendingRequest &&request)
{
    request.calledAt = Clock::steady();
    Evaluation evaluation = m_evaluator.evaluate(request.rawFrames);
    while (evaluation.isFinal() && admit(evaluation) != Admittance::Granted)
        evaluation = m_evaluator.evaluate(request.rawFrames);
    if (evaluation.isFinal())
        finish(evaluation, request);
    else
        m_waiting.settle(std::move(evaluation), std::move(request));
}

Admittance Engine::admit(const Evaluation &evaluation)
{
    if (!evaluation.isLetIn())
        return Admittance::Granted;
    if (evaluation.sessionNumber == 0) // a guard may have been added meanwhile
        return m_sessions.numbers().areUsed() ? Admittance::Outdated : Admittance::Granted;
    const Request &request = evaluation.request;
    return m_sessions.admit({{request.domain, request.mechanism},
                             sessionCredential(request),
                             sessionUserId(evaluation),
                             evaluation.sessionNumber,
                             evaluation.policyVersion});
}

void Engine::received(ZapMessage &message)
{
    m_inBatch = true;
    m_waiting.supersede(message);
    Evaluation evaluation = m_evaluator.evaluate(message.request());
    while (evaluation.isFinal() && admit(evaluation) != Admittance::Granted)
        evaluation = m_evaluator.evaluate(message.request());
    if (!evaluation.isFinal()) {
        PendingRequest request;
        request.message = std::move(message);
        m_waiting.settle(std::move(evaluation), std::move(request));
        return;
    }
    const std::optional<QByteArray> lockedOut = feedLockout(evaluation);
    if (const auto receipt = count(evaluation, message.receivedAt()))
        send(message, replyOf(evaluation), {*receipt, nullptr, nullptr});
    else
        message.wipeCredentials();
    if (lockedOut)
        m_waiting.reviewHashes(*lockedOut);
}

void Engine::send(ZapMessage &message, const Reply &reply, Unsent unsent)
{
    m_unsent.push_back(std::move(unsent));
    m_socket.reply(message, reply, m_unsent.size() - 1);
}

// A reply that reaches nobody lets nobody in.
void Engine::undelivered(size_t index)
{
    Q_ASSERT(index < m_unsent.size()); // a reply is sent before its decision is reported
    const Unsent &unsent = m_unsent[index];
    m_reporter.withdraw(unsent.receipt);
    if (unsent.provider)
        unsent.provider->expire(unsent.question, QStringLiteral("The peer has disconnected"));
}

std::optional<Reporter::Receipt> Engine::count(const Evaluation &evaluation, qint64 received)
{
    const Reporter::Details details{evaluation.userId(),      evaluation.metadata,
                                    evaluation.sessionNumber, received,
                                    m_evaluator.lastPolicy(), m_evaluator.lastPolicyVersion()};
    if (evaluation.outcome == ParseOutcome::Unanswerable) {
        m_reporter.addDropped(evaluation.request, Cause::Unanswerable, details);
        return std::nullopt;
    }
    return m_reporter.add(evaluation.request, evaluation.verdict, details);
}

void Engine::countSuperseded(const ZapMessage &message)
{
    const Policy &policy = m_evaluator.lastPolicy();
    Request request;
    parseRequest(message.request(), policy.encoding, &request);
    m_reporter.addDropped(
        request, Cause::Superseded,
        {request.name, {}, 0, message.receivedAt(), policy, m_evaluator.lastPolicyVersion()});
}

Reply Engine::replyOf(const Evaluation &evaluation)
{
    const Verdict &verdict = evaluation.verdict;
    Reply reply;
    const bool isLetIn = evaluation.isLetIn();
    reply.code = evaluation.isLockedOut ? DisconnectCode
                                        : wireCode(isLetIn ? Status::Success : verdict.status,
                                                   evaluation.request.mechanism);
    reply.text = verdict.reason;
    if (isLetIn) {
        reply.userId = evaluation.sentUserId();
        reply.metadata = evaluation.metadata;
        if (evaluation.sessionNumber > 0) {
            m_replyMetadata = metadataWithSession(evaluation, m_sessions.id());
            reply.metadata = m_replyMetadata;
        }
    }
    return reply;
}

void Engine::finish(const Evaluation &evaluation, PendingRequest &request)
{
    const std::optional<QByteArray> lockedOut =
        request.feedsLockout ? feedLockout(evaluation) : std::nullopt;
    const std::optional<Reporter::Receipt> receipt = count(evaluation, request.receivedAt());
    if (receipt && !request.isRaw())
        send(request.message, replyOf(evaluation), {*receipt, request.provider, request.question});
    reportNews();
    const QPointer<Engine> guard(this);
    if (request.isRaw())
        answerCall(evaluation, request, receipt.has_value());
    if (guard && lockedOut)
        m_waiting.reviewHashes(*lockedOut);
}

std::optional<QByteArray> Engine::feedLockout(const Evaluation &evaluation)
{
    const Request &request = evaluation.request;
    if (request.mechanism != Mechanism::Plain || !m_lockout.isEnabled())
        return std::nullopt;
    const Verdict &verdict = evaluation.verdict;
    const Lockout::Attempt attempt{request.address, request.name, request.password};
    if (evaluation.isLockedOut)
        m_lockout.addRefusal(attempt);
    else if (verdict.status == Status::Success)
        m_lockout.addSuccess(attempt);
    else if (verdict.isWrongPassword && verdict.isEnforced && m_lockout.addFailure(attempt))
        return request.address.toByteArray();
    return std::nullopt;
}

QZapReply Engine::decision(const Evaluation &evaluation)
{
    const Verdict &verdict = evaluation.verdict;
    return Report::makeReply(verdict.status, verdict.reason, QString::fromUtf8(evaluation.userId()),
                             evaluation.metadata, verdict.isEnforced);
}

void Engine::answerCall(const Evaluation &evaluation, PendingRequest &request, bool isAnswerable)
{
    if (request.promise) {
        request.promise->addResult(
            isAnswerable ? replyFrames(evaluation.request.requestId, replyOf(evaluation))
                         : QByteArrayList());
        (void)runOutside([&request] { request.promise->finish(); });
        return;
    }
    request.replyPromise->addResult(decision(evaluation));
    if (evaluation.request.mechanism == Mechanism::Plain)
        wipe(request.rawFrames.last());
    (void)runOutside([&request] { request.replyPromise->finish(); });
}

bool Engine::runOutside(const std::function<void()> &code)
{
    // The code may run an event loop, which sends and reports replies as usual.
    const QPointer<Engine> guard(this);
    const bool socketWasInBatch = m_socket.pauseBatch();
    const bool wasInBatch = std::exchange(m_inBatch, false);
    report(false);
    m_foreignCalls.run(code);
    // The code may have deleted this engine.
    if (!guard)
        return false;
    m_inBatch = wasInBatch && m_socket.isOpen(); // otherwise, no end of a drain would report
    m_socket.resumeBatch(socketWasInBatch);
    return true;
}

void Engine::reportNews()
{
    if (!m_inBatch) // otherwise, the end of the drain reports
        report(false);
}

void Engine::report(bool afterDrain)
{
    m_reporter.setPendingCount(m_waiting.count());
    m_reporter.commit();
    m_unsent.clear();
    m_foreignCalls.run([this, afterDrain] { m_hooks.news(afterDrain); });
}

QByteArrayView Engine::wireCode(Status status, Mechanism mechanism)
{
    if (status == Status::Success)
        return statusCode(status);
    // libzmq lets a GSSAPI peer in with any valid status.
    if (mechanism == Mechanism::Gssapi)
        return DisconnectCode;
    if (status == Status::TemporaryError
        && !m_held.hold(m_clock.elapsed(), m_evaluator.lastPolicy().limits.heldConnections))
        return DisconnectCode;
    return statusCode(status);
}

} // namespace QZap::Internal
