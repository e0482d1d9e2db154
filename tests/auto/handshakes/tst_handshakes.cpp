// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "eventloopchecker.h"
#include "peer.h"
#include "server.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>
#include <unistd.h>
#include <vector>

// Real peers that connect to real, secured server sockets.
class tst_Handshakes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void null_data();
    void null();
    void plain_data();
    void plain();
    void curve_data();
    void curve();
    void curveKeyList();
    void passwordFile();
    void addresses_data();
    void addresses();
    void domains_data();
    void domains();
    void refusalIsFinal();
    void lockdownIsTemporary();
    void stopRefusesEveryone();
    void startLetsWaitingPeersIn();
    void establishedConnectionsStay();
    void survivesPeersThatVanish();
    void survivesRubbish();
    void heldPeersDoNotBlockGoodOnes();

private:
    enum class Kind { Null, Plain, Curve };

    // Starts a secured server whose domain is named like its mechanism.
    QString serve(Kind kind, const QString &domain = QStringLiteral("test"));
    std::unique_ptr<Peer> peerOf(const QZapCertificate &certificate);
    std::unique_ptr<Peer> peer() { return std::make_unique<Peer>(*m_clientContext); }
    // Expects that the peer is accepted.
    void expectAccepted(Peer &peer, const QByteArray &userId);
    void expectRefused(Peer &peer);

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<zmq::context_t> m_clientContext;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    QZapCertificate m_serverCertificate;
    int m_handshakeInterval = 0;
};

void tst_Handshakes::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_clientContext = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_serverCertificate = QZapCertificate::generate();
    m_handshakeInterval = 10000;
    QVERIFY(m_authenticator->start());
}

void tst_Handshakes::cleanup()
{
    m_authenticator.reset();
    m_server.reset();
    m_clientContext.reset();
    m_context.reset();
}

QString tst_Handshakes::serve(Kind kind, const QString &domain)
{
    m_server = std::make_unique<Server>(*m_context);
    bool secured = false;
    switch (kind) {
    case Kind::Null:
        secured = QZap::secureNull(m_server->socket(), domain);
        break;
    case Kind::Plain:
        secured = QZap::securePlain(m_server->socket(), domain);
        break;
    case Kind::Curve:
        secured = QZap::secureCurve(m_server->socket(), domain, m_serverCertificate);
        break;
    }
    if (!secured)
        qFatal("the server socket could not be secured");
    m_server->socket().set(zmq::sockopt::handshake_ivl, m_handshakeInterval);
    return m_server->bind();
}

std::unique_ptr<Peer> tst_Handshakes::peerOf(const QZapCertificate &certificate)
{
    auto result = peer();
    result->curve(certificate.publicKeyText().toLatin1(), certificate.secretKeyText(),
                  m_serverCertificate.publicKeyText().toLatin1());
    return result;
}

void tst_Handshakes::expectAccepted(Peer &peer, const QByteArray &userId)
{
    peer.send("hello");
    QTRY_VERIFY(peer.isAccepted());
    std::optional<Server::Message> message;
    QTRY_VERIFY(message || (message = m_server->receive()));
    QCOMPARE(message->body, QByteArray("hello"));
    QCOMPARE(message->userId, userId);
    QCOMPARE(peer.refusal(), 0);
}

void tst_Handshakes::expectRefused(Peer &peer)
{
    peer.send("hello");
    QTRY_COMPARE(peer.refusal(), 400);
    QVERIFY(!peer.isAccepted());
    QCOMPARE(m_server->accepted(), 0);
    QVERIFY(!m_server->receive());
}

void tst_Handshakes::null_data()
{
    QTest::addColumn<bool>("configured");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("accepted") << true << true;
    QTest::newRow("refused") << true << false;
    QTest::newRow("nothing configured") << false << true;
}

void tst_Handshakes::null()
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

void tst_Handshakes::plain_data()
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

void tst_Handshakes::plain()
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

void tst_Handshakes::curve_data()
{
    QTest::addColumn<bool>("known");
    QTest::addColumn<bool>("anyAllowed");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("known key") << true << false << true;
    QTest::newRow("unknown key") << false << false << false;
    QTest::newRow("any key") << false << true << true;
}

void tst_Handshakes::curve()
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

void tst_Handshakes::curveKeyList()
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
}

void tst_Handshakes::passwordFile()
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

void tst_Handshakes::addresses_data()
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

void tst_Handshakes::addresses()
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

void tst_Handshakes::domains_data()
{
    QTest::addColumn<QString>("configured");
    QTest::addColumn<QString>("secured");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("exact") << QStringLiteral("test") << QStringLiteral("test") << true;
    QTest::newRow("another") << QStringLiteral("other") << QStringLiteral("test") << false;
    QTest::newRow("any") << QStringLiteral("*") << QStringLiteral("test") << true;
    QTest::newRow("in UTF-8") << QStringLiteral("b\u00fcro") << QStringLiteral("b\u00fcro") << true;
}

void tst_Handshakes::domains()
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

// libzmq's clients do not try again after 400.
void tst_Handshakes::refusalIsFinal()
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

void tst_Handshakes::lockdownIsTemporary()
{
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    m_authenticator->setMaximumHeldConnections(1);
    m_authenticator->setLockdown(true);
    const QString endpoint = serve(Kind::Null);
    auto held = peer();
    held->connect(endpoint);
    QTRY_COMPARE(m_authenticator->temporaryCount(), 1);
    auto sentAway = peer();
    sentAway->connect(endpoint);
    QTRY_VERIFY(sentAway->disconnections() > 1); // at once, again and again
    QCOMPARE(held->disconnections(), 0);
    QCOMPARE(held->refusal(), 0);
    QCOMPARE(sentAway->refusal(), 0);
    QCOMPARE(m_server->accepted(), 0);
    QVERIFY(m_authenticator->isRunning());

    m_authenticator->setLockdown(false);
    expectAccepted(*sentAway, "anonymous"); // by itself
}

void tst_Handshakes::stopRefusesEveryone()
{
    m_handshakeInterval = 300;
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    const QString endpoint = serve(Kind::Null);
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

void tst_Handshakes::startLetsWaitingPeersIn()
{
    m_handshakeInterval = 300;
    m_authenticator->stop();
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    auto client = peer();
    client->connect(serve(Kind::Null));
    QTRY_VERIFY(client->disconnections() > 0);
    QVERIFY(m_authenticator->start());
    expectAccepted(*client, "anonymous");
}

void tst_Handshakes::establishedConnectionsStay()
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
    QCOMPARE(m_authenticator->acceptedCount(), 1); // it was not asked again
}

// Disconnects after the greeting: with PLAIN, libzmq asks for a peer that has gone.
void tst_Handshakes::survivesPeersThatVanish()
{
    QVERIFY(m_authenticator->configurePlain(QStringLiteral("test"),
                                            {{QStringLiteral("bob"), QStringLiteral("secret")}}));
    const QString endpoint = serve(Kind::Plain);
    const quint16 port = endpoint.section(u':', -1).toUShort();
    const QByteArray greeting = QByteArray("\xff\0\0\0\0\0\0\0\x01\x7f\x03\0", 12)
                                + QByteArray("PLAIN").leftJustified(20, '\0')
                                + QByteArray(32, '\0');
    const QByteArray hello = QByteArray("\x04\x11\x05HELLO\x03"
                                        "bob\x06secret",
                                        19);
    for (int i = 0; i < 50; ++i) {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        QVERIFY(socket.waitForConnected());
        socket.write(greeting);
        if (i % 2 == 0)
            socket.write(hello);
        QVERIFY(socket.waitForBytesWritten());
        socket.abort();
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
    const quint16 port = endpoint.section(u':', -1).toUShort();
    const QByteArray greeting = QByteArray("\xff\0\0\0\0\0\0\0\x01\x7f\x03\0", 12)
                                + QByteArray("PLAIN").leftJustified(20, '\0')
                                + QByteArray(32, '\0');
    const QByteArrayList rubbish{
        QByteArray(100000, '\xff'),
        QByteArray("GET / HTTP/1.1\r\n\r\n"),
        greeting + QByteArray("\x04\xff\x05HELLO\x03", 9),
        greeting + QByteArray("\x06\xff\xff\xff\xff\xff\xff\xff\xff", 9),
        greeting + QByteArray("\x04\x06\x05READY", 8),
    };
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (const QByteArray &bytes : rubbish) {
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        QVERIFY(socket->waitForConnected());
        socket->write(bytes);
        socket->flush();
        sockets.push_back(std::move(socket));
    }
    auto client = peer();
    client->plain("bob", "secret").connect(endpoint);
    expectAccepted(*client, "bob");
    QVERIFY(checker.ticks() > 0);
}

void tst_Handshakes::heldPeersDoNotBlockGoodOnes()
{
    QTemporaryDir directory;
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
    // All except the four held peers are accepted by trying again by themselves.
    QTRY_COMPARE(m_authenticator->acceptedCount(), 17);
}

QTEST_GUILESS_MAIN(tst_Handshakes)
#include "tst_handshakes.moc"
