// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "workerthreadtest.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qset.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <future>
#include <memory>

using Error = QZapAuthenticator::Error;

// Tests starting, stopping, moving and deleting an authenticator that answers in a private thread.
class tst_WorkerThreadLifetime : public WorkerThreadTest
{
    Q_OBJECT

private Q_SLOTS:
    void isAPropertyWhileStopped();
    void startsAndStopsAgain();
    void refusesASecondHandler();
    void switchesBetweenTheThreads();
    void stopsWhenMovedWhileRunning();

    void stopsWithRequestsInEveryState();
    void reportsTheEndOfItsContext();
    void mayBeDestroyedWhileRunning();
    void mayBeDeletedInItsSlot();
    void mayBeStoppedInItsSlot();
};

void tst_WorkerThreadLifetime::isAPropertyWhileStopped()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(!authenticator.usesWorkerThread());
    QSignalSpy changed(&authenticator, &QZapAuthenticator::workerThreadChanged);
    authenticator.setWorkerThread(true);
    authenticator.setWorkerThread(true);
    QCOMPARE(changed.count(), 1);
    QVERIFY(authenticator.start());
    QVERIFY(authenticator.isRunning());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("stop the auth")));
    authenticator.setWorkerThread(false);
    QVERIFY(authenticator.usesWorkerThread());
    QCOMPARE(changed.count(), 1);
    authenticator.stop();
    authenticator.setWorkerThread(false);
    QCOMPARE(changed.count(), 2);
}

void tst_WorkerThreadLifetime::startsAndStopsAgain()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    for (int i = 0; i < 50; ++i) {
        QVERIFY(m_authenticator->start());
        QVERIFY(m_authenticator->isRunning());
        if (i % 5 == 0) {
            ZapClient client(*m_context);
            client.send(ZapClient::request("NULL"));
            QCOMPARE(client.waitWithoutEventLoop().value(2), QByteArray("200"));
        }
        m_authenticator->stop();
        QVERIFY(!m_authenticator->isRunning());
    }
}

void tst_WorkerThreadLifetime::refusesASecondHandler()
{
    QVERIFY(m_authenticator->start());
    QZapAuthenticator second(*m_context);
    second.setWorkerThread(true);
    QVERIFY(!second.start());
    QCOMPARE(second.error(), Error::AddressInUseError);
    QVERIFY(!second.isRunning());
    m_authenticator->stop();
    QVERIFY(second.start());
}

void tst_WorkerThreadLifetime::switchesBetweenTheThreads()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    for (int i = 0; i < 10; ++i) {
        m_authenticator->setWorkerThread(i % 2 == 0);
        QVERIFY(m_authenticator->start());
        ZapClient client(*m_context);
        client.send(ZapClient::request("NULL"));
        QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
        m_authenticator->stop();
    }
    QTRY_COMPARE(m_authenticator->acceptedCount(), 10);
}

void tst_WorkerThreadLifetime::stopsWhenMovedWhileRunning()
{
    std::promise<bool> started;
    const std::unique_ptr<QThread> thread(QThread::create([this, &started] {
        started.set_value(m_authenticator->start());
        QEventLoop().exec();
        m_authenticator->stop();
        m_authenticator->moveToThread(this->thread());
    }));
    QVERIFY(m_authenticator->start());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("moved to another")));
    m_authenticator->moveToThread(thread.get());
    QVERIFY(!m_authenticator->isRunning());
    thread->start();
    QVERIFY(started.get_future().get());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QCOMPARE(client.waitWithoutEventLoop().value(2), QByteArray("200"));
    thread->quit();
    thread->wait();
    QVERIFY(!m_authenticator->isRunning());
}

void tst_WorkerThreadLifetime::stopsWithRequestsInEveryState()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QZapCredentialsProvider provider;
    QList<QZapDecision> decisions;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&decisions](const QZapDecision &decision) {
                decision.defer();
                decisions.append(decision);
            });
    QVERIFY(m_authenticator->setCredentialsProvider(QStringLiteral("slow"), &provider));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    int sent = 0;
    for (; sent < 60; ++sent) {
        client.send(ZapClient::request("NULL", {}, sent % 2 ? "slow" : "test", "127.0.0.1",
                                       QByteArray::number(sent)));
    }
    m_authenticator->stop();
    // Each request gets one answer, from either thread.
    QSet<QByteArray> answered;
    for (int i = 0; i < sent; ++i) {
        const QByteArrayList reply = client.waitForReply();
        QVERIFY(!reply.isEmpty());
        answered.insert(reply.value(1));
        QVERIFY(reply.value(2) == "200" || reply.value(2) == "300");
    }
    QCOMPARE(answered.size(), sent);
    QVERIFY(!client.receive());
    QTRY_COMPARE(m_authenticator->acceptedCount() + m_authenticator->temporaryCount(), sent);
    QCOMPARE(m_authenticator->pendingCount(), 0);
    QCoreApplication::processEvents(); // delivers pending questions
    for (const QZapDecision &decision : std::as_const(decisions))
        QVERIFY(!decision.accept());
}

void tst_WorkerThreadLifetime::reportsTheEndOfItsContext()
{
    QVERIFY(m_authenticator->start());
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QSignalSpy running(m_authenticator.get(), &QZapAuthenticator::runningChanged);
    m_context->shutdown();
    QTRY_COMPARE(errors.count(), 1);
    QCOMPARE(m_authenticator->error(), Error::ContextError);
    QCOMPARE(running.count(), 1);
    QVERIFY(!m_authenticator->isRunning());
    m_context.reset(); // does not hang
    m_authenticator->stop();
}

void tst_WorkerThreadLifetime::mayBeDestroyedWhileRunning()
{
    for (int i = 0; i < 20; ++i) {
        auto authenticator = std::make_unique<QZapAuthenticator>(*m_context);
        authenticator->setWorkerThread(true);
        QVERIFY(authenticator->start());
        ZapClient client(*m_context);
        client.send(ZapClient::request("NULL"));
        if (i % 2 == 0)
            QVERIFY(!client.waitWithoutEventLoop().isEmpty());
        const auto future = authenticator->handleZapMessage(ZapClient::request("NULL"));
        authenticator.reset();
        QVERIFY(future.isFinished());
    }
}

void tst_WorkerThreadLifetime::mayBeDeletedInItsSlot()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this,
            [this] { m_authenticator.reset(); });
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    for (int i = 0; i < 10; ++i)
        client.send(ZapClient::request("NULL"));
    QTRY_VERIFY(!m_authenticator);
}

void tst_WorkerThreadLifetime::mayBeStoppedInItsSlot()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    int calls = 0;
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this, [this, &calls] {
        ++calls;
        m_authenticator->stop();
        QVERIFY(m_authenticator->start());
    });
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    for (int i = 0; i < 10; ++i)
        client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(calls, 10);
    QVERIFY(m_authenticator->isRunning());
}

QTEST_GUILESS_MAIN(tst_WorkerThreadLifetime)
#include "tst_workerthreadlifetime.moc"
