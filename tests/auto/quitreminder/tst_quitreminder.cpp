// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/quitreminder.h"

#include <QZap/qzap.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>
#include <memory>

using namespace QZap::Internal;

using Steps = std::function<void(QuitReminder &)>;
Q_DECLARE_METATYPE(Steps)

class tst_QuitReminder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reminds_data();
    void reminds();
    void isSilentAfterDeletion();
    void isSilentInAnotherThread();

private:
    static void quit();

    zmq::context_t m_context;
};

void tst_QuitReminder::reminds_data()
{
    QTest::addColumn<Steps>("steps");
    QTest::addColumn<int>("count");
    void *const context = m_context.handle();
    QTest::newRow("never armed") << Steps([](QuitReminder &) {}) << 0;
    QTest::newRow("armed") << Steps([=](QuitReminder &reminder) { reminder.arm(context); }) << 1;
    QTest::newRow("armed twice") << Steps([=](QuitReminder &reminder) {
        reminder.arm(context);
        reminder.arm(context);
    }) << 1;
    QTest::newRow("disarmed") << Steps([=](QuitReminder &reminder) {
        reminder.arm(context);
        reminder.disarm();
    }) << 0;
    QTest::newRow("armed again") << Steps([=](QuitReminder &reminder) {
        reminder.arm(context);
        reminder.disarm();
        reminder.arm(context);
    }) << 1;
    QTest::newRow("no context of its own")
        << Steps([](QuitReminder &reminder) { reminder.arm(nullptr); }) << 0;
    QTest::newRow("the default context")
        << Steps([](QuitReminder &reminder) { reminder.arm(QZap::defaultContext()); }) << 0;
}

void tst_QuitReminder::reminds()
{
    QFETCH(const Steps, steps);
    QFETCH(const int, count);
    int reminded = 0;
    QObject owner;
    QuitReminder reminder(&owner, [&] { ++reminded; });
    steps(reminder);
    quit();
    QCOMPARE(reminded, count);
    quit(); // causes no second reminder
    QCOMPARE(reminded, count);
}

void tst_QuitReminder::isSilentAfterDeletion()
{
    int reminded = 0;
    QObject owner;
    auto reminder = std::make_unique<QuitReminder>(&owner, [&] { ++reminded; });
    reminder->arm(m_context.handle());
    reminder.reset();
    quit();
    QCOMPARE(reminded, 0);
}

void tst_QuitReminder::isSilentInAnotherThread()
{
    int reminded = 0;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        QObject owner;
        QuitReminder reminder(&owner, [&] { ++reminded; });
        reminder.arm(m_context.handle());
        QMetaObject::invokeMethod(this, &tst_QuitReminder::quit, Qt::BlockingQueuedConnection);
        QCoreApplication::processEvents(); // delivers calls of a queued connection
    }));
    thread->start();
    QTRY_VERIFY(thread->isFinished());
    QCOMPARE(reminded, 0);
}

void tst_QuitReminder::quit()
{
    QMetaObject::invokeMethod(qApp, &QCoreApplication::quit, Qt::QueuedConnection);
    QCoreApplication::exec();
}

QTEST_GUILESS_MAIN(tst_QuitReminder)
#include "tst_quitreminder.moc"
