// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditqueue.h"

#include <QtTest/qtest.h>

#include <thread>

using namespace QZap::Internal;
using namespace std::chrono_literals;

class tst_AuditQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passesRecordsOn();
    void wakesTheWriter();
    void keepsUnwantedRecords();
    void passesSettingsOn();
    void keepsTheOrderOfSettingsAndDecisions();
    void ends();
    void isBounded();

private:
    static DecisionRecords records(qsizetype reasonSize = 2)
    {
        const QByteArray reason(reasonSize, 'r');
        DecisionRecord record;
        record.reason = reason;
        DecisionRecords result;
        result.append(record, 0);
        return result;
    }
};

void tst_AuditQueue::passesRecordsOn()
{
    AuditQueue queue;
    queue.observe(records());
    queue.observe(records());
    AuditQueue::Work work;
    queue.take(&work, true, std::nullopt);
    QCOMPARE(work.records.count(), size_t{2});
    QVERIFY(!work.settings);
    QVERIFY(!work.isEnding);
    queue.take(&work, true, AuditQueue::Clock::now());
    QVERIFY(work.records.isEmpty());
}

void tst_AuditQueue::wakesTheWriter()
{
    AuditQueue queue;
    AuditQueue::Work work;
    std::thread writer([&] { queue.take(&work, true, std::nullopt); });
    queue.observe(records());
    writer.join();
    QCOMPARE(work.records.count(), size_t{1});
}

void tst_AuditQueue::keepsUnwantedRecords()
{
    AuditQueue queue;
    queue.observe(records());
    AuditQueue::Work work;
    queue.take(&work, false, AuditQueue::Clock::now());
    QVERIFY(work.records.isEmpty());
    queue.take(&work, true, std::nullopt);
    QCOMPARE(work.records.count(), size_t{1});
    queue.observe(records());
    queue.end();
    queue.take(&work, false, std::nullopt);
    QCOMPARE(work.records.count(), size_t{1}); // the last chance
}

void tst_AuditQueue::passesSettingsOn()
{
    AuditQueue queue;
    AuditSettings settings;
    settings.maximumFiles = 3;
    queue.setSettings({});
    queue.setSettings(settings);
    AuditQueue::Work work;
    queue.take(&work, false, std::nullopt);
    QCOMPARE(work.settings.value().maximumFiles, 3);
    queue.take(&work, true, AuditQueue::Clock::now());
    QCOMPARE(work.settings.value().maximumFiles, 3); // not applied yet
    work.settings.reset();
    queue.take(&work, true, AuditQueue::Clock::now());
    QVERIFY(!work.settings);
}

// A decision is written to the file that was set when it was made.
void tst_AuditQueue::keepsTheOrderOfSettingsAndDecisions()
{
    const auto withFiles = [](int count) {
        AuditSettings settings;
        settings.maximumFiles = count;
        return settings;
    };
    AuditQueue queue;
    queue.observe(records());
    queue.setSettings(withFiles(3));
    queue.observe(records());
    queue.observe(records());
    queue.setSettings(withFiles(4));
    queue.setSettings(withFiles(5));
    queue.observe(records());
    queue.end();
    AuditQueue::Work work;
    queue.take(&work, true, std::nullopt);
    QCOMPARE(work.records.count(), size_t{1});
    QCOMPARE(work.settings.value().maximumFiles, 3);
    QVERIFY(!work.isEnding);
    queue.take(&work, false, std::nullopt);
    QCOMPARE(work.records.count(), size_t{2});
    QCOMPARE(work.settings.value().maximumFiles, 5);
    QVERIFY(!work.isEnding);
    work.settings.reset();
    queue.take(&work, true, std::nullopt);
    QCOMPARE(work.records.count(), size_t{1});
    QVERIFY(!work.settings);
    QVERIFY(work.isEnding);
}

void tst_AuditQueue::ends()
{
    AuditQueue queue;
    AuditQueue::Work work;
    std::thread writer([&] { queue.take(&work, true, std::nullopt); });
    queue.end();
    writer.join();
    QVERIFY(work.isEnding);
    queue.pause(); // does not wait
}

void tst_AuditQueue::isBounded()
{
    AuditQueue queue;
    const DecisionRecords one = records(1024);
    const size_t fitting = AuditQueue::MaximumSize / one.size();
    for (size_t i = 0; i < fitting + 5; ++i)
        queue.observe(one);
    AuditQueue::Work work;
    queue.take(&work, true, std::nullopt);
    QCOMPARE(work.records.count(), fitting);
    QCOMPARE(work.records.lostCount(), 5);
    queue.observe(one);
    queue.take(&work, true, std::nullopt);
    QCOMPARE(work.records.count(), size_t{1});
    QCOMPARE(work.records.lostCount(), 0);
}

QTEST_APPLESS_MAIN(tst_AuditQueue)
#include "tst_auditqueue.moc"
