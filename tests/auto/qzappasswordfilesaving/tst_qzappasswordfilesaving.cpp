// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapPasswordFile>

#include "fileopenings.h"
#include "filetest.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qlockfile.h>
#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <array>
#include <csignal>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

using Format = QZapPasswordFile::Format;

namespace {

// The name of the password file of these tests.
const auto Users = u"users"_s;

// The cheapest possible hash of "secret".
const QByteArray Hash("$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
                      "39tbUSD70LTTCIyCWo9t5sDidhNPptw1P94ISzTyALc");

void ignoreWarnings(const QString &pattern)
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(pattern));
}

} // namespace

// Tests loading and saving password files, even while other programs edit them.
class tst_QZapPasswordFileSaving : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void loadWarnsOfBadLinesAndModes();
    void loadRefusesWhatIsNotAFile_data();
    void loadRefusesWhatIsNotAFile();
    void saveCreatesAPrivateFile();
    void saveReplacesItsOwnFile();
    void saveKeepsMode();
    void saveFollowsLinks();
    void saveRefusesWhatIsNotAFile_data();
    void saveRefusesWhatIsNotAFile();
    void saveKeepsFilesWithOtherUsers();
    void saveKeepsTheEditsOfAnotherEditor();
    void saveKeepsAnEdit_data();
    void saveKeepsAnEdit();
    void saveKeepsARemoval();
    void saveKeepsAChangedMode();
    void saveOfTwoCopiesKeepsTheFirstEdit();
    void saveWaitsForItsTurn();
    void saveLeavesACompleteFileWhenKilled();
};

void tst_QZapPasswordFileSaving::loadWarnsOfBadLinesAndModes()
{
    write(Users, "rubbish\nalice=S3cret\n", 0644);
    ignoreWarnings(u"users:1: no '='"_s);
    ignoreWarnings(u"users: users other than the owner can read the passwords"_s);
    const auto passwords = QZapPasswordFile::load(path(Users));
    QVERIFY(passwords);
    QCOMPARE(passwords->users(), QStringList(u"alice"_s));
}

void tst_QZapPasswordFileSaving::loadRefusesWhatIsNotAFile_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("problem");

    QTest::newRow("no such file") << u"none"_s << u"no such file"_s;
    QTest::newRow("directory") << u"directory"_s << u"a directory"_s;
    QTest::newRow("fifo") << u"fifo"_s << u"not a regular file"_s;
    QTest::newRow("link that leads nowhere") << u"dangling"_s << u"no such file"_s;
    QTest::newRow("too large") << u"large"_s << u"larger than the maximum of 67108864 bytes"_s;
    QTest::newRow("UTF-16") << u"utf-16"_s << u"is UTF-16 text"_s;
}

void tst_QZapPasswordFileSaving::loadRefusesWhatIsNotAFile()
{
    QFETCH(const QString, name);
    QFETCH(const QString, problem);

    makeDirectory(u"directory"_s);
    makeFifo(u"fifo"_s);
    link(u"nowhere"_s, u"dangling"_s);
    write(u"large"_s, "alice=secret");
    write(u"utf-16"_s, QByteArray("\xff\xfe"
                                  "a\0=\0x\0\n\0",
                                  10));
    QVERIFY(QFile::resize(path(u"large"_s), qint64{64} * 1024 * 1024 + 1));

    QString error;
    QVERIFY(!QZapPasswordFile::load(path(name), &error));
    QVERIFY2(error.startsWith(path(name) + (name == u"utf-16"_s ? u":1: "_s : u": "_s) + problem),
             qPrintable(error));
    QVERIFY(!QZapPasswordFile::load(path(name)));
}

void tst_QZapPasswordFileSaving::saveCreatesAPrivateFile()
{
    QZapPasswordFile passwords;
    QVERIFY(passwords.setPassword(u"alice"_s, "secret", Format::Plain));
    const mode_t before = ::umask(0);
    QString error(u"before"_s);
    const bool saved = passwords.save(path(Users), &error);
    ::umask(before);
    QVERIFY2(saved, qPrintable(error));
    QCOMPARE(error, QString());
    QCOMPARE(modeOf(Users), 0600);
    QCOMPARE(names(), QStringList(Users)); // no lock file remains
}

void tst_QZapPasswordFileSaving::saveReplacesItsOwnFile()
{
    QZapPasswordFile passwords;
    for (const QByteArray password : {"first", "second", "third"}) {
        QVERIFY(passwords.setPassword(u"alice"_s, password, Format::Plain));
        QVERIFY(passwords.save(path(Users)));
        QCOMPARE(contentsOf(Users), "alice=" + password + '\n');
    }
    // The users can be saved to another file, and then to the first one again.
    QVERIFY(passwords.save(path(u"copy"_s)));
    QVERIFY(passwords.save(path(Users)));
}

void tst_QZapPasswordFileSaving::saveKeepsMode()
{
    write(Users, "alice=" + Hash + '\n', 0640);
    auto passwords = QZapPasswordFile::load(path(Users));
    QVERIFY(passwords);
    QVERIFY(passwords->setPassword(u"bob"_s, "x", Format::Plain));
    QVERIFY(passwords->save(path(Users)));
    QCOMPARE(modeOf(Users), 0640);
}

void tst_QZapPasswordFileSaving::saveFollowsLinks()
{
    makeDirectory(u"target"_s);
    write(u"target/file"_s, "alice=old\n");
    link(u"target/file"_s, u"link"_s);
    auto passwords = QZapPasswordFile::load(path(u"link"_s));
    QVERIFY(passwords);
    QVERIFY(passwords->setPassword(u"alice"_s, "new", Format::Plain));
    QVERIFY(passwords->save(path(u"link"_s)));
    QVERIFY(QFileInfo(path(u"link"_s)).isSymLink());
    QCOMPARE(contentsOf(u"target/file"_s), "alice=new\n");
    // Saving by the file's own name edits the same file.
    QVERIFY(passwords->setPassword(u"alice"_s, "newer", Format::Plain));
    QVERIFY(passwords->save(path(u"target/file"_s)));
    QCOMPARE(contentsOf(u"link"_s), "alice=newer\n");
    QCOMPARE(names(), (QStringList{u"link"_s, u"target"_s}));
}

void tst_QZapPasswordFileSaving::saveRefusesWhatIsNotAFile_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("problem");

    QTest::newRow("no such directory") << u"missing/users"_s << u"no such directory"_s;
    QTest::newRow("a directory") << u"directory"_s << u"a directory"_s;
    QTest::newRow("a fifo") << u"fifo"_s << u"not a regular file"_s;
    QTest::newRow("link that leads nowhere") << u"dangling"_s << u"exists already"_s;
    QTest::newRow("nothing") << QString() << u"the name of the file is empty"_s;
}

void tst_QZapPasswordFileSaving::saveRefusesWhatIsNotAFile()
{
    QFETCH(const QString, name);
    QFETCH(const QString, problem);

    makeDirectory(u"directory"_s);
    makeFifo(u"fifo"_s);
    link(u"nowhere"_s, u"dangling"_s);
    const QString file = name.isEmpty() ? QString() : path(name);
    const QStringList before = names();
    QString error;
    QVERIFY(!QZapPasswordFile().save(file, &error));
    QVERIFY2(error.contains(problem), qPrintable(error));
    QVERIFY(file.isEmpty() || error.startsWith(file + u": "_s));
    QVERIFY(!QZapPasswordFile().save(file));
    QCOMPARE(names(), before);
}

void tst_QZapPasswordFileSaving::saveKeepsFilesWithOtherUsers()
{
    write(Users, "bob=builder\n");
    write(u"other"_s, "alice=secret\n");
    auto passwords = QZapPasswordFile::load(path(u"other"_s));
    QVERIFY(passwords);
    for (const QZapPasswordFile &one : {QZapPasswordFile(), *passwords}) {
        QString error;
        QVERIFY(!one.save(path(Users), &error));
        QVERIFY2(error.startsWith(path(Users) + u": exists already, with other users"_s),
                 qPrintable(error));
        QCOMPARE(contentsOf(Users), "bob=builder\n");
    }
}

void tst_QZapPasswordFileSaving::saveKeepsTheEditsOfAnotherEditor()
{
    write(Users, "bob=builder\n");
    auto one = QZapPasswordFile::load(path(Users));
    auto other = QZapPasswordFile::load(path(Users));
    QVERIFY(one && other);
    QVERIFY(one->setPassword(u"alice"_s, "1", Format::Plain));
    QVERIFY(other->setPassword(u"carol"_s, "2", Format::Plain));
    QVERIFY(one->save(path(Users)));
    QString error;
    QVERIFY(!other->save(path(Users), &error));
    QVERIFY2(error.startsWith(path(Users) + u": was changed since it was loaded; "_s),
             qPrintable(error));
    QCOMPARE(contentsOf(Users), "bob=builder\nalice=1\n");

    other = QZapPasswordFile::load(path(Users));
    QVERIFY(other->setPassword(u"carol"_s, "2", Format::Plain));
    QVERIFY(other->save(path(Users)));
    QCOMPARE(contentsOf(Users), "bob=builder\nalice=1\ncarol=2\n");
    QVERIFY(!one->save(path(Users)));
}

void tst_QZapPasswordFileSaving::saveKeepsAnEdit_data()
{
    QTest::addColumn<QByteArray>("edited");
    QTest::addColumn<bool>("inPlace");

    // The edited file can have the same size and modification time.
    QTest::newRow("in place") << QByteArray("bob=BUILDER\n") << true;
    QTest::newRow("replaced") << QByteArray("bob=BUILDER\n") << false;
    QTest::newRow("emptied") << QByteArray() << true;
    QTest::newRow("a comment") << QByteArray("bob=builder\n#\n") << true;
}

void tst_QZapPasswordFileSaving::saveKeepsAnEdit()
{
    QFETCH(const QByteArray, edited);
    QFETCH(const bool, inPlace);

    write(Users, "bob=builder\n");
    auto passwords = QZapPasswordFile::load(path(Users));
    QVERIFY(passwords);
    if (inPlace) {
        write(Users, edited);
    } else {
        write(u"new"_s, edited);
        QCOMPARE(::rename(qPrintable(path(u"new"_s)), qPrintable(path(Users))), 0);
    }
    QVERIFY(passwords->setPassword(u"alice"_s, "x", Format::Plain));
    QString error;
    QVERIFY(!passwords->save(path(Users), &error));
    QVERIFY(error.contains(u"was changed since"_s));
    QCOMPARE(contentsOf(Users), edited);
}

void tst_QZapPasswordFileSaving::saveKeepsARemoval()
{
    write(Users, "bob=builder\n");
    auto passwords = QZapPasswordFile::load(path(Users));
    QVERIFY(passwords);
    remove(Users);
    QString error;
    QVERIFY(!passwords->save(path(Users), &error));
    QVERIFY2(error.startsWith(path(Users) + u": was removed since"_s), qPrintable(error));
    QCOMPARE(names(), QStringList());
    // Saving under another name restores no removed user.
    QVERIFY(passwords->save(path(u"other"_s)));
}

void tst_QZapPasswordFileSaving::saveKeepsAChangedMode()
{
    write(Users, "bob=builder\n");
    auto passwords = QZapPasswordFile::load(path(Users));
    QVERIFY(passwords);
    setMode(Users, 0400);
    QVERIFY(passwords->removeUser(u"bob"_s));
    QVERIFY(passwords->save(path(Users)));
    QCOMPARE(modeOf(Users), 0400);
    QCOMPARE(contentsOf(Users), "");
}

void tst_QZapPasswordFileSaving::saveOfTwoCopiesKeepsTheFirstEdit()
{
    QZapPasswordFile one;
    QVERIFY(one.setPassword(u"alice"_s, "x", Format::Plain));
    QZapPasswordFile other = one;
    // Both objects may save the contents that they have loaded, but only one may save an edit.
    QVERIFY(one.save(path(Users)));
    QVERIFY(other.save(path(Users)));
    QVERIFY(one.setPassword(u"bob"_s, "1", Format::Plain));
    QVERIFY(other.setPassword(u"bob"_s, "2", Format::Plain));
    QVERIFY(other.save(path(Users)));
    QVERIFY(!one.save(path(Users)));
    QCOMPARE(contentsOf(Users), "alice=x\nbob=2\n");
}

void tst_QZapPasswordFileSaving::saveWaitsForItsTurn()
{
#ifdef Q_OS_LINUX
    QLockFile lock(path(u".users.lock"_s));
    QVERIFY(lock.lock());
    FileOpenings tries(lock.fileName());
    bool saved = false;
    std::thread thread([&] { saved = QZapPasswordFile().save(path(Users)); });
    const bool triedAgain = tries.waitFor(2);
    const bool waited = !QFile::exists(path(Users));
    lock.unlock();
    thread.join();
    QVERIFY(triedAgain);
    QVERIFY(waited);
    QVERIFY(saved);
#else
    QSKIP("Tries are not seen here");
#endif
}

void tst_QZapPasswordFileSaving::saveLeavesACompleteFileWhenKilled()
{
    // Each version has many users with the same password.
    const auto setVersion = [](QZapPasswordFile *passwords, int version) {
        bool isSet = true;
        for (int i = 0; i < 200; ++i) {
            isSet = isSet
                    && passwords->setPassword(
                        QString::number(i),
                        QByteArray(version % 7 + 1, static_cast<char>('a' + version % 7)),
                        Format::Plain);
        }
        return isSet;
    };
    QZapPasswordFile first;
    QVERIFY(setVersion(&first, 0));
    QVERIFY(first.save(path(Users)));

    for (int round = 0; round < 20; ++round) {
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            auto passwords = QZapPasswordFile::load(path(Users));
            for (int version = 0; passwords; ++version) {
                if (!setVersion(&*passwords, version) || !passwords->save(path(Users))
                    || ::write(pipe[1], "w", 1) != 1) {
                    break;
                }
            }
            ::_exit(1);
        }
        ::close(pipe[1]);
        char report = 0;
        const auto count = ::read(pipe[0], &report, 1);
        const int spins = QRandomGenerator::global()->bounded(1000);
        for (int i = 0; i < spins; ++i)
            static_cast<void>(modeOf(Users));
        ::kill(child, SIGKILL);
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        ::close(pipe[0]);
        QCOMPARE(count, 1);
        QVERIFY(WIFSIGNALED(status));

        const auto passwords = QZapPasswordFile::load(path(Users));
        QVERIFY(passwords);
        QCOMPARE(passwords->users().size(), 200);
        const QByteArray line = contentsOf(Users).split('\n').first();
        const QByteArray password = line.mid(line.indexOf('=') + 1);
        QCOMPARE(password, QByteArray(password.front() - 'a' + 1, password.front()));
        for (int i = 0; i < 200; ++i)
            QVERIFY(passwords->check(QString::number(i), password));
        QCOMPARE(modeOf(Users), 0600);
    }
    // The lock file of a killed process does not block.
    auto last = QZapPasswordFile::load(path(Users));
    QVERIFY(last->setPassword(u"alice"_s, "x", Format::Plain));
    QVERIFY(last->save(path(Users)));
}

QTEST_GUILESS_MAIN(tst_QZapPasswordFileSaving)
#include "tst_qzappasswordfilesaving.moc"
