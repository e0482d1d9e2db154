// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwordfile.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// Root may read everything; a user without rights is somebody else for a moment.
class SomebodyElse
{
public:
    SomebodyElse()
        : m_isRoot(::geteuid() == 0)
    {
        if (m_isRoot && ::seteuid(65534) != 0)
            qFatal("cannot become another user");
    }
    Q_DISABLE_COPY_MOVE(SomebodyElse)
    ~SomebodyElse()
    {
        if (m_isRoot && ::seteuid(0) != 0)
            qFatal("cannot become root again");
    }

private:
    bool m_isRoot;
};

} // namespace

class tst_PasswordFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void line_data();
    void line();
    void badLine_data();
    void badLine();
    void hashes_data();
    void hashes();
    void empty_data();
    void empty();
    void duplicates();
    void droppedLinesAreNoDuplicates();
    void blankInTheName();
    void byteOrderMark();
    void problemsAreBounded();
    void binaryRubbish();

    void loads();
    void warnings_data();
    void warnings();
    void cannotBeLoaded_data();
    void cannotBeLoaded();
    void permissionDenied();
    void overTheLimit();

private:
    QString path(const QString &name) const { return m_directory->filePath(name); }
    void write(const QString &name, const QByteArray &contents, mode_t mode = 0600);

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_PasswordFile::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_PasswordFile::write(const QString &name, const QByteArray &contents, mode_t mode)
{
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(contents), contents.size());
    file.close();
    QCOMPARE(::chmod(qPrintable(path(name)), mode), 0);
}

void tst_PasswordFile::line_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");

    const QByteArray alice("alice");
    const QByteArray longest(255, 'x');
    QTest::newRow("plain") << QByteArray("alice=secret") << alice << QByteArray("secret");
    QTest::newRow("LF") << QByteArray("alice=secret\n") << alice << QByteArray("secret");
    QTest::newRow("CRLF") << QByteArray("alice=secret\r\n") << alice << QByteArray("secret");
    QTest::newRow("first = splits") << QByteArray("alice==a=b=") << alice << QByteArray("=a=b=");
    QTest::newRow("no trimming") << QByteArray("alice= a b \t") << alice << QByteArray(" a b \t");
    QTest::newRow("# in the password") << QByteArray("alice=a #b") << alice << QByteArray("a #b");
    QTest::newRow("# only") << QByteArray("alice=#") << alice << QByteArray("#");
    QTest::newRow("CR inside") << QByteArray("alice=a\rb") << alice << QByteArray("a\rb");
    QTest::newRow("quotes stay") << QByteArray("alice=\"a\"") << alice << QByteArray("\"a\"");
    QTest::newRow("UTF-8") << QByteArray("\xc3\xa4lice=\xc3\xb6") << QByteArray("\xc3\xa4lice")
                           << QByteArray("\xc3\xb6");
    QTest::newRow("blank in the name")
        << QByteArray("alice smith=secret") << QByteArray("alice smith") << QByteArray("secret");
    QTest::newRow("longest") << longest + '=' + longest << longest << longest;
    QTest::newRow("$ alone") << QByteArray("alice=$") << alice << QByteArray("$");
    QTest::newRow("$ first") << QByteArray("alice=$ecret") << alice << QByteArray("$ecret");
    QTest::newRow("$$") << QByteArray("alice=$$x") << alice << QByteArray("$$x");
    QTest::newRow("$ no scheme$") << QByteArray("alice=$a b$") << alice << QByteArray("$a b$");
    QTest::newRow("scheme inside") << QByteArray("alice=a$6$b") << alice << QByteArray("a$6$b");
}

void tst_PasswordFile::line()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);

    const PasswordLoad load = parsePasswordFile(text, u"users"_s);
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings, QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QCOMPARE(load.passwords->users(), QStringList(QString::fromUtf8(user)));
    QVERIFY(load.passwords->check(user, password));
    QVERIFY(!load.passwords->check(user, password + ' '));
    QVERIFY(!load.passwords->check(user, password.chopped(1)));
}

void tst_PasswordFile::badLine_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("problem"); // the start of it

    QTest::newRow("no =") << QByteArray("alice S3cret") << u"no '='"_s;
    QTest::newRow("a colon") << QByteArray("alice:S3cret") << u"no '='"_s;
    QTest::newRow("no name") << QByteArray("=S3cret") << u"the user name is empty"_s;
    QTest::newRow("= alone") << QByteArray("=") << u"the user name is empty"_s;
    QTest::newRow("name too long")
        << QByteArray(256, 'x') + "=S3cret" << u"the user name is longer"_s;
    QTest::newRow("name in Latin-1")
        << QByteArray("\xe4lice=S3cret") << u"the user name does not decode"_s;
    QTest::newRow("name with NUL")
        << QByteArray("al\0ice=S3cret", 13) << u"the user name does not decode"_s;
    QTest::newRow("name of nobody")
        << QByteArray("anonymous=S3cret") << u"the user name \"anonymous\""_s;
    QTest::newRow("name that is a key") << QByteArray("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
                                                      "=S3cret")
                                        << u"the user name is itself a CURVE key"_s;
    QTest::newRow("no password") << QByteArray("alice=") << u"the password is empty"_s;
    QTest::newRow("no password, CRLF") << QByteArray("alice=\r") << u"the password is empty"_s;
    QTest::newRow("password too long")
        << "alice=S3cret" + QByteArray(250, 'x') << u"the password is longer than 255"_s;
}

void tst_PasswordFile::badLine()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, problem);

    const PasswordLoad load =
        parsePasswordFile("# Users\n" + text + "\nbob=builder\n", u"dir/users"_s);
    QCOMPARE(load.errors.size(), 1);
    const QString error = load.errors.first();
    QVERIFY2(error.startsWith(u"dir/users:2: "_s + problem), qPrintable(error));
    QVERIFY2(error.contains(u';'), qPrintable(error));
    QVERIFY2(!error.contains(u"S3cret"_s), qPrintable(error));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
    QVERIFY(load.passwords->check("bob", "builder"));
}

void tst_PasswordFile::hashes_data()
{
    QTest::addColumn<QByteArray>("value");

    QTest::newRow("argon2id") << QByteArray("$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA");
    QTest::newRow("argon2i") << QByteArray("$argon2i$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA");
    QTest::newRow("scrypt of libsodium") << QByteArray("$7$C6..../....salt$hash");
    QTest::newRow("MD5") << QByteArray("$1$salt$hash");
    QTest::newRow("bcrypt") << QByteArray("$2b$12$saltandhash");
    QTest::newRow("SHA-512") << QByteArray("$6$rounds=5000$salt$hash");
    QTest::newRow("yescrypt") << QByteArray("$y$j9T$salt$hash");
    QTest::newRow("Sun MD5") << QByteArray("$md5,rounds=904$salt$hash");
    QTest::newRow("PBKDF2") << QByteArray("$pbkdf2-sha256$29000$salt$hash");
    QTest::newRow("unknown") << QByteArray("$my_own.scheme$x");
    QTest::newRow("nothing after it") << QByteArray("$6$");
}

void tst_PasswordFile::hashes()
{
    QFETCH(const QByteArray, value);

    const PasswordLoad load = parsePasswordFile("alice=" + value + "\nbob=builder\n", u"users"_s);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().startsWith(u"users:1: the password is hashed"_s));
    QVERIFY(!load.errors.first().contains(QString::fromLatin1(value)));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
    QVERIFY(!load.passwords->check("alice", value));
}

void tst_PasswordFile::empty_data()
{
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("empty lines") << QByteArray("\n\r\n\n");
    QTest::newRow("blanks") << QByteArray(" \t \n");
    QTest::newRow("comments") << QByteArray("#\n#alice=secret\n# \xe4\n");
}

void tst_PasswordFile::empty()
{
    QFETCH(const QByteArray, text);

    const PasswordLoad load = parsePasswordFile(text, u"users"_s);
    QCOMPARE(load.errors, QStringList());
    QVERIFY(load.passwords);
    QCOMPARE(load.passwords->size(), 0);
}

void tst_PasswordFile::duplicates()
{
    const PasswordLoad load =
        parsePasswordFile("#alice=x\nalice2=y\nalice=first\nbob=b\nalice=second\n", u"users"_s);
    QCOMPARE(
        load.errors,
        QStringList(u"users:5: the user of line 3 again, which counts; remove one of the two"_s));
    QCOMPARE(load.passwords->size(), 3);
    QVERIFY(load.passwords->check("alice", "first"));
    QVERIFY(!load.passwords->check("alice", "second"));
}

void tst_PasswordFile::droppedLinesAreNoDuplicates()
{
    const PasswordLoad load =
        parsePasswordFile("alice=$6$x$y\nalice=\nalice=first\nalice=second\n", u"users"_s);
    QCOMPARE(load.errors.size(), 3);
    QVERIFY(load.errors[0].startsWith(u"users:1: "_s));
    QVERIFY(load.errors[1].startsWith(u"users:2: "_s));
    QVERIFY(load.errors[2].startsWith(u"users:4: the user of line 3 again"_s));
    QVERIFY(load.passwords->check("alice", "first"));
}

void tst_PasswordFile::blankInTheName()
{
    const PasswordLoad load = parsePasswordFile("alice = S3cret\n bob=S3cret\n", u"users"_s);
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings.size(), 2);
    QVERIFY(load.warnings[0].startsWith(u"users:1: a space"_s));
    QVERIFY(load.warnings[1].startsWith(u"users:2: a space"_s));
    QVERIFY(!load.warnings.join(u' ').contains(u"S3cret"_s));
    QVERIFY(load.passwords->check("alice ", " S3cret"));
    QVERIFY(!load.passwords->check("alice", "S3cret"));
}

void tst_PasswordFile::byteOrderMark()
{
    const PasswordLoad load = parsePasswordFile("\xef\xbb\xbf"
                                                "alice=secret\nbob=builder\n",
                                                u"users"_s);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().startsWith(u"users:1: starts with a byte order mark"_s));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
}

void tst_PasswordFile::problemsAreBounded()
{
    const PasswordLoad load = parsePasswordFile(
        QByteArray("rubbish\n").repeated(100'000) + QByteArray("a=b\n").repeated(1000), u"users"_s);
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    QVERIFY(load.errors[19].startsWith(u"users:20: "_s));
    QCOMPARE(load.errors[20], u"users: 100979 more problems, which are not listed"_s);
    QCOMPARE(load.passwords->size(), 1);
}

void tst_PasswordFile::binaryRubbish()
{
    QRandomGenerator random(1);
    QByteArray rubbish(65'536, Qt::Uninitialized);
    random.fillRange(reinterpret_cast<quint32 *>(rubbish.data()), rubbish.size() / 4);
    const PasswordLoad load = parsePasswordFile(rubbish, u"users"_s);
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    const QStringList users = load.passwords->users();
    for (const QString &user : users)
        QCOMPARE(PasswordStore::userNameError(user.toUtf8()), QString());
}

void tst_PasswordFile::loads()
{
    write(u"users"_s, "alice=secret\n");
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings, QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QVERIFY(!load.changedMeanwhile);
    QVERIFY(load.passwords->check("alice", "secret"));
}

void tst_PasswordFile::warnings_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QStringList>("warned"); // the starts, after the directory's path

    const auto mayRead = u"d/users: others than the owner may read"_s;
    const auto mayWrite = u"d/users: others than the owner may write"_s;
    const auto mayReplace = u"d: others than the owner may add and replace"_s;
    QTest::newRow("secret") << 0600 << 0755 << QStringList();
    QTest::newRow("secret, read only") << 0400 << 0700 << QStringList();
    QTest::newRow("group reads") << 0640 << 0755 << QStringList(mayRead);
    QTest::newRow("all read") << 0604 << 0755 << QStringList(mayRead);
    QTest::newRow("group writes") << 0620 << 0755 << QStringList(mayWrite);
    QTest::newRow("all read and write") << 0666 << 0755 << QStringList({mayWrite, mayRead});
    QTest::newRow("all write the directory") << 0600 << 0777 << QStringList(mayReplace);
    QTest::newRow("sticky directory") << 0600 << 01777 << QStringList();
}

void tst_PasswordFile::warnings()
{
    QFETCH(const int, mode);
    QFETCH(const int, directoryMode);
    QFETCH(const QStringList, warned);

    QVERIFY(QDir(m_directory->path()).mkdir(u"d"_s));
    write(u"d/users"_s, "alice=secret\n", static_cast<mode_t>(mode));
    QCOMPARE(::chmod(qPrintable(path(u"d"_s)), static_cast<mode_t>(directoryMode)), 0);
    const PasswordLoad load = loadPasswordFile(path(u"d/users"_s));
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings.size(), warned.size());
    for (qsizetype i = 0; i < warned.size(); ++i)
        QVERIFY2(load.warnings[i].startsWith(path(warned[i])), qPrintable(load.warnings[i]));
    QVERIFY(load.passwords->check("alice", "secret"));
}

void tst_PasswordFile::cannotBeLoaded_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<FileError>("error");

    QTest::newRow("no such file") << u"none"_s << FileError::NotFound;
    QTest::newRow("directory") << u"directory"_s << FileError::NotRegular;
    QTest::newRow("fifo") << u"fifo"_s << FileError::NotRegular;
    QTest::newRow("link that leads nowhere") << u"dangling"_s << FileError::NotFound;
    QTest::newRow("link that leads to itself") << u"loop"_s << FileError::NotRegular;
}

void tst_PasswordFile::cannotBeLoaded()
{
    QFETCH(const QString, name);

    QVERIFY(QDir(m_directory->path()).mkdir(u"directory"_s));
    QCOMPARE(::mkfifo(qPrintable(path(u"fifo"_s)), 0600), 0);
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling"_s)));
    QVERIFY(QFile::link(u"loop"_s, path(u"loop"_s)));

    const PasswordLoad load = loadPasswordFile(path(name));
    QVERIFY(!load.passwords);
    QTEST(load.fileError, "error");
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().startsWith(path(name) + u": "_s));
}

void tst_PasswordFile::permissionDenied()
{
    write(u"users"_s, "alice=secret\n", 0000);
    QCOMPARE(::chmod(qPrintable(m_directory->path()), 0755), 0);
    const SomebodyElse somebodyElse;
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QVERIFY(!load.passwords);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().startsWith(path(u"users"_s) + u": cannot be read: permission"_s));
}

void tst_PasswordFile::overTheLimit()
{
    // Sparse, and refused before it is read.
    write(u"users"_s, "alice=secret\n");
    QVERIFY(QFile::resize(path(u"users"_s), MaximumPasswordFileSize + 1));
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QVERIFY(!load.passwords);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().startsWith(path(u"users"_s) + u": larger than the 67108864 "_s));
}

QTEST_GUILESS_MAIN(tst_PasswordFile)
#include "tst_passwordfile.moc"
