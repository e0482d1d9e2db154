// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "peer.h"
#include "providertest.h"
#include "server.h"

#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <optional>
#include <stdexcept>

using Error = QZapAuthenticator::Error;
using QZap::Mechanism;

// Tests which provider is asked about which peers, and providers that do not answer.
class tst_QZapCredentialsProvider : public ProviderTest
{
    Q_OBJECT

private Q_SLOTS:
    void overrideAnswers();
    void isAskedAboutPeersThatPassTheChecks_data();
    void isAskedAboutPeersThatPassTheChecks();
    void providerOfADomainTakesPrecedence();
    void providerOfAllDomainsRefusesInEach();
    void providerOfAllDomainsOpensNoConfiguredDomain();
    void decidesAloneWithoutCredentials_data();
    void decidesAloneWithoutCredentials();
    void doesNotDecideAloneAfterARefusedStore();
    void refusesAnEmptyDomainName();
    void isNotAskedOnceRemoved();

    void isAskedInItsThread();
    void answersRealPeers();

    void brokenProviderGivesATemporaryAnswer_data();
    void brokenProviderGivesATemporaryAnswer();
    void brokenProviderIsReportedOnce();
};

// Refuses everybody.
class RejectingProvider : public QZapCredentialsProvider
{
public:
    void authenticate(const QZapDecision &decision) override
    {
        decision.reject(QStringLiteral("nobody"));
    }
};

void tst_QZapCredentialsProvider::overrideAnswers()
{
    RejectingProvider provider;
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    allowBob();
    QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    QCOMPARE(statusOf(ask()), QByteArray("400"));
    QTRY_COMPARE(rejected.count(), 1);
    QCOMPARE(rejected.at(0).at(1).toString(), QStringLiteral("nobody"));
    QCOMPARE(m_authenticator->evaluate(test(), {}, bob()).status(), QZap::Status::Success);
}

void tst_QZapCredentialsProvider::isAskedAboutPeersThatPassTheChecks_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<bool>("lockdown");
    QTest::addColumn<bool>("asked");
    QTest::newRow("known") << QByteArray("x") << QByteArray("10.0.0.1") << false << true;
    QTest::newRow("wrong password") << QByteArray("y") << QByteArray("10.0.0.1") << false << false;
    QTest::newRow("denied address") << QByteArray("x") << QByteArray("10.9.0.1") << false << false;
    QTest::newRow("lockdown") << QByteArray("x") << QByteArray("10.0.0.1") << true << false;
}

void tst_QZapCredentialsProvider::isAskedAboutPeersThatPassTheChecks()
{
    QFETCH(const QByteArray, password);
    QFETCH(const QByteArray, address);
    QFETCH(const bool, lockdown);
    QFETCH(const bool, asked);
    allowBob();
    QVERIFY(m_authenticator->deny(QStringLiteral("10.9.0.0/16")));
    m_authenticator->setLockdown(lockdown);
    int questions = 0;
    decide([&questions](const QZapDecision &decision) {
        ++questions;
        decision.accept();
    });
    const auto future = ask("PLAIN", {"bob", password}, "test", address);
    QCOMPARE(questions, asked ? 1 : 0);
    QCOMPARE(statusOf(future) == "200", asked);
}

void tst_QZapCredentialsProvider::providerOfADomainTakesPrecedence()
{
    allowBob();
    decide([](const QZapDecision &decision) { decision.reject(QStringLiteral("general")); });
    QZapCredentialsProvider own;
    connect(&own, &QZapCredentialsProvider::authenticating, this,
            [](const QZapDecision &decision) { decision.accept(QStringLiteral("own")); });
    QZapDomain *const domain = m_authenticator->domain(test(), Mechanism::Plain);
    QSignalSpy changed(domain, &QZapDomain::credentialsProviderChanged);
    QCOMPARE(domain->credentialsProvider(), nullptr);
    domain->setCredentialsProvider(&own);
    domain->setCredentialsProvider(&own);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(domain->credentialsProvider(), &own);
    QCOMPARE(ask().result().at(4), QByteArray("own"));
    domain->setCredentialsProvider(nullptr);
    QCOMPARE(statusOf(ask()), QByteArray("400"));
}

void tst_QZapCredentialsProvider::providerOfAllDomainsRefusesInEach()
{
    allowBob();
    QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    QVERIFY(m_authenticator->setCredentialsProvider(QZap::AnyDomain, m_provider.get()));
    decide([](const QZapDecision &decision) { decision.reject({}); });
    QCOMPARE(statusOf(ask()), QByteArray("400"));
    QCOMPARE(statusOf(ask("NULL", {}, "elsewhere")), QByteArray("400"));
}

// A server without its key must not let everyone in, even with a provider that accepts everyone.
void tst_QZapCredentialsProvider::providerOfAllDomainsOpensNoConfiguredDomain()
{
    allowBob();
    QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    QVERIFY(m_authenticator->setCredentialsProvider(QZap::AnyDomain, m_provider.get()));
    decide([](const QZapDecision &decision) { decision.accept(); });
    QCOMPARE(statusOf(ask("NULL", {})), QByteArray("400"));
    QCOMPARE(statusOf(ask("CURVE", {QByteArray(32, 'k')})), QByteArray("400"));
    QCOMPARE(statusOf(ask("NULL", {}, "elsewhere")), QByteArray("200"));
}

void tst_QZapCredentialsProvider::decidesAloneWithoutCredentials_data()
{
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QByteArrayList>("frames"); // the same credentials in a request
    QTest::addColumn<QByteArray>("userId");
    QTest::addColumn<bool>("object");
    const QByteArray key(32, 'k');
    const QByteArray keyText = "yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3";
    const QByteArray principal = "eve@REALM";
    for (const bool object : {false, true}) {
        const auto row = [object](const char *mechanism, const QZapCredentials &credentials,
                                  const QByteArrayList &frames, const QByteArray &userId) {
            QTest::addRow("%s, %s", mechanism, object ? "empty domain object" : "no domain object")
                << credentials << QByteArray(mechanism) << frames << userId << object;
        };
        if (!object)
            row("NULL", QZapCredentials::null(), {}, "anonymous");
        row("PLAIN", QZapCredentials::plain(QStringLiteral("eve"), "y"), {"eve", "y"}, "eve");
        row("CURVE", QZapCredentials::curve(key), {key}, keyText);
        row("GSSAPI", QZapCredentials::gssapi(QString::fromLatin1(principal)), {principal},
            principal);
    }
}

void tst_QZapCredentialsProvider::decidesAloneWithoutCredentials()
{
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QByteArrayList, frames);
    QFETCH(const QByteArray, userId);
    QFETCH(const bool, object);
    if (object) {
        QZapDomain *domain = nullptr;
        if (mechanism == "PLAIN")
            domain = new QZapPlainDomain;
        else if (mechanism == "CURVE")
            domain = new QZapCurveDomain;
        else
            domain = new QZapGssapiDomain;
        domain->setName(test());
        QVERIFY(m_authenticator->addDomain(domain));
    }
    bool accepts = true;
    decide([&](const QZapDecision &decision) {
        QCOMPARE(decision.userId().toUtf8(), userId);
        (void)(accepts ? decision.accept() : decision.reject({}));
    });
    const auto future = ask(mechanism, frames);
    QCOMPARE(statusOf(future), QByteArray("200"));
    QCOMPARE(future.result().at(4), userId);
    accepts = false;
    QCOMPARE(statusOf(ask(mechanism, frames)), QByteArray(mechanism == "GSSAPI" ? "000" : "400"));
    // The built-in checks alone do not accept these credentials.
    QVERIFY(m_authenticator->evaluate(test(), {}, credentials).status() != QZap::Status::Success);
}

// The provider is not asked alone: the domain's credentials are invalid, not absent.
void tst_QZapCredentialsProvider::doesNotDecideAloneAfterARefusedStore()
{
    decide([](const QZapDecision &decision) { decision.accept(); });
    QCOMPARE(statusOf(ask("CURVE", {QByteArray(32, 'k')})), QByteArray("200"));
    QVERIFY(!m_authenticator->configureCurve(test(), QStringLiteral("/nowhere/at/all")));
    QCOMPARE(statusOf(ask("CURVE", {QByteArray(32, 'k')})), QByteArray("300"));
    QVERIFY(!m_authenticator->configurePlain(test(), {{QStringLiteral("bob"), 1}}));
    QCOMPARE(statusOf(ask()), QByteArray("300"));
}

void tst_QZapCredentialsProvider::refusesAnEmptyDomainName()
{
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QVERIFY(!m_authenticator->setCredentialsProvider({}, m_provider.get()));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(m_authenticator->error(), Error::ConfigurationError);
}

void tst_QZapCredentialsProvider::isNotAskedOnceRemoved()
{
    allowBob();
    decide([](const QZapDecision &decision) { decision.reject({}); });
    QCOMPARE(statusOf(ask()), QByteArray("400"));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    QCOMPARE(statusOf(ask()), QByteArray("200"));
}

void tst_QZapCredentialsProvider::isAskedInItsThread()
{
    allowBob();
    QThread thread;
    thread.start();
    auto *const provider = new QZapCredentialsProvider;
    provider->moveToThread(&thread);
    connect(&thread, &QThread::finished, provider, &QObject::deleteLater);
    QVERIFY(m_authenticator->setCredentialsProvider(test(), provider));
    std::atomic<bool> inItsThread{false};
    connect(
        provider, &QZapCredentialsProvider::authenticating, provider,
        [&](const QZapDecision &decision) {
            inItsThread = QThread::currentThread() == &thread;
            decision.accept(QStringLiteral("there"));
        },
        Qt::DirectConnection);
    for (int i = 0; i < 50; ++i) {
        const auto future = ask();
        QTRY_COMPARE(statusOf(future), QByteArray("200"));
        QCOMPARE(future.result().at(4), QByteArray("there"));
    }
    QVERIFY(inItsThread);
    thread.quit();
    thread.wait();
    QCOMPARE(statusOf(ask()), QByteArray("300"));
}

void tst_QZapCredentialsProvider::answersRealPeers()
{
    allowBob();
    QVERIFY(m_authenticator->start());
    decide([this](const QZapDecision &decision) {
        decision.defer();
        QTimer::singleShot(20, this, [decision] { decision.accept(QStringLiteral("Robert")); });
    });
    Server server(*m_context);
    QVERIFY(QZap::securePlain(server.socket(), test()));
    const QString endpoint = server.bind();
    Peer peer(*m_context);
    peer.plain("bob", "x");
    peer.connect(endpoint);
    peer.send("hello");
    std::optional<Server::Message> message;
    QTRY_VERIFY(message || (message = server.receive()));
    QCOMPARE(message->userId, QByteArray("Robert"));
}

void tst_QZapCredentialsProvider::brokenProviderGivesATemporaryAnswer_data()
{
    QTest::addColumn<Decide>("decide");
    QTest::addColumn<QString>("warning");
    QTest::newRow("silent") << Decide([](const QZapDecision &) {})
                            << QStringLiteral("neither answered nor deferred");
    QTest::newRow("throws") << Decide([](const QZapDecision &) {
        throw std::runtime_error("secret");
    }) << QStringLiteral("threw an exception");
    QTest::newRow("throws something else")
        << Decide([](const QZapDecision &) { throw 1; }) << QStringLiteral("threw an exception");
    QTest::newRow("defers, then throws") << Decide([](const QZapDecision &decision) {
        decision.defer();
        throw std::runtime_error("secret");
    }) << QStringLiteral("threw an exception");
}

void tst_QZapCredentialsProvider::brokenProviderGivesATemporaryAnswer()
{
    QFETCH(const Decide, decide);
    QFETCH(const QString, warning);
    for (const bool store : {false, true}) {
        if (store)
            allowBob();
        QZapCredentialsProvider provider;
        connect(&provider, &QZapCredentialsProvider::authenticating, this, decide);
        QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
        QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(warning));
        QCOMPARE(statusOf(ask()), QByteArray("300"));
        QCOMPARE(errors.count(), 1);
        QCOMPARE(errors.at(0).at(0).value<Error>(), Error::ProviderError);
        QVERIFY(m_authenticator->errorString().contains(warning));
        QVERIFY(!m_authenticator->errorString().contains(QStringLiteral("secret")));
    }
}

void tst_QZapCredentialsProvider::brokenProviderIsReportedOnce()
{
    decide([](const QZapDecision &) {});
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("neither")));
    for (int i = 0; i < 3; ++i)
        QCOMPARE(statusOf(ask()), QByteArray("300"));
    QCOMPARE(errors.count(), 1);
}

QTEST_GUILESS_MAIN(tst_QZapCredentialsProvider)
#include "tst_qzapcredentialsprovider.moc"
