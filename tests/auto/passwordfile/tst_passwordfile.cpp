// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileparser.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MiB = 1024 * 1024;

// Of "S3cret", and as cheap as can be.
const QByteArray SmallHash = PasswordHash::make("S3cret", {8, 1});

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
    void hash_data();
    void hash();
    void badHash_data();
    void badHash();
    void readerLimitsHashMemory();
    void otherSchemes_data();
    void otherSchemes();
    void otherPrograms_data();
    void otherPrograms();
    void locked_data();
    void locked();
    void locksCountWhateverOtherLinesSay();
    void empty_data();
    void empty();
    void duplicates();
    void invalidLinesAreNoDuplicates();
    void blankInTheName();
    void byteOrderMark();
    void byteOrderMarkWithin();
    void problemsAreBounded();
    void binaryRubbish();

    void loads();
    void warnings_data();
    void warnings();
    void badLinesMayBePasswords();
    void cannotBeLoaded_data();
    void cannotBeLoaded();
    void permissionDenied();
    void overTheLimit();
    void withoutMemory_data();
    void withoutMemory();

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
    QTest::newRow("{ alone") << QByteArray("alice={") << alice << QByteArray("{");
    QTest::newRow("{}") << QByteArray("alice={}x") << alice << QByteArray("{}x");
    QTest::newRow("{ no scheme}") << QByteArray("alice={a b}") << alice << QByteArray("{a b}");
    QTest::newRow("{ and no }") << QByteArray("alice={SSHA") << alice << QByteArray("{SSHA");
    QTest::newRow("{scheme} inside") << QByteArray("alice=a{b}") << alice << QByteArray("a{b}");
    QTest::newRow("a framework's scheme without $")
        << QByteArray("alice=scrypt:x") << alice << QByteArray("scrypt:x");
    QTest::newRow("* and more") << QByteArray("alice=*x") << alice << QByteArray("*x");
    QTest::newRow("! and more") << QByteArray("alice=!x") << alice << QByteArray("!x");
    QTest::newRow("* and a blank") << QByteArray("alice=* ") << alice << QByteArray("* ");
    QTest::newRow("colon in the name")
        << QByteArray("alice:b=secret") << QByteArray("alice:b") << QByteArray("secret");
    QTest::newRow("$ in the name")
        << QByteArray("alice:$b=x") << QByteArray("alice:$b") << QByteArray("x");
    QTest::newRow("a name like a hash")
        << QByteArray("$6$x$y=secret") << QByteArray("$6$x$y") << QByteArray("secret");
    QTest::newRow("hash behind a colon of the password")
        << QByteArray("alice=x:$6$y$z") << alice << QByteArray("x:$6$y$z");
}

void tst_PasswordFile::line()
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
    const QString error = load.errors.first().text();
    QVERIFY2(error.startsWith(u"dir/users:2: "_s + problem), qPrintable(error));
    QVERIFY2(error.contains(u';'), qPrintable(error));
    QVERIFY2(!error.contains(u"S3cret"_s), qPrintable(error));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
    QCOMPARE(load.passwords->check("bob", "builder"), PasswordCheck::Accepted);
}

void tst_PasswordFile::hash_data()
{
    QTest::addColumn<QByteArray>("value");

    const QByteArray tail = PasswordHash::randomTail();
    QTest::newRow("the least") << SmallHash;
    QTest::newRow("libsodium's interactive") << PasswordHash::headOf({65536, 2}) + tail;
    QTest::newRow("the most") << PasswordHash::headOf({65536, 4}) + tail;
}

void tst_PasswordFile::hash()
{
    QFETCH(const QByteArray, value);

    for (const QByteArray end : {"", "\n", "\r\n"}) {
        const PasswordLoad load =
            parsePasswordFile("bob=builder\nalice=" + value + end, u"users"_s);
        QCOMPARE(textsOf(load.errors), QStringList());
        QCOMPARE(textsOf(load.warnings), QStringList());
        QCOMPARE(load.passwords->hashFor("alice"), value);
        QCOMPARE(load.passwords->check("alice", value), PasswordCheck::NeedsHash);
        QCOMPARE(load.passwords->check("bob", "builder"), PasswordCheck::Accepted);
    }
}

void tst_PasswordFile::badHash_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("problem"); // the start of it

    const auto damaged = u"the argon2id hash is damaged"_s;
    const QByteArray tail = PasswordHash::randomTail();
    const auto with = [&](const QByteArray &parameters) {
        return "$argon2id$v=19$" + parameters + tail;
    };
    QTest::newRow("4 GiB") << with("m=4194304,t=2,p=1")
                           << u"the hash asks for 4194304 KiB of memory, and at most 65536 KiB"_s;
    QTest::newRow("1 KiB more than 64 MiB")
        << with("m=65537,t=1,p=1") << u"the hash asks for 65537 KiB of memory"_s;
    QTest::newRow("17 s") << with("m=65536,t=500,p=1") << u"the hash asks for 500 passes"_s;
    QTest::newRow("5 passes") << with("m=8,t=5,p=1") << u"the hash asks for 5 passes"_s;
    QTest::newRow("2 lanes") << with("m=65536,t=2,p=2")
                             << u"the hash asks for a parallelism of 2"_s;
    QTest::newRow("nothing after the scheme") << QByteArray("$argon2id$") << damaged;
    QTest::newRow("cut off") << SmallHash.chopped(30) << damaged;
    QTest::newRow("no hash") << SmallHash.left(SmallHash.lastIndexOf('$')) << damaged;
    QTest::newRow("no salt") << QByteArray("$argon2id$v=19$m=8,t=1,p=1$$") + SmallHash.right(43)
                             << damaged;
    QTest::newRow("something after it") << SmallHash + "$x" << damaged;
    QTest::newRow("a space after it") << SmallHash + ' ' << damaged;
    QTest::newRow("NUL after it") << SmallHash + '\0' << damaged;
    QTest::newRow("longer than any") << SmallHash + QByteArray(200, 'A') << damaged;
    QTest::newRow("no base64") << SmallHash.chopped(1) + '!' << damaged;
    QTest::newRow("no version") << "$argon2id$m=8,t=1,p=1" + tail << damaged;
    QTest::newRow("other version") << "$argon2id$v=16$m=8,t=1,p=1" + tail << damaged;
    QTest::newRow("other order") << with("t=1,m=8,p=1") << damaged;
    QTest::newRow("less memory than any") << with("m=7,t=1,p=1") << damaged;
    QTest::newRow("no memory") << with("m=0,t=1,p=1") << damaged;
    QTest::newRow("no passes") << with("m=8,t=0,p=1") << damaged;
    QTest::newRow("no lanes") << with("m=8,t=1,p=0") << damaged;
    QTest::newRow("memory below zero") << with("m=-8,t=1,p=1") << damaged;
    QTest::newRow("memory beyond 32 bits") << with("m=4294967304,t=1,p=1") << damaged;
    QTest::newRow("memory beyond 64 bits") << with("m=18446744073709551624,t=1,p=1") << damaged;
    QTest::newRow("memory with a zero before it") << with("m=08,t=1,p=1") << damaged;
    QTest::newRow("memory with a sign") << with("m=+8,t=1,p=1") << damaged;
    QTest::newRow("memory with a space") << with("m= 8,t=1,p=1") << damaged;
    QTest::newRow("memory in hexadecimal") << with("m=0x8,t=1,p=1") << damaged;
    QTest::newRow("no number") << with("m=,t=1,p=1") << damaged;
}

void tst_PasswordFile::badHash()
{
    QFETCH(const QByteArray, value);
    QFETCH(const QString, problem);

    const PasswordLoad load =
        parsePasswordFile("bob=builder\nalice=" + value + "\ncarol=" + SmallHash, u"users"_s);
    QCOMPARE(load.errors.size(), 1);
    const QString error = load.errors.first().text();
    QVERIFY2(error.startsWith(u"users:2: "_s + problem), qPrintable(error));
    QVERIFY2(error.contains(u';'), qPrintable(error));
    QVERIFY2(!error.contains(QString::fromLatin1(value.right(20))), qPrintable(error));
    // Never a password, nor forgotten over a good one.
    QCOMPARE(load.passwords->users(), QStringList({u"bob"_s, u"carol"_s}));
    QCOMPARE(load.passwords->check("alice", value), PasswordCheck::NeedsHash);
    QCOMPARE(PasswordStore::verify(load.passwords->hashFor("alice"), value),
             PasswordHash::Match::Different);
}

void tst_PasswordFile::readerLimitsHashMemory()
{
    const QByteArray text = "alice=" + PasswordHash::headOf({1024, 2}) + PasswordHash::randomTail();
    QCOMPARE(textsOf(parsePasswordFile(text, u"users"_s, MiB).errors), QStringList());
    const PasswordLoad load = parsePasswordFile(text, u"users"_s, MiB - 1);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(u"users:1: the hash asks for 1024 KiB"_s));

    write(u"users"_s, text);
    QCOMPARE(textsOf(loadPasswordFile(path(u"users"_s), MiB).errors), QStringList());
    QCOMPARE(loadPasswordFile(path(u"users"_s), MiB - 1).errors.size(), 1);
}

void tst_PasswordFile::otherSchemes_data()
{
    QTest::addColumn<QByteArray>("value");

    QTest::newRow("argon2i") << QByteArray("$argon2i$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA");
    QTest::newRow("argon2d") << QByteArray("$argon2d$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA");
    QTest::newRow("argon2id in capitals") << "$ARGON2ID$" + SmallHash.mid(10);
    QTest::newRow("scrypt of libsodium") << QByteArray("$7$C6..../....salt$hash");
    QTest::newRow("MD5") << QByteArray("$1$salt$hash");
    QTest::newRow("bcrypt") << QByteArray("$2b$12$saltandhash");
    QTest::newRow("SHA-512") << QByteArray("$6$rounds=5000$salt$hash");
    QTest::newRow("yescrypt") << QByteArray("$y$j9T$salt$hash");
    QTest::newRow("Sun MD5") << QByteArray("$md5,rounds=904$salt$hash");
    QTest::newRow("PBKDF2") << QByteArray("$pbkdf2-sha256$29000$salt$hash");
    QTest::newRow("unknown") << QByteArray("$my_own.scheme$x");
    QTest::newRow("nothing after it") << QByteArray("$6$");
    QTest::newRow("LDAP's salted SHA-1") << QByteArray("{SSHA}c2FsdGVkaGFzaA==");
    QTest::newRow("LDAP's SHA-1") << QByteArray("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=");
    QTest::newRow("LDAP's crypt") << QByteArray("{CRYPT}$6$salt$hash");
    QTest::newRow("LDAP's scheme in lower case") << QByteArray("{ssha}c2FsdGVkaGFzaA==");
    QTest::newRow("LDAP's PBKDF2") << QByteArray("{PBKDF2-SHA512}10000$salt$hash");
    QTest::newRow("LDAP's plain text") << QByteArray("{CLEARTEXT}x");
    QTest::newRow("Dovecot's") << QByteArray("{SHA512-CRYPT.HEX}0123");
    QTest::newRow("Spring's") << QByteArray("{bcrypt}$2a$10$saltandhash");
    QTest::newRow("a scheme in braces alone") << QByteArray("{MD5}");
    QTest::newRow("Django's") << QByteArray("pbkdf2_sha256$600000$salt$aGFzaA==");
    QTest::newRow("Werkzeug's PBKDF2") << QByteArray("pbkdf2:sha256:600000$salt$hash");
    QTest::newRow("Werkzeug's scrypt") << QByteArray("scrypt:32768:8:1$salt$hash");
    QTest::newRow("PostgreSQL's") << QByteArray("SCRAM-SHA-256$4096:salt$stored:server");
    QTest::newRow("locked by usermod") << QByteArray("!$6$salt$hash");
    QTest::newRow("locked by passwd") << QByteArray("!!$6$salt$hash");
    QTest::newRow("locked argon2id") << '!' + SmallHash;
    QTest::newRow("locked by a star") << QByteArray("*{SSHA}c2FsdGVkaGFzaA==");
}

void tst_PasswordFile::otherSchemes()
{
    QFETCH(const QByteArray, value);

    const PasswordLoad load = parsePasswordFile("alice=" + value + "\nbob=builder\n", u"users"_s);
    QCOMPARE(load.errors.size(), 1);
    const QString error = load.errors.first().text();
    QVERIFY2(error.startsWith(u"users:1: the password is hashed"_s), qPrintable(error));
    QCOMPARE(error.contains("(PBKDF2)"_L1), value.toLower().contains("pbkdf2"));
    QVERIFY(!error.contains(QString::fromLatin1(value)) || value.size() < 4);
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
    QCOMPARE(load.passwords->check("alice", value), PasswordCheck::Refused);
    QVERIFY(!load.passwords->hasHashes());
}

void tst_PasswordFile::otherPrograms_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isPbkdf2");

    // With a '=' in them, these would be users with passwords that anybody can read there.
    QTest::newRow("htpasswd's SHA-1")
        << QByteArray("alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=") << false;
    QTest::newRow("htpasswd's SHA-1 with ==")
        << QByteArray("alice:{SSHA}c2FsdGVkaGFzaA==") << false;
    QTest::newRow("htpasswd's bcrypt") << QByteArray("alice:$2y$05$saltandhash") << false;
    QTest::newRow("htpasswd's MD5") << QByteArray("alice:$apr1$salt$hash") << false;
    QTest::newRow("mosquitto's PBKDF2")
        << QByteArray("alice:$7$101$c2FsdHNhbHQ=$aGFzaGhhc2g=") << true;
    QTest::newRow("mosquitto's PBKDF2 with ==")
        << QByteArray("alice:$7$101$c2FsdHNhbA==$aGFzaGhhcw==") << true;
    QTest::newRow("mosquitto's SHA-512") << QByteArray("alice:$6$c2FsdA==$aGFzaA==") << false;
    QTest::newRow("PBKDF2 with parameters")
        << QByteArray("alice:$pbkdf2-sha256$i=29000,l=32$salt$hash") << true;
    QTest::newRow("a '=' in the scheme") << QByteArray("alice:$md5,rounds=904$salt$hash") << false;
    QTest::newRow("Django's PBKDF2")
        << QByteArray("alice:pbkdf2_sha256$600000$salt$aGFzaA==") << true;
    QTest::newRow("locked in shadow")
        << QByteArray("alice:!$6$c2FsdA==$hash:19000:0:99999:7:::") << false;
    QTest::newRow("several colons") << QByteArray("1001:alice:{SSHA}c2FsdGVkaGFzaA==") << false;
    QTest::newRow("a blank for a colon") << QByteArray("alice {SSHA}c2FsdGVkaGFzaA==") << false;
    QTest::newRow("a tab for a colon") << QByteArray("alice\t$7$101$c2FsdA==$aGFzaA==") << false;
    QTest::newRow("a hash alone") << QByteArray("{SSHA}c2FsdGVkaGFzaA==") << false;
    QTest::newRow("PBKDF2 alone") << QByteArray("$pbkdf2-sha256$29000$c2FsdA==$aGFzaA==") << true;
    QTest::newRow("Django's PBKDF2 alone")
        << QByteArray("pbkdf2_sha256$600000$salt$aGFzaA==") << true;
    QTest::newRow("PBKDF2 with parameters alone")
        << QByteArray("$pbkdf2-sha256$i=29000,l=32$salt$hash") << true;
    QTest::newRow("argon2id behind a colon") << "alice:" + SmallHash << false;
    QTest::newRow("argon2id alone") << SmallHash << false;
}

void tst_PasswordFile::otherPrograms()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, isPbkdf2);

    for (const QByteArray end : {"", "\n", "\r\n"}) {
        const PasswordLoad load = parsePasswordFile("bob=builder\n" + text + end, u"users"_s);
        QCOMPARE(load.errors.size(), 1);
        const QString error = load.errors.first().text();
        QVERIFY2(error.startsWith(text.contains("$argon2id$")
                                      ? u"users:2: an argon2id hash without a user name"_s
                                      : u"users:2: a hash of another program's"_s),
                 qPrintable(error));
        QCOMPARE(error.contains("(PBKDF2)"_L1), isPbkdf2);
        for (const QByteArray &part : text.split('$')) {
            // A salt, a hash, or both of them.
            if (part.size() > 8)
                QVERIFY2(!error.contains(QString::fromLatin1(part)), qPrintable(error));
        }
        QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
    }
}

void tst_PasswordFile::locked_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("withHashes");

    QTest::newRow("*") << QByteArray("*") << false;
    QTest::newRow("!") << QByteArray("!") << false;
    QTest::newRow("* among hashes") << QByteArray("*") << true;
}

void tst_PasswordFile::locked()
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
        // As with a user who is not there.
        QCOMPARE(load.passwords->check("alice", value), load.passwords->check("nobody", value));
        QVERIFY(load.passwords->check("alice", value) != PasswordCheck::Accepted);
        QCOMPARE(load.passwords->hashFor("alice"), load.passwords->hashFor("nobody"));
    }
}

void tst_PasswordFile::locksCountWhateverOtherLinesSay()
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
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(load.passwords);
    QCOMPARE(load.passwords->size(), 0);
}

void tst_PasswordFile::duplicates()
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

void tst_PasswordFile::invalidLinesAreNoDuplicates()
{
    const PasswordLoad load =
        parsePasswordFile("alice=$6$x$y\nalice=\nalice=first\nalice=second\n", u"users"_s);
    QCOMPARE(load.errors.size(), 3);
    QVERIFY(load.errors[0].text().startsWith(u"users:1: "_s));
    QVERIFY(load.errors[1].text().startsWith(u"users:2: "_s));
    QVERIFY(load.errors[2].text().startsWith(u"users:4: repeats the user of line 3"_s));
    QCOMPARE(load.passwords->check("alice", "first"), PasswordCheck::Accepted);
}

void tst_PasswordFile::blankInTheName()
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

void tst_PasswordFile::byteOrderMark()
{
    const PasswordLoad load = parsePasswordFile("\xef\xbb\xbf"
                                                "alice=secret\nbob=builder\n",
                                                u"users"_s);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(u"users:1: starts with a byte order mark"_s));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
}

// As in a file that was put together from two.
void tst_PasswordFile::byteOrderMarkWithin()
{
    const PasswordLoad load = parsePasswordFile("bob=builder\n\xef\xbb\xbf"
                                                "alice=secret\n",
                                                u"users"_s);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(u"users:2: starts with a byte order mark"_s));
    QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
}

void tst_PasswordFile::problemsAreBounded()
{
    const PasswordLoad load = parsePasswordFile(
        QByteArray("rubbish\n").repeated(100'000) + QByteArray("a=b\n").repeated(1000), u"users"_s);
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    QVERIFY(load.errors[19].text().startsWith(u"users:20: "_s));
    QCOMPARE(load.errors[20].text(), u"users: 100979 more problems, which are not listed"_s);
    QCOMPARE(load.passwords->size(), 1);
}

void tst_PasswordFile::binaryRubbish()
{
    QRandomGenerator random(1);
    QByteArray rubbish(65'536, Qt::Uninitialized);
    std::generate(rubbish.begin(), rubbish.end(),
                  [&random] { return static_cast<char>(random.generate()); });
    const PasswordLoad load = parsePasswordFile(rubbish, u"users"_s);
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    const QStringList users = load.passwords->users();
    for (const QString &user : users)
        QCOMPARE(PasswordStore::userNameProblem(user.toUtf8()), Problem());
}

void tst_PasswordFile::loads()
{
    write(u"users"_s, "alice=secret\n");
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QVERIFY(!load.changedMeanwhile);
    QCOMPARE(load.passwords->check("alice", "secret"), PasswordCheck::Accepted);
}

void tst_PasswordFile::warnings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QStringList>("warned"); // the starts, after the directory's path

    const auto mayRead = u"d/users: others than the owner can read"_s;
    const auto mayWrite = u"d/users: others than the owner can write"_s;
    const auto mayReplace = u"d: others than the owner can add and replace"_s;
    const QByteArray plain("alice=secret\n");
    const QByteArray hashed("bob=" + SmallHash + '\n');
    QTest::newRow("secret") << plain << 0600 << 0755 << QStringList();
    QTest::newRow("secret, read only") << plain << 0400 << 0700 << QStringList();
    QTest::newRow("group reads") << plain << 0640 << 0755 << QStringList(mayRead);
    QTest::newRow("all read") << plain << 0604 << 0755 << QStringList(mayRead);
    QTest::newRow("group writes") << plain << 0620 << 0755 << QStringList(mayWrite);
    QTest::newRow("all read and write")
        << plain << 0666 << 0755 << QStringList({mayWrite, mayRead});
    QTest::newRow("all write the directory") << plain << 0600 << 0777 << QStringList(mayReplace);
    QTest::newRow("sticky directory") << plain << 0600 << 01777 << QStringList();
    QTest::newRow("hashes, all read") << hashed << 0644 << 0755 << QStringList();
    QTest::newRow("hashes, all write") << hashed << 0666 << 0755 << QStringList(mayWrite);
    QTest::newRow("one is plain, all read")
        << hashed + plain << 0644 << 0755 << QStringList(mayRead);
    QTest::newRow("no users, all read") << QByteArray("# Nobody") << 0644 << 0755 << QStringList();
}

void tst_PasswordFile::warnings()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, mode);
    QFETCH(const int, directoryMode);
    QFETCH(const QStringList, warned);

    QVERIFY(QDir(m_directory->path()).mkdir(u"d"_s));
    write(u"d/users"_s, text, static_cast<mode_t>(mode));
    QCOMPARE(::chmod(qPrintable(path(u"d"_s)), static_cast<mode_t>(directoryMode)), 0);
    const PasswordLoad load = loadPasswordFile(path(u"d/users"_s));
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), warned.size());
    for (qsizetype i = 0; i < warned.size(); ++i)
        QVERIFY2(load.warnings[i].text().startsWith(path(warned[i])),
                 qPrintable(load.warnings[i].text()));
    QCOMPARE(load.passwords->contains("alice"), text.contains("alice"));
}

void tst_PasswordFile::badLinesMayBePasswords()
{
    write(u"users"_s, "bob=" + SmallHash + "\nalice:secret\n", 0644);
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QCOMPARE(load.errors.size(), 1);
    QCOMPARE(load.warnings.size(), 1);
    QVERIFY(load.warnings.first().text().contains("others than the owner can read"_L1));
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
    QVERIFY(load.errors.first().text().startsWith(path(name) + u": "_s));
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
    QVERIFY(load.errors.first().text().startsWith(path(u"users"_s)
                                                  + u": cannot be read: permission"_s));
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
    QVERIFY(load.errors.first().text().startsWith(path(u"users"_s)
                                                  + u": larger than the maximum of 67108864 "_s));
}

void tst_PasswordFile::withoutMemory_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<int>("mebibytes");
    for (const int mebibytes : {8, 16, 24, 36, 48})
        QTest::addRow("%d MiB", mebibytes) << QByteArray("x") << mebibytes;
    for (const int mebibytes : {24, 48})
        QTest::addRow("%d MiB, locked", mebibytes) << QByteArray("*") << mebibytes;
}

// The users take more. It is no reason to end the process, wherever it happens.
void tst_PasswordFile::withoutMemory()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("Sanitizers have memory of their own");
#else
    QFETCH(const QByteArray, password);
    QFETCH(const int, mebibytes);
    {
        QByteArray contents;
        for (int i = 0; i < 1'000'000; ++i)
            contents += "user" + QByteArray::number(i) + '=' + password + '\n';
        write(u"users"_s, contents);
    }
    QFile statm(u"/proc/self/statm"_s);
    if (!statm.open(QIODevice::ReadOnly))
        QSKIP("the size of this process is not known");
    const auto pages = statm.readAll().split(' ').constFirst().toULongLong();
    const rlim_t room = static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE))
                        + static_cast<rlim_t>(mebibytes * MiB);
    const QString file = path(u"users"_s);
    // In a process of its own: no other allocation is to suffer.
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        const rlimit limit = {room, room};
        const bool isRefused = ::setrlimit(RLIMIT_AS, &limit) == 0
                               && loadPasswordFile(file).fileError == FileError::Unreadable;
        ::_exit(isRefused ? 0 : 1);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY2(WIFEXITED(status), qPrintable(QString::number(WTERMSIG(status))));
    QCOMPARE(WEXITSTATUS(status), 0);
#endif
}

QTEST_GUILESS_MAIN(tst_PasswordFile)
#include "tst_passwordfile.moc"
