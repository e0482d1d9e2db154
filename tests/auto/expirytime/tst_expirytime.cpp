// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/expirytime.h"

#include "credentials/certificates/certificatefile.h"
#include "credentials/keys/keyfields.h"
#include "credentials/keys/keylistfile.h"
#include "protocol/z85.h"

#include <QtCore/qdatetime.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Key("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
const QByteArray OtherKey("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs");
const QByteArray Curve = "curve\n    public-key = \"" + Key + "\"\n";

qint64 timeOf(const QString &text)
{
    return QDateTime::fromString(text, Qt::ISODateWithMs).toMSecsSinceEpoch();
}

} // namespace

// Tests the field not-after in certificates and key lists.
class tst_ExpiryTime : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void valid_data();
    void valid();
    void invalid_data();
    void invalid();
    void text_data();
    void text();
    void spellings_data();
    void spellings();
    void certificate_data();
    void certificate();
    void invalidCertificate_data();
    void invalidCertificate();
    void keyLine_data();
    void keyLine();
    void invalidKeyLine_data();
    void invalidKeyLine();
    void fieldNames();
};

void tst_ExpiryTime::valid_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("time");

    const auto row = [](const char *name, const QByteArray &value, const QString &time) {
        QTest::newRow(name) << value << timeOf(time);
    };
    row("UTC", "2027-01-31T00:00:00Z", u"2027-01-31T00:00:00Z"_s);
    row("no seconds", "2027-01-31T12:34Z", u"2027-01-31T12:34:00Z"_s);
    row("milliseconds", "2027-01-31T12:34:56.789Z", u"2027-01-31T12:34:56.789Z"_s);
    row("microseconds", "2027-01-31T12:34:56.789999Z", u"2027-01-31T12:34:56.789Z"_s);
    row("tenths", "2027-01-31T12:34:56.7Z", u"2027-01-31T12:34:56.700Z"_s);
    row("ahead of UTC", "2027-01-31T00:30:00+02:00", u"2027-01-30T22:30:00Z"_s);
    row("behind UTC", "2027-01-31T23:30:00-03:30", u"2027-02-01T03:00:00Z"_s);
    row("no offset ahead", "2027-01-31T00:00:00+00:00", u"2027-01-31T00:00:00Z"_s);
    row("no offset behind", "2027-01-31T00:00:00-00:00", u"2027-01-31T00:00:00Z"_s);
    row("the last second", "2027-12-31T23:59:59Z", u"2027-12-31T23:59:59Z"_s);
    row("a leap day", "2028-02-29T00:00:00Z", u"2028-02-29T00:00:00Z"_s);
    row("1970", "1970-01-01T00:00:00Z", u"1970-01-01T00:00:00Z"_s);
    row("long ago", "0001-01-01T00:00:00Z", u"0001-01-01T00:00:00Z"_s);
    row("in 100 years", "2126-11-29T00:00:00Z", u"2126-11-29T00:00:00Z"_s);
    row("the last of all", "9999-12-31T23:59:59.999Z", u"9999-12-31T23:59:59.999Z"_s);
}

void tst_ExpiryTime::valid()
{
    QFETCH(const QByteArray, value);
    QFETCH(const qint64, time);

    const Result<qint64> result = expiryTimeOf("not-after", value);
    QVERIFY2(result, qPrintable(result.problem().text()));
    QCOMPARE(*result, time);
}

void tst_ExpiryTime::invalid_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("lacksOffset");

    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("no time") << QByteArray("soon") << false;
    QTest::newRow("no offset") << QByteArray("2027-01-31T00:00:00") << true;
    QTest::newRow("no offset, no seconds") << QByteArray("2027-01-31T00:00") << true;
    QTest::newRow("no offset, a fraction") << QByteArray("2027-01-31T00:00:00.5") << true;
    QTest::newRow("a date") << QByteArray("2027-01-31") << false;
    QTest::newRow("a date with an offset") << QByteArray("2027-01-31Z") << false;
    QTest::newRow("a blank for T") << QByteArray("2027-01-31 00:00:00Z") << false;
    QTest::newRow("a blank before") << QByteArray(" 2027-01-31T00:00:00Z") << false;
    QTest::newRow("a blank after") << QByteArray("2027-01-31T00:00:00Z ") << false;
    QTest::newRow("a blank before Z") << QByteArray("2027-01-31T00:00:00 Z") << false;
    QTest::newRow("lower case t") << QByteArray("2027-01-31t00:00:00Z") << false;
    QTest::newRow("lower case z") << QByteArray("2027-01-31T00:00:00z") << false;
    QTest::newRow("a zone's name") << QByteArray("2027-01-31T00:00:00 CET") << false;
    QTest::newRow("an offset of hours") << QByteArray("2027-01-31T00:00:00+02") << false;
    QTest::newRow("an offset without colon") << QByteArray("2027-01-31T00:00:00+0200") << false;
    QTest::newRow("an offset of 24 hours") << QByteArray("2027-01-31T00:00:00+24:00") << false;
    QTest::newRow("two offsets") << QByteArray("2027-01-31T00:00:00Z+00:00") << false;
    QTest::newRow("more after Z") << QByteArray("2027-01-31T00:00:00Zulu") << false;
    QTest::newRow("no hour") << QByteArray("2027-01-31TZ") << false;
    QTest::newRow("24 o'clock") << QByteArray("2027-01-31T24:00:00Z") << false;
    QTest::newRow("minute 60") << QByteArray("2027-01-31T00:60:00Z") << false;
    QTest::newRow("a leap second") << QByteArray("2027-01-31T23:59:60Z") << false;
    QTest::newRow("an empty fraction") << QByteArray("2027-01-31T00:00:00.Z") << false;
    QTest::newRow("month 13") << QByteArray("2027-13-01T00:00:00Z") << false;
    QTest::newRow("month 0") << QByteArray("2027-00-01T00:00:00Z") << false;
    QTest::newRow("day 0") << QByteArray("2027-01-00T00:00:00Z") << false;
    QTest::newRow("no leap day") << QByteArray("2027-02-29T00:00:00Z") << false;
    QTest::newRow("year 0") << QByteArray("0000-01-01T00:00:00Z") << false;
    QTest::newRow("before the year 1") << QByteArray("0001-01-01T00:00:00+00:01") << false;
    QTest::newRow("after the year 9999") << QByteArray("9999-12-31T23:59:59-00:01") << false;
    QTest::newRow("five digits of a year") << QByteArray("12027-01-31T00:00:00Z") << false;
    QTest::newRow("two digits of a year") << QByteArray("27-01-31T00:00:00Z") << false;
    QTest::newRow("a negative year") << QByteArray("-2027-01-31T00:00:00Z") << false;
    QTest::newRow("one digit of a month") << QByteArray("2027-1-31T00:00:00Z") << false;
    QTest::newRow("seconds since 1970") << QByteArray("1801353600") << false;
    QTest::newRow("NUL after it") << QByteArray("2027-01-31T00:00:00Z\0", 21) << false;
    QTest::newRow("other digits") << QByteArray("٢٠٢٧-01-31T00:00:00Z") << false;
}

void tst_ExpiryTime::invalid()
{
    QFETCH(const QByteArray, value);
    QFETCH(const bool, lacksOffset);

    const Result<qint64> result = expiryTimeOf("not-after", value);
    QVERIFY(!result);
    QCOMPARE(result.problem().text(),
             lacksOffset
                 ? u"not-after has no offset from UTC; write it as 2027-01-31T00:00:00Z, or as "
                   "2027-01-31T02:00:00+02:00"_s
                 : u"not-after is not a valid time; write it as 2027-01-31T00:00:00Z"_s);
}

void tst_ExpiryTime::text_data()
{
    QTest::addColumn<qint64>("time");
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("1970") << qint64{0} << QByteArray("1970-01-01T00:00:00Z");
    QTest::newRow("in 100 years") << timeOf(u"2126-11-29T12:34:56Z"_s)
                                  << QByteArray("2126-11-29T12:34:56Z");
    QTest::newRow("less milliseconds")
        << timeOf(u"2027-01-31T00:00:00.999Z"_s) << QByteArray("2027-01-31T00:00:00Z");
    QTest::newRow("the first") << timeOf(u"0001-01-01T00:00:00Z"_s)
                               << QByteArray("0001-01-01T00:00:00Z");
    QTest::newRow("before the first") << timeOf(u"0001-01-01T00:00:00Z"_s) - 1 << QByteArray();
    QTest::newRow("the last") << timeOf(u"9999-12-31T23:59:59.999Z"_s)
                              << QByteArray("9999-12-31T23:59:59Z");
    QTest::newRow("after the last") << timeOf(u"9999-12-31T23:59:59.999Z"_s) + 1 << QByteArray();
}

void tst_ExpiryTime::text()
{
    QFETCH(const qint64, time);
    QFETCH(const QByteArray, text);

    QCOMPARE(expiryText(time), text);
    if (!text.isEmpty())
        QCOMPARE(*expiryTimeOf("not-after", text), time - (time % 1000 + 1000) % 1000);
}

void tst_ExpiryTime::spellings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("resembles");

    for (const char *text :
         {"not-after", "not-after = x", "not-after=x", "notAfter", "NOT_AFTER", "Not.After",
          "not after = x", "not-after: x", "not-after \"x\"", "not--after", "notafter\t=x"}) {
        QTest::newRow(text) << QByteArray(text) << true;
    }
    for (const char *text : {"", "not", "not-aft", "not-before", "not-afterwards", "not-after2",
                             "after", "x-not-after", "note"}) {
        QTest::newRow(text) << QByteArray(text) << false;
    }
}

void tst_ExpiryTime::spellings()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, resembles);

    QCOMPARE(resemblesNotAfter(text), resembles);
}

void tst_ExpiryTime::certificate_data()
{
    QTest::addColumn<QByteArray>("metadata");
    QTest::addColumn<QString>("time"); // empty for none

    const QString time = u"2027-01-31T00:00:00Z"_s;
    QTest::newRow("none") << QByteArray("    name = \"Alice\"\n") << QString();
    QTest::newRow("quoted") << QByteArray("    not-after = \"2027-01-31T00:00:00Z\"\n") << time;
    QTest::newRow("single quotes")
        << QByteArray("    not-after = '2027-01-31T00:00:00Z' # c\n") << time;
    QTest::newRow("bare") << QByteArray("    not-after=2027-01-31T00:00:00Z # c\n") << time;
    QTest::newRow("CRLF") << QByteArray("    not-after = \"2027-01-31T00:00:00Z\"\r\n") << time;
    QTest::newRow("among others") << QByteArray(
        "    a = \"1\"\n    not-after = \"2027-01-31T00:00:00Z\"\n    b = \"2\"\n")
                                  << time;
    QTest::newRow("in a comment") << QByteArray("    # not-after = \"2027-01-31T00:00:00\"\n")
                                  << QString();
    QTest::newRow("another name") << QByteArray("    not-afterwards = \"x\"\n") << QString();
    QTest::newRow("in a section of another program")
        << QByteArray("tls\n    not-after = \"x\"\n") << QString();
}

void tst_ExpiryTime::certificate()
{
    QFETCH(const QByteArray, metadata);
    QFETCH(const QString, time);

    const CertificateParse parse = parseCertificate("metadata\n" + metadata + Curve);
    QVERIFY2(parse.isOk(), qPrintable(parse.error.text()));
    QCOMPARE(parse.certificate->notAfter.has_value(), !time.isEmpty());
    if (time.isEmpty())
        return;
    QCOMPARE(*parse.certificate->notAfter, timeOf(time));
    const auto isField = [](const CertificateField &field) { return field.name == NotAfterField; };
    const QList<CertificateField> &fields = parse.certificate->metadata;
    QCOMPARE(std::count_if(fields.cbegin(), fields.cend(), isField), 1);
}

void tst_ExpiryTime::invalidCertificate_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("problem"); // its start

    const auto row = [](const char *name, const QByteArray &line, const QString &problem) {
        QTest::newRow(name) << "metadata\n    name = \"Alice\"\n" + line + Curve << 3 << problem;
    };
    const QString invalid = u"not-after is not a valid time; write it as "_s;
    row("no offset", "    not-after = \"2027-01-31T00:00:00\"\n",
        u"not-after has no offset from UTC; write it as "_s);
    row("no time", "    not-after = \"soon\"\n", invalid);
    row("empty", "    not-after = \"\"\n", invalid);
    row("no value", "    not-after\n", invalid);
    row("not text", "    not-after = \"\xff\"\n", invalid);
    row("no closing quote", "    not-after = \"2027-01-31T00:00:00Z\n",
        u"the line of not-after lacks a closing quote"_s);
    row("a colon", "    not-after: \"2027-01-31T00:00:00Z\"\n", u"the line of not-after has "_s);
    row("two blanks", "  not-after = \"2027-01-31T00:00:00Z\"\n",
        u"not-after is indented by something other than 4 spaces"_s);
    row("eight blanks", "        not-after = \"2027-01-31T00:00:00Z\"\n",
        u"not-after is indented by something other than 4 spaces"_s);
    row("a tab", "\tnot-after = \"2027-01-31T00:00:00Z\"\n",
        u"not-after is indented by something other than 4 spaces"_s);
    row("no indentation", "not-after = \"2027-01-31T00:00:00Z\"\n",
        u"not-after is in no section, where it does not count; move it to the section metadata"_s);
    row("another spelling", "    Not_After = \"2027-01-31T00:00:00Z\"\n",
        u"the field with the time from which a key is refused is written not-after"_s);
    row("in two words", "    not after = \"2027-01-31T00:00:00Z\"\n",
        u"the field with the time from which a key is refused is written not-after"_s);
    row("in a misspelt section", "metdata\n    not-after = \"2027-01-31T00:00:00Z\"\n",
        u"not-after is in another section than metadata"_s);
    QTest::newRow("twice") << "metadata\n    not-after = \"2027-01-31T00:00:00Z\"\n"
                              "    not-after = \"2028-01-31T00:00:00Z\"\n"
                                  + Curve
                           << 3 << u"a second not-after, after that of line 2; remove one"_s;
    QTest::newRow("in the section curve")
        << Curve + "    not-after = \"2027-01-31T00:00:00Z\"\n"
        << 3 << u"not-after is in the section curve, where it does not count; move it to "_s;
}

void tst_ExpiryTime::invalidCertificate()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, line);
    QFETCH(const QString, problem);

    const CertificateParse parse = parseCertificate(text);
    QVERIFY(!parse.isOk());
    QVERIFY2(parse.error.what.startsWith(problem), qPrintable(parse.error.text()));
    if (QByteArrayView(QTest::currentDataTag()) != "in a misspelt section")
        QCOMPARE(parse.error.line, line);
}

void tst_ExpiryTime::keyLine_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("time"); // empty for none

    const QString time = u"2027-01-31T00:00:00Z"_s;
    QTest::newRow("none") << QByteArray(" alice site=north") << QString();
    QTest::newRow("with a user id") << QByteArray(" alice not-after=2027-01-31T00:00:00Z") << time;
    QTest::newRow("without one") << QByteArray(" not-after=2027-01-31T00:00:00Z") << time;
    QTest::newRow("a dash") << QByteArray(" - not-after=2027-01-31T00:00:00Z # c") << time;
    QTest::newRow("among others") << QByteArray(" alice a=1 not-after=2027-01-31T02:00+02:00 b=2")
                                  << time;
    QTest::newRow("in a comment") << QByteArray(" alice # not-after=soon") << QString();
}

void tst_ExpiryTime::keyLine()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QString, time);

    KeyFields fields;
    fields.publishedFields = QStringList{u"not-after"_s};
    for (const bool isPublished : {false, true}) {
        const KeyLoad load = parseKeyList(OtherKey + " other\n" + Key + line + '\n', u"keys"_s,
                                          isPublished ? fields : KeyFields());
        QCOMPARE(textsOf(load.errors), QStringList());
        QByteArray key(CurveKeySize, '\0');
        QVERIFY(Z85::decode(Key, key.data()));
        QCOMPARE(load.keys->find(key)->notAfter, time.isEmpty() ? KeyStore::Never : timeOf(time));
        QVERIFY(Z85::decode(OtherKey, key.data()));
        QCOMPARE(load.keys->find(key)->notAfter, KeyStore::Never);
    }
}

void tst_ExpiryTime::invalidKeyLine_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("problem"); // its start

    const QString invalid = u"not-after is not a valid time; write it as "_s;
    QTest::newRow("no offset") << QByteArray(" alice not-after=2027-01-31T00:00:00")
                               << u"not-after has no offset from UTC; write it as "_s;
    QTest::newRow("no time") << QByteArray(" alice not-after=soon") << invalid;
    QTest::newRow("empty") << QByteArray(" alice not-after=") << invalid;
    QTest::newRow("quoted") << QByteArray(" alice not-after=\"2027-01-31T00:00:00Z\"") << invalid;
    QTest::newRow("a date alone") << QByteArray(" alice not-after=2027-01-31") << invalid;
    QTest::newRow("another spelling")
        << QByteArray(" alice notAfter=2027-01-31T00:00:00Z")
        << u"the field with the time from which a key is refused is written not-after"_s;
    QTest::newRow("twice") << QByteArray(
        " not-after=2027-01-31T00:00:00Z not-after=2028-01-31T00:00:00Z")
                           << u"a field occurs twice; remove one of the two"_s;
    QTest::newRow("a colon") << QByteArray(" not-after:2027-01-31T00:00:00Z")
                             << u"not-after has no '='; write it as not-after=TIME"_s;
    QTest::newRow("a colon after a user id") << QByteArray(" alice not-after:2027-01-31T00:00:00Z")
                                             << u"after the user id, every word is a field"_s;
    QTest::newRow("blanks around '='") << QByteArray(" not-after = 2027-01-31T00:00:00Z")
                                       << u"not-after has no '='; write it as not-after=TIME"_s;
}

void tst_ExpiryTime::invalidKeyLine()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QString, problem);

    const KeyLoad load = parseKeyList(OtherKey + " other\n" + Key + line + '\n', u"keys"_s);
    QCOMPARE(load.errors.size(), 1);
    QCOMPARE(load.errors.first().line, 2);
    QCOMPARE(load.errors.first().file, u"keys"_s);
    QVERIFY2(load.errors.first().what.startsWith(problem), qPrintable(load.errors.first().text()));
    QCOMPARE(load.keys->size(), 1);
    QByteArray key(CurveKeySize, '\0');
    QVERIFY(Z85::decode(Key, key.data()));
    QVERIFY(!load.keys->find(key));
}

// The field can be declared like any other, but only in this spelling.
void tst_ExpiryTime::fieldNames()
{
    KeyFields fields;
    fields.publishedFields = QStringList{u"not-after"_s};
    QCOMPARE(fieldNamesProblem(fields).text(), QString());
    fields.publishedFields = QStringList{u"notAfter"_s};
    QVERIFY(fieldNamesProblem(fields).text().contains(u"is written not-after"_s));
}

QTEST_GUILESS_MAIN(tst_ExpiryTime)
#include "tst_expirytime.moc"
