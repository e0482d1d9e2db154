// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storetest.h"

#include <QZap/QZapCertificate>
#include <QZap/QZapPasswordFile>

#include <QtCore/qelapsedtimer.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests "qzap store import" with each kind of database.
class tst_StoreImport : public StoreTest
{
    Q_OBJECT

private Q_SLOTS:
    void keyList_data() { addDrivers(); }
    void keyList();
    void keyDirectory_data() { addDrivers(); }
    void keyDirectory();
    void certificate();
    void passwords_data() { addDrivers(); }
    void passwords();
    void lockedUsers();
    void allOrNothing_data();
    void allOrNothing();
    void replace_data() { addDrivers(); }
    void replace();
    void disabledEntriesStayDisabled();
    void refusedArguments_data();
    void refusedArguments();
    void pathsThatCannotBeRead();
    void manyKeys_data() { addDrivers(); }
    void manyKeys();
    void passwordsAreNotPrinted();
    void namesWithColonsAreRefused();

private:
    CommandRun import(const QString &name, const QStringList &options = {}) const
    {
        return store(u"import"_s, QStringList{u"--domain"_s, u"a"_s, path(name)} + options);
    }
    static QByteArray bytes(char number) { return key(number).toLatin1(); }
};

void tst_StoreImport::keyList()
{
    QFETCH(const QString, driver);
    initialize(driver);
    write(u"keys"_s, "# fleet\n" + bytes(1) + "\n" + bytes(2) + " turbine-2 site=north\n" + bytes(3)
                         + " - id=pump not-after=2027-01-31T02:00:00+02:00 # temporary\n");
    CommandRun run = import(u"keys"_s);
    QVERIFY2(run.exitCode == 0 && run.errors.isEmpty(), run.text().constData());
    QCOMPARE(run.output, path(u"keys"_s) + u": key list, 3 keys; 3 changed, 0 removed\n"_s);
    QCOMPARE(list(),
             u"a curve %1\na curve %2 user-id=turbine-2 site=north\n"
             "a curve %3 not-after=2027-01-31T00:00:00Z id=pump\n"_s.arg(key(1), key(2), key(3)));
    run = import(u"keys"_s, {u"--user-id-field"_s, u"id"_s});
    QVERIFY2(run.output.contains(u"; 1 changed, 0 removed"_s), run.text().constData());
    QVERIFY(list().contains(u"user-id=pump"_s));
}

void tst_StoreImport::keyDirectory()
{
    QFETCH(const QString, driver);
    initialize(driver);
    makeDirectory(u"clients"_s);
    QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.setMetadata(u"name"_s, u"Alice 'Smith'"_s));
    QVERIFY(alice.setNotAfter(QDateTime::fromString(u"2037-01-31T00:00:00Z"_s, Qt::ISODate)));
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(alice.save(path(u"clients"_s), u"alice"_s));
    QVERIFY(bob.save(path(u"clients"_s), u"bob"_s));
    write(u"clients/copy.key"_s, contentsOf(u"clients/alice.key"_s)); // the second by name
    write(u"clients/carol.key.disabled"_s, contentsOf(u"clients/bob.key"_s));
    const CommandRun run = import(u"clients"_s, {u"--user-id-field"_s, u"name"_s});
    QVERIFY2(run.exitCode == 0 && run.errors.contains(u"carol.key.disabled: note"_s),
             run.text().constData());
    QVERIFY2(run.output.contains(u"2 changed, 0 removed"_s), run.text().constData());
    const QString output = list();
    QVERIFY2(output.contains(u"a curve %1 user-id=\"Alice 'Smith'\" not-after=2037-01-31T00:00:00Z "
                             "name=\"Alice 'Smith'\"\n"_s.arg(alice.publicKeyText())),
             qPrintable(output));
    QVERIFY2(output.contains(u"a curve %1\n"_s.arg(bob.publicKeyText())), qPrintable(output));
}

void tst_StoreImport::certificate()
{
    initialize(u"QSQLITE"_s);
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(bob.save(path(), u"bob"_s));
    // Of a secret certificate, only the public key is imported.
    for (const QString &name : {u"bob.key"_s, u"bob.key_secret"_s}) {
        const CommandRun run = import(name);
        QVERIFY2(run.exitCode == 0 && !run.text().contains(bob.secretKeyText()),
                 run.text().constData());
        QCOMPARE(list(), u"a curve %1\n"_s.arg(bob.publicKeyText()));
    }
}

void tst_StoreImport::passwords()
{
    QFETCH(const QString, driver);
    initialize(driver);
    const QByteArray hash = QZapPasswordFile::hash("other", 1);
    write(u"users"_s, "# people\nalice=geheim\nbob=" + hash + "\n");
    const CommandRun run = import(u"users"_s, {u"--memory"_s, u"1"_s});
    QVERIFY2(run.exitCode == 0 && run.output.contains(u"2 users; 2 changed"_s),
             run.text().constData());
    QCOMPARE(list(), u"a plain alice\na plain bob\n"_s);
    QCOMPARE(value(u"SELECT hash FROM qzap_credentials WHERE name = 'bob'"_s),
             QString::fromLatin1(hash));
    const QString made = value(u"SELECT hash FROM qzap_credentials WHERE name = 'alice'"_s);
    write(u"check"_s, "alice=" + made.toLatin1());
    QVERIFY(QZapPasswordFile::load(path(u"check"_s))->check(u"alice"_s, "geheim"));
    // The password of alice has not changed, so neither has her entry.
    const CommandRun again = import(u"users"_s, {u"--memory"_s, u"1"_s});
    QVERIFY2(again.output.contains(u"2 users; 0 changed"_s), again.text().constData());
    QCOMPARE(value(u"SELECT hash FROM qzap_credentials WHERE name = 'alice'"_s), made);
}

void tst_StoreImport::lockedUsers()
{
    initialize(u"QSQLITE"_s);
    const QByteArray hash = QZapPasswordFile::hash("x", 1);
    write(u"users"_s, "alice=" + hash + "\nbob=" + hash + "\n");
    QCOMPARE(import(u"users"_s).exitCode, 0);
    write(u"users"_s, "alice=*\nbob=" + hash + "\n");
    const CommandRun run = import(u"users"_s);
    QVERIFY2(run.exitCode == 0 && run.output.contains(u"0 changed, 1 removed"_s),
             run.text().constData());
    QCOMPARE(list(), u"a plain bob\n"_s);
}

void tst_StoreImport::allOrNothing_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("said");
    const QByteArray first = bytes(1) + "\n";
    for (const QString &driver : drivers()) {
        const auto row = [&](const char *name, const QByteArray &contents, const QString &said) {
            QTest::addRow("%s, %s", name, qPrintable(driver)) << driver << contents << said;
        };
        row("bad line of a list", first + "x\n" + bytes(2) + "\n", u"file:2: "_s);
        row("several bad lines", first + "x\n" + bytes(2) + " a b\n", u"file:3: "_s);
        row("key twice", first + bytes(2) + "\n" + first, u"file:3: repeats"_s);
        row("expiry that cannot be read", first + bytes(2) + " - not-after=soon\n", u"file:2: "_s);
        row("NUL", first + bytes(2) + QByteArray(" a\0b\n", 5), u"NUL"_s);
        row("low-order key", first + bytes(0) + "\n", u"file:2: the key is a low-order"_s);
        row("field that a store does not take", first + bytes(2) + " - a$b=c\n", u"file:2: "_s);
        row("bad line of a password file", "alice=x\nbob\n", u"file:2: "_s);
        row("user twice", "alice=x\nalice=y\n", u"file:2: "_s);
        row("hash of another kind", "alice=x\nbob=$6$x$y\n", u"file:2: "_s);
        row("user who is a key", "alice=x\n" + bytes(1) + "=x\nbob=x\n", u"file:2: "_s);
    }
}

void tst_StoreImport::allOrNothing()
{
    QFETCH(const QString, driver);
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, said);
    initialize(driver);
    QCOMPARE(store(u"add"_s, {u"--domain"_s, u"a"_s, u"--key"_s, key(9)}).exitCode, 0);
    write(u"file"_s, contents);
    for (const QStringList &options : {QStringList(), QStringList{u"--replace"_s}}) {
        const CommandRun run = import(u"file"_s, options + QStringList{u"--memory=1"_s});
        QVERIFY2(run.exitCode == 1 && run.errors.contains(said)
                     && run.errors.contains(u"nothing was imported"_s) && run.output.isEmpty(),
                 run.text().constData());
        QCOMPARE(list(), u"a curve %1\n"_s.arg(key(9)));
    }
}

void tst_StoreImport::replace()
{
    QFETCH(const QString, driver);
    initialize(driver);
    QCOMPARE(store(u"add"_s, {u"--domain"_s, u"b"_s, u"--key"_s, key(1)}).exitCode, 0);
    QCOMPARE(store(u"add"_s, {u"--domain"_s, u"a"_s, u"--user"_s, u"bob"_s, u"--memory=1"_s}, "x")
                 .exitCode,
             0);
    write(u"keys"_s, bytes(1) + "\n" + bytes(2) + "\n");
    QCOMPARE(import(u"keys"_s).exitCode, 0);
    write(u"keys"_s, bytes(2) + "\n" + bytes(3) + "\n");
    QCOMPARE(import(u"keys"_s).exitCode, 0);
    QCOMPARE(list(), u"a curve %1\na curve %2\na curve %3\na plain bob\nb curve %1\n"_s.arg(
                         key(1), key(2), key(3)));
    const CommandRun run = import(u"keys"_s, {u"--replace"_s});
    QVERIFY2(run.exitCode == 0 && run.output.contains(u"0 changed, 1 removed"_s),
             run.text().constData());
    QCOMPARE(list(),
             u"a curve %2\na curve %3\na plain bob\nb curve %1\n"_s.arg(key(1), key(2), key(3)));
}

void tst_StoreImport::disabledEntriesStayDisabled()
{
    initialize(u"QSQLITE"_s);
    write(u"keys"_s, bytes(1) + "\n");
    QCOMPARE(import(u"keys"_s).exitCode, 0);
    QCOMPARE(store(u"revoke"_s, {u"--key"_s, key(1), u"--disable"_s}).exitCode, 0);
    QCOMPARE(import(u"keys"_s, {u"--replace"_s}).exitCode, 0);
    QCOMPARE(list(), u"a curve %1 disabled\n"_s.arg(key(1)));
}

void tst_StoreImport::refusedArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("said");
    QTest::newRow("no path") << QStringList{u"--domain=a"_s} << u"PATH is missing"_s;
    QTest::newRow("no domain") << QStringList{u"x"_s} << u"--domain is missing"_s;
    QTest::newRow("other kind") << QStringList{u"x"_s, u"--domain=a"_s, u"--as=csv"_s}
                                << u"'csv'"_s;
    QTest::newRow("memory") << QStringList{u"x"_s, u"--domain=a"_s, u"--memory=0"_s}
                            << u"1 to 64"_s;
}

void tst_StoreImport::refusedArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, said);
    const CommandRun run =
        CommandRun::of(QStringList{u"store"_s, u"import"_s, u"--database=x"_s} + arguments);
    QVERIFY2(run.exitCode == 2 && run.errors.contains(said), run.text().constData());
}

void tst_StoreImport::pathsThatCannotBeRead()
{
    initialize(u"QSQLITE"_s);
    makeFifo(u"fifo"_s);
    for (const QString &name : {u"missing"_s, u"fifo"_s}) {
        const CommandRun run = import(name);
        QVERIFY2(run.exitCode == 3 && run.errors.contains(path(name)), run.text().constData());
    }
    write(u"empty"_s, {});
    CommandRun run = import(u"empty"_s, {u"--replace"_s});
    QVERIFY2(run.exitCode == 1 && run.errors.contains(u"--as"_s), run.text().constData());
    run = import(u"empty"_s, {u"--replace"_s, u"--as=keylist"_s});
    QVERIFY2(run.exitCode == 0 && run.output.contains(u"0 keys"_s), run.text().constData());
}

void tst_StoreImport::manyKeys()
{
    QFETCH(const QString, driver);
    constexpr int Count = 10'000;
    initialize(driver);
    QByteArray contents;
    for (int i = 0; i < Count; ++i) {
        // The last group of a key that contains only the byte 1 is replaced by a number.
        contents += bytes(1).chopped(5) + QByteArray::number(10'000 + i) + " user-"
                    + QByteArray::number(i) + '\n';
    }
    write(u"keys"_s, contents);
    QElapsedTimer timer;
    timer.start();
    const CommandRun run = import(u"keys"_s);
    QVERIFY2(run.exitCode == 0 && run.output.contains(u"%1 changed"_s.arg(Count)),
             run.text().constData());
    qInfo("%d keys in %lld ms", Count, timer.elapsed());
    QVERIFY(timer.elapsed() < 30'000);
    QCOMPARE(value(u"SELECT count(*) FROM qzap_credentials"_s), QString::number(Count));
    timer.start();
    write(u"keys"_s, bytes(1));
    QCOMPARE(import(u"keys"_s, {u"--replace"_s}).exitCode, 0);
    qInfo("%d keys replaced in %lld ms", Count, timer.elapsed());
    QCOMPARE(value(u"SELECT count(*) FROM qzap_credentials"_s), u"1"_s);
}

void tst_StoreImport::passwordsAreNotPrinted()
{
    initialize(u"QSQLITE"_s);
    write(u"users"_s, "alice=geheim\ngeheim without equals\ncarol=$6$geheim$x\n", 0644);
    QByteArray text = import(u"users"_s, {u"--memory=1"_s}).text();
    write(u"users"_s, "alice=geheim\n", 0644);
    text += import(u"users"_s, {u"--memory=1"_s}).text();
    QVERIFY2(text.contains("; 1 changed") && !text.contains("geheim")
                 && !text.contains("$argon2id$v"), // a message names the scheme
             text.constData());
}

// "store list" would print what follows the colon, which may be a password of another format.
void tst_StoreImport::namesWithColonsAreRefused()
{
    initialize(u"QSQLITE"_s);
    write(u"users"_s, "alice=x\nbob:geheim=y\n");
    for (const QStringList &options : {QStringList{}, QStringList{u"--as=passwords"_s}}) {
        const CommandRun run = import(u"users"_s, options + QStringList{u"--memory=1"_s});
        QVERIFY2(run.exitCode == 1 && run.errors.contains(u"users:2: "_s)
                     && run.errors.contains(u"nothing was imported"_s),
                 run.text().constData());
        QVERIFY2(!run.text().contains("geheim"), run.text().constData());
        QCOMPARE(list(), QString());
    }
}

QTEST_GUILESS_MAIN(tst_StoreImport)

#include "tst_storeimport.moc"
