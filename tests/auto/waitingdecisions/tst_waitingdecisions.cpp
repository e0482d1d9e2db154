// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "providertest.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>

using namespace std::chrono_literals;
using QZap::Mechanism;

// Tests how long decisions wait, how many of them wait, and changes of the configuration meanwhile.
class tst_WaitingDecisions : public ProviderTest
{
    Q_OBJECT

private Q_SLOTS:
    void expiresAtTheDeadline();
    void deferSetsAnotherDeadline();
    void droppedDecisionGetsATemporaryAnswer();

    void manyWaitWithoutDelayingEachOther();
    void limitsHowManyWait();
    void repeatedRequestReplacesTheFirst();

    void mayRunAnEventLoop();
    void repeatedRequestInANestedEventLoopReplacesTheFirst();

    void lateAcceptanceIsCheckedAgain_data();
    void lateAcceptanceIsCheckedAgain();
    void isAskedForAfterTheHashCheck();
};

void tst_WaitingDecisions::expiresAtTheDeadline()
{
    allowBob();
    deferAll();
    m_authenticator->setDecisionTimeout(10);
    QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    const auto future = ask();
    QVERIFY(!future.isFinished());
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
    QTRY_COMPARE(expired.count(), 1);
    QVERIFY(!m_decisions.first().isPending());
    QVERIFY(!m_decisions.first().accept());
    QCOMPARE(m_authenticator->pendingCount(), 0);
    QCOMPARE(m_authenticator->temporaryCount(), 1);
}

void tst_WaitingDecisions::deferSetsAnotherDeadline()
{
    allowBob();
    m_authenticator->setDecisionTimeout(1);
    decide([this](const QZapDecision &decision) {
        QVERIFY(decision.defer(m_decisions.isEmpty() ? 1min : 0min));
        m_decisions.append(decision);
    });
    const auto future = ask();
    const auto other = ask();
    QTRY_COMPARE(statusOf(other), QByteArray("300")); // after the original deadline of the first
    QVERIFY(!future.isFinished());
    QVERIFY(m_decisions.first().defer(10)); // shortens the deadline again
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
    QVERIFY(!m_decisions.first().defer(10));
}

void tst_WaitingDecisions::droppedDecisionGetsATemporaryAnswer()
{
    allowBob();
    deferAll();
    const auto future = ask();
    m_decisions.append(m_decisions.first());
    m_decisions.removeFirst();
    QCoreApplication::processEvents();
    QVERIFY(!future.isFinished()); // a copy remains
    m_decisions.clear();
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
}

void tst_WaitingDecisions::manyWaitWithoutDelayingEachOther()
{
    allowBob();
    deferAll();
    m_authenticator->setMaximumPendingPerAddress(1000);
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 1000; ++i)
        futures.append(ask());
    QCOMPARE(m_authenticator->pendingCount(), 1000);
    // The last request does not wait for the first.
    QVERIFY(m_decisions.last().accept());
    QTRY_COMPARE(statusOf(futures.last()), QByteArray("200"));
    QVERIFY(!futures.first().isFinished());
    for (const QZapDecision &decision : std::as_const(m_decisions))
        decision.accept();
    for (const auto &future : std::as_const(futures))
        QTRY_COMPARE(statusOf(future), QByteArray("200"));
}

void tst_WaitingDecisions::limitsHowManyWait()
{
    allowBob();
    deferAll();
    m_authenticator->setMaximumPendingPerAddress(2);
    m_authenticator->setMaximumPendingDecisions(3);
    const auto from = [this](const char *address) {
        return ask("PLAIN", {"bob", "x"}, "test", address);
    };
    QVERIFY(!from("10.0.0.1").isFinished());
    QVERIFY(!from("10.0.0.1").isFinished());
    QCOMPARE(statusOf(from("10.0.0.1")), QByteArray("300"));
    QVERIFY(!from("10.0.0.2").isFinished());
    QCOMPARE(statusOf(from("10.0.0.3")), QByteArray("300"));
    QCOMPARE(m_decisions.size(), 3);
    m_decisions.first().accept();
    QTRY_COMPARE(m_authenticator->pendingCount(), 2);
    QVERIFY(!from("10.0.0.3").isFinished());
}

void tst_WaitingDecisions::repeatedRequestReplacesTheFirst()
{
    allowBob();
    deferAll();
    QVERIFY(m_authenticator->start());
    QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_decisions.size(), 1);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_decisions.size(), 2);
    QTRY_COMPARE(expired.count(), 1);
    QVERIFY(!m_decisions.first().accept());
    QVERIFY(m_decisions.last().reject({}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("400"));
    QVERIFY(!client.receive());
    QCOMPARE(m_authenticator->pendingCount(), 0);
    QCOMPARE(m_authenticator->droppedCount(), 1);
    // Different request ids distinguish the two requests.
    client.send(ZapClient::request("PLAIN", {"bob", "x"}, "test", "127.0.0.1", "1"));
    client.send(ZapClient::request("PLAIN", {"bob", "x"}, "test", "127.0.0.1", "2"));
    QTRY_COMPARE(m_authenticator->pendingCount(), 2);
}

void tst_WaitingDecisions::mayRunAnEventLoop()
{
    allowBob();
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    int depth = 0;
    decide([&](const QZapDecision &decision) {
        if (++depth == 1) {
            // While the slot runs, the next request arrives and is answered, and the policy
            // changes.
            client.send(ZapClient::request("PLAIN", {"bob", "x"}, "test", "127.0.0.1", "2"));
            QTRY_COMPARE(depth, 2);
            QVERIFY(m_authenticator->deny(QStringLiteral("10.0.0.0/8")));
            QCoreApplication::processEvents();
        }
        QVERIFY(decision.accept());
    });
    client.send(ZapClient::request("PLAIN", {"bob", "x"}, "test", "127.0.0.1", "1"));
    const QByteArrayList first = client.waitForReply();
    QCOMPARE(first.value(1), QByteArray("2"));
    QCOMPARE(first.value(2), QByteArray("200"));
    const QByteArrayList second = client.waitForReply();
    QCOMPARE(second.value(1), QByteArray("1"));
    QCOMPARE(second.value(2), QByteArray("200"));
    QCOMPARE(second.value(4), QByteArray("bob"));
}

void tst_WaitingDecisions::repeatedRequestInANestedEventLoopReplacesTheFirst()
{
    allowBob();
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    int depth = 0;
    decide([&](const QZapDecision &decision) {
        if (++depth > 1) {
            QVERIFY(decision.reject({}));
            return;
        }
        client.send(ZapClient::request("PLAIN", {"bob", "x"}));
        QTRY_COMPARE(depth, 2);
        QVERIFY(!decision.accept()); // this one is no longer pending
    });
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("400"));
    QTRY_COMPARE(m_authenticator->droppedCount(), 1);
    QVERIFY(!client.receive());
    QCOMPARE(m_authenticator->acceptedCount(), 0);
}

void tst_WaitingDecisions::lateAcceptanceIsCheckedAgain_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("nothing") << QString() << QByteArray("200");
    QTest::newRow("deny") << QStringLiteral("deny") << QByteArray("400");
    QTest::newRow("lockdown") << QStringLiteral("lockdown") << QByteArray("300");
    QTest::newRow("key removed") << QStringLiteral("revoke") << QByteArray("400");
    QTest::newRow("domain removed") << QStringLiteral("remove") << QByteArray("400");
    QTest::newRow("provider removed") << QStringLiteral("provider") << QByteArray("300");
}

void tst_WaitingDecisions::lateAcceptanceIsCheckedAgain()
{
    QFETCH(const QString, change);
    QFETCH(const QByteArray, status);
    const QZapCertificate alice = QZapCertificate::generate();
    QTemporaryDir directory;
    QVERIFY(alice.save(directory.path(), QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), directory.path()));
    QZapDomain *const domain = m_authenticator->domain(test(), Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());
    deferAll();
    const auto future = ask("CURVE", {alice.publicKey()});
    QCOMPARE(m_decisions.size(), 1);
    if (change == QStringLiteral("deny")) {
        QVERIFY(m_authenticator->deny(QStringLiteral("127.0.0.1")));
    } else if (change == QStringLiteral("lockdown")) {
        m_authenticator->setLockdown(true);
    } else if (change == QStringLiteral("revoke")) {
        QVERIFY(QFile::remove(directory.filePath(QStringLiteral("alice.key"))));
        QTRY_COMPARE(
            m_authenticator->evaluate(test(), {}, QZapCredentials::curve(alice.publicKey()))
                .status(),
            QZap::Status::AuthenticationFailure);
    } else if (change == QStringLiteral("remove")) {
        QVERIFY(m_authenticator->removeDomain(test(), Mechanism::Curve));
        QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    } else if (change == QStringLiteral("provider")) {
        QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    }
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(statusOf(future), status);
}

void tst_WaitingDecisions::isAskedForAfterTheHashCheck()
{
    QTemporaryDir directory;
    QZapPasswordFile users;
    QVERIFY(users.setHashMemory(1));
    QVERIFY(users.setPassword(QStringLiteral("bob"), "x"));
    const QString file = directory.filePath(QStringLiteral("users"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    QTRY_VERIFY(m_authenticator->domain(test(), Mechanism::Plain)->isReady());
    int questions = 0;
    decide([&questions](const QZapDecision &decision) {
        ++questions;
        decision.accept(QStringLiteral("Robert"));
    });
    const auto wrong = ask("PLAIN", {"bob", "y"});
    const auto right = ask();
    QTRY_COMPARE(statusOf(wrong), QByteArray("400"));
    QTRY_COMPARE(statusOf(right), QByteArray("200"));
    QCOMPARE(questions, 1);
    QCOMPARE(right.result().at(4), QByteArray("Robert"));
    QCOMPARE(statusOf(ask()), QByteArray("200")); // remembered
    QCOMPARE(questions, 2);
}

QTEST_GUILESS_MAIN(tst_WaitingDecisions)
#include "tst_waitingdecisions.moc"
