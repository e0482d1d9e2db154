// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwordstore.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_PasswordStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void userNameError_data();
    void userNameError();
    void check_data();
    void check();
    void empty();
    void everyByteCounts();
    void insertReplaces();
    void users();
    void copies();
};

void tst_PasswordStore::userNameError_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QString>("reason"); // a part of it

    QTest::newRow("plain") << QByteArray("alice") << QString();
    QTest::newRow("UTF-8") << QByteArray("\xc3\xa4lice") << QString();
    QTest::newRow("blanks inside") << QByteArray("alice smith") << QString();
    QTest::newRow("as long as may be") << QByteArray(255, 'x') << QString();
    QTest::newRow("40 characters that are no key") << QByteArray(40, '#') << QString();
    QTest::newRow("anonymous in capitals") << QByteArray("Anonymous") << QString();

    QTest::newRow("empty") << QByteArray() << u"empty"_s;
    QTest::newRow("too long") << QByteArray(256, 'x') << u"longer than 255"_s;
    QTest::newRow("Latin-1") << QByteArray("\xe4lice") << u"does not decode"_s;
    QTest::newRow("NUL") << QByteArray("al\0ice", 6) << u"control characters"_s;
    QTest::newRow("newline") << QByteArray("alice\n") << u"control characters"_s;
    QTest::newRow("DEL") << QByteArray("alice\x7f") << u"control characters"_s;
    QTest::newRow("C1 control") << QByteArray("alice\xc2\x85") << u"control characters"_s;
    QTest::newRow("of peers without credentials") << QByteArray("anonymous") << u"anonymous"_s;
    QTest::newRow("a CURVE key") << QByteArray("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID")
                                 << u"CURVE key"_s;
}

void tst_PasswordStore::userNameError()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QString, reason);

    const QString error = PasswordStore::userNameError(user);
    QCOMPARE(error.isEmpty(), reason.isEmpty());
    QVERIFY2(error.contains(reason), qPrintable(error));
}

void tst_PasswordStore::check_data()
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

void tst_PasswordStore::check()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);

    PasswordStore store;
    store.insert("alice", "secret");
    store.insert("bob", QByteArray("a\0b", 3));
    store.insert("carol", "\xff\xfe");
    store.insert("dave", QByteArray(255, 'x'));
    QTEST(store.check(user, password), "right");
}

void tst_PasswordStore::empty()
{
    const PasswordStore store;
    QVERIFY(!store.check("alice", "secret"));
    QVERIFY(!store.check({}, {}));
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
        QVERIFY(!store.check("alice", other));
    }
    QVERIFY(store.check("alice", password));
}

void tst_PasswordStore::insertReplaces()
{
    PasswordStore store;
    store.insert("alice", "old");
    store.insert("alice", "new");
    QCOMPARE(store.size(), 1);
    QVERIFY(!store.check("alice", "old"));
    QVERIFY(store.check("alice", "new"));
}

void tst_PasswordStore::users()
{
    PasswordStore store;
    store.insert("bob", "2");
    store.insert("\xc3\xa4nne", "3");
    store.insert("alice", "1");
    QCOMPARE(store.users(), QStringList({u"alice"_s, u"bob"_s, u"\u00e4nne"_s}));
    QVERIFY(store.contains("bob"));
    QVERIFY(!store.contains("carol"));
}

void tst_PasswordStore::copies()
{
    PasswordStore store;
    store.insert("alice", "secret");
    const PasswordStore copy = store;
    store.insert("alice", "changed");
    QVERIFY(copy.check("alice", "secret"));
    QVERIFY(!copy.check("alice", "changed"));
}

QTEST_GUILESS_MAIN(tst_PasswordStore)
#include "tst_passwordstore.moc"
