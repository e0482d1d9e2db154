// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzapauthenticator_p.h"

#include "authenticator/explanation.h"
#include "base/eventloopwatch.h"
#include "base/text.h"
#include "base/tsanhandover.h"
#include "base/weakinvoker.h"
#include "base/workerpool.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>

#include <typeinfo>
#include <utility>

using namespace QZap::Internal;

namespace {

// Returns a text about a domain for errors and the log.
QString domainText(const QZapDomain &domain, const QString &text)
{
    return QStringLiteral("Domain %1: %2").arg(quoted(domain.name()), text);
}

QZapAuthenticatorPrivate::Signal addressesChanged(AddressMode list)
{
    return list == AddressMode::Allow ? &QZapAuthenticator::allowedAddressesChanged
                                      : &QZapAuthenticator::deniedAddressesChanged;
}

} // namespace

QZapAuthenticatorPrivate::QZapAuthenticatorPrivate(QZapAuthenticator *q)
    : q_ptr(q)
    , decisionSignals(q, signalListeners.listeners(), delivery)
    , delivery(q, decisionSignals)
    , schedule(q, [this] { return flush(); })
    , reporter({delivery.queue(), *observers, tally}, signalListeners.listeners(),
               delivery.log().category())
    , engine(q, *sessions, verified, lockout, reporter, engineHooks())
    , engineThread(engine)
    , evaluator(sessions->policies(), sessions->numbers(), verified, lockout,
                [this] { return namesUsers(); })
    , quitReminder(
          q,
          [this] {
              delivery.log().write(QStringLiteral(
                  "The application quits while the authenticator is running: stop or delete it "
                  "first, since terminating its ZeroMQ context would wait for it"));
          })
    , startReminder(
          new StartReminder(q,
                            [this] {
                                delivery.log().write(QStringLiteral(
                                    "The authenticator is configured, but not running: sockets "
                                    "that depend on it let nobody in until start() is called"));
                            }))
    , publicLockout(QZapLockoutPrivate::create(q, lockout, delivery.log(), lockoutHooks()))
{
    WorkerPool::joinAtExit();
    delivery.log().setOtherDomains([this](const QString &name) { return registry.others(name); });
    changePolicy([this](Policy &first) { first.limits = limits.values(); });
    new EventLoopWatch(q, {[this] { eventLoopResumed(); },
                           [this](const QObject *dispatcher) { eventLoopEnded(dispatcher); }});
}

QZapAuthenticatorPrivate::~QZapAuthenticatorPrivate()
{
    feedListener->close();
    sessions->close();
}

bool QZapAuthenticatorPrivate::fail(Error kind, const Problem &problem)
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    const QString text = problem.text(); // copied: a slot may delete the owner of the problem
    const bool changed = error != kind || errorString != text;
    error = kind;
    errorString = text;
    if (kind == Error::ConfigurationError)
        logConfigurationError(text);
    else
        delivery.log().write(text);
    if (guard && changed)
        Q_EMIT q->errorChanged();
    if (guard)
        Q_EMIT q->errorOccurred(kind, text);
    return false;
}

void QZapAuthenticatorPrivate::logConfigurationError(const QString &text)
{
    if (!logsConfigurationErrors)
        return;
    if (standingProblems().contains(text)) {
        if (loggedProblems.contains(text))
            return; // reported before, for example by start()
        loggedProblems.insert(text);
    }
    delivery.log().warn(text);
}

bool QZapAuthenticatorPrivate::refuse(const Subject &subject, const Problem &problem)
{
    const Problem refusal = problem.within(subject.context());
    if (!isRunning || isBeingCreated) {
        refusals.add(subject, refusal);
        updateMisconfigured();
    }
    return fail(Error::ConfigurationError, refusal);
}

bool QZapAuthenticatorPrivate::refuseContent(QZapDomain *domain, const Subject &call,
                                             const Problem &problem)
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    if (!domain->isReady() && domain->errorString().isEmpty())
        QZapDomainPrivate::get(domain)->setContentProblems({problem});
    return guard && fail(Error::ConfigurationError, problem.within(call.context()));
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

void QZapAuthenticatorPrivate::accept(const Subject &subject)
{
    if (refusals.remove(subject))
        updateMisconfigured();
}

QZapAuthenticatorPrivate::Problem QZapAuthenticatorPrivate::configurationProblem() const
{
    const Problem refusal = refusals.problem();
    return refusal ? refusal : registry.clashProblems().value(0);
}

QStringList QZapAuthenticatorPrivate::standingProblems() const
{
    return textsOf(refusals.problems() + registry.clashProblems());
}

void QZapAuthenticatorPrivate::updateMisconfigured()
{
    if (!loggedProblems.isEmpty()) {
        const QStringList standing = standingProblems();
        loggedProblems.intersect(QSet<QString>(standing.begin(), standing.end()));
    }
    // While running, a refused value leaves the previous one in force.
    const bool isMisconfigured = !isRunning && configurationProblem();
    if (policy.isMisconfigured != isMisconfigured)
        changePolicy([=](Policy &next) { next.isMisconfigured = isMisconfigured; });
}

bool QZapAuthenticatorPrivate::isOwnThread(const char *function) const
{
    if (q_ptr->thread() == QThread::currentThread())
        return true;
    qWarning("QZapAuthenticator::%s: must be called in the thread that the authenticator lives in; "
             "the call has no effect",
             function);
    return false;
}

ZapSocket::Opening QZapAuthenticatorPrivate::startEngine()
{
    void *const used = context ? context : QZap::defaultContext();
    ZapSocket::Opening opening = usesWorkerThread ? engineThread.start(used) : engine.start(used);
    isRunning = opening.isOpen();
    if (isRunning) {
        setKeepingClosed(true);
        quitReminder.arm(context);
    }
    return opening;
}

void QZapAuthenticatorPrivate::stopEngine()
{
    // The report of a provider's failure emits a signal.
    const QPointer<QZapAuthenticator> guard(q_ptr);
    isRunning = false;
    quitReminder.disarm();
    if (engineThread.isActive())
        engineThread.stop();
    else
        engine.stop();
    if (!guard)
        return;
    schedule.request(); // without waiting for the interval
    if (isRunning)
        return; // a slot has started it again
    setKeepingClosed(false);
    updateMisconfigured();
}

void QZapAuthenticatorPrivate::setKeepingClosed(bool keeping)
{
    registry.setKeepingClosed(keeping);
    providers.setKeepingClosed(keeping);
    changePolicy([this](Policy &next) {
        next.domains = registry.table();
        next.providers = providers.table();
    });
}

Evaluation QZapAuthenticatorPrivate::evaluate(const QByteArrayList &frames) const
{
    startReminder->disarm();
    Evaluation evaluation = evaluator.evaluate(frames);
    if (evaluation.verdict.next == Verdict::Next::NameUser) {
        const std::optional<QByteArray> userId = curveUserId(evaluation.request.publicKey);
        evaluation = evaluator.named(std::move(evaluation), userId);
    }
    return evaluation;
}

QString QZapAuthenticatorPrivate::explain(const QByteArrayList &frames) const
{
    Evaluation evaluation = evaluate(frames);
    const Verdict &verdict = evaluation.verdict;
    // The hash of an unknown user need not be computed.
    if (verdict.next == Verdict::Next::CheckHash
        && !verdict.domain->passwords->contains(evaluation.request.name)) {
        evaluation = evaluator.wrongPassword(std::move(evaluation));
    }
    const Problem problem = configurationProblem();
    return Explanation(evaluator.lastPolicy(), addressLists, registry, *publicLockout, problem)
        .explain(evaluation);
}

bool QZapAuthenticatorPrivate::flush()
{
    signalListeners.update(
        [this](const QMetaMethod &signal) { return q_ptr->isSignalConnected(signal); });
    const QPointer<QZapAuthenticator> guard(q_ptr);
    const bool moreReports = delivery.deliver();
    if (!guard)
        return false;
    const bool moreLockouts = QZapLockoutPrivate::get(publicLockout.get())->deliver();
    return guard && (moreReports || moreLockouts);
}

void QZapAuthenticatorPrivate::scheduleReview()
{
    const auto review = [this] {
        isReviewScheduled = false;
        engine.review();
    };
    announceOnce(&isReviewScheduled, [&] { return callLater(&engine, review); });
}

void QZapAuthenticatorPrivate::setLimit(LimitSettings::Limit limit, int value, Signal changed)
{
    setProperty(
        Subject::property(LimitSettings::propertyOf(limit)), limits.set(limit, value),
        [this](Policy &next) { next.limits = limits.values(); }, changed);
}

void QZapAuthenticatorPrivate::setAddresses(AddressMode list, const Result<bool> &isChange)
{
    setProperty(
        Subject::property(AddressLists::propertyOf(list)), isChange,
        [this](Policy &next) { addressLists.writeTo(next); }, addressesChanged(list));
}

bool QZapAuthenticatorPrivate::addAddresses(AddressMode list, const char *function,
                                            const QStringList &addresses)
{
    if (const Problem problem = addressLists.add(list, addresses))
        return refuse(Subject::property(AddressLists::propertyOf(list), function), problem);
    publishAddresses(list);
    return true;
}

bool QZapAuthenticatorPrivate::removeAddress(AddressMode list, const QString &address)
{
    if (!addressLists.remove(list, address))
        return false;
    publishAddresses(list);
    return true;
}

void QZapAuthenticatorPrivate::publishAddresses(AddressMode list)
{
    changePolicy([this](Policy &next) { addressLists.writeTo(next); });
    Q_EMIT(q_ptr->*addressesChanged(list))();
}

void QZapAuthenticatorPrivate::attach(QZapDomain *domain)
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    if (!domain->parent())
        domain->setParent(q);
    registry.add(domain);
    startReminder->arm();
    // The domain is in force before any signal is emitted, since slots may use it or remove it
    // again.
    publishDomains();
    accept(Subject::domain(domain));
    QZapDomainPrivate::get(domain)->setObserver(this);
    if (guard)
        domainsChanged();
}

QZapDomain *QZapAuthenticatorPrivate::attachNew(QZapDomain *domain, const QString &name)
{
    domain->setName(name);
    QZapDomainPrivate::get(domain)->closeUntilConfigured();
    const QPointer<QZapDomain> guard(domain);
    attach(domain);
    return guard;
}

void QZapAuthenticatorPrivate::detach(const QList<QZapDomain *> &domains)
{
    const QPointer<QZapAuthenticator> guard(q_ptr);
    const QList<QPointer<QZapDomain>> detached(domains.begin(), domains.end());
    for (QZapDomain *const domain : domains) {
        registry.remove(domain);
        QZapDomainPrivate::get(domain)->setObserver(nullptr);
    }
    // Before any signal is emitted, since slots may delete the domains or this authenticator.
    publishDomains();
    for (const QPointer<QZapDomain> &domain : detached) {
        if (domain)
            QZapDomainPrivate::get(domain)->setKeyProblem({});
    }
    if (guard)
        domainsChanged();
}

void QZapAuthenticatorPrivate::publishDomains()
{
    changePolicy([this](Policy &next) { next.domains = registry.table(); });
    updateMisconfigured();
}

void QZapAuthenticatorPrivate::domainsChanged()
{
    Q_Q(QZapAuthenticator);
    const QPointer<QZapAuthenticator> guard(q);
    domainChanged();
    if (guard)
        Q_EMIT q->domainsChanged();
}

void QZapAuthenticatorPrivate::domainChanged()
{
    publishDomains();
    registry.markClashes();
}

void QZapAuthenticatorPrivate::domainFailed(const QZapDomain &domain, DomainError domainError,
                                            const Problem &problem)
{
    fail(domainError == DomainError::File ? Error::FileError : Error::ConfigurationError,
         domainText(domain, problem.text()));
}

void QZapAuthenticatorPrivate::domainReportsOnly(const QZapDomain &domain)
{
    delivery.log().warn(domainText(
        domain, QStringLiteral("reportOnly is set: peers that the domain refuses are let in")));
}

void QZapAuthenticatorPrivate::domainInformed(const QZapDomain &domain, const QString &note)
{
    delivery.log().write(domainText(domain, note));
}

void QZapAuthenticatorPrivate::domainDestroyed(QZapDomain *domain)
{
    if (registry.remove(domain))
        domainsChanged();
}

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
        if (q_ptr->thread() != QThread::currentThread())
            schedule.announce();
        else if (afterDrain)
            schedule.deliverNow();
        else
            schedule.request();
    };
    hooks.providerFailed = [this, inOwnThread](const QString &problem) {
        inOwnThread([this, problem] { providerFailed(problem); });
    };
    return hooks;
}

QZapLockoutPrivate::Hooks QZapAuthenticatorPrivate::lockoutHooks()
{
    return {[this](const Subject &property, const Problem &problem) { refuse(property, problem); },
            [this](const Subject &property) { accept(property); }, [this] { schedule.request(); }};
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
        return; // stopped before this call was delivered
    const QPointer<QZapAuthenticator> guard(q);
    stopEngine();
    if (guard)
        Q_EMIT q->runningChanged();
    if (guard)
        fail(Error::ContextError, QStringLiteral("The ZeroMQ context was terminated"));
}

void QZapAuthenticatorPrivate::providerFailed(const QString &problem)
{
    qWarning("QZapCredentialsProvider: %ls", qUtf16Printable(printable(problem)));
    fail(Error::ProviderError, problem);
}

void QZapAuthenticatorPrivate::eventLoopEnded(const QObject *dispatcher)
{
    Q_Q(QZapAuthenticator);
    if (!isRunning || engineThread.hasEngine())
        return;
    // An authenticator below the application object is destroyed with it: there is nothing to
    // report.
    const QObject *root = q;
    while (root->parent())
        root = root->parent();
    if (root == dispatcher->parent())
        return;
    isEndReported = true;
    delivery.log().write(QStringLiteral(
        "The event loop of the authenticator's thread has ended. The authenticator "
        "stays bound, and nobody gets in until an event loop runs in that thread again"));
}

void QZapAuthenticatorPrivate::eventLoopResumed()
{
    // Posted events may have been lost.
    engineThread.moveIfPossible();
    isReviewScheduled = false;
    scheduleReview();
    if (std::exchange(isEndReported, false) && isRunning) {
        delivery.log().write(
            QStringLiteral("An event loop runs in the authenticator's thread again: requests are "
                           "answered"));
    }
}
