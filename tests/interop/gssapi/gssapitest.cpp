// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gssapitest.h"

#include <QZap/qzap.h>

#include <QtTest/qtest.h>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

void GssapiTest::initTestCase()
{
    if (!zmq_has("gssapi"))
        QSKIP("this libzmq was built without GSSAPI");
    QVERIFY2(m_realm.start({u"alice"_s, u"bob"_s, u"zmqtest/localhost"_s}),
             qPrintable(m_realm.errorString()));
}

void GssapiTest::cleanupTestCase()
{
    m_realm.stop();
}

void GssapiTest::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

QString GssapiTest::bind(Server &server)
{
    if (!QZap::secureGssapi(server.socket(), domain(), serverName()))
        return {};
    server.socket().set(zmq::sockopt::gssapi_principal_nametype, ZMQ_GSSAPI_NT_KRB5_PRINCIPAL);
    return server.bind();
}

void GssapiTest::connect(Peer &peer, const QString &principal, const QString &endpoint)
{
    zmq::socket_t &socket = peer.socket();
    socket.set(zmq::sockopt::gssapi_principal, principal.toStdString());
    socket.set(zmq::sockopt::gssapi_principal_nametype, ZMQ_GSSAPI_NT_KRB5_PRINCIPAL);
    socket.set(zmq::sockopt::gssapi_service_principal, serverName().toStdString());
    socket.set(zmq::sockopt::gssapi_service_principal_nametype, ZMQ_GSSAPI_NT_KRB5_PRINCIPAL);
    peer.connect(endpoint);
    peer.send("let me in");
}

void GssapiTest::verifyAccepted(Server &server, Peer &peer, const QString &userId)
{
    std::optional<Server::Message> message;
    QTRY_VERIFY_WITH_TIMEOUT(message || (message = server.receive()), Timeout);
    QCOMPARE(message->body, "let me in");
    QCOMPARE(message->userId, userId.toUtf8());
    QTRY_VERIFY_WITH_TIMEOUT(peer.isAccepted() && server.accepted() > 0, Timeout);
}

void GssapiTest::verifyKeptOut(Server &server, Peer &peer)
{
    const int before = peer.disconnections();
    // The peer tries again after each disconnection, but is never accepted.
    QTRY_VERIFY_WITH_TIMEOUT(peer.disconnections() >= before + 2, Timeout);
    QVERIFY(!peer.isAccepted());
    QCOMPARE(server.accepted(), 0);
    QVERIFY(!server.receive());
    // The status of the answer is what keeps the peer out.
    const QList<SocketMonitor::Event> &events = server.monitor().events();
    QVERIFY(std::any_of(events.begin(), events.end(), [](const SocketMonitor::Event &event) {
        return event.type == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
               && event.value == ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE;
    }));
}
