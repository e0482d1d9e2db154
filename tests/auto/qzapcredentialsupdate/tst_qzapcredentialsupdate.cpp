// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"

#include <QtCore/qdatetime.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

using Add = std::function<bool(QZapCredentialsUpdate &)>;
Q_DECLARE_METATYPE(Add)

// Tests the entries of updates, and their lives.
class tst_QZapCredentialsUpdate : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void isMovedOnly();
    void acceptsEntries_data();
    void acceptsEntries();
    void refusesEntries_data();
    void refusesEntries();
    void namesTheEntryAmongAMillion();
    void theLastEntryOfAKeyCounts();
    void dropsUncommittedEntries();
    void commitsOnce();
    void isEmptyWhenMovedFrom();
    void failsAfterTheStoreIsDestroyed_data();
    void failsAfterTheStoreIsDestroyed();
    void failsIfTheStoreIsDestroyedMeanwhile();
    void committedByFourThreads_data();
    void committedByFourThreads();
    void appliesInTheOrderOfCommits();
    void appliesChangesAgainToAReplacement();
    void replacementDropsEarlierChanges();
    void acceptsAnEmptyReplacement();

private:
    using Mode = QZapCredentialsStore::Mode;

    static QByteArray keyOf(int number)
    {
        QByteArray key(32, '\x55');
        for (int i = 0; i < 3; ++i)
            key[i] = static_cast<char>(number >> (8 * i));
        return key;
    }
    // Returns a hash, which is never computed.
    static QByteArray hash(int kibibytes = 8192, int passes = 2)
    {
        return "$argon2id$v=19$m=" + QByteArray::number(kibibytes)
               + ",t=" + QByteArray::number(passes) + ",p=1$" + QByteArray(22, 'A') + '$'
               + QByteArray(43, 'A');
    }
    QZap::Status statusOf(int key) const
    {
        return evaluate(*m_authenticator, QZapCredentials::curve(keyOf(key)));
    }
    QString userIdOf(int key) const
    {
        return m_authenticator
            ->evaluate(test(), QStringLiteral("127.0.0.1"), QZapCredentials::curve(keyOf(key)))
            .userId();
    }
    // Replaces all entries with the keys from `first` to `last`.
    bool fill(int first, int last)
    {
        QZapCredentialsUpdate update = m_store->begin(Mode::ReplaceAll);
        for (int number = first; number <= last; ++number)
            update.upsertKey(keyOf(number));
        return update.commit().result();
    }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsStore> m_store;
};

void tst_QZapCredentialsUpdate::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>();
    m_store = std::make_unique<QZapCredentialsStore>();
    auto *const domain = new QZapCurveDomain(m_authenticator.get());
    domain->setName(test());
    domain->setStore(m_store.get());
    QVERIFY(m_authenticator->addDomain(domain));
}

void tst_QZapCredentialsUpdate::cleanup()
{
    m_authenticator.reset();
    m_store.reset();
    AuthenticatorTest::cleanup();
}

void tst_QZapCredentialsUpdate::isMovedOnly()
{
    QVERIFY(!std::is_copy_constructible_v<QZapCredentialsUpdate>);
    QVERIFY(!std::is_copy_assignable_v<QZapCredentialsUpdate>);
    QVERIFY(std::is_nothrow_move_constructible_v<QZapCredentialsUpdate>);
    QVERIFY(std::is_nothrow_move_assignable_v<QZapCredentialsUpdate>);
}

void tst_QZapCredentialsUpdate::acceptsEntries_data()
{
    QTest::addColumn<Add>("add");
    const auto row = [](const char *name, const Add &add) { QTest::newRow(name) << add; };
    const QByteArray z85 = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"; // of RFC 32
    row("a key of 32 bytes", [](auto &u) { return u.upsertKey(keyOf(1)); });
    row("a key as Z85", [z85](auto &u) { return u.upsertKey(z85); });
    row("an id of 255 bytes",
        [](auto &u) { return u.upsertKey(keyOf(1), QString(255, QLatin1Char('x'))); });
    row("an id that is the key itself",
        [z85](auto &u) { return u.upsertKey(z85, QString::fromLatin1(z85)); });
    row("a field of 4096 bytes", [](auto &u) {
        return u.upsertKey(keyOf(1), {},
                           {{QStringLiteral("Note"), QString(4096, QLatin1Char('x'))}});
    });
    row("an empty field", [](auto &u) {
        return u.upsertKey(keyOf(1), {}, {{QStringLiteral("Note"), QString()}});
    });
    row("an expired key", [](auto &u) {
        return u.upsertKey(keyOf(1), {}, {}, QDateTime(QDate(1999, 1, 1), QTime(0, 0), Qt::UTC));
    });
    row("a hashed user", [](auto &u) { return u.upsertUser(QStringLiteral("bob"), hash()); });
    row("an unknown key is removed", [](auto &u) { return u.removeKey(keyOf(9)); });
    row("an unknown user is removed",
        [](auto &u) { return u.removeUser(QStringLiteral("nobody")); });
}

void tst_QZapCredentialsUpdate::acceptsEntries()
{
    QFETCH(Add, add);
    QZapCredentialsUpdate update = m_store->begin(Mode::Delta);
    QVERIFY2(add(update), qPrintable(update.errorString()));
    QVERIFY(update.commit().result());
    QCOMPARE(m_store->errorString(), QString());
}

void tst_QZapCredentialsUpdate::refusesEntries_data()
{
    QTest::addColumn<Add>("add");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const char *error, const Add &add) {
        QTest::newRow(name) << add << QString::fromLatin1(error);
    };
    const auto idRow = [row](const char *name, const char *error, const QString &id) {
        row(name, error, [id](auto &u) { return u.upsertKey(keyOf(1), id); });
    };
    const auto fieldRow = [row](const char *name, const char *error, const char *field,
                                const QVariant &value) {
        row(name, error, [field = QString::fromLatin1(field), value](auto &u) {
            return u.upsertKey(keyOf(1), {}, {{field, value}});
        });
    };
    const QString z85 = QStringLiteral("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
    const QString notText(QChar(0xd800));
    row("an empty key", "0 bytes", [](auto &u) { return u.upsertKey({}); });
    row("a key of 31 bytes", "31 bytes", [](auto &u) { return u.upsertKey(QByteArray(31, 'k')); });
    row("40 characters, not Z85", "Z85", [](auto &u) { return u.upsertKey(QByteArray(40, ' ')); });
    row("a low-order key", "low-order", [](auto &u) { return u.upsertKey(QByteArray(32, '\0')); });
    idRow("an id of 256 bytes", "256 bytes", QString(256, QLatin1Char('x')));
    idRow("an id with a NUL", "control", QStringLiteral("a\0b"));
    idRow("an id that is not text", "not valid text", notText);
    idRow("the id anonymous", "anonymous", QStringLiteral("anonymous"));
    idRow("an id that is another key", "itself a key", z85);
    fieldRow("a reserved field", "reserved", "User-Id", 1);
    fieldRow("a field name with a space", "characters", "a b", 1);
    fieldRow("a field that is no text", "not text", "Role", QVariantMap());
    fieldRow("a field that is not UTF-16", "not text", "Role", notText);
    fieldRow("a field of 4097 bytes", "4097 bytes", "Role", QString(4097, QLatin1Char('x')));
    fieldRow("a field with a line feed", "control", "Role", QStringLiteral("a\n"));
    fieldRow("a field not-after", "notAfter", "Not-After", QStringLiteral("2027"));
    row("65 fields", "65 fields", [](auto &u) {
        QVariantMap many;
        for (int i = 0; i < 65; ++i)
            many.insert(QStringLiteral("F%1").arg(i), i);
        return u.upsertKey(keyOf(1), {}, many);
    });
    row("an invalid time", "time of expiry",
        [](auto &u) { return u.upsertKey(keyOf(1), {}, {}, QDateTime()); });
    row("a user without a name", "empty", [](auto &u) { return u.upsertUser({}, hash()); });
    row("a user whose name is a key", "CURVE key",
        [z85](auto &u) { return u.upsertUser(z85, hash()); });
    row("a plain password", "not hashed",
        [](auto &u) { return u.upsertUser(QStringLiteral("bob"), "secret"); });
    row("another scheme", "argon2id",
        [](auto &u) { return u.upsertUser(QStringLiteral("bob"), "$6$salt$hash"); });
    row("a hash of 128 MiB", "65536 KiB",
        [](auto &u) { return u.upsertUser(QStringLiteral("bob"), hash(131072)); });
    row("a key of 33 bytes is removed", "33 bytes",
        [](auto &u) { return u.removeKey(QByteArray(33, 'k')); });
    row("a user without a name is removed", "empty", [](auto &u) { return u.removeUser({}); });
    row("a removed user that is not text", "not valid text", // "?" is another user
        [notText](auto &u) { return u.removeUser(notText); });
}

void tst_QZapCredentialsUpdate::refusesEntries()
{
    QFETCH(Add, add);
    QFETCH(QString, error);
    QVERIFY(fill(7, 7));
    QZapCredentialsUpdate update = m_store->begin(Mode::ReplaceAll);
    QVERIFY(update.upsertKey(keyOf(8)));
    QVERIFY(!add(update));
    QVERIFY(!update.upsertKey(keyOf(9))); // has failed already
    QVERIFY2(update.errorString().startsWith(QLatin1StringView("entry 2, ")),
             qPrintable(update.errorString()));
    QVERIFY2(update.errorString().contains(error), qPrintable(update.errorString()));
    QVERIFY(!update.errorString().contains(QLatin1StringView("secret")));
    QVERIFY(!update.commit().result());
    QCOMPARE(m_store->errorString(), update.errorString());
    // Nothing has changed.
    QCOMPARE(m_store->count(), 1);
    QCOMPARE(statusOf(7), QZap::Status::Success);
    QCOMPARE(statusOf(8), QZap::Status::AuthenticationFailure);
    // The next update that succeeds clears the error.
    QVERIFY(fill(8, 8));
    QCOMPARE(m_store->errorString(), QString());
}

void tst_QZapCredentialsUpdate::namesTheEntryAmongAMillion()
{
    QVERIFY(fill(1, 1));
    QZapCredentialsUpdate update = m_store->begin(Mode::ReplaceAll);
    for (int number = 1; number <= 1000000; ++number)
        update.upsertKey(keyOf(number),
                         number == 500000 ? QString(300, QLatin1Char('x')) : QString());
    QVERIFY(update.errorString().startsWith(QStringLiteral("entry 500000, key ")));
    QVERIFY(update.errorString().contains(QStringLiteral(": the user id has 300 bytes")));
    QVERIFY(!update.commit().result());
    QCOMPARE(m_store->count(), 1);
}

void tst_QZapCredentialsUpdate::theLastEntryOfAKeyCounts()
{
    for (const Mode mode : {Mode::ReplaceAll, Mode::Delta}) {
        QZapCredentialsUpdate update = m_store->begin(mode);
        update.upsertKey(keyOf(1), QStringLiteral("first"));
        update.upsertKey(keyOf(1), QStringLiteral("last"));
        update.upsertKey(keyOf(2));
        update.removeKey(keyOf(2));
        update.removeKey(keyOf(3));
        update.upsertKey(keyOf(3), QStringLiteral("third"));
        QVERIFY(update.commit().result());
        QCOMPARE(userIdOf(1), QStringLiteral("last"));
        QCOMPARE(statusOf(2), QZap::Status::AuthenticationFailure);
        QCOMPARE(userIdOf(3), QStringLiteral("third"));
        QCOMPARE(m_store->count(), 2);
    }
}

void tst_QZapCredentialsUpdate::dropsUncommittedEntries()
{
    QVERIFY(fill(1, 1));
    {
        QZapCredentialsUpdate update = m_store->begin(Mode::Delta);
        QVERIFY(update.removeKey(keyOf(1)));
        QZapCredentialsUpdate all = m_store->begin(Mode::ReplaceAll);
        QVERIFY(all.upsertKey(keyOf(2)));
    }
    QCOMPARE(statusOf(1), QZap::Status::Success);
    QCOMPARE(statusOf(2), QZap::Status::AuthenticationFailure);
    QCOMPARE(m_store->errorString(), QString());
}

void tst_QZapCredentialsUpdate::commitsOnce()
{
    QZapCredentialsUpdate update = m_store->begin(Mode::Delta);
    QVERIFY(update.upsertKey(keyOf(1)));
    QVERIFY(update.commit().result());
    QVERIFY(!update.upsertKey(keyOf(2)));
    QVERIFY(!update.commit().result());
    QVERIFY(update.errorString().contains(QStringLiteral("committed before")));
    QCOMPARE(m_store->count(), 1);
}

void tst_QZapCredentialsUpdate::isEmptyWhenMovedFrom()
{
    QZapCredentialsUpdate update = m_store->begin(Mode::Delta);
    QVERIFY(update.upsertKey(keyOf(1)));
    QZapCredentialsUpdate moved = std::move(update);
    // NOLINTBEGIN(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
    QVERIFY(!update.upsertKey(keyOf(2)));
    QVERIFY(!update.upsertUser(QStringLiteral("bob"), hash()));
    QVERIFY(!update.removeKey(keyOf(1)));
    QVERIFY(!update.removeUser(QStringLiteral("bob")));
    QVERIFY(!update.commit().result());
    QCOMPARE(update.errorString(), QString());
    // NOLINTEND(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
    QCOMPARE(m_store->count(), 0);
    QVERIFY(moved.commit().result());
    QCOMPARE(m_store->count(), 1);
}

void tst_QZapCredentialsUpdate::failsAfterTheStoreIsDestroyed_data()
{
    QTest::addColumn<int>("mode");
    QTest::newRow("delta") << int(Mode::Delta);
    QTest::newRow("replacement") << int(Mode::ReplaceAll);
}

void tst_QZapCredentialsUpdate::failsAfterTheStoreIsDestroyed()
{
    QFETCH(int, mode);
    QZapCredentialsUpdate update = m_store->begin(static_cast<Mode>(mode));
    QVERIFY(update.upsertKey(keyOf(1)));
    m_store.reset();
    QVERIFY(update.upsertKey(keyOf(2)));
    const QFuture<bool> future = update.commit();
    QVERIFY(future.isFinished());
    QVERIFY(!future.result());
    QCOMPARE(statusOf(1), QZap::Status::TemporaryError);
}

// Whether or not a replacement is in force by then, its future is finished.
void tst_QZapCredentialsUpdate::failsIfTheStoreIsDestroyedMeanwhile()
{
    std::vector<QFuture<bool>> futures;
    for (int i = 0; i < 5; ++i) {
        QZapCredentialsUpdate update = m_store->begin(Mode::ReplaceAll);
        for (int number = 0; number < 20000; ++number)
            update.upsertKey(keyOf(number));
        futures.push_back(update.commit());
    }
    m_store.reset();
    for (QFuture<bool> &future : futures)
        future.waitForFinished();
    QVERIFY(!futures.back().result());
    QCOMPARE(statusOf(1), QZap::Status::TemporaryError);
}

void tst_QZapCredentialsUpdate::committedByFourThreads_data()
{
    QTest::addColumn<bool>("replaces");
    QTest::newRow("deltas") << false;
    QTest::newRow("deltas and replacements") << true;
}

// Each thread adds pairs of keys, which are always both in force, or neither of them.
void tst_QZapCredentialsUpdate::committedByFourThreads()
{
    QFETCH(bool, replaces);
    constexpr int Threads = 4;
    constexpr int Rounds = 50;
    QVERIFY(fill(1, 1));
    std::vector<std::thread> threads;
    threads.reserve(Threads);
    std::vector<int> failures(Threads);
    for (int thread = 0; thread < Threads; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < Rounds; ++i) {
                const bool isReplacement = replaces && thread == 0 && i % 10 == 0;
                QZapCredentialsUpdate update =
                    m_store->begin(isReplacement ? Mode::ReplaceAll : Mode::Delta);
                const int number = 1000 * (thread + 1) + 2 * i;
                bool isGood =
                    update.upsertKey(keyOf(number)) && update.upsertKey(keyOf(number + 1));
                isGood = update.commit().result() && isGood;
                failures[static_cast<size_t>(thread)] += isGood ? 0 : 1;
                QZapCredentialsUpdate dropped = m_store->begin(Mode::ReplaceAll);
                dropped.upsertKey(keyOf(1));
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    for (int count : failures)
        QCOMPARE(count, 0);
    int found = 0;
    for (int thread = 0; thread < Threads; ++thread) {
        for (int i = 0; i < Rounds; ++i) {
            const int number = 1000 * (thread + 1) + 2 * i;
            QCOMPARE(statusOf(number), statusOf(number + 1));
            found += statusOf(number) == QZap::Status::Success ? 2 : 0;
        }
    }
    if (replaces)
        QCOMPARE(m_store->count(), found); // the first key is gone
    else
        QCOMPARE(m_store->count(), 1 + 2 * Threads * Rounds);
}

void tst_QZapCredentialsUpdate::appliesInTheOrderOfCommits()
{
    QZapCredentialsUpdate first = m_store->begin(Mode::Delta);
    QZapCredentialsUpdate second = m_store->begin(Mode::Delta);
    second.upsertKey(keyOf(1), QStringLiteral("second"));
    first.upsertKey(keyOf(1), QStringLiteral("first"));
    second.commit();
    QCOMPARE(userIdOf(1), QStringLiteral("second"));
    first.commit();
    QCOMPARE(userIdOf(1), QStringLiteral("first"));

    QFuture<bool> last;
    for (const char *name : {"a", "b", "c"}) {
        QZapCredentialsUpdate all = m_store->begin(Mode::ReplaceAll);
        all.upsertKey(keyOf(1), QString::fromLatin1(name));
        last = all.commit();
    }
    QVERIFY(last.result());
    QCOMPARE(userIdOf(1), QStringLiteral("c"));
}

// While replacements are being built, changes are in force at once, and remain so.
void tst_QZapCredentialsUpdate::appliesChangesAgainToAReplacement()
{
    QVERIFY(fill(1, 10));
    std::vector<QFuture<bool>> futures;
    for (int round = 0; round < 3; ++round) {
        QZapCredentialsUpdate all = m_store->begin(Mode::ReplaceAll);
        for (int number = 1; number <= 50000; ++number)
            all.upsertKey(keyOf(number));
        futures.push_back(all.commit());
        QZapCredentialsUpdate delta = m_store->begin(Mode::Delta);
        delta.removeKey(keyOf(1 + round));
        delta.upsertKey(keyOf(60000 + round), QStringLiteral("new"));
        QVERIFY(delta.commit().result());
        QCOMPARE(statusOf(1 + round), QZap::Status::AuthenticationFailure);
        QCOMPARE(userIdOf(60000 + round), QStringLiteral("new"));
    }
    for (QFuture<bool> &future : futures)
        QVERIFY(future.result());
    // The changes before the last replacement are dropped by it.
    QCOMPARE(statusOf(1), QZap::Status::Success);
    QCOMPARE(statusOf(3), QZap::Status::AuthenticationFailure);
    QCOMPARE(statusOf(60001), QZap::Status::AuthenticationFailure);
    QCOMPARE(userIdOf(60002), QStringLiteral("new"));
    QCOMPARE(m_store->count(), 50000);
}

void tst_QZapCredentialsUpdate::replacementDropsEarlierChanges()
{
    QVERIFY(fill(1, 2));
    QZapCredentialsUpdate delta = m_store->begin(Mode::Delta);
    delta.removeKey(keyOf(1));
    QVERIFY(delta.commit().result());
    QCOMPARE(m_store->count(), 1);
    QVERIFY(fill(1, 1));
    QCOMPARE(statusOf(1), QZap::Status::Success);
    QCOMPARE(statusOf(2), QZap::Status::AuthenticationFailure);
}

void tst_QZapCredentialsUpdate::acceptsAnEmptyReplacement()
{
    QVERIFY(fill(1, 2));
    QVERIFY(m_store->begin(Mode::ReplaceAll).commit().result());
    QVERIFY(m_store->isReady());
    QCOMPARE(m_store->count(), 0);
    QCOMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
}

QTEST_GUILESS_MAIN(tst_QZapCredentialsUpdate)
#include "tst_qzapcredentialsupdate.moc"
