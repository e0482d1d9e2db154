// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef WAITINGREQUESTSFIXTURE_H
#define WAITINGREQUESTSFIXTURE_H

#include "engine/waiting/waitingrequests.h"

#include "zapclient.h"

#include "providers/providerlink.h"

#include <QZap/qzapcredentialsprovider.h>

#include <QtCore/qobject.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

// The base of tests of waiting requests without an engine; events are recorded in order.
class WaitingRequestsFixture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

protected:
    using Admittance = QZap::Internal::Admittance;
    using DomainPolicy = QZap::Internal::DomainPolicy;
    using DomainTable = QZap::Internal::DomainTable;
    using Evaluation = QZap::Internal::Evaluation;
    using Evaluator = QZap::Internal::Evaluator;
    using KeyStore = QZap::Internal::KeyStore;
    using Lockout = QZap::Internal::Lockout;
    using PasswordCache = QZap::Internal::PasswordCache;
    using PasswordStore = QZap::Internal::PasswordStore;
    using PendingRequest = QZap::Internal::PendingRequest;
    using Policy = QZap::Internal::Policy;
    using PolicyPublisher = QZap::Internal::PolicyPublisher;
    using ProviderPointer = QZap::Internal::ProviderPointer;
    using WaitingRequests = QZap::Internal::WaitingRequests;
    using Decide = std::function<void(const QZapDecision &)>;

    void publish() { m_policies.publish(std::make_shared<Policy>(m_policy)); }
    void lockDown()
    {
        m_policy.lockdown = true;
        publish();
    }
    void configure(QZap::Mechanism mechanism, const DomainPolicy &domain)
    {
        auto table = std::make_shared<DomainTable>(*m_policy.domains);
        table->insert("test", mechanism, std::make_shared<DomainPolicy>(domain));
        m_policy.domains = table;
        publish();
    }
    static DomainPolicy acceptsAll()
    {
        DomainPolicy domain;
        domain.state = DomainPolicy::State::Ready;
        domain.acceptsAll = true;
        return domain;
    }
    static DomainPolicy loading()
    {
        DomainPolicy domain;
        domain.state = DomainPolicy::State::Loading;
        return domain;
    }
    static DomainPolicy withHash(const QByteArray &hash)
    {
        DomainPolicy domain = acceptsAll();
        auto passwords = std::make_shared<PasswordStore>();
        passwords->insertHash("bob", hash);
        domain.passwords = passwords;
        return domain;
    }
    // Returns a domain in which another user has a hash with these parameters.
    static DomainPolicy withHash(const QByteArray &hash,
                                 QZap::Internal::PasswordHash::Parameters other)
    {
        DomainPolicy domain = withHash(hash);
        auto passwords = std::make_shared<PasswordStore>(*domain.passwords);
        passwords->insertHash("dear", QZap::Internal::PasswordHash::headOf(other)
                                          + QZap::Internal::PasswordHash::randomTail());
        domain.passwords = passwords;
        return domain;
    }
    DomainPolicy withProvider() const
    {
        DomainPolicy domain = acceptsAll();
        domain.provider = m_link;
        return domain;
    }
    static QByteArray key() { return {32, 'k'}; }
    // Returns a domain with a provider, which has the key.
    DomainPolicy withKey(const QByteArray &userId) const
    {
        KeyStore::Builder builder;
        builder.add(reinterpret_cast<const uchar *>(key().constData()), userId);
        DomainPolicy domain = withProvider();
        domain.acceptsAll = false;
        domain.keys = builder.build();
        return domain;
    }
    void decide(const Decide &function)
    {
        connect(m_provider.get(), &QZapCredentialsProvider::authenticating, this, function);
    }
    void deferAll()
    {
        decide([this](const QZapDecision &decision) {
            decision.defer();
            m_decisions.append(decision);
        });
    }

    WaitingRequests::Handler handler();
    void settle(PendingRequest request);
    // Sends a request without a socket; the request id identifies the answer.
    void ask(const QByteArray &id = "1", const QByteArray &mechanism = "NULL",
             const QByteArrayList &credentials = {}, const QByteArray &address = "127.0.0.1")
    {
        PendingRequest request;
        request.rawFrames = ZapClient::request(mechanism, credentials, "test", address, id);
        request.promise = std::make_shared<QPromise<QByteArrayList>>();
        settle(std::move(request));
    }
    void askAsBob(const QByteArray &password) { ask("1", "PLAIN", {"bob", password}); }

    Policy m_policy;
    PolicyPublisher m_policies;
    QZap::Internal::SessionNumbers m_numbers;
    PasswordCache m_verified;
    Lockout m_lockout;
    std::unique_ptr<Evaluator> m_evaluator;
    std::unique_ptr<WaitingRequests> m_waiting;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    ProviderPointer m_link;
    QList<QZapDecision> m_decisions;
    std::function<std::optional<QByteArray>()> m_userId;   // empty: not called
    std::function<Admittance(const Evaluation &)> m_admit; // empty: granted
    std::function<void()> m_whenFinished;
    QByteArray m_hash; // of "secret"
    // The events in order: "<request id> <status> <user id>" for an answer.
    QByteArrayList m_events;
    QByteArray m_reason; // of the last answer
};

#endif // WAITINGREQUESTSFIXTURE_H
