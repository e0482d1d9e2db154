// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include <QZap/QZap>
#include <QZap/QZapTestProvider>

#include <QtCore/qfuture.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>
#include <thread>

using namespace Qt::StringLiterals;

using QZap::Status;

Q_DECLARE_METATYPE(QZapTestAnswer)

namespace {

// Names the owner of each key.
class NamingAuthenticator : public QZapAuthenticator
{
public:
    using QZapAuthenticator::QZapAuthenticator;
    ~NamingAuthenticator() override { stop(); }
    QString curveUserId(const QByteArray &) const override { return u"named"_s; }
};

} // namespace

// Tests authenticate(), which makes the whole decision on credentials without a socket.
class tst_Authenticate : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void decidesLikeEvaluate_data();
    void decidesLikeEvaluate();
    void asksTheProvider_data();
    void asksTheProvider();
    void waitsForADeferredAnswer();
    void computesHashes_data();
    void computesHashes();
    void waitsForALoadingDomain();
    void callsTheUserIdHook();
    void returnsWhatAServerWouldRead();
    void worksWhileStopped();
    void worksWithAWorkerThread();
    void countsAndReportsTheDecision();
    void doesNotHoldConnections();
    void refusesWhatCannotBeSent_data();
    void refusesWhatCannotBeSent();
    void countsAsPending();
    void isOfItsThread();
    void isAnsweredWhenTheAuthenticatorIsDestroyed_data();
    void isAnsweredWhenTheAuthenticatorIsDestroyed();
    void survivesStopping();
    void canBeCanceled();
    void runsContinuationsThatDeleteTheAuthenticator();

private:
    static QString here() { return u"127.0.0.1"_s; }
    QFuture<QZapReply> ask(const QZapCredentials &credentials)
    {
        return m_authenticator->authenticate(test(), here(), credentials);
    }
    void allowBob() { QVERIFY(configurePlain(*m_authenticator)); }
    // Defers and keeps each decision.
    void deferAll()
    {
        m_provider->setAnswer(QZapTestAnswer::never());
        QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
    }
    void accept() { QCOMPARE(m_provider->answerPending(QZapTestAnswer::accept()), 1); }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestProvider> m_provider;
};

void tst_Authenticate::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapTestProvider>();
}

void tst_Authenticate::cleanup()
{
    m_provider.reset();
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

void tst_Authenticate::decidesLikeEvaluate_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<Status>("status");
    const auto key = QZapCredentials::curve(QByteArray(32, 'k'));
    QTest::newRow("correct password") << test() << here() << bob() << Status::Success;
    QTest::newRow("wrong password")
        << test() << here() << bob("y") << Status::AuthenticationFailure;
    QTest::newRow("denied address")
        << test() << u"10.1.1.1"_s << bob() << Status::AuthenticationFailure;
    QTest::newRow("address that does not parse")
        << test() << u"nowhere"_s << bob() << Status::AuthenticationFailure;
    QTest::newRow("any key") << u"keys"_s << here() << key << Status::Success;
    QTest::newRow("other domain") << u"other"_s << here() << key << Status::AuthenticationFailure;
    QTest::newRow("NULL where only PLAIN is configured")
        << test() << here() << QZapCredentials::null() << Status::AuthenticationFailure;
    QTest::newRow("NULL where nothing is configured")
        << u"free"_s << here() << QZapCredentials::null() << Status::Success;
    QTest::newRow("unknown mechanism")
        << test() << here() << QZapCredentials() << Status::AuthenticationFailure;
}

void tst_Authenticate::decidesLikeEvaluate()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, address);
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const Status, status);
    allowBob();
    QVERIFY(m_authenticator->configureCurve(u"keys"_s, QZap::CurveAllowAny));
    QVERIFY(m_authenticator->deny(u"10.0.0.0/8"_s));
    const QZapReply evaluated = m_authenticator->evaluate(domain, address, credentials);
    const auto future = m_authenticator->authenticate(domain, address, credentials);
    QVERIFY(future.isFinished());
    QCOMPARE(future.resultCount(), 1);
    QCOMPARE(future.result().status(), status);
    QCOMPARE(future.result().status(), evaluated.status());
    QCOMPARE(future.result().statusText(), evaluated.statusText());
    QCOMPARE(future.result().userId(), evaluated.userId());
}

void tst_Authenticate::asksTheProvider_data()
{
    QTest::addColumn<bool>("hasStore");
    QTest::addColumn<QZapTestAnswer>("answer");
    QTest::addColumn<Status>("status");
    QTest::addColumn<QString>("text"); // the user id or reason
    const QZapTestAnswer reject = QZapTestAnswer::reject("no");
    const QZapTestAnswer accept = QZapTestAnswer::accept("carol");
    QTest::newRow("veto") << true << reject << Status::AuthenticationFailure << u"no"_s;
    QTest::newRow("accepts what the store accepts")
        << true << accept << Status::Success << u"carol"_s;
    QTest::newRow("not now") << true << QZapTestAnswer::retryLater("busy") << Status::TemporaryError
                             << u"busy"_s;
    QTest::newRow("rejects alone") << false << reject << Status::AuthenticationFailure << u"no"_s;
    QTest::newRow("accepts alone") << false << accept << Status::Success << u"carol"_s;
}

// Unlike evaluate(): acceptance by a store is not yet the decision if there is a provider.
void tst_Authenticate::asksTheProvider()
{
    QFETCH(const bool, hasStore);
    QFETCH(const QZapTestAnswer, answer);
    QFETCH(const Status, status);
    QFETCH(const QString, text);
    if (hasStore)
        allowBob();
    m_provider->setAnswer(answer);
    QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
    QCOMPARE(evaluate(*m_authenticator, bob()),
             hasStore ? Status::Success : Status::TemporaryError);
    const auto future = ask(bob());
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().status(), status);
    QCOMPARE(status == Status::Success ? future.result().userId() : future.result().statusText(),
             text);
}

void tst_Authenticate::waitsForADeferredAnswer()
{
    allowBob();
    deferAll();
    const auto future = ask(bob());
    QVERIFY(!future.isFinished());
    accept();
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().status(), Status::Success);
    QCOMPARE(future.result().userId(), u"bob"_s);
}

void tst_Authenticate::computesHashes_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<Status>("status");
    QTest::newRow("right") << QByteArray("secret") << Status::Success;
    QTest::newRow("wrong") << QByteArray("y") << Status::AuthenticationFailure;
}

void tst_Authenticate::computesHashes()
{
    QFETCH(const QByteArray, password);
    QFETCH(const Status, status);
    QZapPasswordFile file;
    QVERIFY(file.setPassword(u"bob"_s, "secret", QZapPasswordFile::Format::Argon2id));
    QVERIFY(file.save(path(u"hashes"_s)));
    QVERIFY(m_authenticator->configurePlainFile(test(), path(u"hashes"_s)));
    QTRY_VERIFY(m_authenticator->domain(test(), QZap::Mechanism::Plain)->isReady());
    QCOMPARE(evaluate(*m_authenticator, bob(password)), Status::TemporaryError);
    const auto future = ask(bob(password));
    QVERIFY(!future.isFinished());
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 30000);
    QCOMPARE(future.result().status(), status);
}

void tst_Authenticate::waitsForALoadingDomain()
{
    QVERIFY(m_authenticator->configurePlainFile(test(), write(u"users"_s, "bob=secret\n")));
    QCOMPARE(evaluate(*m_authenticator, bob()), Status::TemporaryError);
    const auto future = ask(bob());
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().status(), Status::Success);
}

void tst_Authenticate::callsTheUserIdHook()
{
    m_authenticator = std::make_unique<NamingAuthenticator>(*m_context);
    QVERIFY(m_authenticator->configureCurve(test(), QZap::CurveAllowAny));
    const auto future = ask(QZapCredentials::curve(QByteArray(32, 'k')));
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().userId(), u"named"_s);
}

void tst_Authenticate::returnsWhatAServerWouldRead()
{
    QZapPlainDomain domain;
    domain.setName(test());
    domain.setPasswords(bobsMap());
    domain.setPublishedFields({u"Mechanism"_s, u"Domain"_s});
    QVERIFY(m_authenticator->addDomain(&domain));
    const QZapReply reply = ask(bob()).result();
    QCOMPARE(reply.metadata(), (QVariantMap{{u"Mechanism"_s, u"PLAIN"_s}, {u"Domain"_s, test()}}));
    QCOMPARE(ask(bob("y")).result().metadata(), QVariantMap());
}

void tst_Authenticate::worksWhileStopped()
{
    allowBob();
    QCOMPARE(ask(bob()).result().status(), Status::Success);
    QVERIFY(m_authenticator->start());
    QCOMPARE(ask(bob()).result().status(), Status::Success);
    m_authenticator->setLockdown(true);
    QCOMPARE(ask(bob()).result().status(), Status::TemporaryError);
    m_authenticator->setLockdown(false);
    m_authenticator->stop();
    QCOMPARE(ask(bob()).result().status(), Status::Success);
}

void tst_Authenticate::worksWithAWorkerThread()
{
    allowBob();
    m_authenticator->setWorkerThread(true);
    QVERIFY(m_authenticator->start());
    // Works without the application's event loop.
    const auto accepted = ask(bob());
    const auto refused = ask(bob("y"));
    QCOMPARE(accepted.result().userId(), u"bob"_s);
    QCOMPARE(refused.result().status(), Status::AuthenticationFailure);
    QCOMPARE(m_authenticator->acceptedCount(), 1);
    QCOMPARE(m_authenticator->rejectedCount(), 1);
}

void tst_Authenticate::countsAndReportsTheDecision()
{
    allowBob();
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QSignalSpy authenticated(m_authenticator.get(), &QZapAuthenticator::authenticated);
    QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    const auto accepted = ask(bob());
    const auto refused = ask(bob("y"));
    QVERIFY(accepted.isFinished() && refused.isFinished());
    QCOMPARE(m_authenticator->acceptedCount(), 1);
    QCOMPARE(m_authenticator->rejectedCount(), 1);
    QVERIFY(decided.isEmpty()); // never during a call
    QTRY_COMPARE(decided.size(), 2);
    QCOMPARE(authenticated.size(), 1);
    QCOMPARE(authenticated.first().first().toString(), u"bob"_s);
    QCOMPARE(rejected.size(), 1);
    QCOMPARE(rejected.first().first().toString(), u"bob"_s);
}

// A temporary answer to authenticate() does not count as a held connection.
void tst_Authenticate::doesNotHoldConnections()
{
    m_authenticator->setMaximumHeldConnections(1);
    m_authenticator->setLockdown(true);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(ask(bob()).result().status(), Status::TemporaryError);
    const QByteArrayList null{"1.0", "1", "test", "127.0.0.1", "", "NULL"};
    QCOMPARE(m_authenticator->handleZapMessage(null).result().value(2), QByteArray("300"));
    QCOMPARE(m_authenticator->handleZapMessage(null).result().value(2), QByteArray("000"));
}

void tst_Authenticate::refusesWhatCannotBeSent_data()
{
    QTest::addColumn<QZapAuthenticator::Encoding>("encoding");
    QTest::addColumn<QZapCredentials>("credentials");
    using Encoding = QZapAuthenticator::Encoding;
    QTest::newRow("name that Latin-1 does not contain")
        << Encoding::Latin1 << QZapCredentials::plain(u"\u20ac"_s, "x");
    QTest::newRow("principal that Latin-1 does not contain")
        << Encoding::Latin1 << QZapCredentials::gssapi(u"\u20ac"_s);
    QTest::newRow("name with half a surrogate pair")
        << Encoding::Utf8 << QZapCredentials::plain(QString(QChar(0xd800)), "x");
}

void tst_Authenticate::refusesWhatCannotBeSent()
{
    QFETCH(const QZapAuthenticator::Encoding, encoding);
    QFETCH(const QZapCredentials, credentials);
    m_authenticator->setEncoding(encoding);
    const auto future = ask(credentials);
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().status(), Status::AuthenticationFailure);
    QCOMPARE(future.result().statusText(),
             m_authenticator->evaluate(test(), here(), credentials).statusText());
    QCOMPARE(m_authenticator->rejectedCount(), 0);
}

void tst_Authenticate::countsAsPending()
{
    m_authenticator->setMaximumPendingPerAddress(2);
    deferAll();
    const auto first = ask(bob());
    const auto second = ask(bob());
    QCOMPARE(m_authenticator->pendingCount(), 2);
    const auto third = ask(bob());
    QVERIFY(third.isFinished());
    QCOMPARE(third.result().status(), Status::TemporaryError);
    QVERIFY(!first.isFinished() && !second.isFinished());
}

void tst_Authenticate::isOfItsThread()
{
    allowBob();
    const auto expectWarning = [](const char *function) {
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"^QZapAuthenticator::%1: must be called in"_s.arg(
                                 QLatin1StringView(function))));
    };
    expectWarning("authenticate");
    expectWarning("evaluate");
    expectWarning("handleZapMessage");
    std::thread thread([this] {
        const auto future = ask(bob());
        QCOMPARE(future.result().status(), Status::TemporaryError);
        QCOMPARE(evaluate(*m_authenticator, bob()), Status::TemporaryError);
        QCOMPARE(m_authenticator->handleZapMessage({"1.0", "1"}).results(),
                 QList<QByteArrayList>{{}});
    });
    thread.join();
    QCOMPARE(m_authenticator->temporaryCount(), 0);
}

void tst_Authenticate::isAnsweredWhenTheAuthenticatorIsDestroyed_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("one thread") << false;
    QTest::newRow("worker thread") << true;
}

void tst_Authenticate::isAnsweredWhenTheAuthenticatorIsDestroyed()
{
    QFETCH(const bool, workerThread);
    m_authenticator->setWorkerThread(workerThread);
    deferAll();
    QVERIFY(m_authenticator->start());
    const auto future = ask(bob());
    QTRY_COMPARE(m_provider->questions().size(), 1);
    const auto late = ask(bob()); // may not have reached the private thread
    m_authenticator.reset();
    for (const QFuture<QZapReply> &answered : {future, late}) {
        QVERIFY(answered.isFinished());
        QCOMPARE(answered.resultCount(), 1);
        QCOMPARE(answered.result().status(), Status::TemporaryError);
    }
    QCOMPARE(m_provider->pendingCount(), 0);
}

// stop() ends only the requests of the socket.
void tst_Authenticate::survivesStopping()
{
    allowBob();
    deferAll();
    QVERIFY(m_authenticator->start());
    const auto future = ask(bob());
    m_authenticator->stop();
    QVERIFY(!future.isFinished());
    accept();
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().status(), Status::Success);
}

void tst_Authenticate::canBeCanceled()
{
    allowBob();
    deferAll();
    auto future = ask(bob());
    future.cancel();
    accept();
    QTRY_COMPARE(m_authenticator->acceptedCount(), 1);
    QCOMPARE(future.resultCount(), 0);
}

void tst_Authenticate::runsContinuationsThatDeleteTheAuthenticator()
{
    allowBob();
    deferAll();
    bool hasRun = false;
    ask(bob()).then([&](const QZapReply &reply) {
        QCOMPARE(reply.userId(), u"bob"_s);
        m_authenticator.reset();
        hasRun = true;
    });
    accept();
    QTRY_VERIFY(hasRun);
}

QTEST_GUILESS_MAIN(tst_Authenticate)
#include "tst_authenticate.moc"
