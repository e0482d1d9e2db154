// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzap.h>
#include <QZap/qzapcertificate.h>

#include "peer.h"
#include "server.h"

#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <type_traits>
#include <utility>

namespace {

// What compiles as a socket: not a message, which has a handle as well.
template <typename T, typename = void>
constexpr bool IsSocket = false;
template <typename T>
constexpr bool IsSocket<T, std::void_t<decltype(QZap::secureNull(std::declval<T>(), QString()))>> =
    true;
static_assert(IsSocket<void *> && IsSocket<zmq::socket_t &> && IsSocket<zmq::socket_ref>);
static_assert(!IsSocket<zmq::message_t &> && !IsSocket<zmq::message_t>);
static_assert(!IsSocket<const zmq::message_t &> && !IsSocket<zmq_msg_t *>);
static_assert(QZap::HasHandle<zmq::context_t> && QZap::HasHandle<zmq::socket_t>);
static_assert(!QZap::HasHandle<zmq::message_t> && !QZap::HasHandle<const zmq::message_t>);

} // namespace

// Tests secured sockets without a handler, and sockets that cannot be secured.
class tst_QZap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void constantsNeedNoCast();
    void refusesEveryoneWithoutAHandler_data();
    void refusesEveryoneWithoutAHandler();
    void setsDomainAndEnforce_data();
    void setsDomainAndEnforce();
    void lowersTheHandshakeInterval_data();
    void lowersTheHandshakeInterval();
    void refusesBadDomains_data();
    void refusesBadDomains();
    void closesSocketsThatItCannotSecure_data();
    void closesSocketsThatItCannotSecure();
    void securesLaterBindsOfABoundSocket_data();
    void securesLaterBindsOfABoundSocket();
    void refusesStreamSockets();
    void refusesHandlesThatAreNotSockets();
    void resetsTheMechanism();
    void keepsTheFirstDefaultContext();

private:
    enum class Way { Null, Plain, Curve, Gssapi };
    static bool secure(Way way, zmq::socket_t &socket, const QString &domain);
    static void addWays();
};

Q_DECLARE_METATYPE(QZapCertificate)

bool tst_QZap::secure(Way way, zmq::socket_t &socket, const QString &domain)
{
    switch (way) {
    case Way::Null:
        return QZap::secureNull(socket, domain);
    case Way::Plain:
        return QZap::securePlain(socket, domain);
    case Way::Curve:
        return QZap::secureCurve(socket, domain, QZapCertificate::generate());
    case Way::Gssapi:
        return QZap::secureGssapi(socket, domain, QStringLiteral("host/server"));
    }
    return false;
}

void tst_QZap::addWays()
{
    QTest::addColumn<int>("way");
    QTest::newRow("NULL") << static_cast<int>(Way::Null);
    QTest::newRow("PLAIN") << static_cast<int>(Way::Plain);
    QTest::newRow("CURVE") << static_cast<int>(Way::Curve);
}

void tst_QZap::constantsNeedNoCast()
{
    const QString any = QZap::AnyDomain;
    QCOMPARE(any, QStringLiteral("*"));
    QVERIFY(any == QZap::CurveAllowAny);
}

void tst_QZap::refusesEveryoneWithoutAHandler_data()
{
    addWays();
}

void tst_QZap::refusesEveryoneWithoutAHandler()
{
    QFETCH(const int, way);
    zmq::context_t context;
    Server server(context);
    const QZapCertificate certificate = QZapCertificate::generate();
    const QZapCertificate mine = QZapCertificate::generate();
    const QString domain = QStringLiteral("test");
    const bool secured = way == static_cast<int>(Way::Curve)
                             ? QZap::secureCurve(server.socket(), domain, certificate)
                             : secure(static_cast<Way>(way), server.socket(), domain);
    QVERIFY(secured);
    server.socket().set(zmq::sockopt::handshake_ivl, 300);
    const QString endpoint = server.bind();

    Peer peer(context);
    if (way == static_cast<int>(Way::Plain)) {
        peer.plain("bob", "secret");
    } else if (way == static_cast<int>(Way::Curve)) {
        peer.curve(mine.publicKeyText().toLatin1(), mine.secretKeyText(),
                   certificate.publicKeyText().toLatin1());
    }
    peer.connect(endpoint);
    peer.send("let me in");
    // The peer tries again after each disconnection, but is never accepted.
    QTRY_VERIFY_WITH_TIMEOUT(peer.disconnections() >= 2, 20000);
    QVERIFY(!peer.isAccepted());
    QCOMPARE(server.accepted(), 0);
    QVERIFY(!server.receive());
}

void tst_QZap::setsDomainAndEnforce_data()
{
    addWays();
    if (zmq_has("gssapi"))
        QTest::newRow("GSSAPI") << static_cast<int>(Way::Gssapi);
}

void tst_QZap::setsDomainAndEnforce()
{
    QFETCH(const int, way);
    constexpr int EnforceDomain = 93;
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::router);
    const QString domain = QStringLiteral("dom\u00e4ne");
    QVERIFY(secure(static_cast<Way>(way), socket, domain));
    QCOMPARE(QString::fromStdString(socket.get(zmq::sockopt::zap_domain)).toUtf8(),
             domain.toUtf8());
    int enforce = 0;
    size_t size = sizeof enforce;
    QCOMPARE(zmq_getsockopt(socket.handle(), EnforceDomain, &enforce, &size), 0);
    QCOMPARE(enforce, 1);
    const int mechanisms[] = {ZMQ_NULL, ZMQ_PLAIN, ZMQ_CURVE, ZMQ_GSSAPI};
    QCOMPARE(socket.get(zmq::sockopt::mechanism), mechanisms[way]);
}

void tst_QZap::lowersTheHandshakeInterval_data()
{
    QTest::addColumn<int>("before");
    QTest::addColumn<int>("after");
    QTest::newRow("default") << 30000 << 10000;
    QTest::newRow("none") << 0 << 10000;
    QTest::newRow("shorter") << 500 << 500;
    QTest::newRow("longer, and meant") << 60000 << 60000;
}

void tst_QZap::lowersTheHandshakeInterval()
{
    QFETCH(const int, before);
    QFETCH(const int, after);
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::router);
    socket.set(zmq::sockopt::handshake_ivl, before);
    QVERIFY(QZap::secureNull(socket, QStringLiteral("test")));
    QCOMPARE(socket.get(zmq::sockopt::handshake_ivl), after);
}

void tst_QZap::refusesBadDomains_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("reason");
    QTest::newRow("empty") << QString() << QStringLiteral("is empty");
    QTest::newRow("any") << QStringLiteral("*") << QStringLiteral("stands for all other domains");
    QTest::newRow("256 bytes") << QString(128, QChar(0xe4)) + QLatin1Char('x')
                               << QStringLiteral("longer than 255 bytes");
    QTest::newRow("NUL") << QString(QChar(0)) << QStringLiteral("control characters");
    QTest::newRow("line break") << QStringLiteral("a\nb") << QStringLiteral("control characters");
    QTest::newRow("half a character")
        << QString(QChar(0xd800)) << QStringLiteral("control characters");
}

void tst_QZap::refusesBadDomains()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, reason);
    for (const Way way : {Way::Null, Way::Plain, Way::Curve}) {
        zmq::context_t context;
        zmq::socket_t socket(context, zmq::socket_type::router);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(reason));
        QVERIFY(!secure(way, socket, domain));
        QCOMPARE(socket.get(zmq::sockopt::mechanism), ZMQ_CURVE); // with a key that nobody knows
    }
}

void tst_QZap::closesSocketsThatItCannotSecure_data()
{
    QTest::addColumn<QZapCertificate>("certificate");
    QTest::addColumn<QString>("domain");
    QTest::newRow("no certificate") << QZapCertificate() << QStringLiteral("test");
    QTest::newRow("no secret key")
        << *QZapCertificate::fromPublicKey(QZapCertificate::generate().publicKeyText().toLatin1())
        << QStringLiteral("test");
    QTest::newRow("no domain") << QZapCertificate::generate() << QString();
}

// The result is ignored, and the socket is bound nevertheless.
void tst_QZap::closesSocketsThatItCannotSecure()
{
    QFETCH(const QZapCertificate, certificate);
    QFETCH(const QString, domain);
    zmq::context_t context;
    Server server(context);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("QZap::secureCurve: ")));
    QVERIFY(!QZap::secureCurve(server.socket(), domain, certificate));
    server.socket().set(zmq::sockopt::handshake_ivl, 200);
    const QString endpoint = server.bind();
    Peer null(context);
    Peer plain(context);
    Peer curve(context);
    const QZapCertificate mine = QZapCertificate::generate();
    plain.plain("bob", "secret");
    const QZapCertificate known = certificate.isNull() ? mine : certificate;
    curve.curve(mine.publicKeyText().toLatin1(), mine.secretKeyText(),
                known.publicKeyText().toLatin1());
    for (Peer *peer : {&null, &plain, &curve}) {
        peer->connect(endpoint);
        QTRY_VERIFY_WITH_TIMEOUT(peer->disconnections() >= 1, 20000);
        QVERIFY(!peer->isAccepted());
    }
    QCOMPARE(server.accepted(), 0);
}

void tst_QZap::securesLaterBindsOfABoundSocket_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<bool>("unbound");
    QTest::addColumn<int>("mechanism");
    const QString valid = QStringLiteral("test");
    QTest::newRow("valid, bound") << valid << false << ZMQ_NULL;
    QTest::newRow("valid, unbound again") << valid << true << ZMQ_NULL;
    QTest::newRow("invalid, bound") << QString() << false << ZMQ_CURVE;
    QTest::newRow("invalid, unbound again") << QStringLiteral("*") << true << ZMQ_CURVE;
}

// The result is ignored, and the socket is bound to a second endpoint.
void tst_QZap::securesLaterBindsOfABoundSocket()
{
    QFETCH(const QString, domain);
    QFETCH(const bool, unbound);
    QFETCH(const int, mechanism);
    zmq::context_t context;
    Server server(context);
    server.socket().bind("inproc://x");
    if (unbound)
        server.socket().unbind("inproc://x");
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("QZap::secureNull: ")));
    QVERIFY(!QZap::secureNull(server.socket(), domain));
    QCOMPARE(server.socket().get(zmq::sockopt::mechanism), mechanism);
    server.socket().set(zmq::sockopt::handshake_ivl, 200);
    Peer peer(context);
    peer.connect(server.bind());
    QTRY_VERIFY_WITH_TIMEOUT(peer.disconnections() >= 1, 20000);
    QVERIFY(!peer.isAccepted());
    QCOMPARE(server.accepted(), 0);
}

void tst_QZap::refusesStreamSockets()
{
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::stream);
    for (const Way way : {Way::Null, Way::Plain, Way::Curve}) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("STREAM socket")));
        QVERIFY(!secure(way, socket, QStringLiteral("test")));
    }
}

void tst_QZap::refusesHandlesThatAreNotSockets()
{
    QTest::ignoreMessage(QtWarningMsg, "QZap::securePlain: the socket is not open");
    QVERIFY(!QZap::securePlain(static_cast<void *>(nullptr), QStringLiteral("test")));
}

// The socket was configured for a different mechanism before.
void tst_QZap::resetsTheMechanism()
{
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::router);
    for (const Way way : {Way::Curve, Way::Plain, Way::Null, Way::Curve, Way::Null}) {
        QVERIFY(secure(way, socket, QStringLiteral("test")));
        const int mechanisms[] = {ZMQ_NULL, ZMQ_PLAIN, ZMQ_CURVE};
        QCOMPARE(socket.get(zmq::sockopt::mechanism), mechanisms[static_cast<int>(way)]);
    }
}

void tst_QZap::keepsTheFirstDefaultContext()
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("the context is not usable")));
    QVERIFY(!QZap::setDefaultContext(static_cast<void *>(nullptr)));
    static zmq::context_t mine;
    QVERIFY(QZap::setDefaultContext(mine));
    QCOMPARE(QZap::defaultContext(), mine.handle());
    zmq::context_t other;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("already in use")));
    QVERIFY(!QZap::setDefaultContext(other));
    QCOMPARE(QZap::defaultContext(), mine.handle());
}

QTEST_GUILESS_MAIN(tst_QZap)
#include "tst_qzap.moc"
