// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/poolkeeper.h"

#include <QtTest/qtest.h>

#include <atomic>

using namespace QZap::Internal;

class tst_PoolKeeper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void startsAtOnce();
    void triesAgainUntilThereIsAThread();
    void reportsNothingAfterDeletion();

private:
    // Returns a pool whose first attempts to start a thread fail.
    std::shared_ptr<WorkerPool> pool(int failures)
    {
        m_attempts = 0;
        return std::make_shared<WorkerPool>(
            "test", 1, [this, failures](const std::function<void()> &run) {
                if (++m_attempts <= failures)
                    throw std::system_error(EAGAIN, std::generic_category());
                return std::thread(run);
            });
    }

    int m_attempts = 0;
    QStringList m_problems;
};

void tst_PoolKeeper::startsAtOnce()
{
    m_problems.clear();
    std::atomic<bool> hasRun{false};
    {
        PoolKeeper keeper(pool(0), [this](const QString &text) { m_problems += text; });
        keeper.pool().run([&hasRun] { hasRun = true; });
    }
    QVERIFY(hasRun);
    QVERIFY(m_problems.isEmpty());
}

void tst_PoolKeeper::triesAgainUntilThereIsAThread()
{
    m_problems.clear();
    std::atomic<bool> hasRun{false};
    PoolKeeper keeper(pool(2), [this](const QString &text) { m_problems += text; });
    keeper.pool().run([&hasRun] { hasRun = true; });
    QVERIFY(m_problems.isEmpty()); // nothing is reported during the call
    QTRY_VERIFY(hasRun);
    QCOMPARE(m_attempts, 3); // tst_retrypause tests the pauses in between
    QCOMPARE(m_problems.size(), 1);
    QVERIFY2(m_problems.constFirst().contains(QStringLiteral("thread")),
             qPrintable(m_problems.constFirst()));
}

void tst_PoolKeeper::reportsNothingAfterDeletion()
{
    m_problems.clear();
    {
        const PoolKeeper keeper(pool(1), [this](const QString &text) { m_problems += text; });
    }
    QCoreApplication::processEvents();
    QVERIFY(m_problems.isEmpty());
}

QTEST_GUILESS_MAIN(tst_PoolKeeper)
#include "tst_poolkeeper.moc"
