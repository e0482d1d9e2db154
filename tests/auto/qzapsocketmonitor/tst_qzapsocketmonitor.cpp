// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>
#include <QZap/qzapsocketmonitor.h>

#include <QtCore/qeventloop.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <type_traits>

static_assert(std::is_constructible_v<QZapSocketMonitor, void *>);
static_assert(std::is_constructible_v<QZapSocketMonitor, zmq::socket_t &, QObject *>);
static_assert(std::is_constructible_v<QZapSocketMonitor, zmq::socket_ref>);
static_assert(!std::is_constructible_v<QZapSocketMonitor, zmq::socket_t *>,
              "a pointer to a socket object is no handle");

using namespace Qt::StringLiterals;

// Tests the reports about connections of client and server sockets. tst_monitorlife tests the life
// of the monitor itself.
class tst_QZapSocketMonitor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void reportsAcceptance_data() { addEndpoints(); }
    void reportsAcceptance();
    void reportsARefusal_data() { addEndpoints(); }
    void reportsARefusal();
    void reportsARefusalOfAKey();
    void reportsATemporaryAnswer_data();
    void reportsATemporaryAnswer();
    void reportsAnotherServerKey();
    void reportsAnotherMechanism();
    void reportsAnotherSocketType();
    void reportsAServerThatSpeaksGarbage();
    void reportsAServerThatIsSilent();
    void reportsThatNobodyListens_data();
    void reportsThatNobodyListens();
    void reportsARestartOfTheServer();
    void reportsConnectionsThatWereConfiguredWrongly();
    void reportsNothingOverInproc();

private:
    // A socket, its monitor, and the spies of the monitor's signals.
    struct Monitored
    {
        Monitored(zmq::context_t &context, zmq::socket_type type)
            : socket(context, type)
            , monitor(socket)
        {
            socket.set(zmq::sockopt::linger, 0);
            socket.set(zmq::sockopt::reconnect_ivl, 50);
        }
        QString reason() const
        {
            return failed.isEmpty() ? QString() : failed.constFirst().constFirst().toString();
        }
        QZap::Status status() const
        {
            return refused.isEmpty() ? QZap::Status::Success
                                     : refused.constFirst().constFirst().value<QZap::Status>();
        }

        zmq::socket_t socket;
        QZapSocketMonitor monitor;
        QSignalSpy connected{&monitor, &QZapSocketMonitor::connected};
        QSignalSpy accepted{&monitor, &QZapSocketMonitor::accepted};
        QSignalSpy refused{&monitor, &QZapSocketMonitor::refused};
        QSignalSpy failed{&monitor, &QZapSocketMonitor::failed};
        QSignalSpy disconnected{&monitor, &QZapSocketMonitor::disconnected};
        QSignalSpy retrying{&monitor, &QZapSocketMonitor::retrying};
    };

    static void addEndpoints();
    // Binds the server and connects the client to it.
    void connectSockets(const QString &endpoint = u"tcp://127.0.0.1:*"_s);
    void connectTo(const QTcpServer &server);

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<Monitored> m_server;
    std::unique_ptr<Monitored> m_client;
};

void tst_QZapSocketMonitor::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
    QVERIFY(m_authenticator->start());
    m_server = std::make_unique<Monitored>(*m_context, zmq::socket_type::router);
    m_client = std::make_unique<Monitored>(*m_context, zmq::socket_type::dealer);
    QVERIFY(m_server->monitor.isValid());
    QVERIFY(m_client->monitor.isValid());
}

void tst_QZapSocketMonitor::cleanup()
{
    m_client.reset();
    m_server.reset();
    m_authenticator.reset();
    m_context.reset();
}

void tst_QZapSocketMonitor::addEndpoints()
{
    QTest::addColumn<QString>("endpoint");
    QTest::newRow("TCP") << u"tcp://127.0.0.1:*"_s;
#ifdef Q_OS_UNIX
    QTest::newRow("IPC") << u"ipc://*"_s;
#endif
}

void tst_QZapSocketMonitor::connectSockets(const QString &endpoint)
{
    m_server->socket.bind(endpoint.toStdString());
    m_client->socket.connect(m_server->socket.get(zmq::sockopt::last_endpoint));
}

void tst_QZapSocketMonitor::connectTo(const QTcpServer &server)
{
    m_client->socket.connect("tcp://127.0.0.1:" + std::to_string(server.serverPort()));
}

void tst_QZapSocketMonitor::reportsAcceptance()
{
    QFETCH(const QString, endpoint);
    QVERIFY(QZap::securePlain(m_server->socket, u"test"_s));
    QVERIFY(QZap::setPlainClient(m_client->socket, u"bob"_s, "secret"));
    bool wasConnected = false;
    connect(&m_client->monitor, &QZapSocketMonitor::accepted, this,
            [&] { wasConnected = m_client->connected.count() == 1; });
    connectSockets(endpoint);
    for (const Monitored *each : {m_client.get(), m_server.get()}) {
        QTRY_COMPARE(each->accepted.count(), 1);
        QCOMPARE(each->connected.count(), 1);
        QCOMPARE(each->refused.count() + each->failed.count() + each->disconnected.count(), 0);
        QCOMPARE(each->retrying.count(), 0);
    }
    QVERIFY(wasConnected);
}

void tst_QZapSocketMonitor::reportsARefusal()
{
    QFETCH(const QString, endpoint);
    QVERIFY(QZap::securePlain(m_server->socket, u"test"_s));
    QVERIFY(QZap::setPlainClient(m_client->socket, u"bob"_s, "wrong"));
    connectSockets(endpoint);
    for (const Monitored *each : {m_client.get(), m_server.get()}) {
        QTRY_COMPARE(each->disconnected.count(), 1);
        QCOMPARE(each->connected.count(), 1);
        QCOMPARE(each->refused.count(), 1);
        QCOMPARE(each->status(), QZap::Status::AuthenticationFailure);
        QCOMPARE(each->accepted.count() + each->failed.count() + each->retrying.count(), 0);
    }
    QVERIFY(!m_client->monitor.willRetry());
}

void tst_QZapSocketMonitor::reportsARefusalOfAKey()
{
    const QZapCertificate server = QZapCertificate::generate();
    QVERIFY(QZap::secureCurve(m_server->socket, u"test"_s, server)); // without any client's key
    QVERIFY(QZap::setCurveClient(m_client->socket, QZapCertificate::generate(),
                                 server.publicKeyText()));
    connectSockets();
    QTRY_COMPARE(m_client->refused.count(), 1);
    QCOMPARE(m_client->status(), QZap::Status::AuthenticationFailure);
}

void tst_QZapSocketMonitor::reportsATemporaryAnswer_data()
{
    QTest::addColumn<int>("held");
    QTest::newRow("300") << 100;
    QTest::newRow("000") << 0;
}

void tst_QZapSocketMonitor::reportsATemporaryAnswer()
{
    QFETCH(const int, held);
    m_authenticator->setMaximumHeldConnections(held);
    m_authenticator->setLockdown(true);
    QVERIFY(QZap::securePlain(m_server->socket, u"test"_s));
    m_server->socket.set(zmq::sockopt::handshake_ivl, 100);
    QVERIFY(QZap::setPlainClient(m_client->socket, u"bob"_s, "secret"));
    bool wouldRetry = false;
    connect(&m_client->monitor, &QZapSocketMonitor::failed, this,
            [&] { wouldRetry = m_client->monitor.willRetry(); });
    connectSockets();
    QTRY_VERIFY(m_client->retrying.count() >= 2);
    QVERIFY(wouldRetry);
    QVERIFY2(m_client->reason().contains(u"turns this client away for now"_s),
             qPrintable(m_client->reason()));
    QVERIFY(m_client->retrying.constFirst().constFirst().toInt() > 0);
    QCOMPARE(m_client->refused.count(), 0);
    QCOMPARE(m_client->accepted.count(), 0);
    if (held == 0) {
        QTRY_VERIFY(m_server->failed.count() >= 1);
        QVERIFY2(m_server->reason().contains(u"the authenticator turned the client away"_s),
                 qPrintable(m_server->reason()));
    } else {
        QTRY_VERIFY(m_server->refused.count() >= 1);
        QCOMPARE(m_server->status(), QZap::Status::TemporaryError);
    }
    m_authenticator->setLockdown(false);
    QTRY_COMPARE(m_client->accepted.count(), 1); // it has tried again by itself
}

void tst_QZapSocketMonitor::reportsAnotherServerKey()
{
    QVERIFY(QZap::secureCurve(m_server->socket, u"test"_s, QZapCertificate::generate()));
    QVERIFY(QZap::setCurveClient(m_client->socket, QZapCertificate::generate(),
                                 QZapCertificate::generate().publicKeyText()));
    connectSockets();
    QTRY_VERIFY(m_client->retrying.count() >= 1);
    QVERIFY2(m_client->reason().contains(u"check the server key"_s),
             qPrintable(m_client->reason()));
    QVERIFY(m_client->monitor.willRetry());
    QCOMPARE(m_client->refused.count() + m_client->accepted.count(), 0);
    QTRY_VERIFY(m_server->failed.count() >= 1);
    QVERIFY2(m_server->reason().contains(u"a server with a different key"_s),
             qPrintable(m_server->reason()));
}

void tst_QZapSocketMonitor::reportsAnotherMechanism()
{
    QVERIFY(QZap::securePlain(m_server->socket, u"test"_s));
    connectSockets();
    QTRY_COMPARE(m_client->disconnected.count(), 1);
    QCOMPARE(m_client->failed.count(), 1);
    QVERIFY2(m_client->reason().contains(u"the server expects a different mechanism"_s),
             qPrintable(m_client->reason()));
    QVERIFY(!m_client->monitor.willRetry());
    QCOMPARE(m_client->retrying.count(), 0);
    QTRY_VERIFY(m_server->reason().contains(u"the client uses a different mechanism"_s));
}

void tst_QZapSocketMonitor::reportsAnotherSocketType()
{
    Monitored publisher(*m_context, zmq::socket_type::pub);
    Monitored requester(*m_context, zmq::socket_type::req);
    publisher.socket.bind("tcp://127.0.0.1:*");
    requester.socket.connect(publisher.socket.get(zmq::sockopt::last_endpoint));
    QTRY_COMPARE(requester.disconnected.count(), 1);
    QCOMPARE(requester.failed.count(), 1);
    QVERIFY2(requester.reason().contains(u"a type that is incompatible"_s),
             qPrintable(requester.reason()));
    QVERIFY(!requester.monitor.willRetry());
}

void tst_QZapSocketMonitor::reportsAServerThatSpeaksGarbage()
{
    QTcpServer server;
    connect(&server, &QTcpServer::newConnection, this,
            [&server] { server.nextPendingConnection()->write(QByteArray(100, 'g')); });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QVERIFY(QZap::setPlainClient(m_client->socket, u"bob"_s, "secret"));
    connectTo(server);
    QTRY_COMPARE(m_client->disconnected.count(), 1);
    QCOMPARE(m_client->connected.count(), 1);
    QCOMPARE(m_client->failed.count(), 1);
    QVERIFY2(m_client->reason().contains(u"another kind of server"_s),
             qPrintable(m_client->reason()));
    QVERIFY(!m_client->monitor.willRetry());
    QCOMPARE(m_client->retrying.count(), 0);
}

void tst_QZapSocketMonitor::reportsAServerThatIsSilent()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    m_client->socket.set(zmq::sockopt::handshake_ivl, 100);
    connectTo(server);
    QTRY_VERIFY(m_client->retrying.count() >= 1);
    QVERIFY(m_client->connected.count() >= 1);
    QVERIFY2(m_client->reason().contains(u"did not answer within ZMQ_HANDSHAKE_IVL"_s),
             qPrintable(m_client->reason()));
    QVERIFY(m_client->monitor.willRetry());
}

void tst_QZapSocketMonitor::reportsThatNobodyListens_data()
{
    QTest::addColumn<QString>("endpoint");
    QTest::newRow("TCP") << u"tcp://127.0.0.1:1"_s; // a privileged port, on which no server listens
#ifdef Q_OS_UNIX
    QTest::newRow("IPC") << u"ipc:///nowhere/socket"_s;
#endif
}

void tst_QZapSocketMonitor::reportsThatNobodyListens()
{
    QFETCH(const QString, endpoint);
    m_client->socket.connect(endpoint.toStdString());
    QTRY_VERIFY(m_client->retrying.count() >= 3);
    QCOMPARE(
        m_client->connected.count() + m_client->failed.count() + m_client->disconnected.count(), 0);
    QVERIFY(m_client->monitor.willRetry());
}

void tst_QZapSocketMonitor::reportsARestartOfTheServer()
{
    connectSockets();
    const std::string endpoint = m_server->socket.get(zmq::sockopt::last_endpoint);
    QTRY_COMPARE(m_client->accepted.count(), 1);
    m_server = nullptr;
    QTRY_VERIFY(m_client->retrying.count() >= 1);
    QCOMPARE(m_client->disconnected.count(), 1);
    m_server = std::make_unique<Monitored>(*m_context, zmq::socket_type::router);
    m_server->socket.bind(endpoint);
    QTRY_COMPARE(m_client->accepted.count(), 2);
    QCOMPARE(m_client->connected.count(), 2);
    QCOMPARE(m_client->failed.count(), 0);
}

// The result of setCurveClient() is ignored.
void tst_QZapSocketMonitor::reportsConnectionsThatWereConfiguredWrongly()
{
    QVERIFY(QZap::secureCurve(m_server->socket, u"test"_s, QZapCertificate::generate()));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"QZap::setCurveClient"_s));
    QVERIFY(!QZap::setCurveClient(m_client->socket, QZapCertificate::generate(), u"?"_s));
    connectSockets();
    QTRY_VERIFY(m_client->failed.count() >= 1);
    QCOMPARE(m_client->accepted.count(), 0);
}

void tst_QZapSocketMonitor::reportsNothingOverInproc()
{
    connectSockets(u"inproc://test"_s);
    m_client->socket.send(zmq::str_buffer("hello"), zmq::send_flags::dontwait);
    zmq::message_t message;
    QVERIFY(m_server->socket.recv(message).has_value());
    QCoreApplication::processEvents();
    QCOMPARE(m_client->connected.count() + m_client->accepted.count(), 0);
    QVERIFY(m_client->monitor.isValid());
}

QTEST_GUILESS_MAIN(tst_QZapSocketMonitor)

#include "tst_qzapsocketmonitor.moc"
