// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gssapitest.h"

#include <QZap/QZapAuthenticator>
#include <QZap/QZapGuard>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// The sessions of Kerberos principals on a guarded socket.
class tst_GssapiGuard : public GssapiTest
{
    Q_OBJECT

private Q_SLOTS:
    void endsTheSessionOfAPrincipal_data();
    void endsTheSessionOfAPrincipal();
};

void tst_GssapiGuard::endsTheSessionOfAPrincipal_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<bool>("workerThread");
    for (const char *const change : {"revoked", "removed"}) {
        QTest::newRow(change) << QString::fromLatin1(change) << false;
        QTest::addRow("%s, private thread", change) << QString::fromLatin1(change) << true;
    }
}

void tst_GssapiGuard::endsTheSessionOfAPrincipal()
{
    QFETCH(const QString, change);
    QFETCH(const bool, workerThread);

    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    authenticator.setWorkerThread(workerThread);
    QVERIFY(authenticator.configureGssapi(domain(), {alice(), bob()}));
    QVERIFY(authenticator.start());
    zmq::socket_t socket(context, zmq::socket_type::router);
    socket.set(zmq::sockopt::linger, 0);
    QVERIFY(QZap::secureGssapi(socket, domain(), serverName()));
    socket.set(zmq::sockopt::gssapi_principal_nametype, ZMQ_GSSAPI_NT_KRB5_PRINCIPAL);
    QZapGuard guard(&authenticator);
    QVERIFY2(guard.setSocket(socket), qPrintable(guard.errorString()));
    socket.bind("tcp://127.0.0.1:*");
    const QString endpoint = QString::fromStdString(socket.get(zmq::sockopt::last_endpoint));

    const auto receive = [&socket](zmq::message_t *message) {
        while (socket.recv(*message, zmq::recv_flags::dontwait)) {
            if (!message->more())
                return true;
        }
        return false;
    };
    Peer alicesPeer(context);
    Peer bobsPeer(context);
    zmq::message_t message;
    connect(alicesPeer, alice(), endpoint);
    QVERIFY(QTest::qWaitFor([&] { return receive(&message); }, Timeout));
    QVERIFY(guard.isAuthorized(message));
    const QZapSession alicesSession = guard.session(message);
    QCOMPARE(alicesSession.userId(), alice());
    QCOMPARE(alicesSession.mechanism(), QZap::Mechanism::Gssapi);
    connect(bobsPeer, bob(), endpoint);
    QVERIFY(QTest::qWaitFor([&] { return receive(&message); }, Timeout));
    QVERIFY(guard.isAuthorized(message));
    const QZapSession bobsSession = guard.session(message);
    QCOMPARE(bobsSession.userId(), bob());

    QSignalSpy revoked(&guard, &QZapGuard::revoked);
    QSignalSpy disconnected(&guard, &QZapGuard::disconnected);
    if (change == "revoked"_L1)
        authenticator.revoke(bob());
    else
        QVERIFY(authenticator.configureGssapi(domain(), {alice()}));
    QVERIFY(!guard.isAuthorized(message));
    QVERIFY(!guard.isAuthorized(bobsSession));
    QTRY_COMPARE(revoked.size(), 1);
    QCOMPARE(revoked.at(0).at(0).value<QZapSession>(), bobsSession);
    if (guard.canDisconnect()) {
        QTRY_COMPARE(disconnected.size(), 1);
        QCOMPARE(disconnected.at(0).at(0).value<QZapSession>(), bobsSession);
    }
    // Alice keeps her connection.
    alicesPeer.send("again");
    const auto receiveFromAlice = [&] {
        return receive(&message) && guard.session(message) == alicesSession;
    };
    QVERIFY(QTest::qWaitFor(receiveFromAlice, Timeout));
    QVERIFY(guard.isAuthorized(message));
}

QTEST_GUILESS_MAIN(tst_GssapiGuard)
#include "tst_gssapiguard.moc"
