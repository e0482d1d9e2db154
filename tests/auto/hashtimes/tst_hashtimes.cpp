// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/hashtimes.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace std::chrono_literals;

class tst_HashTimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void usesTheLongestOfTheLastTimes();
    void keepsParametersApart();
    void isBounded();
    void becomesStale();
    void estimates();

private:
    static constexpr PasswordHash::Parameters Cheap{8, 1};
    static constexpr PasswordHash::Parameters Dear{64, 2};
    const HashTimes::Clock::time_point m_now{1h};
};

void tst_HashTimes::usesTheLongestOfTheLastTimes()
{
    HashTimes times;
    QVERIFY(times.refusalTime(Cheap) == 0ns);
    times.add(Cheap, 100ms, m_now);
    times.add(Cheap, 20ms, m_now);
    QVERIFY(times.refusalTime(Cheap) == 126ms); // plus a quarter and a millisecond
    for (std::size_t i = 0; i < HashTimes::Kept; ++i)
        times.add(Cheap, 40ms, m_now);
    QVERIFY(times.refusalTime(Cheap) == 51ms);
}

void tst_HashTimes::keepsParametersApart()
{
    HashTimes times;
    times.add(Cheap, 4ms, m_now);
    QVERIFY(times.refusalTime(Dear) == 0ns);
    times.add(Dear, 40ms, m_now);
    QVERIFY(times.refusalTime(Dear) == 51ms);
    QVERIFY(times.refusalTime(Cheap) == 6ms);
}

void tst_HashTimes::isBounded()
{
    HashTimes times;
    for (quint32 memory = 1; memory <= quint32(HashTimes::MaximumParameters); ++memory)
        times.add({memory, 1}, 4ms, m_now);
    times.add({1, 1}, 8ms, m_now); // adds no entry
    QVERIFY(times.refusalTime({2, 1}) == 6ms);
    times.add(Dear, 40ms, m_now);
    QVERIFY(times.refusalTime({2, 1}) == 0ns);
    QVERIFY(times.refusalTime(Dear) == 51ms);
}

void tst_HashTimes::becomesStale()
{
    HashTimes times;
    QVERIFY(times.isStale(Cheap, m_now));
    times.add(Cheap, 4ms, m_now);
    QVERIFY(!times.isStale(Cheap, m_now + HashTimes::Lifetime));
    QVERIFY(times.isStale(Cheap, m_now + HashTimes::Lifetime + 1ns));
    QVERIFY(times.isStale(Dear, m_now));
}

void tst_HashTimes::estimates()
{
    QVERIFY(HashTimes::estimate(Dear, Cheap, 1ms) == 21ms); // 16 times the cost
    QVERIFY(HashTimes::estimate(Cheap, Dear, 4ms) == 6ms);  // not less than the measured time
    QVERIFY(HashTimes::estimate(Dear, {}, 0ms) >= 1ms);
}

QTEST_GUILESS_MAIN(tst_HashTimes)
#include "tst_hashtimes.moc"
