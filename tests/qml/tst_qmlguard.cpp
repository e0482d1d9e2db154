// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"
#include "qmltest.h"

#include <QZap/QZap>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests ZapGuard and ZapConnectionModel, with a socket and peers in C++.
class tst_QmlGuard : public QmlTest
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();

    void bindsItsProperties();
    void reportsWhoIsRevoked();
    void listsWhoIsConnected();
    void failedBindingsAuthorizeNobody_data();
    void failedBindingsAuthorizeNobody();
    void laterFailuresChangeNothing();

private:
    // A running authenticator with a guard and a model, as properties of the root.
    static QByteArray rules(const QByteArray &guard = {}, const QByteArray &root = {})
    {
        return R"(ZapAuthenticator {
            id: auth
            running: true
            property bool strict: true
            property ZapGuard guard: ZapGuard {
                id: guard
                authenticator: auth
                silentSweepInterval: 0
                )"
               + guard + R"(
            }
            property ZapConnectionModel connections: ZapConnectionModel { guard: guard }
            ZapPlainDomain { passwords: ({ alice: "secret", bob: "secret" }) }
            )" + root
               + '}';
    }
    void serve(QZapGuard *guard);
    zmq::socket_t connectClient(const QString &user);
    // Returns whether the next message is authorized.
    bool isNextAuthorized(const QZapGuard &guard);

    std::unique_ptr<zmq::socket_t> m_socket;
    zmq::context_t m_clientContext;
};

void tst_QmlGuard::cleanup()
{
    m_socket.reset();
}

void tst_QmlGuard::serve(QZapGuard *guard)
{
    m_socket = std::make_unique<zmq::socket_t>(m_context, zmq::socket_type::router);
    m_socket->set(zmq::sockopt::linger, 0);
    QVERIFY(QZap::securePlain(*m_socket, u"test"_s));
    QVERIFY2(guard->setSocket(*m_socket), qPrintable(guard->errorString()));
    m_socket->bind("tcp://127.0.0.1:*");
}

zmq::socket_t tst_QmlGuard::connectClient(const QString &user)
{
    zmq::socket_t client(m_clientContext, zmq::socket_type::dealer);
    client.set(zmq::sockopt::linger, 0);
    if (!QZap::setPlainClient(client, user, "secret"))
        qFatal("the credentials were refused");
    client.connect(m_socket->get(zmq::sockopt::last_endpoint));
    client.send(zmq::str_buffer("hello"), zmq::send_flags::dontwait);
    return client;
}

bool tst_QmlGuard::isNextAuthorized(const QZapGuard &guard)
{
    zmq::message_t frame;
    if (!QTest::qWaitFor(
            [&] { return m_socket->recv(frame, zmq::recv_flags::dontwait).has_value(); }))
        qFatal("no message has arrived");
    while (frame.more())
        (void)m_socket->recv(frame);
    return guard.isAuthorized(frame);
}

void tst_QmlGuard::bindsItsProperties()
{
    Document document(R"(QtObject {
        property bool yes: true
        property ZapAuthenticator auth: ZapAuthenticator { }
        property ZapGuard guard: ZapGuard {
            id: theGuard
            authenticator: yes ? auth : null
            enforcesLockdown: yes
            disconnectRevokedPeers: !yes
            silentPeerPolicy: yes ? ZapGuard.Keep : ZapGuard.Disconnect
            silentSweepInterval: yes ? 1 : 2
            property Timer child: Timer { }
            Timer { }
        }
        property ZapConnectionModel connections: ZapConnectionModel { guard: yes ? theGuard : null }
        property bool has: guard.authenticator === auth
    })");
    QCOMPARE(document.warnings(), QStringList());
    auto *const guard = document.object<QZapGuard>("guard");
    auto *const model = document.object<QZapConnectionModel>("connections");
    QVERIFY(guard && model);
    for (const bool yes : {true, false}) {
        document.root()->setProperty("yes", yes);
        QCOMPARE(guard->authenticator() != nullptr, yes);
        QCOMPARE(document.root()->property("has"), QVariant(yes));
        QCOMPARE(guard->enforcesLockdown(), yes);
        QCOMPARE(guard->disconnectsRevokedPeers(), !yes);
        QCOMPARE(guard->silentPeerPolicy() == QZapGuard::SilentPeerPolicy::Keep, yes);
        QCOMPARE(guard->silentSweepInterval(), yes ? 1 : 2);
        QCOMPARE(model->guard() != nullptr, yes);
    }
    QCOMPARE(document.evaluate(u"guard.data.length"_s).toInt(), 1);
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlGuard::reportsWhoIsRevoked()
{
    Document document(rules("onRevoked: (session, reason) => auth.out.push(session.userId + ': ' + "
                            "reason)\n onDisconnected: session => auth.gone = session.userId",
                            "property var out: []; property string gone;"));
    QCOMPARE(document.warnings(), QStringList());
    auto *const guard = document.object<QZapGuard>("guard");
    QVERIFY(guard);
    QCOMPARE(document.root()->findChild<QZapGuard *>(), guard);
    serve(guard);
    const zmq::socket_t bob = connectClient(u"bob"_s);
    QVERIFY(isNextAuthorized(*guard));
    QTRY_COMPARE(document.evaluate(u"guard.connectionCount"_s).toInt(), 1);
    document.evaluate(u"auth.revoke('bob')"_s);
    QTRY_COMPARE(document.evaluate(u"out.join()"_s).toString(), u"bob: The session was revoked"_s);
    QCOMPARE(document.evaluate(u"guard.revokedCount"_s).toInt(), 1);
    if (guard->canDisconnect())
        QTRY_COMPARE(document.evaluate(u"gone"_s).toString(), u"bob"_s);
    QCOMPARE(document.warnings(), QStringList());
    document.destroy(); // before the socket
}

void tst_QmlGuard::listsWhoIsConnected()
{
    Document document(rules({}, R"(
        property Instantiator users: Instantiator {
            model: auth.connections
            QtObject {
                required property string user
                required property string address
                required property int mechanism
                required property var session
                required property bool revoked
            }
        }
        function describe(i) {
            const each = users.objectAt(i)
            return [each.user, each.address, each.mechanism === QZap.Plain, each.session.userId,
                each.session.null, each.revoked, guard.isAuthorized(each.session)].join()
        }
    )"));
    QCOMPARE(document.warnings(), QStringList());
    auto *const guard = document.object<QZapGuard>("guard");
    QVERIFY(guard);
    serve(guard);
    const zmq::socket_t bob = connectClient(u"bob"_s);
    QVERIFY(isNextAuthorized(*guard));
    const zmq::socket_t alice = connectClient(u"alice"_s);
    QVERIFY(isNextAuthorized(*guard));
    QTRY_COMPARE(document.evaluate(u"users.count"_s).toInt(), 2);
    QCOMPARE(document.evaluate(u"describe(0)"_s).toString(),
             u"bob,127.0.0.1,true,bob,false,false,true"_s);
    if (guard->canDisconnect()) {
        QVERIFY(document.evaluate(u"connections.disconnectRow(0)"_s).toBool());
        QTRY_COMPARE(document.evaluate(u"users.count"_s).toInt(), 1);
        QCOMPARE(document.evaluate(u"users.objectAt(0).user"_s).toString(), u"alice"_s);
        QVERIFY(document.evaluate(u"guard.disconnectPeer(users.objectAt(0).session)"_s).toBool());
        QTRY_COMPARE(document.evaluate(u"users.count"_s).toInt(), 0);
    }
    QCOMPARE(document.warnings(), QStringList());
    document.destroy(); // before the socket
}

void tst_QmlGuard::failedBindingsAuthorizeNobody_data()
{
    QTest::addColumn<QByteArray>("binding");
    QTest::newRow("a type that does not fit") << "enforcesLockdown: guard.nothing"_ba;
    QTest::newRow("an exception") << "enforcesLockdown: nothing.strict"_ba;
    QTest::newRow("of another property") << "silentSweepInterval: nothing()"_ba;
}

// enforcesLockdown would remain false.
void tst_QmlGuard::failedBindingsAuthorizeNobody()
{
    QFETCH(const QByteArray, binding);
    Document document("QtObject { property ZapAuthenticator auth: ZapAuthenticator { }\n"
                      "property ZapGuard guard: ZapGuard { id: guard; authenticator: auth\n"
                      + binding + "} }");
    const auto *const guard = document.object<QZapGuard>("guard");
    QVERIFY(guard);
    QCOMPARE(guard->authenticator(), nullptr);
    QTRY_COMPARE(document.warnings().size(), 2);
    const QString warning = document.takeWarnings().constLast();
    QVERIFY2(warning.contains(u"nobody is authorized"_s), qPrintable(warning));
    document.evaluate(u"guard.authenticator = auth"_s); // a later binding does not hide it
    QCOMPARE(guard->authenticator(), nullptr);
}

void tst_QmlGuard::laterFailuresChangeNothing()
{
    Document document(rules("enforcesLockdown: auth.strict ? true : nothing.strict"));
    QCOMPARE(document.warnings(), QStringList());
    const auto *const guard = document.object<QZapGuard>("guard");
    QVERIFY(guard && guard->enforcesLockdown());
    QTRY_VERIFY(document.root()->property("settled").toBool());
    document.root()->setProperty("strict", false);
    QVERIFY(!document.takeWarnings().isEmpty());
    QVERIFY(guard->enforcesLockdown());
    QCOMPARE(guard->authenticator(), document.authenticator());
}

QTEST_GUILESS_MAIN(tst_QmlGuard)
#include "tst_qmlguard.moc"
