// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtCore/qendian.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qtest.h>

#ifdef Q_OS_LINUX
#    include <netinet/in.h>
#    include <sys/socket.h>
#    include <sys/syscall.h>
#    include <unistd.h>

#    include <atomic>

namespace {

// The local port of connections whose other end cannot be determined; 0 if there are none.
std::atomic<int> anonymousPort{0};

int localPort(int descriptor)
{
    sockaddr_in address = {};
    socklen_t size = sizeof address;
    return ::getsockname(descriptor, reinterpret_cast<sockaddr *>(&address), &size) == 0
                   && address.sin_family == AF_INET
               ? ntohs(address.sin_port)
               : 0;
}

} // namespace

// Replaces the system's function in libzmq.
extern "C" Q_DECL_EXPORT int getpeername(int descriptor, __SOCKADDR_ARG address,
                                         socklen_t *size) noexcept
{
    if (anonymousPort != 0 && localPort(descriptor) == anonymousPort) {
        errno = ENOBUFS;
        return -1;
    }
    return static_cast<int>(
        ::syscall(SYS_getpeername, descriptor, static_cast<sockaddr *>(address), size));
}
#endif

namespace {

// A client that does not use libzmq, and claims properties of its own in its handshake.
class ClaimingPeer
{
public:
    explicit ClaimingPeer(const QString &endpoint)
    {
        const QUrl url(endpoint);
        m_socket.connectToHost(url.host(), static_cast<quint16>(url.port()));
    }

    bool isConnected() const { return m_socket.state() == QAbstractSocket::ConnectedState; }
    bool hasReceived(const QByteArray &bytes)
    {
        m_received += m_socket.readAll();
        return m_received.contains(bytes);
    }
    // Sends the greeting of ZMTP 3.0.
    void greet(const QByteArray &mechanism)
    {
        QByteArray greeting = QByteArray("\xff\0\0\0\0\0\0\0\1\x7f\3\0", 12) + mechanism;
        greeting.resize(64, '\0');
        m_socket.write(greeting);
    }
    void sendCommand(const QByteArray &name, const QByteArray &contents)
    {
        const QByteArray body = withSize(name) + contents;
        // A long command, with a size of eight bytes.
        m_socket.write('\6' + QByteArray(4, '\0') + bigEndian(body.size()) + body);
    }
    void sendMessage(const QByteArray &body) { m_socket.write('\0' + withSize(body)); }

    static QByteArray withSize(const QByteArray &text)
    {
        return static_cast<char>(text.size()) + text;
    }
    static QByteArray property(const QByteArray &name, const QByteArray &value)
    {
        return withSize(name) + bigEndian(value.size()) + value;
    }

private:
    static QByteArray bigEndian(qsizetype size) // in four bytes
    {
        QByteArray bytes(sizeof(quint32), Qt::Uninitialized);
        qToBigEndian(static_cast<quint32>(size), bytes.data());
        return bytes;
    }

    QTcpSocket m_socket;
    QByteArray m_received;
};

// Returns the property as a server reads it; null if the message has none of this name.
QByteArray propertyOf(const zmq::message_t &message, const char *name)
{
    return {zmq_msg_gets(message.handle(), name)};
}

} // namespace

// Messages with properties that do not come from the handler: those that a peer claims, and those
// of forwarded messages.
class tst_UntrustedMessages : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void ignoresWhatPeersClaim_data();
    void ignoresWhatPeersClaim();
    void ignoresClaimedDescriptors();
    void refusesForwardedMessages_data();
    void refusesForwardedMessages();
    void takesAForwarderForThePeer();
};

void tst_UntrustedMessages::ignoresWhatPeersClaim_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<QString>("userId");
    QTest::newRow("NULL") << QZap::Mechanism::Null << QStringLiteral("anonymous");
    QTest::newRow("PLAIN") << QZap::Mechanism::Plain << QStringLiteral("eve");
}

void tst_UntrustedMessages::ignoresWhatPeersClaim()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const QString, userId);

    configure({QStringLiteral("bob"), QStringLiteral("eve")});
    QVERIFY(m_authenticator->configureNull(test(), true));
    for (const QZap::Mechanism each : {QZap::Mechanism::Null, QZap::Mechanism::Plain})
        m_authenticator->domain(test(), each)->setPublishedFields({QStringLiteral("Role")});
    start();
    // The session of somebody else, as if it had been disclosed.
    QByteArray session;
    {
        const QString endpoint = serve(QZap::Mechanism::Plain);
        zmq::socket_t bob = client(zmq::socket_type::dealer, endpoint);
        QVERIFY(send(bob, "hello"));
        session = propertyOf(waitForMessage(), "QZap-Session");
        QVERIFY(!session.isEmpty());
    }
    m_guard->clearSocket();

    ClaimingPeer eve(serve(mechanism));
    QTRY_VERIFY(eve.isConnected());
    const QByteArray properties =
        ClaimingPeer::property("Socket-Type", "DEALER") + ClaimingPeer::property("User-Id", "bob")
        + ClaimingPeer::property("Role", "admin") + ClaimingPeer::property("Site", "claimed")
        + ClaimingPeer::property("QZap-Session", session);
    if (mechanism == QZap::Mechanism::Null) {
        eve.greet("NULL");
        eve.sendCommand("READY", properties);
    } else {
        eve.greet("PLAIN");
        eve.sendCommand("HELLO", ClaimingPeer::withSize("eve") + ClaimingPeer::withSize("secret"));
        QTRY_VERIFY(eve.hasReceived("WELCOME"));
        eve.sendCommand("INITIATE", properties);
    }
    QTRY_VERIFY(eve.hasReceived("READY"));
    eve.sendMessage("hello");
    const zmq::message_t message = waitForMessage();
    QCOMPARE(propertyOf(message, "Site"), QByteArray("claimed")); // the claims have arrived
    QCOMPARE(propertyOf(message, "User-Id"), userId.toLatin1());
    QCOMPARE(propertyOf(message, "Role"), QByteArray(""));
    QVERIFY(propertyOf(message, "QZap-Session") != session);
    QVERIFY(m_guard->isAuthorized(message));
    QCOMPARE(m_guard->userId(message), userId);
    QCOMPARE(m_guard->field(message, QStringLiteral("Role")), QString());
    QCOMPARE(m_guard->session(message).fields().keys(), QStringList{QStringLiteral("Role")});
}

// libzmq attaches no descriptor to the messages of a peer whose address it does not know.
void tst_UntrustedMessages::ignoresClaimedDescriptors()
{
#ifdef Q_OS_LINUX
    configure({bob(), eve()});
    start();
    const QString endpoint = serve();
    const int port = QUrl(endpoint).port();
    zmq::socket_t bobsSocket = client(zmq::socket_type::dealer, endpoint);
    QTRY_COMPARE(m_authenticator->acceptedCount(), 1);
    QByteArray bobsDescriptor;
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
        sockaddr_storage address = {};
        socklen_t size = sizeof address;
        if (localPort(descriptor) == port
            && ::getpeername(descriptor, reinterpret_cast<sockaddr *>(&address), &size) == 0) {
            bobsDescriptor = QByteArray::number(descriptor);
        }
    }
    QVERIFY(!bobsDescriptor.isEmpty());

    anonymousPort = port;
    const auto restore = qScopeGuard([] { anonymousPort = 0; });
    ClaimingPeer evesPeer(endpoint);
    QTRY_VERIFY(evesPeer.isConnected());
    evesPeer.greet("PLAIN");
    evesPeer.sendCommand("HELLO", ClaimingPeer::withSize("eve") + ClaimingPeer::withSize("secret"));
    QTRY_VERIFY(evesPeer.hasReceived("WELCOME"));
    evesPeer.sendCommand("INITIATE", ClaimingPeer::property("Socket-Type", "DEALER")
                                         + ClaimingPeer::property("__fd", bobsDescriptor));
    QTRY_VERIFY(evesPeer.hasReceived("READY"));
    evesPeer.sendMessage("hello");
    zmq::message_t message = waitForMessage();
    QCOMPARE(propertyOf(message, "__fd"), bobsDescriptor); // the claim has arrived
    QVERIFY(m_guard->isAuthorized(message));
    QCOMPARE(m_guard->session(message).address(), QString());
    QCOMPARE(m_guard->userId(message), eve());
    QVERIFY(!m_guard->disconnectPeer(m_guard->session(message))); // it would be bob's connection
    QVERIFY(send(bobsSocket, "hello"));
    message = waitForMessage();
    QCOMPARE(m_guard->userId(message), bob());
    QVERIFY(!m_guard->canDisconnect() || m_guard->disconnectPeer(m_guard->session(message)));
#else
    QSKIP("connections can be ended on Linux only");
#endif
}

void tst_UntrustedMessages::refusesForwardedMessages_data()
{
    QTest::addColumn<QString>("endpoint"); // of the forwarder's other socket
    QTest::newRow("inproc") << QStringLiteral("inproc://workers");
    QTest::newRow("TCP") << QStringLiteral("tcp://127.0.0.1:*");
    QTest::newRow("IPC") << QStringLiteral("ipc://*");
}

void tst_UntrustedMessages::refusesForwardedMessages()
{
    QFETCH(const QString, endpoint);

    configure({QStringLiteral("bob")});
    start();
    zmq::socket_t bob = client(zmq::socket_type::dealer, serve());
    QVERIFY(send(bob, "hello"));
    zmq::message_t message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(message));
    const QZapSession session = m_guard->session(message);

    // Forwards the message as zmq_proxy() does: the message itself, without a copy.
    zmq::socket_t forwarder(*m_context, zmq::socket_type::push);
    zmq::socket_t worker(*m_context, zmq::socket_type::pull);
    forwarder.set(zmq::sockopt::linger, 0);
    forwarder.bind(endpoint.toStdString());
    worker.connect(forwarder.get(zmq::sockopt::last_endpoint));
    QVERIFY(forwarder.send(message, zmq::send_flags::none));
    zmq::message_t forwarded;
    QTRY_VERIFY(!forwarded.empty() || worker.recv(forwarded, zmq::recv_flags::dontwait));
    QCOMPARE(forwarded.to_string_view(), "hello");
    QVERIFY(m_guard->session(forwarded).isNull());
    QVERIFY(!m_guard->isAuthorized(forwarded));
    QVERIFY(m_guard->isAuthorized(session)); // may be passed on instead
}

// The clients of a forwarder cannot be told apart.
void tst_UntrustedMessages::takesAForwarderForThePeer()
{
    configure({QStringLiteral("bob"), QStringLiteral("forwarder")});
    start();
    zmq::socket_t backend = client(zmq::socket_type::dealer, serve(), QZap::Mechanism::Plain,
                                   QStringLiteral("forwarder"));
    zmq::socket_t frontend(*m_clientContext, zmq::socket_type::router);
    frontend.set(zmq::sockopt::linger, 0);
    frontend.bind("tcp://127.0.0.1:*");
    zmq::socket_t bob = client(zmq::socket_type::dealer,
                               QString::fromStdString(frontend.get(zmq::sockopt::last_endpoint)),
                               QZap::Mechanism::Null);
    QVERIFY(send(bob, "hello"));
    zmq::message_t message;
    // The routing id comes first.
    QTRY_VERIFY(!message.empty() || frontend.recv(message, zmq::recv_flags::dontwait));
    QVERIFY(frontend.recv(message));
    QVERIFY(backend.send(message, zmq::send_flags::none));
    const zmq::message_t received = waitForMessage();
    QVERIFY(m_guard->isAuthorized(received));
    QCOMPARE(m_guard->userId(received), QStringLiteral("forwarder"));
}

QTEST_GUILESS_MAIN(tst_UntrustedMessages)
#include "tst_untrustedmessages.moc"
