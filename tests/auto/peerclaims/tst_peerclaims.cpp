// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"
#include "rawpeer.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

// Peers that claim a session, a user id, fields and an address in their metadata.
class tst_PeerClaims : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void ignoresClaims_data();
    void ignoresClaims();
    void refusesClaimsWithoutADecision_data();
    void refusesClaimsWithoutADecision();

private:
    static QByteArray nonsense() { return QByteArray(200, '0'); }
    static QByteArray tokenOf(zmq::message_t &message) { return message.gets("QZap-Session"); }
    // Returns a token of another authenticator for bob.
    QByteArray foreignToken();
    // Returns the first message of a peer that claims this token, and more.
    zmq::message_t messageOf(RawPeer *peer, QZap::Mechanism mechanism, const QByteArray &token);
    QString endpoint() const
    {
        return QString::fromStdString(m_socket->get(zmq::sockopt::last_endpoint));
    }
};

QByteArray tst_PeerClaims::foreignToken()
{
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QZapGuard guard(&authenticator);
    if (!authenticator.configurePlain(test(), {{bob(), QStringLiteral("secret")}})
        || !authenticator.start()) {
        return {};
    }
    zmq::socket_t socket(context, zmq::socket_type::router);
    if (!QZap::securePlain(socket, test()) || !guard.setSocket(socket))
        return {};
    socket.bind("tcp://127.0.0.1:*");
    zmq::socket_t peer = client(zmq::socket_type::dealer,
                                QString::fromStdString(socket.get(zmq::sockopt::last_endpoint)));
    if (!send(peer, "hello"))
        return {};
    zmq::message_t message;
    if (!QTest::qWaitFor(
            [&] { return socket.recv(message, zmq::recv_flags::dontwait).has_value(); })) {
        return {};
    }
    const QByteArray token = guard.isAuthorized(message) ? tokenOf(message) : QByteArray();
    guard.clearSocket();
    return token;
}

zmq::message_t tst_PeerClaims::messageOf(RawPeer *peer, QZap::Mechanism mechanism,
                                         const QByteArray &token)
{
    const RawPeer::Claims claims = {{"QZap-Session", token},
                                    {"User-Id", "admin"},
                                    {"Role", "admin"},
                                    {"Peer-Address", "192.0.2.1"},
                                    {"__fd", "0"}};
    const bool isLetIn = mechanism == QZap::Mechanism::Null
                             ? peer->connectNull(endpoint(), claims)
                             : peer->connectPlain(endpoint(), "alice", "secret", claims);
    if (!isLetIn)
        qFatal("the peer was refused");
    peer->send("claimed");
    return waitForMessage();
}

void tst_PeerClaims::ignoresClaims_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<QString>("userId");
    QTest::addColumn<bool>("isToken");
    QTest::newRow("NULL") << QZap::Mechanism::Null << QStringLiteral("anonymous") << false;
    QTest::newRow("NULL, the session of another peer")
        << QZap::Mechanism::Null << QStringLiteral("anonymous") << true;
    QTest::newRow("PLAIN") << QZap::Mechanism::Plain << QStringLiteral("alice") << false;
    QTest::newRow("PLAIN, the session of another peer")
        << QZap::Mechanism::Plain << QStringLiteral("alice") << true;
}

void tst_PeerClaims::ignoresClaims()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const QString, userId);
    QFETCH(const bool, isToken);

    connectBob(mechanism, false);
    const QByteArray token = tokenOf(m_message);
    QVERIFY(!token.isEmpty());
    RawPeer peer;
    zmq::message_t message = messageOf(&peer, mechanism, isToken ? token : nonsense());
    QCOMPARE(QByteArray(message.gets("Role")), QByteArray("admin")); // the claims have arrived
    const QZapSession session = m_guard->session(message);
    QCOMPARE(session.userId(), userId);
    QCOMPARE(session.address(), QStringLiteral("127.0.0.1"));
    QVERIFY(session != m_guard->session(m_message));
    QVERIFY(session.fields().isEmpty());
    QVERIFY(m_guard->field(message, QStringLiteral("Role")).isEmpty());
    QVERIFY(m_guard->isAuthorized(message));
    // Its own connection is ended, not that of bob.
    QTRY_COMPARE(m_guard->connectionCount(), 2);
    if (!m_guard->canDisconnect())
        QSKIP("connections cannot be ended");
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QVERIFY(m_guard->disconnectPeer(session));
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<QZapSession>(), session);
}

void tst_PeerClaims::refusesClaimsWithoutADecision_data()
{
    QTest::addColumn<QString>("claim");
    for (const char *const claim :
         {"nonsense", "empty", "another authenticator's", "cut short", "only the head", "longer",
          "another number", "another user", "of another address"}) {
        QTest::newRow(claim) << QString::fromLatin1(claim);
    }
}

// While the authenticator has no guard, it sends no session, and only the claim is there.
void tst_PeerClaims::refusesClaimsWithoutADecision()
{
    QFETCH(const QString, claim);
    constexpr qsizetype HeadSize = 44;

    connectBob(QZap::Mechanism::Plain, false);
    QByteArray token = tokenOf(m_message);
    QVERIFY(token.size() > HeadSize);
    if (claim == QLatin1String("nonsense"))
        token = nonsense();
    else if (claim == QLatin1String("empty"))
        token.clear();
    else if (claim == QLatin1String("another authenticator's"))
        token = foreignToken();
    else if (claim == QLatin1String("cut short"))
        token.chop(1);
    else if (claim == QLatin1String("only the head"))
        token.truncate(HeadSize);
    else if (claim == QLatin1String("longer"))
        token.append('0');
    else if (claim == QLatin1String("another number"))
        token[0] = static_cast<char>(token[0] ^ 1);
    else if (claim == QLatin1String("another user"))
        token.replace("bob", "eve");
    else
        token.replace("127.0.0.1", "127.0.0.2");
    QVERIFY(token != tokenOf(m_message));
    m_guard->setAuthenticator(nullptr);
    RawPeer peer;
    zmq::message_t message = messageOf(&peer, QZap::Mechanism::Plain, token);
    QCOMPARE(tokenOf(message), token);
    m_guard->setAuthenticator(m_authenticator.get());
    QSignalSpy unauthorized(m_guard.get(), &QZapGuard::unauthorized);
    QVERIFY(m_guard->session(message).isNull());
    QVERIFY(!m_guard->isAuthorized(message));
    QVERIFY(m_guard->userId(message).isEmpty());
    QVERIFY(m_guard->field(message, QStringLiteral("Role")).isEmpty());
    QTRY_COMPARE(unauthorized.size(), 1);
}

QTEST_GUILESS_MAIN(tst_PeerClaims)
#include "tst_peerclaims.moc"
