// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzaptestpeer.h>

#include <QZap/qzapcertificate.h>
#include <QZap/qzapsocketmonitor.h>

#include <QtCore/qdebug.h>

#include <zmq.h>

/*!
    \class QZapTestPeer
    \inmodule QZap
    \inheaderfile QZap/QZapTestPeer
    \since 0.1
    \brief The QZapTestPeer class connects to a server in a test, with a real handshake.

    A QZapTestClient tests rules without a network. A peer tests the rest: that the server socket is
    secured, and belongs to the domain that has the rules.

    \badcode
    QZapTestPeer alice(endpoint, certificate, serverKey);
    QTRY_VERIFY2(alice.isAccepted(), qPrintable(alice.errorString()));
    QZapTestPeer mallory(endpoint, QZapCertificate::generate(), serverKey);
    QTRY_COMPARE(mallory.refusal(), QZap::Status::AuthenticationFailure);
    \endcode

    It connects when it is constructed, with a socket that fits the server's type and a ZeroMQ
    context of its own, and disconnects when it is destroyed. The results arrive in the event
    loop, which \c{QTRY_…} macros run. If both the server and its authenticator live in the thread
    of the test, do not block it.

    Endpoints of \c tcp and \c ipc can be used; over \c inproc, ZeroMQ authenticates nobody.

    The class is part of the library \c{QZap::Test}; see \l{Testing Your Rules}.

    \sa QZapSocketMonitor
*/

/*!
    \enum QZapTestPeer::Server

    The type of the server's socket, which must be the right one: libzmq ends connections between
    sockets whose types are not compatible.

    \value Router
    \value Dealer
    \value Rep
    \value Pull
    \value Push
    \value Pub
    \value XPub
    \value Sub
    \value XSub
    \value Pair
*/

namespace {

// Returns a type of sockets, and the types of the servers that it fits.
QString fittingTypes(int type)
{
    switch (type) {
    case ZMQ_PUSH:
        return QStringLiteral("a PUSH, fits PULL");
    case ZMQ_PULL:
        return QStringLiteral("a PULL, fits PUSH");
    case ZMQ_SUB:
        return QStringLiteral("a SUB, fits PUB and XPUB");
    case ZMQ_PUB:
        return QStringLiteral("a PUB, fits SUB and XSUB");
    case ZMQ_PAIR:
        return QStringLiteral("a PAIR, fits PAIR");
    default:
        return QStringLiteral("a DEALER, fits ROUTER, DEALER and REP");
    }
}

// Returns the type of a socket for the peer of such a server.
int typeFor(QZapTestPeer::Server server)
{
    using Server = QZapTestPeer::Server;
    switch (server) {
    case Server::Router:
    case Server::Dealer:
    case Server::Rep:
        break;
    case Server::Pull:
        return ZMQ_PUSH;
    case Server::Push:
        return ZMQ_PULL;
    case Server::Pub:
    case Server::XPub:
        return ZMQ_SUB;
    case Server::Sub:
    case Server::XSub:
        return ZMQ_PUB;
    case Server::Pair:
        return ZMQ_PAIR;
    }
    return ZMQ_DEALER;
}

} // namespace

class QZapTestPeerPrivate
{
public:
    explicit QZapTestPeerPrivate(QZapTestPeer::Server server);
    ~QZapTestPeerPrivate();
    Q_DISABLE_COPY_MOVE(QZapTestPeerPrivate)

    void connectTo(QAnyStringView endpoint);
    void fail(const QString &reason) { error = reason; }
    void handshakeFailed(const QString &reason);

    void *context = nullptr;
    void *socket = nullptr;
    std::unique_ptr<QZapSocketMonitor> monitor;
    const int type;
    bool usesCurve = false;
    bool isAccepted = false;
    std::optional<QZap::Status> refusal;
    QString error;
};

QZapTestPeerPrivate::QZapTestPeerPrivate(QZapTestPeer::Server server)
    : context(zmq_ctx_new())
    , socket(context ? zmq_socket(context, typeFor(server)) : nullptr)
    , type(typeFor(server))
{
    if (!socket) {
        fail(QStringLiteral("No socket could be created: ")
             + QString::fromLocal8Bit(zmq_strerror(zmq_errno())));
        return;
    }
    constexpr int NoLinger = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &NoLinger, sizeof NoLinger);
    if (type == ZMQ_SUB)
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, nullptr, 0); // everything
    monitor = std::make_unique<QZapSocketMonitor>(socket);
    const QZapSocketMonitor *const events = monitor.get();
    QObject::connect(events, &QZapSocketMonitor::accepted, [this] {
        isAccepted = true;
        error.clear();
    });
    QObject::connect(events, &QZapSocketMonitor::refused, [this](QZap::Status status) {
        refusal = status;
        fail(QStringLiteral("The server refused the peer with the status %1")
                 .arg(static_cast<int>(status)));
    });
    QObject::connect(events, &QZapSocketMonitor::failed,
                     [this](const QString &reason) { handshakeFailed(reason); });
    QObject::connect(events, &QZapSocketMonitor::disconnected, [this] { isAccepted = false; });
    QObject::connect(events, &QZapSocketMonitor::retrying, [this] {
        if (error.isEmpty())
            fail(QStringLiteral("Nobody listens at the endpoint, or the connection has ended"));
    });
}

// libzmq tries again after a server has ended the handshake without an answer. It does not tell the
// client why, so the possible reasons are listed: fewer than by the monitor, which does not know
// the mechanism.
void QZapTestPeerPrivate::handshakeFailed(const QString &reason)
{
    if (!monitor->willRetry()) {
        fail(reason);
        return;
    }
    const QString key =
        usesCurve ? QStringLiteral("it has another key than serverKey, ") : QString();
    fail(QStringLiteral("The server has ended the handshake without an answer: its socket is of "
                        "another type than the peer expects, %1it turns the peer away for now, or "
                        "it is too busy. The peer's socket, %2; name the type of the server's "
                        "socket by QZapTestPeer::Server")
             .arg(key, fittingTypes(type)));
}

QZapTestPeerPrivate::~QZapTestPeerPrivate()
{
    monitor.reset();
    if (socket)
        zmq_close(socket);
    if (context)
        zmq_ctx_term(context);
}

void QZapTestPeerPrivate::connectTo(QAnyStringView endpoint)
{
    const QByteArray name = endpoint.toString().toUtf8();
    if (name.startsWith("inproc:"))
        fail(QStringLiteral("ZeroMQ authenticates no peers over inproc"));
    else if (zmq_connect(socket, name.constData()) != 0)
        fail(QStringLiteral("The peer cannot connect to \"%1\": %2")
                 .arg(QString::fromUtf8(name), QString::fromLocal8Bit(zmq_strerror(zmq_errno()))));
}

/*!
    Constructs a peer of the NULL mechanism, without credentials, and connects it to \a endpoint of
    a socket of the type \a server. A peer of a PUB or XPUB socket subscribes to all messages.
*/
QZapTestPeer::QZapTestPeer(QAnyStringView endpoint, Server server)
    : d(std::make_unique<QZapTestPeerPrivate>(server))
{
    if (d->socket)
        d->connectTo(endpoint);
}

/*!
    Constructs a peer of the PLAIN mechanism with the name \a user and \a password, and connects it
    to \a endpoint of a socket of the type \a server.
*/
QZapTestPeer::QZapTestPeer(QAnyStringView endpoint, QAnyStringView user, QByteArrayView password,
                           Server server)
    : d(std::make_unique<QZapTestPeerPrivate>(server))
{
    if (!d->socket)
        return;
    if (QZap::setPlainClient(d->socket, user.toString(), password.toByteArray()))
        d->connectTo(endpoint);
    else
        d->fail(QStringLiteral("No peer can have this name and password; see the warning"));
}

/*!
    Constructs a peer of the CURVE mechanism with the key pair of \a certificate, which must have a
    secret key, and connects it to \a endpoint of a socket of the type \a server, which has the
    public key \a serverKey, in Z85.
*/
QZapTestPeer::QZapTestPeer(QAnyStringView endpoint, const QZapCertificate &certificate,
                           QAnyStringView serverKey, Server server)
    : d(std::make_unique<QZapTestPeerPrivate>(server))
{
    if (!d->socket)
        return;
    d->usesCurve = true;
    if (QZap::setCurveClient(d->socket, certificate, serverKey.toString()))
        d->connectTo(endpoint);
    else
        d->fail(QStringLiteral("No peer can have these keys; see the warning"));
}

/*!
    Disconnects the peer.
*/
QZapTestPeer::~QZapTestPeer() = default;

/*!
    Returns whether the server has accepted the peer, and the connection has not ended.
*/
bool QZapTestPeer::isAccepted() const
{
    return d->isAccepted;
}

/*!
    Returns the status with which the server has refused the peer for good, if it has. A peer that
    is turned away for now is not told the status, and tries again.

    \sa errorString()
*/
std::optional<QZap::Status> QZapTestPeer::refusal() const
{
    return d->refusal;
}

/*!
    Returns why the peer is not accepted, as far as it is known; empty if it is.

    \sa QZapSocketMonitor::failed()
*/
QString QZapTestPeer::errorString() const
{
    return d->error;
}

/*!
    Returns the ZeroMQ handle of the socket, for sending and receiving messages. It belongs to the
    peer.
*/
void *QZapTestPeer::socket() const
{
    return d->socket;
}
