// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/decisionsignals.h"

#include "logcollector.h"

#include "reporting/report.h"
#include "reporting/reporter.h"

#include <QZap/qzapauthenticator.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Count = qint64 Counts::*;
Q_DECLARE_METATYPE(Count)

class tst_DecisionSignals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void emitsOnlyConnectedSignals_data();
    void emitsOnlyConnectedSignals();
    void emitsChangedCounts_data();
    void emitsChangedCounts();
    void logsUnreportedDecisions();
    void isDeletedInASlot_data();
    void isDeletedInASlot();

private:
    struct EmptySink final : ReportDelivery::Sink
    {
        void reportDecision(const Report &) override { }
        void reportCounts(const Counts &, const Counts &) override { }
    };

    void recordCountSignals(QByteArrayList *emitted);

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<Listeners> m_listeners;
    std::unique_ptr<EmptySink> m_sink;
    std::unique_ptr<ReportDelivery> m_delivery;
    std::unique_ptr<DecisionSignals> m_signals;
};

void tst_DecisionSignals::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_authenticator = std::make_unique<QZapAuthenticator>();
    m_listeners = std::make_unique<Listeners>();
    m_signals.reset();
    m_delivery.reset();
    m_sink = std::make_unique<EmptySink>();
    m_delivery = std::make_unique<ReportDelivery>(m_authenticator.get(), *m_sink);
    m_signals = std::make_unique<DecisionSignals>(m_authenticator.get(), *m_listeners, *m_delivery);
}

void tst_DecisionSignals::emitsOnlyConnectedSignals_data()
{
    QTest::addColumn<int>("listeners");
    QTest::addColumn<QZap::Status>("status");
    QTest::addColumn<QList<int>>("emitted"); // decided, authenticated, rejected
    const int all = Listeners::All | Listeners::Accepted | Listeners::Refused;
    const auto success = QZap::Status::Success;
    const auto failure = QZap::Status::AuthenticationFailure;
    const auto later = QZap::Status::TemporaryError;
    QTest::newRow("accepted, all") << all << success << QList<int>{1, 1, 0};
    QTest::newRow("refused, all") << all << failure << QList<int>{1, 0, 1};
    QTest::newRow("temporary, all") << all << later << QList<int>{1, 0, 1};
    QTest::newRow("accepted, nobody") << 0 << success << QList<int>{0, 0, 0};
    QTest::newRow("accepted, decided") << int(Listeners::All) << success << QList<int>{1, 0, 0};
    QTest::newRow("accepted, rejected")
        << int(Listeners::Refused) << success << QList<int>{0, 0, 0};
    QTest::newRow("refused, authenticated")
        << int(Listeners::Accepted) << failure << QList<int>{0, 0, 0};
}

void tst_DecisionSignals::emitsOnlyConnectedSignals()
{
    QFETCH(const int, listeners);
    QFETCH(const QZap::Status, status);
    QFETCH(const QList<int>, emitted);
    const QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    const QSignalSpy authenticated(m_authenticator.get(), &QZapAuthenticator::authenticated);
    const QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    m_listeners->add(static_cast<quint8>(listeners));
    Report report;
    report.status = status;
    report.reason = "no";
    report.userId = u"bob"_s;
    m_signals->reportDecision(report);
    QCOMPARE(QList<int>({int(decided.size()), int(authenticated.size()), int(rejected.size())}),
             emitted);
    if (authenticated.size() == 1)
        QCOMPARE(authenticated.first().first().toString(), u"bob"_s);
    if (rejected.size() == 1) {
        QCOMPARE(rejected.first().value(0).toString(), u"bob"_s);
        QCOMPARE(rejected.first().value(1).toString(), u"no"_s);
    }
}

void tst_DecisionSignals::emitsChangedCounts_data()
{
    QTest::addColumn<Count>("count");
    QTest::addColumn<QByteArray>("signal");
    QTest::newRow("accepted") << Count(&Counts::accepted) << QByteArray("acceptedCountChanged");
    QTest::newRow("rejected") << Count(&Counts::rejected) << QByteArray("rejectedCountChanged");
    QTest::newRow("temporary") << Count(&Counts::temporary) << QByteArray("temporaryCountChanged");
    QTest::newRow("dropped") << Count(&Counts::dropped) << QByteArray("droppedCountChanged");
    QTest::newRow("pending") << Count(&Counts::pending) << QByteArray("pendingCountChanged");
    QTest::newRow("unlogged") << Count(&Counts::unlogged) << QByteArray();
}

void tst_DecisionSignals::emitsChangedCounts()
{
    QFETCH(const Count, count);
    QFETCH(const QByteArray, signal);
    QByteArrayList emitted;
    recordCountSignals(&emitted);
    Counts before;
    before.*count = 3;
    Counts now = before;
    m_signals->reportCounts(before, now);
    QCOMPARE(emitted, QByteArrayList());
    now.*count = 4;
    m_signals->reportCounts(before, now);
    QCOMPARE(emitted, signal.isEmpty() ? QByteArrayList() : QByteArrayList{signal});
}

void tst_DecisionSignals::logsUnreportedDecisions()
{
    QByteArrayList emitted;
    recordCountSignals(&emitted);
    Counts before;
    before.unreported = 2;
    Counts now;
    now.unreported = 5;
    const LogCollector log;
    m_signals->reportCounts(before, now);
    QCOMPARE(log.lines(),
             QStringList{u"qzap: 3 decisions were not reported: slots are too slow"_s});
    QCOMPARE(emitted, QByteArrayList{"unreportedCountChanged"});
}

void tst_DecisionSignals::isDeletedInASlot_data()
{
    QTest::addColumn<bool>("isDecision");
    QTest::newRow("of a decision") << true;
    QTest::newRow("of a counter") << false;
}

void tst_DecisionSignals::isDeletedInASlot()
{
    QFETCH(const bool, isDecision);
    int emitted = 0;
    const auto deleteIt = [&] {
        ++emitted;
        m_authenticator.reset();
    };
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this, deleteIt);
    connect(m_authenticator.get(), &QZapAuthenticator::acceptedCountChanged, this, deleteIt);
    connect(m_authenticator.get(), &QZapAuthenticator::rejected, this, [&] { ++emitted; });
    connect(m_authenticator.get(), &QZapAuthenticator::rejectedCountChanged, this,
            [&] { ++emitted; });
    m_listeners->add(Listeners::All | Listeners::Refused);
    if (isDecision)
        m_signals->reportDecision({});
    else
        m_signals->reportCounts({}, {1, 1});
    QVERIFY(!m_authenticator);
    QCOMPARE(emitted, 1);
}

void tst_DecisionSignals::recordCountSignals(QByteArrayList *emitted)
{
    const auto record = [&](auto signal) {
        connect(m_authenticator.get(), signal, this,
                [emitted, signal] { emitted->append(QMetaMethod::fromSignal(signal).name()); });
    };
    record(&QZapAuthenticator::acceptedCountChanged);
    record(&QZapAuthenticator::rejectedCountChanged);
    record(&QZapAuthenticator::temporaryCountChanged);
    record(&QZapAuthenticator::droppedCountChanged);
    record(&QZapAuthenticator::unreportedCountChanged);
    record(&QZapAuthenticator::pendingCountChanged);
}

QTEST_GUILESS_MAIN(tst_DecisionSignals)
#include "tst_decisionsignals.moc"
