// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/systemreserve.h"

#include "../outofmemory/memoryshortage.h"

#include <QtCore/qbytearray.h>
#include <QtTest/qtest.h>

#include <new>

#include <sys/prctl.h>

using namespace QZap::Internal;

class tst_SystemReserve : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesAMemoryShortage_data();
    void survivesAMemoryShortage();
};

void tst_SystemReserve::survivesAMemoryShortage_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no thread") << 0;
    QTest::newRow("one thread") << 1;
    QTest::newRow("two threads") << 2;
    QTest::newRow("three threads") << 3;
}

// Each allocation fails once. The threads that have been started until then are joined.
void tst_SystemReserve::survivesAMemoryShortage()
{
    QFETCH(const int, threads);
    char name[16] = {};
    prctl(PR_GET_NAME, name);
    int failures = 1;
    int after = 0;
    for (; failures > 0; ++after) {
        Problem problem;
        bool hasThrown = false;
        {
            const MemoryShortage shortage(name, after, 1, 1);
            try {
                problem = systemReserveProblem(0, threads);
            } catch (const std::bad_alloc &) {
                hasThrown = true;
            }
            failures = MemoryShortage::failures();
        }
        QCOMPARE(bool(problem) || hasThrown, failures > 0);
    }
    QVERIFY(after > threads);
}

QTEST_GUILESS_MAIN(tst_SystemReserve)
#include "tst_systemreserve.moc"
