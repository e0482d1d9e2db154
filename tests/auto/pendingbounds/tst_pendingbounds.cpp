// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>
#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapdecision.h>
#include <QZap/qzapnulldomain.h>

#include "zapclient.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qpromise.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
#    include <malloc.h>
#endif

namespace {

// Returns the number of allocated bytes; 0 if unknown.
size_t allocatedBytes()
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    return mallinfo2().uordblks;
#else
    return 0;
#endif
}

// Runs a function in curveUserId().
class AskingAuthenticator : public QZapAuthenticator
{
public:
    explicit AskingAuthenticator(zmq::context_t &context)
        : QZapAuthenticator(context)
    { }

    std::function<void()> asked;

protected:
    QString curveUserId(const QByteArray &publicKey) const override
    {
        asked();
        return QString::fromLatin1(publicKey.toHex().first(8));
    }
};

} // namespace

// Tests the limits of pending requests in every state, and that the requests are freed.
class tst_PendingBounds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void nestedEventLoops_data();
    void nestedEventLoops();
    void requestsBeingAskedAboutArePending();
    void waitsForItsTurn_data();
    void waitsForItsTurn();
    void senders_data();
    void senders();
    void freesExpiredRequests_data();
    void freesExpiredRequests();
    void neverAsksAboutExpiredRequests();
    void asksAgainAfterTheProvidersThreadWasRestarted();

private:
    using Decide = std::function<void(const QZapDecision &)>;

    static QString test() { return QStringLiteral("test"); }
    static QByteArray addressOf(int number)
    {
        return "10." + QByteArray::number(number >> 16) + '.'
               + QByteArray::number((number >> 8) & 255) + '.' + QByteArray::number(number & 255);
    }
    QFuture<QByteArrayList> ask(const QByteArray &address)
    {
        return m_isCurve ? m_authenticator->handleZapMessage(
                   ZapClient::request("CURVE", {m_key}, "test", address))
                         : m_authenticator->handleZapMessage(
                             ZapClient::request("NULL", {}, "test", address));
    }
    static QByteArray statusOf(const QFuture<QByteArrayList> &future)
    {
        return future.isFinished() ? future.result().value(2) : QByteArray("pending");
    }
    void decide(const Decide &function)
    {
        connect(m_provider.get(), &QZapCredentialsProvider::authenticating, this, function);
    }
    std::vector<ZapClient> askAtOnce(int count, bool isOneAddress)
    {
        std::vector<ZapClient> clients;
        clients.reserve(static_cast<size_t>(count));
        for (int i = 0; i < count; ++i) {
            const QByteArray address = addressOf(isOneAddress ? 1 : i);
            clients.emplace_back(*m_context);
            clients.back().send(m_isCurve ? ZapClient::request("CURVE", {m_key}, "test", address)
                                          : ZapClient::request("NULL", {}, "test", address));
        }
        return clients;
    }
    static void collect(std::vector<ZapClient> *clients, QList<QByteArray> *statuses)
    {
        for (ZapClient &client : *clients) {
            if (const auto reply = client.receive())
                statuses->append(reply->value(2));
        }
    }
    void useProvider()
    {
        m_provider = std::make_unique<QZapCredentialsProvider>();
        QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
    }
    void nest();

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<AskingAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    QList<QZapDecision> m_decisions;
    QByteArray m_key;
    bool m_isCurve = false;
    int m_depth = 0;
    int m_deepest = 0;
    qint64 m_mostPending = 0;
    qint64 m_awaited = 0; // how many pending requests nest() waits for
};

void tst_PendingBounds::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<AskingAuthenticator>(*m_context);
    m_isCurve = false;
    m_key = QByteArray(32, 'k');
    m_depth = 0;
    m_deepest = 0;
    m_mostPending = 0;
    m_awaited = 0;
}

void tst_PendingBounds::cleanup()
{
    m_authenticator.reset();
    m_provider.reset();
    m_decisions.clear();
    m_context.reset();
}

// Stands for code of an application that runs an event loop in a slot.
void tst_PendingBounds::nest()
{
    ++m_depth;
    m_deepest = std::max(m_deepest, m_depth);
    m_mostPending = std::max(m_mostPending, m_authenticator->pendingCount());
    // Requests about which another thread is asked become pending a moment later.
    QTRY_VERIFY(m_mostPending >= m_awaited || m_authenticator->pendingCount() >= m_awaited);
    m_mostPending = std::max(m_mostPending, m_authenticator->pendingCount());
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(); // including events that did not wake a dispatcher
    --m_depth;
}

void tst_PendingBounds::nestedEventLoops_data()
{
    QTest::addColumn<bool>("isCurve");
    QTest::addColumn<bool>("isOneAddress");
    QTest::addColumn<bool>("isElsewhere");
    QTest::newRow("provider, one address") << false << true << false;
    QTest::newRow("provider, many addresses") << false << false << false;
    QTest::newRow("provider in another thread, one address") << false << true << true;
    QTest::newRow("provider in another thread, many addresses") << false << false << true;
    QTest::newRow("user id, one address") << true << true << false;
    QTest::newRow("user id, many addresses") << true << false << false;
}

// Each request runs an event loop in which the next one arrives.
void tst_PendingBounds::nestedEventLoops()
{
    QFETCH(const bool, isCurve);
    QFETCH(const bool, isOneAddress);
    QFETCH(const bool, isElsewhere);
    m_isCurve = isCurve;
    m_authenticator->setWorkerThread(isElsewhere);
    if (isCurve) {
        QVERIFY(m_authenticator->configureCurve(test(), QZap::CurveAllowAny));
        m_authenticator->asked = [this] { nest(); };
    } else {
        useProvider();
        decide([this](const QZapDecision &decision) {
            nest();
            decision.accept();
        });
    }
    QVERIFY(m_authenticator->start());

    constexpr int Count = 200;
    if (isElsewhere)
        m_awaited = isOneAddress ? m_authenticator->maximumPendingPerAddress() : Count;
    auto clients = askAtOnce(Count, isOneAddress);
    QList<QByteArray> statuses;
    QTRY_COMPARE((collect(&clients, &statuses), statuses.size()), Count);
    QTRY_COMPARE(m_authenticator->pendingCount(), 0);
    QVERIFY2(m_deepest > 4 && m_deepest <= 16, qPrintable(QString::number(m_deepest)));
    if (isOneAddress)
        QCOMPARE_LE(m_mostPending, m_authenticator->maximumPendingPerAddress());
    else
        QCOMPARE(statuses.count("200"), Count);
}

void tst_PendingBounds::requestsBeingAskedAboutArePending()
{
    useProvider();
    m_authenticator->setMaximumPendingPerAddress(1);
    qint64 pending = 0;
    QByteArray second;
    decide([&](const QZapDecision &decision) {
        pending = m_authenticator->pendingCount();
        second = statusOf(ask("10.0.0.1"));
        decision.accept();
    });
    QCOMPARE(statusOf(ask("10.0.0.1")), QByteArray("200"));
    QCOMPARE(pending, 1);
    QCOMPARE(second, QByteArray("300"));
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_PendingBounds::waitsForItsTurn_data()
{
    QTest::addColumn<bool>("isInTime");
    QTest::newRow("in time") << true;
    QTest::newRow("too long") << false;
}

// Beyond the maximum number of nested event loops, a request is processed after some of them have
// ended.
void tst_PendingBounds::waitsForItsTurn()
{
    QFETCH(const bool, isInTime);
    constexpr int Count = 20;
    useProvider();
    m_authenticator->setDecisionTimeout(isInTime ? 60000 : 20);
    bool isOver = false;
    decide([&](const QZapDecision &decision) {
        m_deepest = std::max(m_deepest, ++m_depth);
        while (!isOver)
            QCoreApplication::processEvents();
        --m_depth;
        decision.accept();
    });
    QVERIFY(m_authenticator->start());
    auto clients = askAtOnce(Count, false);
    QList<QByteArray> statuses;
    // This event loop is the innermost one.
    const QDeadlineTimer deadline(20000);
    bool haveAllWaited = false;
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] {
        haveAllWaited = haveAllWaited || m_authenticator->pendingCount() == Count;
        collect(&clients, &statuses);
        isOver = (haveAllWaited && (isInTime || statuses.size() == Count - m_depth))
                 || deadline.hasExpired();
    });
    timer.start(1);
    QTRY_COMPARE(statuses.size(), Count);
    QVERIFY(haveAllWaited);
    QVERIFY(m_deepest > 4 && m_deepest < Count);
    QCOMPARE(statuses.count("300"), isInTime ? 0 : Count - m_deepest);
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_PendingBounds::senders_data()
{
    using Address = std::function<QByteArray(int)>;
    QTest::addColumn<Address>("address");
    QTest::addColumn<int>("pending");
    const auto row = [](const char *title, const Address &address, int pending) {
        QTest::newRow(title) << address << pending;
    };
    row(
        "one IPv4 address", [](int) { return QByteArray("10.0.0.1"); }, 10);
    row(
        "many IPv4 addresses", [](int i) { return addressOf(i); }, 300);
    row(
        "one /64", [](int i) { return "2001:db8:1:2::" + QByteArray::number(i, 16); }, 10);
    row(
        "one /48", [](int i) { return "2001:db8:1:" + QByteArray::number(i, 16) + "::1"; }, 40);
    row(
        "many /48", [](int i) { return "2001:db8:" + QByteArray::number(i, 16) + "::1"; }, 300);
    row(
        "one link", [](int i) { return "fe80::" + QByteArray::number(i, 16) + "%eth0"; }, 40);
    row(
        "many links", [](int i) { return "fe80::1%eth" + QByteArray::number(i); }, 300);
    row(
        "processes of one user",
        [](int i) { return "localhost:1000:100:" + QByteArray::number(i); }, 40);
    row(
        "many users", [](int i) { return "localhost:" + QByteArray::number(i) + ":100:7"; }, 300);
}

void tst_PendingBounds::senders()
{
    using Address = std::function<QByteArray(int)>;
    QFETCH(const Address, address);
    QFETCH(const int, pending);
    useProvider();
    m_authenticator->setMaximumPendingPerAddress(10);
    decide([this](const QZapDecision &decision) {
        decision.defer();
        m_decisions.append(decision);
    });
    QList<QFuture<QByteArrayList>> replies;
    for (int i = 0; i < 300; ++i)
        replies.append(ask(address(i)));
    QCOMPARE(m_decisions.size(), pending);
    int refused = 0;
    for (const QFuture<QByteArrayList> &reply : std::as_const(replies))
        refused += statusOf(reply) == "300" ? 1 : 0;
    QCOMPARE(refused, 300 - pending);
}

void tst_PendingBounds::freesExpiredRequests_data()
{
    QTest::addColumn<QByteArray>("how");
    QTest::newRow("futures that never finish") << QByteArray("future");
    QTest::newRow("a provider's thread that is busy") << QByteArray("thread");
    QTest::newRow("deadlines after a distant one") << QByteArray("deadline");
}

void tst_PendingBounds::freesExpiredRequests()
{
    QFETCH(const QByteArray, how);
    constexpr int Rounds = 200;
    constexpr int Each = 50;
    useProvider();
    QThread thread;
    QSemaphore hold;
    QPromise<bool> promise;
    promise.start();
    if (how == "thread") {
        thread.start();
        m_provider->moveToThread(&thread);
        QMetaObject::invokeMethod(
            m_provider.get(), [&hold] { hold.acquire(); }, Qt::QueuedConnection);
    }
    const auto answer = [&](const QZapDecision &decision) {
        if (how == "future") {
            decision.resolve(promise.future());
        } else if (how == "deadline" && m_decisions.isEmpty()) {
            decision.defer(1000000);
            m_decisions.append(decision);
        } else {
            decision.accept();
        }
    };
    connect(m_provider.get(), &QZapCredentialsProvider::authenticating, m_provider.get(), answer,
            Qt::DirectConnection);
    const auto guard = qScopeGuard([&] {
        hold.release();
        thread.quit();
        thread.wait();
        m_authenticator.reset();
        m_provider.reset();
    });
    const QFuture<QByteArrayList> first = ask("10.0.0.2");
    m_authenticator->setDecisionTimeout(1);
    const auto round = [&] {
        QList<QFuture<QByteArrayList>> replies;
        for (int i = 0; i < Each; ++i)
            replies.append(ask("10.0.0.1"));
        const QDeadlineTimer deadline(30000);
        const auto isFinished = [](const QFuture<QByteArrayList> &reply) {
            return reply.isFinished();
        };
        while (!std::all_of(replies.cbegin(), replies.cend(), isFinished)) {
            QVERIFY(!deadline.hasExpired());
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    };
    for (int i = 0; i < 10; ++i)
        round(); // makes the allocations that occur only once
    const size_t before = allocatedBytes();
    for (int i = 0; i < Rounds; ++i)
        round();
    const size_t after = allocatedBytes();
    QVERIFY2(after < before + size_t{Rounds} * Each * 10,
             qPrintable(QString::number(qint64(after) - qint64(before))));
}

void tst_PendingBounds::neverAsksAboutExpiredRequests()
{
    useProvider();
    m_authenticator->setDecisionTimeout(1);
    QThread thread;
    thread.start();
    m_provider->moveToThread(&thread);
    QSemaphore hold;
    QMetaObject::invokeMethod(
        m_provider.get(), [&hold] { hold.acquire(); }, Qt::QueuedConnection);
    std::atomic<int> asked = 0;
    connect(
        m_provider.get(), &QZapCredentialsProvider::authenticating, m_provider.get(),
        [&asked](const QZapDecision &decision) {
            ++asked;
            decision.accept();
        },
        Qt::DirectConnection);
    const QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    const QFuture<QByteArrayList> late = ask("10.0.0.1");
    QTRY_COMPARE(statusOf(late), QByteArray("300"));
    hold.release();
    m_authenticator->setDecisionTimeout(60000);
    const QFuture<QByteArrayList> next = ask("10.0.0.1");
    QTRY_COMPARE(statusOf(next), QByteArray("200"));
    QCOMPARE(asked.load(), 1);
    thread.quit();
    thread.wait();
    QCOMPARE(expired.size(), 0); // the provider was never asked
    m_authenticator.reset();
    m_provider.reset();
}

// Events posted to a thread are lost when it ends.
void tst_PendingBounds::asksAgainAfterTheProvidersThreadWasRestarted()
{
    useProvider();
    m_authenticator->setDecisionTimeout(60000);
    QThread thread;
    m_provider->moveToThread(&thread);
    connect(
        m_provider.get(), &QZapCredentialsProvider::authenticating, m_provider.get(),
        [](const QZapDecision &decision) { decision.accept(); }, Qt::DirectConnection);
    const QFuture<QByteArrayList> first = ask("10.0.0.1");
    for (int i = 0; i < 3; ++i) {
        thread.start();
        thread.quit();
        thread.wait();
    }
    thread.start();
    const QFuture<QByteArrayList> second = ask("10.0.0.1");
    QTRY_COMPARE(statusOf(first), QByteArray("200"));
    QTRY_COMPARE(statusOf(second), QByteArray("200"));
    thread.quit();
    thread.wait();
    m_authenticator.reset();
    m_provider.reset();
}

QTEST_GUILESS_MAIN(tst_PendingBounds)
#include "tst_pendingbounds.moc"
