// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/qzapguard_p.h"

#include <QZap/qzapconnectionmodel.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qstringlistmodel.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <random>

using namespace QZap::Internal;
using Session = ConnectionChanges::Session;

// Tests how a model follows thousands of connections, which the feed of a guard reports as it would
// those of a socket.
class tst_ConnectionModelUpdates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void insertsInBatches();
    void removesAdjacentRowsAtOnce();
    void marksAdjacentRowsAtOnce();
    void followsAStormOfReconnections();
    void yieldsToTheEventLoop();
    void showsNothingOfConnectionsInBetween();
    void followsRandomChanges();
    void losesItsGuardInAStorm();

private:
    ConnectionFeed &feed() { return QZapGuardPrivate::get(m_guard.get())->feed; }
    // Opens connections with the next numbers.
    void open(int count);
    QList<quint64> numbers() const;
    QList<quint64> expected() const;

    std::unique_ptr<QZapGuard> m_guard;
    std::unique_ptr<QZapConnectionModel> m_model;
    std::vector<Session> m_connected;
    quint64 m_last = 0;
};

void tst_ConnectionModelUpdates::initTestCase()
{
    // The model tester of Qt 6.8 looks up types of Qt GUI once, which prints a warning in a program
    // without Qt GUI.
    QStringListModel model(QStringList(QStringLiteral("row")));
    const QAbstractItemModelTester tester(&model);
}

void tst_ConnectionModelUpdates::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_connected.clear();
    m_last = 0;
    m_guard = std::make_unique<QZapGuard>();
    m_model = std::make_unique<QZapConnectionModel>();
    m_model->setGuard(m_guard.get());
}

void tst_ConnectionModelUpdates::cleanup()
{
    m_model.reset();
    m_guard.reset();
}

void tst_ConnectionModelUpdates::open(int count)
{
    for (int i = 0; i < count; ++i) {
        auto record = std::make_shared<SessionRecord>();
        record->number = ++m_last;
        record->userId = QByteArray::number(m_last);
        m_connected.push_back(record);
        feed().open(record, false);
    }
}

QList<quint64> tst_ConnectionModelUpdates::numbers() const
{
    QList<quint64> result;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        result += m_model->index(row, 0)
                      .data(QZapConnectionModel::SessionRole)
                      .value<QZapSession>()
                      .number();
    }
    return result;
}

QList<quint64> tst_ConnectionModelUpdates::expected() const
{
    QList<quint64> result;
    for (const Session &session : m_connected)
        result += session->number;
    std::sort(result.begin(), result.end());
    return result;
}

void tst_ConnectionModelUpdates::insertsInBatches()
{
    QSignalSpy inserted(m_model.get(), &QZapConnectionModel::rowsInserted);
    open(300);
    QCOMPARE(m_model->rowCount(), 0); // until the next frame
    QTRY_COMPARE(m_model->rowCount(), 300);
    QCOMPARE(inserted.size(), 2);
    QCOMPARE(inserted.at(0).at(2).toInt(), 255);
    QCOMPARE(numbers(), expected());
}

void tst_ConnectionModelUpdates::removesAdjacentRowsAtOnce()
{
    open(100);
    QTRY_COMPARE(m_model->rowCount(), 100);
    QSignalSpy removed(m_model.get(), &QZapConnectionModel::rowsRemoved);
    for (int row = 59; row >= 40; --row) {
        feed().close(m_connected.at(static_cast<size_t>(row)));
        m_connected.erase(m_connected.begin() + row);
    }
    feed().close(m_connected.front());
    m_connected.erase(m_connected.begin());
    QTRY_COMPARE(m_model->rowCount(), 79);
    QCOMPARE(removed.size(), 2);
    QCOMPARE(removed.at(0).at(1).toInt(), 40);
    QCOMPARE(removed.at(0).at(2).toInt(), 59);
    QCOMPARE(removed.at(1).at(1).toInt(), 0);
    QCOMPARE(removed.at(1).at(2).toInt(), 0);
    QCOMPARE(numbers(), expected());
}

void tst_ConnectionModelUpdates::marksAdjacentRowsAtOnce()
{
    open(10);
    QTRY_COMPARE(m_model->rowCount(), 10);
    QSignalSpy changed(m_model.get(), &QZapConnectionModel::dataChanged);
    for (const int row : {2, 3, 4, 7})
        feed().revoke(m_connected.at(static_cast<size_t>(row)));
    QTRY_COMPARE(changed.size(), 2);
    QCOMPARE(changed.at(0).at(0).value<QModelIndex>().row(), 7);
    QCOMPARE(changed.at(1).at(0).value<QModelIndex>().row(), 2);
    QCOMPARE(changed.at(1).at(1).value<QModelIndex>().row(), 4);
}

// All peers connect again, in another order, several times.
void tst_ConnectionModelUpdates::followsAStormOfReconnections()
{
    constexpr int Count = 10'000;
    QSignalSpy reset(m_model.get(), &QZapConnectionModel::modelReset);
    std::mt19937 random(1);
    open(Count);
    QTRY_COMPARE(m_model->rowCount(), Count);
    for (int round = 0; round < 3; ++round) {
        std::shuffle(m_connected.begin(), m_connected.end(), random);
        const std::vector<Session> before = std::exchange(m_connected, {});
        for (const Session &session : before) {
            feed().close(session);
            open(1);
            if (session->number % 1000 == 0)
                QCoreApplication::processEvents();
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(numbers(), expected(), 60'000);
    QCOMPARE(reset.size(), 0);
}

// The views of the model take their time for each change.
void tst_ConnectionModelUpdates::yieldsToTheEventLoop()
{
    open(200);
    QTRY_COMPARE(m_model->rowCount(), 200);
    int changes = 0; // in this turn of the event loop
    int most = 0;
    connect(m_model.get(), &QZapConnectionModel::rowsRemoved, this, [&changes] {
        ++changes;
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < 3)
            continue;
    });
    for (int row = 198; row >= 0; row -= 2) // no two are adjacent
        feed().close(m_connected.at(static_cast<size_t>(row)));
    while (m_model->rowCount() > 100) {
        changes = 0;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        most = std::max(most, changes);
    }
    QVERIFY2(most <= 2, qPrintable(QString::number(most)));
}

void tst_ConnectionModelUpdates::showsNothingOfConnectionsInBetween()
{
    QSignalSpy inserted(m_model.get(), &QZapConnectionModel::rowsInserted);
    open(1000);
    for (const Session &session : std::exchange(m_connected, {}))
        feed().close(session);
    open(1);
    QTRY_COMPARE(m_model->rowCount(), 1);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(numbers(), expected());
}

// Qt's tester checks each change.
void tst_ConnectionModelUpdates::followsRandomChanges()
{
    const QAbstractItemModelTester tester(m_model.get(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::mt19937 random(2);
    QSet<quint64> revoked;
    for (int i = 0; i < 2000; ++i) {
        const auto choice = random() % 10;
        if (choice < 5 || m_connected.empty()) {
            open(1);
        } else if (choice < 8) {
            const auto session = m_connected.begin() + int(random() % m_connected.size());
            feed().close(*session);
            m_connected.erase(session);
        } else {
            const Session &session = m_connected.at(random() % m_connected.size());
            feed().revoke(session);
            revoked.insert(session->number);
        }
        if (random() % 50 == 0)
            QTRY_COMPARE(m_model->rowCount(), static_cast<int>(m_connected.size()));
    }
    QTRY_COMPARE(m_model->rowCount(), static_cast<int>(m_connected.size()));
    QTRY_COMPARE(numbers(), expected());
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex index = m_model->index(row, 0);
        const bool isRevoked = revoked.contains(
            index.data(QZapConnectionModel::SessionRole).value<QZapSession>().number());
        QTRY_COMPARE(index.data(QZapConnectionModel::RevokedRole), QVariant(isRevoked));
    }
}

void tst_ConnectionModelUpdates::losesItsGuardInAStorm()
{
    open(2000);
    QTRY_VERIFY(m_model->rowCount() > 0);
    for (size_t i = 0; i < m_connected.size(); i += 2)
        feed().close(m_connected.at(i));
    m_guard.reset();
    QTRY_COMPARE(m_model->rowCount(), 0);
    QCOMPARE(m_model->guard(), nullptr);
}

QTEST_GUILESS_MAIN(tst_ConnectionModelUpdates)
#include "tst_connectionmodelupdates.moc"
