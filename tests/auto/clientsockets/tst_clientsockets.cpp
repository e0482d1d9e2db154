// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzap.h>
#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>

#include "logcollector.h"
#include "peer.h"
#include "server.h"

#include <QtTest/qtest.h>

#include <zmq.hpp>

// Tests QZap::setPlainClient() and setCurveClient().
class tst_ClientSockets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void connectsWithCurve_data() { addEndpoints(); }
    void connectsWithCurve();
    void connectsWithPlain_data() { addEndpoints(); }
    void connectsWithPlain();
    void sendsBytes_data();
    void sendsBytes();
    void takesEveryHandle();
    void refusesPlainArguments_data();
    void refusesPlainArguments();
    void refusesCurveArguments_data();
    void refusesCurveArguments();
    void reachesNobodyAfterAFailure_data();
    void reachesNobodyAfterAFailure();
    void refusesUsedSockets_data();
    void refusesUsedSockets();
    void reachesNobodyAfterAFailureOnAUsedSocket();
    void refusesHandlesThatAreNotSockets();
    void refusesStreamSockets();
    void replacesEarlierOptions();
    void leavesTheHandshakeInterval_data();
    void leavesTheHandshakeInterval();

private:
    static void addEndpoints();
};

Q_DECLARE_METATYPE(QZapCertificate)

namespace {

QZapCertificate publicOf(const QZapCertificate &certificate)
{
    return *QZapCertificate::fromPublicKey(certificate.publicKeyText().toLatin1());
}

// Returns whether a message has arrived, now or earlier.
bool receiveUserId(Server &server, QByteArray *userId)
{
    if (userId->isNull()) {
        if (const auto message = server.receive())
            *userId = message->userId;
    }
    return !userId->isNull();
}

} // namespace

void tst_ClientSockets::addEndpoints()
{
    QTest::addColumn<QString>("endpoint");
    QTest::newRow("TCP") << QStringLiteral("tcp://127.0.0.1:*");
#ifdef Q_OS_UNIX
    QTest::newRow("IPC") << QStringLiteral("ipc://*");
#endif
}

void tst_ClientSockets::connectsWithCurve()
{
    QFETCH(const QString, endpoint);
    zmq::context_t context;
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate certificate = QZapCertificate::generate();
    QZapAuthenticator authenticator(context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    Server server(context);
    QVERIFY(QZap::secureCurve(server.socket(), QStringLiteral("test"), certificate));
    Peer peer(context);
    QVERIFY(QZap::setCurveClient(peer.socket(), alice, certificate.publicKeyText()));
    QCOMPARE(peer.socket().get(zmq::sockopt::mechanism), ZMQ_CURVE);
    peer.connect(server.bind(endpoint));
    peer.send("hello");
    QByteArray userId;
    QTRY_VERIFY(receiveUserId(server, &userId));
    QCOMPARE(userId, alice.publicKeyText().toLatin1());
}

void tst_ClientSockets::connectsWithPlain()
{
    QFETCH(const QString, endpoint);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    const QString user = QStringLiteral("j\u00fcrgen");
    QVERIFY(
        authenticator.configurePlain(QStringLiteral("test"), {{user, QStringLiteral("secret")}}));
    QVERIFY(authenticator.start());
    Server server(context);
    QVERIFY(QZap::securePlain(server.socket(), QStringLiteral("test")));
    Peer peer(context);
    QVERIFY(QZap::setPlainClient(peer.socket(), user, "secret"));
    peer.connect(server.bind(endpoint));
    peer.send("hello");
    QByteArray userId;
    QTRY_VERIFY(receiveUserId(server, &userId));
    QCOMPARE(userId, user.toUtf8());
}

void tst_ClientSockets::sendsBytes_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::newRow("one byte") << QStringLiteral("x") << QByteArray("y");
    QTest::newRow("255 bytes") << QString(255, QLatin1Char('x')) << QByteArray(255, 'y');
    QTest::newRow("a password with NUL") << QStringLiteral("bob") << QByteArray("a\0b", 3);
    QTest::newRow("a password that is no text") << QStringLiteral("bob") << QByteArray("\xff\xfe");
}

void tst_ClientSockets::sendsBytes()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    QVERIFY(QZap::setPlainClient(socket, user, password));
    QCOMPARE(socket.get(zmq::sockopt::mechanism), ZMQ_PLAIN);
    QCOMPARE(socket.get(zmq::sockopt::plain_server), 0);
    QCOMPARE(QString::fromStdString(socket.get(zmq::sockopt::plain_username)), user);
    char bytes[256];
    size_t size = sizeof bytes;
    QCOMPARE(zmq_getsockopt(socket.handle(), ZMQ_PLAIN_PASSWORD, bytes, &size), 0);
    QCOMPARE(QByteArray(bytes, static_cast<qsizetype>(size) - 1), password); // without NUL
}

void tst_ClientSockets::takesEveryHandle()
{
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    const QZapCertificate certificate = QZapCertificate::generate();
    const QString key = certificate.publicKeyText();
    QVERIFY(QZap::setCurveClient(socket, certificate, key));
    QVERIFY(QZap::setCurveClient(zmq::socket_ref(socket), certificate, key));
    QVERIFY(QZap::setCurveClient(socket.handle(), certificate, key));
    QVERIFY(QZap::setPlainClient(zmq::socket_ref(socket), QStringLiteral("x"), "y"));
    QVERIFY(QZap::setPlainClient(socket.handle(), QStringLiteral("x"), "y"));
}

void tst_ClientSockets::refusesPlainArguments_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QString>("said");
    const QString bob = QStringLiteral("bob");
    const QByteArray secret = "hidden";
    QTest::newRow("no user") << QString() << secret << QStringLiteral("the user name is empty");
    QTest::newRow("256 bytes of user")
        << QString(128, QChar(0xe4)) << secret << QStringLiteral("longer than 255 bytes in UTF-8");
    QTest::newRow("NUL in the user") << QStringLiteral("bob") + QChar(0) + QLatin1Char('x')
                                     << secret << QStringLiteral("control characters");
    QTest::newRow("line break in the user")
        << QStringLiteral("bob\n") << secret << QStringLiteral("control characters");
    QTest::newRow("half a character")
        << QString(QChar(0xd800)) << secret << QStringLiteral("control characters");
    QTest::newRow("no password") << bob << QByteArray() << QStringLiteral("the password is empty");
    QTest::newRow("256 bytes of password")
        << bob << QByteArray(26, ' ').fill('h').append("idden").repeated(9)
        << QStringLiteral("the password is longer than 255 bytes");
}

void tst_ClientSockets::refusesPlainArguments()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);
    QFETCH(const QString, said);
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    const LogCollector log;
    QVERIFY(!QZap::setPlainClient(socket, user, password));
    QCOMPARE(log.warnings().size(), 1);
    QVERIFY2(log.lines().constFirst().contains(said), qPrintable(log.lines().constFirst()));
    QCOMPARE(log.count(QStringLiteral("idden")), 0);
    // None of the arguments was applied.
    QCOMPARE(socket.get(zmq::sockopt::mechanism), ZMQ_CURVE);
    QCOMPARE(socket.get(zmq::sockopt::plain_username), std::string());
    QCOMPARE(socket.get(zmq::sockopt::plain_password), std::string());
}

void tst_ClientSockets::refusesCurveArguments_data()
{
    QTest::addColumn<QZapCertificate>("client");
    QTest::addColumn<QString>("serverKey");
    QTest::addColumn<QString>("said");
    const QZapCertificate client = QZapCertificate::generate();
    const QString key = QZapCertificate::generate().publicKeyText();
    const QString format = QStringLiteral("not a key of 40 characters of Z85");
    QTest::newRow("no certificate")
        << QZapCertificate() << key << QStringLiteral("certificate is null");
    QTest::newRow("no secret key")
        << publicOf(client) << key << QStringLiteral("has no secret key: load the client's own");
    QTest::newRow("no server key") << client << QString() << format;
    QTest::newRow("39 characters") << client << key.chopped(1) << format;
    QTest::newRow("41 characters") << client << key + QLatin1Char('0') << format;
    QTest::newRow("surrounded by spaces") << client << QLatin1Char(' ') + key << format;
    QTest::newRow("not in the alphabet") << client << QString(40, QLatin1Char('~')) << format;
    QTest::newRow("a group above 32 bits") << client << QString(40, QLatin1Char('#')) << format;
    QTest::newRow("not ASCII") << client << key.chopped(1) + QChar(0xe4) << format;
    QTest::newRow("NUL at the end") << client << key.chopped(1) + QChar(0) << format;
    QTest::newRow("a low-order point")
        << client << QString(40, QLatin1Char('0')) << QStringLiteral("low-order point");
}

void tst_ClientSockets::refusesCurveArguments()
{
    QFETCH(const QZapCertificate, client);
    QFETCH(const QString, serverKey);
    QFETCH(const QString, said);
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    const LogCollector log;
    QVERIFY(!QZap::setCurveClient(socket, client, serverKey));
    QCOMPARE(log.warnings().size(), 1);
    QVERIFY2(log.lines().constFirst().contains(said), qPrintable(log.lines().constFirst()));
    if (!serverKey.isEmpty())
        QCOMPARE(log.count(serverKey), 0); // it may be a secret key
    QCOMPARE(socket.get(zmq::sockopt::mechanism), ZMQ_CURVE);
    QVERIFY(socket.get(zmq::sockopt::curve_publickey) != client.publicKeyText().toStdString());
    QVERIFY(socket.get(zmq::sockopt::curve_serverkey) != serverKey.toStdString());
}

void tst_ClientSockets::reachesNobodyAfterAFailure_data()
{
    QTest::addColumn<int>("mechanism"); // of the server
    QTest::newRow("NULL") << ZMQ_NULL;
    QTest::newRow("PLAIN") << ZMQ_PLAIN;
    QTest::newRow("CURVE") << ZMQ_CURVE;
}

// The result is ignored, and the server lets everybody in.
void tst_ClientSockets::reachesNobodyAfterAFailure()
{
    QFETCH(const int, mechanism);
    zmq::context_t context;
    Server server(context);
    QZapAuthenticator authenticator(context);
    QVERIFY(authenticator.configurePlain(QStringLiteral("test"),
                                         {{QStringLiteral("bob"), QStringLiteral("secret")}}));
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    const QZapCertificate certificate = QZapCertificate::generate();
    if (mechanism == ZMQ_PLAIN)
        QVERIFY(QZap::securePlain(server.socket(), QStringLiteral("test")));
    else if (mechanism == ZMQ_CURVE)
        QVERIFY(QZap::secureCurve(server.socket(), QStringLiteral("test"), certificate));
    const QString endpoint = server.bind();
    Peer plain(context);
    Peer curve(context);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("QZap::setPlainClient: .*No server")));
    QVERIFY(!QZap::setPlainClient(plain.socket(), QStringLiteral("bob"), {}));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("QZap::setCurveClient: .*No server")));
    QVERIFY(!QZap::setCurveClient(curve.socket(), QZapCertificate::generate(), {}));
    for (Peer *peer : {&plain, &curve}) {
        peer->connect(endpoint);
        peer->send("secret message");
        QTRY_VERIFY(peer->disconnections() >= 1);
        QVERIFY(!peer->isAccepted());
    }
    QCOMPARE(server.accepted(), 0);
    QVERIFY(!server.receive());
}

void tst_ClientSockets::refusesUsedSockets_data()
{
    QTest::addColumn<bool>("binds");
    QTest::addColumn<bool>("ended");
    QTest::newRow("connected") << false << false;
    QTest::newRow("connected and disconnected") << false << true;
    QTest::newRow("bound") << true << false;
    QTest::newRow("bound and unbound") << true << true;
}

void tst_ClientSockets::refusesUsedSockets()
{
    QFETCH(const bool, binds);
    QFETCH(const bool, ended);
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::linger, 0);
    const std::string endpoint = "tcp://127.0.0.1:1";
    if (binds)
        socket.bind("tcp://127.0.0.1:*");
    else
        socket.connect(endpoint);
    const std::string used = socket.get(zmq::sockopt::last_endpoint);
    if (ended && binds)
        socket.unbind(used);
    else if (ended)
        socket.disconnect(used);
    const QZapCertificate certificate = QZapCertificate::generate();
    for (const char *name : {"setPlainClient", "setCurveClient"}) {
        QTest::ignoreMessage(
            QtWarningMsg,
            QRegularExpression(QLatin1String(name)
                               + QStringLiteral(": the socket was already connected .*"
                                                "before connect")));
    }
    QVERIFY(!QZap::setPlainClient(socket, QStringLiteral("bob"), "secret"));
    QCOMPARE(socket.get(zmq::sockopt::mechanism), ZMQ_PLAIN); // for later connections
    QVERIFY(!QZap::setCurveClient(socket, certificate, certificate.publicKeyText()));
    QCOMPARE(socket.get(zmq::sockopt::mechanism), ZMQ_CURVE);
}

void tst_ClientSockets::reachesNobodyAfterAFailureOnAUsedSocket()
{
    zmq::context_t context;
    Server server(context);
    Peer peer(context);
    peer.connect(QStringLiteral("inproc://nobody"));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("password is empty")));
    QVERIFY(!QZap::setPlainClient(peer.socket(), QStringLiteral("bob"), {}));
    peer.connect(server.bind());
    QTRY_VERIFY(peer.disconnections() >= 1);
    QVERIFY(!peer.isAccepted());
}

void tst_ClientSockets::refusesHandlesThatAreNotSockets()
{
    zmq::context_t context;
    const QZapCertificate certificate = QZapCertificate::generate();
    for (void *const handle : {static_cast<void *>(nullptr), context.handle()}) {
        QTest::ignoreMessage(QtWarningMsg, "QZap::setPlainClient: the socket is not open");
        QVERIFY(!QZap::setPlainClient(handle, QStringLiteral("bob"), "secret"));
        QTest::ignoreMessage(QtWarningMsg, "QZap::setCurveClient: the socket is not open");
        QVERIFY(!QZap::setCurveClient(handle, certificate, certificate.publicKeyText()));
    }
}

void tst_ClientSockets::refusesStreamSockets()
{
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::stream);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("STREAM socket")));
    QVERIFY(!QZap::setPlainClient(socket, QStringLiteral("bob"), "secret"));
}

// The socket was configured as a server, or for a different mechanism, before.
void tst_ClientSockets::replacesEarlierOptions()
{
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    const QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(QZap::secureCurve(socket, QStringLiteral("test"), certificate));
    QVERIFY(QZap::setPlainClient(socket, QStringLiteral("bob"), "secret"));
    QCOMPARE(socket.get(zmq::sockopt::mechanism), ZMQ_PLAIN);
    QCOMPARE(socket.get(zmq::sockopt::plain_server), 0);
    QVERIFY(QZap::securePlain(socket, QStringLiteral("test")));
    QVERIFY(QZap::setCurveClient(socket, certificate, certificate.publicKeyText()));
    QCOMPARE(socket.get(zmq::sockopt::mechanism), ZMQ_CURVE);
    QCOMPARE(socket.get(zmq::sockopt::curve_server), 0);
}

void tst_ClientSockets::leavesTheHandshakeInterval_data()
{
    QTest::addColumn<int>("interval");
    QTest::newRow("libzmq's default") << 30000;
    QTest::newRow("none") << 0;
    QTest::newRow("60 s, since people decide") << 60000;
}

void tst_ClientSockets::leavesTheHandshakeInterval()
{
    QFETCH(const int, interval);
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    const QZapCertificate certificate = QZapCertificate::generate();
    socket.set(zmq::sockopt::handshake_ivl, interval);
    QVERIFY(QZap::setPlainClient(socket, QStringLiteral("bob"), "secret"));
    QVERIFY(QZap::setCurveClient(socket, certificate, certificate.publicKeyText()));
    QCOMPARE(socket.get(zmq::sockopt::handshake_ivl), interval);
}

QTEST_GUILESS_MAIN(tst_ClientSockets)

#include "tst_clientsockets.moc"
