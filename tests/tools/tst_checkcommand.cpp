// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandrun.h"

#include <QZap/QZapCertificate>

#include <QtCore/qdir.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <cstdio>
#include <memory>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

class tst_CheckCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void detectsTheKind_data();
    void detectsTheKind();
    void doubts_data();
    void doubts();
    void certificatesWithFaults_data();
    void certificatesWithFaults();
    void usesTheNamedKind_data();
    void usesTheNamedKind();
    void problems_data();
    void problems();
    void manyProblems();
    void warnings_data();
    void warnings();
    void unreadable_data();
    void unreadable();
    void noPermission();
    void hugeHash();
    void oddDirectory();
    void notesFilesThatAreNotRead();
    void keysInSubDirectoriesOnly_data();
    void keysInSubDirectoriesOnly();
    void emptyDirectoryWithAKeysName();
    void warnsOfKeysThatDoNotMatch();
    void secretsAreNotPrinted_data();
    void secretsAreNotPrinted();
    void outputThatCannotBeWritten();

private:
    QString path(const QString &name) const { return m_directory->filePath(name); }
    bool write(const QString &name, const QByteArray &contents, uint mode = 0600) const
    {
        QFile file(path(name));
        return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size()
               && ::chmod(qPrintable(file.fileName()), mode) == 0;
    }
    CommandRun check(const QString &name, const QStringList &options = {}) const
    {
        QProcess process;
        process.setWorkingDirectory(m_directory->path());
        return CommandRun::of(&process, QStringList{u"check"_s, name} + options);
    }
    // One that cannot be taken for a user and a password.
    static QByteArray key()
    {
        for (;;) {
            const QByteArray key = QZapCertificate::generate().publicKeyText().toLatin1();
            if (!key.contains('='))
                return key;
        }
    }
    static QByteArray inUtf16(const QByteArray &text, bool bigEndian)
    {
        QByteArray result;
        for (const char c : text)
            result += bigEndian ? QByteArray(1, '\0') + c : c + QByteArray(1, '\0');
        return result;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_CheckCommand::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_CheckCommand::detectsTheKind_data()
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
    // Z85 has the '=' that ends a user's name.
    QTest::newRow("keys with =") << QByteArray(40, '=') + '\n'
                                 << u"file: key list, 1 key, no errors"_s;
    QTest::newRow("key with an id that is as long as a password")
        << QByteArray("alice=0000000000000000000000000000000000 alice\n")
        << u"file: key list, 1 key, no errors"_s;
    QTest::newRow("certificate") << "metadata\n    name = x\ncurve\n    public-key = \"" + key()
                                        + "\"\n"
                                 << u"file: public certificate, 1 metadata field, no errors"_s;
}

void tst_CheckCommand::detectsTheKind()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, summary);
    QVERIFY(write(u"file"_s, contents));
    const CommandRun run = check(u"file"_s);
    QVERIFY2(run.exitCode == 0 && run.errors.isEmpty(), run.text().constData());
    QCOMPARE(run.output, summary + u'\n');
}

void tst_CheckCommand::doubts_data()
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

void tst_CheckCommand::doubts()
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

void tst_CheckCommand::certificatesWithFaults_data()
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

void tst_CheckCommand::certificatesWithFaults()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, error);
    QVERIFY(write(name, contents));
    const CommandRun run = check(name);
    QVERIFY2(run.exitCode == 1 && run.errors.startsWith(name + error), run.text().constData());
    QCOMPARE(run.errors.count(u'\n'), 1);
    QCOMPARE(run.output, name + u": certificate, 1 error\n"_s);
    // Neither a key nor a part of one.
    const QByteArrayView longest = contents.trimmed();
    QVERIFY(longest.size() < 40
            || !run.errors.contains(QString::fromLatin1(longest.last(30).first(20))));
}

void tst_CheckCommand::usesTheNamedKind_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("summary");
    QTest::newRow("keylist") << u"keylist"_s << u"file: key list, 1 key, no errors"_s;
    QTest::newRow("passwords") << u"passwords"_s << u"file: password file, 1 user, no errors"_s;
}

void tst_CheckCommand::usesTheNamedKind()
{
    QFETCH(const QString, kind);
    QFETCH(const QString, summary);
    // A key, or the user "alice" and a password.
    QVERIFY(write(u"file"_s, "alice=0000000000000000000000000000000000\n"));
    const CommandRun run = check(u"file"_s, {u"--as"_s, kind});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.output, summary + u'\n');
}

void tst_CheckCommand::problems_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("error");
    QTest::addColumn<QString>("summary");

    const auto as = [](const char *kind) {
        return QStringList{u"--as"_s, QString::fromLatin1(kind)};
    };
    QTest::newRow("bad line of passwords")
        << QByteArray("alice=x\nnobody\nbob=\n") << QStringList{} << u"file:2: no '='"_s
        << u"password file, 1 user, 2 errors"_s;
    QTest::newRow("Latin-1 passwords") << QByteArray("ren\xe9=x\nalice=x\n") << QStringList{}
                                       << u"file:1: "_s << u"password file, 1 user, 1 error"_s;
    QTest::newRow("bad line of a key list")
        << key() + "\nshort\n"
        << QStringList{} << u"file:2: "_s << u"key list, 1 key, 1 error"_s;
    QTest::newRow("certificate without a key") << QByteArray("metadata\ncurve\n") << QStringList{}
                                               << u"file:2: "_s << u"certificate, 1 error"_s;
    QTest::newRow("empty") << QByteArray() << QStringList{} << u"file: is empty"_s << QString();
    QTest::newRow("comments only")
        << QByteArray("# x\n\n") << QStringList{} << u"--as"_s << QString();
    QTest::newRow("passwords of another program")
        << QByteArray("alice:$7$101$c2FsdA==$aGFzaA==\nbob:{SHA}c2FsdA=\n") << QStringList{}
        << u"file:1: a hash of another program's (PBKDF2)"_s
        << u"password file, 0 users, 2 errors"_s;
    QTest::newRow("UTF-16 taken for passwords")
        << inUtf16("alice=x\n", false) << as("passwords") << u"file:1: is UTF-16 text"_s
        << u"password file, 0 users, 1 error"_s;
    QTest::newRow("UTF-16 taken for a key list")
        << inUtf16(key() + '\n', true) << as("keylist") << u"file:1: is UTF-16 text"_s
        << u"key list, 0 keys, 1 error"_s;
    QTest::newRow("NULs taken for passwords")
        << "alice=x\n" + QByteArray(64, '\0') << as("passwords") << u"file:2: has NUL characters"_s
        << u"password file, 1 user, 1 error"_s;
    QTest::newRow("NULs taken for a key list")
        << key() + '\n' + QByteArray(64, '\0') << as("keylist") << u"file:2: has NUL characters"_s
        << u"key list, 1 key, 1 error"_s;
    QTest::newRow("binary") << QByteArray("\x02\x01\x01=\0\n\x01=\nab=c\n", 14) << QStringList{}
                            << u"--as"_s << QString();
    QTest::newRow("prose") << QByteArray("Dear Alice\n") << QStringList{} << u"--as"_s << QString();
    QTest::newRow("passwords taken for a certificate")
        << QByteArray("alice=x\n") << as("certificate") << u"file:1: "_s
        << u"certificate, 1 error"_s;
    QTest::newRow("passwords taken for a key list")
        << QByteArray("alice=x\n") << as("keylist") << u"file:1: "_s
        << u"key list, 0 keys, 1 error"_s;
    QTest::newRow("certificate taken for a key list")
        << "curve\n    public-key = \"" + key() + "\"\n"
        << as("keylist") << u"file: a certificate"_s << u"key list, 0 keys, 1 error"_s;
    QTest::newRow("large certificate")
        << "curve\n    public-key = \"" + key() + "\"\n#" + QByteArray(70'000, 'x') << QStringList{}
        << u"file:1: larger than"_s << u"certificate, 1 error"_s;
}

void tst_CheckCommand::problems()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QStringList, options);
    QFETCH(const QString, error);
    QFETCH(const QString, summary);
    QVERIFY(write(u"file"_s, contents));
    const CommandRun run = check(u"file"_s, options);
    QVERIFY2(run.exitCode == 1 && run.errors.contains(error), run.text().constData());
    QCOMPARE(run.output, summary.isEmpty() ? QString() : u"file: "_s + summary + u'\n');
}

void tst_CheckCommand::manyProblems()
{
    QVERIFY(write(u"file"_s, "a=b\n" + QByteArray("bad=\n").repeated(100'000)));
    const CommandRun run = check(u"file"_s);
    QCOMPARE(run.exitCode, 1);
    QCOMPARE(run.errors.count(u'\n'), 21);
    QVERIFY2(run.errors.endsWith(u"file: 99980 more problems, which are not listed\n"_s),
             run.text().constData());
    QCOMPARE(run.output, u"file: password file, 1 user, more than 20 errors\n"_s);
}

void tst_CheckCommand::warnings_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<uint>("mode");
    QTest::addColumn<uint>("directoryMode");
    QTest::addColumn<QString>("warning");

    const QByteArray certificate = "curve\n    public-key = \"" + key() + "\"\n";
    QTest::newRow("passwords that others can read")
        << QByteArray("alice=x\n") << 0644U << 0700U << u"file: warning: others than"_s;
    QTest::newRow("key list that others may write")
        << key() + '\n'
        << 0666U << 0700U << u"file: warning: others than"_s;
    QTest::newRow("certificate that others may write")
        << certificate << 0666U << 0700U << u"file: warning: others than"_s;
    QTest::newRow("directory that others may write")
        << certificate << 0600U << 0777U << u".: warning: others than"_s;
    const QByteArray tail = "$c2FsdHNhbHRzYWx0c2FsdA$" + QByteArray(43, 'A') + '\n';
    QTest::newRow("hashes with different parameters")
        << "alice=$argon2id$v=19$m=1024,t=2,p=1" + tail + "bob=$argon2id$v=19$m=2048,t=2,p=1" + tail
        << 0600U << 0700U << u"file: warning: the hashes do not all have the same"_s;
    QTest::newRow("user_id in the section curve")
        << certificate + "    user_id = \"alice\"\n"
        << 0600U << 0700U
        << u"file:3: warning: this property is in the section curve, where it does"_s;
    QTest::newRow("metadata that is skipped") << "metadata\n    full name = x\n" + certificate
                                              << 0600U << 0700U << u"file:2: warning: skipped"_s;
}

void tst_CheckCommand::warnings()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const uint, mode);
    QFETCH(const uint, directoryMode);
    QFETCH(const QString, warning);
    QVERIFY(write(u"file"_s, contents, mode));
    QCOMPARE(::chmod(qPrintable(m_directory->path()), directoryMode), 0);
    CommandRun run = check(u"file"_s);
    QVERIFY2(run.exitCode == 0 && run.errors.startsWith(warning), run.text().constData());
    QVERIFY2(run.output.endsWith(u", no errors, 1 warning\n"_s), run.text().constData());
    run = check(u"file"_s, {u"--strict"_s});
    QVERIFY2(run.exitCode == 1 && run.errors.startsWith(warning), run.text().constData());
}

void tst_CheckCommand::unreadable_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("error");

    const auto as = [](const char *kind) {
        return QStringList{u"--as"_s, QString::fromLatin1(kind)};
    };
    QTest::newRow("missing") << u"missing"_s << QStringList{} << u"missing: no such file"_s;
    QTest::newRow("missing directory")
        << u"missing"_s << as("directory") << u"missing: no such directory"_s;
    QTest::newRow("below a file") << u"users/x"_s << QStringList{} << u"users/x: no such file"_s;
    QTest::newRow("file taken for a directory")
        << u"users"_s << as("directory") << u"users: not a directory"_s;
    for (const char *kind : {"certificate", "keylist", "passwords"}) {
        QTest::addRow("directory taken for %s", kind)
            << u"."_s << as(kind) << u".: a directory, not a file"_s;
        QTest::addRow("fifo taken for %s", kind)
            << u"fifo"_s << as(kind) << u"fifo: not a regular file"_s;
    }
    QTest::newRow("fifo") << u"fifo"_s << QStringList{} << u"fifo: not a regular file"_s;
    QTest::newRow("socket") << u"socket"_s << QStringList{} << u"socket: not a regular file"_s;
    QTest::newRow("device") << u"/dev/zero"_s << QStringList{} << u"not a regular file"_s;
    QTest::newRow("1 GiB") << u"large"_s << QStringList{} << u"large: larger than"_s;
    QTest::newRow("symlink loop") << u"loop"_s << QStringList{} << u"loop: a symbolic link"_s;
    QTest::newRow("symlink to nothing")
        << u"dangling"_s << QStringList{} << u"dangling: no such file"_s;
    QTest::newRow("control characters")
        << u"a\x1b[31m\nb"_s << QStringList{} << uR"(a\u001b[31m\u000ab: no such file)"_s;
    QTest::newRow("line separator")
        << u"a\u2028b"_s << QStringList{} << uR"(a\u2028b: no such file)"_s;
    QTest::newRow("right-to-left override")
        << u"a\u202eb"_s << QStringList{} << uR"(a\u202eb: no such file)"_s;
}

void tst_CheckCommand::unreadable()
{
    QFETCH(const QString, name);
    QFETCH(const QStringList, options);
    QFETCH(const QString, error);
    QVERIFY(write(u"users"_s, "alice=x\n"));
    QCOMPARE(::mkfifo(qPrintable(path(u"fifo"_s)), 0600), 0);
    QCOMPARE(::symlink("loop", qPrintable(path(u"loop"_s))), 0);
    QCOMPARE(::symlink("nothing", qPrintable(path(u"dangling"_s))), 0);
    QFile large(path(u"large"_s));
    QVERIFY(large.open(QIODevice::WriteOnly) && large.resize(qint64{1} << 30));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    qstrncpy(address.sun_path, qPrintable(path(u"socket"_s)), sizeof address.sun_path);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const auto closeSocket = qScopeGuard([socket] { ::close(socket); });
    QCOMPARE(::bind(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);

    const CommandRun run = check(name, options);
    QVERIFY2(run.exitCode == 3 && run.errors.contains(error) && run.output.isEmpty(),
             run.text().constData());
    QCOMPARE(run.errors.count(u'\n'), 1);
}

void tst_CheckCommand::noPermission()
{
    QVERIFY(write(u"users"_s, "alice=x\n", 0));
    QVERIFY(QDir(m_directory->path()).mkdir(u"keys"_s));
    QCOMPARE(::chmod(qPrintable(path(u"keys"_s)), 0), 0);
    QCOMPARE(::chmod(qPrintable(m_directory->path()), 0755), 0);
    for (const QString &name : {u"users"_s, u"keys"_s}) {
        QProcess process;
        if (::geteuid() == 0)
            process.setChildProcessModifier([] { Q_UNUSED(::setuid(65534)) });
        const CommandRun run = CommandRun::of(&process, {u"check"_s, path(name)});
        if (process.error() == QProcess::FailedToStart)
            QSKIP("nobody may not run the program here");
        QVERIFY2(run.exitCode == 3 && run.errors.contains(u"permission denied"_s),
                 run.text().constData());
    }
}

void tst_CheckCommand::hugeHash()
{
    QVERIFY(write(u"users"_s, "alice=$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"));
    QElapsedTimer timer;
    timer.start();
    const CommandRun run = check(u"users"_s);
    QVERIFY2(run.exitCode == 1 && run.errors.startsWith(u"users:1: the hash asks for 4194304"_s),
             run.text().constData());
    QVERIFY(timer.elapsed() < 10'000); // computing it takes 17 s
}

void tst_CheckCommand::oddDirectory()
{
    QDir directory(m_directory->path());
    QVERIFY(directory.mkdir(u"keys"_s) && directory.mkdir(u"keys/directory.key"_s));
    const QString keys = path(u"keys"_s);
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(keys, u"alice"_s)); // and alice.key_secret
    QVERIFY(write(u"keys/broken.key"_s, "curve\n"));
    QVERIFY(write(u"keys/README"_s, "no certificate"));
    QVERIFY(QFile::copy(keys + u"/alice.key"_s, keys + u"/.hidden.key"_s));
    QVERIFY(QFile::copy(keys + u"/alice.key"_s, keys + u"/again"_s));
    QCOMPARE(::mkfifo(qPrintable(keys + u"/fifo.key"_s), 0600), 0);
    QCOMPARE(::symlink("loop.key", qPrintable(keys + u"/loop.key"_s)), 0);
    const QByteArray latinName = QFile::encodeName(keys) + "/ren\xe9.key";
    FILE *const file = std::fopen(latinName.constData(), "w");
    QVERIFY(file);
    QCOMPARE(std::fclose(file), 0);
    const auto removeFile = qScopeGuard([&] { ::unlink(latinName.constData()); });

    const CommandRun run = check(u"keys"_s);
    QCOMPARE(run.exitCode, 1);
    for (const QString &error :
         {u"keys/broken.key:1: "_s, u"keys/fifo.key: not a regular file"_s,
          u"keys/loop.key: a symbolic link"_s, uR"(keys/ren\xe9.key:1: )"_s,
          u"keys/alice.key: warning: contains the same key as keys/again"_s}) {
        QVERIFY2(run.errors.contains(error), run.text().constData());
    }
    QCOMPARE(run.output, u"keys: key directory, 1 key, 4 errors, 1 warning\n"_s);
}

void tst_CheckCommand::notesFilesThatAreNotRead()
{
    QDir directory(m_directory->path());
    QVERIFY(directory.mkdir(u"keys"_s) && directory.mkdir(u"keys/old"_s)
            && directory.mkdir(u"keys/empty"_s));
    const QString keys = path(u"keys"_s);
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(keys, u"alice"_s)); // and alice.key_secret
    for (const QString &name :
         {u"/.hidden.key"_s, u"/bob.key.disabled"_s, u"/bob.old"_s, u"/bob (copy).key"_s,
          u"/bob.key_secret"_s, u"/bob.rpmsave"_s, u"/old/bob.key"_s, u"/a\nb.key.1"_s})
        QVERIFY(QFile::copy(keys + u"/alice.key"_s, keys + name));

    CommandRun run = check(u"keys"_s, {u"--strict"_s});
    QCOMPARE(run.errors,
             uR"(keys/a\x0ab.key.1: note: not read, as it has something after .key in its name
keys/bob (copy).key: note: not read, as it has the name of a copy
keys/bob.key.disabled: note: not read, as it has something after .key in its name
keys/bob.key_secret: note: not read, as it has the name of a secret certificate; leave that with its owner
keys/bob.old: note: not read, as it has the name of a backup, temporary or disabled file
keys/bob.rpmsave: note: not read, as it has the name of another version of a file, left by a package manager or by synchronization
keys/old: note: not read, as it is a sub-directory with certificates in it, which czmq's zcertstore reads and QZap does not; move up those that are to count
)"_s);
    QCOMPARE(run.output, u"keys: key directory, 1 key, 7 entries not read, no errors\n"_s);
    QCOMPARE(run.exitCode, 0);

    for (int i = 0; i < 20; ++i)
        QVERIFY(QFile::copy(keys + u"/alice.key"_s, keys + u"/z.key.%1"_s.arg(i)));
    run = check(u"keys"_s);
    QCOMPARE(run.errors.count(u'\n'), 21);
    QVERIFY2(run.errors.endsWith(u"keys: note: 7 more are not read\n"_s), run.text().constData());
    QCOMPARE(run.output, u"keys: key directory, 1 key, 27 entries not read, no errors\n"_s);
}

void tst_CheckCommand::keysInSubDirectoriesOnly_data()
{
    QTest::addColumn<QString>("directory");
    QTest::newRow("in a sub-directory") << u"site"_s;
    QTest::newRow("in a sub-directory of a sub-directory") << u"site/room"_s;
}

// As czmq's zcertstore reads them.
void tst_CheckCommand::keysInSubDirectoriesOnly()
{
    QFETCH(const QString, directory);
    QVERIFY(QDir(m_directory->path()).mkpath(u"keys/"_s + directory));
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(path(u"keys/"_s + directory), u"alice"_s));
    CommandRun run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 1
                 && run.errors.contains(u"keys: no key is read, and there are certificates in "
                                        "sub-directories"_s)
                 && run.errors.contains(u"keys/site: note: not read, as it is a sub-directory"_s),
             run.text().constData());
    QCOMPARE(run.output, u"keys: key directory, 0 keys, 1 entry not read, 1 error\n"_s);

    QVERIFY(alice.save(path(u"keys"_s), u"alice"_s));
    run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.output, u"keys: key directory, 1 key, 1 entry not read, no errors\n"_s);
}

void tst_CheckCommand::emptyDirectoryWithAKeysName()
{
    QVERIFY(QDir(m_directory->path()).mkdir(u"x.key"_s));
    const CommandRun run = check(u"x.key"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.output, u"x.key: key directory, 0 keys, no errors\n"_s);
}

void tst_CheckCommand::warnsOfKeysThatDoNotMatch()
{
    const QByteArray secret = QZapCertificate::generate().secretKeyText();
    QVERIFY(write(
        u"file"_s,
        "curve\n    public-key = \"" + key() + "\"\n    secret-key = \"" + secret + "\"\n", 0644));
    const CommandRun run = check(u"file"_s);
    QVERIFY2(run.exitCode == 0 && run.errors.contains(u"file: warning: the secret key"_s)
                 && run.errors.contains(u"file: warning: a secret key that others"_s),
             run.text().constData());
    QCOMPARE(run.output, u"file: secret certificate, 0 metadata fields, no errors, 2 warnings\n"_s);
}

void tst_CheckCommand::secretsAreNotPrinted_data()
{
    QTest::addColumn<QByteArray>("contents");

    const QByteArray good = "curve\n    public-key = \"" + key() + "\"\n    secret-key = ";
    const QByteArray secret = "geheim0000000000000000000000000000000000";
    QTest::newRow("secret certificate") << good + '"' + secret + "\"\n";
    QTest::newRow("short secret key") << good + "\"geheim\"\n";
    QTest::newRow("secret key without its quotes") << good + "geheim#\n";
    QTest::newRow("secret key that is not Z85") << good + "\"geheim" + QByteArray(34, ' ') + "\"\n";
    QTest::newRow("secret key without indentation") << "curve\nsecret-key = \"" + secret + "\"\n";
    QTest::newRow("secret key in the metadata")
        << "metadata\n    geheim geheim = \"geheim\n" + good;
    QTest::newRow("passwords") << QByteArray("alice=geheim\n");
    QTest::newRow("password twice") << QByteArray("alice=geheim\nalice=geheim\n");
    QTest::newRow("password without =") << QByteArray("alice geheim\nbob=x\n");
    QTest::newRow("password of a wrong name") << QByteArray("anonymous=geheim\nbob=x\n");
    QTest::newRow("password with a wrong scheme") << QByteArray("alice=$geheim$geheim\n");
    QTest::newRow("password too long") << "alice=geheim" + QByteArray(255, 'x') + '\n';
    QTest::newRow("password in a key list") << key() + "\ngeheim\n" + key() + " a geheim\n";
}

void tst_CheckCommand::secretsAreNotPrinted()
{
    QFETCH(const QByteArray, contents);
    QVERIFY(contents.contains("geheim"));
    QVERIFY(write(u"file"_s, contents, 0644));
    QVERIFY(QDir(m_directory->path()).mkdir(u"keys"_s));
    QVERIFY(write(u"keys/file.key"_s, contents, 0644));
    CommandRun run = check(u"file"_s);
    QVERIFY2(run.exitCode == 0 || run.exitCode == 1, run.text().constData());
    QVERIFY2(!run.text().contains("geheim"), run.text().constData());
    for (const QString &kind : {u"certificate"_s, u"keylist"_s, u"passwords"_s, u"directory"_s}) {
        run = check(kind == u"directory"_s ? u"keys"_s : u"file"_s, {u"--as"_s, kind});
        QVERIFY2(run.exitCode == 0 || run.exitCode == 1, run.text().constData());
        QVERIFY2(!run.text().contains("geheim"), run.text().constData());
    }
}

void tst_CheckCommand::outputThatCannotBeWritten()
{
    QVERIFY(write(u"users"_s, "alice=x\n"));
    const CommandRun run =
        CommandRun::ofShell(uR"(exec "$0" check "$1" >/dev/full)"_s, {path(u"users"_s)});
    QVERIFY2(run.exitCode == 3, run.text().constData());
}

QTEST_GUILESS_MAIN(tst_CheckCommand)

#include "tst_checkcommand.moc"
