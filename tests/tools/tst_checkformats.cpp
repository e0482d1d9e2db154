// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "checktest.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests how "qzap check" detects the format of a file, and its messages about other formats.
class tst_CheckFormats : public CheckTest
{
    Q_OBJECT

private Q_SLOTS:
    void detectsTheKind_data();
    void detectsTheKind();
    void usesTheNamedKind_data();
    void usesTheNamedKind();
    void refusesDoubtfulFiles_data();
    void refusesDoubtfulFiles();
    void refusesFilesOfOtherPrograms_data();
    void refusesFilesOfOtherPrograms();
    void explainsFaultyCertificates_data();
    void explainsFaultyCertificates();
};

void tst_CheckFormats::detectsTheKind_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("summary");

    const QByteArray plain = "# people\n\nalice=correct horse\nbob=x\n";
    const QByteArray hash = "carol=$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    QTest::newRow("passwords") << plain << u"file: password file, 2 users, no errors"_s;
    QTest::newRow("hashed passwords") << hash << u"file: password file, 1 user, no errors"_s;
    QTest::newRow("password with control characters")
        << QByteArray("a=\x01\x02\n") << u"file: password file, 1 user, no errors"_s;
    QTest::newRow("password that makes its line as long as a key")
        << QByteArray("bob=x\nalice=0000000000000000000000000000000000\n")
        << u"file: password file, 2 users, no errors"_s;
    QTest::newRow("locked users") << QByteArray("alice=*\nbob=x\ncarol=!\n")
                                  << u"file: password file, 1 user, 2 locked, no errors"_s;
    QTest::newRow("locked users only")
        << QByteArray("alice=*\n") << u"file: password file, 0 users, 1 locked, no errors"_s;
    QTest::newRow("key list") << key() + " alice\n# x\n" + key() + " - a=b\n"
                              << u"file: key list, 2 keys, no errors"_s;
    // A key in Z85 can contain '=', which would end the name of a user.
    QTest::newRow("keys with =") << QByteArray(40, '=') + '\n'
                                 << u"file: key list, 1 key, no errors"_s;
    QTest::newRow("key with an id that is as long as a password")
        << QByteArray("alice=0000000000000000000000000000000000 alice\n")
        << u"file: key list, 1 key, no errors"_s;
    QTest::newRow("certificate") << "metadata\n    name = x\ncurve\n    public-key = \"" + key()
                                        + "\"\n"
                                 << u"file: public certificate, 1 metadata field, no errors"_s;
}

void tst_CheckFormats::detectsTheKind()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, summary);
    QVERIFY(write(u"file"_s, contents));
    const CommandRun run = check(u"file"_s);
    QVERIFY2(run.exitCode == 0 && run.errors.isEmpty(), run.text().constData());
    QCOMPARE(run.output, summary + u'\n');
}

void tst_CheckFormats::usesTheNamedKind_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("summary");
    QTest::newRow("keylist") << u"keylist"_s << u"file: key list, 1 key, no errors"_s;
    QTest::newRow("passwords") << u"passwords"_s << u"file: password file, 1 user, no errors"_s;
}

void tst_CheckFormats::usesTheNamedKind()
{
    QFETCH(const QString, kind);
    QFETCH(const QString, summary);
    // The line is a key as well as the user "alice" with a password.
    QVERIFY(write(u"file"_s, "alice=0000000000000000000000000000000000\n"));
    const CommandRun run = check(u"file"_s, {u"--as"_s, kind});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.output, summary + u'\n');
}

void tst_CheckFormats::refusesDoubtfulFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("error"); // the start of it

    const auto row = [](const char *title, const QByteArray &contents, const QString &error,
                        const QString &name = u"file"_s) {
        QTest::newRow(title) << name << contents << error;
    };
    const auto aliceKey = u"alice.key"_s;
    const QByteArray either = "alice=0000000000000000000000000000000000\n";
    row("a key, or a user and a password", either, u"may be a key list, or a password file"_s);
    row("most lines users, some keys", "alice=x\nbob=x\n" + key() + '\n',
        u"may be a password file, or a key list"_s);
    row("settings of another program", "host = x\nport = 1\n",
        u"may be a password file, or sett"_s);
    row("headings in brackets", "[users]\nalice=x\n", u"has headings in brackets"_s);
    row("NUL in a password", QByteArray("alice=a\0b\n", 10), u"has NUL characters"_s);
    row("NULs after a crash", "alice=x\n" + QByteArray(4096, '\0'), u"has NUL characters"_s);
    row("NULs after a crash, keys", key() + '\n' + QByteArray(4096, '\0'), u"has NUL char"_s);
    row("NULs only", QByteArray(4096, '\0'), u"has NUL characters"_s);
    row("key list with the name of a certificate", key() + " alice\n", u"has the name of a cert"_s,
        aliceKey);
    row("key list of keys alone with the name of a certificate", key() + '\n' + key() + '\n',
        u"has the name of a certificate, and looks like a key list"_s, aliceKey);
    row("passwords with the name of a certificate", "alice=x\n",
        u"has the name of a certificate, and looks like a password file"_s, aliceKey);
    row("passwords with the name of a secret certificate", "alice=x\n",
        u"has the name of a certificate, and looks like a password file"_s, u"alice.KEY_secret"_s);
    for (const bool bigEndian : {false, true}) {
        const auto utf16 = [bigEndian](const QByteArray &text) { return inUtf16(text, bigEndian); };
        const QByteArray mark = bigEndian ? "\xfe\xff" : "\xff\xfe";
        const auto is = u"is UTF-16 text"_s;
        const char *const order = bigEndian ? "big-endian" : "little-endian";
        const auto add = [&](const char *what, const QByteArray &contents, const QString &name) {
            QTest::addRow("%s in UTF-16, %s", what, order) << name << contents << is;
        };
        add("passwords", mark + utf16("alice=x\r\n"), u"file"_s);
        add("passwords without a mark", utf16("alice=x\n"), u"file"_s);
        add("key list", mark + utf16(key() + '\n'), u"file"_s);
        add("certificate", mark + utf16("curve\n    public-key = \"" + key() + "\"\n"), aliceKey);
        add("nothing", mark, u"file"_s);
    }
}

void tst_CheckFormats::refusesDoubtfulFiles()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, error);
    QVERIFY(write(name, contents));
    const CommandRun run = check(name);
    QVERIFY2(run.exitCode == 1 && run.errors.startsWith(name + u": "_s + error),
             run.text().constData());
    QCOMPARE(run.errors.count(u'\n'), 1);
    QVERIFY2(run.errors.contains(error.startsWith(u"is UTF-16"_s) ? u"save it as UTF-8"_s
                                                                  : u"say with --as"_s),
             run.text().constData());
    QVERIFY2(run.output.isEmpty(), run.text().constData());
}

void tst_CheckFormats::refusesFilesOfOtherPrograms_data()
{
    QTest::addColumn<QByteArray>("contents"); // without other problems if it is a password file
    QTest::addColumn<int>("line");

    const auto row = [](const char *title, const QByteArray &contents, int line = 1) {
        QTest::newRow(title) << contents << line;
    };
    const QByteArray base64(43, 'A');
    row("authorized_keys", "ssh-ed25519 " + base64 + "== alice@host\n");
    row("XML", "<user name=\"alice\">geheim</user>\n");
    row("HTML", "<a href=\"geheim\">x</a>\n");
    row("fstab", "/dev/sda1 / ext4 errors=remount-ro 0 1\ntmpfs /tmp tmpfs mode=geheim 0 0\n");
    row("fstab with a tag", "# <file system>\nUUID=geheim / ext4 defaults 0 1\n", 2);
    row("URL", "https://example.com/?token=geheim\n");
    row("pgbouncer", "\"alice\" \"geheim=\" # x\n");
    row("dovecot", "alice:geheim:1000:1000::/home/a::userdb_mail=maildir:~/x\n");
    row("name and password, with a = in it", "alice:geheim=x\n");
    row("name and password, with a = before it", "alice:=geheim\n");
    row("pgpass", "localhost:5432:db:alice:geheim=x\n");
    row("netrc", "machine example.com login alice password geheim=x\n");
    row("base64 key with its owner", base64 + "= alice\n");
    row("key list whose only key was cut", key().first(39) + " alice site=north\n");
    row("key after its owner", "alice=" + key() + '\n');
    row("key after its owner, in a later line", "# x\nalice=x\nbob=" + key() + '\n', 3);
    row("unusual name among usual ones", "alice=x\nbob:geheim=x\ncarol=x\n", 2);
}

void tst_CheckFormats::refusesFilesOfOtherPrograms()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const int, line);
    QVERIFY(write(u"file"_s, contents));
    CommandRun run = check(u"file"_s);
    QVERIFY2(
        run.exitCode == 1
            && run.errors.startsWith(u"file:%1: may be a line of a password file, or "_s.arg(line)),
        run.text().constData());
    QCOMPARE(run.errors.count(u'\n'), 1);
    QVERIFY2(run.errors.contains(u"say with --as"_s), run.text().constData());
    QVERIFY2(run.output.isEmpty() && !run.text().contains("geheim"), run.text().constData());

    run = check(u"file"_s, as("passwords"));
    QVERIFY2(run.exitCode == 0 && run.output.startsWith(u"file: password file, "_s),
             run.text().constData());
    QVERIFY2(!run.text().contains("geheim"), run.text().constData());
}

void tst_CheckFormats::explainsFaultyCertificates_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("error"); // the start of it

    const auto row = [](const char *title, const QByteArray &contents, const QString &error,
                        const QString &name = u"file"_s) {
        QTest::newRow(title) << name << contents << error;
    };
    const auto aliceKey = u"alice.key"_s;
    const QByteArray quoted = '"' + key() + '"';
    const auto outside = u"a public-key outside of a section curve; write \"curve\""_s;
    row("no sections", "public-key = " + quoted + '\n', u":1: "_s + outside);
    row("no sections, no blanks", "public-key=" + quoted + '\n', u":1: "_s + outside);
    row("no sections, no quotes", "public-key=" + key() + '\n', u":1: "_s + outside);
    row("no sections, public_key=", "public_key=" + quoted + '\n', u":1: "_s + outside);
    row("no sections, Public-Key", "Public-Key = " + quoted + '\n', u":1: "_s + outside);
    row("no sections, PUBLICKEY", "PUBLICKEY=" + quoted + '\n', u":1: "_s + outside);
    row("no sections, metadata first", "name=Alice\npublic-key = " + quoted + '\n',
        u":2: "_s + outside);
    row("no sections, both keys", "public_key=" + quoted + "\nsecret_key=" + quoted + '\n',
        u":1: "_s + outside);
    row("no sections, indented", "    public-key = " + quoted + '\n',
        u":1: an indented line before the first section; write \"curve\""_s);
    row("public_key in its section", "curve\n    public_key = " + quoted + '\n',
        u":2: a name that is not written as it must be: \"public-key\""_s);
    row("Public-Key in its section", "curve\n    Public-Key = " + quoted + '\n',
        u":2: a name that is not written as it must be: \"public-key\""_s);
    row("Curve", "Curve\n    public-key = " + quoted + '\n',
        u":1: a name that is not written as it must be: \"curve\""_s);
    row("[curve]", "[curve]\npublic-key = " + quoted + '\n',
        u":1: neither a section nor an indented line of one; write sections without brackets"_s);
    row("YAML", "curve:\n    public-key: " + quoted + '\n', u":1: neither a section"_s);
    row("public-key twice",
        "curve\n    public-key = " + quoted + "\n    public-key = " + quoted + '\n',
        u":3: a second public-key, after that of line 2; remove one"_s);
    row("a byte order mark",
        "\xef\xbb\xbf"
        "curve\n    public-key = "
            + quoted + '\n',
        u":1: starts with a byte order mark; save it as UTF-8 without one"_s);
    row("NULs after a crash", "curve\n    public-key = " + quoted + '\n' + QByteArray(512, '\0'),
        u":3: has NUL characters"_s, aliceKey);
    row("NULs only", QByteArray(512, '\0'), u":1: has NUL characters"_s, aliceKey);
    row("a key alone", key() + '\n', u":1: is a key alone, not a certificate; write it as"_s,
        aliceKey);
    row("a key alone, without the end of its line", key(), u":1: is a key alone"_s, aliceKey);
    row("a key alone, in quotes", quoted + '\n', u":1: is a key alone"_s, aliceKey);
    row("a secret key alone", key() + '\n', u":1: is a key alone"_s, u"alice.key_secret"_s);
    row("a key alone that has a =", "alice=0000000000000000000000000000000000\n",
        u":1: is a key alone"_s, aliceKey);
    row("empty", QByteArray(), u":1: no section curve with a public-key"_s, aliceKey);
    row("TLS", "-----BEGIN PRIVATE KEY-----\nMIIE=\n-----END PRIVATE KEY-----\n",
        u":1: is in the PEM format of TLS and SSH"_s, aliceKey);
    row("TLS by another name", "-----BEGIN PRIVATE KEY-----\nMIIE=\n",
        u":1: is in the PEM format of TLS and SSH"_s);
}

void tst_CheckFormats::explainsFaultyCertificates()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, error);
    QVERIFY(write(name, contents));
    const CommandRun run = check(name);
    QVERIFY2(run.exitCode == 1 && run.errors.startsWith(name + error), run.text().constData());
    QCOMPARE(run.errors.count(u'\n'), 1);
    QCOMPARE(run.output, name + u": certificate, 1 error\n"_s);
    // The message contains neither a key nor a part of one.
    const QByteArrayView longest = contents.trimmed();
    QVERIFY(longest.size() < 40
            || !run.errors.contains(QString::fromLatin1(longest.last(30).first(20))));
}

QTEST_GUILESS_MAIN(tst_CheckFormats)
#include "tst_checkformats.moc"
