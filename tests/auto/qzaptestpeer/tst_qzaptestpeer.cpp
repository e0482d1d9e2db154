// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handshaketest.h"

#include <QZap/QZap>
#include <QZap/QZapTestPeer>

#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

using namespace Qt::StringLiterals;

using QZap::Status;

// Tests the handshakes of QZapTestPeer with real servers.
class tst_QZapTestPeer : public HandshakeTest
{
    Q_OBJECT

private Q_SLOTS:
    void null();
    void plain();
    void curve();
    void fitsEachTypeOfServer_data();
    void fitsEachTypeOfServer();
    void namesTypesThatDoNotFit_data();
    void namesTypesThatDoNotFit();
    void overIpc();
    void sendsMessages();
    void isTurnedAwayForNow();
    void losesTheConnection();
    void cannotConnect_data();
    void cannotConnect();
    void refusesCredentials();

private:
    QString serverKey() const { return m_serverCertificate.publicKeyText(); }
};

void tst_QZapTestPeer::null()
{
    QVERIFY(m_authenticator->configureNull(u"open"_s, true));
    QVERIFY(m_authenticator->configureNull(u"closed"_s, false));
    QZapTestPeer accepted(serve(Kind::Null, u"open"_s));
    QVERIFY(!accepted.isAccepted());
    QVERIFY(!accepted.refusal());
    QTRY_VERIFY2(accepted.isAccepted(), qPrintable(accepted.errorString()));
    QCOMPARE(accepted.errorString(), QString());
    QZapTestPeer refused(serve(Kind::Null, u"closed"_s));
    QTRY_COMPARE(refused.refusal(), Status::AuthenticationFailure);
    QVERIFY(!refused.isAccepted());
    QVERIFY(refused.errorString().contains(u"400"_s));
}

void tst_QZapTestPeer::plain()
{
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
    const QString endpoint = serve(Kind::Plain);
    const QZapTestPeer bob(endpoint, "bob", "secret");
    const QZapTestPeer eve(endpoint, u"bob"_s, QByteArray("guess"));
    QTRY_VERIFY2(bob.isAccepted(), qPrintable(bob.errorString()));
    QTRY_COMPARE(eve.refusal(), Status::AuthenticationFailure);
}

void tst_QZapTestPeer::curve()
{
    const QZapCertificate alice = QZapCertificate::generate();
    const QTemporaryDir directory;
    QVERIFY(alice.save(directory.path(), u"alice"_s));
    QVERIFY(m_authenticator->configureCurve(u"test"_s, directory.path()));
    const QString endpoint = serve(Kind::Curve);
    const QZapTestPeer known(endpoint, alice, serverKey());
    const QZapTestPeer stranger(endpoint, QZapCertificate::generate(), serverKey());
    QTRY_VERIFY2(known.isAccepted(), qPrintable(known.errorString()));
    QTRY_COMPARE(stranger.refusal(), Status::AuthenticationFailure);
}

void tst_QZapTestPeer::fitsEachTypeOfServer_data()
{
    using Type = QZapTestPeer::Server;
    QTest::addColumn<int>("type");
    QTest::addColumn<Type>("server");
    QTest::newRow("ROUTER") << ZMQ_ROUTER << Type::Router;
    QTest::newRow("DEALER") << ZMQ_DEALER << Type::Dealer;
    QTest::newRow("REP") << ZMQ_REP << Type::Rep;
    QTest::newRow("PULL") << ZMQ_PULL << Type::Pull;
    QTest::newRow("PUSH") << ZMQ_PUSH << Type::Push;
    QTest::newRow("PUB") << ZMQ_PUB << Type::Pub;
    QTest::newRow("XPUB") << ZMQ_XPUB << Type::XPub;
    QTest::newRow("SUB") << ZMQ_SUB << Type::Sub;
    QTest::newRow("XSUB") << ZMQ_XSUB << Type::XSub;
    QTest::newRow("PAIR") << ZMQ_PAIR << Type::Pair;
}

void tst_QZapTestPeer::fitsEachTypeOfServer()
{
    QFETCH(const int, type);
    QFETCH(const QZapTestPeer::Server, server);
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
    zmq::socket_t socket(*m_context, type);
    QVERIFY(QZap::securePlain(socket, u"test"_s));
    socket.bind("tcp://127.0.0.1:*");
    const std::string endpoint = socket.get(zmq::sockopt::last_endpoint);
    const QZapTestPeer bob(endpoint.c_str(), "bob", "secret", server);
    QTRY_VERIFY2(bob.isAccepted(), qPrintable(bob.errorString()));
    const QZapTestPeer eve(endpoint.c_str(), "bob", "guess", server);
    QTRY_COMPARE(eve.refusal(), Status::AuthenticationFailure);
}

void tst_QZapTestPeer::namesTypesThatDoNotFit_data()
{
    using Type = QZapTestPeer::Server;
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<Type>("server"); // not that of the server, which is a PULL
    QTest::addColumn<QString>("fits");
    const QString dealer = u"a DEALER, fits ROUTER, DEALER and REP; "_s;
    QTest::newRow("NULL") << Kind::Null << Type::Router << u"type"_s;
    QTest::newRow("PLAIN") << Kind::Plain << Type::Router << dealer;
    QTest::newRow("CURVE") << Kind::Curve << Type::Router << dealer;
    QTest::newRow("PLAIN, PUSH") << Kind::Plain << Type::Push << u"a PULL, fits PUSH; "_s;
    QTest::newRow("PLAIN, PUB") << Kind::Plain << Type::Pub << u"a SUB, fits PUB and XPUB; "_s;
    QTest::newRow("PLAIN, SUB") << Kind::Plain << Type::Sub << u"a PUB, fits SUB and XSUB; "_s;
    QTest::newRow("PLAIN, PAIR") << Kind::Plain << Type::Pair << u"a PAIR, fits PAIR; "_s;
}

// The authenticator accepts the peer, and the server ends the connection nevertheless, for CURVE
// before the reply arrives.
void tst_QZapTestPeer::namesTypesThatDoNotFit()
{
    QFETCH(const Kind, kind);
    QFETCH(const QZapTestPeer::Server, server);
    QFETCH(const QString, fits);
    QVERIFY(m_authenticator->configureNull(u"test"_s, true));
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
    QVERIFY(m_authenticator->configureCurve(u"test"_s, QZap::CurveAllowAny));
    zmq::socket_t socket(*m_context, zmq::socket_type::pull);
    const bool isSecured = kind == Kind::Null ? QZap::secureNull(socket, u"test"_s)
                           : kind == Kind::Plain
                               ? QZap::securePlain(socket, u"test"_s)
                               : QZap::secureCurve(socket, u"test"_s, m_serverCertificate);
    QVERIFY(isSecured);
    socket.bind("tcp://127.0.0.1:*");
    const std::string name = socket.get(zmq::sockopt::last_endpoint);
    const char *const endpoint = name.c_str();
    std::optional<QZapTestPeer> peer;
    if (kind == Kind::Null)
        peer.emplace(endpoint, server);
    else if (kind == Kind::Plain)
        peer.emplace(endpoint, "bob", "secret", server);
    else
        peer.emplace(endpoint, QZapCertificate::generate(), serverKey(), server);
    QTRY_VERIFY2(peer->errorString().contains(fits), qPrintable(peer->errorString()));
    QVERIFY2(peer->errorString().contains(u"type"_s), qPrintable(peer->errorString()));
    QCOMPARE(peer->errorString().contains(u"key"_s), kind == Kind::Curve);
    QVERIFY(!peer->isAccepted() && !peer->refusal());
    QTRY_VERIFY(m_authenticator->acceptedCount() + m_authenticator->droppedCount() > 0);
    QCOMPARE(m_authenticator->rejectedCount(), 0);
}

void tst_QZapTestPeer::overIpc()
{
    QVERIFY(m_authenticator->configureNull(u"test"_s, true));
    QVERIFY(m_authenticator->allow(u"ipc:*"_s));
    serve(Kind::Null);
    const QTemporaryDir directory;
    const QZapTestPeer peer(m_server->bind(u"ipc://"_s + directory.filePath(u"socket"_s)));
    QTRY_VERIFY2(peer.isAccepted(), qPrintable(peer.errorString()));
}

void tst_QZapTestPeer::sendsMessages()
{
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
    const QZapTestPeer bob(serve(Kind::Plain), "bob", "secret");
    QTRY_VERIFY(bob.isAccepted());
    zmq::socket_ref(zmq::from_handle, bob.socket())
        .send(zmq::str_buffer("hello"), zmq::send_flags::dontwait);
    std::optional<Server::Message> message;
    QTRY_VERIFY(message || (message = m_server->receive()));
    QCOMPARE(message->body, QByteArray("hello"));
    QCOMPARE(message->userId, QByteArray("bob"));
}

void tst_QZapTestPeer::isTurnedAwayForNow()
{
    QVERIFY(m_authenticator->configureNull(u"test"_s, true));
    m_authenticator->setLockdown(true);
    m_authenticator->setMaximumHeldConnections(0); // the peer is disconnected at once
    const QZapTestPeer peer(serve(Kind::Null));
    QTRY_VERIFY(!peer.errorString().isEmpty());
    QVERIFY(!peer.isAccepted());
    QVERIFY(!peer.refusal());
    m_authenticator->setLockdown(false);
    QTRY_VERIFY2(peer.isAccepted(), qPrintable(peer.errorString()));
}

void tst_QZapTestPeer::losesTheConnection()
{
    QVERIFY(m_authenticator->configureNull(u"test"_s, true));
    const QZapTestPeer peer(serve(Kind::Null));
    QTRY_VERIFY(peer.isAccepted());
    m_server.reset();
    QTRY_VERIFY(!peer.isAccepted());
    QTRY_VERIFY(!peer.errorString().isEmpty());
}

void tst_QZapTestPeer::cannotConnect_data()
{
    QTest::addColumn<QString>("endpoint");
    QTest::addColumn<QString>("error");
    QTest::newRow("no endpoint") << u"rubbish"_s << u"cannot connect to \"rubbish\""_s;
    QTest::newRow("empty") << QString() << u"cannot connect to \"\""_s;
    QTest::newRow("inproc") << u"inproc://test"_s << u"authenticates no peers over inproc"_s;
    QTest::newRow("nobody there") << u"tcp://127.0.0.1:1"_s << u"Nobody listens"_s;
}

void tst_QZapTestPeer::cannotConnect()
{
    QFETCH(const QString, endpoint);
    QFETCH(const QString, error);
    const QZapTestPeer peer(endpoint);
    QTRY_VERIFY2(peer.errorString().contains(error), qPrintable(peer.errorString()));
    QVERIFY(!peer.isAccepted());
    QVERIFY(!peer.refusal());
}

void tst_QZapTestPeer::refusesCredentials()
{
    const QString endpoint = serve(Kind::Plain);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"."_s));
    const QZapTestPeer longName(endpoint, QString(256, u'b'), "x");
    QVERIFY(longName.errorString().contains(u"No peer can have this name"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"."_s));
    const auto publicKey = QZapCertificate::fromPublicKey(serverKey().toLatin1());
    const QZapTestPeer noSecret(endpoint, *publicKey, serverKey());
    QVERIFY(noSecret.errorString().contains(u"No peer can have these keys"_s));
    QVERIFY(!noSecret.isAccepted());
}

QTEST_GUILESS_MAIN(tst_QZapTestPeer)
#include "tst_qzaptestpeer.moc"
