// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileparser.h"
#include "randombytes.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// The cheapest possible hash of "S3cret".
const QByteArray SmallHash = PasswordHash::make("S3cret", {8, 1});

} // namespace

// Tests the lines of a password file, except those with hashes.
class tst_PasswordLines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void acceptsLines_data();
    void acceptsLines();
    void refusesBadLines_data();
    void refusesBadLines();
    void refusesLockedUsers_data();
    void refusesLockedUsers();
    void refusesLockedUsersDespiteOtherLines();
    void acceptsEmptyFiles_data();
    void acceptsEmptyFiles();
    void usesTheFirstLineOfAUser();
    void usesTheFirstValidLineOfAUser();
    void warnsOfSpacesAroundTheEqualsSign();
    void refusesALineWithAByteOrderMark();
    void refusesALaterLineWithAByteOrderMark();
    void listsABoundedNumberOfProblems();
    void survivesRandomBytes();
};

void tst_PasswordLines::acceptsLines_data()
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
    QTest::newRow("{ alone") << QByteArray("alice={") << alice << QByteArray("{");
    QTest::newRow("{}") << QByteArray("alice={}x") << alice << QByteArray("{}x");
    QTest::newRow("{ no scheme}") << QByteArray("alice={a b}") << alice << QByteArray("{a b}");
    QTest::newRow("{ and no }") << QByteArray("alice={SSHA") << alice << QByteArray("{SSHA");
    QTest::newRow("{scheme} inside") << QByteArray("alice=a{b}") << alice << QByteArray("a{b}");
    QTest::newRow("a framework's scheme without $")
        << QByteArray("alice=scrypt:x") << alice << QByteArray("scrypt:x");
    QTest::newRow("* and more") << QByteArray("alice=*x") << alice << QByteArray("*x");
    QTest::newRow("! and more") << QByteArray("alice=!x") << alice << QByteArray("!x");
    QTest::newRow("* and a word") << QByteArray("alice=* x") << alice << QByteArray("* x");
    QTest::newRow("colon in the name")
        << QByteArray("alice:b=secret") << QByteArray("alice:b") << QByteArray("secret");
    QTest::newRow("$ in the name")
        << QByteArray("alice:$b=x") << QByteArray("alice:$b") << QByteArray("x");
    QTest::newRow("a name like a hash")
        << QByteArray("$6$x$y=secret") << QByteArray("$6$x$y") << QByteArray("secret");
    QTest::newRow("hash behind a colon of the password")
        << QByteArray("alice=x:$6$y$z") << alice << QByteArray("x:$6$y$z");
}

void tst_PasswordLines::acceptsLines()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);

    const PasswordLoad load = parsePasswordFile(text, u"users"_s);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QCOMPARE(load.passwords->users(), QStringList(QString::fromUtf8(user)));
    QCOMPARE(load.passwords->check(user, password), PasswordCheck::Accepted);
    QCOMPARE(load.passwords->check(user, password + ' '), PasswordCheck::Refused);
    QCOMPARE(load.passwords->check(user, password.chopped(1)), PasswordCheck::Refused);
}

void tst_PasswordLines::refusesBadLines_data()
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
        << QByteArray("\xe4lice=S3cret") << u"the user name cannot be decoded"_s;
    QTest::newRow("name with NUL")
        << QByteArray("al\0ice=S3cret", 13) << u"the user name cannot be decoded"_s;
    QTest::newRow("name of nobody")
        << QByteArray("anonymous=S3cret") << u"the user name \"anonymous\""_s;
    QTest::newRow("name that is a key") << QByteArray("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
                                                      "=S3cret")
                                        << u"the user name is itself a CURVE key"_s;
    QTest::newRow("no password") << QByteArray("alice=") << u"the password is empty"_s;
    QTest::newRow("no password, CRLF") << QByteArray("alice=\r") << u"the password is empty"_s;
    QTest::newRow("CR inside") << QByteArray("alice=S3cret\rbob=x") << u"a carriage return (CR)"_s;
    QTest::newRow("NUL inside") << QByteArray("alice=S3cret\0\0", 14) << u"has NUL characters"_s;
    QTest::newRow("password too long")
        << "alice=S3cret" + QByteArray(250, 'x') << u"the password is longer than 255"_s;
}

void tst_PasswordLines::refusesBadLines()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, problem);

    const PasswordLoad load =
        parsePasswordFile("# Users\n" + text + "\nbob=builder\n", u"dir/users"_s);
    QCOMPARE(load.errors.size(), 1);
    const QString error = load.errors.first().text();
    QVERIFY2(error.startsWith(u"dir/users:2: "_s + problem), qPrintable(error));
    QVERIFY2(error.contains(u';'), qPrintable(error));
    QVERIFY2(!error.contains(u"S3cret"_s), qPrintable(error));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
    QCOMPARE(load.passwords->check("bob", "builder"), PasswordCheck::Accepted);
}

void tst_PasswordLines::refusesLockedUsers_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("withHashes");

    QTest::newRow("*") << QByteArray("*") << false;
    QTest::newRow("!") << QByteArray("!") << false;
    QTest::newRow("* among hashes") << QByteArray("*") << true;
}

void tst_PasswordLines::refusesLockedUsers()
{
    QFETCH(const QByteArray, value);
    QFETCH(const bool, withHashes);

    const QByteArray others = withHashes ? "bob=" + SmallHash + '\n' : "bob=builder\n";
    for (const QByteArray end : {"", "\n", "\r\n"}) {
        const PasswordLoad load = parsePasswordFile(others + "alice=" + value + end, u"users"_s);
        QCOMPARE(textsOf(load.errors), QStringList());
        QCOMPARE(textsOf(load.warnings), QStringList());
        QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
        QCOMPARE(load.lockedUsers, 1);
        // The answer is the same as for a user who does not exist.
        QCOMPARE(load.passwords->check("alice", value), load.passwords->check("nobody", value));
        QVERIFY(load.passwords->check("alice", value) != PasswordCheck::Accepted);
        QCOMPARE(load.passwords->hashFor("alice"), load.passwords->hashFor("nobody"));
    }
}

void tst_PasswordLines::refusesLockedUsersDespiteOtherLines()
{
    const PasswordLoad load = parsePasswordFile("alice=*\nalice=secret\nbob=secret\nbob=!\n"
                                                "carol="
                                                    + SmallHash + "\ncarol=*\ncarol=x\ndan=x\n",
                                                u"users"_s);
    const auto text = [](int line, int first) {
        return u"users:%1: repeats the user of line %2, and one of the two lines lets nobody in, "
               "which is used; remove the other"_s.arg(line)
                   .arg(first);
    };
    QCOMPARE(textsOf(load.errors), QStringList({text(2, 1), text(4, 3), text(6, 5), text(7, 5)}));
    QCOMPARE(load.passwords->users(), QStringList(u"dan"_s));
    QVERIFY(!load.passwords->hasHashes());
    QCOMPARE(load.lockedUsers, 3);
}

void tst_PasswordLines::acceptsEmptyFiles_data()
{
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("empty lines") << QByteArray("\n\r\n\n");
    QTest::newRow("blanks") << QByteArray(" \t \n");
    QTest::newRow("comments") << QByteArray("#\n#alice=secret\n# \xe4\n");
}

void tst_PasswordLines::acceptsEmptyFiles()
{
    QFETCH(const QByteArray, text);

    const PasswordLoad load = parsePasswordFile(text, u"users"_s);
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(load.passwords);
    QCOMPARE(load.passwords->size(), 0);
}

void tst_PasswordLines::usesTheFirstLineOfAUser()
{
    const PasswordLoad load =
        parsePasswordFile("#alice=x\nalice2=y\nalice=first\nbob=b\nalice=second\n", u"users"_s);
    QCOMPARE(textsOf(load.errors),
             QStringList(
                 u"users:5: repeats the user of line 3, which is used; remove one of the two"_s));
    QCOMPARE(load.passwords->size(), 3);
    QCOMPARE(load.passwords->check("alice", "first"), PasswordCheck::Accepted);
    QCOMPARE(load.passwords->check("alice", "second"), PasswordCheck::Refused);
}

void tst_PasswordLines::usesTheFirstValidLineOfAUser()
{
    const PasswordLoad load =
        parsePasswordFile("alice=$6$x$y\nalice=\nalice=first\nalice=second\n", u"users"_s);
    QCOMPARE(load.errors.size(), 3);
    QVERIFY(load.errors[0].text().startsWith(u"users:1: "_s));
    QVERIFY(load.errors[1].text().startsWith(u"users:2: "_s));
    QVERIFY(load.errors[2].text().startsWith(u"users:4: repeats the user of line 3"_s));
    QCOMPARE(load.passwords->check("alice", "first"), PasswordCheck::Accepted);
}

void tst_PasswordLines::warnsOfSpacesAroundTheEqualsSign()
{
    const PasswordLoad load = parsePasswordFile("alice = S3cret\n bob=S3cret\n", u"users"_s);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), 2);
    QVERIFY(load.warnings[0].text().startsWith(u"users:1: a space"_s));
    QVERIFY(load.warnings[1].text().startsWith(u"users:2: a space"_s));
    QVERIFY(!textsOf(load.warnings).join(u' ').contains(u"S3cret"_s));
    QCOMPARE(load.passwords->check("alice ", " S3cret"), PasswordCheck::Accepted);
    QCOMPARE(load.passwords->check("alice", "S3cret"), PasswordCheck::Refused);
}

void tst_PasswordLines::refusesALineWithAByteOrderMark()
{
    const PasswordLoad load = parsePasswordFile("\xef\xbb\xbf"
                                                "alice=secret\nbob=builder\n",
                                                u"users"_s);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(u"users:1: starts with a byte order mark"_s));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
}

// A file that was joined from two can contain such a line.
void tst_PasswordLines::refusesALaterLineWithAByteOrderMark()
{
    const PasswordLoad load = parsePasswordFile("bob=builder\n\xef\xbb\xbf"
                                                "alice=secret\n",
                                                u"users"_s);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(u"users:2: starts with a byte order mark"_s));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
}

void tst_PasswordLines::listsABoundedNumberOfProblems()
{
    const PasswordLoad load = parsePasswordFile(
        QByteArray("rubbish\n").repeated(100'000) + QByteArray("a=b\n").repeated(1000), u"users"_s);
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    QVERIFY(load.errors[19].text().startsWith(u"users:20: "_s));
    QCOMPARE(load.errors[20].text(), u"users: 100979 more problems, which are not listed"_s);
    QCOMPARE(load.passwords->size(), 1);
}

void tst_PasswordLines::survivesRandomBytes()
{
    const QByteArray rubbish = randomBytes(65'536);
    const PasswordLoad load = parsePasswordFile(rubbish, u"users"_s);
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    const QStringList users = load.passwords->users();
    for (const QString &user : users)
        QCOMPARE(PasswordStore::userNameProblem(user.toUtf8()), Problem());
}

QTEST_GUILESS_MAIN(tst_PasswordLines)
#include "tst_passwordlines.moc"
