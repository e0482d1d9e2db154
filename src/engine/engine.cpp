// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/engine.h"

#include "providers/providerlink.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace QZap::Internal {

namespace {

// The maximum number of requests that are answered when stopping.
constexpr int MaximumAnsweredAtStop = 100000;

} // namespace

Engine::Engine(QObject *parent, const PolicyPublisher &policies, PasswordCache &verified,
               Reporter &reporter, Hooks hooks)
    : QObject(parent)
    , m_evaluator(policies, verified, hooks.namesUsers)
    , m_reporter(reporter)
    , m_hooks(std::move(hooks))
    , m_socket({[this](const std::vector<ZapMessage> &messages) { m_evaluator.prefetch(messages); },
                [this](ZapMessage &message) { received(message); },
                [this] {
                    m_inBatch = false;
                    report(true);
                },
                [this] { m_hooks.terminated(); }, [this](size_t index) { undelivered(index); }})
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
    handler.finish = [this](const Evaluation &evaluation, PendingRequest &request) {
        finish(evaluation, request);
    };
    handler.superseded = [this] { m_reporter.addDropped(); };
    handler.waits = [this] { reportNews(); };
    handler.runOutside = [this](const std::function<void()> &code) { return runOutside(code); };
    handler.curveUserId = m_hooks.curveUserId;
    handler.providerFailed = m_hooks.providerFailed;
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
    return m_socket.open(context);
}

void Engine::stop()
{
    m_evaluator.setStopping(true);
    m_inBatch = false;
    const QPointer<Engine> guard(this);
    m_waiting.giveUpAll(WaitingRequests::Origin::Socket,
                        QStringLiteral("The authenticator was stopped"));
    if (!guard)
        return;
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
    Evaluation evaluation = m_evaluator.evaluate(request.rawFrames);
    if (evaluation.isFinal())
        finish(evaluation, request);
    else
        m_waiting.settle(std::move(evaluation), std::move(request));
}

void Engine::received(ZapMessage &message)
{
    m_inBatch = true;
    m_waiting.supersede(message);
    Evaluation evaluation = m_evaluator.evaluate(message.request());
    if (!evaluation.isFinal()) {
        PendingRequest request;
        request.message = std::move(message);
        m_waiting.settle(std::move(evaluation), std::move(request));
        return;
    }
    Reply reply;
    if (const auto receipt = answer(evaluation, &reply))
        send(message, reply, {*receipt, nullptr, nullptr});
    else
        message.wipeCredentials();
}

void Engine::send(ZapMessage &message, const Reply &reply, Unsent unsent)
{
    m_unsent.push_back(std::move(unsent));
    m_socket.reply(message, reply, m_unsent.size() - 1);
}

// A reply that reaches nobody lets nobody in.
void Engine::undelivered(size_t index)
{
    Q_ASSERT(index < m_unsent.size()); // replies are sent before their decisions are reported
    const Unsent &unsent = m_unsent[index];
    m_reporter.withdraw(unsent.receipt);
    if (unsent.provider)
        unsent.provider->expire(unsent.question, QStringLiteral("The peer has disconnected"));
}

std::optional<Reporter::Receipt> Engine::answer(const Evaluation &evaluation, Reply *reply)
{
    if (evaluation.outcome == ParseOutcome::Unanswerable) {
        m_reporter.addDropped();
        return std::nullopt;
    }
    const Verdict &verdict = evaluation.verdict;
    const Reporter::Receipt receipt =
        m_reporter.add(evaluation.request, verdict, evaluation.userId(), evaluation.metadata);
    reply->code = wireCode(verdict.status, evaluation.request.mechanism);
    reply->text = verdict.reason;
    if (verdict.status == Status::Success) {
        reply->userId = evaluation.sentUserId();
        reply->metadata = evaluation.metadata;
    }
    return receipt;
}

void Engine::finish(const Evaluation &evaluation, PendingRequest &request)
{
    Reply reply;
    const std::optional<Reporter::Receipt> receipt = answer(evaluation, &reply);
    if (request.isRaw()) {
        request.promise->addResult(receipt ? replyFrames(evaluation.request.requestId, reply)
                                           : QByteArrayList());
        const QPointer<Engine> guard(this);
        request.promise->finish(); // runs the continuations of the future
        if (!guard)
            return;
    } else if (receipt) {
        send(request.message, reply, {*receipt, request.provider, request.question});
    }
    reportNews();
}

bool Engine::runOutside(const std::function<void()> &code)
{
    // The code may run an event loop, in which replies are sent and reported as usual.
    const QPointer<Engine> guard(this);
    const bool socketWasInBatch = m_socket.pauseBatch();
    const bool wasInBatch = std::exchange(m_inBatch, false);
    report(false);
    code();
    // The code may have deleted this engine.
    if (!guard)
        return false;
    m_inBatch = wasInBatch && m_socket.isOpen(); // otherwise no drain ends, and reports
    m_socket.resumeBatch(socketWasInBatch);
    return true;
}

void Engine::reportNews()
{
    if (!m_inBatch) // the end of a drain reports otherwise
        report(false);
}

void Engine::report(bool afterDrain)
{
    m_reporter.setPendingCount(m_waiting.count());
    m_reporter.commit();
    m_unsent.clear();
    m_hooks.news(afterDrain);
}

QByteArrayView Engine::wireCode(Status status, Mechanism mechanism)
{
    if (status == Status::Success)
        return statusCode(status);
    // libzmq lets a GSSAPI peer in with any valid status.
    if (mechanism == Mechanism::Gssapi)
        return DisconnectCode;
    if (status == Status::TemporaryError
        && !m_held.hold(m_clock.elapsed(), m_evaluator.policy().limits.heldConnections))
        return DisconnectCode;
    return statusCode(status);
}

} // namespace QZap::Internal
