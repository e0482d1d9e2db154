// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "base/workerpool.h"
#include "logcollector.h"
#include "peer.h"
#include "server.h"
#include "zapclient.h"

#include <QtCore/qsemaphore.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

// Tests what counts as a failure for the lockout, and how requests are answered during a lock.
class tst_LockoutFailures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void countsWrongPasswordsOnly_data();
    void countsWrongPasswordsOnly();
    void countsNoRefusalsOfOtherMechanisms_data();
    void countsNoRefusalsOfOtherMechanisms();
    void locksNoOtherMechanism();
    void countsTheRejectionsOfAProvider_data();
    void countsTheRejectionsOfAProvider();
    void asksNoProviderWhileLocked();
    void answersRequestsThatWaitForAProvider();
    void exemptsCredentialsThatAProviderHasAccepted();
    void exemptsCredentialsBehindTheSameAddress();
    void forgetsAnExemptCredentialThatFails();
    void evaluatesWithoutSideEffects();
    void isNotFedByAuthenticate();
    void computesNoHashWhileLocked_data();
    void computesNoHashWhileLocked();
    void countsWrongHashedPasswords();
    void answersRequestsThatWaitForAHash();
    void holdsNoLockedPeer();
    void letsAnHonestPeerInBesideAnAttacker_data();
    void letsAnHonestPeerInBesideAnAttacker();

private:
    using Decide = std::function<void(const QZapDecision &)>;
    using Prepare = std::function<void(QZapAuthenticator &)>;

    static constexpr int MaximumFailures = 3;

    QZapLockout &lockout() { return *m_authenticator->lockout(); }
    QFuture<QByteArrayList> handle(const QByteArrayList &credentials,
                                   const QByteArray &mechanism = "PLAIN",
                                   const QByteArray &domain = "test")
    {
        return m_authenticator->handleZapMessage(
            ZapClient::request(mechanism, credentials, domain, "10.0.0.1"));
    }
    static QByteArray statusOf(const QFuture<QByteArrayList> &future)
    {
        return future.isFinished() ? future.result().value(2) : "none";
    }
    QByteArray ask(const QByteArray &user, const QByteArray &password)
    {
        return statusOf(handle({user, password}));
    }
    void lock()
    {
        for (int i = 1; i <= MaximumFailures; ++i)
            QCOMPARE(ask("eve", QByteArray::number(i)), QByteArray("400"));
        QCOMPARE(ask("eve", "0"), QByteArray("000"));
    }
    // Lets a provider decide about all peers of a domain.
    void decide(const QString &domain, const Decide &function)
    {
        m_provider = std::make_unique<QZapCredentialsProvider>();
        connect(m_provider.get(), &QZapCredentialsProvider::authenticating, this, function);
        QVERIFY(m_authenticator->setCredentialsProvider(domain, m_provider.get()));
    }
    // Replaces the users of the domain by bob, whose password is hashed.
    void useHashes()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        const QString name = m_folder->filePath(u"users"_s);
        QZapPasswordFile file;
        QVERIFY(file.setHashMemory(8));
        QVERIFY(file.setPassword(u"bob"_s, "secret"));
        QVERIFY(file.save(name));
        QVERIFY(m_authenticator->configurePlainFile(u"test"_s, name));
        const QZapDomain *const domain = m_authenticator->domain(u"test"_s, QZap::Mechanism::Plain);
        QTRY_VERIFY(domain->isReady());
    }
    // Keeps all hashing threads busy until the semaphore is released.
    static std::shared_ptr<QZap::Internal::WorkerPool>
    blockHashing(const std::shared_ptr<QSemaphore> &mayGo)
    {
        using QZap::Internal::WorkerPool;
        auto pool = WorkerPool::shared(WorkerPool::Purpose::Hashing);
        (void)pool->start();
        for (int i = 0; i < pool->threadCount(); ++i)
            pool->run([mayGo] { mayGo->acquire(); });
        return pool;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
};

void tst_LockoutFailures::init()
{
    expectConfigurationErrors(); // also silences reportOnly's warning
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    QVERIFY(m_authenticator->configurePlain(u"test"_s,
                                            {{u"bob"_s, u"secret"_s}, {u"alice"_s, u"wonder"_s}}));
    lockout().setMaximumFailures(MaximumFailures);
    lockout().setEnabled(true);
}

void tst_LockoutFailures::cleanup()
{
    m_authenticator.reset();
    m_provider.reset();
    m_context.reset();
    m_folder.reset();
}

void tst_LockoutFailures::countsWrongPasswordsOnly_data()
{
    QTest::addColumn<Prepare>("prepare");
    QTest::addColumn<QByteArrayList>("credentials"); // with # for a number
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<bool>("isLocked");
    const Prepare nothing = [](QZapAuthenticator &) {};
    const auto row = [](const char *title, const Prepare &prepare,
                        const QByteArrayList &credentials, bool isLocked,
                        const QByteArray &domain = "test") {
        QTest::newRow(title) << prepare << credentials << domain << isLocked;
    };
    row("wrong password", nothing, {"bob", "#"}, true);
    row("wrong user", nothing, {"#", "secret"}, true);
    row("both wrong", nothing, {"#", "#"}, true);
    row("the same wrong password", nothing, {"bob", "wrong"}, false);
    row("correct password", nothing, {"bob", "secret"}, false);
    row("unknown domain", nothing, {"bob", "#"}, false, "other");
    row("no password", nothing, {"#"}, false);
    row("name of another mechanism", nothing, {"a\n#", "secret"}, false);
    row(
        "lockdown", [](QZapAuthenticator &a) { a.setLockdown(true); }, {"bob", "#"}, false);
    row(
        "address not allowed",
        [](QZapAuthenticator &a) { a.setAllowedAddresses({u"127.0.0.1"_s}); }, {"bob", "#"}, false);
    row(
        "domain that is not ready",
        [](QZapAuthenticator &a) {
            auto *domain = new QZapPlainDomain(&a);
            domain->setName(u"empty"_s);
            QVERIFY(a.addDomain(domain));
        },
        {"bob", "#"}, false, "empty");
    row(
        "exempt address",
        [](QZapAuthenticator &a) { a.lockout()->setExemptAddresses({u"10.0.0.0/8"_s}); },
        {"bob", "#"}, false);
    row(
        "unknown user that is reported only", [](QZapAuthenticator &a) { a.setReportOnly(true); },
        {"#", "secret"}, false);
    row(
        "wrong password while others are reported only",
        [](QZapAuthenticator &a) { a.setReportOnly(true); }, {"bob", "#"}, true);
    row(
        "disabled", [](QZapAuthenticator &a) { a.lockout()->setEnabled(false); }, {"bob", "#"},
        false);
}

void tst_LockoutFailures::countsWrongPasswordsOnly()
{
    QFETCH(const Prepare, prepare);
    QFETCH(const QByteArrayList, credentials);
    QFETCH(const QByteArray, domain);
    QFETCH(const bool, isLocked);
    prepare(*m_authenticator);
    for (int i = 0; i < 20; ++i) {
        QByteArrayList sent;
        for (QByteArray credential : credentials)
            sent += credential.replace('#', QByteArray::number(i));
        const QByteArray status = statusOf(handle(sent, "PLAIN", domain));
        QCOMPARE(status == "000", isLocked && i >= MaximumFailures);
    }
    QCOMPARE(lockout().lockedCount(), isLocked ? 1 : 0);
}

void tst_LockoutFailures::countsNoRefusalsOfOtherMechanisms_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    QTest::newRow("NULL") << QByteArray("NULL");
    QTest::newRow("CURVE") << QByteArray("CURVE");
    QTest::newRow("GSSAPI") << QByteArray("GSSAPI");
}

void tst_LockoutFailures::countsNoRefusalsOfOtherMechanisms()
{
    QFETCH(const QByteArray, mechanism);
    QVERIFY(m_authenticator->configureNull(u"test"_s, false));
    QVERIFY(m_authenticator->configureGssapi(u"test"_s, {u"bob@A"_s}));
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_authenticator->configureCurve(u"test"_s, m_folder->path()));
    const QZapDomain *const curve = m_authenticator->domain(u"test"_s, QZap::Mechanism::Curve);
    QTRY_VERIFY(curve->isReady());
    for (int i = 0; i < 20; ++i) {
        QByteArrayList credentials;
        if (mechanism == "CURVE")
            credentials += QZapCertificate::generate().publicKey();
        else if (mechanism == "GSSAPI")
            credentials += "eve" + QByteArray::number(i) + "@A";
        const QByteArray status = statusOf(handle(credentials, mechanism));
        QCOMPARE(status, QByteArray(mechanism == "GSSAPI" ? "000" : "400"));
    }
    QCOMPARE(lockout().lockedCount(), 0);
    // A provider's rejections do not count either.
    decide(u"foreign"_s, [](const QZapDecision &decision) { decision.reject(u"no"_s); });
    for (int i = 0; i < 20; ++i) {
        QByteArrayList credentials;
        if (mechanism == "CURVE")
            credentials += QZapCertificate::generate().publicKey();
        else if (mechanism == "GSSAPI")
            credentials += "eve" + QByteArray::number(i) + "@A";
        handle(credentials, mechanism, "foreign");
    }
    QCOMPARE(lockout().lockedCount(), 0);
}

void tst_LockoutFailures::locksNoOtherMechanism()
{
    QVERIFY(m_authenticator->configureNull(u"test"_s, true));
    QVERIFY(m_authenticator->configureCurve(u"test"_s, QZap::CurveAllowAny));
    lock();
    QCOMPARE(statusOf(handle({}, "NULL")), QByteArray("200"));
    QCOMPARE(statusOf(handle({QZapCertificate::generate().publicKey()}, "CURVE")),
             QByteArray("200"));
}

void tst_LockoutFailures::countsTheRejectionsOfAProvider_data()
{
    QTest::addColumn<QString>("domain"); // "test" has users of its own
    QTest::addColumn<Decide>("decide");
    QTest::addColumn<bool>("isLocked");
    const auto row = [](const char *title, const QString &domain, const Decide &decide,
                        bool isLocked) { QTest::newRow(title) << domain << decide << isLocked; };
    const QString alone = u"foreign"_s;
    row(
        "reject", alone, [](const QZapDecision &d) { d.reject(u"no"_s); }, true);
    row(
        "accept", alone, [](const QZapDecision &d) { d.accept(); }, false);
    row(
        "retryLater", alone, [](const QZapDecision &d) { d.retryLater(u"no"_s); }, false);
    row(
        "accept an invalid id", alone, [](const QZapDecision &d) { d.accept(u"a\nb"_s); }, false);
    row(
        "defer, then reject", alone,
        [](const QZapDecision &d) {
            d.defer();
            d.reject(u"no"_s);
        },
        true);
    row(
        "veto", u"test"_s, [](const QZapDecision &d) { d.reject(u"no"_s); }, false);
}

void tst_LockoutFailures::countsTheRejectionsOfAProvider()
{
    QFETCH(const QString, domain);
    QFETCH(const Decide, decide);
    QFETCH(const bool, isLocked);
    const bool isAlone = domain != u"test"_s;
    this->decide(domain, decide);
    for (int i = 0; i < 20; ++i) {
        const QByteArray user = isAlone ? QByteArray::number(i) : "bob";
        const auto future = handle({user, "secret"}, "PLAIN", domain.toUtf8());
        QTRY_VERIFY(future.isFinished());
        QCOMPARE(statusOf(future) == "000", isLocked && i >= MaximumFailures);
    }
    QCOMPARE(lockout().lockedCount(), isLocked ? 1 : 0);
}

void tst_LockoutFailures::asksNoProviderWhileLocked()
{
    int asked = 0;
    decide(u"foreign"_s, [&asked](const QZapDecision &decision) {
        ++asked;
        decision.reject(u"everybody"_s);
    });
    for (int i = 0; i < 50; ++i)
        handle({QByteArray::number(i), "secret"}, "PLAIN", "foreign");
    QCOMPARE(asked, MaximumFailures);
}

// Guesses that are made at the same time must not get more answers than guesses that are made one
// after the other.
void tst_LockoutFailures::answersRequestsThatWaitForAProvider()
{
    QList<QZapDecision> decisions;
    decide(u"foreign"_s, [&decisions](const QZapDecision &decision) {
        decision.defer();
        decisions += decision;
    });
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 20; ++i)
        futures += handle({"bob", QByteArray::number(i)}, "PLAIN", "foreign");
    QCOMPARE(decisions.size(), 20);
    for (int i = 0; i < 19; ++i)
        QVERIFY(decisions.at(i).reject(u"no"_s));
    decisions.at(19).accept();
    for (qsizetype i = 0; i < futures.size(); ++i) {
        QTRY_VERIFY(futures.at(i).isFinished());
        QCOMPARE(statusOf(futures.at(i)), QByteArray(i < MaximumFailures ? "400" : "000"));
    }
}

void tst_LockoutFailures::exemptsCredentialsThatAProviderHasAccepted()
{
    decide(u"foreign"_s, [](const QZapDecision &decision) {
        if (decision.request().userName() == u"bob"_s)
            decision.accept();
        else
            decision.reject(u"no"_s);
    });
    QCOMPARE(statusOf(handle({"bob", "secret"}, "PLAIN", "foreign")), QByteArray("200"));
    for (int i = 0; i < MaximumFailures; ++i)
        handle({"eve", QByteArray::number(i)}, "PLAIN", "foreign");
    QCOMPARE(statusOf(handle({"eve", "1"}, "PLAIN", "foreign")), QByteArray("000"));
    QCOMPARE(statusOf(handle({"bob", "other"}, "PLAIN", "foreign")), QByteArray("000"));
    QCOMPARE(statusOf(handle({"bob", "secret"}, "PLAIN", "foreign")), QByteArray("200"));
}

void tst_LockoutFailures::exemptsCredentialsBehindTheSameAddress()
{
    QCOMPARE(ask("bob", "secret"), QByteArray("200"));
    lock();
    QCOMPARE(ask("bob", "secret"), QByteArray("200"));
    QCOMPARE(ask("bob", "other"), QByteArray("000"));
    QCOMPARE(ask("alice", "wonder"), QByteArray("000")); // correct, but new at this address
    QVERIFY(lockout().releaseAddress(u"10.0.0.1"_s));
    QCOMPARE(ask("alice", "wonder"), QByteArray("200"));
}

void tst_LockoutFailures::forgetsAnExemptCredentialThatFails()
{
    QCOMPARE(ask("bob", "secret"), QByteArray("200"));
    lock();
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"changed"_s}}));
    QCOMPARE(ask("bob", "secret"), QByteArray("400"));
    QCOMPARE(ask("bob", "secret"), QByteArray("000"));
}

void tst_LockoutFailures::evaluatesWithoutSideEffects()
{
    const auto evaluate = [this](const QByteArray &password) {
        return m_authenticator->evaluate(u"test"_s, u"10.0.0.1"_s,
                                         QZapCredentials::plain(u"bob"_s, password));
    };
    for (int i = 0; i < 20; ++i)
        QCOMPARE(evaluate(QByteArray::number(i)).status(), QZap::Status::AuthenticationFailure);
    QCOMPARE(evaluate("secret").status(), QZap::Status::Success);
    lock();
    // evaluate() did not make the credential exempt.
    const QZapReply reply = evaluate("secret");
    QCOMPARE(reply.status(), QZap::Status::TemporaryError);
    QCOMPARE(reply.statusText(), u"The address is locked out for 30 s"_s);
    const QString text = m_authenticator->explain(u"test"_s, u"10.0.0.1"_s,
                                                  QZapCredentials::plain(u"bob"_s, "secret"));
    QVERIFY2(text.startsWith(u"Too many wrong passwords have come from the address \"10.0.0.1\""_s),
             qPrintable(text));
    QVERIFY2(text.endsWith(u"Answer: try later. The address is locked out for 30 s."_s),
             qPrintable(text));
    QCOMPARE(m_authenticator
                 ->evaluate(u"test"_s, u"10.0.0.2"_s, QZapCredentials::plain(u"bob"_s, "secret"))
                 .status(),
             QZap::Status::Success);
}

void tst_LockoutFailures::isNotFedByAuthenticate()
{
    const auto authenticate = [this](const QByteArray &password) {
        return m_authenticator
            ->authenticate(u"test"_s, u"10.0.0.1"_s, QZapCredentials::plain(u"bob"_s, password))
            .result()
            .status();
    };
    for (int i = 0; i < 20; ++i)
        QCOMPARE(authenticate(QByteArray::number(i)), QZap::Status::AuthenticationFailure);
    QCOMPARE(authenticate("secret"), QZap::Status::Success);
    lock();
    QCOMPARE(authenticate("secret"), QZap::Status::TemporaryError); // not made exempt
    QCOMPARE(authenticate("other"), QZap::Status::TemporaryError);
    QVERIFY(lockout().releaseAddress(u"10.0.0.1"_s));
    QCOMPARE(ask("bob", "secret"), QByteArray("200"));
    lock();
    QCOMPARE(authenticate("secret"), QZap::Status::Success); // exempt
}

void tst_LockoutFailures::computesNoHashWhileLocked_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::newRow("known user") << QByteArray("bob");
    QTest::newRow("unknown user") << QByteArray("eve");
}

void tst_LockoutFailures::computesNoHashWhileLocked()
{
    QFETCH(const QByteArray, user);
    useHashes();
    decide(u"foreign"_s, [](const QZapDecision &decision) { decision.reject(u"no"_s); });
    for (int i = 0; i < MaximumFailures; ++i)
        handle({"eve", QByteArray::number(i)}, "PLAIN", "foreign");
    QCOMPARE(lockout().lockedCount(), 1);
    // From now on, no request that needs a hash is answered.
    const auto mayGo = std::make_shared<QSemaphore>();
    const auto pool = blockHashing(mayGo);
    const auto unlocked = m_authenticator->handleZapMessage(
        ZapClient::request("PLAIN", {user, "guess"}, "test", "10.0.0.2"));
    for (int i = 0; i < 50; ++i)
        QCOMPARE(ask(user, QByteArray::number(i)), QByteArray("000"));
    QVERIFY(!unlocked.isFinished());
    QCOMPARE(m_authenticator->pendingCount(), 1);
    mayGo->release(pool->threadCount());
    QTRY_VERIFY(unlocked.isFinished());
}

void tst_LockoutFailures::countsWrongHashedPasswords()
{
    useHashes();
    const auto right = handle({"bob", "secret"});
    QTRY_VERIFY(right.isFinished());
    QCOMPARE(statusOf(right), QByteArray("200"));
    for (int i = 0; i < MaximumFailures; ++i) {
        const auto wrong = handle({"bob", QByteArray::number(i)});
        QTRY_VERIFY(wrong.isFinished());
        QCOMPARE(statusOf(wrong), QByteArray("400"));
    }
    QCOMPARE(ask("bob", "other"), QByteArray("000"));
    QCOMPARE(ask("bob", "secret"), QByteArray("200")); // remembered
}

// The guesses that are queued behind those that lock the address need no hash, and their answers
// reveal nothing.
void tst_LockoutFailures::answersRequestsThatWaitForAHash()
{
    useHashes();
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 20; ++i)
        futures += handle({"bob", QByteArray::number(i)});
    futures += handle({"bob", "secret"});
    QTRY_VERIFY(futures.at(MaximumFailures - 1).isFinished());
    // The answer that locks the address ends the other requests as well.
    for (qsizetype i = 0; i < futures.size(); ++i)
        QCOMPARE(statusOf(futures.at(i)), QByteArray(i < MaximumFailures ? "400" : "000"));
    QCOMPARE(lockout().lockedCount(), 1);
}

void tst_LockoutFailures::holdsNoLockedPeer()
{
    m_authenticator->setMaximumHeldConnections(2);
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QVERIFY(m_authenticator->start());
    lock();
    ZapClient client(*m_context);
    const auto request = [&client](const QByteArray &address) {
        client.send(ZapClient::request("PLAIN", {"bob", "wrong"}, "test", address));
        return client.waitForReply().value(2);
    };
    for (int i = 0; i < 20; ++i)
        QCOMPARE(request("10.0.0.1"), QByteArray("000"));
    // The locked peers have not used the slots of held connections.
    m_authenticator->setLockdown(true);
    QCOMPARE(request("10.0.0.2"), QByteArray("300"));
    QCOMPARE(request("10.0.0.1"), QByteArray("000"));
    QCOMPARE(request("10.0.0.2"), QByteArray("300"));
    QCOMPARE(request("10.0.0.2"), QByteArray("000"));
    QTRY_COMPARE(decided.count(), MaximumFailures + 1 + 24);
    for (qsizetype i = MaximumFailures; i < decided.size(); ++i) {
        QCOMPARE(decided.at(i).at(1).value<QZapReply>().status(), QZap::Status::TemporaryError);
    }
}

void tst_LockoutFailures::letsAnHonestPeerInBesideAnAttacker_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_LockoutFailures::letsAnHonestPeerInBesideAnAttacker()
{
    QFETCH(const bool, workerThread);
    m_authenticator->setWorkerThread(workerThread);
    QVERIFY(m_authenticator->start());
    Server server(*m_context);
    QVERIFY(QZap::securePlain(server.socket(), u"test"_s));
    const QString endpoint = server.bind();
    zmq::context_t clients;
    const auto connected = [&](const QByteArray &user, const QByteArray &password) {
        auto peer = std::make_unique<Peer>(clients);
        peer->plain(user, password).connect(endpoint);
        return peer;
    };
    const auto first = connected("bob", "secret");
    QTRY_VERIFY(first->isAccepted());
    std::vector<std::unique_ptr<Peer>> attackers;
    for (int i = 0; i < MaximumFailures; ++i) {
        attackers.push_back(connected("bob", QByteArray::number(i)));
        QTRY_COMPARE(attackers.back()->refusal(), 400);
    }
    QTRY_COMPARE(lockout().locked(), QStringList(u"127.0.0.1"_s));
    // The peer is disconnected at once, and tries again by itself.
    const auto locked = connected("bob", "other");
    const auto stranger = connected("alice", "wonder");
    QTRY_VERIFY(locked->disconnections() >= 3);
    QTRY_VERIFY(stranger->disconnections() >= 3);
    QCOMPARE(locked->refusal(), 0);
    QCOMPARE(stranger->refusal(), 0);
    // The credential that succeeded before is accepted on a new connection.
    const auto again = connected("bob", "secret");
    QTRY_VERIFY(again->isAccepted());
    QVERIFY(lockout().releaseAddress(u"127.0.0.1"_s));
    QTRY_VERIFY(stranger->isAccepted());
    QTRY_COMPARE(locked->refusal(), 400);
    first->send("still there");
    std::optional<Server::Message> message;
    QTRY_VERIFY(message || (message = server.receive()));
    QCOMPARE(message->body, QByteArray("still there"));
    m_authenticator->stop();
}

QTEST_GUILESS_MAIN(tst_LockoutFailures)
#include "tst_lockoutfailures.moc"
