// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/engine.h"

#include "protocol/qzaprequest_p.h"
#include "providers/providerlink.h"
#include "providers/qzapdecision_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qpointer.h>
#include <QtCore/qscopedvaluerollback.h>
#include <QtCore/qvarlengtharray.h>

#include <algorithm>

namespace QZap::Internal {

namespace {

// What is answered when stopping: no peer could have more under way at once.
constexpr int MaximumAnsweredAtStop = 100000;

QZapCredentials credentialsOf(const Request &request)
{
    switch (request.mechanism) {
    case Mechanism::Null:
        return QZapCredentials::null();
    case Mechanism::Plain:
        // A copy is made of what is only looked at here.
        return QZapCredentials::plain(
            QString::fromUtf8(request.name),
            QByteArray::fromRawData(request.password.data(), request.password.size()));
    case Mechanism::Curve:
        return QZapCredentials::curve(request.publicKey.toByteArray());
    case Mechanism::Gssapi:
        return QZapCredentials::gssapi(QString::fromUtf8(request.name));
    case Mechanism::Unknown:
        break;
    }
    return {};
}

void tellExpired(const PendingRequest &request, const QString &why)
{
    request.provider->tellExpired(QZapDecisionPrivate::create(request.decision), why);
}

} // namespace

Engine::Engine(QObject *parent, const PolicyPublisher &policies, PasswordCache &verified,
               Reporter &reporter, Hooks hooks)
    : QObject(parent)
    , m_judge(policies, verified, hooks.namesUsers)
    , m_verified(verified)
    , m_reporter(reporter)
    , m_hooks(std::move(hooks))
    , m_socket({[this](const std::vector<ZapMessage> &messages) { arrived(messages); },
                [this](ZapMessage &message) { received(message); },
                [this] {
                    m_inBatch = false;
                    report(true);
                },
                [this] { m_hooks.terminated(); }})
    , m_pending(this,
                [this](quint64 id) { giveUp(id, QStringLiteral("The decision took too long")); })
    , m_hashes(this, [this](quint64 id, HashChecker::Outcome outcome) { hashChecked(id, outcome); })
    , m_postbox(std::make_shared<Postbox>(this))
{
    m_clock.start();
}

Engine::~Engine()
{
    shutDown();
}

void Engine::shutDown()
{
    if (!m_postbox->isOpen())
        return;
    stop();
    m_judge.setStopping(true);
    const QList<quint64> raw = m_pending.all();
    for (const quint64 id : raw)
        giveUp(id, QStringLiteral("The authenticator is gone"));
    giveUpAsking(true, QStringLiteral("The authenticator is gone"));
    m_pending.shutDown();
    m_postbox->close();
}

ZapSocket::OpenResult Engine::start(void *context, QString *errorMessage)
{
    return m_socket.open(context, errorMessage);
}

void Engine::stop()
{
    m_judge.setStopping(true);
    m_inBatch = false;
    const QList<quint64> waiting = m_pending.all();
    for (const quint64 id : waiting) {
        const PendingRequest *const request = m_pending.find(id);
        if (request && !request->isRaw())
            giveUp(id, QStringLiteral("The authenticator has stopped"));
    }
    giveUpAsking(false, QStringLiteral("The authenticator has stopped"));
    m_socket.close(MaximumAnsweredAtStop);
    m_inBatch = false;
    m_judge.setStopping(false);
    report(false);
}

void Engine::handle(const QByteArrayList &frames, std::shared_ptr<QPromise<QByteArrayList>> promise)
{
    PendingRequest request;
    request.rawFrames = frames;
    request.promise = std::move(promise);
    Judgement judgement;
    judge(request, &judgement);
    settle(&judgement, std::move(request));
}

void Engine::review()
{
    const QPointer<Engine> guard(this);
    const QList<quint64> waiting = m_pending.ids(PendingRequest::Reason::Store);
    for (const quint64 id : waiting) {
        // Taken before it is judged: a user id hook may stop the authenticator meanwhile.
        std::optional<PendingRequest> request = m_pending.take(id);
        if (!request)
            continue;
        Judgement judgement;
        judge(*request, &judgement);
        settle(&judgement, std::move(*request));
        if (!guard)
            return;
    }
}

void Engine::arrived(const std::vector<ZapMessage> &messages)
{
    m_judge.prefetch(messages);
}

void Engine::received(ZapMessage &message)
{
    m_inBatch = true;
    supersedeFormer(message);
    Judgement judgement;
    m_judge.judge(message.frames(), message.count(), message.totalCount(), &judgement);
    if (judgement.verdict.next != Verdict::Next::Answer) {
        PendingRequest request;
        request.message = std::move(message);
        settle(&judgement, std::move(request));
        return;
    }
    Reply reply;
    if (answer(judgement, &reply))
        m_socket.reply(message, reply);
    else
        message.wipeCredentials();
}

void Engine::judge(const PendingRequest &request, Judgement *judgement)
{
    if (request.isRaw()) {
        const QVarLengthArray<QByteArrayView, 16> views(request.rawFrames.begin(),
                                                        request.rawFrames.end());
        m_judge.judge(views.data(), views.size(), views.size(), judgement);
    } else {
        m_judge.judge(request.message.frames(), request.message.count(),
                      request.message.totalCount(), judgement);
    }
    if (judgement->verdict.next == Verdict::Next::NameUser && request.userId)
        m_judge.nameUser(request.userId, judgement);
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

void Engine::finish(const Judgement &judgement, PendingRequest request)
{
    Reply reply;
    const bool answerable = answer(judgement, &reply);
    if (request.isRaw()) {
        request.promise->addResult(answerable ? replyFrames(judgement.request.requestId, reply)
                                              : QByteArrayList());
        request.promise->finish();
    } else if (answerable) {
        m_socket.reply(request.message, reply);
    }
    reportNews();
}

void Engine::settle(Judgement *judgement, PendingRequest request)
{
    request.forgetQuestion();
    const Verdict::Next next = judgement->verdict.next;
    const bool mayWait = next != Verdict::Next::Answer && next != Verdict::Next::NameUser;
    if (mayWait && !admit(judgement, &request))
        judgement->set(Status::TemporaryError, QByteArrayLiteral("Too many requests are pending"));
    switch (judgement->verdict.next) {
    case Verdict::Next::Answer:
        finish(*judgement, std::move(request));
        break;
    case Verdict::Next::WaitForStore:
        waitForStore(std::move(request));
        break;
    case Verdict::Next::CheckHash:
        checkHash(*judgement, std::move(request));
        break;
    case Verdict::Next::AskProvider:
        askProvider(judgement, std::move(request));
        break;
    case Verdict::Next::NameUser:
        nameUser(judgement, std::move(request));
        break;
    }
}

bool Engine::admit(Judgement *judgement, PendingRequest *request)
{
    if (request->isAdmitted)
        return true; // it has waited before
    const Limits &limits = m_judge.policy().limits;
    request->address = PendingRequests::countedAddress(judgement->request.address);
    request->isAdmitted = m_pending.count() < limits.pendingDecisions
                          && m_pending.countOf(request->address) < limits.pendingPerAddress;
    return request->isAdmitted;
}

void Engine::waitForStore(PendingRequest request)
{
    request.reason = PendingRequest::Reason::Store;
    // A store takes as long as it takes to load; waiting for it is not the peer's time.
    request.deadline = QDeadlineTimer(QDeadlineTimer::Forever);
    m_pending.add(m_pending.nextId(), std::move(request));
    reportNews();
}

void Engine::checkHash(const Judgement &judgement, PendingRequest request)
{
    request.reason = PendingRequest::Reason::Hash;
    request.hash = judgement.verdict.hash;
    if (request.deadline.isForever())
        request.deadline = QDeadlineTimer(m_judge.policy().limits.decisionTimeout);
    const quint64 id = m_pending.nextId();
    // The views of the judgement stay good: what they look at does not move with the request.
    m_hashes.check(id, request.address, request.hash, judgement.request.password, request.deadline);
    m_pending.add(id, std::move(request));
    reportNews();
}

void Engine::askProvider(Judgement *judgement, PendingRequest request)
{
    const ProviderPointer provider = judgement->provider;
    const quint64 id = m_pending.nextId();
    DecisionState::Question question;
    question.id = id;
    question.request =
        QZapRequestPrivate::create(judgement->request, QDateTime::currentMSecsSinceEpoch());
    question.credentials = credentialsOf(judgement->request);
    question.userId = QString::fromUtf8(judgement->userId);
    const auto state = std::make_shared<DecisionState>(m_postbox, this, std::move(question));

    request.reason = PendingRequest::Reason::Provider;
    request.provider = provider;
    request.decision = state;

    const auto askIt = [&] {
        if (!provider->ask(QZapDecisionPrivate::create(state)))
            state->answer(
                QZapReply::retryLater(QStringLiteral("The credentials provider is gone")));
    };
    if (!ask(&request, askIt))
        return;
    QDeadlineTimer deadline;
    if (const auto answer = state->startTelling(&deadline)) {
        conclude(*answer, std::move(request), judgement);
        return;
    }
    if (!deadline.isForever())
        request.deadline = deadline;
    else if (request.deadline.isForever())
        request.deadline = QDeadlineTimer(m_judge.policy().limits.decisionTimeout);
    m_pending.add(id, std::move(request));
    reportNews();
}

void Engine::nameUser(Judgement *judgement, PendingRequest request)
{
    const QByteArray key = judgement->request.publicKey.toByteArray();
    std::optional<QByteArray> userId;
    if (!ask(&request, [&] { userId = m_hooks.curveUserId(key); }))
        return;
    Judgement fresh; // nothing of the former is to be left in it
    if (!m_judge.isCurrent(*judgement)) {
        judge(request, &fresh);
        judgement = &fresh;
    }
    if (judgement->verdict.next == Verdict::Next::NameUser)
        m_judge.nameUser(userId, judgement);
    request.userId = std::move(userId);
    settle(judgement, std::move(request));
}

template <typename Ask>
bool Engine::ask(PendingRequest *request, Ask code)
{
    // An event loop in there is as good as any other: what is done goes out, and is told of.
    const QPointer<Engine> guard(this);
    const bool socketWasInBatch = m_socket.pauseBatch();
    const bool wasInBatch = std::exchange(m_inBatch, false);
    if (wasInBatch)
        report(false);
    m_asking.push_back(request);
    code();
    // Anything may have happened meanwhile, the end of this engine included.
    if (!guard)
        return false;
    m_inBatch = wasInBatch && m_socket.isOpen(); // or no end of a drain will tell
    m_socket.resumeBatch(socketWasInBatch);
    m_asking.erase(std::find(m_asking.begin(), m_asking.end(), request));
    return !request->isAnswered;
}

void Engine::hashChecked(quint64 id, HashChecker::Outcome outcome)
{
    if (outcome == HashChecker::Outcome::Expired) {
        giveUp(id, {});
        return;
    }
    std::optional<PendingRequest> request = m_pending.take(id);
    if (!request)
        return;
    Judgement judgement;
    judge(*request, &judgement);
    // Anything may have changed meanwhile, the hash itself included: then it is checked anew.
    const Verdict &verdict = judgement.verdict;
    if (verdict.next == Verdict::Next::CheckHash && verdict.hash == request->hash) {
        if (outcome == HashChecker::Outcome::Verified) {
            m_verified.insert(verdict.hash, judgement.request.name, judgement.request.password);
            judge(*request, &judgement);
        } else {
            judgement.set(Status::AuthenticationFailure, WrongPassword);
            m_judge.identify(&judgement);
        }
    }
    settle(&judgement, std::move(*request));
}

void Engine::decisionAnswered(quint64 id)
{
    std::optional<PendingRequest> request = m_pending.take(id);
    if (!request)
        return;
    const DecisionState::Answer answer = request->decision->takeAnswer();
    conclude(answer, std::move(*request), nullptr);
}

void Engine::decisionDeferred(quint64 id, QDeadlineTimer deadline)
{
    m_pending.setDeadline(id, deadline);
}

void Engine::conclude(const DecisionState::Answer &answer, PendingRequest request,
                      Judgement *judgement)
{
    const QPointer<Engine> guard(this);
    const ProviderPointer provider = request.provider;
    Judgement fresh;
    if (!judgement || !m_judge.isCurrent(*judgement)) {
        judge(request, &fresh);
        judgement = &fresh;
    }
    // Whatever it says, it does not let in whom the policy of this moment does not.
    if (judgement->verdict.next == Verdict::Next::AskProvider
        || judgement->verdict.status == Status::Success) {
        if (judgement->provider == provider && provider->isOpen()) {
            m_judge.apply(answer.reply, judgement);
        } else {
            judgement->set(Status::TemporaryError,
                           QByteArrayLiteral("The credentials provider is not the same any more"));
        }
    }
    settle(judgement, std::move(request));
    if (guard && answer.isProviderBroken && provider->markBroken())
        m_hooks.providerFailed(answer.reply.statusText());
}

// Whoever has waited too long, or for an authenticator that goes, may come back.
void Engine::giveUp(quint64 id, const QString &why)
{
    if (std::optional<PendingRequest> request = m_pending.take(id)) {
        m_hashes.cancel(id);
        giveUp(std::move(*request), why);
    }
}

void Engine::giveUp(PendingRequest request, const QString &why)
{
    if (request.decision) {
        if (!request.decision->expire()) {
            // It was answered in time, and only the news of it has not come.
            const DecisionState::Answer answer = request.decision->takeAnswer();
            conclude(answer, std::move(request), nullptr);
            return;
        }
        tellExpired(request, why);
    }
    Judgement judgement;
    judge(request, &judgement);
    if (judgement.verdict.next != Verdict::Next::Answer) {
        judgement.set(Status::TemporaryError, QByteArrayLiteral("The decision took too long"));
        m_judge.identify(&judgement);
    }
    finish(judgement, std::move(request));
}

void Engine::giveUpAsking(bool evenRaw, const QString &why)
{
    const std::vector<PendingRequest *> asking = m_asking;
    for (PendingRequest *request : asking) {
        if (!request->isAnswered && (evenRaw || !request->isRaw())) {
            giveUp(std::move(*request), why);
            request->isAnswered = true;
        }
    }
}

// Nobody waits for the answer any more: it would be taken for that to the next question.
void Engine::supersedeFormer(const ZapMessage &message)
{
    if (m_pending.count() == 0 && m_asking.empty())
        return;
    const QByteArray path = message.returnPath();
    if (const quint64 id = m_pending.idOf(path)) {
        std::optional<PendingRequest> former = m_pending.take(id);
        m_hashes.cancel(id);
        supersede(&*former);
    }
    for (PendingRequest *request : m_asking) {
        if (!request->isAnswered && !request->isRaw() && request->message.returnPath() == path)
            supersede(request);
    }
}

void Engine::supersede(PendingRequest *request)
{
    request->isAnswered = true;
    if (request->decision) {
        request->decision->expire();
        tellExpired(*request, QStringLiteral("The peer has asked anew"));
    }
    request->message.wipeCredentials();
    m_reporter.addDropped();
}

void Engine::reportNews()
{
    if (!m_inBatch) // the end of a drain tells by itself
        report(false);
}

void Engine::report(bool afterDrain)
{
    m_reporter.setPendingCount(m_pending.count());
    m_reporter.commit();
    m_hooks.news(afterDrain);
}

QByteArrayView Engine::wireCode(Status status, Mechanism mechanism)
{
    if (status == Status::Success)
        return statusCode(status);
    // libzmq lets a GSSAPI peer in whatever valid status it reads.
    if (mechanism == Mechanism::Gssapi)
        return DisconnectCode;
    if (status == Status::TemporaryError
        && !m_held.hold(m_clock.elapsed(), m_judge.policy().limits.heldConnections))
        return DisconnectCode;
    return statusCode(status);
}

} // namespace QZap::Internal
