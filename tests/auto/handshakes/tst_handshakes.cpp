// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "eventloopchecker.h"
#include "handshaketest.h"

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>
#include <unistd.h>
#include <vector>

// Tests which peers a secured server socket accepts.
class tst_Handshakes : public HandshakeTest
{
    Q_OBJECT

private Q_SLOTS:
    void checksNullPeers_data();
    void checksNullPeers();
    void checksPlainPeers_data();
    void checksPlainPeers();
    void checksCurvePeers_data();
    void checksCurvePeers();
    void checksKeysOfAList();
    void checksUsersOfAFile();
    void checksTheAddress_data();
    void checksTheAddress();
    void checksTheDomain_data();
    void checksTheDomain();

    void survivesPeersThatVanish();
    void survivesRubbish();

private:
    // Returns the start of a connection of a PLAIN peer, before its HELLO.
    static QByteArray plainGreeting();
    // Returns a connection to the endpoint that is made without libzmq.
    static std::unique_ptr<QTcpSocket> rawConnection(const QString &endpoint);
};

QByteArray tst_Handshakes::plainGreeting()
{
    return QByteArray("\xff\0\0\0\0\0\0\0\x01\x7f\x03\0", 12)
           + QByteArray("PLAIN").leftJustified(20, '\0') + QByteArray(32, '\0');
}

std::unique_ptr<QTcpSocket> tst_Handshakes::rawConnection(const QString &endpoint)
{
    auto socket = std::make_unique<QTcpSocket>();
    socket->connectToHost(QHostAddress(QHostAddress::LocalHost),
                          endpoint.section(u':', -1).toUShort());
    if (!socket->waitForConnected())
        qFatal("the server could not be reached");
    return socket;
}

void tst_Handshakes::checksNullPeers_data()
{
    QTest::addColumn<bool>("configured");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("accepted") << true << true;
    QTest::newRow("refused") << true << false;
    QTest::newRow("nothing configured") << false << true;
}

void tst_Handshakes::checksNullPeers()
{
    QFETCH(const bool, configured);
    QFETCH(const bool, accepted);
    if (configured)
        QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), accepted));
    auto client = peer();
    client->connect(serve(Kind::Null));
    if (accepted)
        expectAccepted(*client, "anonymous");
    else
        expectRefused(*client);
}

void tst_Handshakes::checksPlainPeers_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<bool>("accepted");
    const QByteArray bytes("\x01\xff\xfe", 3);
    QTest::newRow("accepted") << QByteArray("bob") << QByteArray("secret") << true;
    QTest::newRow("accepted with bytes") << QByteArray("carol") << bytes << true;
    QTest::newRow("accepted in UTF-8") << QByteArray("j\xc3\xb6rg") << QByteArray("x") << true;
    QTest::newRow("wrong password") << QByteArray("bob") << QByteArray("Secret") << false;
    QTest::newRow("prefix of the password") << QByteArray("bob") << QByteArray("secre") << false;
    QTest::newRow("unknown user") << QByteArray("eve") << QByteArray("secret") << false;
    QTest::newRow("user in Latin-1") << QByteArray("j\xf6rg") << QByteArray("x") << false;
    QTest::newRow("empty password of an unknown user")
        << QByteArray("eve") << QByteArray("") << false;
}

void tst_Handshakes::checksPlainPeers()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);
    QFETCH(const bool, accepted);
    QVERIFY(m_authenticator->configurePlain(
        QStringLiteral("test"), {{QStringLiteral("bob"), QStringLiteral("secret")},
                                 {QStringLiteral("carol"), QByteArray("\x01\xff\xfe", 3)},
                                 {QStringLiteral("j\u00f6rg"), QStringLiteral("x")}}));
    auto client = peer();
    client->plain(user, password).connect(serve(Kind::Plain));
    if (accepted)
        expectAccepted(*client, user);
    else
        expectRefused(*client);
}

void tst_Handshakes::checksCurvePeers_data()
{
    QTest::addColumn<bool>("known");
    QTest::addColumn<bool>("anyAllowed");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("known key") << true << false << true;
    QTest::newRow("unknown key") << false << false << false;
    QTest::newRow("any key") << false << true << true;
}

void tst_Handshakes::checksCurvePeers()
{
    QFETCH(const bool, known);
    QFETCH(const bool, anyAllowed);
    QFETCH(const bool, accepted);
    QTemporaryDir directory;
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(directory.path(), QStringLiteral("alice")));
    const QZapCertificate eve = QZapCertificate::generate();
    const QString location = anyAllowed ? QString(QZap::CurveAllowAny) : directory.path();
    QVERIFY(m_authenticator->configureCurve(QStringLiteral("test"), location));
    const QZapCertificate &mine = known ? alice : eve;
    auto client = peerOf(mine);
    client->connect(serve(Kind::Curve));
    if (accepted)
        expectAccepted(*client, mine.publicKeyText().toLatin1());
    else
        expectRefused(*client);
}

void tst_Handshakes::checksKeysOfAList()
{
    QTemporaryDir directory;
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QFile list(directory.filePath(QStringLiteral("keys")));
    QVERIFY(list.open(QIODevice::WriteOnly));
    list.write("# devices\n" + alice.publicKeyText().toLatin1() + " alice group=ops\n"
               + bob.publicKeyText().toLatin1() + "\n");
    list.close();
    QVERIFY(m_authenticator->configureCurve(QStringLiteral("test"),
                                            QUrl::fromLocalFile(list.fileName()).toString()));
    const QString endpoint = serve(Kind::Curve);
    auto first = peerOf(alice);
    first->connect(endpoint);
    expectAccepted(*first, "alice");
    auto second = peerOf(bob);
    second->connect(endpoint);
    expectAccepted(*second, bob.publicKeyText().toLatin1());
    auto unknown = peerOf(QZapCertificate::generate());
    unknown->connect(endpoint);
    expectRefused(*unknown);
}

void tst_Handshakes::checksUsersOfAFile()
{
    QTemporaryDir directory;
    QFile file(directory.filePath(QStringLiteral("users")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    file.write("# users\nbob=a=b#c\n");
    file.close();
    QVERIFY(m_authenticator->configurePlainFile(QStringLiteral("test"), file.fileName()));
    const QString endpoint = serve(Kind::Plain);
    auto wrong = peer();
    wrong->plain("bob", "a").connect(endpoint);
    expectRefused(*wrong);
    auto right = peer();
    right->plain("bob", "a=b#c").connect(endpoint);
    expectAccepted(*right, "bob");
}

void tst_Handshakes::checksTheAddress_data()
{
    QTest::addColumn<QString>("bindTo");
    QTest::addColumn<QString>("connectTo"); // with %1 for the port
    QTest::addColumn<QString>("allowed");
    QTest::addColumn<QString>("denied");
    QTest::addColumn<bool>("accepted");

    const QString v4 = QStringLiteral("tcp://127.0.0.1:*");
    const QString to4 = QStringLiteral("tcp://127.0.0.1:%1");
    const QString v6 = QStringLiteral("tcp://[::1]:*");
    const QString to6 = QStringLiteral("tcp://[::1]:%1");
    const QString dual = QStringLiteral("tcp://*:*");
    const QString ipc = QStringLiteral("ipc://*");
    const QString none;
    QTest::newRow("allowed exactly") << v4 << to4 << QStringLiteral("127.0.0.1") << none << true;
    QTest::newRow("allowed by subnet")
        << v4 << to4 << QStringLiteral("127.0.0.0/8") << none << true;
    QTest::newRow("not allowed") << v4 << to4 << QStringLiteral("10.0.0.0/8") << none << false;
    QTest::newRow("denied exactly") << v4 << to4 << none << QStringLiteral("127.0.0.1") << false;
    QTest::newRow("denied by subnet")
        << v4 << to4 << none << QStringLiteral("127.0.0.0/8") << false;
    QTest::newRow("not denied") << v4 << to4 << none << QStringLiteral("10.0.0.0/8") << true;
    QTest::newRow("IPv6 allowed") << v6 << to6 << QStringLiteral("::1") << none << true;
    QTest::newRow("IPv6 not allowed") << v6 << to6 << QStringLiteral("fd00::/8") << none << false;
    QTest::newRow("IPv6 denied") << v6 << to6 << none << QStringLiteral("::1/128") << false;
    QTest::newRow("dual stack, IPv4 allowed")
        << dual << to4 << QStringLiteral("127.0.0.1") << none << true;
    QTest::newRow("dual stack, IPv4 denied")
        << dual << to4 << none << QStringLiteral("127.0.0.0/8") << false;
    QTest::newRow("dual stack, only IPv6 allowed")
        << dual << to4 << QStringLiteral("::/0") << none << false;
    const QString me = QString::number(geteuid());
    QTest::newRow("IPC allowed by user")
        << ipc << none << QStringLiteral("ipc:uid=") + me << none << true;
    QTest::newRow("IPC not allowed by user")
        << ipc << none << QStringLiteral("ipc:uid=4242") << none << false;
    QTest::newRow("IPC denied by group")
        << ipc << none << none << QStringLiteral("ipc:gid=%1").arg(getegid()) << false;
    QTest::newRow("IPC not allowed by address")
        << ipc << none << QStringLiteral("0.0.0.0/0") << none << false;
}

void tst_Handshakes::checksTheAddress()
{
    QFETCH(const QString, bindTo);
    QFETCH(const QString, connectTo);
    QFETCH(const QString, allowed);
    QFETCH(const QString, denied);
    QFETCH(const bool, accepted);
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    if (!allowed.isEmpty())
        QVERIFY(m_authenticator->allow(allowed));
    if (!denied.isEmpty())
        QVERIFY(m_authenticator->deny(denied));
    m_server = std::make_unique<Server>(*m_context);
    m_server->socket().set(zmq::sockopt::ipv6, bindTo.contains(QLatin1StringView("::"))
                                                   || bindTo.contains(QLatin1StringView("*:*")));
    QVERIFY(QZap::secureNull(m_server->socket(), QStringLiteral("test")));
    QString endpoint;
    try {
        endpoint = m_server->bind(bindTo);
    } catch (const zmq::error_t &) {
        QVERIFY(bindTo.contains(QLatin1StringView("::")));
        QSKIP("this host has no IPv6");
    }
    if (!connectTo.isEmpty())
        endpoint = connectTo.arg(endpoint.section(u':', -1));
    auto client = peer();
    client->socket().set(zmq::sockopt::ipv6, true);
    client->connect(endpoint);
    if (accepted)
        expectAccepted(*client, "anonymous");
    else
        expectRefused(*client);
}

void tst_Handshakes::checksTheDomain_data()
{
    QTest::addColumn<QString>("configured");
    QTest::addColumn<QString>("secured");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("exact") << QStringLiteral("test") << QStringLiteral("test") << true;
    QTest::newRow("another") << QStringLiteral("other") << QStringLiteral("test") << false;
    QTest::newRow("any") << QStringLiteral("*") << QStringLiteral("test") << true;
    QTest::newRow("in UTF-8") << QStringLiteral("b\u00fcro") << QStringLiteral("b\u00fcro") << true;
}

void tst_Handshakes::checksTheDomain()
{
    QFETCH(const QString, configured);
    QFETCH(const QString, secured);
    QFETCH(const bool, accepted);
    QVERIFY(m_authenticator->configurePlain(configured,
                                            {{QStringLiteral("bob"), QStringLiteral("secret")}}));
    auto client = peer();
    client->plain("bob", "secret").connect(serve(Kind::Plain, secured));
    if (accepted)
        expectAccepted(*client, "bob");
    else
        expectRefused(*client);
}

// The peers disconnect after the greeting: with PLAIN, libzmq sends a request for a peer that has
// gone.
void tst_Handshakes::survivesPeersThatVanish()
{
    QVERIFY(m_authenticator->configurePlain(QStringLiteral("test"),
                                            {{QStringLiteral("bob"), QStringLiteral("secret")}}));
    const QString endpoint = serve(Kind::Plain);
    const QByteArray hello = QByteArray("\x04\x11\x05HELLO\x03"
                                        "bob\x06secret",
                                        19);
    for (int i = 0; i < 50; ++i) {
        const auto socket = rawConnection(endpoint);
        socket->write(plainGreeting());
        if (i % 2 == 0)
            socket->write(hello);
        QVERIFY(socket->waitForBytesWritten());
        socket->abort();
    }
    auto client = peer();
    client->plain("bob", "secret").connect(endpoint);
    expectAccepted(*client, "bob");
}

void tst_Handshakes::survivesRubbish()
{
    EventLoopChecker checker;
    QVERIFY(m_authenticator->configurePlain(QStringLiteral("test"),
                                            {{QStringLiteral("bob"), QStringLiteral("secret")}}));
    const QString endpoint = serve(Kind::Plain);
    const QByteArrayList rubbish{
        QByteArray(100000, '\xff'),
        QByteArray("GET / HTTP/1.1\r\n\r\n"),
        plainGreeting() + QByteArray("\x04\xff\x05HELLO\x03", 9),
        plainGreeting() + QByteArray("\x06\xff\xff\xff\xff\xff\xff\xff\xff", 9),
        plainGreeting() + QByteArray("\x04\x06\x05READY", 8),
    };
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (const QByteArray &bytes : rubbish) {
        auto socket = rawConnection(endpoint);
        socket->write(bytes);
        socket->flush();
        sockets.push_back(std::move(socket));
    }
    auto client = peer();
    client->plain("bob", "secret").connect(endpoint);
    expectAccepted(*client, "bob");
    QVERIFY(checker.ticks() > 0);
}

QTEST_GUILESS_MAIN(tst_Handshakes)
#include "tst_handshakes.moc"
