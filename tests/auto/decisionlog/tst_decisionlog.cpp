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
    void comparesWithOtherDomains();
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

void tst_DecisionLog::comparesWithOtherDomains()
{
    Request request;
    request.domain = "b";
    Report report;
    report.request = QZapRequestPrivate::create(request, 0);
    report.newUnknownDomain = true;
    LogCollector log;
    DecisionLog decisions(this);
    decisions.setOtherDomains(
        [](const QString &name) { return u", unlike the others of "_s + name; });
    decisions.write(report);
    QCOMPARE(log.lines(),
             QStringList{uR"(qzap: Domain "b" is not configured, unlike the others of b)"_s});
}

void tst_DecisionLog::writesMessages()
{
    LogCollector log;
    DecisionLog(this).write(u"Domain \"a\": b\n\x1b\u2028"_s);
    QCOMPARE(log.lines(), QStringList{uR"(qzap: Domain "a": b\u000a\u001b\u2028)"_s});
}

QTEST_GUILESS_MAIN(tst_DecisionLog)
#include "tst_decisionlog.moc"
