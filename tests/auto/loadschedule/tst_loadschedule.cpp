// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/loadschedule.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

namespace {

constexpr qint64 Millisecond = LoadSchedule::Millisecond;
constexpr qint64 Second = LoadSchedule::Second;

FileChange changeOf(const NameSet &names, const NameSet &open = {})
{
    return {false, names, open, false};
}

FileLoad unreadable()
{
    FileLoad load;
    load.fileError = FileError::Unreadable;
    return load;
}

FileLoad slice(bool goesOn)
{
    FileLoad load;
    load.isUnchanged = true;
    load.sweepGoesOn = goesOn;
    return load;
}

} // namespace

class tst_LoadSchedule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loadsOneAtATime();
    void retriesUnreadableLocations();
    void otherChangesDoNotShortenThePause();
    void waitsForAChangeOfTooLargeFiles();
    void loadsAgainWhenTheLoadRequestsIt();
    void readsFilesAgainThatChangedWhileBeingRead();
    void readsOpenFilesATenthOfTheTime();
    void closedFilesDoNotWait();
    void sweepsEachMinute();
    void sweepsInParts();
    void aChangeDoesNotWaitForASweep();
    void sweepsMoreOftenWhileBlind_data();
    void sweepsMoreOftenWhileBlind();
    void comparesAStalledFileSystemAgainSoon();
    void unchangedPartsKeepThePause();

private:
    // Runs the load that is due. It takes the given time and has the given result.
    void run(LoadSchedule *schedule, const FileLoad &load, qint64 took = 0)
    {
        m_load = schedule->next(m_now);
        QVERIFY(m_load);
        QVERIFY(!schedule->due());
        QVERIFY(!schedule->next(m_now));
        m_now += took;
        schedule->finished(m_now, load);
    }
    // Returns the time until the next load is due, and advances the clock by it.
    qint64 sleep(LoadSchedule *schedule)
    {
        const qint64 pause = schedule->due().value_or(-1) - m_now;
        if (pause > 0) {
            if (schedule->next(m_now + pause - 1))
                return -1;
            m_now += pause;
        }
        return pause;
    }

    qint64 m_now = 0;
    std::optional<LoadSchedule::Load> m_load; // the last load of run()
};

void tst_LoadSchedule::loadsOneAtATime()
{
    LoadSchedule schedule(m_now);
    schedule.requestAll();
    const auto first = schedule.next(m_now);
    QVERIFY(first);
    QVERIFY(first->isNews);
    QVERIFY(first->change.everything);
    schedule.request(changeOf({"a"}));
    schedule.request(changeOf({"b"}));
    QVERIFY(!schedule.next(m_now));
    schedule.finished(m_now, {});
    run(&schedule, {});
    QVERIFY(!m_load->change.everything);
    QCOMPARE(m_load->change.names, NameSet({"a", "b"}));
}

void tst_LoadSchedule::retriesUnreadableLocations()
{
    LoadSchedule schedule(m_now);
    schedule.requestAll();
    run(&schedule, unreadable());
    for (const qint64 pause : {250, 500, 1000, 2000, 4000, 8000, 16000}) {
        QCOMPARE(sleep(&schedule), pause * Millisecond);
        run(&schedule, unreadable());
        QVERIFY(!m_load->isNews);
        QVERIFY(!m_load->change.everything);
    }
    sleep(&schedule);
    run(&schedule, {}); // success resets the pauses
    schedule.requestAll();
    run(&schedule, unreadable());
    QCOMPARE(sleep(&schedule), 250 * Millisecond);
}

void tst_LoadSchedule::otherChangesDoNotShortenThePause()
{
    LoadSchedule schedule(m_now);
    schedule.requestAll();
    run(&schedule, unreadable());
    QCOMPARE(sleep(&schedule), 250 * Millisecond);
    run(&schedule, unreadable());
    const qint64 due = *schedule.due();
    for (int i = 0; i < 10; ++i) {
        m_now += 10 * Millisecond;
        schedule.request(changeOf({"other"}));
        run(&schedule, unreadable());
        QCOMPARE(schedule.due(), std::optional<qint64>(due));
    }
}

void tst_LoadSchedule::waitsForAChangeOfTooLargeFiles()
{
    LoadSchedule schedule(m_now);
    FileLoad large = unreadable();
    large.waitsForChange = true;
    schedule.requestAll();
    run(&schedule, large);
    QCOMPARE(sleep(&schedule), LoadSchedule::SweepPeriod);
}

void tst_LoadSchedule::loadsAgainWhenTheLoadRequestsIt()
{
    LoadSchedule schedule(m_now);
    FileLoad load;
    load.lookAgainAfter = 10 * Second;
    schedule.requestAll();
    run(&schedule, load);
    QCOMPARE(sleep(&schedule), 10 * Second);
    run(&schedule, {});
    QCOMPARE(sleep(&schedule), 50 * Second); // until the next sweep
}

void tst_LoadSchedule::readsFilesAgainThatChangedWhileBeingRead()
{
    LoadSchedule schedule(m_now);
    FileLoad load;
    load.changedMeanwhile = true;
    schedule.requestAll();
    run(&schedule, load, Millisecond);
    QCOMPARE(sleep(&schedule), LoadSchedule::SettleTime);
    run(&schedule, load, 20 * Millisecond);
    QCOMPARE(sleep(&schedule), 180 * Millisecond);
}

void tst_LoadSchedule::readsOpenFilesATenthOfTheTime()
{
    LoadSchedule schedule(m_now);
    schedule.request(changeOf({"list"}, {"list"}));
    qint64 busy = 0;
    const qint64 start = m_now;
    for (int i = 0; i < 15; ++i) { // less than a minute: no sweep is due
        run(&schedule, {}, 300 * Millisecond);
        busy += 300 * Millisecond;
        QCOMPARE(m_load->change.open, NameSet({"list"}));
        schedule.request(changeOf({"list"}, {"list"}));
        sleep(&schedule);
    }
    QVERIFY(busy * 10 <= m_now - start);
}

void tst_LoadSchedule::closedFilesDoNotWait()
{
    LoadSchedule schedule(m_now);
    schedule.request(changeOf({"list"}, {"list"}));
    run(&schedule, {}, 300 * Millisecond);
    schedule.request(changeOf({"list"}, {"list"}));
    QVERIFY(!schedule.next(m_now));
    schedule.request(changeOf({"list"}));
    run(&schedule, {});
    QVERIFY(m_load->change.open.isEmpty());
}

void tst_LoadSchedule::sweepsEachMinute()
{
    LoadSchedule schedule(m_now);
    schedule.requestAll();
    run(&schedule, {});
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(sleep(&schedule), LoadSchedule::SweepPeriod);
        run(&schedule, slice(false));
        QVERIFY(m_load->change.isSweep);
        QVERIFY(!m_load->isNews);
    }
}

void tst_LoadSchedule::sweepsInParts()
{
    LoadSchedule schedule(m_now);
    m_now += LoadSchedule::SweepPeriod;
    for (int i = 0; i < 5; ++i) {
        run(&schedule, slice(true), 2 * Millisecond);
        QVERIFY(m_load->change.isSweep);
        QCOMPARE(sleep(&schedule), 18 * Millisecond);
    }
    run(&schedule, slice(false), 2 * Millisecond);
    QCOMPARE(sleep(&schedule), LoadSchedule::SweepPeriod);
}

void tst_LoadSchedule::aChangeDoesNotWaitForASweep()
{
    LoadSchedule schedule(m_now);
    m_now += LoadSchedule::SweepPeriod;
    run(&schedule, slice(true), 2 * Millisecond);
    schedule.request(changeOf({"a"}));
    run(&schedule, {});
    QVERIFY(!m_load->change.isSweep);
    QCOMPARE(sleep(&schedule), 18 * Millisecond); // until the sweep continues
    run(&schedule, slice(false));
    QVERIFY(m_load->change.isSweep);
}

void tst_LoadSchedule::sweepsMoreOftenWhileBlind_data()
{
    QTest::addColumn<int>("parts");
    QTest::addColumn<qint64>("period");
    QTest::newRow("a quick pass") << 1 << 2 * Second;
    QTest::newRow("20 ms") << 10 << 2 * Second;
    QTest::newRow("236 ms") << 118 << 23'600 * Millisecond;
    QTest::newRow("10 s") << 5000 << LoadSchedule::SweepPeriod;
}

void tst_LoadSchedule::sweepsMoreOftenWhileBlind()
{
    QFETCH(const int, parts);
    QFETCH(const qint64, period);
    LoadSchedule schedule(m_now);
    schedule.setBlind(true);
    QCOMPARE(sleep(&schedule), 2 * Second);
    for (int i = 1; i <= parts; ++i) {
        run(&schedule, slice(i < parts), 2 * Millisecond);
        const qint64 pause = sleep(&schedule);
        QCOMPARE(pause, i < parts ? 18 * Millisecond : period);
    }
    schedule.setBlind(false);
    QCOMPARE(*schedule.due() - m_now + period, LoadSchedule::SweepPeriod);
}

void tst_LoadSchedule::comparesAStalledFileSystemAgainSoon()
{
    LoadSchedule schedule(m_now);
    schedule.setBlind(true);
    sleep(&schedule);
    run(&schedule, slice(true), 300 * Second);
    QCOMPARE(sleep(&schedule), 9 * LoadSchedule::LongestSlice);
    run(&schedule, slice(false), 300 * Second);
    QCOMPARE(sleep(&schedule), 100 * 2 * LoadSchedule::LongestSlice);
    run(&schedule, slice(false), 2 * Millisecond);
    QCOMPARE(sleep(&schedule), LoadSchedule::ShortestBlindPeriod);
}

void tst_LoadSchedule::unchangedPartsKeepThePause()
{
    LoadSchedule schedule(m_now);
    FileLoad load;
    load.lookAgainAfter = 90 * Second;
    schedule.requestAll();
    run(&schedule, load);
    QCOMPARE(sleep(&schedule), LoadSchedule::SweepPeriod);
    run(&schedule, slice(false));
    QCOMPARE(sleep(&schedule), 30 * Second);
    run(&schedule, {});
    QVERIFY(!m_load->change.isSweep);
}

QTEST_GUILESS_MAIN(tst_LoadSchedule)
#include "tst_loadschedule.moc"
