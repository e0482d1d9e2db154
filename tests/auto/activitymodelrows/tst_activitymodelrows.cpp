// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "activitymodeltest.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

using Change = std::function<void(QZapActivityModel &)>;

Q_DECLARE_METATYPE(Change)

// Tests which rows the model has, and that they are inserted in one batch per frame.
class tst_ActivityModelRows : public ActivityModelTest
{
    Q_OBJECT

private Q_SLOTS:
    void newestIsRowZero();
    void insertsABatchAtOnce();
    void showsSingleDecisions();
    void showsAFloodOncePerFrame();

    void newRowsReplaceTheOldest();
    void showsTheNewestOfALargeBatch();
    void maximumRowsKeepsTheNewest_data();
    void maximumRowsKeepsTheNewest();
    void refusesANegativeMaximum();
    void lowerMaximumAppliesToAWaitingBatch();
    void showsNothingWithoutRows();
    void clearRemovesWaitingRows();

    void mayBeChangedInItsSlot_data();
    void mayBeChangedInItsSlot();
    void mayBeDeletedInItsSlot();
};

void tst_ActivityModelRows::newestIsRowZero()
{
    ask(1, 3);
    QTRY_COMPARE(users(), numbers(3, 1));
    ask(4, 5);
    QTRY_COMPARE(users(), numbers(5, 1));
}

void tst_ActivityModelRows::insertsABatchAtOnce()
{
    ask(1, 1);
    QTRY_COMPARE(m_model->rowCount(), 1);
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    QSignalSpy removed(m_model.get(), &Model::rowsRemoved);
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this,
            [this] { QCOMPARE(m_model->rowCount(), 1); }); // until the next frame
    ask(2, 200);                                           // reported in one turn
    QTRY_COMPARE(m_model->rowCount(), 200);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(1).toInt(), 0);
    QCOMPARE(inserted.first().at(2).toInt(), 198);
    QCOMPARE(removed.size(), 0);
}

void tst_ActivityModelRows::showsSingleDecisions()
{
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    for (int i = 1; i <= 3; ++i) {
        ask(i, i);
        QTRY_COMPARE(inserted.size(), i);
        QCOMPARE(users(), numbers(i, 1));
    }
}

// Far more decisions than a view can show: frames continue, and finally the newest is shown.
void tst_ActivityModelRows::showsAFloodOncePerFrame()
{
    m_tester.reset(); // too slow: checks each row of each batch
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    QElapsedTimer clock;
    clock.start();
    constexpr int Count = 20'000;
    for (int first = 1; first < Count; first += 200) {
        ask(first, first + 199);
        QCoreApplication::processEvents(); // reports up to 256 decisions
    }
    QTRY_COMPARE_WITH_TIMEOUT(users(), numbers(Count, Count - 999), 20'000);
    QVERIFY(inserted.size() > 1);
    constexpr qint64 Frame = 16 - 1; // ms; timers of Qt may be a millisecond early
    const qint64 frames = clock.elapsed() / Frame + 1;
    QVERIFY2(inserted.size() <= frames, QByteArray::number(inserted.size()).constData());
}

void tst_ActivityModelRows::newRowsReplaceTheOldest()
{
    m_model->setMaximumRows(10);
    ask(1, 8);
    QTRY_COMPARE(users(), numbers(8, 1));
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    QSignalSpy removed(m_model.get(), &Model::rowsRemoved);
    ask(9, 14);
    QTRY_COMPARE(users(), numbers(14, 5));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(removed.first().at(1).toInt(), 4);
    QCOMPARE(removed.first().at(2).toInt(), 7);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(2).toInt(), 5);
}

void tst_ActivityModelRows::showsTheNewestOfALargeBatch()
{
    m_model->setMaximumRows(10);
    ask(1, 3);
    QTRY_COMPARE(users(), numbers(3, 1));
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    ask(4, 200);
    QTRY_COMPARE(decided.size(), 197);
    QTRY_COMPARE(users(), numbers(200, 191));
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(2).toInt(), 9); // the others were never shown
}

void tst_ActivityModelRows::maximumRowsKeepsTheNewest_data()
{
    QTest::addColumn<int>("maximum");
    QTest::addColumn<int>("left");

    QTest::newRow("lowered: the newest stay") << 4 << 4;
    QTest::newRow("lowered, and still enough") << 10 << 10;
    QTest::newRow("raised") << 2000 << 10;
    QTest::newRow("as high as can be") << std::numeric_limits<int>::max() << 10;
    QTest::newRow("zero: none stays") << 0 << 0;
}

void tst_ActivityModelRows::maximumRowsKeepsTheNewest()
{
    QFETCH(const int, maximum);
    QFETCH(const int, left);
    ask(1, 10);
    QTRY_COMPARE(m_model->rowCount(), 10);
    QSignalSpy changed(m_model.get(), &Model::maximumRowsChanged);
    m_model->setMaximumRows(maximum);
    m_model->setMaximumRows(maximum);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_model->maximumRows(), maximum);
    QCOMPARE(users(), numbers(10, 11 - left));
    ask(11, 12);
    waitForDecisions(12);
    const int expected = std::min(maximum, left + 2);
    QTRY_COMPARE(users(), numbers(12, 13 - expected));
}

void tst_ActivityModelRows::refusesANegativeMaximum()
{
    QTest::ignoreMessage(QtWarningMsg,
                         "QZapActivityModel::setMaximumRows: -1 is not a valid number of rows");
    m_model->setMaximumRows(-1);
    QCOMPARE(m_model->maximumRows(), 1000);
}

void tst_ActivityModelRows::lowerMaximumAppliesToAWaitingBatch()
{
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    ask(1, 20);
    QTRY_COMPARE(decided.size(), 20);
    m_model->setMaximumRows(5);
    QCOMPARE(users(), numbers(20, 16));
}

void tst_ActivityModelRows::showsNothingWithoutRows()
{
    m_model->setMaximumRows(0);
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    Model other; // connected later, so its frame does not end earlier
    other.setAuthenticator(m_authenticator.get());
    ask(1, 10);
    QTRY_COMPARE(usersOf(other), numbers(10, 1));
    QCOMPARE(inserted.size(), 0);
    m_model->setMaximumRows(10);
    ask(11, 11);
    QTRY_COMPARE(users(), numbers(11, 11));
}

void tst_ActivityModelRows::clearRemovesWaitingRows()
{
    ask(1, 10);
    QTRY_COMPARE(m_model->rowCount(), 10);
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    ask(11, 20);
    QTRY_COMPARE(decided.size(), 10);
    m_model->clear(); // including rows that are not shown yet
    QCOMPARE(m_model->rowCount(), 0);
    ask(21, 21);
    QTRY_COMPARE(users(), numbers(21, 21));
}

void tst_ActivityModelRows::mayBeChangedInItsSlot_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QList<int>>("expected");

    const auto row = [](const char *name, const Change &change, const QList<int> &expected) {
        QTest::newRow(name) << change << expected;
    };
    row("clears it", [](Model &model) { model.clear(); }, {});
    row("lowers its maximum", [](Model &model) { model.setMaximumRows(2); }, {8, 7});
    row("keeps none", [](Model &model) { model.setMaximumRows(0); }, {});
    row("raises its maximum", [](Model &model) { model.setMaximumRows(100); }, {8, 7, 6, 5});
    row("leaves the authenticator", [](Model &model) { model.setAuthenticator(nullptr); },
        {8, 7, 6, 5});
}

// The slot runs while the oldest rows are removed, before a batch is shown.
void tst_ActivityModelRows::mayBeChangedInItsSlot()
{
    QFETCH(const Change, change);
    m_model->setMaximumRows(4);
    ask(1, 4);
    QTRY_COMPARE(users(), numbers(4, 1));
    bool once = false;
    connect(m_model.get(), &Model::rowsRemoved, this, [&] {
        if (!std::exchange(once, true))
            change(*m_model);
    });
    ask(5, 8);
    QTRY_VERIFY(once);
    QTEST(users(), "expected");
}

void tst_ActivityModelRows::mayBeDeletedInItsSlot()
{
    m_model->setMaximumRows(4);
    ask(1, 4);
    QTRY_COMPARE(m_model->rowCount(), 4);
    m_tester.reset();
    connect(m_model.get(), &Model::rowsRemoved, this, [this] { m_model.reset(); });
    ask(5, 8);
    QTRY_VERIFY(!m_model);
    ask(9, 9);
    waitForDecisions(9);
}

QTEST_GUILESS_MAIN(tst_ActivityModelRows)
#include "tst_activitymodelrows.moc"
