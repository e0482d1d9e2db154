// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storetest.h"

#include "somebodyelse.h"

#include <QZap/QZapPasswordFile>

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests "qzap store", except for imports, with each kind of database.
class tst_StoreCommand : public StoreTest
{
    Q_OBJECT

private Q_SLOTS:
    void makesTables_data() { addDrivers(); }
    void makesTables();
    void addKey_data() { addDrivers(); }
    void addKey();
    void addUser_data() { addDrivers(); }
    void addUser();
    void refusedArguments_data();
    void refusedArguments();
    void longestNames_data() { addDrivers(); }
    void longestNames();
    void valuesAreNoStatements_data() { addDrivers(); }
    void valuesAreNoStatements();
    void revoke_data() { addDrivers(); }
    void revoke();
    void listAsJson_data() { addDrivers(); }
    void listAsJson();
    void prune_data() { addDrivers(); }
    void prune();
    void databasesThatCannotBeUsed_data();
    void databasesThatCannotBeUsed();
    void readOnlyFile();
    void missingPermissions();
    void prefixes();
    void passwordsAreNotPrinted_data() { addDrivers(); }
    void passwordsAreNotPrinted();
};

void tst_StoreCommand::makesTables()
{
    QFETCH(const QString, driver);
    newArgument(driver);
    CommandRun run = store(u"list"_s);
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"qzap store init"_s),
             run.text().constData());
    for (int i = 0; i < 2; ++i) { // the second time, there is nothing to do
        run = store(u"init"_s);
        QVERIFY2(run.exitCode == 0 && run.errors.isEmpty(), run.text().constData());
        QVERIFY2(run.output.endsWith(": tables of version 1\n"_L1), run.text().constData());
    }
    run = store(u"list"_s);
    QVERIFY2(run.exitCode == 0 && run.text().size() < 40, run.text().constData());
    run = store(u"init"_s, {u"--grant"_s, u"public"_s, u"--notify"_s, u"changes"_s});
    if (isPostgreSql(driver))
        QVERIFY2(run.exitCode == 3 && run.errors.contains(u"public"_s), run.text().constData());
    else
        QVERIFY2(run.exitCode == 3 && run.errors.contains(u"SQLite"_s), run.text().constData());
}

void tst_StoreCommand::addKey()
{
    QFETCH(const QString, driver);
    initialize(driver);
    CommandRun run =
        store(u"add"_s, {u"--domain"_s, u"sensors"_s, u"--key"_s, key(1), u"--user-id"_s,
                         u"turbine-3"_s, u"--field"_s, u"site=north=1"_s, u"--field"_s, u"role="_s,
                         u"--not-after"_s, u"2027-01-31T02:00:00+02:00"_s});
    QVERIFY2(run.exitCode == 0 && run.output.isEmpty() && run.errors.isEmpty(),
             run.text().constData());
    QCOMPARE(list(), u"sensors curve %1 user-id=turbine-3 not-after=2027-01-31T00:00:00Z role=\"\" "
                     "site=\"north=1\"\n"_s.arg(key(1)));
    run = store(u"add"_s, {u"--domain"_s, u"sensors"_s, u"--key"_s, key(1)}); // replaces it
    QVERIFY2(run.exitCode == 0, run.text().constData());
    run = store(u"add"_s, {u"--domain"_s, u"*"_s, u"--key"_s, key(1)});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(list(), u"* curve %1\nsensors curve %1\n"_s.arg(key(1)));
    QCOMPARE(store(u"list"_s, {u"--domain"_s, u"sensors"_s}).output,
             u"sensors curve %1\n"_s.arg(key(1)));
}

void tst_StoreCommand::addUser()
{
    QFETCH(const QString, driver);
    initialize(driver);
    const QStringList alice = {u"--domain"_s, u"lab"_s,      u"--user"_s,
                               u"alice"_s,    u"--memory"_s, u"1"_s};
    CommandRun run = store(u"add"_s, alice, "geheim\r\nmore\n");
    QVERIFY2(run.exitCode == 0 && run.output.isEmpty() && run.errors.isEmpty(),
             run.text().constData());
    QCOMPARE(list(), u"lab plain alice\n"_s);
    const QString hash = value(u"SELECT hash FROM qzap_credentials"_s);
    QVERIFY(hash.startsWith("$argon2id$v=19$m=1024,"_L1));
    write(u"users"_s, "alice=" + hash.toLatin1());
    QVERIFY(QZapPasswordFile::load(path(u"users"_s))->check(u"alice"_s, "geheim"));
    for (const QByteArray &input : {QByteArray(), QByteArray("\n"), QByteArray(256, 'x')}) {
        run = store(u"add"_s, alice, input);
        QVERIFY2(run.exitCode == 2 && run.errors.contains(u"password"_s), run.text().constData());
    }
    QCOMPARE(value(u"SELECT hash FROM qzap_credentials"_s), hash);
}

void tst_StoreCommand::refusedArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("said");
    const QString domain = u"--domain=d"_s;
    const QString aKey = u"--key="_s + key(1);
    const auto row = [](const char *name, const QStringList &arguments, const QString &said) {
        QTest::newRow(name) << arguments << said;
    };
    row("no database", {u"list"_s}, u"--database is missing"_s);
    row("two databases", {u"list"_s, u"--database=a"_s, u"--database=b"_s}, u"give it once"_s);
    row("memory", {u"list"_s, u"--database=:memory:"_s}, u"not the name of a file"_s);
    row("URI", {u"list"_s, u"--database=postgresql://db.example/fleet"_s}, u"URI"_s);
    row("not verified", {u"list"_s, u"--database=postgresql:host=db.example"_s}, u"verify-full"_s);
    row("no domain", {u"add"_s, u"--database=x"_s, aKey}, u"--domain is missing"_s);
    row("two domains", {u"add"_s, u"--database=x"_s, domain, domain, aKey}, u"give it once"_s);
    row("long domain", {u"add"_s, u"--database=x"_s, u"--domain="_s + QString(256, u'd'), aKey},
        u"255 bytes"_s);
    row("neither key nor user", {u"add"_s, u"--database=x"_s, domain}, u"--key or --user"_s);
    row("key and user", {u"add"_s, u"--database=x"_s, domain, aKey, u"--user=a"_s},
        u"--key or --user"_s);
    row("short key", {u"add"_s, u"--database=x"_s, domain, aKey.chopped(1)}, u"Z85"_s);
    row("long key", {u"add"_s, u"--database=x"_s, domain, aKey + u'0'}, u"Z85"_s);
    row("key that is no Z85", {u"add"_s, u"--database=x"_s, domain, aKey.chopped(1) + u'~'},
        u"Z85"_s);
    row("low-order key", {u"add"_s, u"--database=x"_s, domain, u"--key="_s + key(0)},
        u"low-order"_s);
    row("user id that is a key",
        {u"add"_s, u"--database=x"_s, domain, aKey, u"--user-id="_s + key(2)}, u"user id"_s);
    row("anonymous user id", {u"add"_s, u"--database=x"_s, domain, aKey, u"--user-id=anonymous"_s},
        u"anonymous"_s);
    row("long user id",
        {u"add"_s, u"--database=x"_s, domain, aKey, u"--user-id="_s + QString(256, u'x')},
        u"256 bytes"_s);
    row("user id of a user", {u"add"_s, u"--database=x"_s, domain, u"--user=a"_s, u"--user-id=b"_s},
        u"--user-id"_s);
    row("long user", {u"add"_s, u"--database=x"_s, domain, u"--user="_s + QString(256, u'x')},
        u"--user"_s);
    row("user with a line break", {u"add"_s, u"--database=x"_s, domain, u"--user=a\nb"_s},
        u"control"_s);
    row("field without =", {u"add"_s, u"--database=x"_s, domain, aKey, u"--field=a"_s}, u"'='"_s);
    row("field twice",
        {u"add"_s, u"--database=x"_s, domain, aKey, u"--field=a=1"_s, u"--field=a=2"_s},
        u"twice"_s);
    row("field with a name that is not sent",
        {u"add"_s, u"--database=x"_s, domain, aKey, u"--field=a b=1"_s}, u"a b"_s);
    row("field instead of --not-after",
        {u"add"_s, u"--database=x"_s, domain, aKey, u"--field=not-after=2027-01-01T00:00:00Z"_s},
        u"not-after"_s);
    row("time without offset",
        {u"add"_s, u"--database=x"_s, domain, aKey, u"--not-after=2027-01-31T00:00:00"_s},
        u"--not-after"_s);
    row("time that is none", {u"add"_s, u"--database=x"_s, domain, aKey, u"--not-after=soon"_s},
        u"--not-after"_s);
    row("memory of a key", {u"add"_s, u"--database=x"_s, domain, aKey, u"--memory=1"_s},
        u"--memory"_s);
    row("too much memory", {u"add"_s, u"--database=x"_s, domain, u"--user=a"_s, u"--memory=65"_s},
        u"1 to 64"_s);
    row("password as an argument",
        {u"add"_s, u"--database=x"_s, domain, u"--user=a"_s, u"geheim"_s}, u"Unexpected"_s);
    row("nothing to revoke", {u"revoke"_s, u"--database=x"_s, domain}, u"Give one"_s);
    row("too much to revoke", {u"revoke"_s, u"--database=x"_s, aKey, u"--user=a"_s}, u"Give one"_s);
    row("invalid key to revoke", {u"revoke"_s, u"--database=x"_s, u"--key=x"_s}, u"Z85"_s);
    row("hours", {u"prune"_s, u"--database=x"_s, u"--keep=x"_s}, u"hours"_s);
    row("negative hours", {u"prune"_s, u"--database=x"_s, u"--keep=-1"_s}, u"hours"_s);
}

void tst_StoreCommand::refusedArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, said);
    const CommandRun run = CommandRun::of(QStringList{u"store"_s} + arguments, "x\n");
    QVERIFY2(run.exitCode == 2 && run.errors.contains(said) && run.errors.contains(u"--help"_s),
             run.text().constData());
}

void tst_StoreCommand::longestNames()
{
    QFETCH(const QString, driver);
    initialize(driver);
    const QString longest = QString(127, u'\u00e9') + u'x'; // 255 bytes
    const CommandRun run =
        store(u"add"_s, {u"--domain"_s, longest, u"--user"_s, longest, u"--memory=1"_s},
              QByteArray(255, 'x') + '\n');
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(list(), u"%1 plain %1\n"_s.arg(longest));
}

void tst_StoreCommand::valuesAreNoStatements()
{
    QFETCH(const QString, driver);
    initialize(driver);
    const QString text = u"'; DROP TABLE qzap_credentials; --\\"_s;
    CommandRun run = store(u"add"_s, {u"--domain"_s, text, u"--key"_s, key(1), u"--user-id"_s, text,
                                      u"--field"_s, u"site="_s + text});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    run = store(u"add"_s, {u"--domain"_s, text, u"--user"_s, text, u"--memory=1"_s}, "x");
    QVERIFY2(run.exitCode == 0, run.text().constData());
    const QString quotedText = u"\"'; DROP TABLE qzap_credentials; --\\\\\""_s;
    QCOMPARE(store(u"list"_s, {u"--domain"_s, text}).output,
             u"%1 curve %2 user-id=%1 site=%1\n%1 plain %1\n"_s.arg(quotedText, key(1)));
    run = store(u"revoke"_s, {u"--user-id"_s, text});
    QVERIFY2(run.exitCode == 0 && run.output == "2 entries removed\n"_L1, run.text().constData());
    QCOMPARE(list(), QString());
}

void tst_StoreCommand::revoke()
{
    QFETCH(const QString, driver);
    initialize(driver);
    for (const char *domain : {"a", "b"}) {
        for (const char number : {'\1', '\2'}) {
            const CommandRun run = store(
                u"add"_s, {u"--domain"_s, QString::fromLatin1(domain), u"--key"_s, key(number)});
            QVERIFY2(run.exitCode == 0, run.text().constData());
        }
    }
    CommandRun run = store(u"revoke"_s, {u"--domain"_s, u"a"_s, u"--key"_s, key(1)});
    QVERIFY2(run.exitCode == 0 && run.output == "1 entry removed\n"_L1, run.text().constData());
    QCOMPARE(list(), u"a curve %2\nb curve %1\nb curve %2\n"_s.arg(key(1), key(2)));
    run = store(u"revoke"_s, {u"--disable"_s, u"--key"_s, key(2)});
    QVERIFY2(run.exitCode == 0 && run.output == "2 entries disabled\n"_L1, run.text().constData());
    QCOMPARE(list(),
             u"a curve %2 disabled\nb curve %1\nb curve %2 disabled\n"_s.arg(key(1), key(2)));
    run = store(u"add"_s, {u"--domain"_s, u"a"_s, u"--key"_s, key(2)});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(list(), u"a curve %2\nb curve %1\nb curve %2 disabled\n"_s.arg(key(1), key(2)));
    for (const QStringList &unknown :
         {QStringList{u"--user"_s, u"alice"_s}, QStringList{u"--key"_s, key(3)},
          QStringList{u"--domain"_s, u"c"_s, u"--key"_s, key(2)}}) {
        run = store(u"revoke"_s, unknown);
        QVERIFY2(run.exitCode == 3 && run.errors.contains(u"no such entry"_s),
                 run.text().constData());
    }
}

void tst_StoreCommand::listAsJson()
{
    QFETCH(const QString, driver);
    initialize(driver);
    QCOMPARE(store(u"add"_s,
                   {u"--domain"_s, u"a"_s, u"--key"_s, key(1), u"--user-id"_s, u"\u00e9 \"x\""_s,
                    u"--field"_s, u"site=north"_s, u"--not-after"_s, u"2027-01-31T00:00:00Z"_s})
                 .exitCode,
             0);
    QCOMPARE(store(u"add"_s, {u"--domain"_s, u"a"_s, u"--user"_s, u"bob"_s, u"--memory=1"_s}, "x")
                 .exitCode,
             0);
    QCOMPARE(store(u"revoke"_s, {u"--user"_s, u"bob"_s, u"--disable"_s}).exitCode, 0);
    const CommandRun run = store(u"list"_s, {u"--json"_s});
    const QStringList lines = run.output.split(u'\n');
    QVERIFY2(lines.size() == 3 && lines.constLast().isEmpty(), run.text().constData());
    const QJsonObject first = {{u"domain"_s, u"a"_s},
                               {u"kind"_s, u"curve"_s},
                               {u"key"_s, key(1)},
                               {u"userId"_s, u"\u00e9 \"x\""_s},
                               {u"fields"_s, QJsonObject{{u"site"_s, u"north"_s}}},
                               {u"notAfter"_s, u"2027-01-31T00:00:00Z"_s},
                               {u"enabled"_s, true}};
    QCOMPARE(QJsonDocument::fromJson(lines[0].toUtf8()).object(), first);
    const QJsonObject second = {{u"domain"_s, u"a"_s},
                                {u"kind"_s, u"plain"_s},
                                {u"name"_s, u"bob"_s},
                                {u"enabled"_s, false}};
    QCOMPARE(QJsonDocument::fromJson(lines[1].toUtf8()).object(), second);
}

void tst_StoreCommand::prune()
{
    QFETCH(const QString, driver);
    initialize(driver);
    QCOMPARE(store(u"add"_s, {u"--domain"_s, u"a"_s, u"--key"_s, key(1)}).exitCode, 0);
    CommandRun run = store(u"prune"_s);
    QVERIFY2(run.exitCode == 0 && run.output == "0 changes removed\n"_L1, run.text().constData());
    QCOMPARE(execute(isPostgreSql(driver)
                         ? u"UPDATE qzap_changes SET changed_at = now() - '25 h'::interval"_s
                         : u"UPDATE qzap_changes SET changed_at = changed_at - 90000"_s),
             QString());
    run = store(u"prune"_s);
    QVERIFY2(run.exitCode == 0 && run.output == "1 change removed\n"_L1, run.text().constData());
    QVERIFY(!list().isEmpty());
}

void tst_StoreCommand::databasesThatCannotBeUsed_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("said");
    for (const QString &driver : drivers()) {
        const auto row = [&](const char *name, const QString &change, const QString &said) {
            QTest::addRow("%s, %s", name, qPrintable(driver)) << driver << change << said;
        };
        row("later version", u"UPDATE qzap_meta SET version = 2"_s, u"version 2"_s);
        row("half a migration", u"DROP TABLE qzap_changes"_s, u"incomplete"_s);
        row("no version", u"DELETE FROM qzap_meta"_s, u"no row"_s);
    }
}

void tst_StoreCommand::databasesThatCannotBeUsed()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, change);
    QFETCH(const QString, said);
    initialize(driver);
    QCOMPARE(execute(change), QString());
    for (const char *action : {"init", "list", "prune"}) {
        const CommandRun run = store(QString::fromLatin1(action));
        QVERIFY2(run.exitCode == 3 && run.errors.contains(said) && run.output.isEmpty(),
                 run.text().constData());
    }
}

void tst_StoreCommand::readOnlyFile()
{
    initialize(u"QSQLITE"_s);
    QCOMPARE(store(u"add"_s, {u"--domain"_s, u"a"_s, u"--key"_s, key(1)}).exitCode, 0);
    setMode(databaseName().section(u'/', -1), 0444);
    QProcess process;
    if (SomebodyElse::isAnotherUser())
        process.setChildProcessModifier([] { Q_UNUSED(::setuid(SomebodyElse::Id)) });
    const CommandRun run = CommandRun::of(
        &process, {u"store"_s, u"revoke"_s, u"--database"_s, databaseName(), u"--key"_s, key(1)});
    if (process.error() == QProcess::FailedToStart)
        QSKIP("nobody may not run the program here");
    QVERIFY2(run.exitCode == 3 && run.errors.contains(databaseName()), run.text().constData());
    QVERIFY(!list().isEmpty());
}

void tst_StoreCommand::missingPermissions()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    initialize(u"QPSQL"_s);
    QCOMPARE(store(u"add"_s, {u"--domain"_s, u"a"_s, u"--key"_s, key(1)}).exitCode, 0);
    QCOMPARE(execute(u"CREATE ROLE gateway LOGIN"_s), QString());
    const QString gateway = "postgresql:"_L1 + optionsAs(u"gateway"_s);
    const QStringList asGateway = {u"store"_s, u"list"_s, u"--database"_s, gateway};
    CommandRun run = CommandRun::of(asGateway);
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"qzap store init --grant"_s),
             run.text().constData());
    run = store(u"init"_s, {u"--grant"_s, u"gateway"_s, u"--notify"_s, u"changes"_s});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    const QString channels = u"SELECT count(*) FROM pg_trigger WHERE tgname = 'qzap_notified' AND "
                             "tgrelid = 'qzap_changes'::regclass"_s;
    QCOMPARE(value(channels), u"1"_s);
    run = store(u"init"_s, {u"--notify"_s, u"changes"_s, u"--no-notify"_s});
    QVERIFY2(run.exitCode == 2 && run.errors.contains(u"either"_s), run.text().constData());
    run = store(u"init"_s, {u"--no-notify"_s});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(value(channels), u"0"_s);
    run = CommandRun::of(asGateway);
    QVERIFY2(run.exitCode == 0 && run.output == list(), run.text().constData());
    run = CommandRun::of({u"store"_s, u"revoke"_s, u"--database"_s, gateway, u"--key"_s, key(1)});
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"permission denied"_s)
                 && run.errors.contains(u"GRANT"_s),
             run.text().constData());
    QCOMPARE(execute(u"REVOKE SELECT ON qzap_credentials FROM gateway"_s), QString());
    run = CommandRun::of(asGateway);
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"qzap store init --grant"_s),
             run.text().constData());
    QCOMPARE(execute(u"DROP OWNED BY gateway; DROP ROLE gateway"_s), QString());
}

void tst_StoreCommand::prefixes()
{
    QProcess process;
    process.setWorkingDirectory(path());
    CommandRun run = CommandRun::of(
        &process, {u"store"_s, u"init"_s, u"--database"_s, u"sqlite:postgresql:x"_s});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QVERIFY(names().contains(u"postgresql:x"_s));
    run = CommandRun::of({u"store"_s, u"list"_s, u"--database"_s, path(u"postgresql:x"_s)});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    // Only "init" creates a file.
    run = CommandRun::of({u"store"_s, u"list"_s, u"--database"_s, path(u"other"_s)});
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"no such file"_s), run.text().constData());
    QVERIFY(!names().contains(u"other"_s));
}

void tst_StoreCommand::passwordsAreNotPrinted()
{
    QFETCH(const QString, driver);
    initialize(driver);
    const QStringList bob = {u"--domain"_s, u"a"_s, u"--user"_s, u"bob"_s, u"--memory=1"_s};
    QByteArray text = store(u"add"_s, bob, "geheim\n").text();
    text += store(u"list"_s).text() + store(u"list"_s, {u"--json"_s}).text();
    // The message about a row that a constraint refuses contains the row.
    QCOMPARE(execute(u"DELETE FROM qzap_credentials"_s), QString());
    if (isPostgreSql(driver)) {
        QCOMPARE(execute(u"ALTER TABLE qzap_credentials ADD CHECK (name <> 'bob')"_s), QString());
        const CommandRun run = store(u"add"_s, bob, "geheim\n");
        QVERIFY2(run.exitCode == 3 && run.errors.contains(u"constraint"_s), run.text().constData());
        text += run.text();
    }
    QVERIFY2(!text.contains("geheim") && !text.contains("argon2id"), text.constData());
    const CommandRun run = CommandRun::of({u"store"_s, u"list"_s, u"--database"_s,
                                           u"postgresql:host=/nowhere dbname=x password=geheim"_s});
    QVERIFY2(run.exitCode == 2 && !run.text().contains("geheim"), run.text().constData());
}

QTEST_GUILESS_MAIN(tst_StoreCommand)

#include "tst_storecommand.moc"
