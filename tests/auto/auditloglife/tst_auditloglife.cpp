// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"
#include "zapclient.h"

#include <QZap/qzapauditlog.h>

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

// The life of audit logs: threads, authenticators that come and go, and the order of destruction.
class tst_AuditLogLife : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void outlivesTheAuthenticator();
    void mayBeDestroyedFirst();
    void mayBeDestroyedInASlot_data();
    void mayBeDestroyedInASlot();
    void mayBeDestroyedInItsOwnSlot();
    void needsNoEventLoop();
    void writesWhileTheApplicationIsBlocked();
    void followsAnotherAuthenticator();
    void writesSeveralLogs();
    void livesInAnotherThread();
    void movesToAnotherThread();
    void isUsedInItsThreadOnly();
    void survivesAFork();
    void writesTheLastDecisions();

private:
    std::unique_ptr<QZapAuthenticator> makeAuthenticator()
    {
        auto result = std::make_unique<QZapAuthenticator>(*m_context);
        result->configureNull(test(), true);
        return result;
    }
    static void decide(QZapAuthenticator *authenticator)
    {
        QCOMPARE(authenticator->handleZapMessage(ZapClient::request("NULL")).result().value(2),
                 QByteArray("200"));
    }
    std::unique_ptr<QZapAuditLog> makeLog(QZapAuthenticator *authenticator,
                                          const QString &name = u"audit.log"_s)
    {
        auto log = std::make_unique<QZapAuditLog>(authenticator);
        log->setFileName(path(name));
        return log;
    }
    qsizetype lineCount(const QString &name = u"audit.log"_s) const
    {
        return contentsOf(name).count('\n');
    }
};

void tst_AuditLogLife::outlivesTheAuthenticator()
{
    auto authenticator = makeAuthenticator();
    const auto log = makeLog(authenticator.get());
    QSignalSpy changed(log.get(), &QZapAuditLog::authenticatorChanged);
    decide(authenticator.get());
    authenticator.reset();
    QCOMPARE(changed.count(), 1);
    QVERIFY(!log->authenticator());
    QTRY_COMPARE(lineCount(), 1);
}

void tst_AuditLogLife::mayBeDestroyedFirst()
{
    const auto authenticator = makeAuthenticator();
    auto log = makeLog(authenticator.get());
    decide(authenticator.get());
    log.reset();
    QCOMPARE(lineCount(), 1);
    decide(authenticator.get());
    QCOMPARE(lineCount(), 1);
}

void tst_AuditLogLife::mayBeDestroyedInASlot_data()
{
    QTest::addColumn<bool>("isAuthenticator");
    QTest::newRow("log") << false;
    QTest::newRow("authenticator") << true;
}

void tst_AuditLogLife::mayBeDestroyedInASlot()
{
    QFETCH(const bool, isAuthenticator);
    auto authenticator = makeAuthenticator();
    auto log = makeLog(authenticator.get());
    bool wasCalled = false;
    QObject receiver;
    connect(authenticator.get(), &QZapAuthenticator::decided, &receiver, [&] {
        wasCalled = true;
        if (isAuthenticator)
            authenticator.release()->deleteLater();
        else
            log.reset();
    });
    decide(authenticator.get());
    QTRY_VERIFY(wasCalled);
    if (log)
        QTRY_VERIFY(!log->authenticator());
    log.reset();
    QCOMPARE(lineCount(), 1);
}

void tst_AuditLogLife::mayBeDestroyedInItsOwnSlot()
{
    const auto authenticator = makeAuthenticator();
    auto log = makeLog(authenticator.get(), u"missing/audit.log"_s);
    QObject receiver;
    connect(log.get(), &QZapAuditLog::errorStringChanged, &receiver, [&log] { log.reset(); });
    QTRY_VERIFY(!log);
}

void tst_AuditLogLife::needsNoEventLoop()
{
    std::thread thread([this] {
        const auto authenticator = makeAuthenticator();
        const auto log = makeLog(authenticator.get());
        decide(authenticator.get());
    });
    thread.join();
    QCOMPARE(lineCount(), 1);
}

void tst_AuditLogLife::writesWhileTheApplicationIsBlocked()
{
    const auto authenticator = makeAuthenticator();
    authenticator->setWorkerThread(true);
    const auto log = makeLog(authenticator.get());
    QVERIFY(authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    // No event loop runs in this thread from here on.
    QCOMPARE(client.waitWithoutEventLoop().value(2), QByteArray("200"));
    QElapsedTimer clock;
    clock.start();
    while (lineCount() == 0 && clock.elapsed() < 10'000)
        std::this_thread::yield();
    QCOMPARE(lineCount(), 1);
}

void tst_AuditLogLife::followsAnotherAuthenticator()
{
    auto first = makeAuthenticator();
    auto second = makeAuthenticator();
    auto log = makeLog(first.get());
    QSignalSpy changed(log.get(), &QZapAuditLog::authenticatorChanged);
    decide(first.get());
    log->setAuthenticator(second.get());
    decide(first.get()); // is not written
    decide(second.get());
    first.reset();
    QCOMPARE(log->authenticator(), second.get());
    log->setAuthenticator(nullptr);
    decide(second.get()); // is not written
    QCOMPARE(changed.count(), 2);
    log.reset();
    QCOMPARE(lineCount(), 2);
}

void tst_AuditLogLife::writesSeveralLogs()
{
    const auto authenticator = makeAuthenticator();
    auto first = makeLog(authenticator.get(), u"first"_s);
    auto second = makeLog(authenticator.get(), u"second"_s);
    decide(authenticator.get());
    first.reset();
    decide(authenticator.get());
    second.reset();
    QCOMPARE(lineCount(u"first"_s), 1);
    QCOMPARE(lineCount(u"second"_s), 2);
}

void tst_AuditLogLife::livesInAnotherThread()
{
    auto authenticator = makeAuthenticator();
    QThread thread;
    thread.start();
    QObject context;
    context.moveToThread(&thread);
    std::unique_ptr<QZapAuditLog> log;
    QMetaObject::invokeMethod(
        &context, [&] { log = makeLog(authenticator.get()); }, Qt::BlockingQueuedConnection);
    decide(authenticator.get());
    authenticator.reset();
    bool isReset = false;
    const auto check = [&] {
        QMetaObject::invokeMethod(
            &context, [&] { isReset = !log->authenticator(); }, Qt::BlockingQueuedConnection);
        return isReset;
    };
    QTRY_VERIFY(check());
    QMetaObject::invokeMethod(
        &context, [&] { log.reset(); }, Qt::BlockingQueuedConnection);
    thread.quit();
    thread.wait();
    QCOMPARE(lineCount(), 1);
}

void tst_AuditLogLife::movesToAnotherThread()
{
    const auto authenticator = makeAuthenticator();
    auto log = makeLog(authenticator.get(), u"missing/audit.log"_s);
    QThread thread;
    thread.start();
    std::atomic<QThread *> signaled = nullptr;
    connect(
        log.get(), &QZapAuditLog::errorOccurred, log.get(),
        [&signaled] { signaled = QThread::currentThread(); }, Qt::DirectConnection);
    log->moveToThread(&thread);
    QMetaObject::invokeMethod(
        log.get(), [&] { log->setFileName(path(u"missing/other.log"_s)); },
        Qt::BlockingQueuedConnection);
    QTRY_COMPARE(signaled.load(), &thread);
    QMetaObject::invokeMethod(
        log.get(), [&] { log.release()->deleteLater(); }, Qt::BlockingQueuedConnection);
    thread.quit();
    thread.wait();
}

void tst_AuditLogLife::isUsedInItsThreadOnly()
{
    const auto authenticator = makeAuthenticator();
    QZapAuditLog log;
    QTest::ignoreMessage(QtWarningMsg,
                         "QZapAuditLog::setFileName: must be called in the thread that the log "
                         "lives in; the call has no effect");
    QTest::ignoreMessage(QtWarningMsg,
                         "QZapAuditLog::setAuthenticator: must be called in the thread that the "
                         "log lives in; the call has no effect");
    std::thread thread([&] {
        log.setFileName(path(u"audit.log"_s));
        log.setAuthenticator(authenticator.get());
    });
    thread.join();
    QVERIFY(log.fileName().isEmpty());
    QVERIFY(!log.authenticator());
}

void tst_AuditLogLife::survivesAFork()
{
    const auto authenticator = makeAuthenticator();
    auto log = makeLog(authenticator.get());
    decide(authenticator.get());
    QTRY_COMPARE(lineCount(), 1);
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        ::alarm(10); // ends the child if the destructor waits for a thread that does not exist
        log.reset();
        ::_exit(0);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    decide(authenticator.get());
    log.reset();
    QCOMPARE(lineCount(), 2);
}

// Requests that are pending when the authenticator is destroyed get a last answer.
void tst_AuditLogLife::writesTheLastDecisions()
{
    auto authenticator = makeAuthenticator();
    auto log = makeLog(authenticator.get());
    QVERIFY(authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    authenticator.reset();
    log.reset();
    QCOMPARE(contentsOf(u"audit.log"_s).count("\"later\""), 1);
}

QTEST_GUILESS_MAIN(tst_AuditLogLife)
#include "tst_auditloglife.moc"
