// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditlines.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_AuditLines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void containsTheFieldsInOrder();
    void omitsEmptyFields();
    void namesVerdicts_data();
    void namesVerdicts();
    void escapesTexts_data();
    void escapesTexts();
    void reportsRepeatedDecisions();
    void namesRepeatedlyAcceptedPeers();
    void reportsLosses();
    void findsTimes_data();
    void findsTimes();
    void recognizesItsLines_data();
    void recognizesItsLines();
};

namespace {

constexpr qint64 Time = 1'795'975'602'042; // 2026-11-29T18:06:42.042Z

QByteArray lineOf(const DecisionRecord &record)
{
    AuditLines lines;
    lines.append(record);
    return lines.take();
}

} // namespace

void tst_AuditLines::containsTheFieldsInOrder()
{
    DecisionRecord record;
    record.time = Time;
    record.duration = 1'234'999;
    record.session = 42;
    record.outcome = Outcome::Unenforced;
    record.cause = Cause::UnknownKey;
    record.mechanism = QZap::Mechanism::Curve;
    record.reason = "The key is unknown in the domain";
    record.domain = "test";
    record.address = "127.0.0.1";
    record.user = "alice";
    const QByteArray key(32, '\0');
    record.key = key;
    QCOMPARE(
        lineOf(record),
        QByteArray("{\"time\":\"2026-11-29T18:06:42.042Z\",\"verdict\":\"refused\",\"status\":400,"
                   "\"reason\":\"The key is unknown in the domain\",\"enforced\":false,"
                   "\"domain\":\"test\",\"mechanism\":\"CURVE\",\"address\":\"127.0.0.1\","
                   "\"user\":\"alice\",\"key\":\"9ab7a73a97a1a303\",\"session\":42,"
                   "\"durationUs\":1234}\n"));
}

void tst_AuditLines::omitsEmptyFields()
{
    DecisionRecord record;
    record.time = 0;
    record.outcome = Outcome::Dropped;
    record.cause = Cause::Unanswerable;
    QCOMPARE(lineOf(record),
             QByteArray("{\"time\":\"1970-01-01T00:00:00.000Z\",\"verdict\":\"dropped\","
                        "\"reason\":\"The request has no return path or id\",\"durationUs\":0}\n"));
}

void tst_AuditLines::namesVerdicts_data()
{
    QTest::addColumn<int>("outcome");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("accepted") << static_cast<int>(Outcome::Accepted) << "accepted";
    QTest::newRow("refused") << static_cast<int>(Outcome::Refused) << "refused";
    QTest::newRow("refused, let in") << static_cast<int>(Outcome::Unenforced) << "refused";
    QTest::newRow("later") << static_cast<int>(Outcome::Later) << "later";
    QTest::newRow("dropped") << static_cast<int>(Outcome::Dropped) << "dropped";
}

void tst_AuditLines::namesVerdicts()
{
    QFETCH(const int, outcome);
    QFETCH(const QString, verdict);
    DecisionRecord record;
    record.outcome = static_cast<Outcome>(outcome);
    const QJsonObject object = QJsonDocument::fromJson(lineOf(record)).object();
    QCOMPARE(object[QLatin1StringView("verdict")].toString(), verdict);
    QCOMPARE(object.contains(QLatin1StringView("enforced")), record.outcome == Outcome::Unenforced);
    QCOMPARE(object.contains(QLatin1StringView("status")), record.outcome != Outcome::Dropped);
}

void tst_AuditLines::escapesTexts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("escaped");
    QTest::newRow("plain") << QByteArray("it's ~fine") << QByteArray("it's ~fine");
    QTest::newRow("quote") << QByteArray("a\"b") << QByteArray("a\\\"b");
    QTest::newRow("backslash") << QByteArray("a\\b") << QByteArray("a\\\\b");
    QTest::newRow("line break") << QByteArray("a\nb\r") << QByteArray("a\\u000ab\\u000d");
    QTest::newRow("terminal control") << QByteArray("\x1b[2J") << QByteArray("\\u001b[2J");
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << QByteArray("a\\u0000b");
    QTest::newRow("DEL") << QByteArray("\x7f") << QByteArray("\\u007f");
    QTest::newRow("C1 control") << QByteArray("\u009b") << QByteArray("\\u009b");
    QTest::newRow("direction override") << QByteArray("\u202Eevil") << QByteArray("\\u202eevil");
    QTest::newRow("direction isolate") << QByteArray("\u2066x") << QByteArray("\\u2066x");
    QTest::newRow("line separator") << QByteArray("\u2028") << QByteArray("\\u2028");
    QTest::newRow("byte order mark") << QByteArray("\ufeff") << QByteArray("\\ufeff");
    QTest::newRow("letters") << QByteArray("gr\u00fcn") << QByteArray("gr\u00fcn");
    QTest::newRow("beyond the first plane") << QByteArray("\U0001f511") << QByteArray("\U0001f511");
    QTest::newRow("a tag character") << QByteArray("\U000e0041") << QByteArray("\\udb40\\udc41");
    QTest::newRow("not UTF-8") << QByteArray("\xff") << QByteArray("\ufffd");
}

void tst_AuditLines::escapesTexts()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, escaped);
    DecisionRecord record;
    record.user = record.reason = record.domain = record.address = text;
    const QByteArray line = lineOf(record);
    for (const QByteArray name : {"user", "reason", "domain", "address"})
        QVERIFY2(line.contains("\"" + name + "\":\"" + escaped + '"'), line.constData());
    QCOMPARE(line.count('\n'), 1);
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(line, &error).object();
    QCOMPARE(error.error, QJsonParseError::NoError);
    QCOMPARE(object[QLatin1StringView("user")].toString(),
             text == "\ufeff" ? u"\ufeff"_s : QString::fromUtf8(text));
}

void tst_AuditLines::reportsRepeatedDecisions()
{
    RepeatedDecision decision;
    decision.time = Time;
    decision.reason = "The user name or password is wrong";
    decision.domain = "test";
    decision.mechanism = QZap::Mechanism::Plain;
    decision.address = "192.0.2.1";
    decision.count = 5;
    AuditLines lines;
    lines.append(decision);
    QCOMPARE(
        lines.take(),
        QByteArray("{\"time\":\"2026-11-29T18:06:42.042Z\",\"verdict\":\"repeated\",\"status\":400,"
                   "\"reason\":\"The user name or password is wrong\",\"domain\":\"test\","
                   "\"mechanism\":\"PLAIN\",\"address\":\"192.0.2.1\",\"count\":5}\n"));
    QVERIFY(lines.take().isEmpty());
}

void tst_AuditLines::namesRepeatedlyAcceptedPeers()
{
    RepeatedDecision decision;
    decision.time = Time;
    decision.status = QZap::Status::Success;
    decision.outcome = Outcome::Accepted;
    decision.cause = Cause::Accepted;
    decision.mechanism = QZap::Mechanism::Curve;
    decision.user = "alice";
    decision.key = QByteArray(32, '\0');
    decision.count = 5;
    AuditLines lines;
    lines.append(decision);
    QCOMPARE(
        lines.take(),
        QByteArray("{\"time\":\"2026-11-29T18:06:42.042Z\",\"verdict\":\"repeated\",\"status\":200,"
                   "\"mechanism\":\"CURVE\",\"user\":\"alice\",\"key\":\"9ab7a73a97a1a303\","
                   "\"count\":5}\n"));
}

void tst_AuditLines::reportsLosses()
{
    AuditLines lines;
    lines.appendLoss(1000, Time);
    QCOMPARE(lines.take(),
             QByteArray("{\"time\":\"2026-11-29T18:06:42.042Z\",\"verdict\":\"repeated\","
                        "\"reason\":\"Decisions were "
                        "not written: the file could not be written in time\",\"count\":1000}\n"));
}

void tst_AuditLines::findsTimes_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<qint64>("time");
    QTest::newRow("a line") << lineOf([] {
        DecisionRecord record;
        record.time = Time;
        return record;
    }()) << Time;
    QTest::newRow("its start") << QByteArray("{\"time\":\"2026-11-29T18:06:42.042Z\"") << Time;
    QTest::newRow("cut off") << QByteArray("{\"time\":\"2026-11-29T18") << qint64{-1};
    QTest::newRow("no time") << QByteArray("{\"time\":\"noon\"}") << qint64{-1};
    QTest::newRow("something else") << QByteArray("hello") << qint64{-1};
    QTest::newRow("empty") << QByteArray() << qint64{-1};
}

void tst_AuditLines::findsTimes()
{
    QFETCH(const QByteArray, line);
    QFETCH(const qint64, time);
    QCOMPARE(AuditLines::timeOf(line).value_or(-1), time);
}

void tst_AuditLines::recognizesItsLines_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isLine");
    QTest::newRow("a line") << QByteArray("{\"time\":\"2026") << true;
    QTest::newRow("the first byte") << QByteArray("{") << true;
    QTest::newRow("another object") << QByteArray("{\"a\":1}") << false;
    QTest::newRow("text") << QByteArray("text") << false;
}

void tst_AuditLines::recognizesItsLines()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, isLine);
    QCOMPARE(AuditLines::isStartOfLine(text), isLine);
}

QTEST_APPLESS_MAIN(tst_AuditLines)
#include "tst_auditlines.moc"
