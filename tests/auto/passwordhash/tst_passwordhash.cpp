// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/hashing/passwordhash.h"

#include "credentials/stores/passwordstore.h"
#include "memorylimit.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using PasswordHash::Match;

namespace {

// The minimum that libsodium accepts.
constexpr PasswordHash::Parameters Small = {8, 1};

} // namespace

// Tests making and checking hashes of passwords.
class tst_PasswordHash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void acceptsHashesOfOtherPrograms_data();
    void acceptsHashesOfOtherPrograms();
    void verifiesOnlyValidPasswords();
    void reportsALackOfMemory();
    void refusesMoreMemoryThanASizeHolds();
    void choosesPassesByMemory_data();
    void choosesPassesByMemory();
};

void tst_PasswordHash::acceptsHashesOfOtherPrograms_data()
{
    QTest::addColumn<QByteArray>("hash"); // of "secret"

    // These hashes were made with the argon2 command of the reference implementation.
    QTest::newRow("salt and hash as libsodium has them")
        << QByteArray("$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
                      "39tbUSD70LTTCIyCWo9t5sDidhNPptw1P94ISzTyALc");
    QTest::newRow("shorter salt") << QByteArray("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$"
                                                "QQCd8VPOryZiCF3MtwQnPTK7odKCaPcXJGplgNEuj1A");
    QTest::newRow("shorter hash") << QByteArray(
        "$argon2id$v=19$m=16,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"
        "9n0Cl2yrKVF24uZa6S7jgg");
    QTest::newRow("longer salt") << QByteArray(
        "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZjAxMjM$"
        "CB/6nZS4t3OPHkmuG0NyHBvAEuJGlmPQ");
}

void tst_PasswordHash::acceptsHashesOfOtherPrograms()
{
    QFETCH(const QByteArray, hash);

    QCOMPARE(PasswordHash::problemOf(hash, DefaultMaximumHashMemory), Problem());
    QCOMPARE(PasswordStore::verify(hash, "secret"), Match::Same);
    QCOMPARE(PasswordStore::verify(hash, "Secret"), Match::Different);
}

void tst_PasswordHash::verifiesOnlyValidPasswords()
{
    const QByteArray longest(255, 'x');
    QCOMPARE(PasswordStore::verify(PasswordHash::make(longest, Small), longest), Match::Same);
    QCOMPARE(PasswordStore::verify(PasswordHash::make({}, Small), {}), Match::Different);
    QCOMPARE(PasswordStore::verify(PasswordHash::make(longest + 'x', Small), longest + 'x'),
             Match::Different);
    QCOMPARE(PasswordStore::verify({}, {}), Match::Different);
    QCOMPARE(PasswordStore::verify("rubbish", "x"), Match::Different);
    QCOMPARE(PasswordStore::verify(QByteArray(1000, '$'), "x"), Match::Different);
}

void tst_PasswordHash::reportsALackOfMemory()
{
    constexpr qint64 MiB = 1024 * 1024;
    const QByteArray hash = PasswordHash::headOf({65536, 1}) + PasswordHash::randomTail();
    // The limit is sufficient for small allocations and for sanitizers, but not for 64 MiB.
    const auto outcome = withMemoryLimit(
        32 * MiB, [&] { return PasswordStore::verify(hash, "x") == Match::Unknown; });
    if (outcome == MemoryOutcome::NotLimited)
        QSKIP("This system, such as qemu's user mode, does not limit memory");
    QCOMPARE(outcome, MemoryOutcome::True);
}

// The memory in bytes must not be truncated to 32 bits: only 8 KiB would remain.
void tst_PasswordHash::refusesMoreMemoryThanASizeHolds()
{
    if (sizeof(std::size_t) > sizeof(quint32))
        QSKIP("A size holds it");
    constexpr quint32 Memory = 4 * 1024 * 1024 + 8; // KiB
    QCOMPARE(PasswordHash::make("builder", {Memory, 1}), QByteArray());
}

void tst_PasswordHash::choosesPassesByMemory_data()
{
    QTest::addColumn<int>("mebibytes");
    QTest::addColumn<int>("passes");

    QTest::newRow("default") << 64 << 2;
    QTest::newRow("19 MiB") << 19 << 2;
    QTest::newRow("18 MiB") << 18 << 3;
    QTest::newRow("12 MiB") << 12 << 3;
    QTest::newRow("11 MiB") << 11 << 4;
    QTest::newRow("1 MiB") << 1 << 4;
}

void tst_PasswordHash::choosesPassesByMemory()
{
    QFETCH(const int, mebibytes);
    QFETCH(const int, passes);

    const auto parameters = PasswordHash::parametersFor(qint64{mebibytes} * 1024 * 1024);
    QCOMPARE(parameters.memory, static_cast<quint32>(mebibytes) * 1024);
    QCOMPARE(parameters.passes, static_cast<quint32>(passes));
    const QByteArray hash = PasswordHash::headOf(parameters) + PasswordHash::randomTail();
    QVERIFY(PasswordHash::parametersOf(hash) == parameters);
    QCOMPARE(PasswordHash::problemOf(hash, DefaultMaximumHashMemory), Problem());
}

QTEST_GUILESS_MAIN(tst_PasswordHash)
#include "tst_passwordhash.moc"
