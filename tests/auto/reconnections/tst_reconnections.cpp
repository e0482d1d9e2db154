// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "handshaketest.h"

#include <QtTest/qtest.h>

#include <memory>
#include <optional>
#include <vector>

// Tests which peers try again, and which stay connected, when the configuration changes.
class tst_Reconnections : public HandshakeTest
{
    Q_OBJECT

private Q_SLOTS:
    void refusalIsFinal();
    void lockdownIsTemporary();
    void sendingAwayLeaksNothing();
    void stopRefusesEveryone();
    void startAcceptsWaitingPeers();
    void establishedConnectionsRemain();
    void heldPeersDoNotBlockGoodOnes();
};

// libzmq's clients do not try again after the status 400.
void tst_Reconnections::refusalIsFinal()
{
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), false));
    auto client = peer();
    client->connect(serve(Kind::Null));
    expectRefused(*client);
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    auto other = peer();
    other->connect(QString::fromStdString(m_server->socket().get(zmq::sockopt::last_endpoint)));
    expectAccepted(*other, "anonymous");
    QCOMPARE(client->connections(), 1);
    QCOMPARE(m_authenticator->rejectedCount(), 1);
}

void tst_Reconnections::lockdownIsTemporary()
{
    QVERIFY(m_authenticator->configurePlain(QStringLiteral("test"),
                                            {{QStringLiteral("bob"), QStringLiteral("secret")}}));
    m_authenticator->setMaximumHeldConnections(1);
    m_authenticator->setLockdown(true);
    // A held NULL peer is disconnected if the reply is faster than its own last message.
    const QString endpoint = serve(Kind::Plain);
    auto held = peer();
    held->plain("bob", "secret").connect(endpoint);
    QTRY_COMPARE(m_authenticator->temporaryCount(), 1);
    auto sentAway = peer();
    sentAway->plain("bob", "secret").connect(endpoint);
    QTRY_VERIFY(sentAway->disconnections() > 1); // it tries again repeatedly
    QCOMPARE(held->disconnections(), 0);
    QCOMPARE(held->refusal(), 0);
    QCOMPARE(sentAway->refusal(), 0);
    QCOMPARE(m_server->accepted(), 0);
    QVERIFY(m_authenticator->isRunning());

    m_authenticator->setLockdown(false);
    expectAccepted(*sentAway, "bob"); // it has tried again by itself
}

// LeakSanitizer checks this: libzmq does not free all frames of a reply that ends a connection. The
// bound of unread replies allocates memory for every 64th one.
void tst_Reconnections::sendingAwayLeaksNothing()
{
    m_authenticator->setMaximumHeldConnections(0);
    m_authenticator->setLockdown(true);
    const QString endpoint = serve(Kind::Plain);
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 8; ++i) {
        peers.push_back(peer());
        peers.back()->socket().set(zmq::sockopt::reconnect_ivl, 1);
        peers.back()->plain("bob", "secret").connect(endpoint);
    }
    QTRY_VERIFY(m_authenticator->temporaryCount() > 300);
    QCOMPARE(m_server->accepted(), 0);
}

void tst_Reconnections::stopRefusesEveryone()
{
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    const QString endpoint = serve(Kind::Null, QStringLiteral("test"), 300);
    auto before = peer();
    before->connect(endpoint);
    expectAccepted(*before, "anonymous");
    m_authenticator->stop();
    const int accepted = m_server->accepted();
    auto after = peer();
    after->connect(endpoint);
    after->send("hello");
    QTRY_VERIFY(after->disconnections() > 0);
    QVERIFY(!after->isAccepted());
    QCOMPARE(m_server->accepted(), accepted);
    QVERIFY(!m_server->receive());
}

void tst_Reconnections::startAcceptsWaitingPeers()
{
    m_authenticator->stop();
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    auto client = peer();
    client->connect(serve(Kind::Null, QStringLiteral("test"), 300));
    QTRY_VERIFY(client->disconnections() > 0);
    QVERIFY(m_authenticator->start());
    expectAccepted(*client, "anonymous");
}

void tst_Reconnections::establishedConnectionsRemain()
{
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    auto client = peer();
    client->connect(serve(Kind::Null));
    expectAccepted(*client, "anonymous");
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), false));
    QVERIFY(m_authenticator->deny(QStringLiteral("127.0.0.1")));
    client->send("still here");
    std::optional<Server::Message> message;
    QTRY_VERIFY(message || (message = m_server->receive()));
    QCOMPARE(message->body, QByteArray("still here"));
    QCOMPARE(m_authenticator->acceptedCount(), 1); // no second request was sent
}

void tst_Reconnections::heldPeersDoNotBlockGoodOnes()
{
    m_authenticator->setMaximumHeldConnections(4);
    const QString endpoint = serve(Kind::Plain);
    // The domain is not ready: everyone gets a temporary answer.
    auto *domain = new QZapPlainDomain(m_authenticator.get());
    domain->setName(QStringLiteral("test"));
    QVERIFY(m_authenticator->addDomain(domain));
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 20; ++i) {
        peers.push_back(peer());
        peers.back()->plain("bob", "secret").connect(endpoint);
    }
    QTRY_VERIFY(m_authenticator->temporaryCount() > 20);
    QCOMPARE(m_authenticator->acceptedCount(), 0);
    domain->setPasswords({{QStringLiteral("bob"), QStringLiteral("secret")}});
    auto client = peer();
    client->plain("bob", "secret").connect(endpoint);
    QTRY_VERIFY(client->isAccepted());
    // All except the four held peers try again by themselves, and are then accepted.
    QTRY_COMPARE(m_authenticator->acceptedCount(), 17);
}

QTEST_GUILESS_MAIN(tst_Reconnections)
#include "tst_reconnections.moc"
