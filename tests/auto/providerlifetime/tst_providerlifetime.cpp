// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "providertest.h"
#include "zapclient.h"

#include <QtCore/qsemaphore.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <memory>

using namespace std::chrono_literals;
using QZap::Mechanism;

// Tests providers and authenticators that are stopped, replaced or deleted while decisions wait.
class tst_ProviderLifetime : public ProviderTest
{
    Q_OBJECT

private Q_SLOTS:
    void stopExpiresDecisions();
    void deletedAuthenticatorExpiresDecisions();
    void deletedProviderKeepsItsDomainsClosed();
    void acceptanceOfADeletedProviderIsIgnored();
    void acceptanceOfAReplacedProviderIsIgnored();

    void mayDeleteItself();
    void mayDeleteTheAuthenticator_data();
    void mayDeleteTheAuthenticator();
    void mayStopTheAuthenticator();
    void slotMayDeleteTheStoppingAuthenticator();
    void continuationMayDeleteTheAuthenticator();
};

void tst_ProviderLifetime::stopExpiresDecisions()
{
    allowBob();
    deferAll();
    QVERIFY(m_authenticator->start());
    QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_decisions.size(), 1);
    m_authenticator->stop();
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QVERIFY(!m_decisions.first().accept());
    QTRY_COMPARE(expired.count(), 1);
    // The authenticator is stopped between the answer and the delivery of its notification. The
    // answer still counts, since it was given in time.
    QVERIFY(m_authenticator->start());
    ZapClient other(*m_context);
    other.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_decisions.size(), 2);
    QVERIFY(m_decisions.last().reject({}));
    m_authenticator->stop();
    QCOMPARE(other.waitForReply().value(2), QByteArray("300")); // no provider is left to decide
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_ProviderLifetime::deletedAuthenticatorExpiresDecisions()
{
    allowBob();
    deferAll();
    const auto future = ask();
    m_authenticator.reset();
    QCOMPARE(statusOf(future), QByteArray("300"));
    QVERIFY(!m_decisions.first().isPending());
    QVERIFY(!m_decisions.first().accept());
    QVERIFY(!m_decisions.first().defer(1min));
    QCOMPARE(m_decisions.first().request().userName(), QStringLiteral("bob"));
}

void tst_ProviderLifetime::deletedProviderKeepsItsDomainsClosed()
{
    allowBob();
    m_provider.reset();
    QCOMPARE(statusOf(ask()), QByteArray("300"));
    QCOMPARE(statusOf(ask("NULL", {})), QByteArray("300"));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), nullptr));
    QCOMPARE(statusOf(ask()), QByteArray("200"));

    QZapDomain *const domain = m_authenticator->domain(test(), Mechanism::Plain);
    auto own = std::make_unique<QZapCredentialsProvider>();
    domain->setCredentialsProvider(own.get());
    own.reset();
    QCOMPARE(domain->credentialsProvider(), nullptr);
    QCOMPARE(statusOf(ask()), QByteArray("300"));
    domain->setCredentialsProvider(nullptr);
    QCOMPARE(statusOf(ask()), QByteArray("200"));
}

void tst_ProviderLifetime::acceptanceOfADeletedProviderIsIgnored()
{
    allowBob();
    deferAll();
    const auto future = ask();
    m_provider.reset();
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
}

void tst_ProviderLifetime::acceptanceOfAReplacedProviderIsIgnored()
{
    allowBob();
    deferAll();
    const auto future = ask();
    QZapCredentialsProvider other;
    connect(&other, &QZapCredentialsProvider::authenticating, this,
            [](const QZapDecision &decision) { decision.reject({}); });
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &other));
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(statusOf(future), QByteArray("300"));
}

void tst_ProviderLifetime::mayDeleteItself()
{
    allowBob();
    decide([this](const QZapDecision &decision) {
        QVERIFY(decision.accept());
        delete m_provider.release();
    });
    // The provider no longer exists, so its answer has no effect.
    QCOMPARE(statusOf(ask()), QByteArray("300"));
    QCOMPARE(statusOf(ask()), QByteArray("300"));
}

void tst_ProviderLifetime::mayDeleteTheAuthenticator_data()
{
    QTest::addColumn<bool>("raw");
    QTest::newRow("asked about a raw message") << true;
    QTest::newRow("asked about a request of a peer") << false;
}

void tst_ProviderLifetime::mayDeleteTheAuthenticator()
{
    QFETCH(const bool, raw);
    allowBob();
    decide([this](const QZapDecision &decision) {
        decision.accept();
        m_authenticator.reset();
    });
    if (raw) {
        QCOMPARE(statusOf(ask()), QByteArray("300"));
        QVERIFY(!m_authenticator);
        return;
    }
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_VERIFY(!m_authenticator);
}

void tst_ProviderLifetime::mayStopTheAuthenticator()
{
    allowBob();
    decide([this](const QZapDecision &decision) {
        m_authenticator->stop();
        decision.accept();
    });
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QVERIFY(!m_authenticator->isRunning());
    QTRY_COMPARE(m_authenticator->temporaryCount(), 1);
    QCOMPARE(m_authenticator->acceptedCount(), 0);
    QVERIFY(m_authenticator->start());
}

// A provider in another thread has answered, but the notification has not arrived.
void tst_ProviderLifetime::slotMayDeleteTheStoppingAuthenticator()
{
    allowBob();
    QThread thread;
    thread.start();
    auto *const provider = new QZapCredentialsProvider; // does not answer
    provider->moveToThread(&thread);
    connect(&thread, &QThread::finished, provider, &QObject::deleteLater);
    QSemaphore mayReturn;
    connect(
        provider, &QZapCredentialsProvider::authenticating, provider,
        [&](const QZapDecision &) { mayReturn.acquire(); }, Qt::DirectConnection);
    QVERIFY(m_authenticator->setCredentialsProvider(test(), provider));
    int failures = 0;
    connect(m_authenticator.get(), &QZapAuthenticator::errorOccurred, this, [&] {
        ++failures;
        m_authenticator.reset();
    });
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("neither answered nor deferred")));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    QTRY_COMPARE(m_authenticator->pendingCount(), 1);
    mayReturn.release();
    QMetaObject::invokeMethod(
        provider, [] {}, Qt::BlockingQueuedConnection);
    m_authenticator->stop();
    QCOMPARE(failures, 1);
    QVERIFY(!m_authenticator);
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    thread.quit();
    thread.wait();
}

void tst_ProviderLifetime::continuationMayDeleteTheAuthenticator()
{
    allowBob();
    deferAll();
    QByteArray status;
    const auto future = ask().then([&](const QByteArrayList &reply) {
        status = reply.value(2);
        m_authenticator.reset();
    });
    QCOMPARE(m_decisions.size(), 1);
    m_decisions.first().accept();
    QTRY_COMPARE(status, QByteArray("200"));
    QVERIFY(!m_authenticator);
}

QTEST_GUILESS_MAIN(tst_ProviderLifetime)
#include "tst_providerlifetime.moc"
