// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"

#include <QZap/qzapcertificate.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the time of expiry of certificates in QML.
class tst_QmlCertificateExpiry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void none();
    void set_data();
    void set();
    void invalidThrows();
};

void tst_QmlCertificateExpiry::none()
{
    const QTemporaryDir directory;
    Document document("QtObject { property string directory }");
    document.root()->setProperty("directory", directory.path());
    const QString text =
        document.evaluate(u"String(ZapCertificates.create(directory, 'alice').notAfter)"_s)
            .toString();
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(text, u"null"_s);
}

void tst_QmlCertificateExpiry::set_data()
{
    QTest::addColumn<QString>("value");

    QTest::newRow("text") << u"'2027-01-31T00:00:00Z'"_s;
    QTest::newRow("text with an offset") << u"'2027-01-31T02:00:00+02:00'"_s;
    QTest::newRow("date") << u"new Date('2027-01-31T00:00:00Z')"_s;
    QTest::newRow("date of local time") << u"new Date(Date.UTC(2027, 0, 31))"_s;
}

void tst_QmlCertificateExpiry::set()
{
    QFETCH(const QString, value);

    const QTemporaryDir directory;
    Document document("QtObject { property string directory }");
    document.root()->setProperty("directory", directory.path());
    const QString text =
        document
            .evaluate(u"ZapCertificates.create(directory, 'alice', { 'not-after': %1 })"
                      ".notAfter.toISOString()"_s.arg(value))
            .toString();
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(text, u"2027-01-31T00:00:00.000Z"_s);
    const auto certificate = QZapCertificate::load(directory.filePath(u"alice.key"_s));
    QVERIFY(certificate && certificate->notAfter());
    QCOMPARE(*certificate->notAfter(),
             QDateTime::fromString(u"2027-01-31T00:00:00Z"_s, Qt::ISODate));
}

void tst_QmlCertificateExpiry::invalidThrows()
{
    const QTemporaryDir directory;
    Document document("QtObject { property string directory }");
    document.root()->setProperty("directory", directory.path());
    for (const QString &value : {u"'2027-01-31'"_s, u"new Date(NaN)"_s, u"''"_s}) {
        const QString text =
            u"(() => { try { ZapCertificates.create(directory, 'alice', "
            "{ 'not-after': %1 }); return '' } catch (e) { return 'thrown' } })()"_s;
        QCOMPARE(document.evaluate(text.arg(value)).toString(), u"thrown"_s);
    }
    QCOMPARE(document.warnings(), QStringList());
    QVERIFY(!QFile::exists(directory.filePath(u"alice.key"_s)));
}

QTEST_GUILESS_MAIN(tst_QmlCertificateExpiry)
#include "tst_qmlcertificateexpiry.moc"
