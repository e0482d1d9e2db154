// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapdecision.h>
#include <QZap/qzapdomain.h>
#include <QZap/qzapreply.h>
#include <QZap/qzaprequest.h>

#include "peer.h"
#include "server.h"
#include "zapclient.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

// Tests that a reply to a disconnected peer does not count as an acceptance.
class tst_UndeliveredReplies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void requesterHasDisconnected_data();
    void requesterHasDisconnected();
    void connectionTimedOut_data();
    void connectionTimedOut();
    void slotsRunOutsideOfABatch_data();
    void slotsRunOutsideOfABatch();

private:
    static QString test() { return QStringLiteral("test"); }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    QList<QZapDecision> m_decisions;
    bool m_isBroken = false; // the provider does not decide
};

void tst_UndeliveredReplies::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapCredentialsProvider>();
    QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
    connect(m_provider.get(), &QZapCredentialsProvider::authenticating, this,
            [this](const QZapDecision &decision) {
                if (m_isBroken)
                    return;
                decision.defer();
                m_decisions.append(decision);
            });
}

void tst_UndeliveredReplies::cleanup()
{
    m_authenticator.reset();
    m_provider.reset();
    m_decisions.clear();
    m_isBroken = false;
    m_context.reset();
}

void tst_UndeliveredReplies::requesterHasDisconnected_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("accepted, own thread") << false << true;
    QTest::newRow("accepted, private thread") << true << true;
    QTest::newRow("refused, own thread") << false << false;
    QTest::newRow("refused, private thread") << true << false;
}

void tst_UndeliveredReplies::requesterHasDisconnected()
{
    QFETCH(const bool, workerThread);
    QFETCH(const bool, isAccepted);
    constexpr int Count = 20;
    m_authenticator->setWorkerThread(workerThread);
    QVERIFY(m_authenticator->start());
    const QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    const QSignalSpy authenticated(m_authenticator.get(), &QZapAuthenticator::authenticated);
    const QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    const QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    std::vector<std::unique_ptr<ZapClient>> clients;
    for (int i = 0; i < Count; ++i) {
        clients.push_back(std::make_unique<ZapClient>(*m_context));
        clients.back()->send(ZapClient::request("NULL"));
    }
    QTRY_COMPARE(m_decisions.size(), Count);
    for (const std::unique_ptr<ZapClient> &client : clients)
        client->disconnect();
    ZapClient other(*m_context);
    other.send(ZapClient::request("NULL"));
    QTRY_COMPARE(m_decisions.size(), Count + 1);
    for (const QZapDecision &decision : std::as_const(m_decisions))
        QVERIFY(isAccepted ? decision.accept() : decision.reject(QStringLiteral("no")));
    QCOMPARE(other.waitForReply().value(2), isAccepted ? QByteArray("200") : QByteArray("400"));
    QTRY_COMPARE(m_authenticator->droppedCount(), Count);
    QTRY_COMPARE(decided.size(), 1);
    QCOMPARE(authenticated.size(), isAccepted ? 1 : 0);
    QCOMPARE(rejected.size(), isAccepted ? 0 : 1);
    QCOMPARE(m_authenticator->acceptedCount(), isAccepted ? 1 : 0);
    QCOMPARE(m_authenticator->rejectedCount(), isAccepted ? 0 : 1);
    QTRY_COMPARE(expired.size(), Count);
    QCOMPARE(expired.first().at(1).toString(), QStringLiteral("The peer has disconnected"));
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_UndeliveredReplies::connectionTimedOut_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

// The provider is slower than the server socket's ZMQ_HANDSHAKE_IVL.
void tst_UndeliveredReplies::connectionTimedOut()
{
    QFETCH(const bool, workerThread);
    m_authenticator->setWorkerThread(workerThread);
    QVERIFY(m_authenticator->start());
    const QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    const QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    Server server(*m_context);
    server.socket().set(zmq::sockopt::zap_domain, "test");
    server.socket().set(zmq::sockopt::handshake_ivl, 50);
    Peer peer(*m_context);
    peer.socket().set(zmq::sockopt::reconnect_ivl, -1);
    const QString endpoint = server.bind();
    peer.connect(endpoint);
    QTRY_COMPARE(m_decisions.size(), 1);
    QTRY_COMPARE(peer.disconnections(), 1);
    // A request of the next connection shows that the I/O thread has closed the first one.
    Peer next(*m_context);
    next.socket().set(zmq::sockopt::reconnect_ivl, -1);
    next.connect(endpoint);
    QTRY_COMPARE(m_decisions.size(), 2);
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(m_authenticator->droppedCount(), 1);
    QTRY_COMPARE(expired.size(), 1);
    QCOMPARE(m_authenticator->acceptedCount(), 0);
    QCOMPARE(decided.size(), 0);
}

void tst_UndeliveredReplies::slotsRunOutsideOfABatch_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<bool>("stops");
    QTest::newRow("the slot stops, own thread") << false << true;
    QTest::newRow("the slot stops, private thread") << true << true;
    QTest::newRow("the slot runs an event loop, own thread") << false << false;
    QTest::newRow("the slot runs an event loop, private thread") << true << false;
}

// The slot is called because a provider fails, while the engine answers requests. The reply to a
// peer that has disconnected is sent meanwhile.
void tst_UndeliveredReplies::slotsRunOutsideOfABatch()
{
    QFETCH(const bool, workerThread);
    QFETCH(const bool, stops);
    int calls = 0;
    connect(m_authenticator.get(), &QZapAuthenticator::errorOccurred, this, [&] {
        ++calls;
        if (stops) {
            m_authenticator->stop();
            return;
        }
        ZapClient other(*m_context);
        other.send(ZapClient::request("NULL", {}, "elsewhere"));
        QCOMPARE(other.waitForReply().value(2), QByteArray("200"));
        QVERIFY(m_decisions.constFirst().accept());
        QTRY_COMPARE(m_authenticator->droppedCount(), 1);
    });
    m_authenticator->setWorkerThread(workerThread);
    QVERIFY(m_authenticator->start());
    ZapClient gone(*m_context);
    gone.send(ZapClient::request("NULL"));
    QTRY_COMPARE(m_decisions.size(), 1);
    gone.disconnect();
    m_isBroken = true;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("neither answered nor deferred")));
    ZapClient peer(*m_context);
    peer.send(ZapClient::request("NULL"));
    QCOMPARE(peer.waitForReply().value(2), QByteArray("300"));
    QTRY_COMPARE(calls, 1);
    QTRY_COMPARE(m_authenticator->droppedCount(), 1);
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

QTEST_GUILESS_MAIN(tst_UndeliveredReplies)
#include "tst_undeliveredreplies.moc"
