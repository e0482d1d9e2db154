// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqloptions.h"

#include "sql/database/libpqsettings.h"
#include "sql/database/readonlyimage.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests which databases may be connected to, and how.
class tst_SqlOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void accepted_data();
    void accepted();
    void refused_data();
    void refused();
    void environment_data();
    void environment();
    void passwordsAreNotQuoted_data();
    void passwordsAreNotQuoted();
    void valuesAreReadAsByLibpq();
    void databaseText_data();
    void databaseText();
    void readOnlyImages_data();
    void readOnlyImages();
};

void tst_SqlOptions::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    for (const char *name : {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSSLMODE", "PGDATABASE"})
        qunsetenv(name);
}

void tst_SqlOptions::accepted_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("options");

    const auto row = [](const char *name, const QString &options) {
        QTest::newRow(name) << u"QPSQL"_s << options;
    };
    row("default socket", QString());
    row("socket", u"host=/run/postgresql dbname=fleet user=gateway"_s);
    row("abstract socket", u"host=@postgresql"_s);
    row("localhost", u"host=localhost"_s);
    row("IPv4 loopback", u"host=127.0.0.1"_s);
    row("another IPv4 loopback", u"host=127.1.2.3"_s);
    row("IPv6 loopback", u"host=::1"_s);
    row("loopback address of a remote name", u"host=db.example hostaddr=127.0.0.1"_s);
    row("several local hosts", u"host=/run/a,localhost,::1"_s);
    row("verified host", u"host=db.example sslmode=verify-full sslrootcert=/etc/ca.pem"_s);
    row("verified service", u"service=fleet sslmode=verify-full"_s);
    row("password file", u"host=/run/postgresql passfile=/etc/gateway.pgpass"_s);
    QTest::newRow("file") << u"QSQLITE"_s << u"/var/lib/fleet.sqlite"_s;
    QTest::newRow("relative file") << u"QSQLITE"_s << u"fleet.sqlite"_s;
    QTest::newRow("file with special characters") << u"QSQLITE"_s << u"/a b/%3F?#;=.db"_s;
}

void tst_SqlOptions::accepted()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, options);
    const Problem problem = SqlOptions{driver, options}.problem();
    QVERIFY2(!problem, qPrintable(problem.text()));
}

void tst_SqlOptions::refused_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("said");

    const auto row = [](const char *name, const QString &options, const QString &said) {
        QTest::newRow(name) << u"QPSQL"_s << options << said;
    };
    const QString verify = u"verify-full"_s;
    row("remote host", u"host=db.example"_s, verify);
    row("remote host that encrypts", u"host=db.example sslmode=require"_s, verify);
    row("remote host, certificate without its name", u"host=db.example sslmode=verify-ca"_s,
        verify);
    row("empty mode", u"host=db.example sslmode=''"_s, verify);
    row("remote address", u"hostaddr=192.0.2.1"_s, verify);
    row("remote address of a local name", u"host=localhost hostaddr=192.0.2.1"_s, verify);
    row("remote address of a socket", u"host=/run/postgresql hostaddr=192.0.2.1"_s, verify);
    row("one of several hosts", u"host=localhost,db.example"_s, verify);
    row("one of several addresses", u"hostaddr=127.0.0.1,192.0.2.1"_s, verify);
    row("more hosts than addresses", u"host=a,b hostaddr=127.0.0.1"_s, verify);
    row("quoted host", u"host = 'db.example'"_s, verify);
    row("host like loopback", u"host=127.0.0.1.example"_s, verify);
    row("host like loopback, too many digits", u"host=127.0.0.1000"_s, verify);
    row("host like loopback, too large", u"host=127.0.0.256"_s, verify);
    row("short form of loopback", u"host=127.1"_s, verify);
    row("host like localhost", u"host=localhost.example"_s, verify);
    row("service", u"service=fleet"_s, verify);
    row("service with a socket", u"service=fleet host=/run/postgresql"_s, verify);
    row("service without a name", u"service='' host=/run/postgresql"_s, verify);
    row("octal form of loopback", u"host=127.0.0.01"_s, verify);
    row("obsolete form of sslmode", u"host=db.example sslmode=verify-full requiressl=0"_s,
        u"requiressl"_s);
    row("settings in the name", u"dbname='host=db.example dbname=fleet'"_s, u"dbname"_s);
    row("Kerberos instead of a certificate", u"host=a sslmode=verify-full gssencmode=prefer"_s,
        u"gssencmode"_s);
    row("password", u"host=/run/postgresql password=geheim"_s, u"PGPASSFILE"_s);
    row("password of a key", u"sslpassword=geheim"_s, u"PGPASSFILE"_s);
    row("URI", u"//gateway@db.example/fleet"_s, u"URI"_s);
    row("whole URI", u"postgresql://gateway@db.example/fleet"_s, u"URI"_s);
    row("word without =", u"fleet"_s, u"'='"_s);
    row("nothing before =", u"=fleet"_s, u"'='"_s);
    row("no closing quote", u"dbname='fleet"_s, u"quote"_s);
    row("twice", u"host=/run/postgresql host=db.example"_s, u"twice"_s);
    row("semicolon", u"dbname=fleet;host=db.example"_s, u"';'"_s);
    row("NUL", u"dbname=fleet"_s + QChar::Null + u"x"_s, u"NUL"_s);
    QTest::newRow("no driver") << QString() << QString() << u"no driver"_s;
    QTest::newRow("other driver") << u"QMYSQL"_s << QString() << u"\"QMYSQL\""_s;
    QTest::newRow("driver in lower case") << u"qpsql"_s << QString() << u"no driver"_s;
    QTest::newRow("no file") << u"QSQLITE"_s << QString() << u"no database"_s;
    QTest::newRow("memory") << u"QSQLITE"_s << u":memory:"_s << u"not the name of a file"_s;
    QTest::newRow("URI of a file")
        << u"QSQLITE"_s << u"file:/x?mode=rwc"_s << u"not the name of a file"_s;
    QTest::newRow("URI of a server")
        << u"QSQLITE"_s << u"postgres://gateway:geheim@db.example/fleet"_s << u"URI"_s;
    QTest::newRow("file with NUL") << u"QSQLITE"_s << u"/x"_s + QChar::Null << u"NUL"_s;
}

void tst_SqlOptions::refused()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, options);
    QFETCH(const QString, said);
    const QString text = SqlOptions{driver, options}.problem().text();
    QVERIFY2(text.contains(said), qPrintable(text));
}

void tst_SqlOptions::environment_data()
{
    QTest::addColumn<QByteArray>("variable");
    QTest::addColumn<QByteArray>("setting");
    QTest::addColumn<QString>("options");
    QTest::addColumn<bool>("isAccepted");

    const auto row = [](const char *name, const char *variable, const char *setting,
                        const QString &options, bool isAccepted) {
        QTest::newRow(name) << QByteArray(variable) << QByteArray(setting) << options << isAccepted;
    };
    row("remote host", "PGHOST", "db.example", u"dbname=fleet"_s, false);
    row("remote host, but another is given", "PGHOST", "db.example", u"host=localhost"_s, true);
    row("remote host, but an empty one is given", "PGHOST", "db.example", u"host=''"_s, true);
    row("remote address of a given name", "PGHOSTADDR", "192.0.2.1", u"host=localhost"_s, false);
    row("service", "PGSERVICE", "fleet", u"host=localhost"_s, false);
    row("verified host", "PGSSLMODE", "verify-full", u"host=db.example"_s, true);
    row("host that is not verified", "PGSSLMODE", "require", u"host=db.example"_s, false);
    row("verified, but not as given", "PGSSLMODE", "verify-full", u"host=a sslmode=prefer"_s,
        false);
    row("a service may have another mode", "PGSSLMODE", "verify-full", u"service=fleet"_s, false);
}

void tst_SqlOptions::environment()
{
    QFETCH(const QByteArray, variable);
    QFETCH(const QByteArray, setting);
    QFETCH(const QString, options);
    QFETCH(const bool, isAccepted);
    qputenv(variable.constData(), setting);
    const Problem problem = SqlOptions{u"QPSQL"_s, options}.problem();
    qunsetenv(variable.constData());
    QVERIFY2(isAccepted == !problem, qPrintable(problem.text()));
}

void tst_SqlOptions::passwordsAreNotQuoted_data()
{
    QTest::addColumn<QString>("options");
    QTest::newRow("password") << u"password=geheim"_s;
    QTest::newRow("quoted password") << u"password = 'geheim'"_s;
    QTest::newRow("no closing quote") << u"password='geheim"_s;
    QTest::newRow("no equals sign") << u"password geheim"_s;
    QTest::newRow("semicolon") << u"password=geheim;"_s;
    QTest::newRow("twice") << u"password=geheim password=geheim"_s;
    QTest::newRow("URI") << u"//gateway:geheim@db.example/fleet"_s;
}

void tst_SqlOptions::passwordsAreNotQuoted()
{
    QFETCH(const QString, options);
    const SqlOptions sqlOptions = {u"QPSQL"_s, options};
    const QString text = sqlOptions.problem().text();
    QVERIFY(!text.isEmpty());
    QVERIFY2(!text.contains(u"geheim"_s), qPrintable(text));
    QVERIFY2(!sqlOptions.databaseText().contains(u"geheim"_s),
             qPrintable(sqlOptions.databaseText()));
}

void tst_SqlOptions::valuesAreReadAsByLibpq()
{
    const Result<LibpqSettings> settings = LibpqSettings::parse(
        uR"(  host = /a\ b	user='it\'s' dbname='a b' options='' application_name='')"_s);
    QVERIFY(settings);
    QCOMPARE(settings->value(u"host"_s), u"/a b"_s);
    QCOMPARE(settings->value(u"user"_s), u"it's"_s);
    QCOMPARE(settings->value(u"dbname"_s), u"a b"_s);
    QVERIFY(settings->contains(u"application_name"_s));
    const Result<LibpqSettings> again = LibpqSettings::parse(settings->toString());
    QVERIFY(again);
    QCOMPARE(again->toString(), settings->toString());
    QCOMPARE(again->value(u"user"_s), u"it's"_s);
}

void tst_SqlOptions::databaseText_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("text");
    QTest::newRow("SQLite") << u"QSQLITE"_s << u"/a/b.db"_s << u"/a/b.db"_s;
    QTest::newRow("PostgreSQL") << u"QPSQL"_s << u"dbname=fleet host=db.example user=gateway"_s
                                << u"postgresql fleet on db.example"_s;
    QTest::newRow("service") << u"QPSQL"_s << u"service=fleet"_s << u"postgresql service fleet"_s;
    QTest::newRow("nothing") << u"QPSQL"_s << QString() << u"postgresql"_s;
    QTest::newRow("invalid") << u"QPSQL"_s << u"x"_s << u"postgresql"_s;
}

void tst_SqlOptions::databaseText()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, options);
    QFETCH(const QString, text);
    const SqlOptions sqlOptions = {driver, options};
    QCOMPARE(sqlOptions.databaseText(), text);
}

void tst_SqlOptions::readOnlyImages_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("isImage");
    const auto row = [](const char *name, const char *line, bool isImage) {
        QTest::newRow(name) << QByteArray(line) << isImage;
    };
    row("image", "36 35 7:1 / /srv ro,relatime shared:1 - squashfs /dev/loop1 ro", true);
    row("without optional fields", "36 35 7:1 / /srv ro - ext4 /dev/loop1 ro,errors=continue",
        true);
    row("several optional fields", "36 35 7:1 / /srv ro a:1 b:2 - ext4 /dev/loop1 ro", true);
    row("writable", "36 35 7:1 / /srv rw,relatime - ext4 /dev/loop1 rw", false);
    row("read-only for this process", "36 35 7:1 / /srv ro,relatime - ext4 /dev/loop1 rw", false);
    row("of another computer", "36 35 7:1 / /srv ro - fuseblk /dev/loop1 ro", false);
    row("shared disk", "36 35 7:1 / /srv ro - ocfs2 /dev/loop1 ro", false);
    row("another device", "36 35 7:11 / /srv ro - squashfs /dev/loop1 ro", false);
    row("nothing", "", false);
    row("torn", "36 35 7:1 / /srv ro - squashfs", false);
}

void tst_SqlOptions::readOnlyImages()
{
    QFETCH(const QByteArray, line);
    QFETCH(const bool, isImage);
    const QByteArray others = "20 1 0:5 / / ro - overlay overlay ro\n";
    QCOMPARE(isReadOnlyImage(others + line + '\n', 7, 1), isImage);
    // Numbers of file systems without a device.
    QVERIFY(!isReadOnlyImage(others, 0, 5));
    QVERIFY(!isOnReadOnlyImage(u"/proc/self/mountinfo"_s));
}

QTEST_GUILESS_MAIN(tst_SqlOptions)

#include "tst_sqloptions.moc"
