// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/engine.h"

#include "protocol/z85.h"

#include <QtCore/qscopedvaluerollback.h>
#include <QtCore/qvarlengtharray.h>

namespace QZap::Internal {

namespace {

// What is answered when stopping: no peer could have more under way at once.
constexpr int MaximumAnsweredAtStop = 100000;

using FrameViews = QVarLengthArray<QByteArrayView, 16>;

FrameViews viewsOf(const QByteArrayList &frames)
{
    return {frames.begin(), frames.end()};
}

Verdict internalError(const QByteArray &reason)
{
    return {Status::InternalError, reason, {}, false};
}

} // namespace

Engine::Engine(const PolicyPublisher &policies, Reporter &reporter, Hooks hooks)
    : m_policy(policies)
    , m_reporter(reporter)
    , m_hooks(std::move(hooks))
    , m_socket({[this](ZapMessage &message) { received(message); },
                [this] {
                    m_inBatch = false;
                    m_reporter.flush();
                },
                [this] { m_hooks.terminated(); }})
{
    m_clock.start();
}

ZapSocket::OpenResult Engine::start(void *context, QString *errorMessage)
{
    return m_socket.open(context, errorMessage);
}

void Engine::stop()
{
    const QScopedValueRollback stopping(m_stopping, true);
    m_inBatch = false;
    m_socket.close(MaximumAnsweredAtStop);
    m_inBatch = false;
}

QByteArrayList Engine::handle(const QByteArrayList &frames)
{
    const FrameViews views = viewsOf(frames);
    m_reporter.beginBatch();
    Judgement judgement;
    judge(views.data(), views.size(), views.size(), &judgement);
    Reply reply;
    return answer(judgement, &reply) ? replyFrames(judgement.request.requestId, reply)
                                     : QByteArrayList();
}

QZapReply Engine::evaluate(const QByteArrayList &frames)
{
    const FrameViews views = viewsOf(frames);
    Judgement judgement;
    judge(views.data(), views.size(), views.size(), &judgement);
    return Decision::makeReply(judgement.verdict.status, judgement.verdict.reason,
                               judgement.userId.toByteArray());
}

void Engine::received(ZapMessage &message)
{
    if (!m_inBatch) {
        m_reporter.beginBatch();
        m_inBatch = true;
    }
    Judgement judgement;
    judge(message.frames(), message.count(), message.totalCount(), &judgement);
    Reply reply;
    if (answer(judgement, &reply))
        m_socket.reply(message, reply);
    message.wipeCredentials();
}

void Engine::judge(const QByteArrayView *frames, qsizetype count, qsizetype totalCount,
                   Judgement *judgement)
{
    const Policy &policy = m_policy.get();
    const ParseResult parsed =
        parseRequest(frames, count, totalCount, policy.encoding, &judgement->request);
    judgement->outcome = parsed.outcome;
    Verdict &verdict = judgement->verdict;
    if (parsed.outcome != ParseOutcome::Valid) {
        verdict.reason = parsed.error;
        judgement->userId = judgement->request.name;
        return;
    }
    if (m_stopping) {
        verdict.status = Status::TemporaryError;
        verdict.reason = QByteArrayLiteral("The authenticator is stopping");
    } else {
        verdict = decide(policy, judgement->request);
    }
    identify(judgement);
    if (verdict.status == Status::Success)
        encodeUserId(policy.encoding, judgement);
}

// Whom the peer proved to be, or, where it is refused, claimed to be.
void Engine::identify(Judgement *judgement) const
{
    const Request &request = judgement->request;
    Verdict &verdict = judgement->verdict;
    const bool accepted = verdict.status == Status::Success;
    judgement->userId = accepted ? verdict.userId : request.name;
    if (request.mechanism != Mechanism::Curve || !judgement->userId.isEmpty())
        return;
    if (!accepted) {
        judgement->userIdStorage = Z85::encode(request.publicKey);
    } else {
        try {
            judgement->userIdStorage = m_hooks.curveUserId(request.publicKey);
        } catch (...) {
            verdict.status = Status::TemporaryError;
            verdict.reason = QByteArrayLiteral("curveUserId() threw an exception");
            judgement->userIdStorage = Z85::encode(request.publicKey);
        }
    }
    judgement->userId = judgement->userIdStorage;
}

void Engine::encodeUserId(TextEncoding encoding, Judgement *judgement) const
{
    Verdict &verdict = judgement->verdict;
    judgement->sentUserId = judgement->userId;
    if (encoding == TextEncoding::Latin1 && !isAscii(judgement->userId)) {
        const QString text = QString::fromUtf8(judgement->userId);
        judgement->sentUserIdStorage = text.toLatin1();
        judgement->sentUserId = judgement->sentUserIdStorage;
        if (QString::fromLatin1(judgement->sentUserIdStorage) != text)
            verdict = internalError(QByteArrayLiteral("The user id is not to be had in Latin-1"));
    }
    if (judgement->sentUserId.size() > MaximumTextSize)
        verdict = internalError(QByteArrayLiteral("The user id is longer than 255 bytes"));
    else if (!isCleanText(judgement->userId))
        verdict = internalError(QByteArrayLiteral("The user id holds control characters"));
}

bool Engine::answer(const Judgement &judgement, Reply *reply)
{
    if (judgement.outcome == ParseOutcome::Unanswerable) {
        m_reporter.addDropped();
        return false;
    }
    const Verdict &verdict = judgement.verdict;
    m_reporter.add(judgement.request, verdict, judgement.userId);
    reply->code = wireCode(verdict.status, judgement.request.mechanism);
    reply->text = verdict.reason;
    if (verdict.status == Status::Success)
        reply->userId = judgement.sentUserId;
    return true;
}

QByteArrayView Engine::wireCode(Status status, Mechanism mechanism)
{
    if (status == Status::Success)
        return statusCode(status);
    // libzmq lets a GSSAPI peer in whatever valid status it reads.
    if (mechanism == Mechanism::Gssapi)
        return DisconnectCode;
    if (status == Status::TemporaryError && !m_held.hold(m_clock.elapsed(), m_maximumHeld))
        return DisconnectCode;
    return statusCode(status);
}

} // namespace QZap::Internal
