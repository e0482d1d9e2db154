// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "peer.h"
#include "server.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfile.h>
#include <QtCore/qset.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <atomic>
#include <future>
#include <memory>

using Error = QZapAuthenticator::Error;
using QZap::Mechanism;

// The same authenticator, answering on a private thread.
class tst_WorkerThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void isAPropertyWhileStopped();
    void answersWhileItsThreadIsBlocked();
    void letsRealPeersInWhileItsThreadIsBlocked();
    void policyAppliesWhenTheCallReturns();
    void signalsAreEmittedInItsThread();
    void handlesRawMessages();
    void asksForUserIdsOnThePrivateThread();
    void asksProvidersInTheirThread();
    void waitsForStores();
    void startsAndStopsAgain();
    void refusesASecondHandler();
    void switchesBetweenTheTwo();
    void stopsWithRequestsInEveryState();
    void endsWithTheContext();
    void isDestroyedWhileRunning();
    void isDeletedInItsSlot();
    void stopsInItsSlot();
    void stopsWhenMovedWhileRunning();
    void aSlowSlotDelaysNoDecision();
    void listenersConnectAndDisconnect();
    void remainingListenersAreKept();

private:
    static QString test() { return QStringLiteral("test"); }
    // Waits without an event loop, so that only a private thread can answer.
    static QByteArray statusWithoutEventLoop(ZapClient *client)
    {
        for (int i = 0; i < 5000; ++i) {
            if (const auto reply = client->receive())
                return reply->value(2);
            QThread::msleep(1);
        }
        return {};
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
};

void tst_WorkerThread::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_authenticator->setWorkerThread(true);
}

void tst_WorkerThread::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
}

void tst_WorkerThread::isAPropertyWhileStopped()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(!authenticator.usesWorkerThread());
    QSignalSpy changed(&authenticator, &QZapAuthenticator::workerThreadChanged);
    authenticator.setWorkerThread(true);
    authenticator.setWorkerThread(true);
    QCOMPARE(changed.count(), 1);
    QVERIFY(authenticator.start());
    QVERIFY(authenticator.isRunning());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("stop the auth")));
    authenticator.setWorkerThread(false);
    QVERIFY(authenticator.usesWorkerThread());
    QCOMPARE(changed.count(), 1);
    authenticator.stop();
    authenticator.setWorkerThread(false);
    QCOMPARE(changed.count(), 2);
}

void tst_WorkerThread::answersWhileItsThreadIsBlocked()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QCOMPARE(statusWithoutEventLoop(&client), QByteArray("200"));
    QTRY_COMPARE(m_authenticator->acceptedCount(), 1); // counted once the reply has been sent
}

void tst_WorkerThread::letsRealPeersInWhileItsThreadIsBlocked()
{
    const QZapCertificate serverKey = QZapCertificate::generate();
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(m_authenticator->configureCurve(test(), QZap::CurveAllowAny));
    QVERIFY(m_authenticator->start());
    Server server(*m_context);
    QVERIFY(QZap::secureCurve(server.socket(), test(), serverKey));
    const QString endpoint = server.bind();
    Peer peer(*m_context);
    peer.curve(alice.publicKeyText().toLatin1(), alice.secretKeyText(),
               serverKey.publicKeyText().toLatin1());
    peer.connect(endpoint);
    bool accepted = false;
    for (int i = 0; i < 5000 && !accepted; ++i) {
        QThread::msleep(1);
        accepted = peer.isAccepted();
    }
    QVERIFY(accepted);
}

void tst_WorkerThread::policyAppliesWhenTheCallReturns()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    const auto status = [&client](const QByteArray &address) {
        client.send(ZapClient::request("NULL", {}, "test", address));
        return statusWithoutEventLoop(&client);
    };
    for (int i = 0; i < 200; ++i) {
        QVERIFY(m_authenticator->deny(QStringLiteral("10.0.0.%1").arg(i % 250)));
        QCOMPARE(status("10.0.0." + QByteArray::number(i % 250)), QByteArray("400"));
        QVERIFY(m_authenticator->removeDenied(QStringLiteral("10.0.0.%1").arg(i % 250)));
        QCOMPARE(status("10.0.0." + QByteArray::number(i % 250)), QByteArray("200"));
    }
    m_authenticator->setLockdown(true);
    QCOMPARE(status("10.0.0.1"), QByteArray("300"));
    m_authenticator->setMaximumHeldConnections(0);
    QCOMPARE(status("10.0.0.1"), QByteArray("000"));
}

void tst_WorkerThread::signalsAreEmittedInItsThread()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->start());
    QList<QByteArray> order;
    bool inThread = true;
    const auto note = [&](const QByteArray &what) {
        order.append(what);
        inThread = inThread && QThread::currentThread() == thread();
    };
    connect(
        m_authenticator.get(), &QZapAuthenticator::decided, this,
        [&](const QZapRequest &request) {
            note("decided " + request.address().toLatin1());
            QVERIFY(m_authenticator->acceptedCount() > 0);
        },
        Qt::DirectConnection);
    connect(
        m_authenticator.get(), &QZapAuthenticator::authenticated, this,
        [&](const QString &userId, const QZapRequest &) { note(userId.toLatin1()); },
        Qt::DirectConnection);
    connect(
        m_authenticator.get(), &QZapAuthenticator::acceptedCountChanged, this,
        [&] { inThread = inThread && QThread::currentThread() == thread(); }, Qt::DirectConnection);
    ZapClient client(*m_context);
    QList<QByteArray> expected;
    for (int i = 0; i < 100; ++i) {
        const QByteArray address = "10.0.0." + QByteArray::number(i);
        client.send(ZapClient::request("NULL", {}, "test", address));
        expected << "decided " + address << "anonymous";
    }
    for (int i = 0; i < 100; ++i)
        QCOMPARE(statusWithoutEventLoop(&client), QByteArray("200"));
    QVERIFY(order.isEmpty()); // only from the event loop
    QTRY_COMPARE(order.size(), expected.size());
    QCOMPARE(order, expected);
    QVERIFY(inThread);
}

void tst_WorkerThread::handlesRawMessages()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    const auto ask = [this] {
        return m_authenticator->handleZapMessage(ZapClient::request("NULL"));
    };
    QVERIFY(ask().isFinished()); // stopped: in this thread
    QVERIFY(m_authenticator->start());
    auto future = ask();
    future.waitForFinished(); // in the private thread
    QCOMPARE(future.result().value(2), QByteArray("200"));
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 100; ++i)
        futures.append(ask());
    m_authenticator->stop();
    for (const auto &each : std::as_const(futures)) {
        QTRY_VERIFY(each.isFinished());
        QCOMPARE(each.result().value(2), QByteArray("200"));
    }
}

class NamingAuthenticator : public QZapAuthenticator
{
public:
    using QZapAuthenticator::QZapAuthenticator;
    ~NamingAuthenticator() override { stop(); }
    QString curveUserId(const QByteArray &publicKey) const override
    {
        askedIn = QThread::currentThread();
        return QString::fromLatin1(publicKey.toHex().first(4));
    }
    mutable std::atomic<QThread *> askedIn{nullptr};
};

void tst_WorkerThread::asksForUserIdsOnThePrivateThread()
{
    NamingAuthenticator authenticator(*m_context);
    authenticator.setWorkerThread(true);
    QVERIFY(authenticator.configureCurve(test(), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("CURVE", {QByteArray(32, 'x')}));
    const QByteArrayList reply = client.waitForReply();
    QCOMPARE(reply.value(4), QByteArray("7878"));
    QVERIFY(authenticator.askedIn);
    QVERIFY(authenticator.askedIn != thread());
}

void tst_WorkerThread::asksProvidersInTheirThread()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QZapCredentialsProvider provider;
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    QList<QZapDecision> decisions;
    bool inThread = false;
    connect(
        &provider, &QZapCredentialsProvider::authenticating, this,
        [&](const QZapDecision &decision) {
            inThread = QThread::currentThread() == thread();
            if (decision.request().address() == QStringLiteral("10.0.0.1")) {
                decision.accept(QStringLiteral("one"));
            } else {
                decision.defer();
                decisions.append(decision);
            }
        },
        Qt::DirectConnection);
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL", {}, "test", "10.0.0.1", "1"));
    QCOMPARE(client.waitForReply().value(4), QByteArray("one"));
    QVERIFY(inThread);
    client.send(ZapClient::request("NULL", {}, "test", "10.0.0.2", "2"));
    QTRY_COMPARE(decisions.size(), 1);
    QTRY_COMPARE(m_authenticator->pendingCount(), 1);
    // The others are not delayed.
    client.send(ZapClient::request("NULL", {}, "test", "10.0.0.1", "3"));
    QCOMPARE(client.waitForReply().value(1), QByteArray("3"));
    // Denied meanwhile: a late acceptance has no effect.
    QVERIFY(m_authenticator->deny(QStringLiteral("10.0.0.2")));
    QVERIFY(decisions.first().accept());
    const QByteArrayList reply = client.waitForReply();
    QCOMPARE(reply.value(1), QByteArray("2"));
    QCOMPARE(reply.value(2), QByteArray("400"));
    // A decision that is pending when it stops expires.
    QSignalSpy expired(&provider, &QZapCredentialsProvider::expired);
    client.send(ZapClient::request("NULL", {}, "test", "10.0.0.3", "4"));
    QTRY_COMPARE(decisions.size(), 2);
    m_authenticator->stop();
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QVERIFY(!decisions.last().accept());
    QTRY_COMPARE(expired.count(), 1);
}

void tst_WorkerThread::waitsForStores()
{
    QTemporaryDir directory;
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(directory.path(), QStringLiteral("alice")));
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->configureCurve(test(), directory.path()));
    ZapClient client(*m_context);
    client.send(ZapClient::request("CURVE", {alice.publicKey()}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
    QVERIFY(QFile::remove(directory.filePath(QStringLiteral("alice.key"))));
    const auto status = [&] {
        client.send(ZapClient::request("CURVE", {alice.publicKey()}));
        return client.waitForReply().value(2);
    };
    QTRY_COMPARE(status(), QByteArray("400"));
}

void tst_WorkerThread::startsAndStopsAgain()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    for (int i = 0; i < 50; ++i) {
        QVERIFY(m_authenticator->start());
        QVERIFY(m_authenticator->isRunning());
        if (i % 5 == 0) {
            ZapClient client(*m_context);
            client.send(ZapClient::request("NULL"));
            QCOMPARE(statusWithoutEventLoop(&client), QByteArray("200"));
        }
        m_authenticator->stop();
        QVERIFY(!m_authenticator->isRunning());
    }
}

void tst_WorkerThread::refusesASecondHandler()
{
    QVERIFY(m_authenticator->start());
    QZapAuthenticator second(*m_context);
    second.setWorkerThread(true);
    QVERIFY(!second.start());
    QCOMPARE(second.error(), Error::AddressInUseError);
    QVERIFY(!second.isRunning());
    m_authenticator->stop();
    QVERIFY(second.start());
}

void tst_WorkerThread::switchesBetweenTheTwo()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    for (int i = 0; i < 10; ++i) {
        m_authenticator->setWorkerThread(i % 2 == 0);
        QVERIFY(m_authenticator->start());
        ZapClient client(*m_context);
        client.send(ZapClient::request("NULL"));
        QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
        m_authenticator->stop();
    }
    QTRY_COMPARE(m_authenticator->acceptedCount(), 10);
}

void tst_WorkerThread::stopsWithRequestsInEveryState()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QZapCredentialsProvider provider;
    QList<QZapDecision> decisions;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&decisions](const QZapDecision &decision) {
                decision.defer();
                decisions.append(decision);
            });
    QVERIFY(m_authenticator->setCredentialsProvider(QStringLiteral("slow"), &provider));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    int sent = 0;
    for (; sent < 60; ++sent) {
        client.send(ZapClient::request("NULL", {}, sent % 2 ? "slow" : "test", "127.0.0.1",
                                       QByteArray::number(sent)));
    }
    m_authenticator->stop();
    // One answer each, from any thread.
    QSet<QByteArray> answered;
    for (int i = 0; i < sent; ++i) {
        const QByteArrayList reply = client.waitForReply();
        QVERIFY(!reply.isEmpty());
        answered.insert(reply.value(1));
        QVERIFY(reply.value(2) == "200" || reply.value(2) == "300");
    }
    QCOMPARE(answered.size(), sent);
    QVERIFY(!client.receive());
    QTRY_COMPARE(m_authenticator->acceptedCount() + m_authenticator->temporaryCount(), sent);
    QCOMPARE(m_authenticator->pendingCount(), 0);
    QCoreApplication::processEvents(); // delivers pending questions
    for (const QZapDecision &decision : std::as_const(decisions))
        QVERIFY(!decision.accept());
}

void tst_WorkerThread::endsWithTheContext()
{
    QVERIFY(m_authenticator->start());
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QSignalSpy running(m_authenticator.get(), &QZapAuthenticator::runningChanged);
    m_context->shutdown();
    QTRY_COMPARE(errors.count(), 1);
    QCOMPARE(m_authenticator->error(), Error::ContextError);
    QCOMPARE(running.count(), 1);
    QVERIFY(!m_authenticator->isRunning());
    m_context.reset(); // does not hang
    m_authenticator->stop();
}

void tst_WorkerThread::isDestroyedWhileRunning()
{
    for (int i = 0; i < 20; ++i) {
        auto authenticator = std::make_unique<QZapAuthenticator>(*m_context);
        authenticator->setWorkerThread(true);
        QVERIFY(authenticator->start());
        ZapClient client(*m_context);
        client.send(ZapClient::request("NULL"));
        if (i % 2 == 0)
            QVERIFY(!statusWithoutEventLoop(&client).isEmpty());
        const auto future = authenticator->handleZapMessage(ZapClient::request("NULL"));
        authenticator.reset();
        QVERIFY(future.isFinished());
    }
}

void tst_WorkerThread::isDeletedInItsSlot()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this,
            [this] { m_authenticator.reset(); });
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    for (int i = 0; i < 10; ++i)
        client.send(ZapClient::request("NULL"));
    QTRY_VERIFY(!m_authenticator);
}

void tst_WorkerThread::stopsInItsSlot()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    int calls = 0;
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this, [this, &calls] {
        ++calls;
        m_authenticator->stop();
        QVERIFY(m_authenticator->start());
    });
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    for (int i = 0; i < 10; ++i)
        client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(calls, 10);
    QVERIFY(m_authenticator->isRunning());
}

void tst_WorkerThread::stopsWhenMovedWhileRunning()
{
    std::promise<bool> started;
    const std::unique_ptr<QThread> thread(QThread::create([this, &started] {
        started.set_value(m_authenticator->start());
        QEventLoop().exec();
        m_authenticator->stop();
        m_authenticator->moveToThread(this->thread());
    }));
    QVERIFY(m_authenticator->start());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("moved to another")));
    m_authenticator->moveToThread(thread.get());
    QVERIFY(!m_authenticator->isRunning());
    thread->start();
    QVERIFY(started.get_future().get());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QCOMPARE(statusWithoutEventLoop(&client), QByteArray("200"));
    thread->quit();
    thread->wait();
    QVERIFY(!m_authenticator->isRunning());
}

// More decisions than the queue can hold are made while a slow slot runs.
void tst_WorkerThread::aSlowSlotDelaysNoDecision()
{
    constexpr int Requests = 12'000;
    constexpr int Room = 10'000;
    QVERIFY(m_authenticator->configureNull(test(), true));
    int told = 0;
    connect(m_authenticator.get(), &QZapAuthenticator::authenticated, this, [&told] { ++told; });
    QSignalSpy unreported(m_authenticator.get(), &QZapAuthenticator::unreportedCountChanged);
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    for (int i = 0; i < Requests; ++i)
        client.send(ZapClient::request("NULL"));
    for (int i = 0; i < Requests; ++i)
        QCOMPARE(statusWithoutEventLoop(&client), QByteArray("200"));
    m_authenticator->stop();
    QCOMPARE(m_authenticator->acceptedCount(), Requests);
    QCOMPARE(m_authenticator->unreportedCount(), Requests - Room);
    QCOMPARE(told, 0);
    QTRY_COMPARE(told, Room);
    QCOMPARE(unreported.count(), 1);
}

void tst_WorkerThread::listenersConnectAndDisconnect()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    const auto ask = [&client] {
        client.send(ZapClient::request("NULL"));
        QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
    };
    ask();
    for (int i = 0; i < 20; ++i) {
        QSignalSpy spy(m_authenticator.get(), &QZapAuthenticator::authenticated);
        ask(); // the very first one is reported
        QTRY_COMPARE(spy.count(), 1);
    }
    QCoreApplication::processEvents();
    ask();
    QTRY_COMPARE(m_authenticator->acceptedCount(), 22);
}

void tst_WorkerThread::remainingListenersAreKept()
{
    constexpr int Rounds = 300;
    constexpr int Requests = 50;
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->start());
    int told = 0;
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this, [&told] { ++told; });
    ZapClient client(*m_context);
    for (int i = 0; i < Rounds; ++i) {
        for (int j = 0; j < Requests; ++j)
            client.send(ZapClient::request("NULL"));
        // The remaining connections are determined while requests are decided.
        disconnect(connect(m_authenticator.get(), &QZapAuthenticator::authenticated, this, [] {}));
        QCoreApplication::processEvents();
    }
    QTRY_COMPARE(m_authenticator->acceptedCount(), Rounds * Requests);
    QTRY_COMPARE(told + m_authenticator->unreportedCount(), Rounds * Requests);
}

QTEST_GUILESS_MAIN(tst_WorkerThread)
#include "tst_workerthread.moc"
