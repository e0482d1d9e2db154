// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/engine.h"

#include "credentials/keyfields.h"
#include "protocol/metadata.h"
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

void setVerdict(Verdict *verdict, Status status, const QByteArray &reason)
{
    verdict->status = status;
    verdict->next = Verdict::Next::Answer;
    verdict->reason = reason;
    verdict->userId = {};
}

} // namespace

Engine::Engine(QObject *owner, const PolicyPublisher &policies, Reporter &reporter, Hooks hooks)
    : m_policy(policies)
    , m_reporter(reporter)
    , m_hooks(std::move(hooks))
    , m_socket({[this](ZapMessage &message) { received(message); },
                [this] {
                    m_inBatch = false;
                    m_reporter.flush();
                },
                [this] { m_hooks.terminated(); }})
    , m_pending(owner, [this](quint64 id) { giveUp(id); })
    , m_hashes(owner,
               [this](quint64 id, HashChecker::Outcome outcome) { hashChecked(id, outcome); })
{
    m_clock.start();
}

ZapSocket::OpenResult Engine::start(void *context, QString *errorMessage)
{
    return m_socket.open(context, errorMessage);
}

Engine::~Engine()
{
    stop();
    m_stopping = true;
    const QList<quint64> raw = m_pending.all();
    for (const quint64 id : raw)
        giveUp(id);
}

void Engine::stop()
{
    const QScopedValueRollback stopping(m_stopping, true);
    m_inBatch = false;
    const QList<quint64> waiting = m_pending.all();
    for (const quint64 id : waiting) {
        const PendingRequest *const request = m_pending.find(id);
        if (request && !request->isRaw())
            giveUp(id);
    }
    m_socket.close(MaximumAnsweredAtStop);
    m_inBatch = false;
}

QFuture<QByteArrayList> Engine::handle(const QByteArrayList &frames)
{
    PendingRequest request;
    request.rawFrames = frames;
    request.promise = std::make_shared<QPromise<QByteArrayList>>();
    request.promise->start();
    QFuture<QByteArrayList> future = request.promise->future();
    Judgement judgement;
    judge(request, &judgement);
    settle(&judgement, std::move(request));
    return future;
}

void Engine::review()
{
    const QList<quint64> waiting = m_pending.ids(PendingRequest::Reason::Store);
    for (const quint64 id : waiting) {
        // Taken before it is judged: a user id hook may stop the authenticator meanwhile.
        std::optional<PendingRequest> request = m_pending.take(id);
        if (!request)
            continue;
        Judgement judgement;
        judge(*request, &judgement);
        settle(&judgement, std::move(*request));
    }
}

QZapReply Engine::evaluate(const QByteArrayList &frames)
{
    const FrameViews views = viewsOf(frames);
    Judgement judgement;
    judge(views.data(), views.size(), views.size(), &judgement);
    return Decision::makeReply(judgement.verdict.status, judgement.verdict.reason,
                               judgement.userId.toByteArray(), judgement.metadata);
}

void Engine::received(ZapMessage &message)
{
    if (!m_inBatch) {
        m_reporter.beginBatch();
        m_inBatch = true;
    }
    Judgement judgement;
    judge(message.frames(), message.count(), message.totalCount(), &judgement);
    if (judgement.verdict.next != Verdict::Next::Answer) {
        PendingRequest request;
        request.message = std::move(message);
        wait(&judgement, std::move(request));
        return;
    }
    Reply reply;
    if (answer(judgement, &reply))
        m_socket.reply(message, reply);
    message.wipeCredentials();
}

void Engine::judge(const PendingRequest &request, Judgement *judgement)
{
    if (!request.isRaw()) {
        judge(request.message.frames(), request.message.count(), request.message.totalCount(),
              judgement);
        return;
    }
    const FrameViews views = viewsOf(request.rawFrames);
    judge(views.data(), views.size(), views.size(), judgement);
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
        setVerdict(&verdict, Status::TemporaryError,
                   QByteArrayLiteral("The authenticator is stopping"));
    } else {
        verdict = decide(policy, judgement->request);
    }
    if (verdict.next == Verdict::Next::CheckHash
        && m_verified.contains(verdict.hash, judgement->request.name,
                               judgement->request.password)) {
        setVerdict(&verdict, Status::Success, QByteArrayLiteral("OK"));
        verdict.userId = judgement->request.name;
    }
    if (verdict.status == Status::Success)
        publish(judgement); // before any hook runs: it may put another policy in force
    identify(judgement);
    if (verdict.status == Status::Success)
        encodeUserId(policy.encoding, judgement);
}

// Every declared field, whatever its value: one that is missing would be the peer's to claim.
void Engine::publish(Judgement *judgement)
{
    const Verdict &verdict = judgement->verdict;
    if (!verdict.domain)
        return;
    judgement->metadata = verdict.domain->metadata;
    if (!verdict.metadata.isEmpty())
        judgement->metadata += verdict.metadata;
    if (verdict.domain->publishesDomain)
        appendMetadata(DomainField, judgement->request.domain, &judgement->metadata);
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
            setVerdict(&verdict, Status::TemporaryError,
                       QByteArrayLiteral("curveUserId() threw an exception"));
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
            setVerdict(&verdict, Status::InternalError,
                       QByteArrayLiteral("The user id is not to be had in Latin-1"));
    }
    if (judgement->sentUserId.size() > MaximumTextSize)
        setVerdict(&verdict, Status::InternalError,
                   QByteArrayLiteral("The user id is longer than 255 bytes"));
    else if (!isCleanText(judgement->userId))
        setVerdict(&verdict, Status::InternalError,
                   QByteArrayLiteral("The user id holds control characters"));
}

bool Engine::answer(const Judgement &judgement, Reply *reply)
{
    if (judgement.outcome == ParseOutcome::Unanswerable) {
        m_reporter.addDropped();
        return false;
    }
    const Verdict &verdict = judgement.verdict;
    m_reporter.add(judgement.request, verdict, judgement.userId, judgement.metadata);
    reply->code = wireCode(verdict.status, judgement.request.mechanism);
    reply->text = verdict.reason;
    if (verdict.status == Status::Success) {
        reply->userId = judgement.sentUserId;
        reply->metadata = judgement.metadata;
    }
    return true;
}

void Engine::settle(Judgement *judgement, PendingRequest request)
{
    if (judgement->verdict.next == Verdict::Next::Answer)
        finish(*judgement, std::move(request));
    else
        wait(judgement, std::move(request));
}

void Engine::wait(Judgement *judgement, PendingRequest request)
{
    const bool isNew = request.address.isNull();
    if (isNew) {
        request.address = PendingRequests::countedAddress(judgement->request.address);
        if (m_pending.count() >= limits.pendingDecisions
            || m_pending.countOf(request.address) >= limits.pendingPerAddress) {
            setVerdict(&judgement->verdict, Status::TemporaryError,
                       QByteArrayLiteral("Too many requests are pending"));
            finish(*judgement, std::move(request));
            return;
        }
    }
    const bool hash = judgement->verdict.next == Verdict::Next::CheckHash;
    request.reason = hash ? PendingRequest::Reason::Hash : PendingRequest::Reason::Store;
    // A store takes as long as it takes to load; waiting for it is not the peer's time.
    if (!hash)
        request.deadline = QDeadlineTimer(QDeadlineTimer::Forever);
    else if (request.deadline.isForever())
        request.deadline = QDeadlineTimer(limits.decisionTimeout);
    request.hash = judgement->verdict.hash;
    const QDeadlineTimer deadline = request.deadline;
    const QByteArray address = request.address;
    // The views of the judgement stay good: what they look at does not move with the request.
    const quint64 id = m_pending.add(std::move(request));
    if (hash) {
        m_hashes.check(id, address, judgement->verdict.hash, judgement->request.password, deadline);
    }
    reportNews();
}

void Engine::finish(const Judgement &judgement, PendingRequest request)
{
    m_reporter.beginBatch();
    Reply reply;
    const bool answerable = answer(judgement, &reply);
    if (request.isRaw()) {
        request.promise->addResult(answerable ? replyFrames(judgement.request.requestId, reply)
                                              : QByteArrayList());
        request.promise->finish();
    } else if (answerable) {
        m_socket.reply(request.message, reply);
        request.message.wipeCredentials();
    }
    reportNews();
}

void Engine::hashChecked(quint64 id, HashChecker::Outcome outcome)
{
    if (outcome == HashChecker::Outcome::Expired) {
        giveUp(id);
        return;
    }
    std::optional<PendingRequest> request = m_pending.take(id);
    if (!request)
        return;
    Judgement judgement;
    judge(*request, &judgement);
    // Anything may have changed meanwhile, the hash itself included: then it is checked anew.
    Verdict &verdict = judgement.verdict;
    if (verdict.next == Verdict::Next::CheckHash && verdict.hash == request->hash) {
        if (outcome == HashChecker::Outcome::Verified) {
            m_verified.insert(verdict.hash, judgement.request.name, judgement.request.password);
            judge(*request, &judgement);
        } else {
            setVerdict(&verdict, Status::AuthenticationFailure, WrongPassword);
            identify(&judgement);
        }
    }
    settle(&judgement, std::move(*request));
}

// Whoever has waited too long, or for an authenticator that goes, may come back.
void Engine::giveUp(quint64 id)
{
    std::optional<PendingRequest> request = m_pending.take(id);
    if (!request)
        return;
    m_hashes.cancel(id);
    Judgement judgement;
    judge(*request, &judgement);
    if (judgement.verdict.next != Verdict::Next::Answer) {
        setVerdict(&judgement.verdict, Status::TemporaryError,
                   QByteArrayLiteral("The decision took too long"));
        identify(&judgement);
    }
    finish(judgement, std::move(*request));
}

void Engine::reportNews()
{
    m_reporter.setPendingCount(m_pending.count());
    // A drain tells the reporter by itself when it is done.
    if (!m_inBatch)
        m_hooks.news();
}

QByteArrayView Engine::wireCode(Status status, Mechanism mechanism)
{
    if (status == Status::Success)
        return statusCode(status);
    // libzmq lets a GSSAPI peer in whatever valid status it reads.
    if (mechanism == Mechanism::Gssapi)
        return DisconnectCode;
    if (status == Status::TemporaryError && !m_held.hold(m_clock.elapsed(), limits.heldConnections))
        return DisconnectCode;
    return statusCode(status);
}

} // namespace QZap::Internal
