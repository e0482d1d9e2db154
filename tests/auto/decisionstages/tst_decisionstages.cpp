// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "providertest.h"

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qmutex.h>
#include <QtCore/qpromise.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace Qt::StringLiterals;

using QZap::DecisionStage;

// Tests the progress values of the futures of decisions.
class tst_DecisionStages : public ProviderTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void showsTheStage_data();
    void showsTheStage();
    void waitsForTheReturnOfAProviderInAnotherThread();
    void showsThatAProviderOfAnotherThreadHasDeferred_data();
    void showsThatAProviderOfAnotherThreadHasDeferred();
    void neverGoesBack();

private:
    template <typename Result>
    static DecisionStage stageOf(const QFuture<Result> &future)
    {
        return static_cast<DecisionStage>(future.progressValue());
    }
    QFuture<QZapReply> authenticate()
    {
        return m_authenticator->authenticate(test(), u"127.0.0.1"_s, bob());
    }
    // Configures the user bob with a password file in the format.
    void write(QZapPasswordFile::Format format)
    {
        const QString path = m_directory->filePath(u"users"_s);
        QZapPasswordFile file;
        QVERIFY(file.setPassword(u"bob"_s, "x", format));
        QVERIFY(file.save(path));
        QVERIFY(m_authenticator->configurePlainFile(test(), path));
    }
    void waitUntilReady()
    {
        QTRY_VERIFY(m_authenticator->domain(test(), QZap::Mechanism::Plain)->isReady());
    }
    void startThread()
    {
        m_thread = std::make_unique<QThread>();
        m_provider->moveToThread(m_thread.get());
        m_thread->start();
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QThread> m_thread;
};

void tst_DecisionStages::init()
{
    ProviderTest::init();
    m_directory = std::make_unique<QTemporaryDir>();
}

void tst_DecisionStages::cleanup()
{
    if (m_thread) {
        m_thread->quit();
        m_thread->wait();
    }
    ProviderTest::cleanup();
    m_thread.reset();
}

void tst_DecisionStages::showsTheStage_data()
{
    QTest::addColumn<QByteArray>("situation");
    QTest::addColumn<DecisionStage>("stage");
    QTest::newRow("answered at once") << QByteArray("at once") << DecisionStage::Checking;
    QTest::newRow("loading") << QByteArray("loading") << DecisionStage::Loading;
    QTest::newRow("hash") << QByteArray("hash") << DecisionStage::Hashing;
    QTest::newRow("deferred by the provider") << QByteArray("deferred") << DecisionStage::Deferred;
    QTest::newRow("resolved by a future") << QByteArray("future") << DecisionStage::Deferred;
}

void tst_DecisionStages::showsTheStage()
{
    QFETCH(const QByteArray, situation);
    QFETCH(const DecisionStage, stage);
    QPromise<bool> promise;
    promise.start();
    if (situation == "loading") {
        write(QZapPasswordFile::Format::Plain);
    } else if (situation == "hash") {
        write(QZapPasswordFile::Format::Argon2id);
        waitUntilReady();
    } else {
        allowBob();
    }
    if (situation == "deferred")
        deferAll();
    else if (situation == "future")
        decide([&promise](const QZapDecision &decision) { decision.resolve(promise.future()); });
    else
        decide([](const QZapDecision &decision) { decision.accept(); });
    const QFuture<QZapReply> reply = authenticate();
    const QFuture<QByteArrayList> frames = ask();
    QCOMPARE(stageOf(reply), stage);
    QCOMPARE(stageOf(frames), stage);
    QCOMPARE(reply.isFinished(), situation == "at once");
    QCOMPARE(frames.progressMaximum(), static_cast<int>(DecisionStage::Deferred));
    m_decisions.clear();
    promise.addResult(true);
    promise.finish();
    QTRY_VERIFY_WITH_TIMEOUT(reply.isFinished() && frames.isFinished(), 30000);
}

// The stage does not change until the provider has returned.
void tst_DecisionStages::waitsForTheReturnOfAProviderInAnotherThread()
{
    allowBob();
    startThread();
    QSemaphore mayReturn;
    QSemaphore isAsked;
    connect(
        m_provider.get(), &QZapCredentialsProvider::authenticating, m_provider.get(),
        [&](const QZapDecision &decision) {
            isAsked.release();
            mayReturn.acquire();
            decision.accept();
        },
        Qt::DirectConnection);
    const auto reply = authenticate();
    isAsked.acquire();
    QCoreApplication::processEvents();
    QCOMPARE(stageOf(reply), DecisionStage::Checking);
    mayReturn.release();
    QTRY_VERIFY(reply.isFinished());
    QCOMPARE(stageOf(reply), DecisionStage::Checking);
}

void tst_DecisionStages::showsThatAProviderOfAnotherThreadHasDeferred_data()
{
    QTest::addColumn<bool>("usesFuture");
    QTest::newRow("deferred") << false;
    QTest::newRow("resolved by a future") << true;
}

void tst_DecisionStages::showsThatAProviderOfAnotherThreadHasDeferred()
{
    QFETCH(const bool, usesFuture);
    allowBob();
    startThread();
    QPromise<bool> promise;
    promise.start();
    QMutex mutex;
    QList<QZapDecision> decisions;
    connect(
        m_provider.get(), &QZapCredentialsProvider::authenticating, m_provider.get(),
        [&](const QZapDecision &decision) {
            const QMutexLocker lock(&mutex);
            decisions.append(decision);
            if (usesFuture)
                decision.resolve(promise.future());
            else
                decision.defer();
        },
        Qt::DirectConnection);
    const auto reply = authenticate();
    QTRY_COMPARE(stageOf(reply), DecisionStage::Deferred);
    QVERIFY(!reply.isFinished());
    promise.addResult(true);
    promise.finish();
    const QMutexLocker lock(&mutex);
    if (!usesFuture)
        QVERIFY(decisions.constFirst().accept());
    QTRY_VERIFY(reply.isFinished());
    QCOMPARE(reply.result().status(), QZap::Status::Success);
}

void tst_DecisionStages::neverGoesBack()
{
    allowBob();
    deferAll();
    const auto reply = authenticate();
    QCOMPARE(stageOf(reply), DecisionStage::Deferred);
    write(QZapPasswordFile::Format::Argon2id); // the decision waits for the file, and for the hash
    QVERIFY(m_decisions.constFirst().accept());
    QTRY_VERIFY_WITH_TIMEOUT(reply.isFinished(), 30000);
    QCOMPARE(stageOf(reply), DecisionStage::Deferred);
}

QTEST_GUILESS_MAIN(tst_DecisionStages)
#include "tst_decisionstages.moc"
