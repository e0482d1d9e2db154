// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapPasswordFile>
#include <QZap/QZapPlainDomain>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qlockfile.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <array>
#include <csignal>
#include <memory>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;

using Format = QZapPasswordFile::Format;

namespace {

// Of "secret", and as cheap as can be.
const QByteArray Hash("$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
                      "39tbUSD70LTTCIyCWo9t5sDidhNPptw1P94ISzTyALc");
// It takes 4 GiB.
const QByteArray GreedyHash(
    "$argon2id$v=19$m=4194304,t=4,p=1$MDEyMzQ1Njc4OWFiY2RlZg$39tbUSD70LTTCIyCWo9t5sDidhNPptw1P94ISz"
    "TyALc");

int modeOf(const QString &file)
{
    struct stat status = {};
    return ::stat(qPrintable(file), &status) == 0 ? static_cast<int>(status.st_mode & 07777) : -1;
}

} // namespace

class tst_QZapPasswordFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void empty();
    void plain();
    void hashed();
    void hashMemory();
    void hashByDefault();
    void check_data();
    void check();
    void setPasswordKeepsTheRest_data();
    void setPasswordKeepsTheRest();
    void removeUserKeepsTheRest_data();
    void removeUserKeepsTheRest();
    void setPasswordRefused_data();
    void setPasswordRefused();
    void setPasswordThatMakesAHashOfTheName();
    void setPasswordAccepts_data();
    void setPasswordAccepts();
    void manyUsers();
    void copies();
    void swap();
    void metaObject();

    void loadWarns();
    void loadRefused_data();
    void loadRefused();
    void saveNew();
    void saveAgain();
    void saveKeepsMode();
    void saveFollowsLinks();
    void saveRefused_data();
    void saveRefused();
    void saveKeepsAnotherFile();
    void twoEditors();
    void saveKeepsAnEdit_data();
    void saveKeepsAnEdit();
    void saveKeepsARemoval();
    void saveAfterChmod();
    void saveOfCopies();
    void saveWaitsForItsTurn();
    void saveLeavesACompleteFileWhenKilled();
    void domainReadsIt();

private:
    QString path(const QString &name = u"users"_s) const { return m_directory->filePath(name); }
    QStringList names() const
    {
        return QDir(m_directory->path())
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }
    QByteArray contentsOf(const QString &name = u"users"_s) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const QByteArray &contents, mode_t mode = 0600, const QString &name = u"users"_s)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(contents), contents.size());
        QCOMPARE(::chmod(qPrintable(path(name)), mode), 0);
    }
    static void ignoreWarnings(const QString &pattern)
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(pattern));
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_QZapPasswordFile::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_QZapPasswordFile::empty()
{
    QZapPasswordFile passwords;
    QCOMPARE(passwords.users(), QStringList());
    QCOMPARE(passwords.hashMemory(), 64);
    QVERIFY(!passwords.check(u"alice"_s, "secret"));
    QVERIFY(!passwords.check({}, {}));
    QVERIFY(!passwords.removeUser(u"alice"_s));
    QVERIFY(!passwords.removeUser({}));
    QVERIFY(passwords.save(path()));
    QCOMPARE(contentsOf(), "");
}

void tst_QZapPasswordFile::plain()
{
    QZapPasswordFile passwords;
    QString error(u"before"_s);
    QVERIFY(passwords.setPassword(u"alice"_s, "secret", Format::Plain, &error));
    QCOMPARE(error, QString());
    QVERIFY(passwords.setPassword(u"bj\u00f6rn"_s, "a=b", Format::Plain));
    QCOMPARE(passwords.users(), (QStringList{u"alice"_s, u"bj\u00f6rn"_s}));
    QVERIFY(passwords.check(u"alice"_s, "secret"));
    QVERIFY(!passwords.check(u"alice"_s, "Secret"));
    QVERIFY(!passwords.check(u"bob"_s, "secret"));
    QVERIFY(passwords.check(u"bj\u00f6rn"_s, "a=b"));

    QVERIFY(passwords.setPassword(u"alice"_s, "changed", Format::Plain));
    QVERIFY(passwords.check(u"alice"_s, "changed"));
    QVERIFY(!passwords.check(u"alice"_s, "secret"));
    QVERIFY(passwords.save(path()));
    QCOMPARE(contentsOf(), "alice=changed\nbj\xc3\xb6rn=a=b\n");
}

void tst_QZapPasswordFile::hashed()
{
    QZapPasswordFile passwords;
    QVERIFY(passwords.setHashMemory(1));
    QVERIFY(passwords.setPassword(u"alice"_s, "S3cret"));
    QVERIFY(passwords.check(u"alice"_s, "S3cret"));
    QVERIFY(!passwords.check(u"alice"_s, "s3cret"));
    QVERIFY(passwords.save(path()));
    QVERIFY(contentsOf().startsWith("alice=$argon2id$v=19$m=1024,t=4,p=1$"));
    QVERIFY(!contentsOf().contains("S3cret"));

    const auto loaded = QZapPasswordFile::load(path());
    QVERIFY(loaded);
    QCOMPARE(loaded->users(), QStringList(u"alice"_s));
    QVERIFY(loaded->check(u"alice"_s, "S3cret"));
    // The hash is not the password.
    QVERIFY(!loaded->check(u"alice"_s, contentsOf().trimmed().mid(6)));
}

void tst_QZapPasswordFile::hashMemory()
{
    QZapPasswordFile passwords;
    for (const int refused : {0, -1, 65, 4096}) {
        QVERIFY(!passwords.setHashMemory(refused));
        QCOMPARE(passwords.hashMemory(), 64);
    }
    for (const int taken : {1, 20, 64}) {
        QVERIFY(passwords.setHashMemory(taken));
        QCOMPARE(passwords.hashMemory(), taken);
    }
}

void tst_QZapPasswordFile::hashByDefault()
{
    QZapPasswordFile passwords;
    QVERIFY(passwords.setPassword(u"alice"_s, "secret"));
    QVERIFY(passwords.save(path()));
    QVERIFY(contentsOf().startsWith("alice=$argon2id$v=19$m=65536,t=2,p=1$"));
    QVERIFY(passwords.check(u"alice"_s, "secret"));
}

void tst_QZapPasswordFile::check_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<bool>("right");

    QTest::newRow("plain, right") << u"alice"_s << QByteArray("builder") << true;
    QTest::newRow("plain, another's") << u"alice"_s << QByteArray("secret") << false;
    QTest::newRow("hashed, right") << u"bob"_s << QByteArray("secret") << true;
    QTest::newRow("hashed, another's") << u"bob"_s << QByteArray("builder") << false;
    QTest::newRow("hashed, the hash") << u"bob"_s << Hash << false;
    QTest::newRow("hashed, none") << u"bob"_s << QByteArray() << false;
    QTest::newRow("unknown") << u"eve"_s << QByteArray("secret") << false;
    QTest::newRow("nobody") << QString() << QByteArray() << false;
    QTest::newRow("locked") << u"carol"_s << QByteArray("*") << false;
    QTest::newRow("of a bad line") << u"mallory"_s << GreedyHash << false;
    QTest::newRow("name without UTF-8, like one with") << u"a\xd800"_s << QByteArray("x") << false;
}

void tst_QZapPasswordFile::check()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);

    write("alice=builder\nbob=" + Hash + "\nmallory=" + GreedyHash + "\na?=x\ncarol=*\n");
    ignoreWarnings(u"users:3: the hash asks for 4194304 KiB"_s);
    const auto passwords = QZapPasswordFile::load(path());
    QVERIFY(passwords);
    QTEST(passwords->check(user, password), "right");
}

void tst_QZapPasswordFile::setPasswordKeepsTheRest_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after"); // of setting alice's to "new"
    QTest::addColumn<int>("warnings");

    const QByteArray greedy = "=" + GreedyHash + '\n';
    QTest::newRow("nothing there") << QByteArray() << QByteArray("alice=new\n") << 0;
    QTest::newRow("at the end") << QByteArray("#1\n\nbob=x\n")
                                << QByteArray("#1\n\nbob=x\nalice=new\n") << 0;
    QTest::newRow("in place") << QByteArray("#1\nalice=old\n \t\nbob=x\n#2")
                              << QByteArray("#1\nalice=new\n \t\nbob=x\n#2") << 0;
    QTest::newRow("in place of a lock")
        << QByteArray("alice=*\nbob=!\n") << QByteArray("alice=new\nbob=!\n") << 0;
    QTest::newRow("beside a line of another program's")
        << QByteArray("alice:{SSHA}x==\n") << QByteArray("alice:{SSHA}x==\nalice=new\n") << 1;
    QTest::newRow("in place of a hash") << "alice=" + Hash + "\nbob=" + Hash + "\n"
                                        << "alice=new\nbob=" + Hash + "\n"
                                        << 0;
    QTest::newRow("CRLF stays") << QByteArray("alice=old\r\nbob=x\r\n")
                                << QByteArray("alice=new\r\nbob=x\r\n") << 0;
    QTest::newRow("CRLF is taken up")
        << QByteArray("bob=x\r\n#\r\n") << QByteArray("bob=x\r\n#\r\nalice=new\r\n") << 0;
    QTest::newRow("LF stays, among CRLF")
        << QByteArray("bob=x\r\nalice=old\n#\r\n") << QByteArray("bob=x\r\nalice=new\n#\r\n") << 0;
    QTest::newRow("no end of the last line, in place")
        << QByteArray("bob=x\nalice=old") << QByteArray("bob=x\nalice=new") << 0;
    QTest::newRow("no end of the last line, at the end")
        << QByteArray("bob=x") << QByteArray("bob=x\nalice=new\n") << 0;
    QTest::newRow("no end of the last line, CRLF")
        << QByteArray("#\r\nbob=x") << QByteArray("#\r\nbob=x\r\nalice=new\r\n") << 0;
    QTest::newRow("half an end of the last line")
        << QByteArray("#\r\nbob=x\r") << QByteArray("#\r\nbob=x\r\nalice=new\r\n") << 0;
    QTest::newRow("rubbish stays")
        << QByteArray("rubbish\n=x\ncarol=$6$x$y\n\xff\xfe\0=z\nalice=old\n", 40)
        << QByteArray("rubbish\n=x\ncarol=$6$x$y\n\xff\xfe\0=z\nalice=new\n", 40) << 4;
    QTest::newRow("others of the name stay")
        << QByteArray("Alice=1\nalic=2\nalices=3\n#alice=4\nalice=old\n")
        << QByteArray("Alice=1\nalic=2\nalices=3\n#alice=4\nalice=new\n") << 0;
    QTest::newRow("the same user again")
        << QByteArray("alice=a\nbob=x\nalice=b\nalice=c") << QByteArray("alice=new\nbob=x\n") << 2;
    QTest::newRow("bad lines of the user") << "alice" + greedy + "alice=\nalice=old\nbob=x\n"
                                           << QByteArray("alice=new\nbob=x\n") << 2;
    QTest::newRow("a bad line only") << "alice" + greedy + "bob=x\n"
                                     << QByteArray("alice=new\nbob=x\n") << 1;
    QTest::newRow("a byte order mark") << QByteArray("\xef\xbb\xbf"
                                                     "bob=x\nalice=old\n")
                                       << QByteArray("\xef\xbb\xbf"
                                                     "bob=x\nalice=new\n")
                                       << 1;
    QTest::newRow("a byte order mark before the user") << QByteArray("\xef\xbb\xbf"
                                                                     "alice=old\nbob=x\n")
                                                       << QByteArray("alice=new\nbob=x\n") << 1;
    QTest::newRow("a byte order mark before another line of the user")
        << QByteArray("alice=old\n\xef\xbb\xbf"
                      "alice=x\nbob=x\n")
        << QByteArray("alice=new\nbob=x\n") << 1;
}

void tst_QZapPasswordFile::setPasswordKeepsTheRest()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, after);
    QFETCH(const int, warnings);

    write(before);
    for (int i = 0; i < warnings; ++i)
        ignoreWarnings(u"users:[0-9]+: "_s);
    auto passwords = QZapPasswordFile::load(path());
    QVERIFY(passwords);
    QVERIFY(passwords->setPassword(u"alice"_s, "new", Format::Plain));
    QVERIFY(passwords->check(u"alice"_s, "new"));
    QString error;
    QVERIFY2(passwords->save(path(), &error), qPrintable(error));
    QCOMPARE(contentsOf(), after);

    // Reading it again results in the same users.
    const qsizetype bad = after.startsWith("rubbish")
                              ? 4
                              : after.startsWith("\xef\xbb\xbf") || after.startsWith("alice:");
    for (qsizetype i = 0; i < bad; ++i)
        ignoreWarnings(u"users:[0-9]+: "_s);
    const auto again = QZapPasswordFile::load(path());
    QVERIFY(again);
    QCOMPARE(again->users(), passwords->users());
    QVERIFY(again->check(u"alice"_s, "new"));
}

void tst_QZapPasswordFile::removeUserKeepsTheRest_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after"); // of removing alice
    QTest::addColumn<int>("warnings");

    QTest::newRow("first") << QByteArray("alice=x\n#1\nbob=y") << QByteArray("#1\nbob=y") << 0;
    QTest::newRow("middle") << QByteArray("#1\r\nalice=x\r\nbob=y\r\n")
                            << QByteArray("#1\r\nbob=y\r\n") << 0;
    QTest::newRow("last") << QByteArray("bob=y\nalice=x") << QByteArray("bob=y\n") << 0;
    QTest::newRow("only") << QByteArray("alice=x\n") << QByteArray() << 0;
    QTest::newRow("a second line must not come into force")
        << QByteArray("alice=x\nbob=y\nalice=z\n") << QByteArray("bob=y\n") << 1;
    QTest::newRow("one that asks for too much, and another server allows it")
        << "bob=y\nalice=" + GreedyHash + '\n'
        << QByteArray("bob=y\n") << 1;
    QTest::newRow("comments stay")
        << QByteArray("#alice=x\nalice=x\n") << QByteArray("#alice=x\n") << 0;
}

void tst_QZapPasswordFile::removeUserKeepsTheRest()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, after);
    QFETCH(const int, warnings);

    write(before);
    for (int i = 0; i < warnings; ++i)
        ignoreWarnings(u"users:[0-9]+: "_s);
    auto passwords = QZapPasswordFile::load(path());
    QVERIFY(passwords);
    QVERIFY(passwords->removeUser(u"alice"_s));
    QVERIFY(!passwords->removeUser(u"alice"_s));
    QVERIFY(!passwords->users().contains(u"alice"_s));
    QVERIFY(!passwords->check(u"alice"_s, "x"));
    QVERIFY(passwords->save(path()));
    QCOMPARE(contentsOf(), after);
    // Then added again, at the end.
    QVERIFY(passwords->setPassword(u"alice"_s, "new", Format::Plain));
    QVERIFY(passwords->save(path()));
    QVERIFY(contentsOf().startsWith(after));
    QVERIFY(contentsOf().trimmed().endsWith("alice=new"));
}

void tst_QZapPasswordFile::setPasswordRefused_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<bool>("evenHashed");
    QTest::addColumn<QString>("problem"); // the start of it

    const QByteArray good("S3cret");
    QTest::newRow("no name") << QString() << good << true << u"the user name is empty"_s;
    QTest::newRow("name too long")
        << QString(256, u'x') << good << true << u"the user name is longer than 255"_s;
    QTest::newRow("name too long in UTF-8")
        << QString(128, u'\u00e4') << good << true << u"the user name is longer than 255"_s;
    QTest::newRow("name without UTF-8")
        << u"a\xd800"_s << good << true << u"the user name is empty"_s;
    QTest::newRow("line feed in the name")
        << u"alice\nbob"_s << good << true
        << u"the user name cannot be decoded or contains control"_s;
    QTest::newRow("name of nobody")
        << u"anonymous"_s << good << true << u"the user name \"anonymous\""_s;
    QTest::newRow("name that is a key") << u"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"_s << good
                                        << true << u"the user name is itself a CURVE key"_s;
    QTest::newRow("name that is a comment")
        << u"#alice"_s << good << true << u"the user name starts with \"#\""_s;
    QTest::newRow("= in the name") << u"a=b"_s << good << true << u"the user name contains \"=\""_s;
    QTest::newRow("byte order mark in the name")
        << u"\ufeff\u0061"_s << good << true << u"the user name starts with a byte order mark"_s;
    QTest::newRow("no password") << u"alice"_s << QByteArray() << true
                                 << u"the password is empty"_s;
    QTest::newRow("password too long")
        << u"alice"_s << QByteArray(256, 'x') << true << u"the password is longer than 255"_s;
    QTest::newRow("line feed in the password")
        << u"alice"_s << QByteArray("S3cret\nmallory=x") << false
        << u"the password contains the end of a line"_s;
    QTest::newRow("carriage return after the password")
        << u"alice"_s << QByteArray("S3cret\r") << false
        << u"the password contains the end of a line"_s;
    QTest::newRow("password like argon2id's")
        << u"alice"_s << Hash << false << u"the password looks like a hash"_s;
    QTest::newRow("password like another scheme's")
        << u"alice"_s << QByteArray("$6$S3cret$x") << false << u"the password looks like a hash"_s;
    QTest::newRow("password like an LDAP hash")
        << u"alice"_s << QByteArray("{SSHA}S3cret") << false << u"the password looks like a hash"_s;
    QTest::newRow("password like a framework's hash")
        << u"alice"_s << QByteArray("pbkdf2_sha256$S3cret") << false
        << u"the password looks like a hash"_s;
    QTest::newRow("password like a locked hash")
        << u"alice"_s << QByteArray("!$6$S3cret$x") << false << u"the password looks like a hash"_s;
    QTest::newRow("* for a password")
        << u"alice"_s << QByteArray("*") << true << u"\"*\" and \"!\" alone"_s;
    QTest::newRow("! for a password")
        << u"alice"_s << QByteArray("!") << true << u"\"*\" and \"!\" alone"_s;
    QTest::newRow("name like a line of htpasswd")
        << u"alice:{SSHA}x"_s << good << true << u"the user name and the password together"_s;
    QTest::newRow("name and password like a line of htpasswd")
        << u"alice:$md5,rounds"_s << QByteArray("904$S3cret") << true
        << u"the user name and the password together"_s;
}

void tst_QZapPasswordFile::setPasswordRefused()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);
    QFETCH(const bool, evenHashed);
    QFETCH(const QString, problem);

    QZapPasswordFile passwords;
    passwords.setHashMemory(1);
    QVERIFY(passwords.setPassword(u"alice"_s, "old", Format::Plain));
    QString error;
    QVERIFY(!passwords.setPassword(user, password, Format::Plain, &error));
    QVERIFY2(error.startsWith(problem), qPrintable(error));
    QVERIFY2(error.contains(u';'), qPrintable(error));
    QVERIFY(!error.contains(u"S3cret"_s));
    QVERIFY(!passwords.setPassword(user, password, Format::Plain));
    QCOMPARE(passwords.users(), QStringList(u"alice"_s));
    QVERIFY(passwords.check(u"alice"_s, "old"));

    QCOMPARE(passwords.setPassword(user, password, Format::Argon2id, &error), !evenHashed);
    QCOMPARE(error.isEmpty(), !evenHashed);
    QCOMPARE(passwords.users(), QStringList(u"alice"_s));
    QCOMPARE(passwords.check(u"alice"_s, password), !evenHashed);
}

// "$7$101$c2FsdA=" and what follows would be one hash.
void tst_QZapPasswordFile::setPasswordThatMakesAHashOfTheName()
{
    QZapPasswordFile passwords;
    const auto name = u"$7$101$c2FsdA"_s;
    QString error;
    QVERIFY(!passwords.setPassword(name, "=$S3cret==", Format::Plain, &error));
    QVERIFY2(error.startsWith(u"the user name and the password together"_s), qPrintable(error));
    QVERIFY(passwords.users().isEmpty());
    QVERIFY(passwords.setPassword(name, "secret", Format::Plain));
    QCOMPARE(passwords.users(), QStringList(name));
}

void tst_QZapPasswordFile::setPasswordAccepts_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");

    QTest::newRow("longest") << QString(255, u'x') << QByteArray(255, 'x');
    QTest::newRow("no UTF-8 in the password") << u"alice"_s << QByteArray("\xff\xfe");
    QTest::newRow("NUL in the password") << u"alice"_s << QByteArray("a\0b", 3);
    QTest::newRow("carriage return in the password") << u"alice"_s << QByteArray("a\rb");
    QTest::newRow("= before the password") << u"alice"_s << QByteArray("==a");
    QTest::newRow("# for a password") << u"alice"_s << QByteArray("#");
    QTest::newRow("blanks for a password") << u"alice"_s << QByteArray(" \t ");
    QTest::newRow("$ before the password") << u"alice"_s << QByteArray("$ecret");
    QTest::newRow("blanks in the name") << u"alice smith"_s << QByteArray("x");
    QTest::newRow("# in the name") << u"a#"_s << QByteArray("x");
    QTest::newRow("$ in the name") << u"$6$x"_s << QByteArray("x");
    QTest::newRow("letters beyond the first plane") << u"\U0001F600"_s << QByteArray("x");
}

void tst_QZapPasswordFile::setPasswordAccepts()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);

    for (const Format format : {Format::Plain, Format::Argon2id}) {
        const QString file = path(QString::number(static_cast<int>(format)));
        QZapPasswordFile passwords;
        passwords.setHashMemory(1);
        QVERIFY(passwords.setPassword(user, password, format));
        QVERIFY(passwords.save(file));
        const auto loaded = QZapPasswordFile::load(file);
        QVERIFY(loaded);
        QCOMPARE(loaded->users(), QStringList(user));
        QVERIFY(loaded->check(user, password));
        QVERIFY(!loaded->check(user, password + ' '));
    }
}

void tst_QZapPasswordFile::manyUsers()
{
    constexpr int Count = 20'000;
    QZapPasswordFile passwords;
    for (int i = 0; i < Count; ++i) {
        const QString name = QString::number(i);
        if (!passwords.setPassword(name, "x" + name.toLatin1(), Format::Plain))
            QFAIL(qPrintable(name));
    }
    for (int i = 1; i < Count; i += 2) {
        if (!passwords.removeUser(QString::number(i)))
            QFAIL(qPrintable(QString::number(i)));
    }
    QVERIFY(passwords.save(path()));
    const auto loaded = QZapPasswordFile::load(path());
    QVERIFY(loaded);
    QCOMPARE(loaded->users().size(), Count / 2);
    QVERIFY(loaded->check(u"19998"_s, "x19998"));
    QVERIFY(!loaded->check(u"19999"_s, "x19999"));
}

void tst_QZapPasswordFile::copies()
{
    QZapPasswordFile passwords;
    QVERIFY(passwords.setPassword(u"alice"_s, "secret", Format::Plain));
    const QZapPasswordFile copy = passwords;
    QVERIFY(passwords.removeUser(u"alice"_s));
    QVERIFY(copy.check(u"alice"_s, "secret"));
    passwords = copy;
    QVERIFY(passwords.check(u"alice"_s, "secret"));
    const QZapPasswordFile moved = std::move(passwords);
    QVERIFY(moved.check(u"alice"_s, "secret"));
    passwords = QZapPasswordFile();
    QCOMPARE(passwords.users(), QStringList());
}

void tst_QZapPasswordFile::swap()
{
    QZapPasswordFile one;
    QZapPasswordFile other;
    QVERIFY(one.setPassword(u"alice"_s, "secret", Format::Plain));
    one.swap(other);
    QCOMPARE(one.users(), QStringList());
    QCOMPARE(other.users(), QStringList(u"alice"_s));
}

void tst_QZapPasswordFile::metaObject()
{
    const QMetaObject &meta = QZapPasswordFile::staticMetaObject;
    const QMetaEnum format = meta.enumerator(meta.indexOfEnumerator("Format"));
    QVERIFY(format.isScoped());
    QCOMPARE(format.keyCount(), 2);
    QCOMPARE(QMetaType::fromType<QZapPasswordFile>().name(), "QZapPasswordFile");
}

void tst_QZapPasswordFile::loadWarns()
{
    write("rubbish\nalice=S3cret\n", 0644);
    ignoreWarnings(u"users:1: no '='"_s);
    ignoreWarnings(u"users: others than the owner can read the passwords"_s);
    const auto passwords = QZapPasswordFile::load(path());
    QVERIFY(passwords);
    QCOMPARE(passwords->users(), QStringList(u"alice"_s));
}

void tst_QZapPasswordFile::loadRefused_data()
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

void tst_QZapPasswordFile::loadRefused()
{
    QFETCH(const QString, name);
    QFETCH(const QString, problem);

    QVERIFY(QDir(m_directory->path()).mkdir(u"directory"_s));
    QCOMPARE(::mkfifo(qPrintable(path(u"fifo"_s)), 0600), 0);
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling"_s)));
    write("alice=secret", 0600, u"large"_s);
    write(QByteArray("\xff\xfe"
                     "a\0=\0x\0\n\0",
                     10),
          0600, u"utf-16"_s);
    QVERIFY(QFile::resize(path(u"large"_s), qint64{64} * 1024 * 1024 + 1));

    QString error;
    QVERIFY(!QZapPasswordFile::load(path(name), &error));
    QVERIFY2(error.startsWith(path(name) + (name == u"utf-16"_s ? u":1: "_s : u": "_s) + problem),
             qPrintable(error));
    QVERIFY(!QZapPasswordFile::load(path(name)));
}

void tst_QZapPasswordFile::saveNew()
{
    QZapPasswordFile passwords;
    QVERIFY(passwords.setPassword(u"alice"_s, "secret", Format::Plain));
    const mode_t before = ::umask(0);
    QString error(u"before"_s);
    const bool saved = passwords.save(path(), &error);
    ::umask(before);
    QVERIFY2(saved, qPrintable(error));
    QCOMPARE(error, QString());
    QCOMPARE(modeOf(path()), 0600);
    QCOMPARE(names(), QStringList(u"users"_s)); // and no lock
}

void tst_QZapPasswordFile::saveAgain()
{
    QZapPasswordFile passwords;
    for (const QByteArray password : {"first", "second", "third"}) {
        QVERIFY(passwords.setPassword(u"alice"_s, password, Format::Plain));
        QVERIFY(passwords.save(path()));
        QCOMPARE(contentsOf(), "alice=" + password + '\n');
    }
    // To another file, and then here again.
    QVERIFY(passwords.save(path(u"copy"_s)));
    QVERIFY(passwords.save(path()));
}

void tst_QZapPasswordFile::saveKeepsMode()
{
    write("alice=" + Hash + '\n', 0640);
    auto passwords = QZapPasswordFile::load(path());
    QVERIFY(passwords);
    QVERIFY(passwords->setPassword(u"bob"_s, "x", Format::Plain));
    QVERIFY(passwords->save(path()));
    QCOMPARE(modeOf(path()), 0640);
}

void tst_QZapPasswordFile::saveFollowsLinks()
{
    QVERIFY(QDir(m_directory->path()).mkdir(u"target"_s));
    write("alice=old\n", 0600, u"target/file"_s);
    QVERIFY(QFile::link(u"target/file"_s, path(u"link"_s)));
    auto passwords = QZapPasswordFile::load(path(u"link"_s));
    QVERIFY(passwords);
    QVERIFY(passwords->setPassword(u"alice"_s, "new", Format::Plain));
    QVERIFY(passwords->save(path(u"link"_s)));
    QVERIFY(QFileInfo(path(u"link"_s)).isSymLink());
    QCOMPARE(contentsOf(u"target/file"_s), "alice=new\n");
    // By its own name it is the same file.
    QVERIFY(passwords->setPassword(u"alice"_s, "newer", Format::Plain));
    QVERIFY(passwords->save(path(u"target/file"_s)));
    QCOMPARE(contentsOf(u"link"_s), "alice=newer\n");
    QCOMPARE(names(), (QStringList{u"link"_s, u"target"_s}));
}

void tst_QZapPasswordFile::saveRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("problem");

    QTest::newRow("no such directory") << u"missing/users"_s << u"no such directory"_s;
    QTest::newRow("a directory") << u"directory"_s << u"a directory"_s;
    QTest::newRow("a fifo") << u"fifo"_s << u"not a regular file"_s;
    QTest::newRow("link that leads nowhere") << u"dangling"_s << u"exists already"_s;
    QTest::newRow("nothing") << QString() << u"the name of the file is empty"_s;
}

void tst_QZapPasswordFile::saveRefused()
{
    QFETCH(const QString, name);
    QFETCH(const QString, problem);

    QVERIFY(QDir(m_directory->path()).mkdir(u"directory"_s));
    QCOMPARE(::mkfifo(qPrintable(path(u"fifo"_s)), 0600), 0);
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling"_s)));
    const QString file = name.isEmpty() ? QString() : path(name);
    const QStringList before = names();
    QString error;
    QVERIFY(!QZapPasswordFile().save(file, &error));
    QVERIFY2(error.contains(problem), qPrintable(error));
    QVERIFY(file.isEmpty() || error.startsWith(file + u": "_s));
    QVERIFY(!QZapPasswordFile().save(file));
    QCOMPARE(names(), before);
}

void tst_QZapPasswordFile::saveKeepsAnotherFile()
{
    write("bob=builder\n");
    write("alice=secret\n", 0600, u"other"_s);
    auto passwords = QZapPasswordFile::load(path(u"other"_s));
    QVERIFY(passwords);
    for (const QZapPasswordFile &one : {QZapPasswordFile(), *passwords}) {
        QString error;
        QVERIFY(!one.save(path(), &error));
        QVERIFY2(error.startsWith(path() + u": exists already, with other users"_s),
                 qPrintable(error));
        QCOMPARE(contentsOf(), "bob=builder\n");
    }
}

void tst_QZapPasswordFile::twoEditors()
{
    write("bob=builder\n");
    auto one = QZapPasswordFile::load(path());
    auto other = QZapPasswordFile::load(path());
    QVERIFY(one && other);
    QVERIFY(one->setPassword(u"alice"_s, "1", Format::Plain));
    QVERIFY(other->setPassword(u"carol"_s, "2", Format::Plain));
    QVERIFY(one->save(path()));
    QString error;
    QVERIFY(!other->save(path(), &error));
    QVERIFY2(error.startsWith(path() + u": was changed since it was loaded; "_s),
             qPrintable(error));
    QCOMPARE(contentsOf(), "bob=builder\nalice=1\n");

    other = QZapPasswordFile::load(path());
    QVERIFY(other->setPassword(u"carol"_s, "2", Format::Plain));
    QVERIFY(other->save(path()));
    QCOMPARE(contentsOf(), "bob=builder\nalice=1\ncarol=2\n");
    QVERIFY(!one->save(path()));
}

void tst_QZapPasswordFile::saveKeepsAnEdit_data()
{
    QTest::addColumn<QByteArray>("edited");
    QTest::addColumn<bool>("inPlace");

    // At the same instant, with the same size.
    QTest::newRow("in place") << QByteArray("bob=BUILDER\n") << true;
    QTest::newRow("replaced") << QByteArray("bob=BUILDER\n") << false;
    QTest::newRow("emptied") << QByteArray() << true;
    QTest::newRow("a comment") << QByteArray("bob=builder\n#\n") << true;
}

void tst_QZapPasswordFile::saveKeepsAnEdit()
{
    QFETCH(const QByteArray, edited);
    QFETCH(const bool, inPlace);

    write("bob=builder\n");
    auto passwords = QZapPasswordFile::load(path());
    QVERIFY(passwords);
    if (inPlace) {
        write(edited);
    } else {
        write(edited, 0600, u"new"_s);
        QCOMPARE(::rename(qPrintable(path(u"new"_s)), qPrintable(path())), 0);
    }
    QVERIFY(passwords->setPassword(u"alice"_s, "x", Format::Plain));
    QString error;
    QVERIFY(!passwords->save(path(), &error));
    QVERIFY(error.contains(u"was changed since"_s));
    QCOMPARE(contentsOf(), edited);
}

void tst_QZapPasswordFile::saveKeepsARemoval()
{
    write("bob=builder\n");
    auto passwords = QZapPasswordFile::load(path());
    QVERIFY(passwords);
    QVERIFY(QFile::remove(path()));
    QString error;
    QVERIFY(!passwords->save(path(), &error));
    QVERIFY2(error.startsWith(path() + u": was removed since"_s), qPrintable(error));
    QCOMPARE(names(), QStringList());
    // Under another name, no removed user is restored.
    QVERIFY(passwords->save(path(u"other"_s)));
}

void tst_QZapPasswordFile::saveAfterChmod()
{
    write("bob=builder\n");
    auto passwords = QZapPasswordFile::load(path());
    QVERIFY(passwords);
    QCOMPARE(::chmod(qPrintable(path()), 0400), 0);
    QVERIFY(passwords->removeUser(u"bob"_s));
    QVERIFY(passwords->save(path()));
    QCOMPARE(modeOf(path()), 0400);
    QCOMPARE(contentsOf(), "");
}

void tst_QZapPasswordFile::saveOfCopies()
{
    QZapPasswordFile one;
    QVERIFY(one.setPassword(u"alice"_s, "x", Format::Plain));
    QZapPasswordFile other = one;
    // Both may save their common contents; their edits exclude each other.
    QVERIFY(one.save(path()));
    QVERIFY(other.save(path()));
    QVERIFY(one.setPassword(u"bob"_s, "1", Format::Plain));
    QVERIFY(other.setPassword(u"bob"_s, "2", Format::Plain));
    QVERIFY(other.save(path()));
    QVERIFY(!one.save(path()));
    QCOMPARE(contentsOf(), "alice=x\nbob=2\n");
}

void tst_QZapPasswordFile::saveWaitsForItsTurn()
{
    QLockFile lock(path(u".users.lock"_s));
    QVERIFY(lock.lock());
    QZapPasswordFile passwords;
    bool saved = false;
    std::thread thread([&] { saved = passwords.save(path()); });
    QTest::qWait(100);
    const bool waited = !QFile::exists(path());
    lock.unlock();
    thread.join();
    QVERIFY(waited);
    QVERIFY(saved);
}

void tst_QZapPasswordFile::saveLeavesACompleteFileWhenKilled()
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
    QVERIFY(first.save(path()));

    for (int round = 0; round < 20; ++round) {
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            auto passwords = QZapPasswordFile::load(path());
            for (int version = 0; passwords; ++version) {
                if (!setVersion(&*passwords, version) || !passwords->save(path())
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
            static_cast<void>(modeOf(path()));
        ::kill(child, SIGKILL);
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        ::close(pipe[0]);
        QCOMPARE(count, 1);
        QVERIFY(WIFSIGNALED(status));

        const auto passwords = QZapPasswordFile::load(path());
        QVERIFY(passwords);
        QCOMPARE(passwords->users().size(), 200);
        const QByteArray line = contentsOf().split('\n').first();
        const QByteArray password = line.mid(line.indexOf('=') + 1);
        QCOMPARE(password, QByteArray(password.front() - 'a' + 1, password.front()));
        for (int i = 0; i < 200; ++i)
            QVERIFY(passwords->check(QString::number(i), password));
        QCOMPARE(modeOf(path()), 0600);
    }
    // The lock of a killed process does not block.
    auto last = QZapPasswordFile::load(path());
    QVERIFY(last->setPassword(u"alice"_s, "x", Format::Plain));
    QVERIFY(last->save(path()));
}

void tst_QZapPasswordFile::domainReadsIt()
{
    QZapPasswordFile passwords;
    passwords.setHashMemory(1);
    QVERIFY(passwords.setPassword(u"alice"_s, "secret"));
    QVERIFY(passwords.setPassword(u"bob"_s, "builder", Format::Plain));
    QVERIFY(passwords.save(path()));
    QZapPlainDomain domain;
    domain.setPasswordFile(path());
    QTRY_VERIFY(domain.isReady());
    QCOMPARE(domain.users(), passwords.users());
    QCOMPARE(domain.errorString(), QString());
}

QTEST_GUILESS_MAIN(tst_QZapPasswordFile)
#include "tst_qzappasswordfile.moc"
