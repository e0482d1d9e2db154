// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandrun.h"

#include <QZap/QZapCertificate>

#include <QtCore/qdatetime.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace {

const QByteArray KeyA("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
const QByteArray KeyB("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
const QByteArray KeyC("0#=-00#=-00#=-00#=-00#=-00#=-00#=-00#=-0");

QByteArray inMinutes(qint64 minutes)
{
    return QDateTime::currentDateTimeUtc().addSecs(60 * minutes).toString(Qt::ISODate).toLatin1();
}

// Returns a time a little later than this number of days from now.
QByteArray inDays(qint64 days)
{
    return inMinutes(days * 24 * 60 + 10);
}

} // namespace

// Tests times of expiry in the command qzap.
class tst_ExpiringKeys : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void keygen_data();
    void keygen();
    void keygenWithoutPeriod();
    void refusedPeriod_data();
    void refusedPeriod();
    void periodAndMetadata();
    void certificate_data();
    void certificate();
    void keyList();
    void directory();
    void invalidTime();
    void warningsAreBounded();
    void strict();

private:
    QString path(const QString &name) const { return m_directory->filePath(name); }
    void write(const QString &name, const QByteArray &contents) const;
    CommandRun check(const QString &name, const QStringList &options = {}) const
    {
        return CommandRun::of(QStringList(u"check"_s) + options + QStringList(path(name)));
    }
    CommandRun keygen(const QStringList &arguments) const
    {
        return CommandRun::of(QStringList{u"keygen"_s, u"--directory"_s, m_directory->path()}
                              + arguments + QStringList(u"alice"_s));
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_ExpiringKeys::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_ExpiringKeys::write(const QString &name, const QByteArray &contents) const
{
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(contents), contents.size());
}

void tst_ExpiringKeys::keygen_data()
{
    QTest::addColumn<QString>("period");
    QTest::addColumn<QDateTime>("end"); // of a key that is made now

    const QDateTime now = QDateTime::currentDateTimeUtc();
    QTest::newRow("an hour") << u"1h"_s << now.addSecs(3600);
    QTest::newRow("90 days") << u"90d"_s << now.addDays(90);
    QTest::newRow("6 weeks") << u"6w"_s << now.addDays(42);
    QTest::newRow("2 years") << u"2y"_s << now.addYears(2);
    QTest::newRow("100 years") << u"100y"_s << now.addYears(100);
    QTest::newRow("leading zeros") << u"007d"_s << now.addDays(7);
    QTest::newRow("25 days") << u"25d"_s << now.addDays(25);
}

void tst_ExpiringKeys::keygen()
{
    QFETCH(const QString, period);
    QFETCH(const QDateTime, end);

    const CommandRun run = keygen({u"--valid"_s, period});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.errors, QString());
    QCOMPARE(run.output.count(u'\n'), 3);
    for (const QString &name : {u"alice.key"_s, u"alice.key_secret"_s}) {
        const auto certificate = QZapCertificate::load(path(name));
        QVERIFY(certificate);
        QVERIFY(certificate->notAfter());
        // The expected time was computed when this program started.
        QVERIFY(certificate->notAfter()->addSecs(1) >= end);
        QVERIFY(certificate->notAfter()->addSecs(-600) < end);
    }
}

void tst_ExpiringKeys::keygenWithoutPeriod()
{
    const CommandRun run = keygen({});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QVERIFY(!QZapCertificate::load(path(u"alice.key"_s))->notAfter());
}

void tst_ExpiringKeys::refusedPeriod_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("error"); // its start

    const auto row = [](const QString &period, const QString &error) {
        QTest::newRow(qPrintable(period)) << QStringList{u"--valid="_s + period}
                                          << u"qzap: --valid '%1': %2"_s.arg(period, error);
    };
    const QString unit = u"write a number and a unit, h for hours, d for days, w for weeks or y "
                         "for years, such as 90d."_s;
    for (const QString &period :
         {u"90"_s, u"d"_s, u"90m"_s, u"90D"_s, u"90 d"_s, u" 90d"_s, u"90d "_s, u"-1d"_s, u"+1d"_s,
          u"1.5d"_s, u"0x10d"_s, u"1e3d"_s, u"1y6w"_s, u"90days"_s, u"٩٠d"_s}) {
        row(period, unit);
    }
    row(u"0d"_s, u"a certificate that is never valid is of no use."_s);
    row(u"000y"_s, u"a certificate that is never valid is of no use."_s);
    row(u"8000y"_s, u"this is after the year 9999; omit --valid for a certificate that does not "
                    "expire."_s);
    row(u"99999999999999999999d"_s, u"this is after the year 9999; "_s);
    row(u"99999999w"_s, u"this is after the year 9999; "_s);
    QTest::newRow("empty") << QStringList{u"--valid="_s} << u"qzap: --valid needs a value."_s;
    QTest::newRow("twice") << QStringList{u"--valid=1d"_s, u"--valid=2d"_s}
                           << u"qzap: --valid: give it once."_s;
}

void tst_ExpiringKeys::refusedPeriod()
{
    QFETCH(const QStringList, options);
    QFETCH(const QString, error);

    const CommandRun run = keygen(options);
    QVERIFY2(run.exitCode == 2, run.text().constData());
    QVERIFY2(run.errors.startsWith(error), run.text().constData());
    QVERIFY(QDir(m_directory->path()).isEmpty());
}

void tst_ExpiringKeys::periodAndMetadata()
{
    const QString field = u"not-after=2027-01-31T00:00:00Z"_s;
    const CommandRun both = keygen({u"--valid"_s, u"90d"_s, u"--metadata"_s, field});
    QVERIFY2(both.exitCode == 2, both.text().constData());
    QVERIFY(both.errors.contains(u"give one of the two"_s));
    const CommandRun one = keygen({u"--metadata"_s, field});
    QVERIFY2(one.exitCode == 0, one.text().constData());
    const CommandRun invalid = keygen({u"--force"_s, u"--metadata"_s, u"not-after=soon"_s});
    QVERIFY2(invalid.exitCode == 2, invalid.text().constData());
}

void tst_ExpiringKeys::certificate_data()
{
    QTest::addColumn<QByteArray>("time");
    QTest::addColumn<QString>("warning"); // its end; empty: no warning

    QTest::newRow("a year ago") << inDays(-365)
                                << u"so its holder is refused; replace it, or remove it"_s;
    QTest::newRow("ten minutes ago")
        << inMinutes(-10) << u"so its holder is refused; replace it, or remove it"_s;
    QTest::newRow("in ten minutes") << inMinutes(10) << u"in less than a day; replace it in time"_s;
    QTest::newRow("in a day") << inDays(1) << u"in 1 day; replace it in time"_s;
    QTest::newRow("in 29 days") << inDays(29) << u"in 29 days; replace it in time"_s;
    QTest::newRow("in 30 days") << inDays(30) << QString();
    QTest::newRow("in 100 years") << inDays(36525) << QString();
}

void tst_ExpiringKeys::certificate()
{
    QFETCH(const QByteArray, time);
    QFETCH(const QString, warning);

    write(u"alice.key"_s, "metadata\n    name = \"Alice\"\n    not-after = \"" + time
                              + "\"\ncurve\n    public-key = \"" + KeyA + "\"\n");
    const CommandRun run = check(u"alice.key"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    const QString contents = path(u"alice.key"_s) + u": public certificate, 2 metadata fields, "_s;
    if (warning.isEmpty()) {
        QCOMPARE(run.errors, QString());
        QCOMPARE(run.output, contents + u"no errors\n"_s);
        return;
    }
    QVERIFY2(run.errors.startsWith(path(u"alice.key"_s) + u":3: warning: expire"_s),
             run.text().constData());
    QVERIFY2(run.errors.contains(u"on "_s + QString::fromLatin1(time) + u", "_s),
             run.text().constData());
    QVERIFY2(run.errors.endsWith(warning + u'\n'), run.text().constData());
    QCOMPARE(run.output, contents + u"no errors, 1 warning\n"_s);
}

void tst_ExpiringKeys::keyList()
{
    write(u"keys"_s, "# people\n" + KeyA + " alice not-after=" + inDays(-1) + "\n" + KeyB
                         + " bob not-after=" + inDays(365) + "\n\n" + KeyC
                         + " carol not-after=" + inDays(7) + "\n");
    const CommandRun run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    const QStringList lines = run.errors.split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[0].startsWith(path(u"keys"_s) + u":2: warning: expired on "_s));
    QVERIFY(lines[1].startsWith(path(u"keys"_s) + u":5: warning: expires on "_s));
    QVERIFY(lines[1].endsWith(u", in 7 days; replace it in time"_s));
    QCOMPARE(run.output, path(u"keys"_s) + u": key list, 3 keys, no errors, 2 warnings\n"_s);
}

void tst_ExpiringKeys::directory()
{
    QVERIFY(QDir(m_directory->path()).mkdir(u"keys"_s));
    const auto save = [&](const QString &name, const QByteArray &key, qint64 days) {
        write(u"keys/"_s + name, "metadata\n    not-after = \"" + inDays(days)
                                     + "\"\ncurve\n    public-key = \"" + key + "\"\n");
    };
    save(u"alice.key"_s, KeyA, -1);
    save(u"bob.key"_s, KeyB, 365);
    save(u"carol.key"_s, KeyC, 7);
    const CommandRun run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    const QStringList lines = run.errors.split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[0].startsWith(path(u"keys/alice.key"_s) + u": warning: expired on "_s));
    QVERIFY(lines[1].startsWith(path(u"keys/carol.key"_s) + u": warning: expires on "_s));
    QCOMPARE(run.output, path(u"keys"_s) + u": key directory, 3 keys, no errors, 2 warnings\n"_s);
}

void tst_ExpiringKeys::invalidTime()
{
    write(u"keys"_s, KeyA + " alice not-after=2027-01-31\n" + KeyB + " bob\n");
    const CommandRun run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 1, run.text().constData());
    QCOMPARE(run.errors, path(u"keys"_s)
                             + u":1: not-after is not a valid time; write it as "
                               "2027-01-31T00:00:00Z\n"_s);
    QCOMPARE(run.output, path(u"keys"_s) + u": key list, 1 key, 1 error\n"_s);
}

void tst_ExpiringKeys::warningsAreBounded()
{
    QByteArray contents;
    for (char c = 'a'; c < 'z'; ++c) {
        QByteArray key = KeyC;
        key[0] = c;
        contents += key + " not-after=2020-01-31T00:00:00Z\n";
    }
    write(u"keys"_s, contents);
    const CommandRun run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.errors.count(u'\n'), 21);
    QVERIFY2(run.output.endsWith(u"no errors, more than 20 warnings\n"_s), run.text().constData());
}

void tst_ExpiringKeys::strict()
{
    write(u"keys"_s, KeyA + " alice not-after=" + inDays(7) + "\n");
    QCOMPARE(check(u"keys"_s).exitCode, 0);
    QCOMPARE(check(u"keys"_s, {u"--strict"_s}).exitCode, 1);
}

QTEST_GUILESS_MAIN(tst_ExpiringKeys)
#include "tst_expiringkeys.moc"
