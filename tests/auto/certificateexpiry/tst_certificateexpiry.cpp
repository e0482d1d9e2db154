// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcertificate.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimezone.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

namespace {

const QString NotAfter = u"not-after"_s;

QDateTime utc(const QString &text)
{
    return QDateTime::fromString(text, Qt::ISODate);
}

} // namespace

// Tests the time of expiry of a QZapCertificate.
class tst_CertificateExpiry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void noneByDefault();
    void set_data();
    void set();
    void remove();
    void refused_data();
    void refused();
    void aNullCertificate();
    void asMetadata();
    void refusedMetadata_data();
    void refusedMetadata();
    void savedAndLoaded();
    void invalidFile();
    void equality();
    void property();
};

void tst_CertificateExpiry::noneByDefault()
{
    QVERIFY(!QZapCertificate().notAfter());
    QVERIFY(!QZapCertificate::generate().notAfter());
}

void tst_CertificateExpiry::set_data()
{
    QTest::addColumn<QDateTime>("time");
    QTest::addColumn<QString>("stored");

    QTest::newRow("UTC") << utc(u"2027-01-31T12:34:56Z"_s) << u"2027-01-31T12:34:56Z"_s;
    QTest::newRow("with an offset")
        << utc(u"2027-01-31T00:30:00+02:00"_s) << u"2027-01-30T22:30:00Z"_s;
    QTest::newRow("local time") << utc(u"2027-01-31T12:00:00Z"_s).toLocalTime()
                                << u"2027-01-31T12:00:00Z"_s;
    QTest::newRow("a time zone")
        << utc(u"2027-01-31T12:00:00Z"_s).toTimeZone(QTimeZone("Asia/Kolkata"))
        << u"2027-01-31T12:00:00Z"_s;
    QTest::newRow("milliseconds are dropped")
        << utc(u"2027-01-31T12:00:00Z"_s).addMSecs(999) << u"2027-01-31T12:00:00Z"_s;
    QTest::newRow("past") << utc(u"1970-01-01T00:00:00Z"_s) << u"1970-01-01T00:00:00Z"_s;
    QTest::newRow("in 100 years") << utc(u"2126-11-29T00:00:00Z"_s) << u"2126-11-29T00:00:00Z"_s;
    QTest::newRow("the last") << utc(u"9999-12-31T23:59:59Z"_s) << u"9999-12-31T23:59:59Z"_s;
}

void tst_CertificateExpiry::set()
{
    QFETCH(const QDateTime, time);
    QFETCH(const QString, stored);

    QZapCertificate certificate = QZapCertificate::generate();
    const QZapCertificate copy = certificate;
    QString error = u"x"_s;
    QVERIFY(certificate.setNotAfter(time, &error));
    QVERIFY(error.isEmpty());
    QCOMPARE(certificate.metadata().value(NotAfter), stored);
    QVERIFY(certificate.notAfter());
    QCOMPARE(*certificate.notAfter(), utc(stored));
    QCOMPARE(certificate.notAfter()->timeSpec(), Qt::UTC);
    QVERIFY(!copy.notAfter());
}

void tst_CertificateExpiry::remove()
{
    QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.setNotAfter(std::nullopt));
    QVERIFY(certificate.setNotAfter(utc(u"2027-01-31T00:00:00Z"_s)));
    QVERIFY(certificate.setNotAfter(std::nullopt));
    QVERIFY(!certificate.notAfter());
    QVERIFY(certificate.metadata().isEmpty());
}

void tst_CertificateExpiry::refused_data()
{
    QTest::addColumn<QDateTime>("time");

    QTest::newRow("invalid") << QDateTime();
    QTest::newRow("after the year 9999") << utc(u"9999-12-31T23:59:59Z"_s).addSecs(1);
    QTest::newRow("after the year 9999 in UTC") << utc(u"9999-12-31T23:59:59-00:01"_s);
    QTest::newRow("before the year 1") << utc(u"0001-01-01T00:00:00Z"_s).addSecs(-1);
}

void tst_CertificateExpiry::refused()
{
    QFETCH(const QDateTime, time);

    const QDateTime before = utc(u"2027-01-31T00:00:00Z"_s);
    QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.setNotAfter(before));
    QString error;
    QVERIFY(!certificate.setNotAfter(time, &error));
    QCOMPARE(error, u"the time of expiry is invalid, or its year is not between 1 and 9999"_s);
    QVERIFY(!certificate.setNotAfter(time));
    QCOMPARE(*certificate.notAfter(), before);
}

void tst_CertificateExpiry::aNullCertificate()
{
    QZapCertificate certificate;
    QString error;
    QVERIFY(!certificate.setNotAfter(utc(u"2027-01-31T00:00:00Z"_s), &error));
    QCOMPARE(error, u"a null certificate has no time of expiry; generate or load one first"_s);
    QVERIFY(!certificate.setNotAfter(std::nullopt));
    QVERIFY(certificate.isNull());
}

void tst_CertificateExpiry::asMetadata()
{
    QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.setMetadata(NotAfter, u"2027-01-31T02:00:00+02:00"_s));
    QCOMPARE(certificate.metadata().value(NotAfter), u"2027-01-31T02:00:00+02:00"_s);
    QCOMPARE(*certificate.notAfter(), utc(u"2027-01-31T00:00:00Z"_s));
}

void tst_CertificateExpiry::refusedMetadata_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");

    QTest::newRow("no offset") << NotAfter << u"2027-01-31T00:00:00"_s;
    QTest::newRow("no time") << NotAfter << u"soon"_s;
    QTest::newRow("empty") << NotAfter << QString();
    QTest::newRow("another spelling") << u"notAfter"_s << u"2027-01-31T00:00:00Z"_s;
}

void tst_CertificateExpiry::refusedMetadata()
{
    QFETCH(const QString, name);
    QFETCH(const QString, value);

    QZapCertificate certificate = QZapCertificate::generate();
    QString error;
    QVERIFY(!certificate.setMetadata(name, value, &error));
    QVERIFY(error.contains(NotAfter));
    QVERIFY(certificate.metadata().isEmpty());
}

void tst_CertificateExpiry::savedAndLoaded()
{
    const QTemporaryDir directory;
    const QDateTime time = utc(u"2026-01-31T00:00:00Z"_s); // may be in the past
    QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.setNotAfter(time));
    QVERIFY(certificate.save(directory.path(), u"alice"_s));
    for (const QString &name : {u"alice.key"_s, u"alice.key_secret"_s}) {
        QString error;
        const auto loaded = QZapCertificate::load(directory.filePath(name), &error);
        QVERIFY2(loaded, qPrintable(error));
        QVERIFY(loaded->notAfter());
        QCOMPARE(*loaded->notAfter(), time);
    }
    QFile file(directory.filePath(u"alice.key"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains("    not-after = \"2026-01-31T00:00:00Z\"\n"));
}

void tst_CertificateExpiry::invalidFile()
{
    const QTemporaryDir directory;
    const QString path = directory.filePath(u"alice.key"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.write("metadata\n    not-after = \"soon\"\ncurve\n    public-key = \""
                       "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\"\n")
            > 0);
    file.close();
    QString error;
    QVERIFY(!QZapCertificate::load(path, &error));
    QCOMPARE(error,
             path + u":2: not-after is not a valid time; write it as 2027-01-31T00:00:00Z"_s);
}

void tst_CertificateExpiry::equality()
{
    QZapCertificate certificate = QZapCertificate::generate();
    const QZapCertificate copy = certificate;
    QVERIFY(certificate.setNotAfter(utc(u"2027-01-31T00:00:00Z"_s)));
    QVERIFY(certificate != copy);
    QVERIFY(certificate.setNotAfter(std::nullopt));
    QVERIFY(certificate == copy);
}

void tst_CertificateExpiry::property()
{
    QZapCertificate certificate = QZapCertificate::generate();
    const QMetaObject &type = QZapCertificate::staticMetaObject;
    const QMetaProperty property = type.property(type.indexOfProperty("notAfter"));
    QVERIFY(property.readOnGadget(&certificate).isNull());
    const QDateTime time = utc(u"2027-01-31T00:00:00Z"_s);
    QVERIFY(certificate.setNotAfter(time));
    QCOMPARE(property.readOnGadget(&certificate).toDateTime(), time);
    QVERIFY(!property.isWritable());
}

QTEST_GUILESS_MAIN(tst_CertificateExpiry)
#include "tst_certificateexpiry.moc"
