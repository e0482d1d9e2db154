// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gssapitest.h"

#include "zapclient.h"

#include <QZap/QZapAuthenticator>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <cstring>
#include <optional>

using namespace Qt::StringLiterals;

// Tests the status of the answers about principals, and the reaction of libzmq.
class tst_GssapiStatus : public GssapiTest
{
    Q_OBJECT

private Q_SLOTS:
    void answersRawRequests_data();
    void answersRawRequests();
    void libzmqIgnoresTheStatusOfReplies_data();
    void libzmqIgnoresTheStatusOfReplies();
    void libzmqNeedsNoHandler();
};

void tst_GssapiStatus::answersRawRequests_data()
{
    QTest::addColumn<QByteArrayList>("credentials");
    QTest::addColumn<bool>("lockdown");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QZap::Status>("status");
    const QByteArray name = alice().toUtf8();
    const auto refuse = [](const char *rule, const QByteArrayList &credentials) {
        QTest::newRow(rule) << credentials << false << "000"_ba
                            << QZap::Status::AuthenticationFailure;
    };
    QTest::newRow("a listed principal")
        << QByteArrayList{name} << false << "200"_ba << QZap::Status::Success;
    refuse("another principal", {bob().toUtf8()});
    refuse("no credentials", {});
    refuse("two credentials", {name, name});
    refuse("an empty principal", {""_ba});
    refuse("a principal with a NUL", {name + '\0'});
    refuse("a principal that is not UTF-8", {"\xff"_ba});
    refuse("a principal of 256 bytes", {QByteArray(256, 'x')});
    QTest::newRow("locked down") << QByteArrayList{name} << true << "000"_ba
                                 << QZap::Status::TemporaryError;
}

void tst_GssapiStatus::answersRawRequests()
{
    QFETCH(const QByteArrayList, credentials);
    QFETCH(const bool, lockdown);
    QFETCH(const QByteArray, code);
    QFETCH(const QZap::Status, status);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    QVERIFY(authenticator.configureGssapi(domain(), {alice()}));
    authenticator.setLockdown(lockdown);
    QVERIFY(authenticator.start());

    ZapClient client(context);
    client.send(ZapClient::request("GSSAPI", credentials));
    std::optional<QByteArrayList> reply;
    QTRY_VERIFY(reply || (reply = client.receive()));
    QCOMPARE(reply->size(), 6);
    QCOMPARE(reply->at(0), "1.0");
    QCOMPARE(reply->at(1), "1");
    QCOMPARE(reply->at(2), code);
    QCOMPARE(reply->at(4), status == QZap::Status::Success ? credentials.first() : QByteArray());
    QCOMPARE(reply->at(5), QByteArray());
    QTRY_COMPARE(decided.size(), 1);
    QCOMPARE(decided.first().at(1).value<QZapReply>().status(), status);
}

// Shows why an invalid status is necessary. If a row is skipped, this libzmq respects the status.
void tst_GssapiStatus::libzmqIgnoresTheStatusOfReplies_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<bool>("keptOut");
    QTest::newRow("300 lets the peer in") << "300"_ba << false;
    QTest::newRow("400 lets the peer in") << "400"_ba << false;
    QTest::newRow("500 lets the peer in") << "500"_ba << false;
    QTest::newRow("000 keeps the peer out") << "000"_ba << true;
}

void tst_GssapiStatus::libzmqIgnoresTheStatusOfReplies()
{
    QFETCH(const QByteArray, code);
    QFETCH(const bool, keptOut);
    zmq::context_t context;
    zmq::socket_t handler(context, zmq::socket_type::router);
    handler.set(zmq::sockopt::linger, 0);
    handler.bind("inproc://zeromq.zap.01");
    Server server(context);
    const QString endpoint = bind(server);
    QVERIFY(!endpoint.isEmpty());

    const auto answer = [&] {
        zmq::message_t routingId;
        while (handler.recv(routingId, zmq::recv_flags::dontwait)) {
            zmq::message_t rest;
            do {
                (void)handler.recv(rest);
            } while (rest.more());
            handler.send(routingId, zmq::send_flags::sndmore);
            for (const char *frame : {"", "1.0", "1", code.constData(), "raw", "somebody"})
                handler.send(zmq::buffer(frame, std::strlen(frame)), zmq::send_flags::sndmore);
            handler.send(zmq::message_t(), zmq::send_flags::none);
        }
    };
    Peer peer(context);
    connect(peer, alice(), endpoint);
    const auto settled = [&] {
        answer();
        return peer.isAccepted() || peer.disconnections() >= 2;
    };
    QTRY_VERIFY_WITH_TIMEOUT(settled(), Timeout);
    if (keptOut) {
        QVERIFY(!peer.isAccepted());
        QCOMPARE(server.accepted(), 0);
        return;
    }
    if (!peer.isAccepted())
        QSKIP("this libzmq keeps the peer out: status 000 is not needed any more for GSSAPI");
    verifyAccepted(server, peer, u"somebody"_s);
}

void tst_GssapiStatus::libzmqNeedsNoHandler()
{
    zmq::context_t context;
    Server server(context);
    const QString endpoint = bind(server);
    QVERIFY(!endpoint.isEmpty());
    Peer peer(context);
    connect(peer, alice(), endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(peer.isAccepted() || peer.disconnections() >= 2, Timeout);
    if (!peer.isAccepted())
        QSKIP("this libzmq keeps the peer out: the warning at QZap::secureGssapi() is outdated");
    verifyAccepted(server, peer, {});
}

QTEST_GUILESS_MAIN(tst_GssapiStatus)
#include "tst_gssapistatus.moc"
