// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileparser.h"
#include "filetest.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MiB = qint64{1024} * 1024;

// The cheapest possible hash of "S3cret".
const QByteArray SmallHash = PasswordHash::make("S3cret", {8, 1});

} // namespace

// Tests hashes in the lines of a password file: those that QZap accepts, and those of other
// programs.
class tst_PasswordLineHashes : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsHashes_data();
    void acceptsHashes();
    void refusesBadHashes_data();
    void refusesBadHashes();
    void readerLimitsHashMemory();
    void refusesHashesOfOtherSchemes_data();
    void refusesHashesOfOtherSchemes();
    void acceptsPasswordsThatAreNotHashes_data();
    void acceptsPasswordsThatAreNotHashes();
    void locksAreNoPasswords_data();
    void locksAreNoPasswords();
    void refusesLinesOfOtherPrograms_data();
    void refusesLinesOfOtherPrograms();
};

void tst_PasswordLineHashes::acceptsHashes_data()
{
    QTest::addColumn<QByteArray>("value");

    const QByteArray tail = PasswordHash::randomTail();
    QTest::newRow("the least") << SmallHash;
    QTest::newRow("libsodium's interactive") << PasswordHash::headOf({65536, 2}) + tail;
    QTest::newRow("the most") << PasswordHash::headOf({65536, 4}) + tail;
}

void tst_PasswordLineHashes::acceptsHashes()
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

void tst_PasswordLineHashes::refusesBadHashes_data()
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

void tst_PasswordLineHashes::refusesBadHashes()
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
    // The value is never taken for a password, and the other users remain in force.
    QCOMPARE(load.passwords->users(), QStringList({u"bob"_s, u"carol"_s}));
    QCOMPARE(load.passwords->check("alice", value), PasswordCheck::NeedsHash);
    QCOMPARE(PasswordStore::verify(load.passwords->hashFor("alice"), value),
             PasswordHash::Match::Different);
}

void tst_PasswordLineHashes::readerLimitsHashMemory()
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

void tst_PasswordLineHashes::refusesHashesOfOtherSchemes_data()
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
    QTest::newRow("three marks") << QByteArray("!!!$6$salt$hash");
    QTest::newRow("locked by Solaris") << QByteArray("*LK*$6$salt$hash");
    QTest::newRow("a space before it") << QByteArray(" $6$salt$hash");
    QTest::newRow("a tab before LDAP's") << QByteArray("\t{SSHA}c2FsdGVkaGFzaA==");
    QTest::newRow("a no-break space before it") << QByteArray("\xc2\xa0$6$salt$hash");
    QTest::newRow("argon2id after a space") << ' ' + SmallHash;
    QTest::newRow("argon2id in quotes") << '"' + SmallHash + '"';
    QTest::newRow("argon2id without its '$'") << SmallHash.mid(1);
    QTest::newRow("in quotes") << QByteArray("\"$6$salt$hash\"");
    QTest::newRow("in single quotes") << QByteArray("'$6$salt$hash'");
    QTest::newRow("escaped for a compose file") << QByteArray("$$apr1$$salt$$hash");
    QTest::newRow("escaped for a shell") << QByteArray(R"(\$6\$salt\$hash)");
    QTest::newRow("PBKDF2 of a mosquitto plugin") << QByteArray("PBKDF2$sha256$901$salt$hash");
    QTest::newRow("PBKDF2 and '$'") << QByteArray("pbkdf2$sha512$100000$salt$hash");
    QTest::newRow("PBKDF2 and '-'") << QByteArray("pbkdf2-sha256$29000$salt$hash");
    QTest::newRow("GRUB's PBKDF2") << QByteArray("grub.pbkdf2.sha512.10000.0123.4567");
    QTest::newRow("CouchDB's PBKDF2") << QByteArray("-pbkdf2-0123,salt,10");
    QTest::newRow("SHA-1 of old frameworks") << QByteArray("sha1$salt$0123");
    QTest::newRow("SHA-512 of old frameworks") << QByteArray("sha512$salt$0123");
    QTest::newRow("crypt of old frameworks") << QByteArray("crypt$$hash");
    QTest::newRow("SAP's") << QByteArray("{x-issha, 1024}c2FsdA==");
    QTest::newRow("PostgreSQL's MD5") << QByteArray("md5") + QByteArray(16, '0').toHex();
    QTest::newRow("MySQL's SHA-1") << '*' + QByteArray(20, '0').toHex().toUpper();
}

void tst_PasswordLineHashes::acceptsPasswordsThatAreNotHashes_data()
{
    QTest::addColumn<QByteArray>("value");

    QTest::newRow("a '$'") << QByteArray("$");
    QTest::newRow("two '$'") << QByteArray("$$");
    QTest::newRow("a price") << QByteArray("$6 and $7");
    QTest::newRow("an open brace") << QByteArray("{SSHA");
    QTest::newRow("empty braces") << QByteArray("{}x");
    QTest::newRow("quotes") << QByteArray("\"quoted\"");
    QTest::newRow("a mark and more") << QByteArray("!secret");
    QTest::newRow("a star and more") << QByteArray("*secret*");
    QTest::newRow("the name of a scheme") << QByteArray("pbkdf2");
    QTest::newRow("md5 and less than a hash") << QByteArray("md5") + QByteArray(31, '0');
    QTest::newRow("a space before it") << QByteArray(" secret");
}

void tst_PasswordLineHashes::acceptsPasswordsThatAreNotHashes()
{
    QFETCH(const QByteArray, value);

    const PasswordLoad load = parsePasswordFile("alice=" + value + '\n', u"users"_s);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.passwords->check("alice", value), PasswordCheck::Accepted);
}

void tst_PasswordLineHashes::locksAreNoPasswords_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isHash");

    for (const char *const lock : {"*", "!", "!!", "!*", "**", "*LK*", "*NP*", "! ", "* ", " !"})
        QTest::newRow(lock) << QByteArray(lock) << false;
    QTest::newRow("before SHA-512") << QByteArray("!$6$salt$hash") << true;
    QTest::newRow("before argon2id") << '!' + SmallHash << true;
}

// A locked user does not get in by another line either.
void tst_PasswordLineHashes::locksAreNoPasswords()
{
    QFETCH(const QByteArray, value);
    QFETCH(const bool, isHash);

    const QByteArray lock = "alice=" + value + '\n';
    PasswordLoad load = parsePasswordFile(lock, u"users"_s);
    QCOMPARE(load.errors.size(), isHash ? 1 : 0);
    QCOMPARE(load.lockedUsers, 1);
    QCOMPARE(load.passwords->check("alice", value), PasswordCheck::Refused);
    for (const QByteArray &text : {lock + "alice=secret\n", "alice=secret\n" + lock}) {
        load = parsePasswordFile(text, u"users"_s);
        QCOMPARE(load.lockedUsers, 1);
        QCOMPARE(load.passwords->check("alice", "secret"), PasswordCheck::Refused);
        QVERIFY(!load.errors.isEmpty());
    }
}

void tst_PasswordLineHashes::refusesHashesOfOtherSchemes()
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

void tst_PasswordLineHashes::refusesLinesOfOtherPrograms_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isPbkdf2");

    // Because of the '=' in them, these lines would be users whose passwords anybody could read in
    // the file.
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
    QTest::newRow("PBKDF2 of a mosquitto plugin")
        << QByteArray("alice:PBKDF2$sha512$100000$c2FsdA==$aGFzaA==") << true;
    QTest::newRow("in quotes") << QByteArray("alice:\"$6$rounds=5000$salt$hash\"") << false;
    QTest::newRow("both in quotes") << QByteArray(R"("alice":"$7$101$c2Fs==$aGFz=")") << true;
    QTest::newRow("a comma for a colon") << QByteArray("alice,{SSHA}c2FsdGVkaGFzaA==") << false;
    QTest::newRow("a semicolon for a colon") << QByteArray("alice;$6$salt$aGFzaA==") << false;
    QTest::newRow("a bar for a colon") << QByteArray("alice|$6$salt$aGFzaA==") << false;
}

void tst_PasswordLineHashes::refusesLinesOfOtherPrograms()
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
            // The part is a salt, a hash, or both.
            if (part.size() > 8)
                QVERIFY2(!error.contains(QString::fromLatin1(part)), qPrintable(error));
        }
        QCOMPARE(load.passwords->users(), QStringList(u"bob"_s));
    }
}

QTEST_GUILESS_MAIN(tst_PasswordLineHashes)
#include "tst_passwordlinehashes.moc"
