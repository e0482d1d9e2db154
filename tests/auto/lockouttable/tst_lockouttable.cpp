// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/lockout/lockouttable.h"

#include <QtCore/qlist.h>
#include <QtTest/qtest.h>

#include <limits>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_LockoutTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void locksAfterDifferentFailures_data();
    void locksAfterDifferentFailures();
    void countsWithinTheInterval();
    void repetitionRenewsAFailure();
    void countsNothingDuringALock();
    void suspendsAfterDifferentGuesses_data();
    void suspendsAfterDifferentGuesses();
    void endsSuspensionsWithTheLock();
    void suspendsEarlyWithoutRoom();
    void doublesTheDuration();
    void resetsTheDurationAfterQuietTime_data();
    void resetsTheDurationAfterQuietTime();
    void survivesExtremeTimes();
    void endsLocksInOrder();
    void endsLocksInOrderAfterAChangeOfTheDuration();
    void releasesAddresses();
    void forgetsTheOldestThatIsNotLocked();
    void endsTheFirstLockIfAllAreLocked();
    void copiesLocksFirst();
    void copiesAsManyFailuresAsFit();
    void copiesSuspensions_data();
    void copiesSuspensions();

private:
    static LockoutAddress address(int number)
    {
        return LockoutAddress::of("10.0." + QByteArray::number(number / 256) + '.'
                                  + QByteArray::number(number % 256));
    }
    // Returns for how long this failure has locked the address; 0 if it has not.
    qint64 fail(int number, quint32 credential)
    {
        m_outcome = m_table->addFailure(address(number), credential, m_now, m_limits);
        return m_outcome.lock ? m_outcome.lock->end - m_now : 0;
    }
    qint64 lock(int number)
    {
        for (quint32 credential = 1; credential < 3; ++credential)
            fail(number, credential);
        return fail(number, 3);
    }
    void guess(int number, quint32 user, quint32 credential)
    {
        m_table->addGuess(address(number), {user, credential}, m_now, m_limits.failures);
    }
    bool isSuspended(int number, quint32 user) const
    {
        return m_table->isSuspended(address(number), user, m_now);
    }
    bool isLocked(int number) const { return m_table->lockEnd(address(number), m_now).has_value(); }
    QStringList endLocks()
    {
        QStringList ended;
        m_table->endLocks(m_now, [&ended](const LockoutAddress &each) { ended += each.text(); });
        return ended;
    }

    LockoutLimits m_limits;
    std::unique_ptr<LockoutTable> m_table;
    LockoutTable::Outcome m_outcome;
    qint64 m_now = 0;
};

void tst_LockoutTable::init()
{
    m_limits = {3, 1000, 100, 1600};
    m_table = std::make_unique<LockoutTable>(4, 3);
    m_now = 5'000'000;
}

void tst_LockoutTable::locksAfterDifferentFailures_data()
{
    QTest::addColumn<QList<quint32>>("credentials");
    QTest::addColumn<bool>("isLocked");
    QTest::newRow("too few") << QList<quint32>{1, 2} << false;
    QTest::newRow("enough") << QList<quint32>{1, 2, 3} << true;
    QTest::newRow("the same one") << QList<quint32>{1, 1, 1, 1, 1} << false;
    QTest::newRow("two by turns") << QList<quint32>{1, 2, 1, 2, 1, 2} << false;
    QTest::newRow("enough with repetitions") << QList<quint32>{1, 1, 2, 1, 3} << true;
}

void tst_LockoutTable::locksAfterDifferentFailures()
{
    QFETCH(const QList<quint32>, credentials);
    for (qsizetype i = 0; i < credentials.size(); ++i) {
        QVERIFY(!isLocked(1));
        fail(1, credentials.at(i));
    }
    QTEST(isLocked(1), "isLocked");
    QVERIFY(!isLocked(2));
    QCOMPARE(m_table->lockedCount(), size_t(isLocked(1) ? 1 : 0));
}

void tst_LockoutTable::countsWithinTheInterval()
{
    fail(1, 1);
    m_now += 999;
    fail(1, 2);
    m_now += 1; // the first failure expires
    QCOMPARE(fail(1, 3), 0);
    m_now += 998; // the second does not expire yet
    QCOMPARE(fail(1, 4), 100);
}

void tst_LockoutTable::repetitionRenewsAFailure()
{
    fail(1, 1);
    m_now += 900;
    fail(1, 1);
    fail(1, 2);
    m_now += 900; // the first was seen 900 ms ago
    QCOMPARE(fail(1, 3), 100);
}

void tst_LockoutTable::countsNothingDuringALock()
{
    QCOMPARE(lock(1), 100);
    m_now += 99;
    for (quint32 credential = 4; credential < 20; ++credential)
        QCOMPARE(fail(1, credential), 0);
    QVERIFY(isLocked(1));
    QCOMPARE(endLocks(), QStringList());
    m_now += 1;
    QVERIFY(!isLocked(1)); // even before endLocks()
    QCOMPARE(endLocks(), QStringList(u"10.0.0.1"_s));
    // Counting starts from zero.
    QCOMPARE(fail(1, 20), 0);
    QCOMPARE(fail(1, 21), 0);
    QCOMPARE(fail(1, 22), 200);
}

void tst_LockoutTable::suspendsAfterDifferentGuesses_data()
{
    QTest::addColumn<QList<quint32>>("credentials");
    QTest::addColumn<bool>("isSuspended");
    QTest::newRow("too few") << QList<quint32>{1, 2} << false;
    QTest::newRow("enough") << QList<quint32>{1, 2, 3} << true;
    QTest::newRow("the same one") << QList<quint32>{1, 1, 1, 1, 1} << false;
    QTest::newRow("two by turns") << QList<quint32>{1, 2, 1, 2, 1, 2} << false;
    QTest::newRow("enough with repetitions") << QList<quint32>{1, 1, 2, 1, 3} << true;
    QTest::newRow("more than enough") << QList<quint32>{1, 2, 3, 4, 5} << true;
}

void tst_LockoutTable::suspendsAfterDifferentGuesses()
{
    QFETCH(const QList<quint32>, credentials);
    guess(1, 7, 1); // the address is not locked
    lock(1);
    lock(2);
    for (const quint32 credential : credentials)
        guess(1, 7, credential);
    QTEST(isSuspended(1, 7), "isSuspended");
    QVERIFY(!isSuspended(1, 8));
    QVERIFY(!isSuspended(2, 7));
    QVERIFY(!isSuspended(3, 7));
}

void tst_LockoutTable::endsSuspensionsWithTheLock()
{
    lock(1);
    for (quint32 credential = 1; credential <= 3; ++credential)
        guess(1, 7, credential);
    QVERIFY(isSuspended(1, 7));
    m_now += 100;
    QVERIFY(!isSuspended(1, 7)); // even before endLocks()
    guess(1, 7, 4);
    endLocks();
    QVERIFY(!fail(1, 1)); // the guesses were no failures
    QVERIFY(!fail(1, 2));
    QVERIFY(fail(1, 3));
    QVERIFY(!isSuspended(1, 7));
    guess(1, 7, 1); // counts from zero
    guess(1, 7, 2);
    QVERIFY(!isSuspended(1, 7));
    guess(1, 7, 3);
    QVERIFY(isSuspended(1, 7));
}

// An address has room for three guesses or suspended users.
void tst_LockoutTable::suspendsEarlyWithoutRoom()
{
    lock(1);
    for (quint32 credential = 1; credential <= 3; ++credential)
        guess(1, 7, credential);
    guess(1, 8, 1);
    guess(1, 8, 2);
    QVERIFY(isSuspended(1, 7));
    QVERIFY(!isSuspended(1, 8)); // the suspended user takes up little room
    guess(1, 9, 1);
    QVERIFY(isSuspended(1, 8));
    QVERIFY(!isSuspended(1, 9));
    guess(1, 9, 1);
    QVERIFY(!isSuspended(1, 9));
    guess(1, 9, 2);
    QVERIFY(isSuspended(1, 9));
    QVERIFY(!isSuspended(1, 10));
    guess(1, 10, 1);
    QVERIFY(isSuspended(1, 10));
    QVERIFY(isSuspended(1, 11)); // all are
    m_now += 100;
    endLocks();
    lock(1);
    QVERIFY(!isSuspended(1, 11));
}

void tst_LockoutTable::doublesTheDuration()
{
    for (const qint64 duration : {100, 200, 400, 800, 1600, 1600, 1600}) {
        QCOMPARE(lock(1), duration);
        m_now += duration;
        endLocks();
    }
    // The maximum may be lower than the first duration, and is never exceeded.
    m_limits.maximumDuration = 1700;
    QCOMPARE(lock(1), 1700);
    m_limits.maximumDuration = 50;
    QCOMPARE(lock(2), 50);
}

void tst_LockoutTable::resetsTheDurationAfterQuietTime_data()
{
    QTest::addColumn<qint64>("quietTime");
    QTest::addColumn<qint64>("duration");
    QTest::newRow("none") << qint64(0) << qint64(200);
    QTest::newRow("not yet") << qint64(1599) << qint64(200);
    QTest::newRow("the maximum duration") << qint64(1600) << qint64(100);
    QTest::newRow("a year") << qint64(31'536'000'000) << qint64(100);
}

void tst_LockoutTable::resetsTheDurationAfterQuietTime()
{
    QFETCH(const qint64, quietTime);
    QCOMPARE(lock(1), 100);
    m_now += 100;
    endLocks();
    m_now += quietTime; // since the end of the lock
    QTEST(lock(1), "duration");
}

void tst_LockoutTable::survivesExtremeTimes()
{
    constexpr qint64 Longest = std::numeric_limits<int>::max();
    m_limits = {3, Longest, 1, Longest};
    // The lower 32 bits of the time overflow between the failures.
    m_now = std::numeric_limits<quint32>::max() - Longest;
    fail(1, 1);
    m_now += Longest - 1;
    fail(1, 2);
    m_now += Longest - 1; // the first failure expires
    QCOMPARE(fail(1, 3), 0);
    m_now += 1;
    QCOMPARE(fail(1, 4), 0); // the second has expired
    QCOMPARE(fail(1, 5), 1);
    // After 49.7 days, the lower 32 bits of the time are the same again.
    fail(2, 1);
    fail(2, 2);
    m_now += qint64{1} << 32;
    endLocks();
    QCOMPARE(fail(2, 3), 0);
    // The number of lockouts is not limited.
    qint64 duration = 1;
    for (int i = 0; i < 40; ++i) {
        QCOMPARE(lock(3), duration);
        duration = std::min(2 * duration, Longest);
        m_now = *m_table->lockEnd(address(3), m_now);
        endLocks();
    }
}

void tst_LockoutTable::endsLocksInOrder()
{
    lock(1);
    m_now += 100;
    endLocks();
    lock(1); // for 200 ms
    m_now += 50;
    lock(2); // for 100 ms
    m_now += 10;
    lock(3);
    QCOMPARE(m_table->nextEnd(), std::optional(m_now + 90));
    m_now += 90;
    QCOMPARE(endLocks(), QStringList(u"10.0.0.2"_s));
    m_now += 1000;
    QCOMPARE(endLocks(), QStringList({u"10.0.0.3"_s, u"10.0.0.1"_s}));
    QCOMPARE(m_table->nextEnd(), std::nullopt);
    QCOMPARE(m_table->lockedCount(), size_t(0));
}

void tst_LockoutTable::endsLocksInOrderAfterAChangeOfTheDuration()
{
    lock(1);
    m_limits.duration = 10;
    lock(2);
    m_limits.duration = 50;
    lock(3);
    m_now += 20;
    QCOMPARE(endLocks(), QStringList(u"10.0.0.2"_s));
    m_now += 1000;
    QCOMPARE(endLocks(), QStringList({u"10.0.0.3"_s, u"10.0.0.1"_s}));
}

void tst_LockoutTable::releasesAddresses()
{
    lock(1);
    lock(2);
    QStringList ended;
    const auto collect = [&ended](const LockoutAddress &each) { ended += each.text(); };
    m_table->release([](const LockoutAddress &each) { return each == address(1); }, collect);
    QCOMPARE(ended, QStringList(u"10.0.0.1"_s));
    QVERIFY(!isLocked(1));
    QVERIFY(isLocked(2));
    QCOMPARE(lock(1), 100); // the earlier lockouts are forgotten
    ended.clear();
    m_table->release([](const LockoutAddress & /*each*/) { return true; }, collect);
    QCOMPARE(ended, QStringList({u"10.0.0.2"_s, u"10.0.0.1"_s}));
    QCOMPARE(m_table->lockedCount(), size_t(0));
    m_now += 1000;
    QCOMPARE(endLocks(), QStringList());
}

void tst_LockoutTable::forgetsTheOldestThatIsNotLocked()
{
    lock(1);
    fail(2, 1);
    fail(2, 2);
    fail(3, 1);
    fail(3, 2);
    fail(4, 1);
    fail(2, 1); // makes address 2 the most recent one
    for (int other = 5; other < 8; ++other) {
        fail(other, 1);
        QVERIFY(!m_outcome.unlocked);
        QVERIFY(isLocked(1));
    }
    QCOMPARE(fail(2, 3), 0); // was displaced by address 7
    QCOMPARE(m_table->lockedCount(), size_t(1));
}

void tst_LockoutTable::endsTheFirstLockIfAllAreLocked()
{
    lock(2);
    m_now += 100;
    endLocks();
    lock(2); // for 200 ms
    for (const int number : {1, 3, 4}) {
        lock(number);
        ++m_now;
    }
    QCOMPARE(m_table->lockedCount(), size_t(4));
    fail(5, 1);
    QCOMPARE(m_outcome.unlocked, std::optional(address(1)));
    QVERIFY(!isLocked(1));
    QCOMPARE(m_table->lockedCount(), size_t(3));
    fail(6, 1); // replaces address 5
    QVERIFY(!m_outcome.unlocked);
    QVERIFY(isLocked(2) && isLocked(3) && isLocked(4));
}

void tst_LockoutTable::copiesLocksFirst()
{
    fail(1, 1);
    lock(2);
    ++m_now;
    lock(3);
    fail(4, 1);
    fail(4, 2);
    QStringList ended;
    const auto collect = [&ended](const LockoutAddress &each) { ended += each.text(); };

    LockoutTable same(4, 3);
    same.insertAll(*m_table, collect);
    QCOMPARE(ended, QStringList());
    QCOMPARE(same.lockedCount(), size_t(2));
    QCOMPARE(same.nextEnd(), m_table->nextEnd());
    QVERIFY(same.addFailure(address(4), 3, m_now, m_limits).lock);

    LockoutTable smaller(3, 3);
    smaller.insertAll(*m_table, collect);
    QCOMPARE(ended, QStringList());
    QVERIFY(smaller.addFailure(address(4), 3, m_now, m_limits).lock); // the later failure is kept

    LockoutTable smallest(1, 3);
    smallest.insertAll(*m_table, collect);
    QCOMPARE(ended, QStringList(u"10.0.0.2"_s));
    QVERIFY(smallest.lockEnd(address(3), m_now));
}

void tst_LockoutTable::copiesAsManyFailuresAsFit()
{
    fail(1, 1);
    fail(1, 2);
    LockoutTable fewer(4, 2);
    fewer.insertAll(*m_table, [](const LockoutAddress & /*each*/) {});
    m_limits.failures = 2;
    QVERIFY(!fewer.lockEnd(address(1), m_now));
    QVERIFY(fewer.addFailure(address(1), 3, m_now, m_limits).lock);
}

void tst_LockoutTable::copiesSuspensions_data()
{
    QTest::addColumn<int>("failures");
    QTest::addColumn<bool>("areAllSuspended");
    QTest::newRow("fewer failures") << 1 << true;
    QTest::newRow("as many failures") << 3 << false;
    QTest::newRow("more failures") << 5 << false;
}

void tst_LockoutTable::copiesSuspensions()
{
    QFETCH(const int, failures);
    lock(1);
    guess(1, 8, 1);
    for (quint32 credential = 1; credential <= 3; ++credential)
        guess(1, 7, credential);
    LockoutTable other(4, failures);
    other.insertAll(*m_table, [](const LockoutAddress & /*each*/) {});
    QVERIFY(other.isSuspended(address(1), 7, m_now));
    QCOMPARE(other.isSuspended(address(1), 8, m_now), failures < 3);
    QTEST(other.isSuspended(address(1), 9, m_now), "areAllSuspended");
}

QTEST_APPLESS_MAIN(tst_LockoutTable)
#include "tst_lockouttable.moc"
