// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "logcollector.h"
#include "zapclient.h"

#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>
#include <memory>
#include <utility>

using namespace Qt::StringLiterals;

using QZap::Mechanism;
using Call = std::function<void(QZapAuthenticator &)>;
Q_DECLARE_METATYPE(Call)

// Tests that removing a domain object from a running authenticator does not open its name.
class tst_ClosedNames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void closedDomainStaysClosed_data();
    void closedDomainStaysClosed();
    void doesNotFallBack_data();
    void doesNotFallBack();
    void otherMechanismsAreNotAffected();
    void domainForAllClosesEveryName();
    void opensWhenConfiguredAgain();
    void removedProvider_data();
    void removedProvider();
    void removedProviderForAll();
    void removedProviderLeavesTheStore();
    void providerDoesNotOpenAClosedDomain();
    void configuringNeverOpens();
    void domainThatIsDeletedWhileItIsAdded_data();
    void domainThatIsDeletedWhileItIsAdded();
    void nothingIsClosedWhileStopped();

private:
    static void addWaysToGo();
    // Adds a new domain to the authenticator.
    template <typename Domain>
    Domain *add(const QString &name)
    {
        auto *const domain = new Domain;
        domain->setName(name);
        return m_authenticator->addDomain(domain) ? domain : nullptr;
    }
    QZap::Status evaluate(const QString &domain, const QZapCredentials &credentials) const
    {
        return m_authenticator->evaluate(domain, u"127.0.0.1"_s, credentials).status();
    }
    // Sends a request for NULL in every possible way, and returns the common answer.
    QZap::Status ask(const QString &domain)
    {
        const auto status = evaluate(domain, QZapCredentials::null());
        const QByteArrayList request = ZapClient::request("NULL", {}, domain.toUtf8());
        const int handled = m_authenticator->handleZapMessage(request).result().value(2).toInt();
        m_client->send(request);
        const int sent = m_client->waitForReply().value(2).toInt();
        return handled == static_cast<int>(status) && sent == handled ? status : QZap::Status(0);
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<ZapClient> m_client;
};

void tst_ClosedNames::init()
{
    expectConfigurationErrors();
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_client = std::make_unique<ZapClient>(*m_context);
}

void tst_ClosedNames::cleanup()
{
    m_client.reset();
    m_authenticator.reset();
    m_context.reset();
}

void tst_ClosedNames::addWaysToGo()
{
    QTest::addColumn<Call>("go");
    const auto domain = [](QZapAuthenticator &a) { return a.domain(u"test"_s, Mechanism::Null); };
    QTest::newRow("deleted") << Call([domain](QZapAuthenticator &a) { delete domain(a); });
    QTest::newRow("taken") << Call([domain](QZapAuthenticator &a) {
        QZapDomain *const taken = domain(a);
        QVERIFY(a.takeDomain(taken));
        delete taken;
    });
    QTest::newRow("removed") << Call(
        [](QZapAuthenticator &a) { QVERIFY(a.removeDomain(u"test"_s, Mechanism::Null)); });
    QTest::newRow("renamed") << Call(
        [domain](QZapAuthenticator &a) { domain(a)->setName(u"other"_s); });
    QTest::newRow("renamed, and deleted") << Call([domain](QZapAuthenticator &a) {
        QZapDomain *const renamed = domain(a);
        renamed->setName(u"other"_s);
        delete renamed;
    });
    QTest::newRow("with its parent") << Call([domain](QZapAuthenticator &a) {
        QObject parent;
        domain(a)->setParent(&parent);
    });
}

void tst_ClosedNames::closedDomainStaysClosed_data()
{
    addWaysToGo();
}

void tst_ClosedNames::closedDomainStaysClosed()
{
    QFETCH(const Call, go);
    QVERIFY(add<QZapNullDomain>(u"test"_s));
    QVERIFY(m_authenticator->start());
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    go(*m_authenticator);
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    QCOMPARE(evaluate(u"test"_s, QZapCredentials::gssapi(u"a@B"_s)),
             QZap::Status::AuthenticationFailure);
    QCOMPARE(ask(u"never configured"_s), QZap::Status::Success);
    m_authenticator->stop();
    QCOMPARE(evaluate(u"test"_s, QZapCredentials::null()), QZap::Status::Success);
}

void tst_ClosedNames::doesNotFallBack_data()
{
    addWaysToGo();
}

void tst_ClosedNames::doesNotFallBack()
{
    QFETCH(const Call, go);
    QVERIFY(m_authenticator->configureNull(QZap::AnyDomain, true));
    QVERIFY(m_authenticator->start());
    QVERIFY(add<QZapNullDomain>(u"test"_s)); // while running
    go(*m_authenticator);
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    QCOMPARE(ask(u"never configured"_s), QZap::Status::Success);
}

void tst_ClosedNames::otherMechanismsAreNotAffected()
{
    QVERIFY(m_authenticator->configureNull(QZap::AnyDomain, true));
    QVERIFY(m_authenticator->configureCurve(u"test"_s, QZap::CurveAllowAny));
    QVERIFY(m_authenticator->start());
    QCOMPARE(ask(u"test"_s), QZap::Status::Success);
    QVERIFY(m_authenticator->removeDomain(u"test"_s, Mechanism::Curve));
    QCOMPARE(ask(u"test"_s), QZap::Status::Success);
    QCOMPARE(evaluate(u"test"_s, QZapCredentials::curve(QByteArray(32, 'k'))),
             QZap::Status::AuthenticationFailure);
    QCOMPARE(evaluate(u"test"_s, QZapCredentials::gssapi(u"a@B"_s)),
             QZap::Status::AuthenticationFailure);
}

void tst_ClosedNames::domainForAllClosesEveryName()
{
    QVERIFY(m_authenticator->configureNull(QZap::AnyDomain, false));
    QVERIFY(m_authenticator->configureNull(u"open"_s, true));
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->removeDomain(QZap::AnyDomain, Mechanism::Null));
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    QCOMPARE(ask(u"open"_s), QZap::Status::Success);
    QCOMPARE(evaluate(u"test"_s, QZapCredentials::gssapi(u"a@B"_s)),
             QZap::Status::AuthenticationFailure);
}

void tst_ClosedNames::opensWhenConfiguredAgain()
{
    QVERIFY(m_authenticator->configureNull(u"test"_s, false));
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->removeDomain(u"test"_s, Mechanism::Null));
    QVERIFY(m_authenticator->configureNull(u"other"_s, true));
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    QVERIFY(m_authenticator->configureNull(u"test"_s, true));
    QCOMPARE(ask(u"test"_s), QZap::Status::Success);
    QVERIFY(m_authenticator->removeDomain(u"test"_s, Mechanism::Null));
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
}

void tst_ClosedNames::removedProvider_data()
{
    QTest::addColumn<bool>("fallback");
    QTest::newRow("no domain") << false;
    QTest::newRow("domain for all") << true;
}

void tst_ClosedNames::removedProvider()
{
    QFETCH(const bool, fallback);
    QZapCredentialsProvider provider;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [](const QZapDecision &decision) { decision.reject(u"no"_s); });
    if (fallback)
        QVERIFY(m_authenticator->configureNull(QZap::AnyDomain, true));
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, &provider));
    const QByteArrayList request = ZapClient::request("NULL");
    QCOMPARE(m_authenticator->handleZapMessage(request).result().value(2), QByteArray("400"));
    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, nullptr));
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, nullptr));
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    QCOMPARE(ask(u"other"_s), QZap::Status::Success);

    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, &provider));
    disconnect(&provider, nullptr, this, nullptr);
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [](const QZapDecision &decision) { decision.accept(); });
    QCOMPARE(m_authenticator->handleZapMessage(request).result().value(2), QByteArray("200"));
    m_authenticator->stop();
    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, nullptr));
    QCOMPARE(evaluate(u"test"_s, QZapCredentials::null()), QZap::Status::Success);
    QVERIFY(m_authenticator->start());
    QCOMPARE(evaluate(u"test"_s, QZapCredentials::null()), QZap::Status::Success);
}

void tst_ClosedNames::removedProviderForAll()
{
    QZapCredentialsProvider provider;
    QZapCredentialsProvider own;
    connect(&own, &QZapCredentialsProvider::authenticating, this,
            [](const QZapDecision &decision) { decision.accept(); });
    QVERIFY(m_authenticator->setCredentialsProvider(QZap::AnyDomain, &provider));
    QVERIFY(m_authenticator->setCredentialsProvider(u"own"_s, &own));
    QVERIFY(m_authenticator->configureNull(u"open"_s, true));
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->setCredentialsProvider(QZap::AnyDomain, nullptr));
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    QCOMPARE(ask(u"open"_s), QZap::Status::Success);
    QCOMPARE(
        m_authenticator->handleZapMessage(ZapClient::request("NULL", {}, "own")).result().value(2),
        QByteArray("200"));
    m_authenticator->stop();
    QCOMPARE(evaluate(u"test"_s, QZapCredentials::null()), QZap::Status::Success);
}

void tst_ClosedNames::removedProviderLeavesTheStore()
{
    QZapCredentialsProvider provider;
    QVERIFY(m_authenticator->configureNull(u"test"_s, true));
    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, &provider));
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, nullptr));
    QCOMPARE(ask(u"test"_s), QZap::Status::Success);
}

void tst_ClosedNames::providerDoesNotOpenAClosedDomain()
{
    QZapCredentialsProvider provider;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [](const QZapDecision &decision) { decision.accept(); });
    QVERIFY(m_authenticator->configureNull(u"test"_s, false));
    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, &provider));
    QVERIFY(m_authenticator->start());
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
    QVERIFY(m_authenticator->removeDomain(u"test"_s, Mechanism::Null));
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
}

// The new domain has no credentials until its configuration is complete.
void tst_ClosedNames::configuringNeverOpens()
{
    QZapCredentialsProvider provider;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [](const QZapDecision &decision) { decision.accept(); });
    QVERIFY(m_authenticator->setCredentialsProvider(u"test"_s, &provider));
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->removeDomain(u"test"_s, Mechanism::Plain));
    const auto ask = [this] {
        return m_authenticator->handleZapMessage(ZapClient::request("PLAIN", {"eve", "x"}))
            .result()
            .value(2);
    };
    QCOMPARE(ask(), QByteArray("400"));
    QByteArrayList meanwhile;
    connect(m_authenticator.get(), &QZapAuthenticator::domainsChanged, this,
            [&] { meanwhile += ask(); });
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
    QCOMPARE(meanwhile, QByteArrayList{"300"});
    QCOMPARE(ask(), QByteArray("400"));
}

void tst_ClosedNames::domainThatIsDeletedWhileItIsAdded_data()
{
    addWaysToGo();
}

// A slot of an earlier error of the domain deletes it.
void tst_ClosedNames::domainThatIsDeletedWhileItIsAdded()
{
    QFETCH(const Call, go);
    QVERIFY(m_authenticator->start());
    auto *const domain = new QZapNullDomain;
    domain->setName(u"test"_s);
    domain->setPublishedFields({u"a b"_s});
    bool isGone = false;
    connect(m_authenticator.get(), &QZapAuthenticator::errorOccurred, this, [&] {
        if (!std::exchange(isGone, true)) {
            QCOMPARE(evaluate(u"test"_s, QZapCredentials::null()), QZap::Status::TemporaryError);
            go(*m_authenticator);
        }
    });
    m_authenticator->addDomain(domain);
    QVERIFY(isGone);
    QCOMPARE(ask(u"test"_s), QZap::Status::AuthenticationFailure);
}

void tst_ClosedNames::nothingIsClosedWhileStopped()
{
    QVERIFY(m_authenticator->configureNull(u"test"_s, false));
    QVERIFY(m_authenticator->removeDomain(u"test"_s, Mechanism::Null));
    QVERIFY(m_authenticator->start());
    QCOMPARE(ask(u"test"_s), QZap::Status::Success);
}

QTEST_GUILESS_MAIN(tst_ClosedNames)
#include "tst_closednames.moc"
