// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPAUTHENTICATOR_P_H
#define QZAPAUTHENTICATOR_P_H

#include "authenticator/addresslists.h"
#include "authenticator/configurationsubject.h"
#include "authenticator/decisionsignals.h"
#include "authenticator/domains/domainregistry.h"
#include "authenticator/domains/qzapdomain_p.h"
#include "authenticator/limitsettings.h"
#include "authenticator/providerregistry.h"
#include "authenticator/quitreminder.h"
#include "authenticator/qzaplockout_p.h"
#include "authenticator/refusals.h"
#include "authenticator/signallisteners.h"
#include "authenticator/startreminder.h"
#include "base/problem.h"
#include "engine/engine.h"
#include "engine/enginethread.h"
#include "engine/evaluation/evaluator.h"
#include "engine/lockout/lockout.h"
#include "reporting/decisionobservers.h"
#include "reporting/decisiontally.h"
#include "reporting/deliveryschedule.h"
#include "reporting/reportdelivery.h"
#include "reporting/reporter.h"
#include "sessions/sessioncore.h"

#include <QZap/qzapauthenticator.h>

#include <atomic>
#include <memory>

class QZapAuthenticatorPrivate final : public QZap::Internal::DomainObserver
{
    Q_DECLARE_PUBLIC(QZapAuthenticator)

public:
    using Error = QZapAuthenticator::Error;
    using Signal = void (QZapAuthenticator::*)();
    using AddressMode = QZap::Internal::AddressMode;
    using Problem = QZap::Internal::Problem;
    using Subject = QZap::Internal::ConfigurationSubject;

    static QZapAuthenticatorPrivate *get(QZapAuthenticator *authenticator)
    {
        return authenticator->d_func();
    }
    static const QZapAuthenticatorPrivate *get(const QZapAuthenticator *authenticator)
    {
        return authenticator->d_func();
    }

    explicit QZapAuthenticatorPrivate(QZapAuthenticator *q);
    ~QZapAuthenticatorPrivate();
    Q_DISABLE_COPY_MOVE(QZapAuthenticatorPrivate)

    // Errors. Each function returns false, so that the caller can return the result; slots may run.

    // Makes the problem the last error, and reports it. ConfigurationErrors are logged as warnings,
    // once for as long as start() would fail with them, and other errors as information.
    bool fail(Error kind, const Problem &problem);
    // Fails because of a value for the subject. While stopped and until the object is created,
    // nobody gets in until a value for the subject is accepted.
    bool refuse(const Subject &subject, const Problem &problem);
    // Fails because of an invalid argument for a domain's content. An existing domain is unchanged;
    // a new one lets nobody in.
    bool refuseContent(QZapDomain *domain, const Subject &call, const Problem &problem);

    void clearError();
    void accept(const Subject &subject);
    // Returns the problem that makes start() fail, or an empty problem.
    Problem configurationProblem() const;
    // Publishes whether the configuration lets nobody in.
    void updateMisconfigured();
    bool isOwnThread(const char *function) const;

    // Running.

    // Opens the socket here or on the private thread.
    QZap::Internal::ZapSocket::Opening startEngine();
    void stopEngine();
    // While set, the name of a domain or provider that is removed remains closed.
    void setKeepingClosed(bool keeping);
    // Evaluates a request, which must remain valid, without asking a provider.
    QZap::Internal::Evaluation evaluate(const QByteArrayList &frames) const;
    QString explain(const QByteArrayList &frames) const;

    // Called from the event loop: reports some decisions, and returns whether more remain.
    bool flush();
    // Makes the engine, in its thread, evaluate the requests that wait for a different policy
    // again.
    void scheduleReview();

    // Configuration.

    template <typename Change>
    void changePolicy(Change change)
    {
        change(policy);
        sessions->publish(std::make_shared<const QZap::Internal::Policy>(policy));
        evaluator.refresh();
        scheduleReview();
    }
    // Publishes the new value of a property and emits its signal if it has changed, or refuses it.
    template <typename Change>
    void setProperty(const Subject &property, const QZap::Internal::Result<bool> &isChange,
                     Change change, Signal changed)
    {
        if (!isChange) {
            refuse(property, isChange.problem());
            return;
        }
        if (*isChange)
            changePolicy(change);
        accept(property);
        if (*isChange)
            Q_EMIT(q_ptr->*changed)();
    }
    void setLimit(QZap::Internal::LimitSettings::Limit limit, int value, Signal changed);
    void setAddresses(AddressMode list, const QZap::Internal::Result<bool> &isChange);
    bool addAddresses(AddressMode list, const char *function, const QStringList &addresses);
    bool removeAddress(AddressMode list, const QString &address);

    void attach(QZapDomain *domain);
    void detach(const QList<QZapDomain *> &domains);
    void publishDomains();
    void domainsChanged();
    // Applies a call's arguments to the domain with a name and mechanism, which is created if there
    // is none. Refuses an invalid name or invalid arguments. Returns whether they were accepted.
    template <typename Domain, typename Apply>
    bool configure(const QString &name, QZap::Mechanism mechanism, const Subject &call,
                   const Problem &problem, Apply apply);
    // Returns null if a slot has deleted the domain.
    QZapDomain *attachNew(QZapDomain *domain, const QString &name);

    // DomainObserver
    void domainChanged() override;
    void domainFailed(const QZapDomain &domain, QZap::Internal::DomainError domainError,
                      const Problem &problem) override;
    void domainReportsOnly(const QZapDomain &domain) override;
    void domainInformed(const QZapDomain &domain, const QString &note) override;
    void domainDestroyed(QZapDomain *domain) override;
    std::shared_ptr<const QZap::Internal::StoreListener> storeListener() const override
    {
        return feedListener;
    }

    QZapAuthenticator *q_ptr;
    void *context = nullptr; // null: the default one
    QZap::Internal::AddressLists addressLists;
    QZap::Internal::LimitSettings limits;
    QZap::Internal::DomainRegistry registry;
    QZap::Internal::ProviderRegistry providers;
    QZap::Internal::Refusals refusals;
    QZap::Internal::Policy policy; // the policy to be published next
    const std::shared_ptr<QZap::Internal::SessionCore> sessions =
        std::make_shared<QZap::Internal::SessionCore>(); // shared with guards
    QZap::Internal::SignalListeners signalListeners;
    QZap::Internal::DecisionSignals decisionSignals;
    QZap::Internal::ReportDelivery delivery;
    QZap::Internal::DeliverySchedule schedule; // of flush()
    const std::shared_ptr<QZap::Internal::DecisionObservers> observers =
        std::make_shared<QZap::Internal::DecisionObservers>();
    QZap::Internal::DecisionTally tally;
    QZap::Internal::Reporter reporter; // the engine's
    QZap::Internal::PasswordCache verified;
    QZap::Internal::Lockout lockout;
    QZap::Internal::Engine engine;
    QZap::Internal::EngineThread engineThread;
    mutable QZap::Internal::Evaluator evaluator; // logically const
    QZap::Internal::QuitReminder quitReminder;
    QZap::Internal::StartReminder *const startReminder; // a child of the authenticator
    const std::unique_ptr<QZapLockout> publicLockout;
    // Called in the thread that loads files, and closed before the members that it uses are
    // destroyed.
    const std::shared_ptr<QZap::Internal::StoreListener> feedListener =
        std::make_shared<QZap::Internal::StoreListener>([this] {
            sessions->refresh();
            scheduleReview();
        });
    Error error = Error::NoError;
    QString errorString;
    bool logsConfigurationErrors = true;
    bool isRunning = false;
    bool isBeingCreated = false;
    bool usesWorkerThread = false;

private:
    QZap::Internal::Engine::Hooks engineHooks();
    QZapLockoutPrivate::Hooks lockoutHooks();
    // Returns whether a subclass may override curveUserId(), which must then be called for each
    // peer.
    bool namesUsers() const;
    std::optional<QByteArray> curveUserId(QByteArrayView publicKey) const;
    void contextTerminated();
    void providerFailed(const QString &problem);
    void eventLoopEnded(const QObject *dispatcher);
    void eventLoopResumed();
    void publishAddresses(AddressMode list);
    void logConfigurationError(const QString &text);
    // Returns the texts of all problems that make start() fail.
    QStringList standingProblems() const;

    QSet<QString> loggedProblems;               // standing problems that were logged
    std::atomic<bool> isReviewScheduled{false}; // set in any thread
    bool isEndReported = false;                 // of the event loop of this thread
};

#endif // QZAPAUTHENTICATOR_P_H
