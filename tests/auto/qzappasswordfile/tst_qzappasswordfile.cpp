// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapPasswordFile>
#include <QZap/QZapPlainDomain>

#include "filetest.h"

#include <QtCore/qmetaobject.h>
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

class tst_QZapPasswordFile : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst();
    void setsPlainPasswords();
    void setsHashedPasswords();
    void limitsHashMemory();
    void hashesByDefault();
    void makesHashes();
    void refusesToMakeHashes_data();
    void refusesToMakeHashes();
    void checksPasswords_data();
    void checksPasswords();
    void refusesNamesAndPasswords_data();
    void refusesNamesAndPasswords();
    void refusesALineThatLooksLikeAHash();
    void acceptsNamesAndPasswords_data();
    void acceptsNamesAndPasswords();
    void editsManyUsers();
    void copiesAreIndependent();
    void swaps();
    void isAGadget();
    void domainReadsTheFile();
};

void tst_QZapPasswordFile::isEmptyAtFirst()
{
    QZapPasswordFile passwords;
    QCOMPARE(passwords.users(), QStringList());
    QCOMPARE(passwords.hashMemory(), 64);
    QVERIFY(!passwords.check(u"alice"_s, "secret"));
    QVERIFY(!passwords.check({}, {}));
    QVERIFY(!passwords.removeUser(u"alice"_s));
    QVERIFY(!passwords.removeUser({}));
    QVERIFY(passwords.save(path(Users)));
    QCOMPARE(contentsOf(Users), "");
}

void tst_QZapPasswordFile::setsPlainPasswords()
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
    QVERIFY(passwords.save(path(Users)));
    QCOMPARE(contentsOf(Users), "alice=changed\nbj\xc3\xb6rn=a=b\n");
}

void tst_QZapPasswordFile::setsHashedPasswords()
{
    QZapPasswordFile passwords;
    QVERIFY(passwords.setHashMemory(1));
    QVERIFY(passwords.setPassword(u"alice"_s, "S3cret"));
    QVERIFY(passwords.check(u"alice"_s, "S3cret"));
    QVERIFY(!passwords.check(u"alice"_s, "s3cret"));
    QVERIFY(passwords.save(path(Users)));
    QVERIFY(contentsOf(Users).startsWith("alice=$argon2id$v=19$m=1024,t=4,p=1$"));
    QVERIFY(!contentsOf(Users).contains("S3cret"));

    const auto loaded = QZapPasswordFile::load(path(Users));
    QVERIFY(loaded);
    QCOMPARE(loaded->users(), QStringList(u"alice"_s));
    QVERIFY(loaded->check(u"alice"_s, "S3cret"));
    // The hash itself is not accepted as the password.
    QVERIFY(!loaded->check(u"alice"_s, contentsOf(Users).trimmed().mid(6)));
}

void tst_QZapPasswordFile::limitsHashMemory()
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

void tst_QZapPasswordFile::hashesByDefault()
{
    QZapPasswordFile passwords;
    QVERIFY(passwords.setPassword(u"alice"_s, "secret"));
    QVERIFY(passwords.save(path(Users)));
    QVERIFY(contentsOf(Users).startsWith("alice=$argon2id$v=19$m=65536,t=2,p=1$"));
    QVERIFY(passwords.check(u"alice"_s, "secret"));
}

void tst_QZapPasswordFile::makesHashes()
{
    const QByteArray hash = QZapPasswordFile::hash("secret", 1);
    QVERIFY(hash.startsWith("$argon2id$v=19$m=1024,"));
    QVERIFY(QZapPasswordFile::hash("secret", 1) != hash); // with another salt
    QVERIFY(QZapPasswordFile::hash("secret", 2).startsWith("$argon2id$v=19$m=2048,"));
}

void tst_QZapPasswordFile::refusesToMakeHashes_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<int>("memory");
    QTest::newRow("no password") << QByteArray() << 1;
    QTest::newRow("256 bytes") << QByteArray(256, 'x') << 1;
    QTest::newRow("no memory") << QByteArray("secret") << 0;
    QTest::newRow("65 MiB") << QByteArray("secret") << 65;
}

void tst_QZapPasswordFile::refusesToMakeHashes()
{
    QFETCH(QByteArray, password);
    QFETCH(int, memory);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("^QZapPasswordFile::hash: ")));
    QVERIFY(QZapPasswordFile::hash(password, memory).isNull());
}

void tst_QZapPasswordFile::checksPasswords_data()
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

void tst_QZapPasswordFile::checksPasswords()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);

    write(Users, "alice=builder\nbob=" + Hash + "\nmallory=" + GreedyHash + "\na?=x\ncarol=*\n");
    ignoreWarnings(u"users:3: the hash asks for 4194304 KiB"_s);
    const auto passwords = QZapPasswordFile::load(path(Users));
    QVERIFY(passwords);
    QTEST(passwords->check(user, password), "right");
}

void tst_QZapPasswordFile::refusesNamesAndPasswords_data()
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
    for (const auto &name : {u"public-key"_s, u"secret-key"_s, u"public_key"_s, u"secret_key"_s,
                             u"Public-Key"_s, u"secret-key:x"_s}) {
        QTest::addRow("user of the name %s", qPrintable(name))
            << name << good << true << u"the user name is that of a key in a certificate"_s;
    }
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
    QTest::newRow("carriage return in the password")
        << u"alice"_s << QByteArray("S3cret\rbob=x") << false
        << u"the password contains the end of a line"_s;
    QTest::newRow("NUL in the password")
        << u"alice"_s << QByteArray("S3cret\0x", 8) << false << u"the password contains a NUL"_s;
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
    QTest::newRow("!! for a password")
        << u"alice"_s << QByteArray("!!") << true << u"\"*\" and \"!\" alone"_s;
    QTest::newRow("password like a hash after a space")
        << u"alice"_s << QByteArray(" $6$S3cret$x") << false << u"the password looks like a hash"_s;
    QTest::newRow("! for a password")
        << u"alice"_s << QByteArray("!") << true << u"\"*\" and \"!\" alone"_s;
    QTest::newRow("name like a line of htpasswd")
        << u"alice:{SSHA}x"_s << good << true << u"the user name and the password together"_s;
    QTest::newRow("name and password like a line of htpasswd")
        << u"alice:$md5,rounds"_s << QByteArray("904$S3cret") << true
        << u"the user name and the password together"_s;
}

void tst_QZapPasswordFile::refusesNamesAndPasswords()
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

// The line of this user, "$7$101$c2FsdA==$S3cret==", would look like a hash of another scheme.
void tst_QZapPasswordFile::refusesALineThatLooksLikeAHash()
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

void tst_QZapPasswordFile::acceptsNamesAndPasswords_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");

    QTest::newRow("longest") << QString(255, u'x') << QByteArray(255, 'x');
    QTest::newRow("no UTF-8 in the password") << u"alice"_s << QByteArray("\xff\xfe");
    QTest::newRow("= before the password") << u"alice"_s << QByteArray("==a");
    QTest::newRow("# for a password") << u"alice"_s << QByteArray("#");
    QTest::newRow("blanks for a password") << u"alice"_s << QByteArray(" \t ");
    QTest::newRow("$ before the password") << u"alice"_s << QByteArray("$ecret");
    QTest::newRow("blanks in the name") << u"alice smith"_s << QByteArray("x");
    QTest::newRow("# in the name") << u"a#"_s << QByteArray("x");
    QTest::newRow("$ in the name") << u"$6$x"_s << QByteArray("x");
    QTest::newRow("letters beyond the first plane") << u"\U0001F600"_s << QByteArray("x");
}

void tst_QZapPasswordFile::acceptsNamesAndPasswords()
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

void tst_QZapPasswordFile::editsManyUsers()
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
    QVERIFY(passwords.save(path(Users)));
    const auto loaded = QZapPasswordFile::load(path(Users));
    QVERIFY(loaded);
    QCOMPARE(loaded->users().size(), Count / 2);
    QVERIFY(loaded->check(u"19998"_s, "x19998"));
    QVERIFY(!loaded->check(u"19999"_s, "x19999"));
}

void tst_QZapPasswordFile::copiesAreIndependent()
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

void tst_QZapPasswordFile::swaps()
{
    QZapPasswordFile one;
    QZapPasswordFile other;
    QVERIFY(one.setPassword(u"alice"_s, "secret", Format::Plain));
    one.swap(other);
    QCOMPARE(one.users(), QStringList());
    QCOMPARE(other.users(), QStringList(u"alice"_s));
}

void tst_QZapPasswordFile::isAGadget()
{
    const QMetaObject &meta = QZapPasswordFile::staticMetaObject;
    const QMetaEnum format = meta.enumerator(meta.indexOfEnumerator("Format"));
    QVERIFY(format.isScoped());
    QCOMPARE(format.keyCount(), 2);
    QCOMPARE(QMetaType::fromType<QZapPasswordFile>().name(), "QZapPasswordFile");
}

void tst_QZapPasswordFile::domainReadsTheFile()
{
    QZapPasswordFile passwords;
    passwords.setHashMemory(1);
    QVERIFY(passwords.setPassword(u"alice"_s, "secret"));
    QVERIFY(passwords.setPassword(u"bob"_s, "builder", Format::Plain));
    QVERIFY(passwords.save(path(Users)));
    QZapPlainDomain domain;
    domain.setPasswordFile(path(Users));
    QTRY_VERIFY(domain.isReady());
    QCOMPARE(domain.users(), passwords.users());
    QCOMPARE(domain.errorString(), QString());
}

QTEST_GUILESS_MAIN(tst_QZapPasswordFile)
#include "tst_qzappasswordfile.moc"
