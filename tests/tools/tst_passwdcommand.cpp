// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandrun.h"

#include <QZap/QZapPasswordFile>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace Qt::StringLiterals;

// Tests "qzap passwd" with standard input that is not a terminal. tst_passwordprompt uses a
// terminal.
class tst_PasswdCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void newFile();
    void keepsTheRest();
    void firstLineIsThePassword_data();
    void firstLineIsThePassword();
    void refusedPasswords_data();
    void refusedPasswords();
    void refusedArguments_data();
    void refusedArguments();
    void memory();
    void remove();
    void unusableFiles_data();
    void unusableFiles();
    void filesOfOtherKinds_data();
    void filesOfOtherKinds();
    void lineOfAnotherProgram();
    void noPermission();
    void noStandardInput();
    void manyAtOnce();
    void secretIsNotPrinted();

private:
    QString file() const { return m_directory->filePath(u"users"_s); }
    CommandRun passwd(const QStringList &arguments, const QByteArray &input = {}) const
    {
        return CommandRun::of(QStringList{u"passwd"_s, file()} + arguments, input);
    }
    bool write(const QByteArray &contents) const
    {
        QFile users(file());
        return users.open(QIODevice::WriteOnly) && users.write(contents) == contents.size()
               && users.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    }
    QByteArray contents() const
    {
        QFile users(file());
        return users.open(QIODevice::ReadOnly) ? users.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_PasswdCommand::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_PasswdCommand::newFile()
{
    CommandRun run = passwd({u"alice"_s}, "geheim\n");
    QVERIFY2(run.exitCode == 0 && run.output.isEmpty(), run.text().constData());
    QVERIFY2(run.errors.contains(file()) && run.errors.contains(u"0600"_s), run.text().constData());
    struct stat status = {};
    QCOMPARE(::stat(qPrintable(file()), &status), 0);
    QCOMPARE(status.st_mode & 07777U, 0600U);
    QVERIFY(contents().startsWith("alice=$argon2id$v=19$m=65536,"));
    QVERIFY(!contents().contains("geheim"));
    QCOMPARE(QZapPasswordFile::load(file())->check(u"alice"_s, "geheim"), true);

    run = passwd({u"alice"_s}, "other\n");
    QVERIFY2(run.exitCode == 0 && run.errors.isEmpty(),
             run.text().constData()); // without the notice
    const auto users = QZapPasswordFile::load(file());
    QVERIFY(users->check(u"alice"_s, "other"));
    QVERIFY(!users->check(u"alice"_s, "geheim"));
}

void tst_PasswdCommand::keepsTheRest()
{
    QVERIFY(write("# people\nalice=x\n\nbob=y"));
    const CommandRun run = passwd({u"--plain"_s, u"alice"_s}, "z");
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(contents(), "# people\nalice=z\n\nbob=y");
}

void tst_PasswdCommand::firstLineIsThePassword_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("password");
    QTest::newRow("LF") << QByteArray("x\n") << QByteArray("x");
    QTest::newRow("CRLF") << QByteArray("x\r\n") << QByteArray("x");
    QTest::newRow("no end") << QByteArray("x") << QByteArray("x");
    QTest::newRow("blanks are kept") << QByteArray(" x\t \n") << QByteArray(" x\t ");
    QTest::newRow("CR inside") << QByteArray("x\ry\n") << QByteArray("x\ry");
    QTest::newRow("CR at the end of the input") << QByteArray("x\r") << QByteArray("x\r");
    QTest::newRow("one CR is taken off") << QByteArray("x\r\r\n") << QByteArray("x\r");
    QTest::newRow("later lines do not count") << QByteArray("x\ny\n") << QByteArray("x");
    QTest::newRow("NUL") << QByteArray("a\0b\n", 4) << QByteArray("a\0b", 3);
    QTest::newRow("no UTF-8") << QByteArray("\xe9\n") << QByteArray("\xe9");
    QTest::newRow("longest") << QByteArray(255, 'x') + "\r\n" << QByteArray(255, 'x');
}

void tst_PasswdCommand::firstLineIsThePassword()
{
    QFETCH(const QByteArray, input);
    QFETCH(const QByteArray, password);
    const CommandRun run = passwd({u"alice"_s, u"--memory=1"_s}, input);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QVERIFY(QZapPasswordFile::load(file())->check(u"alice"_s, password));
}

void tst_PasswdCommand::refusedPasswords_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<bool>("plain");
    QTest::addColumn<QString>("said");
    QTest::newRow("nothing") << QByteArray() << false << u"empty"_s;
    QTest::newRow("empty line") << QByteArray("\n") << false << u"empty"_s;
    QTest::newRow("empty line, CRLF") << QByteArray("\r\n") << false << u"empty"_s;
    QTest::newRow("too long") << QByteArray(256, 'x') + '\n' << false << u"255"_s;
    QTest::newRow("far too long") << QByteArray(100'000, 'x') << false << u"255"_s;
    QTest::newRow("looks like a hash") << QByteArray("$6$x$y\n") << true << u"hash"_s;
    QTest::newRow("looks like an LDAP hash") << QByteArray("{SSHA}x\n") << true << u"hash"_s;
    QTest::newRow("star") << QByteArray("*\n") << false << u"lock a user out"_s;
    QTest::newRow("exclamation mark in clear") << QByteArray("!\n") << true << u"lock a user out"_s;
    QTest::newRow("ends in CR") << QByteArray("geheim\r") << true << u"line"_s;
}

void tst_PasswdCommand::refusedPasswords()
{
    QFETCH(const QByteArray, input);
    QFETCH(const bool, plain);
    QFETCH(const QString, said);
    const CommandRun run =
        passwd(plain ? QStringList{u"alice"_s, u"--plain"_s} : QStringList{u"alice"_s}, input);
    QVERIFY2(run.exitCode == 2 && run.errors.contains(said), run.text().constData());
    QVERIFY(!QFileInfo::exists(file()));
}

void tst_PasswdCommand::refusedArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("said");
    QTest::newRow("user with =") << QStringList{u"a=b"_s} << u"\"=\""_s;
    QTest::newRow("user with #") << QStringList{u"#a"_s} << u"\"#\""_s;
    QTest::newRow("user with a line break") << QStringList{u"a\nb"_s} << u"control"_s;
    QTest::newRow("user who is anonymous") << QStringList{u"anonymous"_s} << u"anonymous"_s;
    QTest::newRow("user who is a public-key") << QStringList{u"public-key"_s} << u"certificate"_s;
    QTest::newRow("user who is a secret_key") << QStringList{u"secret_key"_s} << u"certificate"_s;
    QTest::newRow("user who is a key") << QStringList{QString(40, u'0')} << u"key"_s;
    QTest::newRow("user too long") << QStringList{QString(256, u'x')} << u"255"_s;
    for (const char *memory : {"0", "65", "-1", "1.5", "many", "99999999999999999999"}) {
        QTest::addRow("memory of %s", memory)
            << QStringList{u"alice"_s, u"--memory="_s + QString::fromLatin1(memory)}
            << u"1 to 64"_s;
    }
    QTest::newRow("memory of plain text")
        << QStringList{u"alice"_s, u"--memory=1"_s, u"--plain"_s} << u"--plain"_s;
    QTest::newRow("memory of a removal")
        << QStringList{u"alice"_s, u"--memory=1"_s, u"--remove"_s} << u"--remove"_s;
    QTest::newRow("plain text of a removal")
        << QStringList{u"alice"_s, u"--plain"_s, u"--remove"_s} << u"--remove"_s;
}

void tst_PasswdCommand::refusedArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, said);
    const CommandRun run = passwd(arguments, "x\n");
    QVERIFY2(run.exitCode == 2 && run.errors.contains(said), run.text().constData());
    QVERIFY(!QFileInfo::exists(file()));
}

void tst_PasswdCommand::memory()
{
    const CommandRun run = passwd({u"alice"_s, u"--memory"_s, u"2"_s}, "geheim\n");
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QVERIFY(contents().startsWith("alice=$argon2id$v=19$m=2048,"));
    QVERIFY(QZapPasswordFile::load(file())->check(u"alice"_s, "geheim"));
}

void tst_PasswdCommand::remove()
{
    CommandRun run = passwd({u"alice"_s, u"--remove"_s});
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"no such file"_s), run.text().constData());
    QVERIFY(!QFileInfo::exists(file()));

    QVERIFY(write("alice=x\nbob=y\n"));
    run = passwd({u"alice"_s, u"--remove"_s});
    QVERIFY2(run.exitCode == 0 && run.errors.isEmpty(), run.text().constData());
    QCOMPARE(contents(), "bob=y\n");
    run = passwd({u"alice"_s, u"--remove"_s});
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"'alice'"_s), run.text().constData());
    QCOMPARE(contents(), "bob=y\n");
}

void tst_PasswdCommand::unusableFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("said");
    QTest::newRow("directory") << u"."_s << u"a directory"_s;
    QTest::newRow("fifo") << u"fifo"_s << u"not a regular file"_s;
    QTest::newRow("device") << u"/dev/null"_s << u"not a regular file"_s;
    QTest::newRow("symlink loop") << u"loop"_s << u"leads to itself"_s;
    QTest::newRow("no such directory") << u"nowhere/users"_s << u"no such directory"_s;
    QTest::newRow("too large") << u"large"_s << u"larger than"_s;
}

void tst_PasswdCommand::unusableFiles()
{
    QFETCH(const QString, name);
    QFETCH(const QString, said);
    const QDir directory(m_directory->path());
    QCOMPARE(::mkfifo(qPrintable(directory.filePath(u"fifo"_s)), 0600), 0);
    QCOMPARE(::symlink("loop", qPrintable(directory.filePath(u"loop"_s))), 0);
    QFile large(directory.filePath(u"large"_s));
    QVERIFY(large.open(QIODevice::WriteOnly) && large.resize(qint64{1} << 30));
    const CommandRun run =
        CommandRun::of({u"passwd"_s, directory.filePath(name), u"alice"_s, u"--plain"_s}, "x\n");
    QVERIFY2(run.exitCode == 3 && run.errors.contains(said), run.text().constData());
}

void tst_PasswdCommand::filesOfOtherKinds_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QString>("said");
    const QByteArray key(40, '0');
    const QByteArray certificate =
        "metadata\n    name = \"Alice\"\ncurve\n    public-key = \"" + key + "\"\n";
    QTest::newRow("public certificate") << certificate << u":4: is a certificate"_s;
    QTest::newRow("secret certificate") << certificate + "    secret-key = \"" + key + "\"\n"
                                        << u":4: is a certificate"_s;
    QTest::newRow("certificate without a key")
        << QByteArray("metadata\n    name = \"Alice\"\ncurve\n") << u":1: is a certificate"_s;
    QTest::newRow("keys outside of a section") << "public_key=" + key + '\n'
                                               << u":1: is a certificate"_s;
    QTest::newRow("key list") << "# x\n" + key + " alice site=north\n"
                              << u":2: starts with a key"_s;
    QTest::newRow("key list of keys alone") << key + '\n' << u":1: starts with a key"_s;
    QTest::newRow("binary") << QByteArray("\x7f"
                                          "ELF\2\1\1\0\0\n\1\2\n\3=\1\na=b\n",
                                          19)
                            << u":1: is not text"_s;
    QTest::newRow("htpasswd") << QByteArray("bob:$apr1$salt$hash\n")
                              << u":1: is a line of another"_s;
    QTest::newRow("mosquitto") << QByteArray("bob:$7$101$c2FsdA==$aGFzaA==\n")
                               << u":1: is a line of another"_s;
    QTest::newRow("PEM") << QByteArray("-----BEGIN PRIVATE KEY-----\nMIIE==\n")
                         << u":1: is in the PEM"_s;
    QTest::newRow("prose") << QByteArray("Dear Alice\n") << u":1: is not name=password"_s;
}

// A password that is added to a file of another kind is exposed, or damages the file.
void tst_PasswdCommand::filesOfOtherKinds()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QString, said);
    QVERIFY(write(before));
    QCOMPARE(::chmod(qPrintable(file()), 0644), 0);
    for (const QStringList &options :
         {QStringList{u"--plain"_s}, QStringList{u"--memory=1"_s}, QStringList{u"--remove"_s}}) {
        const CommandRun run = passwd(QStringList{u"alice"_s} + options, "geheim\n");
        QVERIFY2(run.exitCode == 3 && run.errors.contains(file() + said), run.text().constData());
        QVERIFY2(!run.text().contains("geheim"), run.text().constData());
        QCOMPARE(contents(), before);
    }
}

// The advice about such a line is to set the password again.
void tst_PasswdCommand::lineOfAnotherProgram()
{
    QVERIFY(write("bob=x\nalice:$apr1$a$b\ncarol=y\n"));
    CommandRun run = CommandRun::of({u"check"_s, file(), u"--as=passwords"_s});
    QVERIFY2(run.exitCode == 1 && run.errors.contains(u"with qzap passwd"_s),
             run.text().constData());
    QCOMPARE(passwd({u"--plain"_s, u"alice"_s}, "z\n").exitCode, 0);
    QCOMPARE(contents(), "bob=x\nalice=z\ncarol=y\n");
    run = CommandRun::of({u"check"_s, file(), u"--as=passwords"_s});
    QVERIFY2(run.exitCode == 0, run.text().constData());
}

void tst_PasswdCommand::noPermission()
{
    QVERIFY(write("alice=x\n"));
    QCOMPARE(::chmod(qPrintable(m_directory->path()), 0755), 0);
    QCOMPARE(::chmod(qPrintable(file()), 0), 0);
    QProcess process;
    if (::geteuid() == 0)
        process.setChildProcessModifier([] { Q_UNUSED(::setuid(65534)) });
    const CommandRun run =
        CommandRun::of(&process, {u"passwd"_s, file(), u"alice"_s, u"--plain"_s}, "y\n");
    if (process.error() == QProcess::FailedToStart)
        QSKIP("nobody may not run the program here");
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"permission denied"_s),
             run.text().constData());
}

void tst_PasswdCommand::noStandardInput()
{
    for (const char *redirection : {"<&-", "</"}) {
        const CommandRun run = CommandRun::ofShell(
            u"exec \"$0\" passwd \"$1\" alice "_s + QString::fromLatin1(redirection), {file()});
        QVERIFY2(run.exitCode == 3 && run.errors.contains(u"Standard input"_s),
                 run.text().constData());
        QVERIFY(!QFileInfo::exists(file()));
    }
}

void tst_PasswdCommand::manyAtOnce()
{
    constexpr int Count = 12;
    std::vector<std::unique_ptr<QProcess>> processes;
    for (int i = 0; i < Count; ++i) {
        auto process = std::make_unique<QProcess>();
        process->start(QStringLiteral(QZAP_PROGRAM),
                       {u"passwd"_s, file(), u"user%1"_s.arg(i), u"--memory=1"_s});
        processes.push_back(std::move(process));
    }
    // All processes are running before the first one continues.
    for (const auto &process : processes)
        QVERIFY(process->waitForStarted());
    for (int i = 0; i < Count; ++i)
        processes[size_t(i)]->write("password" + QByteArray::number(i) + '\n');
    for (const auto &process : processes) {
        QVERIFY(process->waitForFinished());
        QVERIFY2(process->exitCode() == 0, process->readAllStandardError().constData());
    }
    const auto users = QZapPasswordFile::load(file());
    QVERIFY(users);
    QCOMPARE(users->users().size(), Count);
    for (int i = 0; i < Count; ++i)
        QVERIFY(users->check(u"user%1"_s.arg(i), "password" + QByteArray::number(i)));
}

void tst_PasswdCommand::secretIsNotPrinted()
{
    // The file contains a line that causes a warning by the library.
    QVERIFY(write("geheim without equals\nbob=x\n"));
    QCOMPARE(::chmod(qPrintable(file()), 0644), 0);
    for (const QStringList &options : {QStringList{}, QStringList{u"--plain"_s}}) {
        const CommandRun run = passwd(QStringList{u"alice"_s} + options, "geheim\n");
        QVERIFY2(run.exitCode == 0, run.text().constData());
        QVERIFY2(run.errors.contains(file() + u":1: "_s), run.text().constData());
        QVERIFY2(!run.text().contains("geheim"), run.text().constData());
    }
}

QTEST_GUILESS_MAIN(tst_PasswdCommand)

#include "tst_passwdcommand.moc"
