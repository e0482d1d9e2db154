// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/engine.h"

#include "protocol/qzaprequest_p.h"
#include "providers/providerlink.h"
#include "providers/qzapdecision_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qpointer.h>
#include <QtCore/qscopedvaluerollback.h>

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
    request.provider->tellExpired(QZapDecisionPrivate::create(request.question), why);
}

} // namespace

Engine::Engine(QObject *parent, const PolicyPublisher &policies, PasswordCache &verified,
               Reporter &reporter, Hooks hooks)
    : QObject(parent)
    , m_evaluator(policies, verified, hooks.namesUsers)
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
    m_evaluator.setStopping(true);
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
    m_evaluator.setStopping(true);
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
    m_evaluator.setStopping(false);
    report(false);
}

void Engine::handle(const QByteArrayList &frames, std::shared_ptr<QPromise<QByteArrayList>> promise)
{
    PendingRequest request;
    request.rawFrames = frames;
    request.promise = std::move(promise);
    Evaluation evaluation = evaluate(request);
    settle(&evaluation, std::move(request));
}

void Engine::review()
{
    const QPointer<Engine> guard(this);
    const QList<quint64> waiting = m_pending.ids(PendingRequest::Reason::Store);
    for (const quint64 id : waiting) {
        // Taken before it is evaluated: a user id hook may stop the authenticator meanwhile.
        std::optional<PendingRequest> request = m_pending.take(id);
        if (!request)
            continue;
        Evaluation evaluation = evaluate(*request);
        settle(&evaluation, std::move(*request));
        if (!guard)
            return;
    }
}

void Engine::arrived(const std::vector<ZapMessage> &messages)
{
    m_evaluator.prefetch(messages);
}

void Engine::received(ZapMessage &message)
{
    m_inBatch = true;
    supersedeFormer(message);
    Evaluation evaluation = m_evaluator.evaluate(message.request());
    if (!evaluation.isFinal()) {
        PendingRequest request;
        request.message = std::move(message);
        settle(&evaluation, std::move(request));
        return;
    }
    Reply reply;
    if (answer(evaluation, &reply))
        m_socket.reply(message, reply);
    else
        message.wipeCredentials();
}

Evaluation Engine::evaluate(const PendingRequest &request)
{
    Evaluation evaluation = request.isRaw() ? m_evaluator.evaluate(request.rawFrames)
                                            : m_evaluator.evaluate(request.message.request());
    if (evaluation.verdict.next == Verdict::Next::NameUser && request.userId)
        evaluation = m_evaluator.named(std::move(evaluation), request.userId);
    return evaluation;
}

bool Engine::answer(const Evaluation &evaluation, Reply *reply)
{
    if (evaluation.outcome == ParseOutcome::Unanswerable) {
        m_reporter.addDropped();
        return false;
    }
    const Verdict &verdict = evaluation.verdict;
    m_reporter.add(evaluation.request, verdict, evaluation.userId, evaluation.metadata);
    reply->code = wireCode(verdict.status, evaluation.request.mechanism);
    reply->text = verdict.reason;
    if (verdict.status == Status::Success) {
        reply->userId = evaluation.sentUserId;
        reply->metadata = evaluation.metadata;
    }
    return true;
}

void Engine::finish(const Evaluation &evaluation, PendingRequest request)
{
    Reply reply;
    const bool answerable = answer(evaluation, &reply);
    if (request.isRaw()) {
        request.promise->addResult(answerable ? replyFrames(evaluation.request.requestId, reply)
                                              : QByteArrayList());
        request.promise->finish();
    } else if (answerable) {
        m_socket.reply(request.message, reply);
    }
    reportNews();
}

void Engine::settle(Evaluation *evaluation, PendingRequest request)
{
    request.forgetQuestion();
    const Verdict::Next next = evaluation->verdict.next;
    const bool mayWait = next != Verdict::Next::Answer && next != Verdict::Next::NameUser;
    if (mayWait && !admit(evaluation, &request))
        evaluation->set(Status::TemporaryError, QByteArrayLiteral("Too many requests are pending"));
    switch (evaluation->verdict.next) {
    case Verdict::Next::Answer:
        finish(*evaluation, std::move(request));
        break;
    case Verdict::Next::WaitForStore:
        waitForStore(std::move(request));
        break;
    case Verdict::Next::CheckHash:
        checkHash(*evaluation, std::move(request));
        break;
    case Verdict::Next::AskProvider:
        askProvider(evaluation, std::move(request));
        break;
    case Verdict::Next::NameUser:
        nameUser(evaluation, std::move(request));
        break;
    }
}

bool Engine::admit(Evaluation *evaluation, PendingRequest *request)
{
    if (request->isAdmitted)
        return true; // it has waited before
    const Limits &limits = m_evaluator.policy().limits;
    request->address = PendingRequests::countedAddress(evaluation->request.address);
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

void Engine::checkHash(const Evaluation &evaluation, PendingRequest request)
{
    request.reason = PendingRequest::Reason::Hash;
    request.hash = evaluation.verdict.hash;
    if (request.deadline.isForever())
        request.deadline = QDeadlineTimer(m_evaluator.policy().limits.decisionTimeout);
    const quint64 id = m_pending.nextId();
    // The views of the evaluation stay good: what they look at does not move with the request.
    m_hashes.check(id, request.address, request.hash, evaluation.request.password,
                   request.deadline);
    m_pending.add(id, std::move(request));
    reportNews();
}

void Engine::askProvider(Evaluation *evaluation, PendingRequest request)
{
    const ProviderPointer provider = evaluation->provider;
    const quint64 id = m_pending.nextId();
    ProviderQuestion::Details details;
    details.id = id;
    details.request =
        QZapRequestPrivate::create(evaluation->request, QDateTime::currentMSecsSinceEpoch());
    details.credentials = credentialsOf(evaluation->request);
    details.userId = QString::fromUtf8(evaluation->userId);
    const auto question = std::make_shared<ProviderQuestion>(m_postbox, this, std::move(details));

    request.reason = PendingRequest::Reason::Provider;
    request.provider = provider;
    request.question = question;

    const auto askIt = [&] {
        if (!provider->ask(QZapDecisionPrivate::create(question)))
            question->answer(
                QZapReply::retryLater(QStringLiteral("The credentials provider is gone")));
    };
    if (!ask(&request, askIt))
        return;
    QDeadlineTimer deadline;
    if (const auto answer = question->startTelling(&deadline)) {
        conclude(*answer, std::move(request), evaluation);
        return;
    }
    if (!deadline.isForever())
        request.deadline = deadline;
    else if (request.deadline.isForever())
        request.deadline = QDeadlineTimer(m_evaluator.policy().limits.decisionTimeout);
    m_pending.add(id, std::move(request));
    reportNews();
}

void Engine::nameUser(Evaluation *evaluation, PendingRequest request)
{
    const QByteArray key = evaluation->request.publicKey.toByteArray();
    std::optional<QByteArray> userId;
    if (!ask(&request, [&] { userId = m_hooks.curveUserId(key); }))
        return;
    Evaluation fresh; // nothing of the former is to be left in it
    if (!m_evaluator.isCurrent(*evaluation)) {
        fresh = evaluate(request);
        evaluation = &fresh;
    }
    if (evaluation->verdict.next == Verdict::Next::NameUser)
        *evaluation = m_evaluator.named(std::move(*evaluation), userId);
    request.userId = std::move(userId);
    settle(evaluation, std::move(request));
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
    Evaluation evaluation = evaluate(*request);
    // Anything may have changed meanwhile, the hash itself included: then it is checked anew.
    const Verdict &verdict = evaluation.verdict;
    if (verdict.next == Verdict::Next::CheckHash && verdict.hash == request->hash) {
        if (outcome == HashChecker::Outcome::Verified) {
            m_verified.insert(verdict.hash, evaluation.request.name, evaluation.request.password);
            evaluation = evaluate(*request);
        } else {
            evaluation = m_evaluator.refused(std::move(evaluation), Status::AuthenticationFailure,
                                             WrongPassword);
        }
    }
    settle(&evaluation, std::move(*request));
}

void Engine::decisionAnswered(quint64 id)
{
    std::optional<PendingRequest> request = m_pending.take(id);
    if (!request)
        return;
    const ProviderQuestion::Answer answer = request->question->takeAnswer();
    conclude(answer, std::move(*request), nullptr);
}

void Engine::decisionDeferred(quint64 id, QDeadlineTimer deadline)
{
    m_pending.setDeadline(id, deadline);
}

void Engine::conclude(const ProviderQuestion::Answer &answer, PendingRequest request,
                      Evaluation *evaluation)
{
    const QPointer<Engine> guard(this);
    const ProviderPointer provider = request.provider;
    Evaluation fresh;
    if (!evaluation || !m_evaluator.isCurrent(*evaluation)) {
        fresh = evaluate(request);
        evaluation = &fresh;
    }
    // Whatever it says, it does not let in whom the policy of this moment does not.
    if (evaluation->verdict.next == Verdict::Next::AskProvider
        || evaluation->verdict.status == Status::Success) {
        if (evaluation->provider == provider && provider->isOpen()) {
            *evaluation = Evaluator::answered(std::move(*evaluation), answer.reply);
        } else {
            evaluation->set(Status::TemporaryError,
                            QByteArrayLiteral("The credentials provider is not the same any more"));
        }
    }
    settle(evaluation, std::move(request));
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
    if (request.question) {
        if (!request.question->expire()) {
            // It was answered in time, and only the news of it has not come.
            const ProviderQuestion::Answer answer = request.question->takeAnswer();
            conclude(answer, std::move(request), nullptr);
            return;
        }
        tellExpired(request, why);
    }
    Evaluation evaluation = evaluate(request);
    if (!evaluation.isFinal()) {
        evaluation = m_evaluator.refused(std::move(evaluation), Status::TemporaryError,
                                         QByteArrayLiteral("The decision took too long"));
    }
    finish(evaluation, std::move(request));
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
    if (request->question) {
        request->question->expire();
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
        && !m_held.hold(m_clock.elapsed(), m_evaluator.policy().limits.heldConnections))
        return DisconnectCode;
    return statusCode(status);
}

} // namespace QZap::Internal
