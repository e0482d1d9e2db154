// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "checktest.h"

#include <QZap/QZapCertificate>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

// Tests what "qzap check" reports about files, and what it never prints.
class tst_CheckCommand : public CheckTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsProblems_data();
    void reportsProblems();
    void listsTheFirstProblems();
    void warnsAboutFiles_data();
    void warnsAboutFiles();
    void warnsOfKeysThatDoNotMatch();
    void warnsOfKeysOutsideOfSections_data();
    void warnsOfKeysOutsideOfSections();
    void warnsOfColonsInNames();
    void reportsSecretKeysInLists_data();
    void reportsSecretKeysInLists();
    void warnsOfListsWithoutKeys();

    void reportsUnreadableFiles_data();
    void reportsUnreadableFiles();
    void reportsMissingPermissions();
    void refusesAHugeHashWithoutComputingIt();
    void failsIfItsOutputCannotBeWritten();

    void printsNoSecrets_data();
    void printsNoSecrets();
};

void tst_CheckCommand::reportsProblems_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("error");
    QTest::addColumn<QString>("summary");

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
    QTest::newRow("passwords of pgbouncer")
        << QByteArray("\"alice\" \"SCRAM-SHA-256$4096:c2FsdA==$x:y\"\n") << QStringList{}
        << u"file:1: a hash of another program's"_s << u"password file, 0 users, 1 error"_s;
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

void tst_CheckCommand::reportsProblems()
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

void tst_CheckCommand::listsTheFirstProblems()
{
    QVERIFY(write(u"file"_s, "a=b\n" + QByteArray("bad=\n").repeated(100'000)));
    const CommandRun run = check(u"file"_s);
    QCOMPARE(run.exitCode, 1);
    QCOMPARE(run.errors.count(u'\n'), 21);
    QVERIFY2(run.errors.endsWith(u"file: 99980 more problems, which are not listed\n"_s),
             run.text().constData());
    QCOMPARE(run.output, u"file: password file, 1 user, more than 20 errors\n"_s);
}

void tst_CheckCommand::warnsAboutFiles_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<uint>("mode");
    QTest::addColumn<uint>("directoryMode");
    QTest::addColumn<QString>("warning");

    const QByteArray certificate = "curve\n    public-key = \"" + key() + "\"\n";
    QTest::newRow("passwords that others can read")
        << QByteArray("alice=x\n") << 0644U << 0700U << u"file: warning: users other than"_s;
    QTest::newRow("key list that others may write")
        << key() + '\n'
        << 0666U << 0700U << u"file: warning: users other than"_s;
    QTest::newRow("certificate that others may write")
        << certificate << 0666U << 0700U << u"file: warning: users other than"_s;
    QTest::newRow("directory that others may write")
        << certificate << 0600U << 0777U << u".: warning: users other than"_s;
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

void tst_CheckCommand::warnsAboutFiles()
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

void tst_CheckCommand::warnsOfKeysThatDoNotMatch()
{
    const QByteArray secret = QZapCertificate::generate().secretKeyText();
    QVERIFY(write(
        u"file"_s,
        "curve\n    public-key = \"" + key() + "\"\n    secret-key = \"" + secret + "\"\n", 0644));
    const CommandRun run = check(u"file"_s);
    QVERIFY2(run.exitCode == 0 && run.errors.contains(u"file: warning: the secret key"_s)
                 && run.errors.contains(u"file: warning: a secret key that users other"_s),
             run.text().constData());
    QCOMPARE(run.output, u"file: secret certificate, 0 metadata fields, no errors, 2 warnings\n"_s);
}

void tst_CheckCommand::warnsOfKeysOutsideOfSections_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<uint>("mode");
    QTest::addColumn<bool>("isExposed");
    QTest::newRow("public key") << QByteArray("public-key") << 0644U << false;
    QTest::newRow("secret key") << QByteArray("secret-key") << 0600U << false;
    QTest::newRow("secret key that others can read") << QByteArray("secret-key") << 0644U << true;
    QTest::newRow("secret key in another spelling that others can read")
        << QByteArray("secret_key") << 0644U << true;
}

// pyzmq reads them as the keys of the certificate.
void tst_CheckCommand::warnsOfKeysOutsideOfSections()
{
    QFETCH(const QByteArray, name);
    QFETCH(const uint, mode);
    QFETCH(const bool, isExposed);
    const QByteArray second = key();
    QVERIFY(write(u"file"_s,
                  "curve\n    public-key = \"" + key() + "\"\n" + name + " = \"" + second + "\"\n",
                  mode));
    CommandRun run = check(u"file"_s);
    QVERIFY2(run.exitCode == 0 && run.errors.startsWith(u"file:3: warning: this property "_s),
             run.text().constData());
    QCOMPARE(run.errors.contains(u"file: warning: a secret key that users other than its owner"_s),
             isExposed);
    QVERIFY2(!run.text().contains(second), run.text().constData());
    run = check(u"file"_s, {u"--strict"_s});
    QCOMPARE(run.exitCode, 1);
}

void tst_CheckCommand::warnsOfColonsInNames()
{
    QVERIFY(write(u"file"_s, "alice=a:b\nbob:geheim=x\n#c:d=e\ncarol:geheim=*\n"));
    CommandRun run = check(u"file"_s, as("passwords"));
    QVERIFY2(run.exitCode == 0 && !run.text().contains("geheim"), run.text().constData());
    for (const QString &line : {u"file:2"_s, u"file:4"_s}) {
        QVERIFY2(run.errors.contains(line + u": warning: the user name contains a colon"_s),
                 run.text().constData());
    }
    QCOMPARE(run.output, u"file: password file, 2 users, 1 locked, no errors, 2 warnings\n"_s);
    run = check(u"file"_s, as("passwords") + QStringList{u"--strict"_s});
    QCOMPARE(run.exitCode, 1);
}

void tst_CheckCommand::reportsSecretKeysInLists_data()
{
    QTest::addColumn<QString>("start"); // of the secret key
    QTest::addColumn<QByteArray>("between");
    QTest::addColumn<QString>("error");
    const auto any = u"^[^=]*$"_s;
    const auto field = u"^[a-z]+="_s;
    const auto secret = u": the secret key that belongs to the public key of line 1; remove it"_s;
    const auto two =
        u": two keys in one line; write each public key in a line of its own, and remove a sec"_s;
    QTest::newRow("in another line") << any << QByteArray(" alice\n") << u"file:2"_s + secret;
    QTest::newRow("far below") << any
                               << " alice\n" + QByteArray("# x\n").repeated(100) + key() + "\n"
                               << u"file:103"_s + secret;
    QTest::newRow("in a comment") << any << QByteArray("\n# ") << u"file:2"_s + secret;
    QTest::newRow("in the place of the user id") << any << QByteArray(" ") << u"file:1"_s + two;
    QTest::newRow("in the place of a field") << field << QByteArray(" ") << u"file:1"_s + secret;
    QTest::newRow("in the place of a field with an invalid name")
        << u"^[!?*]+="_s << QByteArray(" alice ") << u"file:1"_s + two;
}

// A secret key is 32 bytes, like a public one, and would be accepted as one.
void tst_CheckCommand::reportsSecretKeysInLists()
{
    QFETCH(const QString, start);
    QFETCH(const QByteArray, between);
    QFETCH(const QString, error);
    // The start determines whether the secret key can be read as a field.
    const QRegularExpression expression(start);
    QZapCertificate alice = QZapCertificate::generate();
    while (!expression.match(QString::fromLatin1(alice.secretKeyText())).hasMatch())
        alice = QZapCertificate::generate();
    const QByteArray secretKey = alice.secretKeyText();
    QVERIFY(write(u"file"_s, alice.publicKeyText().toLatin1() + between + secretKey + " x=y\n"));
    const CommandRun run = check(u"file"_s, as("keylist"));
    QVERIFY2(run.exitCode == 1 && run.errors.startsWith(error), run.text().constData());
    QCOMPARE(run.errors.count(u'\n'), 1);
    QVERIFY2(!run.text().contains(secretKey), run.text().constData());
}

void tst_CheckCommand::warnsOfListsWithoutKeys()
{
    QVERIFY(write(u"file"_s, "# nobody yet\n"));
    CommandRun run = check(u"file"_s, as("keylist"));
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.errors, u"file: warning: no key was read, so nobody gets in\n"_s);
    run = check(u"file"_s, as("keylist") + QStringList{u"--strict"_s});
    QCOMPARE(run.exitCode, 1);
}

void tst_CheckCommand::reportsUnreadableFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("error");

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

void tst_CheckCommand::reportsUnreadableFiles()
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

void tst_CheckCommand::reportsMissingPermissions()
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

void tst_CheckCommand::refusesAHugeHashWithoutComputingIt()
{
    QVERIFY(write(u"users"_s, "alice=$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"));
    // Computing this hash would take 17 s of processor time.
    const CommandRun run = CommandRun::ofShell(
        uR"(ulimit -t 5; cd "$1" && exec "$0" check users)"_s, {m_directory->path()});
    QVERIFY2(run.exitCode == 1 && run.errors.startsWith(u"users:1: the hash asks for 4194304"_s),
             run.text().constData());
}

void tst_CheckCommand::failsIfItsOutputCannotBeWritten()
{
    QVERIFY(write(u"users"_s, "alice=x\n"));
    const CommandRun run =
        CommandRun::ofShell(uR"(exec "$0" check "$1" >/dev/full)"_s, {path(u"users"_s)});
    QVERIFY2(run.exitCode == 3, run.text().constData());
}

void tst_CheckCommand::printsNoSecrets_data()
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

void tst_CheckCommand::printsNoSecrets()
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

QTEST_GUILESS_MAIN(tst_CheckCommand)
#include "tst_checkcommand.moc"
