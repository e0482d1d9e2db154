// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/clock.h"
#include "base/singleshottimer.h"
#include "eventlooprest.h"
#include "guard/connectionchanges.h"
#include "guard/qzapguard_p.h"
#include "guardtest.h"

#include <QZap/qzapconnectionmodel.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <new>
#include <thread>
#include <vector>

using namespace QZap::Internal;
using namespace std::chrono_literals;
using Type = zmq::socket_type;

// Tests that guards and models continue with the next event loop of their thread, although events
// were lost with the last one. The authenticator runs in a private thread.
class tst_GuardResumption : public GuardTest
{
    Q_OBJECT

public:
    tst_GuardResumption(int &argc, char **argv)
        : m_argc(argc)
        , m_argv(argv)
    { }

    // The posted event that is lost.
    enum class Pending { Review, Flush, Continuation, Drain };
    // Why the event loop of the guard ends.
    enum class End { Application, Thread };

private Q_SLOTS:
    void init();
    void cleanup();
    void disconnectsRevokedPeers_data();
    void disconnectsRevokedPeers();
    void endsSessionsOfExpiredKeys_data();
    void endsSessionsOfExpiredKeys();
    void disconnectsSilentPeersAfterThePause_data();
    void disconnectsSilentPeersAfterThePause();
    void reportsUnauthorizedMessages_data();
    void reportsUnauthorizedMessages();
    void reportsTheLossOfTheMonitor();
    void reportsTheEndOfTheAuthenticatorOnce();
    void showsConnections_data();
    void showsConnections();
    void addsAModelOfAnotherThread();
    void announcesChangesAfterAFailure();

private:
    static constexpr int Peers = 4;

    static QString user(int i) { return QStringLiteral("user-%1").arg(i); }
    static void addEnds();
    void startApplication() { m_application = std::make_unique<QCoreApplication>(m_argc, m_argv); }
    // Moves the guard to a thread of its own if that is the one that ends.
    void prepare(End end);
    // Ends the event loop of the guard, and starts another one.
    void restart(End end);
    // Calls a function in the thread of an object.
    template <typename Function>
    void callThere(QObject *object, const Function &function)
    {
        if (object->thread() == QThread::currentThread())
            function();
        else
            QMetaObject::invokeMethod(object, function, Qt::BlockingQueuedConnection);
    }
    template <typename Function>
    auto valueThere(QObject *object, const Function &function)
    {
        decltype(function()) result{};
        callThere(object, [&] { result = function(); });
        return result;
    }
    // Connects a user, and receives a message from it, without an event loop.
    void join(const QString &user, QZap::Mechanism mechanism = QZap::Mechanism::Plain);
    QZapGuardPrivate *d() const { return QZapGuardPrivate::get(m_guard.get()); }

    int &m_argc;
    char **m_argv;
    std::unique_ptr<QCoreApplication> m_application;
    QThread m_thread;
    QString m_endpoint;
    std::vector<zmq::socket_t> m_peers;
    std::vector<zmq::message_t> m_messages; // one of each peer
};

void tst_GuardResumption::init()
{
#ifndef Q_OS_LINUX
    QSKIP("connections can be ended on Linux only");
#endif
    startApplication();
    GuardTest::init();
}

void tst_GuardResumption::cleanup()
{
    Clock::resetWall();
    m_messages.clear();
    m_peers.clear();
    m_endpoint.clear();
    if (m_guard)
        callThere(m_guard.get(), [this] { m_guard.reset(); });
    m_thread.quit();
    m_thread.wait();
    GuardTest::cleanup();
    m_application.reset();
}

void tst_GuardResumption::addEnds()
{
    QTest::addColumn<End>("end");
    QTest::newRow("the application is replaced") << End::Application;
    QTest::newRow("the thread is started again") << End::Thread;
}

void tst_GuardResumption::prepare(End end)
{
    if (end != End::Thread)
        return;
    m_thread.start();
    m_guard->moveToThread(&m_thread);
}

void tst_GuardResumption::restart(End end)
{
    if (end == End::Application) {
        m_application.reset();
        startApplication();
    } else {
        m_thread.quit();
        QVERIFY(m_thread.wait());
        m_thread.start();
    }
}

void tst_GuardResumption::join(const QString &user, QZap::Mechanism mechanism)
{
    callThere(m_guard.get(), [&] {
        if (m_endpoint.isEmpty()) {
            m_endpoint = serve(mechanism);
            m_socket->set(zmq::sockopt::rcvtimeo, 30000);
        }
        m_peers.push_back(client(Type::dealer, m_endpoint, mechanism, user));
        QVERIFY(send(m_peers.back(), "hello"));
        zmq::message_t message;
        do
            QVERIFY(m_socket->recv(message));
        while (message.more());
        m_messages.push_back(std::move(message));
    });
}

void tst_GuardResumption::disconnectsRevokedPeers_data()
{
    QTest::addColumn<Pending>("pending");
    QTest::newRow("a review was pending") << Pending::Review;
    QTest::newRow("sessions that another thread has seen were pending") << Pending::Flush;
    QTest::newRow("the next slice of a review was pending") << Pending::Continuation;
    QTest::newRow("the next slice of the monitor's events was pending") << Pending::Drain;
}

void tst_GuardResumption::disconnectsRevokedPeers()
{
    QFETCH(const Pending, pending);

    QVariantMap passwords;
    for (int i = 0; i < Peers; ++i)
        passwords.insert(user(i), QStringLiteral("secret"));
    QVERIFY(m_authenticator->configurePlain(test(), passwords));
    start(true);
    m_endpoint = serve();
    m_socket->set(zmq::sockopt::rcvtimeo, 30000);
    QTRY_VERIFY(comesToRest(m_guard.get()));
    for (int i = 0; i < Peers; ++i)
        join(user(i));
    const auto see = [this] {
        for (const zmq::message_t &message : m_messages)
            (void)m_guard->isAuthorized(message);
    };
    if (pending == Pending::Flush) {
        std::thread(see).join();
    } else if (pending == Pending::Drain) {
        d()->setSlice(0ms);
        see();
        QVERIFY(d()->connections.isDraining());
    } else {
        see();
        m_guard->sweep();
        QTRY_VERIFY(comesToRest(m_guard.get()));
        QCOMPARE(m_guard->connectionCount(), Peers);
    }
    if (pending == Pending::Review) {
        m_authenticator->revoke(eve());
    } else if (pending == Pending::Continuation) {
        d()->setSlice(0ms);
        d()->review();
    }
    restart(End::Application);
    QTRY_VERIFY(comesToRest(m_guard.get()));
    m_authenticator->revokeAll();
    QTRY_COMPARE(m_guard->revokedCount(), Peers);
    QCOMPARE(d()->connections.cutCount() - m_guard->silentDisconnectionCount(), Peers);
}

void tst_GuardResumption::endsSessionsOfExpiredKeys_data()
{
    addEnds();
}

void tst_GuardResumption::endsSessionsOfExpiredKeys()
{
    QFETCH(const End, end);

    const QString list = m_directory->filePath(QStringLiteral("expiring"));
    QFile file(list);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(certificate(bob()).publicKeyText().toLatin1()
               + " bob not-after=2100-01-01T00:00:00Z\n");
    file.close();
    QVERIFY(QFile::setPermissions(list, QFile::ReadOwner | QFile::WriteOwner));
    QVERIFY(m_authenticator->configureCurve(test(), list));
    QTRY_VERIFY(m_authenticator->domain(test(), QZap::Mechanism::Curve)->isReady());
    start(true);
    prepare(end);
    join(bob(), QZap::Mechanism::Curve);
    callThere(m_guard.get(), [this] {
        QVERIFY(m_guard->isAuthorized(m_messages.front()));
        m_guard->sweep();
        QCOMPARE(m_guard->connectionCount(), 1);
    });
    // The timer that was started is lost, and the key expires while the next event loop runs.
    const QDateTime expiry(QDate(2100, 1, 1), QTime(0, 0), Qt::UTC);
    Clock::setWall((expiry.toMSecsSinceEpoch() - 500) * Clock::NanosecondsPerMillisecond);
    restart(end);
    QTRY_COMPARE(valueThere(m_guard.get(), [this] { return m_guard->revokedCount(); }), 1);
}

void tst_GuardResumption::disconnectsSilentPeersAfterThePause_data()
{
    addEnds();
}

void tst_GuardResumption::disconnectsSilentPeersAfterThePause()
{
    QFETCH(const End, end);

    configure({bob()});
    start(true);
    prepare(end);
    callThere(m_guard.get(), [this] { m_endpoint = serve(QZap::Mechanism::Plain, Type::push); });
    const zmq::socket_t socket = client(Type::pull, m_endpoint);
    const auto count = [this] {
        return valueThere(m_guard.get(), [this] { return m_guard->silentDisconnectionCount(); });
    };
    QTRY_COMPARE(m_authenticator->acceptedCount(), 1);
    m_authenticator->revoke(bob());
    QTRY_COMPARE(count(), 1);
    QTRY_COMPARE(m_authenticator->acceptedCount(), 2); // he has connected again
    m_authenticator->revoke(bob());
    QTRY_VERIFY(valueThere(m_guard.get(), [this] {
        const QObjectList &children = m_guard->children();
        const auto isActiveTimer = [](const QObject *child) {
            const auto *const timer = dynamic_cast<const SingleShotTimer *>(child);
            return timer && timer->isActive();
        };
        return m_guard->silentDisconnectionCount() == 2 // the pause is over on a busy machine
               || std::any_of(children.cbegin(), children.cend(), isActiveTimer);
    }));
    restart(end);
    QTRY_COMPARE(count(), 2);
}

void tst_GuardResumption::reportsUnauthorizedMessages_data()
{
    QTest::addColumn<End>("end");
    QTest::addColumn<bool>("isReported");
    QTest::newRow("the application is replaced before a report") << End::Application << false;
    QTest::newRow("the application is replaced after a report") << End::Application << true;
    QTest::newRow("the thread is started again after a report") << End::Thread << true;
}

void tst_GuardResumption::reportsUnauthorizedMessages()
{
    QFETCH(const End, end);
    QFETCH(const bool, isReported);

    prepare(end);
    const auto count = std::make_shared<std::atomic<int>>(0);
    connect(m_guard.get(), &QZapGuard::unauthorized, m_guard.get(), [count] { ++*count; });
    QVERIFY(!m_guard->isAuthorized(QZapSession()));
    if (isReported)
        QTRY_COMPARE(count->load(), 1);
    restart(end);
    QTRY_VERIFY(!m_guard->isAuthorized(QZapSession()) && *count == (isReported ? 2 : 1));
}

void tst_GuardResumption::reportsTheLossOfTheMonitor()
{
    start(true);
    serve();
    QSignalSpy errors(m_guard.get(), &QZapGuard::errorOccurred);
    QSignalSpy changed(m_guard.get(), &QZapGuard::canDisconnectChanged);
    m_socket.reset();
    const QDeadlineTimer deadline(30s);
    while (d()->connections.isOpen() && !deadline.hasExpired())
        (void)d()->connections.drain(QDeadlineTimer(QDeadlineTimer::Forever));
    QVERIFY(!m_guard->canDisconnect());
    QCOMPARE(errors.size(), 0);
    restart(End::Application);
    QTRY_COMPARE(errors.size(), 1);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_guard->errorString(), errors.at(0).at(0).toString());
}

void tst_GuardResumption::reportsTheEndOfTheAuthenticatorOnce()
{
    start(true);
    serve();
    QSignalSpy changed(m_guard.get(), &QZapGuard::authenticatorChanged);
    m_authenticator.reset();
    restart(End::Application);
    QTRY_COMPARE(changed.size(), 1);
    restart(End::Application);
    QTRY_VERIFY(comesToRest(m_guard.get()));
    QCOMPARE(changed.size(), 1);
}

void tst_GuardResumption::showsConnections_data()
{
    QTest::addColumn<End>("end");
    QTest::addColumn<bool>("isNoticed");
    QTest::newRow("the application is replaced before a change is noticed")
        << End::Application << false;
    QTest::newRow("the application is replaced during a frame") << End::Application << true;
    QTest::newRow("the thread is started again during a frame") << End::Thread << true;
}

void tst_GuardResumption::showsConnections()
{
    QFETCH(const End, end);
    QFETCH(const bool, isNoticed);

    configure({bob(), eve()});
    start(true);
    prepare(end);
    QZapConnectionModel *model = nullptr;
    callThere(m_guard.get(), [&] {
        model = new QZapConnectionModel(m_guard.get());
        model->setGuard(m_guard.get());
    });
    const auto rows = [&] { return valueThere(model, [&] { return model->rowCount(); }); };
    join(bob());
    callThere(m_guard.get(), [&] {
        QVERIFY(m_guard->isAuthorized(m_messages.front()));
        if (isNoticed)
            QCoreApplication::sendPostedEvents(model); // starts the timer of the frame
        QCOMPARE(model->rowCount(), 0);
    });
    restart(end);
    QTRY_COMPARE(rows(), 1);
    join(eve());
    callThere(m_guard.get(), [this] { QVERIFY(m_guard->isAuthorized(m_messages.back())); });
    QTRY_COMPARE(rows(), 2);
}

// The event that adds the model is lost with the event loop of the guard.
void tst_GuardResumption::addsAModelOfAnotherThread()
{
    configure({bob()});
    start(true);
    join(bob());
    QVERIFY(m_guard->isAuthorized(m_messages.front()));
    m_thread.start();
    QZapConnectionModel model;
    model.moveToThread(&m_thread);
    callThere(&model, [&] { model.setGuard(m_guard.get()); });
    restart(End::Application);
    QTRY_COMPARE(valueThere(&model, [&] { return model.rowCount(); }), 1);
    QCOMPARE(valueThere(&model, [&] { return model.guard(); }), m_guard.get());
    callThere(&model, [&] { model.moveToThread(thread()); });
}

// Memory runs out when the event is posted.
void tst_GuardResumption::announcesChangesAfterAFailure()
{
    int calls = 0;
    ConnectionChanges changes([&calls] {
        if (++calls == 1)
            throw std::bad_alloc();
    });
    const auto first = std::make_shared<const SessionRecord>();
    const auto second = std::make_shared<const SessionRecord>();
    QVERIFY_THROWS_EXCEPTION(std::bad_alloc, changes.open(first, false));
    changes.open(second, false);
    QCOMPARE(calls, 2);
    QCOMPARE(changes.take().opened.size(), size_t{2});
}

// Each test creates its own application.
int main(int argc, char *argv[])
{
    tst_GuardResumption test(argc, argv);
    return QTest::qExec(&test, argc, argv);
}

#include "tst_guardresumption.moc"
