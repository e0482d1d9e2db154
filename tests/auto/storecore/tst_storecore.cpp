// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/feeds/storecore.h"

#include "../outofmemory/memoryshortage.h"

#include <QtCore/qbytearray.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <memory>
#include <new>

#include <sys/prctl.h>

using namespace QZap::Internal;

using Kind = StoreCore::Kind;

class tst_StoreCore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void forgetsAViewThatCannotBeAdded_data();
    void forgetsAViewThatCannotBeAdded();
};

void tst_StoreCore::forgetsAViewThatCannotBeAdded_data()
{
    QTest::addColumn<bool>("hasFields");
    QTest::newRow("shares the table") << false;
    QTest::newRow("needs a table of its own") << true;
}

// Each allocation fails once.
void tst_StoreCore::forgetsAViewThatCannotBeAdded()
{
    QFETCH(const bool, hasFields);
    KeyFields fields;
    if (hasFields)
        fields.userIdField = QStringLiteral("name");
    char name[16] = {};
    prctl(PR_GET_NAME, name);
    int failures = 1;
    int refused = 0;
    for (int after = 0; failures > 0; ++after) {
        const auto core = std::make_shared<StoreCore>([] {});
        std::atomic<int> calls{0};
        int view = 0;
        {
            const MemoryShortage shortage(name, after, 1, 1);
            try {
                view = core->addView(Kind::Keys, fields, [&calls](const auto &) { ++calls; });
            } catch (const std::bad_alloc &) {
                ++refused;
            }
            failures = MemoryShortage::failures();
        }
        core->confirm();
        core->announce();
        core->close();
        QCOMPARE(calls > 0, view > 0);
        core->removeView(view);
    }
    QVERIFY(refused > 1);
}

QTEST_GUILESS_MAIN(tst_StoreCore)
#include "tst_storecore.moc"
