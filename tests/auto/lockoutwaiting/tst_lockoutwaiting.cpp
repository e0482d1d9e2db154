// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "base/workerpool.h"
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

// Tests what a lock does to waiting requests and to connections.
class tst_LockoutWaiting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void answersRequestsThatWaitForAProvider();
    void discardsAnAnswerThatComesDuringALock_data();
    void discardsAnAnswerThatComesDuringALock();
    void guessesOfAnExemptUserSuspendIt();
    void computesNoHashWhileLocked_data();
    void computesNoHashWhileLocked();
    void countsWrongHashedPasswords();
    void answersRequestsThatWaitForAHash();
    void continuationsRunOutsideOfABatch();
    void holdsNoLockedPeer();
    void letsAnHonestPeerInBesideAnAttacker_data();
    void letsAnHonestPeerInBesideAnAttacker();

private:
    using Decide = std::function<void(const QZapDecision &)>;

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

void tst_LockoutWaiting::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    QVERIFY(m_authenticator->configurePlain(u"test"_s,
                                            {{u"bob"_s, u"secret"_s}, {u"alice"_s, u"wonder"_s}}));
    lockout().setMaximumFailures(MaximumFailures);
    lockout().setEnabled(true);
}

void tst_LockoutWaiting::cleanup()
{
    m_authenticator.reset();
    m_provider.reset();
    m_context.reset();
    m_folder.reset();
}

// Guesses that are made at the same time must not get more answers than guesses that are made one
// after the other.
void tst_LockoutWaiting::answersRequestsThatWaitForAProvider()
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

void tst_LockoutWaiting::discardsAnAnswerThatComesDuringALock_data()
{
    QTest::addColumn<bool>("isDeferred");
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("accept at once") << false << true;
    QTest::newRow("accept later") << true << true;
    QTest::newRow("reject at once") << false << false;
    QTest::newRow("reject later") << true << false;
}

// The provider's code, or an event loop in it, may handle the wrong passwords that lock the
// address.
void tst_LockoutWaiting::discardsAnAnswerThatComesDuringALock()
{
    QFETCH(const bool, isDeferred);
    QFETCH(const bool, isAccepted);
    QZapDecision deferred;
    const auto answer = [isAccepted](const QZapDecision &decision) {
        if (isAccepted)
            decision.accept();
        else
            decision.reject(u"no"_s);
    };
    decide(u"foreign"_s, [&](const QZapDecision &decision) {
        lock();
        if (isDeferred) {
            decision.defer();
            deferred = decision;
        } else {
            answer(decision);
        }
    });
    const auto future = handle({"bob", "secret"}, "PLAIN", "foreign");
    QCOMPARE(lockout().lockedCount(), 1);
    if (isDeferred)
        answer(deferred);
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(statusOf(future), QByteArray("000"));
}

// A guess of a password that is hashed, and has been verified before, costs no hash.
void tst_LockoutWaiting::guessesOfAnExemptUserSuspendIt()
{
    useHashes();
    const auto right = handle({"bob", "secret"});
    QTRY_COMPARE(statusOf(right), QByteArray("200"));
    decide(u"foreign"_s, [](const QZapDecision &decision) { decision.reject(u"no"_s); });
    for (int i = 0; i < MaximumFailures; ++i)
        handle({"eve", QByteArray::number(i)}, "PLAIN", "foreign");
    QCOMPARE(lockout().lockedCount(), 1);
    for (int i = 0; i < MaximumFailures; ++i) {
        QCOMPARE(ask("bob", "secret"), QByteArray("200"));
        QCOMPARE(ask("bob", QByteArray::number(i)), QByteArray("000"));
    }
    QCOMPARE(ask("bob", "secret"), QByteArray("000"));
    QVERIFY(lockout().releaseAddress(u"10.0.0.1"_s));
    QCOMPARE(ask("bob", "secret"), QByteArray("200"));
}

void tst_LockoutWaiting::computesNoHashWhileLocked_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::newRow("known user") << QByteArray("bob");
    QTest::newRow("unknown user") << QByteArray("eve");
}

void tst_LockoutWaiting::computesNoHashWhileLocked()
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

void tst_LockoutWaiting::countsWrongHashedPasswords()
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
void tst_LockoutWaiting::answersRequestsThatWaitForAHash()
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

// A lock ends a call that waits for a hash. Its continuation runs while the engine answers the
// request that has caused the lock, and stops the authenticator, so that the reply to a peer that
// has disconnected is sent.
void tst_LockoutWaiting::continuationsRunOutsideOfABatch()
{
    lockout().setMaximumFailures(1);
    QList<QZapDecision> decisions;
    decide(u"asked"_s, [&](const QZapDecision &decision) {
        decision.defer();
        decisions += decision;
    });
    useHashes();
    QVERIFY(m_authenticator->configurePlain(u"clear"_s, {{u"bob"_s, u"secret"_s}}));
    const auto mayGo = std::make_shared<QSemaphore>();
    const auto pool = blockHashing(mayGo);
    QVERIFY(m_authenticator->start());
    ZapClient gone(*m_context);
    gone.send(ZapClient::request("NULL", {}, "asked"));
    QTRY_COMPARE(m_authenticator->pendingCount(), 1);
    gone.disconnect();
    bool isContinued = false;
    handle({"bob", "wrong"}).then([&](const QByteArrayList &) {
        isContinued = true;
        m_authenticator->stop();
    });
    ZapClient peer(*m_context);
    peer.send(ZapClient::request("PLAIN", {"bob", "bad"}, "clear", "10.0.0.1"));
    QTRY_VERIFY(isContinued);
    QTRY_COMPARE(m_authenticator->droppedCount(), 1);
    mayGo->release(pool->threadCount());
}

void tst_LockoutWaiting::holdsNoLockedPeer()
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

void tst_LockoutWaiting::letsAnHonestPeerInBesideAnAttacker_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_LockoutWaiting::letsAnHonestPeerInBesideAnAttacker()
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

QTEST_GUILESS_MAIN(tst_LockoutWaiting)
#include "tst_lockoutwaiting.moc"
