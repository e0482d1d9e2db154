// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/passwordstore.h"

#include <QtCore/qhash.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using PasswordHash::Match;

namespace {

// The minimum that libsodium accepts.
constexpr PasswordHash::Parameters Small = {8, 1};

} // namespace

class tst_PasswordStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void refusesInvalidUserNames_data();
    void refusesInvalidUserNames();
    void checksPlainPasswords_data();
    void checksPlainPasswords();
    void refusesAllIfEmpty();
    void everyByteCounts();
    void insertReplaces();
    void listsUsersSorted();
    void copiesAreIndependent();
    void removesUsers();
    void holdsManyUsers_data();
    void holdsManyUsers();
    void removedUsersAreGoneFromCopies();
    void comparesUsers();
    void asksForAHash();
    void everyFailureCostsOneHash_data();
    void everyFailureCostsOneHash();
    void hashAndPlainPasswordReplaceEachOther();
    void dummyHashCostsAsMuchAsMostHashes();
    void knowsTheMostExpensiveHash();
    void dummyHashIsMadeOnce();
};

void tst_PasswordStore::refusesInvalidUserNames_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QString>("reason"); // a part of it

    QTest::newRow("plain") << QByteArray("alice") << QString();
    QTest::newRow("UTF-8") << QByteArray("\xc3\xa4lice") << QString();
    QTest::newRow("blanks inside") << QByteArray("alice smith") << QString();
    QTest::newRow("maximum length") << QByteArray(255, 'x') << QString();
    QTest::newRow("40 characters that are not a key") << QByteArray(40, '#') << QString();
    QTest::newRow("anonymous in capitals") << QByteArray("Anonymous") << QString();

    QTest::newRow("empty") << QByteArray() << u"empty"_s;
    QTest::newRow("too long") << QByteArray(256, 'x') << u"longer than 255"_s;
    QTest::newRow("Latin-1") << QByteArray("\xe4lice") << u"cannot be decoded"_s;
    QTest::newRow("NUL") << QByteArray("al\0ice", 6) << u"control characters"_s;
    QTest::newRow("newline") << QByteArray("alice\n") << u"control characters"_s;
    QTest::newRow("DEL") << QByteArray("alice\x7f") << u"control characters"_s;
    QTest::newRow("C1 control") << QByteArray("alice\xc2\x85") << u"control characters"_s;
    QTest::newRow("of peers without credentials") << QByteArray("anonymous") << u"anonymous"_s;
    QTest::newRow("a CURVE key") << QByteArray("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID")
                                 << u"CURVE key"_s;
}

void tst_PasswordStore::refusesInvalidUserNames()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QString, reason);

    const QString error = PasswordStore::userNameProblem(user).text();
    QCOMPARE(error.isEmpty(), reason.isEmpty());
    QVERIFY2(error.contains(reason), qPrintable(error));
}

void tst_PasswordStore::checksPlainPasswords_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<bool>("right");

    QTest::newRow("right") << QByteArray("alice") << QByteArray("secret") << true;
    QTest::newRow("right, with a NUL") << QByteArray("bob") << QByteArray("a\0b", 3) << true;
    QTest::newRow("right, no UTF-8") << QByteArray("carol") << QByteArray("\xff\xfe") << true;
    QTest::newRow("right, longest") << QByteArray("dave") << QByteArray(255, 'x') << true;

    QTest::newRow("another's") << QByteArray("alice") << QByteArray(255, 'x') << false;
    QTest::newRow("case of the password") << QByteArray("alice") << QByteArray("Secret") << false;
    QTest::newRow("case of the name") << QByteArray("Alice") << QByteArray("secret") << false;
    QTest::newRow("shorter") << QByteArray("alice") << QByteArray("secre") << false;
    QTest::newRow("longer") << QByteArray("alice") << QByteArray("secret ") << false;
    QTest::newRow("up to a NUL") << QByteArray("bob") << QByteArray("a") << false;
    QTest::newRow("none") << QByteArray("alice") << QByteArray() << false;
    QTest::newRow("unknown user") << QByteArray("eve") << QByteArray("secret") << false;
    QTest::newRow("unknown user, none") << QByteArray("eve") << QByteArray() << false;
    QTest::newRow("no user") << QByteArray() << QByteArray("secret") << false;
    QTest::newRow("zeros, as kept for nobody")
        << QByteArray("eve") << QByteArray(32, '\0') << false;
}

void tst_PasswordStore::checksPlainPasswords()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);

    PasswordStore store;
    store.insert("alice", "secret");
    store.insert("bob", QByteArray("a\0b", 3));
    store.insert("carol", "\xff\xfe");
    store.insert("dave", QByteArray(255, 'x'));
    QFETCH(const bool, right);
    QCOMPARE(store.check(user, password), right ? PasswordCheck::Accepted : PasswordCheck::Refused);
}

void tst_PasswordStore::refusesAllIfEmpty()
{
    const PasswordStore store;
    QCOMPARE(store.check("alice", "secret"), PasswordCheck::Refused);
    QCOMPARE(store.check({}, {}), PasswordCheck::Refused);
    QVERIFY(!store.contains("alice"));
    QCOMPARE(store.size(), 0);
    QCOMPARE(store.users(), QStringList());
}

void tst_PasswordStore::everyByteCounts()
{
    const QByteArray password("correct horse battery staple");
    PasswordStore store;
    store.insert("alice", password);
    for (qsizetype i = 0; i < password.size(); ++i) {
        QByteArray other = password;
        other[i] = static_cast<char>(other[i] ^ 1);
        QCOMPARE(store.check("alice", other), PasswordCheck::Refused);
    }
    QCOMPARE(store.check("alice", password), PasswordCheck::Accepted);
}

void tst_PasswordStore::insertReplaces()
{
    PasswordStore store;
    store.insert("alice", "old");
    store.insert("alice", "new");
    QCOMPARE(store.size(), 1);
    QCOMPARE(store.check("alice", "old"), PasswordCheck::Refused);
    QCOMPARE(store.check("alice", "new"), PasswordCheck::Accepted);
}

void tst_PasswordStore::listsUsersSorted()
{
    PasswordStore store;
    store.insert("bob", "2");
    store.insert("\xc3\xa4nne", "3");
    store.insert("alice", "1");
    QCOMPARE(store.users(), QStringList({u"alice"_s, u"bob"_s, u"\u00e4nne"_s}));
    QVERIFY(store.contains("bob"));
    QVERIFY(!store.contains("carol"));
}

void tst_PasswordStore::copiesAreIndependent()
{
    PasswordStore store;
    store.insert("alice", "secret");
    const PasswordStore copy = store;
    store.insert("alice", "changed");
    QCOMPARE(copy.check("alice", "secret"), PasswordCheck::Accepted);
    QCOMPARE(copy.check("alice", "changed"), PasswordCheck::Refused);
}

void tst_PasswordStore::removesUsers()
{
    PasswordStore store;
    store.insert("alice", "secret");
    store.insertHash("bob", PasswordHash::make("builder", Small));
    QVERIFY(!store.remove("carol"));
    QVERIFY(store.remove("bob"));
    QVERIFY(!store.remove("bob"));
    QVERIFY(!store.contains("bob"));
    // The last hash was removed, so no hashes are computed.
    QVERIFY(!store.hasHashes());
    QCOMPARE(store.check("bob", "builder"), PasswordCheck::Refused);
    QVERIFY(store.remove("alice"));
    QCOMPARE(store.check("alice", "secret"), PasswordCheck::Refused);
    QCOMPARE(store.size(), 0);
}

void tst_PasswordStore::holdsManyUsers_data()
{
    QTest::addColumn<int>("removed"); // every n-th user, starting with the first; 0: none
    QTest::addColumn<int>("replacements");

    QTest::newRow("inserted") << 0 << 0;
    QTest::newRow("some removed") << 3 << 0;
    QTest::newRow("all removed") << 1 << 0;
    QTest::newRow("replaced") << 0 << 1;
    QTest::newRow("replaced often") << 0 << 7;
    QTest::newRow("removed, inserted again and replaced") << 2 << 7;
}

// There are enough users for several tables, and enough changes for unused memory to be freed.
void tst_PasswordStore::holdsManyUsers()
{
    QFETCH(const int, removed);
    QFETCH(const int, replacements);
    constexpr int Users = 3000;
    const auto name = [](int user) { return "user" + QByteArray::number(user); };
    const QByteArray tail = PasswordHash::randomTail();
    QHash<QByteArray, QByteArray> expected;
    PasswordStore store;
    const auto insert = [&](int user, int round) {
        // Hashed passwords alternate with plain ones, which have different lengths.
        const bool isHashed = (user + round) % 2 == 0;
        const quint32 memory = 8 + static_cast<quint32>(user + round) % 4;
        const QByteArray password = isHashed ? PasswordHash::headOf({memory, 1}) + tail
                                             : "secret" + QByteArray::number(user + round);
        if (isHashed)
            store.insertHash(name(user), password);
        else
            store.insert(name(user), password);
        expected.insert(name(user), password);
    };
    for (int user = 0; user < Users; ++user)
        insert(user, 0);
    for (int user = 0; removed > 0 && user < Users; user += removed) {
        QVERIFY(store.remove(name(user)));
        QVERIFY(!store.remove(name(user)));
        expected.remove(name(user));
    }
    for (int round = 1; round <= replacements; ++round) {
        for (int user = 0; user < Users; ++user)
            insert(user, round);
    }
    store.squeeze();

    QStringList names;
    for (int user = 0; user < Users; ++user) {
        const auto found = expected.constFind(name(user));
        QCOMPARE(store.contains(name(user)), found != expected.constEnd());
        if (found == expected.constEnd()) {
            QVERIFY(store.check(name(user), "secret" + QByteArray::number(user))
                    != PasswordCheck::Accepted);
            continue;
        }
        names += QString::fromUtf8(name(user));
        if (PasswordHash::isHash(*found))
            QCOMPARE(store.hashFor(name(user)), *found);
        else
            QCOMPARE(store.check(name(user), *found), PasswordCheck::Accepted);
        QVERIFY(store.check(name(user), *found + '~') != PasswordCheck::Accepted);
    }
    names.sort();
    QCOMPARE(store.users(), names);
    QCOMPARE(store.size(), expected.size());
    QCOMPARE(store.hasHashes(), !expected.isEmpty());
    QCOMPARE(store.hasPlainPasswords(), !expected.isEmpty());
    QVERIFY(!store.contains("user"));
    QVERIFY(!store.contains(name(Users)));
}

void tst_PasswordStore::removedUsersAreGoneFromCopies()
{
    PasswordStore store;
    store.insert("alice", "secret");
    store.insert("bob", "builder");
    QVERIFY(store.remove("alice"));
    PasswordStore copy = store;
    QVERIFY(!copy.contains("alice"));
    QCOMPARE(copy.check("alice", "secret"), PasswordCheck::Refused);
    copy.insert("alice", "new");
    QCOMPARE(copy.check("alice", "new"), PasswordCheck::Accepted);
    QCOMPARE(copy.users(), QStringList({u"alice"_s, u"bob"_s}));
    QCOMPARE(store.users(), QStringList({u"bob"_s}));
}

void tst_PasswordStore::comparesUsers()
{
    PasswordStore one;
    PasswordStore other;
    QVERIFY(one.hasSameUsersAs(other));
    one.insert("alice", "secret");
    QVERIFY(!one.hasSameUsersAs(other));
    other.insert("bob", "secret");
    QVERIFY(!one.hasSameUsersAs(other));
    one.insertHash("bob", PasswordHash::make("builder", Small));
    other.insert("alice", "other"); // the order and the passwords differ
    QVERIFY(one.hasSameUsersAs(other));
    other.insert("alice", "replaced");
    QVERIFY(one.hasSameUsersAs(other));
    QVERIFY(other.remove("alice"));
    QVERIFY(!one.hasSameUsersAs(other));
    QVERIFY(one.remove("alice"));
    QVERIFY(one.hasSameUsersAs(other));
}

void tst_PasswordStore::asksForAHash()
{
    const QByteArray hash = PasswordHash::make("builder", Small);
    QVERIFY(hash.startsWith("$argon2id$v=19$m=8,t=1,p=1$"));
    PasswordStore store;
    store.insert("alice", "secret");
    QVERIFY(!store.hasHashes());
    QVERIFY(store.hashFor("alice").isEmpty());
    store.insertHash("bob", hash);
    QVERIFY(store.hasHashes());
    QVERIFY(store.contains("bob"));
    QCOMPARE(store.size(), 2);
    QCOMPARE(store.users(), QStringList({u"alice"_s, u"bob"_s}));

    QCOMPARE(store.check("bob", "builder"), PasswordCheck::NeedsHash);
    QCOMPARE(store.hashFor("bob"), hash);
    QCOMPARE(PasswordStore::verify(hash, "builder"), Match::Same);
    QCOMPARE(PasswordStore::verify(hash, "builder "), Match::Different);
    QCOMPARE(PasswordStore::verify(hash, "builde"), Match::Different);
    QCOMPARE(PasswordStore::verify(hash, {}), Match::Different);
    // Two hashes of one password differ.
    QVERIFY(PasswordHash::make("builder", Small) != hash);
}

void tst_PasswordStore::everyFailureCostsOneHash_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");

    QTest::newRow("hashed, wrong") << QByteArray("bob") << QByteArray("secret");
    QTest::newRow("hashed, too long") << QByteArray("bob") << QByteArray(256, 'x');
    QTest::newRow("hashed, none") << QByteArray("bob") << QByteArray();
    QTest::newRow("hashed, the hash") << QByteArray("bob") << QByteArray("to be filled in");
    QTest::newRow("plain, wrong") << QByteArray("alice") << QByteArray("builder");
    QTest::newRow("plain, other length") << QByteArray("alice") << QByteArray("s");
    QTest::newRow("plain, none") << QByteArray("alice") << QByteArray();
    QTest::newRow("unknown") << QByteArray("eve") << QByteArray("secret");
    QTest::newRow("unknown, none") << QByteArray("eve") << QByteArray();
    QTest::newRow("no user") << QByteArray() << QByteArray();
}

void tst_PasswordStore::everyFailureCostsOneHash()
{
    QFETCH(const QByteArray, user);
    QFETCH(QByteArray, password);

    const QByteArray hash = PasswordHash::make("builder", Small);
    if (QByteArray(QTest::currentDataTag()).endsWith("the hash"))
        password = hash;
    PasswordStore store;
    store.insert("alice", "secret");
    store.insertHash("bob", hash);
    QCOMPARE(store.check(user, password), PasswordCheck::NeedsHash);
    const QByteArray computed = store.hashFor(user);
    QCOMPARE(computed.size(), hash.size());
    QVERIFY(PasswordHash::parametersOf(computed) == Small);
    QCOMPARE(PasswordStore::verify(computed, password), Match::Different);
    // A correct password in clear text is accepted without a hash.
    QCOMPARE(store.check("alice", "secret"), PasswordCheck::Accepted);
}

void tst_PasswordStore::hashAndPlainPasswordReplaceEachOther()
{
    const QByteArray hash = PasswordHash::make("new", Small);
    PasswordStore store;
    store.insert("alice", "old");
    store.insertHash("alice", hash);
    QCOMPARE(store.size(), 1);
    QVERIFY(!store.hasPlainPasswords());
    QCOMPARE(store.check("alice", "old"), PasswordCheck::NeedsHash);
    QCOMPARE(store.hashFor("alice"), hash);

    store.insert("alice", "newest");
    QCOMPARE(store.size(), 1);
    QVERIFY(!store.hasHashes());
    QCOMPARE(store.check("alice", "newest"), PasswordCheck::Accepted);
    QCOMPARE(store.check("alice", "new"), PasswordCheck::Refused);
}

void tst_PasswordStore::dummyHashCostsAsMuchAsMostHashes()
{
    const auto nobodys = [](const PasswordStore &store) {
        return PasswordHash::parametersOf(store.hashFor("eve"));
    };
    const auto hash = [](PasswordHash::Parameters parameters) {
        return PasswordHash::headOf(parameters) + PasswordHash::randomTail();
    };
    const PasswordHash::Parameters large = {16, 1};
    PasswordStore store;
    store.insertHash("a", hash(Small));
    QVERIFY(nobodys(store) == Small);
    store.insertHash("b", hash(large));
    QVERIFY(nobodys(store) == large); // both kinds are equally frequent
    store.insertHash("c", hash(Small));
    QVERIFY(nobodys(store) == Small);
    store.insertHash("a", hash(large));
    QVERIFY(nobodys(store) == large);
    QVERIFY(store.remove("a"));
    QVERIFY(store.remove("b"));
    QVERIFY(nobodys(store) == Small);
}

void tst_PasswordStore::knowsTheMostExpensiveHash()
{
    const auto hash = [](PasswordHash::Parameters parameters) {
        return PasswordHash::headOf(parameters) + PasswordHash::randomTail();
    };
    const PasswordHash::Parameters large = {16, 1};
    PasswordStore store;
    QVERIFY(store.mostExpensive() == PasswordHash::Parameters());
    QVERIFY(store.isUniform());
    store.insertHash("a", hash(large));
    store.insertHash("b", hash(Small));
    store.insertHash("c", hash(Small));
    QVERIFY(store.mostExpensive() == large); // even if few users have it
    QVERIFY(!store.isUniform());
    QVERIFY(store.remove("b"));
    QVERIFY(store.mostExpensive() == large);
    store.insert("a", "plain");
    QVERIFY(store.mostExpensive() == Small);
    QVERIFY(store.isUniform());
    QVERIFY(store.remove("c"));
    QVERIFY(store.mostExpensive() == PasswordHash::Parameters());
}

void tst_PasswordStore::dummyHashIsMadeOnce()
{
    PasswordStore store;
    store.insertHash("bob", PasswordHash::make("builder", Small));
    const QByteArray nobodys = store.hashFor("eve");
    QCOMPARE(store.hashFor("mallory"), nobodys);
    const PasswordStore copy = store;
    QCOMPARE(copy.hashFor("eve"), nobodys);
    PasswordStore other;
    other.insertHash("bob", store.hashFor("bob"));
    QVERIFY(other.hashFor("eve") != nobodys);
}

QTEST_GUILESS_MAIN(tst_PasswordStore)
#include "tst_passwordstore.moc"
