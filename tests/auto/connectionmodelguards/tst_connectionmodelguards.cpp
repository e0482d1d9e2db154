// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "connectionmodeltest.h"

#include <QZap/QZap>

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

using Model = QZapConnectionModel;
using ModelChange = std::function<void(Model &)>;

Q_DECLARE_METATYPE(ModelChange)

// A guard and its socket, which live in a thread of their own. Data is handed over to the thread
// with a std::mutex, which ThreadSanitizer knows.
class GuardThread : public QObject
{
    Q_OBJECT

public:
    explicit GuardThread(const std::function<void(GuardThread *)> &setUp)
    {
        moveToThread(&m_thread);
        m_thread.start();
        run([this, &setUp] { setUp(this); });
    }
    ~GuardThread() override { end(); }

    // Waits until the thread has called the function.
    void run(const std::function<void()> &function)
    {
        std::unique_lock lock(m_mutex);
        m_function = &function;
        QMetaObject::invokeMethod(this, "call", Qt::QueuedConnection);
        m_called.wait(lock, [this] { return !m_function; });
    }
    void end()
    {
        m_thread.quit();
        m_thread.wait();
    }

    std::unique_ptr<QZapGuard> guard;
    std::unique_ptr<zmq::socket_t> socket;
    std::unique_ptr<QZapSocketNotifier> notifier;

private:
    Q_INVOKABLE void call()
    {
        const std::scoped_lock lock(m_mutex);
        (*m_function)();
        m_function = nullptr;
        m_called.notify_one();
    }

    QThread m_thread;
    std::mutex m_mutex;
    std::condition_variable m_called;
    const std::function<void()> *m_function = nullptr;
};

// Tests models whose guard is replaced, destroyed, or in another thread, and slots that change or
// delete the model.
class tst_ConnectionModelGuards : public ConnectionModelTest
{
    Q_OBJECT

private Q_SLOTS:
    void showsAnotherGuard();
    void survivesItsGuard();
    void leavesItsGuardAlone();
    void followsAGuardInAnotherThread();
    void survivesAGuardInAnotherThread_data();
    void survivesAGuardInAnotherThread();
    void mayBeChangedInItsSlot_data();
    void mayBeChangedInItsSlot();
    void mayBeDeletedInItsSlot();
};

void tst_ConnectionModelGuards::showsAnotherGuard()
{
    join(QStringLiteral("bob"));
    QTRY_COMPARE(m_model->rowCount(), 1);
    QSignalSpy changed(m_model.get(), &Model::guardChanged);
    QZapGuard other(m_authenticator.get());
    m_model->setGuard(&other);
    m_model->setGuard(&other);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_model->guard(), &other);
    QCOMPARE(m_model->rowCount(), 0);
    join(QStringLiteral("alice"));
    m_model->setGuard(m_guard.get());
    QTRY_COMPARE(users(), QStringList({QStringLiteral("bob"), QStringLiteral("alice")}));
    // What happened between is not shown twice.
    leave(QStringLiteral("bob"));
    QTRY_COMPARE(users(), QStringList(QStringLiteral("alice")));
}

void tst_ConnectionModelGuards::survivesItsGuard()
{
    join(QStringLiteral("bob"));
    QTRY_COMPARE(m_model->rowCount(), 1);
    QSignalSpy changed(m_model.get(), &Model::guardChanged);
    m_guard.reset();
    QCOMPARE(m_model->guard(), nullptr);
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(m_model->rowCount(), 0);
}

void tst_ConnectionModelGuards::leavesItsGuardAlone()
{
    join(QStringLiteral("bob"));
    QTRY_COMPARE(m_model->rowCount(), 1);
    m_tester.reset();
    m_model.reset();
    join(QStringLiteral("alice"));
    QTRY_COMPARE(m_guard->connectionCount(), 2);
}

void tst_ConnectionModelGuards::followsAGuardInAnotherThread()
{
    GuardThread server([this](GuardThread *self) {
        self->guard = std::make_unique<QZapGuard>(m_authenticator.get());
        self->socket = std::make_unique<zmq::socket_t>(*m_context, zmq::socket_type::router);
        QVERIFY(QZap::securePlain(*self->socket, test()));
        QVERIFY(self->guard->setSocket(*self->socket));
        self->socket->bind("tcp://127.0.0.1:*");
        self->notifier = std::make_unique<QZapSocketNotifier>(*self->socket);
        connect(self->notifier.get(), &QZapSocketNotifier::readable, self->guard.get(), [self] {
            zmq::message_t frame;
            while (self->socket->recv(frame, zmq::recv_flags::dontwait))
                (void)self->guard->isAuthorized(frame);
        });
        m_endpoint = QString::fromStdString(self->socket->get(zmq::sockopt::last_endpoint));
    });
    m_model->setGuard(server.guard.get());
    for (const char *const user : {"alice", "bob"}) {
        m_clients.insert_or_assign(QLatin1String(user),
                                   client(zmq::socket_type::dealer, m_endpoint,
                                          QZap::Mechanism::Plain, QLatin1String(user)));
        QVERIFY(send(m_clients.at(QLatin1String(user)), "hello"));
        QTRY_VERIFY(users().contains(QLatin1String(user)));
    }
    Model later;
    later.setGuard(server.guard.get());
    QTRY_COMPARE(usersOf(later), users());
    bool canDisconnect = false;
    server.run([&] { canDisconnect = server.guard->canDisconnect(); });
    if (canDisconnect) {
        QVERIFY(m_model->disconnectRow(0));
        QTRY_COMPARE(users(), QStringList(QStringLiteral("bob")));
    }
    QSignalSpy changed(m_model.get(), &Model::guardChanged);
    server.run([&server] {
        server.notifier.reset();
        server.guard.reset();
        server.socket.reset();
    });
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(m_model->rowCount(), 0);
    QCOMPARE(m_model->guard(), nullptr);
    QTRY_COMPARE(later.rowCount(), 0);
}

void tst_ConnectionModelGuards::survivesAGuardInAnotherThread_data()
{
    QTest::addColumn<bool>("isThreadEnded");
    QTest::addColumn<bool>("isModelFirst");
    QTest::newRow("the guard is destroyed in its thread") << false << false;
    QTest::newRow("the guard is destroyed after its thread has ended") << true << false;
    QTest::newRow("the model is destroyed first") << false << true;
}

// The guard is destroyed before or after it has heard of the model.
void tst_ConnectionModelGuards::survivesAGuardInAnotherThread()
{
    QFETCH(const bool, isThreadEnded);
    QFETCH(const bool, isModelFirst);
    for (int i = 0; i < 20; ++i) {
        GuardThread server([this](GuardThread *self) {
            self->guard = std::make_unique<QZapGuard>(m_authenticator.get());
        });
        auto model = std::make_unique<Model>();
        QSignalSpy changed(model.get(), &Model::guardChanged);
        if (isThreadEnded)
            server.end();
        model->setGuard(server.guard.get());
        if (isModelFirst) {
            model.reset();
            server.run([&server] { server.guard.reset(); });
            continue;
        }
        if (isThreadEnded)
            server.guard.reset();
        else
            server.run([&server] { server.guard.reset(); });
        QTRY_COMPARE(changed.size(), 2);
        QCOMPARE(model->guard(), nullptr);
        QVERIFY(!model->disconnectRow(0));
    }
}

void tst_ConnectionModelGuards::mayBeChangedInItsSlot_data()
{
    QTest::addColumn<ModelChange>("change");
    QTest::addColumn<int>("rows");
    QTest::newRow("no guard") << ModelChange([](Model &model) { model.setGuard(nullptr); }) << 0;
    QTest::newRow("the same guard again") << ModelChange([](Model &model) {
        QZapGuard *const guard = model.guard();
        model.setGuard(nullptr);
        model.setGuard(guard);
    }) << 2;
    QTest::newRow("an event loop")
        << ModelChange([](Model &) { QCoreApplication::processEvents(); }) << 2;
}

void tst_ConnectionModelGuards::mayBeChangedInItsSlot()
{
    QFETCH(const ModelChange, change);
    QFETCH(const int, rows);
    bool once = false;
    connect(m_model.get(), &Model::rowsInserted, this, [&] {
        if (!std::exchange(once, true))
            change(*m_model);
    });
    join(QStringLiteral("bob"));
    QTRY_VERIFY(once);
    join(QStringLiteral("alice"));
    QTRY_COMPARE(m_guard->connectionCount(), 2);
    QTRY_COMPARE(m_model->rowCount(), rows);
}

void tst_ConnectionModelGuards::mayBeDeletedInItsSlot()
{
    m_tester.reset();
    connect(m_model.get(), &Model::rowsInserted, this, [this] { m_model.reset(); });
    join(QStringLiteral("bob"));
    QTRY_VERIFY(!m_model);
    join(QStringLiteral("alice"));
    QTRY_COMPARE(m_guard->connectionCount(), 2);
}

QTEST_GUILESS_MAIN(tst_ConnectionModelGuards)
#include "tst_connectionmodelguards.moc"
