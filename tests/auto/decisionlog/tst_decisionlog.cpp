// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "logcollector.h"

#include "protocol/qzaprequest_p.h"
#include "reporting/decisionlog.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_DecisionLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void writesOneSafeLine_data();
    void writesOneSafeLine();
    void namesTheNearestDomain_data();
    void namesTheNearestDomain();
    void writesMessages();
};

void tst_DecisionLog::writesOneSafeLine_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("written");

    QTest::newRow("letters") << QByteArray("gr\u00fcn") << u"gr\u00fcn"_s;
    QTest::newRow("line feed") << QByteArray("a\nqzap: Accepted") << uR"(a\u000aqzap: Accepted)"_s;
    QTest::newRow("escape") << QByteArray("\x1b[2J") << uR"(\u001b[2J)"_s;
    QTest::newRow("line separator") << QByteArray("a\u2028b") << uR"(a\u2028b)"_s;
    QTest::newRow("paragraph separator") << QByteArray("a\u2029b") << uR"(a\u2029b)"_s;
    QTest::newRow("right-to-left override") << QByteArray("a\u202eb") << uR"(a\u202eb)"_s;
}

// The reason may be chosen by a provider; the user, address and domain are chosen by the peer.
void tst_DecisionLog::writesOneSafeLine()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, written);
    Request request;
    request.mechanism = QZap::Mechanism::Plain;
    request.domain = text;
    request.address = text;
    Report report;
    report.request = QZapRequestPrivate::create(request, 0);
    report.userId = QString::fromUtf8(text);
    report.reason = text;
    report.logged = true;
    report.newFallback = true;

    LogCollector log;
    DecisionLog(this).write(report);
    const QString name = u'"' + written + u'"';
    QCOMPARE(
        log.lines(),
        (QStringList{
            u"qzap: Domain %1 has no configuration of its own: \"*\" applies to it"_s.arg(name),
            u"qzap: Refused PLAIN peer %1 from %1 in domain %1: "_s.arg(name) + written}));
}

void tst_DecisionLog::namesTheNearestDomain_data()
{
    QTest::addColumn<QString>("nearest");
    QTest::addColumn<QString>("others");
    QTest::newRow("another one") << u"a\n"_s
                                 << uR"(the nearest name that is configured is "a\u000a")"_s;
    QTest::newRow("none") << QString() << u"no domain is configured"_s;
}

void tst_DecisionLog::namesTheNearestDomain()
{
    QFETCH(const QString, nearest);
    QFETCH(const QString, others);
    Request request;
    request.domain = "b";
    Report report;
    report.request = QZapRequestPrivate::create(request, 0);
    report.newUnknownDomain = true;
    LogCollector log;
    DecisionLog decisions(this);
    decisions.setNearestDomain(
        [&nearest](const QString &name) { return name == u"b"_s ? nearest : u"wrong"_s; });
    decisions.write(report);
    QCOMPARE(log.lines(), QStringList{uR"(qzap: Domain "b" is not configured; )"_s + others});
}

void tst_DecisionLog::writesMessages()
{
    LogCollector log;
    DecisionLog(this).write(u"Domain \"a\": b\n\x1b\u2028"_s);
    QCOMPARE(log.lines(), QStringList{uR"(qzap: Domain "a": b\u000a\u001b\u2028)"_s});
}

QTEST_GUILESS_MAIN(tst_DecisionLog)
#include "tst_decisionlog.moc"
