// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/qzaprequest_p.h"
#include "reporting/reportbatch.h"

#include <QtTest/qtest.h>

#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_ReportBatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isInOrder();
    void removesWithdrawnReports();
    void truncates();
    void reusesMemory();
    void keepsNoLargeMemory();
    void changesNoRequestThatSomebodyKeeps();
    void keepsNoReasonOrMetadata();
    void takesNoMemoryBackFromAnEarlierBatch();
    void decodesUserIds_data();
    void decodesUserIds();
};

namespace {

void append(ReportBatch *batch, QByteArrayView userId, QByteArrayView domain = "domain")
{
    Request request;
    request.mechanism = QZap::Mechanism::Plain;
    request.domain = domain;
    request.name = userId;
    Report &report = batch->at(batch->append());
    QZapRequestPrivate::assign(&report.request, request, 1);
    report.setUserId(userId);
    report.isWithdrawn = false;
}

QStringList takeUsers(ReportBatch *batch)
{
    QStringList users;
    while (!batch->isEmpty())
        users.append(batch->take().request.userName());
    return users;
}

} // namespace

void tst_ReportBatch::isInOrder()
{
    ReportBatch batch;
    QVERIFY(batch.isEmpty());
    append(&batch, "alice");
    append(&batch, "bob");
    QCOMPARE(batch.size(), size_t{2});
    QCOMPARE(batch.take().userId, u"alice"_s);
    QCOMPARE(batch.size(), size_t{1});
    append(&batch, "carol");
    QCOMPARE(takeUsers(&batch), (QStringList{u"bob"_s, u"carol"_s}));
    batch.clear();
    QVERIFY(batch.isEmpty());
    append(&batch, "dave");
    QCOMPARE(takeUsers(&batch), QStringList{u"dave"_s});
}

void tst_ReportBatch::removesWithdrawnReports()
{
    ReportBatch batch;
    for (const char *user : {"alice", "bob", "carol", "dave"})
        append(&batch, user);
    batch.at(0).isWithdrawn = true;
    batch.at(2).isWithdrawn = true;
    batch.removeWithdrawn();
    append(&batch, "erin");
    QCOMPARE(takeUsers(&batch), (QStringList{u"bob"_s, u"dave"_s, u"erin"_s}));
}

void tst_ReportBatch::truncates()
{
    ReportBatch batch;
    append(&batch, "alice");
    append(&batch, "bob");
    batch.truncate(3);
    QCOMPARE(batch.size(), size_t{2});
    batch.truncate(1);
    QCOMPARE(takeUsers(&batch), QStringList{u"alice"_s});
}

void tst_ReportBatch::reusesMemory()
{
    ReportBatch batch;
    append(&batch, "alice");
    const QChar *const userId = batch.at(0).userId.constData();
    for (const char *user : {"alice", "bob", ""}) {
        Report report = batch.take();
        batch.recycle(std::move(report));
        batch.clear();
        append(&batch, user);
        QCOMPARE(batch.at(0).request.userName(), QString::fromLatin1(user));
        QCOMPARE(batch.at(0).userId, QString::fromLatin1(user));
        if (*user != '\0')
            QCOMPARE(batch.at(0).userId.constData(), userId);
    }
    QCOMPARE(batch.capacity(), size_t{1});
}

void tst_ReportBatch::keepsNoLargeMemory()
{
    ReportBatch batch;
    append(&batch, QByteArray(255, 'u'));
    Report report = batch.take();
    report.recycle();
    QVERIFY(report.userId.isEmpty());
    QVERIFY(report.userId.capacity() < 255);
    QCOMPARE(report.request.mechanism(), QZap::Mechanism::Unknown); // has been released
}

void tst_ReportBatch::changesNoRequestThatSomebodyKeeps()
{
    ReportBatch batch;
    append(&batch, "alice", "first");
    Report report = batch.take();
    const QZapRequest request = report.request;
    const QString userId = report.userId;
    batch.recycle(std::move(report));
    batch.clear();
    append(&batch, "bob", "second");
    QCOMPARE(request.userName(), u"alice"_s);
    QCOMPARE(request.domain(), u"first"_s);
    QCOMPARE(userId, u"alice"_s);
    QCOMPARE(batch.at(0).request.userName(), u"bob"_s);
    QCOMPARE(batch.at(0).userId, u"bob"_s);
}

void tst_ReportBatch::keepsNoReasonOrMetadata()
{
    Report report;
    report.reason = "denied by a rule";
    report.metadata = "fields";
    report.recycle();
    QVERIFY(report.reason.isEmpty());
    QVERIFY(report.metadata.isEmpty());
}

// An event loop in a slot may deliver the rest of the batch and begin with the next one.
void tst_ReportBatch::takesNoMemoryBackFromAnEarlierBatch()
{
    ReportBatch batch;
    append(&batch, "alice");
    Report outer = batch.take();
    batch = ReportBatch();
    append(&batch, "bob");
    append(&batch, "carol");
    batch.recycle(std::move(outer));
    Report inner = batch.take();
    QCOMPARE(inner.userId, u"bob"_s);
    batch.recycle(std::move(inner));
    QCOMPARE(takeUsers(&batch), QStringList{u"carol"_s});
}

void tst_ReportBatch::decodesUserIds_data()
{
    QTest::addColumn<QByteArray>("utf8");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("anonymous") << QByteArray("anonymous");
    QTest::newRow("ASCII") << QByteArray("alice@example.org");
    QTest::newRow("not ASCII") << QByteArray("gr\u00fcn");
    QTest::newRow("at the end") << QByteArray("gr\u00fc");
    QTest::newRow("beyond the first plane") << QByteArray("\U0001f511");
    QTest::newRow("not UTF-8") << QByteArray("\xff\xfe");
    QTest::newRow("64 bytes") << QByteArray(64, 'a');
    QTest::newRow("65 bytes") << QByteArray(65, 'a');
}

void tst_ReportBatch::decodesUserIds()
{
    QFETCH(const QByteArray, utf8);
    Report report;
    report.setUserId("somebody else");
    report.setUserId(utf8);
    QCOMPARE(report.userId, QString::fromUtf8(utf8));
}

QTEST_APPLESS_MAIN(tst_ReportBatch)
#include "tst_reportbatch.moc"
