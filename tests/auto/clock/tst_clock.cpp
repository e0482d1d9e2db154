// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/clock.h"

#include "base/steadyclock.h"
#include "credentials/files/filereader.h"

#include <QtCore/qdatetime.h>
#include <QtTest/qtest.h>

#include <array>
#include <atomic>
#include <thread>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Millisecond = Clock::NanosecondsPerMillisecond;
constexpr qint64 Hour = qint64{3'600'000} * Millisecond;
constexpr qint64 Day = 24 * Hour;
constexpr qint64 Year = 8766 * Hour;

qint64 systemTime()
{
    return QDateTime::currentMSecsSinceEpoch();
}

} // namespace

class tst_Clock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanup() { Clock::resetWall(); }
    void wallIsThatOfTheSystem();
    void steadyNeverGoesBack();
    void advanceMovesBoth();
    void setWall_data();
    void setWall();
    void injectedClocksFollow();
    void otherThreadsFollow();
};

void tst_Clock::wallIsThatOfTheSystem()
{
    const qint64 before = systemTime();
    const qint64 now = Clock::wallMilliseconds();
    QVERIFY(before <= now);
    QVERIFY(now <= systemTime());
}

void tst_Clock::steadyNeverGoesBack()
{
    const qint64 before = Clock::steady();
    QVERIFY(before <= Clock::steady());
    Clock::setWall(0);
    QVERIFY(before <= Clock::steady());
    Clock::advance(Hour);
    const qint64 later = Clock::steady();
    QVERIFY(before + Hour <= later);
    Clock::resetWall();
    QVERIFY(later <= Clock::steady());
}

void tst_Clock::advanceMovesBoth()
{
    const qint64 wall = Clock::wall();
    const qint64 steady = Clock::steady();
    Clock::advance(Hour);
    Clock::advance(Hour);
    QVERIFY(Clock::wall() - wall >= 2 * Hour);
    QVERIFY(Clock::steady() - steady >= 2 * Hour);
    QVERIFY(Clock::wall() - wall < 3 * Hour);
    QVERIFY(Clock::steady() - steady < 3 * Hour);
}

void tst_Clock::setWall_data()
{
    QTest::addColumn<qint64>("time");

    QTest::newRow("1970") << qint64{0};
    QTest::newRow("an hour ago") << Clock::wall() - Hour;
    QTest::newRow("in 25 days") << Clock::wall() + 25 * Day;
    QTest::newRow("in 100 years") << Clock::wall() + 100 * Year;
}

void tst_Clock::setWall()
{
    QFETCH(const qint64, time);

    Clock::setWall(time);
    const qint64 now = Clock::wall();
    QVERIFY(time <= now);
    QVERIFY(now < time + Hour);
    QVERIFY(now <= Clock::wall()); // the clock continues to run
    Clock::resetWall();
    QVERIFY(qAbs(Clock::wallMilliseconds() - systemTime()) < Hour / Millisecond);
}

void tst_Clock::injectedClocksFollow()
{
    const WallClock wall = wallClock;
    const SteadyClock steady = steadyClock;
    const qint64 before = steady();
    Clock::setWall(Hour);
    Clock::advance(Hour);
    QVERIFY(wall() >= 2 * Hour);
    QVERIFY(wall() < 3 * Hour);
    QVERIFY(steady() >= before + Hour);
}

void tst_Clock::otherThreadsFollow()
{
    std::atomic<bool> isSet{false};
    std::atomic<int> wrong{0};
    std::array<std::thread, 2> readers;
    for (std::thread &reader : readers) {
        reader = std::thread([&] {
            while (!isSet) {
                // May be less than an hour: the clock may be set while it is read.
                if (Clock::wall() < 0 || Clock::steady() < 0)
                    ++wrong;
            }
            if (Clock::wall() > 2 * Hour)
                ++wrong;
        });
    }
    for (int i = 0; i < 100; ++i)
        Clock::advance(Millisecond);
    Clock::setWall(Hour);
    isSet = true;
    for (std::thread &reader : readers)
        reader.join();
    QCOMPARE(wrong.load(), 0);
}

QTEST_GUILESS_MAIN(tst_Clock)
#include "tst_clock.moc"
