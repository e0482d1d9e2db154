// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/connectionchanges.h"
#include "guard/connectionfeed.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

// Tests how changes that a model has not taken yet are combined.
class tst_ConnectionChanges : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void coalesces_data();
    void coalesces();
    void ordersOpenedSessions();
    void wakesOncePerBatch();
    void keepsNothingOfConnectionsInBetween();
    void feedsEachModel();
    void dropsModelsThatAreGone();

private:
    static ConnectionChanges::Session session(quint64 number)
    {
        auto record = std::make_shared<SessionRecord>();
        record->number = number;
        return record;
    }
};

// o opened, r revoked, c closed, t taken by the model. The result is what the next take() returns.
void tst_ConnectionChanges::coalesces_data()
{
    QTest::addColumn<QByteArray>("events");
    QTest::addColumn<QByteArray>("result");
    const auto row = [](const char *name, const char *events, const char *result) {
        QTest::newRow(name) << QByteArray(events) << QByteArray(result);
    };
    row("nothing", "", "");
    row("opened", "o", "opened");
    row("opened and revoked", "or", "opened as revoked");
    row("opened and closed", "oc", "");
    row("opened, revoked and closed", "orc", "");
    row("revoked later", "otr", "revoked");
    row("closed later", "otc", "closed");
    row("revoked and closed later", "otrc", "closed");
    row("taken twice", "ott", "");
}

void tst_ConnectionChanges::coalesces()
{
    QFETCH(const QByteArray, events);
    QFETCH(const QByteArray, result);

    ConnectionChanges changes([] {});
    const ConnectionChanges::Session one = session(1);
    for (const char event : events) {
        if (event == 'o')
            changes.open(one, false);
        else if (event == 'r')
            changes.revoke(one);
        else if (event == 'c')
            changes.close(one);
        else
            (void)changes.take();
    }
    const ConnectionChanges::Batch batch = changes.take();
    QCOMPARE(batch.opened.size(), size_t(result.startsWith("opened") ? 1 : 0));
    if (!batch.opened.empty()) {
        QCOMPARE(batch.opened.front().session, one);
        QCOMPARE(batch.opened.front().isRevoked, result == "opened as revoked");
    }
    QCOMPARE(batch.revoked.contains(one.get()), result == "revoked");
    QCOMPARE(batch.closed.contains(one.get()), result == "closed");
    QVERIFY(!batch.isLast);
}

void tst_ConnectionChanges::ordersOpenedSessions()
{
    ConnectionChanges changes([] {});
    for (const quint64 number : {7U, 3U, 9U, 1U, 5U})
        changes.open(session(number), false);
    const ConnectionChanges::Batch batch = changes.take();
    QList<quint64> numbers;
    for (const ConnectionChanges::Opened &each : batch.opened)
        numbers += each.session->number;
    QCOMPARE(numbers, (QList<quint64>{1, 3, 5, 7, 9}));
}

void tst_ConnectionChanges::wakesOncePerBatch()
{
    int wakes = 0;
    ConnectionChanges changes([&wakes] { ++wakes; });
    const ConnectionChanges::Session one = session(1);
    changes.open(one, false);
    changes.revoke(one);
    changes.open(session(2), false);
    QCOMPARE(wakes, 1);
    (void)changes.take();
    QCOMPARE(wakes, 1);
    changes.close(one);
    QCOMPARE(wakes, 2);
    (void)changes.take();
    changes.finish();
    QCOMPARE(wakes, 3);
    QVERIFY(changes.take().isLast);
}

// The model's thread may be busy for long.
void tst_ConnectionChanges::keepsNothingOfConnectionsInBetween()
{
    ConnectionChanges changes([] {});
    std::weak_ptr<const SessionRecord> last;
    for (quint64 number = 1; number <= 1000; ++number) {
        const ConnectionChanges::Session each = session(number);
        changes.open(each, false);
        changes.revoke(each);
        changes.close(each);
        last = each;
    }
    QVERIFY(last.expired());
    const ConnectionChanges::Batch batch = changes.take();
    QVERIFY(batch.opened.empty());
    QVERIFY(batch.revoked.isEmpty());
    QVERIFY(batch.closed.isEmpty());
}

void tst_ConnectionChanges::feedsEachModel()
{
    ConnectionFeed feed;
    QVERIFY(feed.isEmpty());
    const auto first = std::make_shared<ConnectionChanges>([] {});
    const auto second = std::make_shared<ConnectionChanges>([] {});
    feed.add(first);
    feed.add(second);
    QVERIFY(!feed.isEmpty());
    const ConnectionChanges::Session one = session(1);
    feed.open(one, true);
    for (const auto &model : {first, second}) {
        const ConnectionChanges::Batch batch = model->take();
        QCOMPARE(batch.opened.size(), size_t(1));
        QVERIFY(batch.opened.front().isRevoked);
    }
    feed.revoke(one);
    feed.close(one);
    feed.finish();
    QVERIFY(feed.isEmpty());
    for (const auto &model : {first, second}) {
        const ConnectionChanges::Batch batch = model->take();
        QVERIFY(batch.closed.contains(one.get()));
        QVERIFY(batch.isLast);
    }
}

void tst_ConnectionChanges::dropsModelsThatAreGone()
{
    ConnectionFeed feed;
    auto model = std::make_shared<ConnectionChanges>([] {});
    feed.add(model);
    model.reset();
    feed.open(session(1), false);
    QVERIFY(feed.isEmpty());
}

QTEST_GUILESS_MAIN(tst_ConnectionChanges)
#include "tst_connectionchanges.moc"
