// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfuture.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>
#include <memory>
#include <utility>

using namespace Qt::StringLiterals;

namespace {

// An authenticator whose curveUserId() calls a function.
class NamingAuthenticator : public QZapAuthenticator
{
public:
    using QZapAuthenticator::QZapAuthenticator;

    std::function<void()> named;

protected:
    QString curveUserId(const QByteArray &) const override
    {
        if (named)
            named();
        return u"named"_s;
    }
};

// Calls the function in the first call.
class Once
{
public:
    void operator()()
    {
        if (const auto function = std::exchange(m_function, nullptr))
            function();
    }
    void set(std::function<void()> function) { m_function = std::move(function); }
    bool wasCalled() const { return !m_function; }

private:
    std::function<void()> m_function;
};

} // namespace

// Tests that the code that an authenticator calls may switch it to a private thread, while the code
// that has called it is still to continue in the authenticator's own.
class tst_WorkerThreadSlots : public QObject
{
    Q_OBJECT

public:
    // The code that calls a function during a call of the authenticator's.
    enum class Place {
        ProviderOfCall,
        ProviderOfPeer,
        UserIdOfCall,
        UserIdOfPeer,
        Continuation,
        Decided,
        BrokenProvider,
        BrokenProviderAtStop,
    };
    Q_ENUM(Place)

private Q_SLOTS:
    void init();
    void cleanup();

    void starts_data();
    void starts();
    void answersInANestedEventLoop_data() { addPlaces(); }
    void answersInANestedEventLoop();
    void stopsAgain_data() { addPlaces(); }
    void stopsAgain();
    void startsInItsOwnThreadAgain_data() { addPlaces(); }
    void startsInItsOwnThreadAgain();
    void isDeleted_data() { addPlaces(); }
    void isDeleted();
    void refusesAnUnusableContext();
    void callsWaitAcrossTheSwitch_data();
    void callsWaitAcrossTheSwitch();

private:
    static void addPlaces();
    // Calls the function in this place.
    void callIn(Place place, const std::function<void()> &function);
    void askBrokenProvider();
    // Returns when a provider in another thread has broken its contract. The authenticator does not
    // know yet.
    void askBrokenProviderElsewhere();
    // Stops and starts in a private thread.
    void restart();
    QFuture<QZapReply> authenticate(const QString &domain)
    {
        return m_authenticator->authenticate(domain, u"127.0.0.1"_s, QZapCredentials::null());
    }
    // Sends a request that the rules accept, from a new client: stop() ends the connections.
    void send()
    {
        m_client = std::make_unique<ZapClient>(*m_context);
        m_client->send(ZapClient::request("NULL", {}, "open"));
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<NamingAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    std::unique_ptr<ZapClient> m_client;
    std::unique_ptr<ZapClient> m_asking; // sends the requests that call the function
    QList<QZapDecision> m_deferred;
    QFuture<QZapReply> m_call;
    Once m_once;
};

Q_DECLARE_METATYPE(tst_WorkerThreadSlots::Place)

void tst_WorkerThreadSlots::init()
{
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<NamingAuthenticator>(*m_context);
    m_authenticator->setDecisionTimeout(300);
    QVERIFY(m_authenticator->configureNull(u"open"_s, true));
    QVERIFY(m_authenticator->configureCurve(u"keys"_s, QZap::CurveAllowAny));
    m_provider = std::make_unique<QZapCredentialsProvider>();
    QVERIFY(m_authenticator->setCredentialsProvider(u"asked"_s, m_provider.get()));
    connect(m_provider.get(), &QZapCredentialsProvider::authenticating, m_provider.get(),
            [this](const QZapDecision &decision) {
                decision.defer();
                m_deferred.append(decision);
                m_once();
            });
    m_asking = std::make_unique<ZapClient>(*m_context);
}

void tst_WorkerThreadSlots::cleanup()
{
    m_deferred.clear();
    m_call = {};
    m_authenticator.reset();
    m_provider.reset();
    m_client.reset();
    m_asking.reset();
    m_context.reset();
}

void tst_WorkerThreadSlots::addPlaces()
{
    QTest::addColumn<Place>("place");
    QTest::newRow("provider, asked by a call") << Place::ProviderOfCall;
    QTest::newRow("provider, asked by a peer") << Place::ProviderOfPeer;
    QTest::newRow("curveUserId() for a call") << Place::UserIdOfCall;
    QTest::newRow("curveUserId() for a peer") << Place::UserIdOfPeer;
    QTest::newRow("continuation of a future") << Place::Continuation;
    QTest::newRow("decided()") << Place::Decided;
    QTest::newRow("errorOccurred() of a provider") << Place::BrokenProvider;
    QTest::newRow("errorOccurred() of a provider in stop()") << Place::BrokenProviderAtStop;
}

void tst_WorkerThreadSlots::callIn(Place place, const std::function<void()> &function)
{
    m_once.set(function);
    const auto once = [this] { m_once(); };
    switch (place) {
    case Place::ProviderOfCall:
        m_call = authenticate(u"asked"_s);
        break;
    case Place::ProviderOfPeer:
        QVERIFY(m_authenticator->start());
        m_asking->send(ZapClient::request("NULL", {}, "asked"));
        break;
    case Place::UserIdOfCall:
        m_authenticator->named = once;
        m_call = m_authenticator->authenticate(
            u"keys"_s, u"127.0.0.1"_s,
            QZapCredentials::curve(QZapCertificate::generate().publicKey()));
        break;
    case Place::UserIdOfPeer:
        m_authenticator->named = once;
        QVERIFY(m_authenticator->start());
        m_asking->send(
            ZapClient::request("CURVE", {QZapCertificate::generate().publicKey()}, "keys"));
        break;
    case Place::Continuation:
        m_once.set(nullptr);
        m_call = authenticate(u"asked"_s);
        m_once.set(function);
        m_call.then([this](const QZapReply &) { m_once(); });
        m_deferred.takeLast().accept();
        break;
    case Place::Decided:
        connect(m_authenticator.get(), &QZapAuthenticator::decided, this, once);
        QVERIFY(m_authenticator->start());
        m_asking->send(ZapClient::request("NULL", {}, "open"));
        break;
    case Place::BrokenProvider:
        connect(m_authenticator.get(), &QZapAuthenticator::errorOccurred, this, once);
        askBrokenProvider();
        break;
    case Place::BrokenProviderAtStop:
        connect(m_authenticator.get(), &QZapAuthenticator::errorOccurred, this, once);
        askBrokenProviderElsewhere();
        m_authenticator->stop();
        break;
    }
    QTRY_VERIFY(m_once.wasCalled());
}

// A provider breaks its contract if it neither answers nor defers.
void tst_WorkerThreadSlots::askBrokenProvider()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"neither answered nor deferred"_s));
    disconnect(m_provider.get(), nullptr, m_provider.get(), nullptr);
    QVERIFY(m_authenticator->start());
    m_asking->send(ZapClient::request("NULL", {}, "asked"));
}

void tst_WorkerThreadSlots::askBrokenProviderElsewhere()
{
    QThread thread;
    thread.start();
    m_provider->moveToThread(&thread);
    askBrokenProvider();
    QSemaphore mayReturn;
    const QMetaObject::Connection waiting =
        connect(m_provider.get(), &QZapCredentialsProvider::authenticating, m_provider.get(),
                [&mayReturn] { mayReturn.acquire(); });
    QTRY_COMPARE(m_authenticator->pendingCount(), 1);
    mayReturn.release();
    const auto moveBack = [this, home = QThread::currentThread()] {
        m_provider->moveToThread(home);
    };
    // Called after the provider has returned.
    QMetaObject::invokeMethod(m_provider.get(), moveBack, Qt::BlockingQueuedConnection);
    disconnect(waiting);
    thread.quit();
    thread.wait();
}

void tst_WorkerThreadSlots::restart()
{
    m_authenticator->stop();
    m_authenticator->setWorkerThread(true);
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->isRunning());
}

void tst_WorkerThreadSlots::starts_data()
{
    addPlaces();
}

// Requests are answered in the private thread as soon as the code has returned.
void tst_WorkerThreadSlots::starts()
{
    QFETCH(const Place, place);
    callIn(place, [this] {
        restart();
        send();
    });
    QVERIFY(m_authenticator->isRunning());
    QCOMPARE(m_client->waitForReply().value(2), QByteArray("200"));
    QCoreApplication::processEvents();
    for (int i = 0; i < 3; ++i) {
        send();
        QCOMPARE(m_client->waitWithoutEventLoop().value(2), QByteArray("200"));
    }
    // The deadlines of requests apply.
    const QFuture<QZapReply> last = authenticate(u"asked"_s);
    QTRY_VERIFY(last.isFinished());
    QCOMPARE(last.result().status(), QZap::Status::TemporaryError);
    if (m_call.isValid())
        QTRY_VERIFY(m_call.isFinished());
    QTRY_COMPARE(m_authenticator->pendingCount(), 0);
    m_authenticator->stop();
    m_authenticator->setWorkerThread(false);
    QVERIFY(m_authenticator->start());
    send();
    QCOMPARE(m_client->waitForReply().value(2), QByteArray("200"));
}

void tst_WorkerThreadSlots::answersInANestedEventLoop()
{
    QFETCH(const Place, place);
    callIn(place, [this] {
        restart();
        send();
        QCOMPARE(m_client->waitForReply().value(2), QByteArray("200"));
        const QFuture<QZapReply> call = authenticate(u"open"_s);
        QTRY_VERIFY(call.isFinished());
        QCOMPARE(call.result().status(), QZap::Status::Success);
    });
    QCoreApplication::processEvents();
    send();
    QCOMPARE(m_client->waitWithoutEventLoop().value(2), QByteArray("200"));
}

void tst_WorkerThreadSlots::stopsAgain()
{
    QFETCH(const Place, place);
    callIn(place, [this] {
        restart();
        send();
        m_authenticator->stop();
    });
    QVERIFY(!m_authenticator->isRunning());
    QCOMPARE(m_client->waitForReply().value(2), QByteArray("300"));
    QVERIFY(m_authenticator->start());
    send();
    QCOMPARE(m_client->waitWithoutEventLoop().value(2), QByteArray("200"));
}

void tst_WorkerThreadSlots::startsInItsOwnThreadAgain()
{
    QFETCH(const Place, place);
    callIn(place, [this] {
        restart();
        m_authenticator->stop();
        m_authenticator->setWorkerThread(false);
        QVERIFY(m_authenticator->start());
        send();
    });
    QVERIFY(m_authenticator->isRunning());
    QCOMPARE(m_client->waitForReply().value(2), QByteArray("200"));
    if (m_call.isValid())
        QTRY_VERIFY(m_call.isFinished());
}

void tst_WorkerThreadSlots::isDeleted()
{
    QFETCH(const Place, place);
    callIn(place, [this] {
        restart();
        send();
        m_authenticator.reset();
    });
    QCOMPARE(m_client->waitForReply().value(2), QByteArray("300"));
    QCoreApplication::processEvents();
    if (m_call.isValid())
        QVERIFY(m_call.isFinished());
}

void tst_WorkerThreadSlots::refusesAnUnusableContext()
{
    QZapAuthenticator other(*m_context);
    callIn(Place::ProviderOfCall, [this, &other] {
        QVERIFY(other.start());
        m_authenticator->setWorkerThread(true);
        QVERIFY(!m_authenticator->start());
    });
    QCOMPARE(m_authenticator->error(), QZapAuthenticator::Error::AddressInUseError);
    QVERIFY(!m_authenticator->isRunning());
    other.stop();
    QVERIFY(m_authenticator->start());
    send();
    QCOMPARE(m_client->waitWithoutEventLoop().value(2), QByteArray("200"));
}

void tst_WorkerThreadSlots::callsWaitAcrossTheSwitch_data()
{
    QTest::addColumn<bool>("isInPrivateThreadFirst");
    QTest::addColumn<bool>("isAnswered");
    QTest::newRow("to the private thread, answered") << false << true;
    QTest::newRow("to the private thread, expired") << false << false;
    QTest::newRow("from the private thread, answered") << true << true;
    QTest::newRow("from the private thread, expired") << true << false;
}

// Calls are not ended by stop(), and their deadlines still apply.
void tst_WorkerThreadSlots::callsWaitAcrossTheSwitch()
{
    QFETCH(const bool, isInPrivateThreadFirst);
    QFETCH(const bool, isAnswered);
    m_authenticator->setDecisionTimeout(isAnswered ? 60'000 : 300);
    m_authenticator->setWorkerThread(isInPrivateThreadFirst);
    QVERIFY(m_authenticator->start());
    m_call = authenticate(u"asked"_s);
    QTRY_COMPARE(m_deferred.size(), 1);
    m_authenticator->stop();
    m_authenticator->setWorkerThread(!isInPrivateThreadFirst);
    QVERIFY(m_authenticator->start());
    QVERIFY(!isAnswered || !m_call.isFinished());
    if (isAnswered)
        QVERIFY(m_deferred.takeFirst().accept());
    QTRY_VERIFY(m_call.isFinished());
    QCOMPARE(m_call.result().status(),
             isAnswered ? QZap::Status::Success : QZap::Status::TemporaryError);
}

QTEST_GUILESS_MAIN(tst_WorkerThreadSlots)
#include "tst_workerthreadslots.moc"
