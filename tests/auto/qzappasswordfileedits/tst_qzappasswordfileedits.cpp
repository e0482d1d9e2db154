// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapPasswordFile>

#include "filetest.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

using Format = QZapPasswordFile::Format;

namespace {

// The name of the password file of these tests.
const auto Users = u"users"_s;

// The cheapest possible hash of "secret".
const QByteArray Hash("$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
                      "39tbUSD70LTTCIyCWo9t5sDidhNPptw1P94ISzTyALc");
// Checking this hash would take 4 GiB.
const QByteArray GreedyHash(
    "$argon2id$v=19$m=4194304,t=4,p=1$MDEyMzQ1Njc4OWFiY2RlZg$39tbUSD70LTTCIyCWo9t5sDidhNPptw1P94ISz"
    "TyALc");

void ignoreWarnings(const QString &pattern)
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(pattern));
}

} // namespace

// Tests what edits of a password file change, and what they leave unchanged.
class tst_QZapPasswordFileEdits : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void setPasswordKeepsTheRest_data();
    void setPasswordKeepsTheRest();
    void removeUserKeepsTheRest_data();
    void removeUserKeepsTheRest();
    void loadRefusesFilesOfOtherKinds_data();
    void loadRefusesFilesOfOtherKinds();
    void loadReadsPasswordFilesWithInvalidLines_data();
    void loadReadsPasswordFilesWithInvalidLines();
};

void tst_QZapPasswordFileEdits::setPasswordKeepsTheRest_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after"); // after setting alice's password to "new"
    QTest::addColumn<int>("warnings");

    const QByteArray greedy = "=" + GreedyHash + '\n';
    QTest::newRow("nothing there") << QByteArray() << QByteArray("alice=new\n") << 0;
    QTest::newRow("at the end") << QByteArray("#1\n\nbob=x\n")
                                << QByteArray("#1\n\nbob=x\nalice=new\n") << 0;
    QTest::newRow("in place") << QByteArray("#1\nalice=old\n \t\nbob=x\n#2")
                              << QByteArray("#1\nalice=new\n \t\nbob=x\n#2") << 0;
    QTest::newRow("in place of a lock")
        << QByteArray("alice=*\nbob=!\n") << QByteArray("alice=new\nbob=!\n") << 0;
    QTest::newRow("in place of a line of another program's")
        << QByteArray("bob=x\nalice:{SSHA}x==\n") << QByteArray("bob=x\nalice=new\n") << 1;
    QTest::newRow("in place of a line of another program's, with a space")
        << QByteArray("alice $6$x$y\nbob=x\n") << QByteArray("alice=new\nbob=x\n") << 1;
    QTest::newRow("lines of other users of another program stay")
        << QByteArray("bob:$apr1$x$y\nalice=old\n") << QByteArray("bob:$apr1$x$y\nalice=new\n")
        << 1;
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

void tst_QZapPasswordFileEdits::setPasswordKeepsTheRest()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, after);
    QFETCH(const int, warnings);

    write(Users, before);
    for (int i = 0; i < warnings; ++i)
        ignoreWarnings(u"users:[0-9]+: "_s);
    auto passwords = QZapPasswordFile::load(path(Users));
    QVERIFY(passwords);
    QVERIFY(passwords->setPassword(u"alice"_s, "new", Format::Plain));
    QVERIFY(passwords->check(u"alice"_s, "new"));
    QString error;
    QVERIFY2(passwords->save(path(Users), &error), qPrintable(error));
    QCOMPARE(contentsOf(Users), after);

    // Reading the file again results in the same users.
    const qsizetype bad = after.startsWith("rubbish")
                              ? 4
                              : after.startsWith("\xef\xbb\xbf") || after.startsWith("bob:");
    for (qsizetype i = 0; i < bad; ++i)
        ignoreWarnings(u"users:[0-9]+: "_s);
    const auto again = QZapPasswordFile::load(path(Users));
    QVERIFY(again);
    QCOMPARE(again->users(), passwords->users());
    QVERIFY(again->check(u"alice"_s, "new"));
}

void tst_QZapPasswordFileEdits::removeUserKeepsTheRest_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after"); // after removing alice
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
    QTest::newRow("a line of another program's")
        << QByteArray("bob=y\nalice:$apr1$x$y\n") << QByteArray("bob=y\n") << 1;
    QTest::newRow("comments stay")
        << QByteArray("#alice=x\nalice=x\n") << QByteArray("#alice=x\n") << 0;
}

void tst_QZapPasswordFileEdits::removeUserKeepsTheRest()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, after);
    QFETCH(const int, warnings);

    write(Users, before);
    for (int i = 0; i < warnings; ++i)
        ignoreWarnings(u"users:[0-9]+: "_s);
    auto passwords = QZapPasswordFile::load(path(Users));
    QVERIFY(passwords);
    QVERIFY(passwords->removeUser(u"alice"_s));
    QVERIFY(!passwords->removeUser(u"alice"_s));
    QVERIFY(!passwords->users().contains(u"alice"_s));
    QVERIFY(!passwords->check(u"alice"_s, "x"));
    QVERIFY(passwords->save(path(Users)));
    QCOMPARE(contentsOf(Users), after);
    // A user who is added again is at the end.
    QVERIFY(passwords->setPassword(u"alice"_s, "new", Format::Plain));
    QVERIFY(passwords->save(path(Users)));
    QVERIFY(contentsOf(Users).startsWith(after));
    QVERIFY(contentsOf(Users).trimmed().endsWith("alice=new"));
}

void tst_QZapPasswordFileEdits::loadRefusesFilesOfOtherKinds_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("said");
    const QByteArray key(40, '0');
    QTest::newRow("certificate") << "curve\n    public-key = \"" + key + "\"\n"
                                 << u"users:2: is a certificate"_s;
    QTest::newRow("section in brackets") << QByteArray("[Curve]\n") << u"users:1: is a certif"_s;
    QTest::newRow("key among users") << "alice=x\nSecret-Key: " + key + '\n'
                                     << u"users:2: is a certificate"_s;
    QTest::newRow("keys, and as many users") << "alice=x\n" + key + '\n'
                                             << u"users:2: starts with a key"_s;
    QTest::newRow("invalid lines only, many")
        << QByteArray("x\n").repeated(2000) << u"users:1: is not name=password"_s;
    QTest::newRow("binary with NULs only") << QByteArray(4096, '\0') << u"users:1: is not text"_s;
}

void tst_QZapPasswordFileEdits::loadRefusesFilesOfOtherKinds()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, said);
    write(Users, contents);
    QString error;
    QVERIFY(!QZapPasswordFile::load(path(Users), &error));
    QVERIFY2(error.startsWith(path(said)), qPrintable(error));

    // A new value overwrites no file either.
    QZapPasswordFile passwords;
    QVERIFY(passwords.setPassword(u"alice"_s, "new", Format::Plain));
    QVERIFY(!passwords.save(path(Users), &error));
    QCOMPARE(contentsOf(Users), contents);
}

void tst_QZapPasswordFileEdits::loadReadsPasswordFilesWithInvalidLines_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<int>("warnings");
    const QByteArray key(40, '0');
    QTest::newRow("nothing") << QByteArray() << 0;
    QTest::newRow("comments") << QByteArray("# public-key = x\n#curve\n\n \n") << 0;
    QTest::newRow("a locked user only") << QByteArray("alice=*\n") << 0;
    QTest::newRow("a hash of another kind only") << QByteArray("alice=$6$x$y\n") << 1;
    QTest::newRow("one valid line after many invalid ones")
        << QByteArray("x\n").repeated(15) + QByteArray("#\n").repeated(2000) + "alice=x\n"
        << 15;
    QTest::newRow("a section's name among users") << QByteArray("curve\nalice=x\n") << 1;
    QTest::newRow("fewer keys than users") << key + "\nalice=x\nbob=x\n" << 1;
    QTest::newRow("a user and a password that are a key as well") << "alice=" + key.first(34) + '\n'
                                                                  << 0;
    QTest::newRow("a password that is a key") << "alice=" + key + '\n' << 0;
    QTest::newRow("NULs after a crash") << "alice=x\n" + QByteArray(512, '\0') << 1;
    QTest::newRow("a name with a colon") << QByteArray("alice:x=y\n") << 0;
}

void tst_QZapPasswordFileEdits::loadReadsPasswordFilesWithInvalidLines()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const int, warnings);
    write(Users, contents);
    for (int i = 0; i < warnings; ++i)
        ignoreWarnings(u"users:[0-9]+: "_s);
    QString error;
    const auto passwords = QZapPasswordFile::load(path(Users), &error);
    QVERIFY2(passwords, qPrintable(error));
    QVERIFY(passwords->save(path(Users)));
    QCOMPARE(contentsOf(Users), contents);
}

QTEST_GUILESS_MAIN(tst_QZapPasswordFileEdits)
#include "tst_qzappasswordfileedits.moc"
