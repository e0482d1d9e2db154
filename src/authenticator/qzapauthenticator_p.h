// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPAUTHENTICATOR_P_H
#define QZAPAUTHENTICATOR_P_H

#include "authenticator/addresslists.h"
#include "authenticator/domains/domainregistry.h"
#include "authenticator/domains/qzapdomain_p.h"
#include "engine/engine.h"
#include "engine/enginethread.h"
#include "engine/evaluator.h"
#include "policy/policypublisher.h"
#include "reporting/reportdelivery.h"
#include "reporting/reporter.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qcoreevent.h>
#include <QtCore/qmap.h>
#include <QtCore/qpointer.h>

#include <atomic>

class QZapAuthenticatorPrivate final : public QZap::Internal::DomainObserver,
                                       public QZap::Internal::ReportDelivery::Sink
{
    Q_DECLARE_PUBLIC(QZapAuthenticator)

public:
    using Error = QZapAuthenticator::Error;
    using AddressMode = QZap::Internal::AddressMode;

    explicit QZapAuthenticatorPrivate(QZapAuthenticator *q);
    ~QZapAuthenticatorPrivate();
    Q_DISABLE_COPY_MOVE(QZapAuthenticatorPrivate)

    static QEvent::Type flushEvent();

    // Always false, for the caller to return.
    bool fail(Error kind, const QString &message);
    void clearError();
    // A call with its arguments but the domain's name: made again with a valid name, it is the
    // same.
    struct ConfiguringCall
    {
        const char *function;
        QByteArray arguments;

        QByteArray subject() const { return function + QByteArray(1, '(') + arguments; }
    };

    // Refuses a value for the subject: a property or what a call configures. While stopped and
    // until the object is created, nobody gets in until a value for the subject is accepted.
    // Always false, for the caller to return.
    bool refuse(const QByteArray &subject, const QString &message);
    void accept(const QByteArray &subject);
    void refuseAssignment(const char *property, const QString &problem);
    // Why start() fails; empty where it may succeed.
    QString configurationProblem() const;
    // Publishes whether the configuration keeps everybody out.
    void updateMisconfigured();
    bool isOwnThread(const char *function) const;
    void setLimit(int QZap::Internal::Limits::*limit, int value, const char *property, int minimum,
                  void (QZapAuthenticator::*changed)());
    // Opens the socket here or on the private thread.
    QZap::Internal::ZapSocket::Opening startEngine();
    void stopEngine();
    // While running, what was closed stays closed when its object goes.
    void keepClosed(bool keeping);
    // From the event loop: tells of what was decided.
    void flush();
    void scheduleFlush();
    // The policy has changed: what waits for it is looked at again, in the engine's thread.
    void scheduleReview();
    // Somebody listens to the signal now, or to none any more, which is found out later.
    void listen(const QMetaMethod &signal);
    void unlisten();
    void forgetListeners();

    template <typename Change>
    void changePolicy(Change change)
    {
        change(policy);
        publisher.publish(std::make_shared<const QZap::Internal::Policy>(policy));
        scheduleReview();
    }
    void publishAddresses();
    void emitAddressesChanged(AddressMode list);
    bool addAddresses(AddressMode list, const char *function, const QStringList &addresses);
    bool removeAddress(AddressMode list, const QString &address);
    void assignAddresses(AddressMode list, const QStringList &addresses);
    void resetAddresses(AddressMode list);

    void attach(QZapDomain *domain);
    void detach(QZapDomain *domain);
    void publishDomains();
    void domainsChanged();
    // The domain of that key, made if need be; null, with an error, if the name is invalid.
    template <typename Domain>
    Domain *domainFor(const QString &name, QZap::Mechanism mechanism, const ConfiguringCall &call)
    {
        if (const QString problem = QZapDomainPrivate::nameProblem(name); !problem.isEmpty()) {
            refuse(call.subject(),
                   QLatin1StringView(call.function) + QLatin1StringView("(): ") + problem);
            return nullptr;
        }
        if (QZapDomain *const known = registry.find(name, mechanism))
            return static_cast<Domain *>(known);
        auto *const made = new Domain(q_ptr);
        made->setName(name);
        QZapDomainPrivate::get(made)->closeUntilConfigured();
        const QPointer<Domain> guard(made);
        attach(made);
        return guard;
    }
    // The call was valid, and with it the domain is as it is meant to be.
    void acceptCall(const ConfiguringCall &call, const QZapDomain *domain)
    {
        accept(call.subject());
        accept(QZap::Internal::DomainRegistry::subjectOf(domain));
    }
    bool failConfiguring(QZapDomain *domain, const ConfiguringCall &call, const QString &problem);

    QByteArrayList framesFor(const QString &domain, const QString &address,
                             const QZapCredentials &credentials, QString *problem) const;
    // Whether a subclass may say what the user ids of keys are; it is asked for each peer then.
    bool namesUsers() const;
    std::optional<QByteArray> curveUserId(QByteArrayView publicKey) const;
    QZap::Internal::Engine::Hooks engineHooks();
    void contextTerminated();
    void eventLoopEnded(const QObject *dispatcher);
    void eventLoopResumed();
    // Says what is to be done before the context goes.
    void applicationQuits();
    void providerFailed(const QString &problem);
    QZapReply evaluate(const QByteArrayList &frames) const;
    bool setProvider(const QString &domain, const QZap::Internal::ProviderPointer &provider);

    // DomainObserver
    void domainChanged() override;
    void domainFailed(QZap::Internal::DomainError domainError, const QString &message) override;
    void domainInformed(const QString &message) override;
    void domainDestroyed(QZapDomain *domain) override;

    // ReportDelivery::Sink
    void reportDecision(const QZap::Internal::Report &report) override;
    void reportCounts(const QZap::Internal::Counts &before,
                      const QZap::Internal::Counts &now) override;

    QZapAuthenticator *q_ptr;
    void *context = nullptr; // null: the default one
    QZap::Internal::AddressLists addressLists;
    QZap::Internal::DomainRegistry registry;
    QZap::Internal::Policy policy; // what is published next
    QZap::Internal::PolicyPublisher publisher;
    QZap::Internal::ReportDelivery delivery;
    QZap::Internal::Listeners listeners;
    QZap::Internal::Reporter reporter; // the engine's
    QZap::Internal::PasswordCache verified;
    QZap::Internal::Engine engine;
    QZap::Internal::EngineThread engineThread;
    mutable QZap::Internal::Evaluator evaluator; // changes nothing that can be seen
    QMap<QByteArray, QString> refusals;          // messages by subject
    Error error = Error::NoError;
    QString errorString;
    QMetaObject::Connection quitConnection;
    bool isRunning = false;
    bool isBeingCreated = false;
    bool usesWorkerThread = false;
    // Set in whichever thread.
    std::atomic<bool> isFlushScheduled{false};
    std::atomic<bool> isReviewScheduled{false};
    std::atomic<bool> areListenersUncertain{false};
};

#endif // QZAPAUTHENTICATOR_P_H
