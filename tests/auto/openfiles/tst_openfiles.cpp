// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/openfiles.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

using Names = NameSet;

class tst_OpenFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isOpenUntilItIsClosed();
    void isTreatedAsClosedAfterTenSeconds();
    void eachChangeRestartsTheTenSeconds();
    void oneAtATime();
};

void tst_OpenFiles::isOpenUntilItIsClosed()
{
    OpenFiles files;
    QVERIFY(!files.due());
    files.setModified("a", 0);
    files.setModified("b", 0);
    QCOMPARE(files.names(), Names({"a", "b"}));
    QVERIFY(files.contains("a"));
    QVERIFY(files.setClosed("a"));
    QVERIFY(!files.setClosed("a"));
    QCOMPARE(files.names(), Names({"b"}));
    files.clear();
    QVERIFY(!files.due());
}

void tst_OpenFiles::isTreatedAsClosedAfterTenSeconds()
{
    OpenFiles files;
    files.setModified("a", 1);
    QCOMPARE(files.due(), std::optional<qint64>(10'000'000'001));
    QCOMPARE(files.takeQuiet(10'000'000'000), Names());
    QCOMPARE(files.takeQuiet(10'000'000'001), Names({"a"}));
    QCOMPARE(files.names(), Names());
    QVERIFY(!files.due());
}

void tst_OpenFiles::eachChangeRestartsTheTenSeconds()
{
    OpenFiles files(10);
    for (qint64 now = 0; now < 100; now += 9) {
        QCOMPARE(files.takeQuiet(now), Names());
        files.setModified("a", now);
    }
    QCOMPARE(files.takeQuiet(109), Names({"a"}));
}

void tst_OpenFiles::oneAtATime()
{
    OpenFiles files(10);
    files.setModified("b", 2);
    files.setModified("a", 1);
    files.setModified("c", 3);
    QCOMPARE(files.due(), std::optional<qint64>(11));
    QCOMPARE(files.takeQuiet(12), Names({"a", "b"}));
    QCOMPARE(files.due(), std::optional<qint64>(13));
}

QTEST_GUILESS_MAIN(tst_OpenFiles)
#include "tst_openfiles.moc"
