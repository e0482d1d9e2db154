// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "peer.h"
#include "server.h"
#include "workerthreadtest.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <atomic>
#include <chrono>
#include <optional>

// Tests what happens in the private thread, and what happens in the authenticator's thread.
class tst_WorkerThread : public WorkerThreadTest
{
    Q_OBJECT

private Q_SLOTS:
    void answersWhileItsThreadIsBlocked();
    void acceptsPeersWhileItsThreadIsBlocked();
    void appliesSettingsBeforeTheCallReturns();
    void handlesRawMessages();
    void followsChangesOfFiles();

    void asksForUserIdsOnThePrivateThread();
    void asksProvidersInTheirThread();

    void emitsSignalsInTheThreadOfTheAuthenticator();
    void decidesWhileASlotIsSlow();
    void reportsToAListenerFromTheFirstDecisionOn();
    void reportsToRemainingListeners();
};

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

void tst_WorkerThread::answersWhileItsThreadIsBlocked()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QCOMPARE(client.waitWithoutEventLoop().value(2), QByteArray("200"));
    QTRY_COMPARE(m_authenticator->acceptedCount(), 1); // counted once the reply has been sent
}

void tst_WorkerThread::acceptsPeersWhileItsThreadIsBlocked()
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
    peer.send("hello");
    zmq::pollitem_t item{server.socket().handle(), 0, ZMQ_POLLIN, 0};
    QCOMPARE(zmq::poll(&item, 1, std::chrono::seconds(20)), 1); // without an event loop
    const std::optional<Server::Message> message = server.receive();
    QVERIFY(message);
    QCOMPARE(message->userId, alice.publicKeyText().toLatin1());
}

void tst_WorkerThread::appliesSettingsBeforeTheCallReturns()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    const auto status = [&client](const QByteArray &address) {
        client.send(ZapClient::request("NULL", {}, "test", address));
        return client.waitWithoutEventLoop().value(2);
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

void tst_WorkerThread::followsChangesOfFiles()
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
    // Other requests are not delayed.
    client.send(ZapClient::request("NULL", {}, "test", "10.0.0.1", "3"));
    QCOMPARE(client.waitForReply().value(1), QByteArray("3"));
    // The address is denied meanwhile, so a late acceptance has no effect.
    QVERIFY(m_authenticator->deny(QStringLiteral("10.0.0.2")));
    QVERIFY(decisions.first().accept());
    const QByteArrayList reply = client.waitForReply();
    QCOMPARE(reply.value(1), QByteArray("2"));
    QCOMPARE(reply.value(2), QByteArray("400"));
    // A decision that is pending when the authenticator stops expires.
    QSignalSpy expired(&provider, &QZapCredentialsProvider::expired);
    client.send(ZapClient::request("NULL", {}, "test", "10.0.0.3", "4"));
    QTRY_COMPARE(decisions.size(), 2);
    m_authenticator->stop();
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QVERIFY(!decisions.last().accept());
    QTRY_COMPARE(expired.count(), 1);
}

void tst_WorkerThread::emitsSignalsInTheThreadOfTheAuthenticator()
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
        QCOMPARE(client.waitWithoutEventLoop().value(2), QByteArray("200"));
    QVERIFY(order.isEmpty()); // signals are emitted only by the event loop
    QTRY_COMPARE(order.size(), expected.size());
    QCOMPARE(order, expected);
    QVERIFY(inThread);
}

// More decisions than the queue can hold are made while a slow slot runs.
void tst_WorkerThread::decidesWhileASlotIsSlow()
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
        QCOMPARE(client.waitWithoutEventLoop().value(2), QByteArray("200"));
    m_authenticator->stop();
    QCOMPARE(m_authenticator->acceptedCount(), Requests);
    QCOMPARE(m_authenticator->unreportedCount(), Requests - Room);
    QCOMPARE(told, 0);
    QTRY_COMPARE(told, Room);
    QCOMPARE(unreported.count(), 1);
}

void tst_WorkerThread::reportsToAListenerFromTheFirstDecisionOn()
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
        ask(); // the first decision after connecting is reported
        QTRY_COMPARE(spy.count(), 1);
    }
    QCoreApplication::processEvents();
    ask();
    QTRY_COMPARE(m_authenticator->acceptedCount(), 22);
}

void tst_WorkerThread::reportsToRemainingListeners()
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
        // The remaining connections of signals are counted while requests are decided.
        disconnect(connect(m_authenticator.get(), &QZapAuthenticator::authenticated, this, [] {}));
        QCoreApplication::processEvents();
    }
    QTRY_COMPARE(m_authenticator->acceptedCount(), Rounds * Requests);
    QTRY_COMPARE(told + m_authenticator->unreportedCount(), Rounds * Requests);
}

QTEST_GUILESS_MAIN(tst_WorkerThread)
#include "tst_workerthread.moc"
