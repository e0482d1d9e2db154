// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "eventloopchecker.h"
#include "heldloads.h"
#include "livetest.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using QZap::Mechanism;

// Tests users whose passwords are stored as hashes, which take long to check.
class tst_HashedPasswords : public LiveTest
{
    Q_OBJECT

private Q_SLOTS:
    void checksHashedPasswords_data();
    void checksHashedPasswords();
    void checksHashesOutsideTheEventLoop();
    void refusesTheOldPasswordAfterAnEdit();
    void limitsTheMemoryOfHashes();
};

void tst_HashedPasswords::checksHashedPasswords_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("hashed") << QByteArray("bob") << QByteArray("secret") << QByteArray("200");
    QTest::newRow("hashed, wrong") << QByteArray("bob") << QByteArray("x") << QByteArray("400");
    QTest::newRow("plain") << QByteArray("eve") << QByteArray("clear") << QByteArray("200");
    QTest::newRow("plain, wrong") << QByteArray("eve") << QByteArray("x") << QByteArray("400");
    QTest::newRow("unknown") << QByteArray("mallory") << QByteArray("x") << QByteArray("400");
}

void tst_HashedPasswords::checksHashedPasswords()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);
    QFETCH(const QByteArray, status);
    QZapPasswordFile users;
    QVERIFY(users.setPassword(QStringLiteral("bob"), "secret"));
    QVERIFY(users.setPassword(QStringLiteral("eve"), "clear", QZapPasswordFile::Format::Plain));
    const QString file = path(QStringLiteral("users"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    QTRY_VERIFY(m_authenticator->domain(test(), Mechanism::Plain)->isReady());
    for (int i = 0; i < 2; ++i) {
        const auto future = ask("PLAIN", {user, password});
        // A correct password is remembered; a wrong one costs a hash each time.
        const bool known = status == "200" && (i > 0 || user == "eve");
        QCOMPARE(future.isFinished(), known);
        QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 20000);
        QCOMPARE(future.result().at(2), status);
    }
}

void tst_HashedPasswords::checksHashesOutsideTheEventLoop()
{
    QZapPasswordFile users;
    QVERIFY(users.setPassword(QStringLiteral("bob"), "secret"));
    const QString file = path(QStringLiteral("users"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    QTRY_VERIFY(m_authenticator->domain(test(), Mechanism::Plain)->isReady());
    EventLoopChecker checker;
    const auto future = ask("PLAIN", {"bob", "secret"});
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 20000);
    QVERIFY(checker.ticks() > 1);

    // After the deadline, the answer is temporary, regardless of the result of the check.
    m_authenticator->setDecisionTimeout(1);
    const auto late = ask("PLAIN", {"bob", "wrong"});
    QTRY_VERIFY_WITH_TIMEOUT(late.isFinished(), 20000);
    QCOMPARE(late.result().at(2), QByteArray("300"));
}

void tst_HashedPasswords::refusesTheOldPasswordAfterAnEdit()
{
    const QString file = path(QStringLiteral("users"));
    QZapPasswordFile users;
    QVERIFY(users.setPassword(QStringLiteral("bob"), "old"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    auto future = ask("PLAIN", {"bob", "old"});
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 20000);
    QCOMPARE(future.result().at(2), QByteArray("200"));
    auto edited = QZapPasswordFile::load(file);
    QVERIFY(edited);
    QVERIFY(edited->setPassword(QStringLiteral("bob"), "new"));
    QVERIFY(edited->save(file));
    const auto status = [&](const QByteArray &password) {
        auto answer = ask("PLAIN", {"bob", password});
        (void)QTest::qWaitFor([&] { return answer.isFinished(); }, 20000);
        return answer.result().value(2);
    };
    QTRY_COMPARE_WITH_TIMEOUT(status("old"), QByteArray("400"), 20000);
    QCOMPARE(status("new"), QByteArray("200"));
}

void tst_HashedPasswords::limitsTheMemoryOfHashes()
{
    QZapPasswordFile users;
    QVERIFY(users.setHashMemory(8));
    QVERIFY(users.setPassword(QStringLiteral("bob"), "secret"));
    const QString file = path(QStringLiteral("users"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    auto *const domain =
        qobject_cast<QZapPlainDomain *>(m_authenticator->domain(test(), Mechanism::Plain));
    QCOMPARE(domain->maximumHashMemory(), 64);
    QTRY_COMPARE(domain->users(), QStringList{QStringLiteral("bob")});

    QSignalSpy changed(domain, &QZapPlainDomain::maximumHashMemoryChanged);
    HeldLoads loads;
    domain->setMaximumHashMemory(7);
    QCOMPARE(changed.count(), 1);
    QVERIFY(!ask("PLAIN", {"bob", "secret"}).isFinished()); // waits for the file to be read again
    loads.release();
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(domain->users(), QStringList());
    QVERIFY(domain->errorString().contains(QStringLiteral("users:1:")));

    domain->setMaximumHashMemory(8);
    QTRY_COMPARE(domain->users(), QStringList{QStringLiteral("bob")});
    QCOMPARE(domain->errorString(), QString());
    for (const int wrong : {0, -1, 1025}) {
        domain->setMaximumHashMemory(wrong);
        QCOMPARE(domain->maximumHashMemory(), 8);
        QVERIFY(!domain->errorString().isEmpty());
        QVERIFY(domain->isReady());
    }
}

QTEST_GUILESS_MAIN(tst_HashedPasswords)
#include "tst_hashedpasswords.moc"
