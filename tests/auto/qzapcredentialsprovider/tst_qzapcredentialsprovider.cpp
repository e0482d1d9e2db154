// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "logcollector.h"
#include "peer.h"
#include "server.h"
#include "zapclient.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qfile.h>
#include <QtCore/qpointer.h>
#include <QtCore/qpromise.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>
#include <memory>
#include <stdexcept>

using namespace std::chrono_literals;
using QZap::Mechanism;
using Decide = std::function<void(const QZapDecision &)>;
using Error = QZapAuthenticator::Error;

Q_DECLARE_METATYPE(Decide)

// Providers that decide at once, later, never, twice, elsewhere and wrongly: one answer each.
class tst_QZapCredentialsProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void answersAtOnce_data();
    void answersAtOnce();
    void anOverrideAnswers();
    void isAskedAboutPeersThatPass_data();
    void isAskedAboutPeersThatPass();
    void aDomainsOwnTakesPrecedence();
    void theOneForAllVetoesEverywhere();
    void theOneForAllOpensNothing();
    void decidesAloneWithoutCredentials_data();
    void decidesAloneWithoutCredentials();
    void doesNotDecideAloneAfterARefusedStore();
    void refusesBadNames();
    void removingIt();
    void plainPeersCannotHaveUserIdsOfOtherMechanisms_data();
    void plainPeersCannotHaveUserIdsOfOtherMechanisms();
    void metadataIsMerged();
    void returnsThePeersCredentials();
    void answersRealPeers();

    void theFirstAnswerTakesEffect();
    void brokenProviders_data();
    void brokenProviders();
    void aBrokenProviderIsReportedOnce();
    void deferredAnswers_data();
    void deferredAnswers();
    void futures_data();
    void futures();
    void aFutureMayFailLater();
    void theDeadline();
    void aLimitOfItsOwn();
    void aDroppedDecision();
    void manyWaitAtOnce();
    void tooManyWait();
    void aRequestThatIsSentAgain();
    void stopping();
    void theAuthenticatorIsDeleted();
    void theProviderIsDeleted();
    void theProviderIsDeletedWhileDecisionsWait();
    void theProviderIsReplacedWhileDecisionsWait();
    void theProviderDeletesItself();
    void theProviderDeletesTheAuthenticator();
    void theProviderStopsTheAuthenticator();
    void aSlotDeletesTheStoppingAuthenticator();
    void aContinuationDeletesTheAuthenticator();
    void aNestedEventLoop();
    void aRequestThatIsSentAgainInANestedEventLoop();
    void anotherThread();
    void anotherThreadAnswersAtOnce();
    void lateAcceptance_data();
    void lateAcceptance();
    void afterAHashCheck();
    void nullDecisions();

private:
    static QString test() { return QStringLiteral("test"); }
    static QZapCredentials bob() { return QZapCredentials::plain(QStringLiteral("bob"), "x"); }
    QFuture<QByteArrayList> ask(const QByteArray &mechanism = "PLAIN",
                                const QByteArrayList &credentials = {"bob", "x"},
                                const QByteArray &domain = "test",
                                const QByteArray &address = "127.0.0.1")
    {
        return m_authenticator->handleZapMessage(
            ZapClient::request(mechanism, credentials, domain, address));
    }
    static QByteArray statusOf(const QFuture<QByteArrayList> &future)
    {
        return future.isFinished() ? future.result().value(2) : QByteArray("pending");
    }
    void decide(const Decide &function)
    {
        connect(m_provider.get(), &QZapCredentialsProvider::authenticating, this, function);
    }
    // Defers and keeps each decision.
    void deferAll(std::chrono::milliseconds limit = {})
    {
        decide([this, limit](const QZapDecision &decision) {
            decision.defer(limit);
            m_decisions.append(decision);
        });
    }
    void allowBob()
    {
        QVERIFY(m_authenticator->configurePlain(test(),
                                                {{QStringLiteral("bob"), QStringLiteral("x")}}));
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    QList<QZapDecision> m_decisions;
};

void tst_QZapCredentialsProvider::init()
{
    expectConfigurationErrors();
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapCredentialsProvider>();
    QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
}

void tst_QZapCredentialsProvider::cleanup()
{
    m_decisions.clear();
    m_authenticator.reset();
    m_provider.reset();
    m_context.reset();
}

void tst_QZapCredentialsProvider::answersAtOnce_data()
{
    QTest::addColumn<Decide>("decide");
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("userId");
    const auto row = [](const char *name, const Decide &decide, const char *status,
                        const QByteArray &userId = {}) {
        QTest::newRow(name) << decide << QByteArray(status) << userId;
    };
    row(
        "accept()", [](const QZapDecision &d) { QVERIFY(d.accept()); }, "200", "bob");
    row(
        "accept(userId)",
        [](const QZapDecision &d) { QVERIFY(d.accept(QStringLiteral("Robert"))); }, "200",
        "Robert");
    row(
        "accept(empty): the proposed one",
        [](const QZapDecision &d) { QVERIFY(d.accept(QString())); }, "200", "bob");
    row(
        "accept(too long)", [](const QZapDecision &d) { QVERIFY(d.accept(QString(256, u'x'))); },
        "500");
    row(
        "accept(control character)",
        [](const QZapDecision &d) { QVERIFY(d.accept(QStringLiteral("a\nb"))); }, "500");
    row(
        "accept(reserved metadata)",
        [](const QZapDecision &d) {
            QVERIFY(d.accept({}, {{QStringLiteral("User-Id"), QStringLiteral("x")}}));
        },
        "500");
    row(
        "reject()", [](const QZapDecision &d) { QVERIFY(d.reject(QStringLiteral("no"))); }, "400");
    row(
        "retryLater()", [](const QZapDecision &d) { QVERIFY(d.retryLater(QStringLiteral("no"))); },
        "300");
    row(
        "defer(), then accept()",
        [](const QZapDecision &d) {
            QVERIFY(d.defer());
            QVERIFY(d.accept());
        },
        "200", "bob");
}

void tst_QZapCredentialsProvider::answersAtOnce()
{
    QFETCH(const Decide, decide);
    QFETCH(const QByteArray, status);
    QFETCH(const QByteArray, userId);
    allowBob();
    this->decide(decide);
    const auto future = ask();
    QVERIFY(future.isFinished());
    QCOMPARE(statusOf(future), status);
    QCOMPARE(future.result().at(4), userId);
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

class RejectingProvider : public QZapCredentialsProvider
{
public:
    void authenticate(const QZapDecision &decision) override
    {
        decision.reject(QStringLiteral("nobody"));
    }
};

void tst_QZapCredentialsProvider::anOverrideAnswers()
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

void tst_QZapCredentialsProvider::isAskedAboutPeersThatPass_data()
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

void tst_QZapCredentialsProvider::isAskedAboutPeersThatPass()
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

void tst_QZapCredentialsProvider::aDomainsOwnTakesPrecedence()
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

void tst_QZapCredentialsProvider::theOneForAllVetoesEverywhere()
{
    allowBob();
    QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    QVERIFY(m_authenticator->setCredentialsProvider(QZap::AnyDomain, m_provider.get()));
    decide([](const QZapDecision &decision) { decision.reject({}); });
    QCOMPARE(statusOf(ask()), QByteArray("400"));
    QCOMPARE(statusOf(ask("NULL", {}, "elsewhere")), QByteArray("400"));
}

// A server without its key must not be open, even with a provider that accepts everyone.
void tst_QZapCredentialsProvider::theOneForAllOpensNothing()
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
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QByteArrayList>("credentials");
    QTest::addColumn<QByteArray>("userId");
    QTest::addColumn<bool>("object");
    const QByteArray key(32, 'k');
    for (const bool object : {false, true}) {
        const auto row = [object](const char *mechanism, const QByteArrayList &credentials,
                                  const QByteArray &userId) {
            QTest::addRow("%s, %s", mechanism, object ? "empty domain object" : "no domain object")
                << QByteArray(mechanism) << credentials << userId << object;
        };
        if (!object)
            row("NULL", {}, "anonymous");
        row("PLAIN", {"eve", "y"}, "eve");
        row("CURVE", {key}, {});
        row("GSSAPI", {"eve@REALM"}, "eve@REALM");
    }
}

void tst_QZapCredentialsProvider::decidesAloneWithoutCredentials()
{
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QByteArrayList, credentials);
    QFETCH(QByteArray, userId);
    QFETCH(const bool, object);
    if (mechanism == "CURVE")
        userId = m_authenticator->curveUserId(credentials.first()).toUtf8();
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
    const auto future = ask(mechanism, credentials);
    QCOMPARE(statusOf(future), QByteArray("200"));
    QCOMPARE(future.result().at(4), userId);
    accepts = false;
    QCOMPARE(statusOf(ask(mechanism, credentials)),
             QByteArray(mechanism == "GSSAPI" ? "000" : "400"));
    // The built-in checks alone do not decide about them.
    QCOMPARE(
        m_authenticator->evaluate(test(), {}, QZapCredentials::plain(QStringLiteral("eve"), "y"))
                .status()
            == QZap::Status::Success,
        false);
}

// The intended credentials are invalid, not absent.
void tst_QZapCredentialsProvider::doesNotDecideAloneAfterARefusedStore()
{
    decide([](const QZapDecision &decision) { decision.accept(); });
    QCOMPARE(statusOf(ask("CURVE", {QByteArray(32, 'k')})), QByteArray("200"));
    QVERIFY(!m_authenticator->configureCurve(test(), QStringLiteral("/nowhere/at/all")));
    QCOMPARE(statusOf(ask("CURVE", {QByteArray(32, 'k')})), QByteArray("300"));
    QVERIFY(!m_authenticator->configurePlain(test(), {{QStringLiteral("bob"), 1}}));
    QCOMPARE(statusOf(ask()), QByteArray("300"));
}

void tst_QZapCredentialsProvider::refusesBadNames()
{
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QVERIFY(!m_authenticator->setCredentialsProvider({}, m_provider.get()));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(m_authenticator->error(), Error::ConfigurationError);
}

void tst_QZapCredentialsProvider::removingIt()
{
    allowBob();
    decide([](const QZapDecision &decision) { decision.reject({}); });
    QCOMPARE(statusOf(ask()), QByteArray("400"));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    QCOMPARE(statusOf(ask()), QByteArray("200"));
}

void tst_QZapCredentialsProvider::plainPeersCannotHaveUserIdsOfOtherMechanisms_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QByteArrayList>("credentials");
    QTest::addColumn<QString>("acceptedAs");
    QTest::addColumn<QByteArray>("status");
    const QByteArray hexadecimal(40, 'a');
    const QString hexadecimalText = QString::fromLatin1(hexadecimal);
    const auto plain = [](const QByteArray &name) { return QByteArrayList{name, "x"}; };
    const QByteArrayList key{QByteArray(32, 'k')};
    QTest::newRow("PLAIN, anonymous")
        << QByteArray("PLAIN") << plain("anonymous") << QString() << QByteArray("400");
    QTest::newRow("PLAIN, a key") << QByteArray("PLAIN") << plain(hexadecimal) << QString()
                                  << QByteArray("400");
    QTest::newRow("PLAIN, 39 digits")
        << QByteArray("PLAIN") << plain(hexadecimal.first(39)) << QString() << QByteArray("200");
    QTest::newRow("PLAIN, accepted as anonymous")
        << QByteArray("PLAIN") << plain("bob") << QStringLiteral("anonymous") << QByteArray("500");
    QTest::newRow("PLAIN, accepted as a key")
        << QByteArray("PLAIN") << plain("bob") << hexadecimalText << QByteArray("500");
    QTest::newRow("PLAIN, anonymous is accepted as somebody")
        << QByteArray("PLAIN") << plain("anonymous") << QStringLiteral("bob") << QByteArray("200");
    QTest::newRow("NULL, 40 digits")
        << QByteArray("NULL") << QByteArrayList() << hexadecimalText << QByteArray("200");
    QTest::newRow("CURVE, 40 digits")
        << QByteArray("CURVE") << key << hexadecimalText << QByteArray("200");
    QTest::newRow("GSSAPI, 40 digits") << QByteArray("GSSAPI") << QByteArrayList{"alice@A"}
                                       << hexadecimalText << QByteArray("200");
}

// If no store has checked the name.
void tst_QZapCredentialsProvider::plainPeersCannotHaveUserIdsOfOtherMechanisms()
{
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QByteArrayList, credentials);
    QFETCH(const QString, acceptedAs);
    QFETCH(const QByteArray, status);
    decide([&acceptedAs](const QZapDecision &decision) { decision.accept(acceptedAs); });
    const QFuture<QByteArrayList> reply = ask(mechanism, credentials);
    QVERIFY(reply.isFinished());
    QCOMPARE(reply.result().value(2), status);
    QCOMPARE(reply.result().value(4).isEmpty(), status != "200");
}

void tst_QZapCredentialsProvider::metadataIsMerged()
{
    allowBob();
    m_authenticator->domain(test(), Mechanism::Plain)
        ->setPublishedFields(
            {QStringLiteral("Role"), QStringLiteral("Site"), QStringLiteral("Mechanism")});
    decide([](const QZapDecision &decision) {
        decision.accept({}, {{QStringLiteral("Role"), QStringLiteral("admin")},
                             {QStringLiteral("Extra"), QStringLiteral("1")}});
    });
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QCOMPARE(statusOf(ask()), QByteArray("200"));
    QTRY_COMPARE(decided.count(), 1);
    const QVariantMap expected{{QStringLiteral("Role"), QStringLiteral("admin")},
                               {QStringLiteral("Extra"), QStringLiteral("1")},
                               {QStringLiteral("Site"), QString()},
                               {QStringLiteral("Mechanism"), QStringLiteral("PLAIN")}};
    QCOMPARE(decided.at(0).at(1).value<QZapReply>().metadata(), expected);
}

void tst_QZapCredentialsProvider::returnsThePeersCredentials()
{
    decide([](const QZapDecision &decision) {
        QCOMPARE(decision.request().domain(), test());
        QCOMPARE(decision.request().userName(), QStringLiteral("bob"));
        QCOMPARE(decision.credentials().password(), QByteArray("x"));
        QVERIFY(decision.checkPassword(QStringLiteral("x")));
        QVERIFY(!decision.checkPassword(QStringLiteral("y")));
        QVERIFY(!decision.checkPassword(QString()));
        QVERIFY(decision.isPending());
        QString text;
        QDebug(&text) << decision;
        QVERIFY(text.contains(QStringLiteral("bob")));
        QVERIFY(decision.accept());
        QVERIFY(!decision.isPending());
        // Secrets are not stored.
        QCOMPARE(decision.credentials().password(), QByteArray());
        QVERIFY(!decision.checkPassword(QStringLiteral("x")));
    });
    QCOMPARE(statusOf(ask()), QByteArray("200"));
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

void tst_QZapCredentialsProvider::theFirstAnswerTakesEffect()
{
    allowBob();
    decide([](const QZapDecision &decision) {
        QVERIFY(decision.reject({}));
        QVERIFY(!decision.accept());
        QVERIFY(!decision.retryLater({}));
        QVERIFY(!decision.defer());
        QPromise<bool> promise;
        promise.start();
        QVERIFY(!decision.resolve(promise.future()));
        promise.finish();
    });
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QCOMPARE(statusOf(ask()), QByteArray("400"));
    QTRY_COMPARE(decided.count(), 1);
    QCOMPARE(m_authenticator->rejectedCount(), 1);
    QCOMPARE(m_authenticator->acceptedCount(), 0);
}

void tst_QZapCredentialsProvider::brokenProviders_data()
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

void tst_QZapCredentialsProvider::brokenProviders()
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

void tst_QZapCredentialsProvider::aBrokenProviderIsReportedOnce()
{
    decide([](const QZapDecision &) {});
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("neither")));
    for (int i = 0; i < 3; ++i)
        QCOMPARE(statusOf(ask()), QByteArray("300"));
    QCOMPARE(errors.count(), 1);
}

void tst_QZapCredentialsProvider::deferredAnswers_data()
{
    QTest::addColumn<Decide>("decide");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("accept()") << Decide([](const QZapDecision &d) { QVERIFY(d.accept()); })
                              << QByteArray("200");
    QTest::newRow("reject()") << Decide([](const QZapDecision &d) { QVERIFY(d.reject({})); })
                              << QByteArray("400");
    QTest::newRow("retryLater()") << Decide([](const QZapDecision &d) {
        QVERIFY(d.retryLater({}));
    }) << QByteArray("300");
}

void tst_QZapCredentialsProvider::deferredAnswers()
{
    QFETCH(const Decide, decide);
    QFETCH(const QByteArray, status);
    allowBob();
    deferAll();
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    const auto future = ask();
    QTRY_COMPARE(m_decisions.size(), 2);
    QVERIFY(!future.isFinished());
    QCOMPARE(m_authenticator->pendingCount(), 2);
    for (const QZapDecision &decision : std::as_const(m_decisions)) {
        decide(decision);
        QVERIFY(!decision.accept()); // one answer
    }
    QCOMPARE(client.waitForReply().value(2), status);
    QTRY_COMPARE(statusOf(future), status);
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_QZapCredentialsProvider::futures_data()
{
    QTest::addColumn<Decide>("decide");
    QTest::addColumn<QByteArray>("status");
    const auto ready = [](const auto &value) {
        QPromise<std::decay_t<decltype(value)>> promise;
        auto future = promise.future();
        promise.start();
        promise.addResult(value);
        promise.finish();
        return future;
    };
    const auto row = [](const char *name, const Decide &decide, const char *status) {
        QTest::newRow(name) << decide << QByteArray(status);
    };
    row(
        "true", [ready](const QZapDecision &d) { QVERIFY(d.resolve(ready(true))); }, "200");
    row(
        "false", [ready](const QZapDecision &d) { QVERIFY(d.resolve(ready(false))); }, "400");
    row(
        "reply, accept",
        [ready](const QZapDecision &d) {
            QVERIFY(d.resolve(ready(QZapReply::accept(QStringLiteral("Robert")))));
        },
        "200");
    row(
        "reply, default",
        [ready](const QZapDecision &d) { QVERIFY(d.resolve(ready(QZapReply()))); }, "400");
    row(
        "empty",
        [](const QZapDecision &d) {
            QPromise<bool> promise;
            promise.start();
            promise.finish();
            QVERIFY(d.resolve(promise.future()));
        },
        "300");
    row(
        "invalid", [](const QZapDecision &d) { QVERIFY(d.resolve(QFuture<bool>())); }, "300");
    row(
        "cancelled",
        [](const QZapDecision &d) {
            QPromise<bool> promise;
            promise.start();
            promise.future().cancel();
            promise.finish();
            QVERIFY(d.resolve(promise.future()));
        },
        "300");
    row(
        "cancelled after a result",
        [](const QZapDecision &d) {
            QPromise<bool> promise;
            promise.start();
            promise.addResult(true);
            promise.future().cancel();
            promise.finish();
            QVERIFY(d.resolve(promise.future()));
        },
        "300");
    row(
        "broken promise",
        [](const QZapDecision &d) {
            QFuture<bool> future;
            {
                QPromise<bool> promise;
                promise.start();
                future = promise.future();
            }
            QVERIFY(d.resolve(future));
        },
        "300");
    row(
        "exception",
        [](const QZapDecision &d) {
            QPromise<bool> promise;
            promise.start();
            promise.setException(std::make_exception_ptr(std::runtime_error("secret")));
            promise.finish();
            QVERIFY(d.resolve(promise.future()));
        },
        "300");
}

void tst_QZapCredentialsProvider::futures()
{
    QFETCH(const Decide, decide);
    QFETCH(const QByteArray, status);
    allowBob();
    this->decide([&decide](const QZapDecision &decision) {
        decide(decision);
        QVERIFY(!decision.isPending());
        QVERIFY(!decision.accept());
    });
    const auto future = ask();
    QTRY_COMPARE(statusOf(future), status);
}

void tst_QZapCredentialsProvider::aFutureMayFailLater()
{
    allowBob();
    auto promise = std::make_unique<QPromise<bool>>();
    promise->start();
    decide([&promise](const QZapDecision &decision) { decision.resolve(promise->future()); });
    const auto first = ask();
    QCoreApplication::processEvents();
    QVERIFY(!first.isFinished());
    promise->addResult(true);
    promise->finish();
    QTRY_COMPARE(statusOf(first), QByteArray("200"));

    promise = std::make_unique<QPromise<bool>>();
    promise->start();
    const auto second = ask();
    QCoreApplication::processEvents();
    promise.reset(); // cancels it
    QTRY_COMPARE(statusOf(second), QByteArray("300"));

    promise = std::make_unique<QPromise<bool>>();
    promise->start();
    m_authenticator->setDecisionTimeout(10);
    const auto third = ask();
    QTRY_COMPARE(statusOf(third), QByteArray("300"));
    promise->addResult(true);
    promise->finish();
    QCoreApplication::processEvents();
    QCOMPARE(m_authenticator->acceptedCount(), 1);
}

void tst_QZapCredentialsProvider::theDeadline()
{
    allowBob();
    deferAll();
    m_authenticator->setDecisionTimeout(10);
    QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    const auto future = ask();
    QVERIFY(!future.isFinished());
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
    QTRY_COMPARE(expired.count(), 1);
    QVERIFY(!m_decisions.first().isPending());
    QVERIFY(!m_decisions.first().accept());
    QCOMPARE(m_authenticator->pendingCount(), 0);
    QCOMPARE(m_authenticator->temporaryCount(), 1);
}

void tst_QZapCredentialsProvider::aLimitOfItsOwn()
{
    allowBob();
    m_authenticator->setDecisionTimeout(1);
    deferAll(1min);
    const auto future = ask();
    QTest::qWait(20); // nothing must happen
    QVERIFY(!future.isFinished());
    QVERIFY(m_decisions.first().defer(10)); // shorter again
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
    QVERIFY(!m_decisions.first().defer(10));
}

void tst_QZapCredentialsProvider::aDroppedDecision()
{
    allowBob();
    deferAll();
    const auto future = ask();
    m_decisions.append(m_decisions.first());
    m_decisions.removeFirst();
    QCoreApplication::processEvents();
    QVERIFY(!future.isFinished()); // a copy remains
    m_decisions.clear();
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
}

void tst_QZapCredentialsProvider::manyWaitAtOnce()
{
    allowBob();
    deferAll();
    m_authenticator->setMaximumPendingPerAddress(1000);
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 1000; ++i)
        futures.append(ask());
    QCOMPARE(m_authenticator->pendingCount(), 1000);
    // The last one does not wait for the first.
    QVERIFY(m_decisions.last().accept());
    QTRY_COMPARE(statusOf(futures.last()), QByteArray("200"));
    QVERIFY(!futures.first().isFinished());
    for (const QZapDecision &decision : std::as_const(m_decisions))
        decision.accept();
    for (const auto &future : std::as_const(futures))
        QTRY_COMPARE(statusOf(future), QByteArray("200"));
}

void tst_QZapCredentialsProvider::tooManyWait()
{
    allowBob();
    deferAll();
    m_authenticator->setMaximumPendingPerAddress(2);
    m_authenticator->setMaximumPendingDecisions(3);
    const auto from = [this](const char *address) {
        return ask("PLAIN", {"bob", "x"}, "test", address);
    };
    QVERIFY(!from("10.0.0.1").isFinished());
    QVERIFY(!from("10.0.0.1").isFinished());
    QCOMPARE(statusOf(from("10.0.0.1")), QByteArray("300"));
    QVERIFY(!from("10.0.0.2").isFinished());
    QCOMPARE(statusOf(from("10.0.0.3")), QByteArray("300"));
    QCOMPARE(m_decisions.size(), 3);
    m_decisions.first().accept();
    QTRY_COMPARE(m_authenticator->pendingCount(), 2);
    QVERIFY(!from("10.0.0.3").isFinished());
}

void tst_QZapCredentialsProvider::aRequestThatIsSentAgain()
{
    allowBob();
    deferAll();
    QVERIFY(m_authenticator->start());
    QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_decisions.size(), 1);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_decisions.size(), 2);
    QTRY_COMPARE(expired.count(), 1);
    QVERIFY(!m_decisions.first().accept());
    QVERIFY(m_decisions.last().reject({}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("400"));
    QVERIFY(!client.receive());
    QCOMPARE(m_authenticator->pendingCount(), 0);
    QCOMPARE(m_authenticator->droppedCount(), 1);
    // Another request id distinguishes them.
    client.send(ZapClient::request("PLAIN", {"bob", "x"}, "test", "127.0.0.1", "1"));
    client.send(ZapClient::request("PLAIN", {"bob", "x"}, "test", "127.0.0.1", "2"));
    QTRY_COMPARE(m_authenticator->pendingCount(), 2);
}

void tst_QZapCredentialsProvider::stopping()
{
    allowBob();
    deferAll();
    QVERIFY(m_authenticator->start());
    QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_decisions.size(), 1);
    m_authenticator->stop();
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QVERIFY(!m_decisions.first().accept());
    QTRY_COMPARE(expired.count(), 1);
    // The authenticator is stopped between the answer and its notification: the answer was given in
    // time.
    QVERIFY(m_authenticator->start());
    ZapClient other(*m_context);
    other.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_decisions.size(), 2);
    QVERIFY(m_decisions.last().reject({}));
    m_authenticator->stop();
    QCOMPARE(other.waitForReply().value(2), QByteArray("300")); // nobody decides any more
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_QZapCredentialsProvider::theAuthenticatorIsDeleted()
{
    allowBob();
    deferAll();
    const auto future = ask();
    m_authenticator.reset();
    QCOMPARE(statusOf(future), QByteArray("300"));
    QVERIFY(!m_decisions.first().isPending());
    QVERIFY(!m_decisions.first().accept());
    QVERIFY(!m_decisions.first().defer(1min));
    QCOMPARE(m_decisions.first().request().userName(), QStringLiteral("bob"));
}

void tst_QZapCredentialsProvider::theProviderIsDeleted()
{
    allowBob();
    m_provider.reset();
    QCOMPARE(statusOf(ask()), QByteArray("300"));
    QCOMPARE(statusOf(ask("NULL", {})), QByteArray("300"));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    QCOMPARE(statusOf(ask()), QByteArray("200"));

    QZapDomain *const domain = m_authenticator->domain(test(), Mechanism::Plain);
    auto own = std::make_unique<QZapCredentialsProvider>();
    domain->setCredentialsProvider(own.get());
    own.reset();
    QCOMPARE(domain->credentialsProvider(), nullptr);
    QCOMPARE(statusOf(ask()), QByteArray("300"));
    domain->setCredentialsProvider(nullptr);
    QCOMPARE(statusOf(ask()), QByteArray("200"));
}

void tst_QZapCredentialsProvider::theProviderIsDeletedWhileDecisionsWait()
{
    allowBob();
    deferAll();
    const auto future = ask();
    m_provider.reset();
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
}

void tst_QZapCredentialsProvider::theProviderIsReplacedWhileDecisionsWait()
{
    allowBob();
    deferAll();
    const auto future = ask();
    RejectingProvider other;
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &other));
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
}

void tst_QZapCredentialsProvider::theProviderDeletesItself()
{
    allowBob();
    decide([this](const QZapDecision &decision) {
        QVERIFY(decision.accept());
        delete m_provider.release();
    });
    // The provider no longer exists, so its answer has no effect.
    QCOMPARE(statusOf(ask()), QByteArray("300"));
    QCOMPARE(statusOf(ask()), QByteArray("300"));
}

void tst_QZapCredentialsProvider::theProviderDeletesTheAuthenticator()
{
    for (const bool raw : {true, false}) {
        init();
        allowBob();
        decide([this](const QZapDecision &decision) {
            decision.accept();
            m_authenticator.reset();
        });
        if (raw) {
            QCOMPARE(statusOf(ask()), QByteArray("300"));
        } else {
            QVERIFY(m_authenticator->start());
            ZapClient client(*m_context);
            client.send(ZapClient::request("PLAIN", {"bob", "x"}));
            QTRY_VERIFY(!m_authenticator);
        }
        cleanup();
    }
}

void tst_QZapCredentialsProvider::theProviderStopsTheAuthenticator()
{
    allowBob();
    decide([this](const QZapDecision &decision) {
        m_authenticator->stop();
        decision.accept();
    });
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QVERIFY(!m_authenticator->isRunning());
    QTRY_COMPARE(m_authenticator->temporaryCount(), 1);
    QCOMPARE(m_authenticator->acceptedCount(), 0);
    QVERIFY(m_authenticator->start());
}

// A provider in another thread has answered, but the notification has not arrived.
void tst_QZapCredentialsProvider::aSlotDeletesTheStoppingAuthenticator()
{
    allowBob();
    QThread thread;
    thread.start();
    auto *const provider = new QZapCredentialsProvider; // does not answer
    provider->moveToThread(&thread);
    connect(&thread, &QThread::finished, provider, &QObject::deleteLater);
    QSemaphore mayReturn;
    connect(
        provider, &QZapCredentialsProvider::authenticating, provider,
        [&](const QZapDecision &) { mayReturn.acquire(); }, Qt::DirectConnection);
    QVERIFY(m_authenticator->setCredentialsProvider(test(), provider));
    int failures = 0;
    connect(m_authenticator.get(), &QZapAuthenticator::errorOccurred, this, [&] {
        ++failures;
        m_authenticator.reset();
    });
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("neither answered nor deferred")));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_authenticator->pendingCount(), 1);
    mayReturn.release();
    QMetaObject::invokeMethod(
        provider, [] {}, Qt::BlockingQueuedConnection);
    m_authenticator->stop();
    QCOMPARE(failures, 1);
    QVERIFY(!m_authenticator);
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    thread.quit();
    thread.wait();
}

void tst_QZapCredentialsProvider::aContinuationDeletesTheAuthenticator()
{
    allowBob();
    deferAll();
    QByteArray status;
    const auto future = ask().then([&](const QByteArrayList &reply) {
        status = reply.value(2);
        m_authenticator.reset();
    });
    QCOMPARE(m_decisions.size(), 1);
    m_decisions.first().accept();
    QTRY_COMPARE(status, QByteArray("200"));
    QVERIFY(!m_authenticator);
}

void tst_QZapCredentialsProvider::aNestedEventLoop()
{
    allowBob();
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    int depth = 0;
    decide([&](const QZapDecision &decision) {
        if (++depth == 1) {
            // The next request is passed and answered meanwhile, and the policy changes.
            client.send(ZapClient::request("PLAIN", {"bob", "x"}, "test", "127.0.0.1", "2"));
            QTRY_COMPARE(depth, 2);
            QVERIFY(m_authenticator->deny(QStringLiteral("10.0.0.0/8")));
            QCoreApplication::processEvents();
        }
        QVERIFY(decision.accept());
    });
    client.send(ZapClient::request("PLAIN", {"bob", "x"}, "test", "127.0.0.1", "1"));
    const QByteArrayList first = client.waitForReply();
    QCOMPARE(first.value(1), QByteArray("2"));
    QCOMPARE(first.value(2), QByteArray("200"));
    const QByteArrayList second = client.waitForReply();
    QCOMPARE(second.value(1), QByteArray("1"));
    QCOMPARE(second.value(2), QByteArray("200"));
    QCOMPARE(second.value(4), QByteArray("bob"));
}

void tst_QZapCredentialsProvider::aRequestThatIsSentAgainInANestedEventLoop()
{
    allowBob();
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    int depth = 0;
    decide([&](const QZapDecision &decision) {
        if (++depth > 1) {
            QVERIFY(decision.reject({}));
            return;
        }
        client.send(ZapClient::request("PLAIN", {"bob", "x"}));
        QTRY_COMPARE(depth, 2);
        QVERIFY(!decision.accept()); // this one is no longer pending
    });
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("400"));
    QTRY_COMPARE(m_authenticator->droppedCount(), 1);
    QVERIFY(!client.receive());
    QCOMPARE(m_authenticator->acceptedCount(), 0);
}

void tst_QZapCredentialsProvider::anotherThread()
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

// A decision that is answered from a thread without an event loop.
void tst_QZapCredentialsProvider::anotherThreadAnswersAtOnce()
{
    allowBob();
    std::vector<std::unique_ptr<QThread>> threads;
    decide([&threads](const QZapDecision &decision) {
        decision.defer();
        threads.emplace_back(QThread::create([decision] { decision.accept(); }));
        threads.back()->start();
    });
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 50; ++i)
        futures.append(ask());
    for (const auto &future : std::as_const(futures))
        QTRY_COMPARE(statusOf(future), QByteArray("200"));
    for (const auto &thread : threads)
        thread->wait();
}

void tst_QZapCredentialsProvider::lateAcceptance_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("nothing") << QString() << QByteArray("200");
    QTest::newRow("deny") << QStringLiteral("deny") << QByteArray("400");
    QTest::newRow("lockdown") << QStringLiteral("lockdown") << QByteArray("300");
    QTest::newRow("key removed") << QStringLiteral("revoke") << QByteArray("400");
    QTest::newRow("domain removed") << QStringLiteral("remove") << QByteArray("400");
    QTest::newRow("provider removed") << QStringLiteral("provider") << QByteArray("300");
}

void tst_QZapCredentialsProvider::lateAcceptance()
{
    QFETCH(const QString, change);
    QFETCH(const QByteArray, status);
    const QZapCertificate alice = QZapCertificate::generate();
    QTemporaryDir directory;
    QVERIFY(alice.save(directory.path(), QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), directory.path()));
    QZapDomain *const domain = m_authenticator->domain(test(), Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());
    deferAll();
    const auto future = ask("CURVE", {alice.publicKey()});
    QCOMPARE(m_decisions.size(), 1);
    if (change == QStringLiteral("deny")) {
        QVERIFY(m_authenticator->deny(QStringLiteral("127.0.0.1")));
    } else if (change == QStringLiteral("lockdown")) {
        m_authenticator->setLockdown(true);
    } else if (change == QStringLiteral("revoke")) {
        QVERIFY(QFile::remove(directory.filePath(QStringLiteral("alice.key"))));
        QTRY_COMPARE(
            m_authenticator->evaluate(test(), {}, QZapCredentials::curve(alice.publicKey()))
                .status(),
            QZap::Status::AuthenticationFailure);
    } else if (change == QStringLiteral("remove")) {
        QVERIFY(m_authenticator->removeDomain(test(), Mechanism::Curve));
        QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    } else if (change == QStringLiteral("provider")) {
        QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    }
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(statusOf(future), status);
}

void tst_QZapCredentialsProvider::afterAHashCheck()
{
    QTemporaryDir directory;
    QZapPasswordFile users;
    QVERIFY(users.setHashMemory(1));
    QVERIFY(users.setPassword(QStringLiteral("bob"), "x"));
    const QString file = directory.filePath(QStringLiteral("users"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    QTRY_VERIFY(m_authenticator->domain(test(), Mechanism::Plain)->isReady());
    int questions = 0;
    decide([&questions](const QZapDecision &decision) {
        ++questions;
        decision.accept(QStringLiteral("Robert"));
    });
    const auto wrong = ask("PLAIN", {"bob", "y"});
    const auto right = ask();
    QTRY_COMPARE(statusOf(wrong), QByteArray("400"));
    QTRY_COMPARE(statusOf(right), QByteArray("200"));
    QCOMPARE(questions, 1);
    QCOMPARE(right.result().at(4), QByteArray("Robert"));
    QCOMPARE(statusOf(ask()), QByteArray("200")); // known now
    QCOMPARE(questions, 2);
}

void tst_QZapCredentialsProvider::nullDecisions()
{
    const QZapDecision decision;
    QVERIFY(decision.isNull());
    QVERIFY(!decision.isPending());
    QVERIFY(!decision.accept());
    QVERIFY(!decision.reject({}));
    QVERIFY(!decision.defer());
    QVERIFY(!decision.resolve(QFuture<bool>()));
    QVERIFY(!decision.checkPassword({}));
    QCOMPARE(decision.userId(), QString());
    QCOMPARE(decision.request().mechanism(), Mechanism::Unknown);
}

QTEST_GUILESS_MAIN(tst_QZapCredentialsProvider)
#include "tst_qzapcredentialsprovider.moc"
