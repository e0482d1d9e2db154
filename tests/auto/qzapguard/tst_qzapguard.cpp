// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QZap/qzapsocketmonitor.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

namespace {

// What compiles: handles of sockets are not taken for messages, nor the other way round.
template <typename T, typename = void>
constexpr bool IsSocket = false;
template <typename T>
constexpr bool
    IsSocket<T, std::void_t<decltype(std::declval<QZapGuard &>().setSocket(std::declval<T>()))>> =
        true;
template <typename T, typename = void>
constexpr bool IsMessage = false;
template <typename T>
constexpr bool IsMessage<
    T, std::void_t<decltype(std::declval<const QZapGuard &>().isAuthorized(std::declval<T>()))>> =
    true;

static_assert(IsSocket<void *> && IsSocket<zmq::socket_t &> && IsSocket<zmq::socket_ref>);
static_assert(!IsSocket<zmq::socket_t *> && !IsSocket<zmq::message_t &> && !IsSocket<int *>);
static_assert(IsMessage<zmq_msg_t *> && IsMessage<const zmq_msg_t *>);
static_assert(IsMessage<zmq::message_t &> && IsMessage<const zmq::message_t &>);
static_assert(!IsMessage<void *> && !IsMessage<zmq::socket_t &> && !IsMessage<zmq::message_t *>);

} // namespace

// Which sockets can be guarded, and what a guard says about a message.
class tst_QZapGuard : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void refusesSockets_data();
    void refusesSockets();
    void refusesASecondMonitor();
    void describesThePeer_data();
    void describesThePeer();
    void publishesOnlyWhatZapHasSent();
    void enforcesLockdownIfAsked();
    void refusesMessagesWithoutASession();
    void refusesOtherAuthenticators();
    void refusesOtherSockets();
    void reportsUnauthorizedMessagesOnceASecond();
    void doesNotReportUnsubscriptionsOfTheSocket();
};

void tst_QZapGuard::refusesSockets_data()
{
    QTest::addColumn<QString>("kind");
    for (const char *const kind : {"null", "not secured", "without enforcing", "bound", "guarded",
                                   "monitored", "a second one", "a context", "unbound"}) {
        QTest::newRow(kind) << QString::fromLatin1(kind);
    }
}

void tst_QZapGuard::refusesSockets()
{
    QFETCH(const QString, kind);

    zmq::socket_t socket(*m_context, zmq::socket_type::router);
    std::unique_ptr<QObject> other;
    void *handle = socket.handle();
    if (kind != QLatin1String("not secured") && kind != QLatin1String("without enforcing"))
        QVERIFY(QZap::securePlain(socket, test()));
    if (kind == QLatin1String("null"))
        handle = nullptr;
    else if (kind == QLatin1String("a context"))
        handle = m_context->handle();
    else if (kind == QLatin1String("without enforcing"))
        socket.set(zmq::sockopt::zap_domain, "test");
    else if (kind == QLatin1String("bound") || kind == QLatin1String("unbound"))
        socket.bind("tcp://127.0.0.1:*");
    if (kind == QLatin1String("unbound"))
        socket.unbind(socket.get(zmq::sockopt::last_endpoint));
    if (kind == QLatin1String("monitored")) {
        other = std::make_unique<QZapSocketMonitor>(socket);
    } else if (kind == QLatin1String("guarded")) {
        auto guard = std::make_unique<QZapGuard>(m_authenticator.get());
        QVERIFY(guard->setSocket(socket));
        other = std::move(guard);
    } else if (kind == QLatin1String("a second one")) {
        serve();
    }
    const bool couldDisconnect = m_guard->canDisconnect();
    QSignalSpy errors(m_guard.get(), &QZapGuard::errorOccurred);
    QVERIFY(!m_guard->setSocket(handle));
    QCOMPARE(errors.size(), 1);
    QVERIFY(!m_guard->errorString().isEmpty());
    QCOMPARE(errors.at(0).at(0).toString(), m_guard->errorString());
    QCOMPARE(m_guard->canDisconnect(), couldDisconnect);
    other.reset();
}

void tst_QZapGuard::refusesASecondMonitor()
{
    serve();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("already has a monitor")));
    const QZapSocketMonitor monitor(*m_socket);
    QVERIFY(!monitor.isValid());
}

void tst_QZapGuard::describesThePeer_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<QString>("userId");
    QTest::newRow("NULL") << QZap::Mechanism::Null << QStringLiteral("anonymous");
    QTest::newRow("PLAIN") << QZap::Mechanism::Plain << QStringLiteral("bob");
    QTest::newRow("CURVE") << QZap::Mechanism::Curve << QStringLiteral("bob");
}

void tst_QZapGuard::describesThePeer()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const QString, userId);

    connectBob(mechanism, false);
    const QZapSession session = m_guard->session(m_message);
    QVERIFY(!session.isNull());
    QVERIFY(session.number() > 0);
    QCOMPARE(session.mechanism(), mechanism);
    QCOMPARE(session.domain(), test());
    QCOMPARE(session.address(), QStringLiteral("127.0.0.1"));
    QCOMPARE(session.userId(), userId);
    QCOMPARE(m_guard->userId(m_message), userId);
    QVERIFY(qAbs(session.since().secsTo(QDateTime::currentDateTime())) < 60);
    QVERIFY(m_guard->isAuthorized(session));
    QCOMPARE(m_guard->session(m_message), session);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    // The next message has the same session, the next connection another.
    QVERIFY(send(*m_bob, "again"));
    const zmq::message_t next = waitForMessage();
    QCOMPARE(m_guard->session(next), session);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    m_bob.reset();
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<QZapSession>(), session);
    QTRY_COMPARE(m_guard->connectionCount(), 0);
    QVERIFY(m_guard->isAuthorized(session));
}

void tst_QZapGuard::publishesOnlyWhatZapHasSent()
{
    QVERIFY(m_authenticator->configurePlain(test(),
                                            {{QStringLiteral("bob"), QStringLiteral("secret")}}));
    m_authenticator->domain(test(), QZap::Mechanism::Plain)
        ->setPublishedFields({QStringLiteral("Domain")});
    start();
    zmq::socket_t bob = client(zmq::socket_type::dealer, serve());
    QVERIFY(send(bob, "hello"));
    const zmq::message_t message = waitForMessage();
    QCOMPARE(m_guard->field(message, QStringLiteral("Domain")), test());
    QCOMPARE(m_guard->session(message).fields().size(), 1);
    QVERIFY(m_guard->field(message, QStringLiteral("Socket-Type")).isEmpty());
    QVERIFY(m_guard->field(message, QStringLiteral("QZap-Session")).isEmpty());
    // A field that is published later was never sent to this connection.
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    m_authenticator->domain(test(), QZap::Mechanism::Plain)
        ->setPublishedFields({QStringLiteral("Domain"), QStringLiteral("Role")});
    QVERIFY(!m_guard->isAuthorized(message));
    QTRY_COMPARE(revoked.size(), 1);
    QCOMPARE(revoked.at(0).at(1).toString(),
             QStringLiteral("The published field \"Role\" was not sent"));
}

void tst_QZapGuard::enforcesLockdownIfAsked()
{
    connectBob(QZap::Mechanism::Plain, false);
    m_authenticator->setLockdown(true);
    QVERIFY(m_guard->isAuthorized(m_message));
    m_guard->setEnforcesLockdown(true);
    QVERIFY(!m_guard->isAuthorized(m_message));
    m_authenticator->setLockdown(false);
    QVERIFY(m_guard->isAuthorized(m_message));
}

void tst_QZapGuard::refusesMessagesWithoutASession()
{
    configure({QStringLiteral("bob")});
    start();
    const zmq::message_t own(QByteArrayLiteral("hello").constData(), 5);
    QVERIFY(!m_guard->isAuthorized(own));
    QVERIFY(m_guard->session(own).isNull());
    QVERIFY(!m_guard->isAuthorized(static_cast<const zmq_msg_t *>(nullptr)));
    QVERIFY(!m_guard->isAuthorized(QZapSession()));
    QVERIFY(!m_guard->disconnectPeer({}));
    // inproc peers are never asked about.
    serve();
    m_socket->bind("inproc://guarded");
    zmq::socket_t inside(*m_context, zmq::socket_type::dealer);
    inside.connect("inproc://guarded");
    QVERIFY(send(inside, "hello"));
    QVERIFY(!m_guard->isAuthorized(waitForMessage()));
}

void tst_QZapGuard::refusesOtherAuthenticators()
{
    connectBob(QZap::Mechanism::Plain, false);
    QZapAuthenticator other;
    QVERIFY(other.configurePlain(test(), {{QStringLiteral("bob"), QStringLiteral("secret")}}));
    const QZapGuard guard(&other);
    QVERIFY(guard.session(m_message).isNull());
    QVERIFY(!guard.isAuthorized(m_message));
    QVERIFY(!guard.isAuthorized(m_guard->session(m_message)));
}

void tst_QZapGuard::refusesOtherSockets()
{
    connectBob(QZap::Mechanism::Plain, false);
    zmq::socket_t socket(*m_context, zmq::socket_type::router);
    QVERIFY(QZap::securePlain(socket, QStringLiteral("other")));
    QZapGuard guard(m_authenticator.get());
    QVERIFY(guard.setSocket(socket));
    QVERIFY(!guard.isAuthorized(m_message));
    QVERIFY(!guard.isAuthorized(m_guard->session(m_message)));
    QVERIFY(!guard.disconnectPeer(m_guard->session(m_message)));
}

void tst_QZapGuard::reportsUnauthorizedMessagesOnceASecond()
{
    QSignalSpy unauthorized(m_guard.get(), &QZapGuard::unauthorized);
    const zmq::message_t own;
    for (int i = 0; i < 100; ++i)
        QVERIFY(!m_guard->isAuthorized(own));
    QCOMPARE(unauthorized.size(), 0);
    QTRY_COMPARE(unauthorized.size(), 1);
    QVERIFY(!m_guard->isAuthorized(own));
    QTRY_VERIFY(!m_guard->isAuthorized(own) && unauthorized.size() == 2);
}

// When a subscriber has gone, an XPUB socket makes an unsubscription without a session.
void tst_QZapGuard::doesNotReportUnsubscriptionsOfTheSocket()
{
    configure({bob()});
    start();
    zmq::socket_t subscriber =
        client(zmq::socket_type::sub, serve(QZap::Mechanism::Plain, zmq::socket_type::xpub));
    QVERIFY(m_guard->isAuthorized(waitForMessage()));
    QSignalSpy unauthorized(m_guard.get(), &QZapGuard::unauthorized);
    subscriber.close();
    zmq::message_t message = waitForMessage();
    QCOMPARE(message.to_string(), std::string(1, '\0'));
    QVERIFY(!m_guard->isAuthorized(message));
    QVERIFY(m_guard->session(message).isNull());
    QCoreApplication::processEvents(); // would emit the signal
    QCOMPARE(unauthorized.size(), 0);
    // A subscription without a session is reported.
    zmq::socket_t inside(*m_context, zmq::socket_type::sub);
    inside.set(zmq::sockopt::subscribe, "topic");
    m_socket->bind("inproc://guarded");
    inside.connect("inproc://guarded");
    QVERIFY(!m_guard->isAuthorized(waitForMessage()));
    QTRY_COMPARE(unauthorized.size(), 1);
    QVERIFY(unauthorized.at(0).at(0).toString().contains(QLatin1String("no session")));
}

QTEST_GUILESS_MAIN(tst_QZapGuard)
#include "tst_qzapguard.moc"
