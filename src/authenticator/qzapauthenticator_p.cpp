// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzapauthenticator_p.h"

#include "base/eventloopwatch.h"
#include "base/workerpool.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>

#include <array>
#include <typeinfo>
#include <utility>

#ifdef Q_OS_UNIX
#    include <sys/resource.h>
#endif

using namespace QZap::Internal;

namespace {

int defaultMaximumHeldConnections()
{
    constexpr int Fallback = 256; // a quarter of the usual limit
#ifdef Q_OS_UNIX
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return Fallback;
    return static_cast<int>(qMin<rlim_t>(limit.rlim_cur / 4, 65536));
#else
    return Fallback;
#endif
}

std::array<std::pair<QMetaMethod, Listeners::Listener>, 3> listenedSignals()
{
    return {{{QMetaMethod::fromSignal(&QZapAuthenticator::decided), Listeners::All},
             {QMetaMethod::fromSignal(&QZapAuthenticator::authenticated), Listeners::Accepted},
             {QMetaMethod::fromSignal(&QZapAuthenticator::rejected), Listeners::Refused}}};
}

} // namespace

QZapAuthenticatorPrivate::QZapAuthenticatorPrivate(QZapAuthenticator *q)
    : q_ptr(q)
    , delivery(q, *this)
    , reporter(delivery.queue(), listeners, delivery.log().category())
    , engine(q, publisher, verified, reporter, engineHooks())
    , engineThread(engine)
    , evaluator(publisher, verified, [this] { return namesUsers(); })
{
    WorkerPool::joinAtExit();
    changePolicy(
        [](Policy &first) { first.limits.heldConnections = defaultMaximumHeldConnections(); });
    new EventLoopWatch(q, {[this] { eventLoopResumed(); },
                           [this](const QObject *dispatcher) { eventLoopEnded(dispatcher); }});
}

QZapAuthenticatorPrivate::~QZapAuthenticatorPrivate() = default;

// Called in the engine's thread.
Engine::Hooks QZapAuthenticatorPrivate::engineHooks()
{
    const auto inOwnThread = [this](auto function) {
        if (q_ptr->thread() == QThread::currentThread())
            function();
        else
            callLater(q_ptr, function);
    };
    Engine::Hooks hooks;
    hooks.namesUsers = [this] { return namesUsers(); };
    hooks.curveUserId = [this](QByteArrayView publicKey) { return curveUserId(publicKey); };
    hooks.terminated = [this, inOwnThread] { inOwnThread([this] { contextTerminated(); }); };
    hooks.news = [this](bool afterDrain) {
        if (afterDrain && q_ptr->thread() == QThread::currentThread())
            flush();
        else
            scheduleFlush();
    };
    hooks.providerFailed = [this, inOwnThread](const QString &problem) {
        inOwnThread([this, problem] { providerFailed(problem); });
    };
    return hooks;
}

QEvent::Type QZapAuthenticatorPrivate::flushEvent()
{
    static const int type = QEvent::registerEventType();
    return static_cast<QEvent::Type>(type);
}

bool QZapAuthenticatorPrivate::fail(Error kind, const QString &message)
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    const bool changed = error != kind || errorString != message;
    error = kind;
    errorString = message;
    const QString text = errorString; // what `message` belongs to may be gone after a slot
    delivery.log().write(text);
    if (guard && changed)
        Q_EMIT q->errorChanged();
    if (guard)
        Q_EMIT q->errorOccurred(kind, text);
    return false;
}

void QZapAuthenticatorPrivate::clearError()
{
    Q_Q(QZapAuthenticator);
    if (error == Error::NoError)
        return;
    error = Error::NoError;
    errorString.clear();
    Q_EMIT q->errorChanged();
}

bool QZapAuthenticatorPrivate::refuse(const QByteArray &subject, const QString &message)
{
    if (!isRunning || isBeingCreated) {
        refusals.insert(subject, message);
        updateMisconfigured();
    }
    return fail(Error::ConfigurationError, message);
}

void QZapAuthenticatorPrivate::accept(const QByteArray &subject)
{
    if (refusals.remove(subject) > 0)
        updateMisconfigured();
}

void QZapAuthenticatorPrivate::refuseAssignment(const char *property, const QString &problem)
{
    refuse(property, QLatin1StringView(property) + QLatin1StringView(": ") + problem);
}

QString QZapAuthenticatorPrivate::configurationProblem() const
{
    return refusals.isEmpty() ? registry.clashProblem() : refusals.first();
}

void QZapAuthenticatorPrivate::updateMisconfigured()
{
    // What is refused while running leaves in force what was there.
    const bool isMisconfigured = !isRunning && !configurationProblem().isEmpty();
    if (policy.isMisconfigured != isMisconfigured)
        changePolicy([=](Policy &next) { next.isMisconfigured = isMisconfigured; });
}

bool QZapAuthenticatorPrivate::isOwnThread(const char *function) const
{
    if (q_ptr->thread() == QThread::currentThread())
        return true;
    qWarning("QZapAuthenticator::%s: must be called in the thread that the authenticator lives in; "
             "nothing is done",
             function);
    return false;
}

void QZapAuthenticatorPrivate::attach(QZapDomain *domain)
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    if (!domain->parent())
        domain->setParent(q);
    registry.add(domain);
    // In force before any signal, whose slots may look, or take it away again.
    publishDomains();
    accept(DomainRegistry::subjectOf(domain));
    QZapDomainPrivate::get(domain)->setObserver(this);
    if (guard)
        domainsChanged();
}

void QZapAuthenticatorPrivate::publishDomains()
{
    changePolicy([this](Policy &next) { next.domains = registry.table(); });
    updateMisconfigured();
}

void QZapAuthenticatorPrivate::detach(QZapDomain *domain)
{
    if (!registry.remove(domain))
        return;
    QZapDomainPrivate *const d = QZapDomainPrivate::get(domain);
    d->setObserver(nullptr);
    d->setKeyProblem({});
}

void QZapAuthenticatorPrivate::domainsChanged()
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    domainChanged();
    if (guard)
        Q_EMIT q->domainsChanged();
}

bool QZapAuthenticatorPrivate::failConfiguring(QZapDomain *domain, const ConfiguringCall &call,
                                               const QString &problem)
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    // A domain that was there before is as it was; a new one says why it lets nobody in.
    if (!domain->isReady() && domain->errorString().isEmpty())
        QZapDomainPrivate::get(domain)->setContentProblems({problem});
    return guard
           && fail(Error::ConfigurationError,
                   QLatin1StringView(call.function) + QLatin1StringView("(): ") + problem);
}

QByteArrayList QZapAuthenticatorPrivate::framesFor(const QString &domain, const QString &address,
                                                   const QZapCredentials &credentials,
                                                   QString *problem) const
{
    const auto encoded = [this, problem](const QString &text) {
        if (!text.isValidUtf16())
            *problem = QStringLiteral("%1 is not valid text").arg(quoted(text));
        if (policy.encoding == TextEncoding::Utf8)
            return text.toUtf8();
        QByteArray bytes = text.toLatin1();
        if (QString::fromLatin1(bytes) != text)
            *problem = QStringLiteral("%1 cannot be encoded in Latin-1").arg(quoted(text));
        return bytes;
    };
    if (!domain.isValidUtf16())
        *problem = QStringLiteral("The domain %1 is not valid text").arg(quoted(domain));
    const QByteArray encodedDomain = domain.toUtf8(); // whatever the encoding
    QByteArrayList frames{"1.0",
                          "1",
                          encodedDomain,
                          address.toUtf8(),
                          {},
                          mechanismName(credentials.mechanism()).toByteArray()};
    switch (credentials.mechanism()) {
    case QZap::Mechanism::Plain:
        frames << encoded(credentials.userName()) << credentials.password();
        break;
    case QZap::Mechanism::Curve:
        frames << credentials.publicKey();
        break;
    case QZap::Mechanism::Gssapi:
        frames << encoded(credentials.principal());
        break;
    case QZap::Mechanism::Null:
    case QZap::Mechanism::Unknown:
        break;
    }
    return frames;
}

bool QZapAuthenticatorPrivate::namesUsers() const
{
    Q_Q(const QZapAuthenticator);
    return typeid(*q) != typeid(QZapAuthenticator);
}

std::optional<QByteArray> QZapAuthenticatorPrivate::curveUserId(QByteArrayView publicKey) const
{
    Q_Q(const QZapAuthenticator);
    try {
        return q->curveUserId(publicKey.toByteArray()).toUtf8();
    } catch (...) {
        return std::nullopt;
    }
}

void QZapAuthenticatorPrivate::contextTerminated()
{
    Q_Q(QZapAuthenticator);
    if (!isRunning)
        return; // it was stopped before this came
    const QPointer<QZapAuthenticator> guard(q);
    stopEngine();
    if (guard)
        Q_EMIT q->runningChanged();
    if (guard)
        fail(Error::ContextError, QStringLiteral("The ZeroMQ context was terminated"));
}

void QZapAuthenticatorPrivate::eventLoopEnded(const QObject *dispatcher)
{
    Q_Q(QZapAuthenticator);
    if (!isRunning || usesWorkerThread)
        return;
    // Children of the application object go with it.
    const QObject *root = q;
    while (root->parent())
        root = root->parent();
    if (root == dispatcher->parent())
        return;
    delivery.log().write(
        QStringLiteral("The event loop of the authenticator's thread has ended. The authenticator "
                       "stays bound, and "
                       "nobody gets in until an event loop runs in that thread again"));
}

void QZapAuthenticatorPrivate::eventLoopResumed()
{
    // Posted events may have been lost.
    isFlushScheduled = false;
    isReviewScheduled = false;
    scheduleFlush();
    scheduleReview();
    if (isRunning && !usesWorkerThread) {
        delivery.log().write(
            QStringLiteral("An event loop runs in the authenticator's thread again: requests are "
                           "answered"));
    }
}

void QZapAuthenticatorPrivate::applicationQuits()
{
    QObject::disconnect(quitConnection); // it is said once
    if (!isRunning || !context || isDefaultContext(context))
        return;
    delivery.log().write(QStringLiteral(
        "The application quits while the authenticator is running: stop or delete it before its "
        "ZeroMQ context is terminated, which waits for it otherwise"));
}

void QZapAuthenticatorPrivate::providerFailed(const QString &problem)
{
    qWarning("QZapCredentialsProvider: %ls", qUtf16Printable(problem));
    fail(Error::ProviderError, problem);
}

bool QZapAuthenticatorPrivate::setProvider(const QString &domain, const ProviderPointer &provider)
{
    const ConfiguringCall call{"setCredentialsProvider",
                               QByteArray::number(reinterpret_cast<quintptr>(provider.get()))};
    if (const QString problem = QZapDomainPrivate::nameProblem(domain); !problem.isEmpty()) {
        return refuse(call.subject(), QLatin1StringView("setCredentialsProvider(): ") + problem);
    }
    auto table = policy.providers ? std::make_shared<ProviderTable>(*policy.providers)
                                  : std::make_shared<ProviderTable>();
    if (provider)
        table->insert(domain.toUtf8(), provider);
    else
        table->remove(domain.toUtf8(), isRunning);
    changePolicy(
        [&table](Policy &next) { next.providers = table->isEmpty() ? nullptr : std::move(table); });
    accept(call.subject());
    return true;
}

QZapReply QZapAuthenticatorPrivate::evaluate(const QByteArrayList &frames) const
{
    Evaluation evaluation = evaluator.evaluate(frames);
    if (evaluation.verdict.next == Verdict::Next::NameUser) {
        const std::optional<QByteArray> userId = curveUserId(evaluation.request.publicKey);
        evaluation = evaluator.named(std::move(evaluation), userId);
    }
    return Report::makeReply(evaluation.verdict.status, evaluation.verdict.reason,
                             QString::fromUtf8(evaluation.userId), evaluation.metadata);
}

void QZapAuthenticatorPrivate::domainChanged()
{
    publishDomains();
    registry.markClashes();
}

void QZapAuthenticatorPrivate::domainFailed(DomainError domainError, const QString &message)
{
    fail(domainError == DomainError::File ? Error::FileError : Error::ConfigurationError, message);
}

void QZapAuthenticatorPrivate::domainInformed(const QString &message)
{
    delivery.log().write(message);
}

void QZapAuthenticatorPrivate::domainDestroyed(QZapDomain *domain)
{
    if (registry.remove(domain))
        domainsChanged();
}

void QZapAuthenticatorPrivate::listen(const QMetaMethod &signal)
{
    for (const auto &[listened, listener] : listenedSignals()) {
        if (signal == listened)
            listeners.add(listener);
    }
}

// Only of signals that nobody listens to any more: the engine reports all the while.
void QZapAuthenticatorPrivate::forgetListeners()
{
    Q_Q(QZapAuthenticator);
    for (const auto &[signal, listener] : listenedSignals()) {
        if (q->isSignalConnected(signal))
            continue;
        listeners.remove(listener);
        if (q->isSignalConnected(signal)) // since just now
            listeners.add(listener);
    }
}

void QZapAuthenticatorPrivate::unlisten()
{
    areListenersUncertain = true;
    scheduleFlush();
}

void QZapAuthenticatorPrivate::reportDecision(const Report &report)
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    if (listeners.have(Listeners::All))
        Q_EMIT q->decided(report.request, report.reply());
    if (!guard)
        return;
    if (report.status == QZap::Status::Success) {
        if (listeners.have(Listeners::Accepted))
            Q_EMIT q->authenticated(report.userId, report.request);
    } else if (listeners.have(Listeners::Refused)) {
        Q_EMIT q->rejected(report.userId, QString::fromUtf8(report.reason), report.request);
    }
}

void QZapAuthenticatorPrivate::reportCounts(const Counts &before, const Counts &now)
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    const Counts counts = now; // slots may come here again
    if (before.accepted != counts.accepted)
        Q_EMIT q->acceptedCountChanged();
    if (guard && before.rejected != counts.rejected)
        Q_EMIT q->rejectedCountChanged();
    if (guard && before.temporary != counts.temporary)
        Q_EMIT q->temporaryCountChanged();
    if (guard && before.dropped != counts.dropped)
        Q_EMIT q->droppedCountChanged();
    if (guard && before.unreported != counts.unreported) {
        delivery.log().write(
            QStringLiteral("%1 decisions were not reported: slots are slower than peers come")
                .arg(counts.unreported - before.unreported));
        if (guard)
            Q_EMIT q->unreportedCountChanged();
    }
    if (guard && before.pending != counts.pending)
        Q_EMIT q->pendingCountChanged();
}

void QZapAuthenticatorPrivate::setLimit(int Limits::*limit, int value, const char *property,
                                        int minimum, void (QZapAuthenticator::*changed)())
{
    Q_Q(QZapAuthenticator);
    if (value < minimum) {
        refuseAssignment(property, QStringLiteral("%1 is less than %2").arg(value).arg(minimum));
        return;
    }
    accept(property);
    if (policy.limits.*limit == value)
        return;
    changePolicy([limit, value](Policy &next) { next.limits.*limit = value; });
    Q_EMIT(q->*changed)();
}

ZapSocket::Opening QZapAuthenticatorPrivate::startEngine()
{
    void *const used = context ? context : QZap::defaultContext();
    ZapSocket::Opening opening = usesWorkerThread ? engineThread.start(used) : engine.start(used);
    isRunning = opening.isOpen();
    if (isRunning)
        keepClosed(true);
    QObject::disconnect(quitConnection);
    // In another thread a slot would run after the application object has gone, or never.
    if (const QCoreApplication *const application = QCoreApplication::instance();
        isRunning && application && application->thread() == q_ptr->thread()) {
        quitConnection = QObject::connect(application, &QCoreApplication::aboutToQuit, q_ptr,
                                          [this] { applicationQuits(); });
    }
    return opening;
}

void QZapAuthenticatorPrivate::stopEngine()
{
    // A broken provider may be reported, by a signal.
    const QPointer<QZapAuthenticator> guard(q_ptr);
    isRunning = false;
    if (engineThread.isActive())
        engineThread.stop();
    else
        engine.stop();
    if (!guard)
        return;
    keepClosed(false);
    updateMisconfigured();
}

void QZapAuthenticatorPrivate::keepClosed(bool keeping)
{
    registry.setKeepingClosed(keeping);
    changePolicy([this, keeping](Policy &next) {
        next.domains = registry.table();
        if (!keeping && next.providers) {
            auto table = std::make_shared<ProviderTable>(*next.providers);
            table->forgetClosed();
            next.providers = table->isEmpty() ? nullptr : std::move(table);
        }
    });
}

void QZapAuthenticatorPrivate::flush()
{
    isFlushScheduled = false;
    if (areListenersUncertain.exchange(false))
        forgetListeners();
    if (delivery.deliver())
        scheduleFlush();
}

void QZapAuthenticatorPrivate::scheduleFlush()
{
    if (isFlushScheduled.exchange(true))
        return;
    auto *const event = new QEvent(flushEvent());
    handOver();
    QCoreApplication::postEvent(q_ptr, event);
}

void QZapAuthenticatorPrivate::scheduleReview()
{
    if (isReviewScheduled.exchange(true))
        return;
    const auto review = [this] {
        isReviewScheduled = false;
        engine.review();
    };
    callLater(&engine, review);
}
