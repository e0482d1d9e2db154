// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapdecision.h>
#include <QZap/qzapsocketmonitor.h>

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>

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

using Change = std::function<void(QZapAuthenticator *)>;
Q_DECLARE_METATYPE(Change)

// Sessions and whether they are authorized, with real peers.
class tst_QZapGuard : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void refusesSockets_data();
    void refusesSockets();
    void refusesASecondMonitor();
    void describesThePeer_data();
    void describesThePeer();
    void publishesOnlyWhatZapHasSent();
    void endsSessions_data();
    void endsSessions();
    void keepsSessions_data();
    void keepsSessions();
    void endsExpiredKeys();
    void enforcesLockdownIfAsked();
    void refusesMessagesWithoutASession();
    void refusesOtherAuthenticators();
    void refusesOtherSockets();
    void answersInAnyThread();
    void endsTheSessionsOfAFormerAuthenticator();
    void outlivesTheAuthenticator();
    void staysEndedIfThePeerIsAcceptedAgain();
    void reportsUnauthorizedMessagesOnceASecond();
    void revokesOldSessionsOnly();

private:
    static void addRows(const QByteArray &name, const Change &change,
                        const QList<QZap::Mechanism> &mechanisms)
    {
        for (const QZap::Mechanism mechanism : mechanisms) {
            for (const bool workerThread : {false, true}) {
                const QByteArray mechanismName = mechanism == QZap::Mechanism::Null    ? "NULL"
                                                 : mechanism == QZap::Mechanism::Plain ? "PLAIN"
                                                                                       : "CURVE";
                const QByteArray row =
                    name + ", " + mechanismName + (workerThread ? ", private thread" : "");
                QTest::newRow(row.constData()) << mechanism << workerThread << change;
            }
        }
    }
    static QList<QZap::Mechanism> all()
    {
        return {QZap::Mechanism::Null, QZap::Mechanism::Plain, QZap::Mechanism::Curve};
    }
    void connectBob(QZap::Mechanism mechanism, bool workerThread);

    std::optional<zmq::socket_t> m_bob;
    zmq::message_t m_message; // of bob
};

void tst_QZapGuard::cleanup()
{
    m_bob.reset();
    m_message.rebuild();
    GuardTest::cleanup();
}

void tst_QZapGuard::connectBob(QZap::Mechanism mechanism, bool workerThread)
{
    configure({QStringLiteral("bob"), QStringLiteral("alice")});
    QVERIFY(m_authenticator->configureNull(test(), true));
    start(workerThread);
    const QString endpoint = serve(mechanism);
    m_bob = client(zmq::socket_type::dealer, endpoint, mechanism);
    QVERIFY(send(*m_bob, "hello"));
    m_message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(m_message));
}

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
    QSignalSpy errors(m_guard.get(), &QZapGuard::errorOccurred);
    QVERIFY(!m_guard->setSocket(handle));
    QCOMPARE(errors.size(), 1);
    QVERIFY(!m_guard->errorString().isEmpty());
    QCOMPARE(errors.at(0).at(0).toString(), m_guard->errorString());
    QCOMPARE(m_guard->canDisconnect(), kind == QLatin1String("a second one"));
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

void tst_QZapGuard::endsSessions_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<Change>("change");
    addRows(
        "the credentials are removed",
        [](QZapAuthenticator *authenticator) {
            authenticator->configurePlain(test(), {});
            authenticator->configureNull(test(), false);
            authenticator->removeDomain(test(), QZap::Mechanism::Curve);
        },
        all());
    addRows("another password",
            [](QZapAuthenticator *authenticator) {
                authenticator->configurePlain(test(),
                                              {{QStringLiteral("bob"), QStringLiteral("other")}});
            },
            {QZap::Mechanism::Plain});
    addRows(
        "the address is denied",
        [](QZapAuthenticator *authenticator) {
            authenticator->deny(QStringLiteral("127.0.0.0/8"));
        },
        all());
    addRows(
        "an allow list without the address",
        [](QZapAuthenticator *authenticator) { authenticator->setAllowedAddresses({}); }, all());
    addRows(
        "revoke()",
        [](QZapAuthenticator *authenticator) {
            authenticator->revoke(QStringLiteral("bob"));
            authenticator->revoke(QStringLiteral("anonymous"));
        },
        all());
    addRows(
        "revokeAll()", [](QZapAuthenticator *authenticator) { authenticator->revokeAll(); }, all());
    addRows(
        "revokeAll() while stopped",
        [](QZapAuthenticator *authenticator) {
            authenticator->stop();
            authenticator->revokeAll();
        },
        all());
    addRows(
        "the domain is removed",
        [](QZapAuthenticator *authenticator) {
            authenticator->removeDomain(test(), QZap::Mechanism::Null);
            authenticator->removeDomain(test(), QZap::Mechanism::Plain);
            authenticator->removeDomain(test(), QZap::Mechanism::Curve);
        },
        all());
    addRows(
        "stopped, denied and started",
        [](QZapAuthenticator *authenticator) {
            authenticator->stop();
            authenticator->setAllowedAddresses({});
            authenticator->start();
        },
        all());
}

void tst_QZapGuard::endsSessions()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const bool, workerThread);
    QFETCH(const Change, change);

    connectBob(mechanism, workerThread);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    const QZapSession session = m_guard->session(m_message);
    change(m_authenticator.get());
    QVERIFY(!m_guard->isAuthorized(m_message));
    QVERIFY(!m_guard->isAuthorized(session));
    QTRY_COMPARE(revoked.size(), 1);
    QCOMPARE(revoked.at(0).at(0).value<QZapSession>(), session);
    QVERIFY(!revoked.at(0).at(1).toString().isEmpty());
    QCOMPARE(m_guard->revokedCount(), 1);
    QTRY_COMPARE(disconnected.size(), m_guard->canDisconnect() ? 1 : 0);
}

void tst_QZapGuard::keepsSessions_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<Change>("change");
    addRows(
        "lockdown", [](QZapAuthenticator *authenticator) { authenticator->setLockdown(true); },
        all());
    addRows(
        "stopped", [](QZapAuthenticator *authenticator) { authenticator->stop(); }, all());
    addRows(
        "stopped and started",
        [](QZapAuthenticator *authenticator) {
            authenticator->stop();
            authenticator->start();
        },
        all());
    addRows(
        "another thread",
        [](QZapAuthenticator *authenticator) {
            authenticator->stop();
            authenticator->setWorkerThread(!authenticator->usesWorkerThread());
            authenticator->start();
        },
        all());
    addRows(
        "another address is denied",
        [](QZapAuthenticator *authenticator) { authenticator->deny(QStringLiteral("192.0.2.1")); },
        all());
    addRows(
        "another user is revoked",
        [](QZapAuthenticator *authenticator) { authenticator->revoke(QStringLiteral("alice")); },
        all());
    addRows("another user is removed",
            [](QZapAuthenticator *authenticator) {
                authenticator->configurePlain(test(),
                                              {{QStringLiteral("bob"), QStringLiteral("secret")}});
            },
            {QZap::Mechanism::Plain});
    addRows("the address is locked out",
            [](QZapAuthenticator *authenticator) {
                authenticator->lockout()->setMaximumFailures(1);
                authenticator->lockout()->setEnabled(true);
                const auto reply = authenticator->authenticate(
                    test(), QStringLiteral("127.0.0.1"),
                    QZapCredentials::plain(QStringLiteral("bob"), "wrong"));
                Q_UNUSED(reply);
            },
            {QZap::Mechanism::Plain});
    addRows(
        "a provider is added",
        [](QZapAuthenticator *authenticator) {
            authenticator->setCredentialsProvider(test(),
                                                  new QZapCredentialsProvider(authenticator));
        },
        all());
    addRows(
        "a provider is added and destroyed",
        [](QZapAuthenticator *authenticator) {
            QZapCredentialsProvider provider;
            authenticator->setCredentialsProvider(test(), &provider);
        },
        all());
    addRows("the key list is read again",
            [](QZapAuthenticator *authenticator) {
                const auto *const domain = qobject_cast<QZapCurveDomain *>(
                    authenticator->domain(test(), QZap::Mechanism::Curve));
                authenticator->configureCurve(test(), domain->location());
            },
            {QZap::Mechanism::Curve});
    addRows(
        "a thousand changes",
        [](QZapAuthenticator *authenticator) {
            for (int i = 0; i < 1000; ++i)
                authenticator->setLockdown(i % 2 == 0);
        },
        all());
}

void tst_QZapGuard::keepsSessions()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const bool, workerThread);
    QFETCH(const Change, change);

    connectBob(mechanism, workerThread);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    change(m_authenticator.get());
    QVERIFY(m_guard->isAuthorized(m_message));
    m_guard->sweep();
    // The connection still works.
    QVERIFY(send(*m_bob, "again"));
    const zmq::message_t next = waitForMessage();
    QVERIFY(m_guard->isAuthorized(next));
    QCOMPARE(m_guard->session(next), m_guard->session(m_message));
    QCOMPARE(revoked.size(), 0);
    QCOMPARE(disconnected.size(), 0);
}

void tst_QZapGuard::endsExpiredKeys()
{
    const QZapCertificate bob = certificate(QStringLiteral("bob"));
    const QString list = m_directory->filePath(QStringLiteral("list"));
    QFile file(list);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QByteArray end =
        QDateTime::currentDateTimeUtc().addSecs(3).toString(Qt::ISODate).toLatin1();
    file.write(bob.publicKeyText().toLatin1() + " bob not-after=" + end + '\n');
    file.close();
    QFile::setPermissions(list, QFile::ReadOwner | QFile::WriteOwner);
    QVERIFY(m_authenticator->configureCurve(test(), list));
    start();
    zmq::socket_t peer =
        client(zmq::socket_type::dealer, serve(QZap::Mechanism::Curve), QZap::Mechanism::Curve);
    QVERIFY(send(peer, "hello"));
    const zmq::message_t message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(message));
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QTRY_COMPARE_WITH_TIMEOUT(revoked.size(), 1, 10000);
    QCOMPARE(revoked.at(0).at(1).toString(), QStringLiteral("The key has expired"));
    QVERIFY(!m_guard->isAuthorized(message));
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

void tst_QZapGuard::answersInAnyThread()
{
    configure({QStringLiteral("bob")});
    start(true);
    zmq::socket_t bob = client(zmq::socket_type::dealer, serve());
    QVERIFY(send(bob, "hello"));
    const zmq::message_t message = waitForMessage();
    bool isAuthorized = false;
    QZapSession session;
    std::unique_ptr<QThread> thread(QThread::create([&] {
        isAuthorized = m_guard->isAuthorized(message);
        session = m_guard->session(message);
        for (int i = 0; i < 10000; ++i)
            (void)m_guard->isAuthorized(session);
    }));
    thread->start();
    while (!thread->isFinished())
        m_authenticator->setLockdown(!m_authenticator->isLockdown());
    QVERIFY(thread->wait());
    QVERIFY(isAuthorized);
    QCOMPARE(session.userId(), QStringLiteral("bob"));
    // It is cut although its messages are only seen there.
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    m_authenticator->revoke(QStringLiteral("bob"));
    QVERIFY(!m_guard->isAuthorized(session));
    QTRY_COMPARE(disconnected.size(), 1);
}

void tst_QZapGuard::endsTheSessionsOfAFormerAuthenticator()
{
    connectBob(QZap::Mechanism::Plain, false);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QZapAuthenticator other;
    m_guard->setAuthenticator(&other);
    QVERIFY(!m_guard->isAuthorized(m_message));
    QTRY_COMPARE(revoked.size(), 1);
    QTRY_COMPARE(m_guard->connectionCount(), 0);
    m_guard->setAuthenticator(m_authenticator.get());
    m_guard->setAuthenticator(nullptr);
    QVERIFY(!m_guard->isAuthorized(m_message));
}

void tst_QZapGuard::outlivesTheAuthenticator()
{
    connectBob(QZap::Mechanism::Plain, false);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QSignalSpy changed(m_guard.get(), &QZapGuard::authenticatorChanged);
    m_authenticator.reset();
    QVERIFY(!m_guard->isAuthorized(m_message));
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(!m_guard->authenticator());
    // Nobody is disconnected.
    m_guard->sweep();
    QVERIFY(send(*m_bob, "again"));
    QVERIFY(!m_guard->isAuthorized(waitForMessage()));
    QCOMPARE(revoked.size(), 0);
    QCOMPARE(m_guard->connectionCount(), 1);
}

void tst_QZapGuard::staysEndedIfThePeerIsAcceptedAgain()
{
    connectBob(QZap::Mechanism::Plain, false);
    m_guard->setDisconnectRevokedPeers(false);
    QVERIFY(m_authenticator->deny(QStringLiteral("127.0.0.1")));
    QVERIFY(!m_guard->isAuthorized(m_message));
    m_authenticator->resetDeniedAddresses();
    QVERIFY(!m_guard->isAuthorized(m_message));
    QVERIFY(send(*m_bob, "again"));
    QVERIFY(!m_guard->isAuthorized(waitForMessage()));
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

void tst_QZapGuard::revokesOldSessionsOnly()
{
    connectBob(QZap::Mechanism::Plain, false);
    const QZapSession first = m_guard->session(m_message);
    m_authenticator->revoke(QStringLiteral("bob"));
    QVERIFY(!m_guard->isAuthorized(m_message));
    // The peer connects again by itself.
    QZapSession next;
    QTRY_VERIFY([&] {
        send(*m_bob, "again");
        const std::optional<zmq::message_t> message = receive();
        if (message && m_guard->isAuthorized(*message))
            next = m_guard->session(*message);
        return !next.isNull();
    }());
    QCOMPARE(next.userId(), QStringLiteral("bob"));
    QVERIFY(next.number() > first.number());
    QVERIFY(!m_guard->isAuthorized(first));
}

QTEST_GUILESS_MAIN(tst_QZapGuard)
#include "tst_qzapguard.moc"
