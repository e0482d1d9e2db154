// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/startreminder.h"

#include <QtTest/qtest.h>

#include <functional>

using namespace QZap::Internal;
using namespace std::chrono_literals;

using Steps = std::function<void(StartReminder &)>;
Q_DECLARE_METATYPE(Steps)

class tst_StartReminder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void reminds_data();
    void reminds();
    void mayBeDeletedWhileItWaits();
};

void tst_StartReminder::reminds_data()
{
    QTest::addColumn<Steps>("steps");
    QTest::addColumn<int>("count");
    QTest::newRow("never armed") << Steps([](StartReminder &) {}) << 0;
    QTest::newRow("armed") << Steps([](StartReminder &reminder) { reminder.arm(); }) << 1;
    QTest::newRow("armed twice") << Steps([](StartReminder &reminder) {
        reminder.arm();
        reminder.arm();
    }) << 1;
    QTest::newRow("used") << Steps([](StartReminder &reminder) {
        reminder.arm();
        reminder.disarm();
    }) << 0;
    QTest::newRow("used before") << Steps([](StartReminder &reminder) {
        reminder.disarm();
        reminder.arm();
    }) << 0;
}

// A further reminder, armed after each tested one, shows that the time of the tested one has
// passed.
void tst_StartReminder::reminds()
{
    QFETCH(const Steps, steps);
    QFETCH(const int, count);
    int reminded = 0;
    bool isOver = false;
    StartReminder reminder(
        nullptr, [&] { ++reminded; }, 0ms);
    steps(reminder);
    StartReminder last(
        nullptr, [&] { isOver = true; }, 1ms);
    last.arm();
    QTRY_VERIFY(isOver);
    QCOMPARE(reminded, count);
    reminder.arm();
    isOver = false;
    StartReminder another(
        nullptr, [&] { isOver = true; }, 1ms);
    another.arm();
    QTRY_VERIFY(isOver);
    QVERIFY(reminded <= 1); // once only
}

void tst_StartReminder::mayBeDeletedWhileItWaits()
{
    QObject owner;
    auto *const reminder = new StartReminder(
        &owner, [] { QFAIL("was deleted"); }, 0ms);
    reminder->arm();
    delete reminder;
    QCoreApplication::processEvents();
}

QTEST_GUILESS_MAIN(tst_StartReminder)
#include "tst_startreminder.moc"
