// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "logcollector.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qpointer.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>
#include <memory>
#include <thread>
#include <type_traits>

static_assert(std::is_constructible_v<QZapAuthenticator, zmq::context_t &>);
static_assert(!std::is_constructible_v<QZapAuthenticator, zmq::context_t *>,
              "a pointer to a context object is no handle");
static_assert(!std::is_copy_constructible_v<QZapAuthenticator>);

using Error = QZapAuthenticator::Error;

// A subclass with a configuration of its own.
class Configured : public QZapAuthenticator
{
    Q_OBJECT

public:
    using QZapAuthenticator::QZapAuthenticator;
    using QZapAuthenticator::reportError;
    using QZapAuthenticator::setConfigurationProblem;
    using QZapAuthenticator::setOnHold;
};

class tst_QZapAuthenticator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void startsAndStops();
    void refusesASecondHandler();
    void startsAgainAtOnce();
    void answersOnTheDefaultContext();
    void keepsItsContextWhileRunning();
    void refusesTheWrongThread();
    void needsAnEventLoop();
    void movesBeforeStart();
    void stopsWhenMovedWhileRunning();
    void reportsTermination();

    void answersAfterBadRequests_data();
    void answersAfterBadRequests();
    void answersRequestsQueuedBeforeStart();
    void answersQueuedRequestsWhenStopping();
    void distinguishesTemporaryAnswers();

    void emitsInOrder();
    void neverEmitsDuringACall();
    void emitsAfterStopInTheNextTurn();
    void emitsNothingAfterDestruction();
    void isDeletedInItsSlot();
    void isStoppedAndStartedInItsSlot();
    void survivesANestedEventLoop();
    void countsAndNotifies();

    void handlesRawMessages_data();
    void handlesRawMessages();
    void answersInItsOwnVersion_data();
    void answersInItsOwnVersion();
    void handlesRawMessagesWhileStopped();
    void evaluatesWithoutSideEffects();
    void evaluatesLikeARequest_data();
    void evaluatesLikeARequest();

    void asksForCurveUserIds();
    void refusesInvalidUserIds_data();
    void refusesInvalidUserIds();
    void userIdHookLocksDown();
    void userIdHookDeniesThePeer();
    void userIdHookRunsAnEventLoop();
    void userIdHookStops();
    void reportsDecisionsInAProvidersEventLoop();
    void survivesAThrowingUserIdHook();

    void encodesLatin1();
    void logsWithoutSecrets();
    void limitsTheLog();
    void logsTheFirstFallback();
    void refusesBadSettings();
    void subclassesRefuseToStart();
    void subclassesHoldRequests_data();
    void subclassesHoldRequests();

private:
    using Frames = QByteArrayList;

    static Frames plain(const QByteArray &user, const QByteArray &password)
    {
        return ZapClient::request("PLAIN", {user, password});
    }
    // Returns the status and user id of the answer to a raw request.
    static QByteArrayList ask(QZapAuthenticator &authenticator, const Frames &request)
    {
        const Frames reply = authenticator.handleZapMessage(request).result();
        return reply.isEmpty() ? QByteArrayList() : QByteArrayList{reply.at(2), reply.at(4)};
    }
    static bool configurePlain(QZapAuthenticator &authenticator,
                               const QString &domain = QStringLiteral("test"))
    {
        return authenticator.configurePlain(domain,
                                            {{QStringLiteral("bob"), QStringLiteral("secret")}});
    }

    std::unique_ptr<zmq::context_t> m_context;
};

void tst_QZapAuthenticator::init()
{
    expectConfigurationErrors();
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
}

void tst_QZapAuthenticator::cleanup()
{
    m_context.reset();
}

void tst_QZapAuthenticator::startsAndStops()
{
    QZapAuthenticator authenticator(*m_context);
    QSignalSpy running(&authenticator, &QZapAuthenticator::runningChanged);
    QCOMPARE(authenticator.context(), m_context->handle());
    QVERIFY(!authenticator.isRunning());
    authenticator.stop();
    QCOMPARE(running.count(), 0);
    QVERIFY(authenticator.start());
    QVERIFY(authenticator.isRunning());
    QCOMPARE(running.count(), 1);
    QVERIFY(authenticator.start());
    QCOMPARE(running.count(), 1);
    authenticator.stop();
    QVERIFY(!authenticator.isRunning());
    QCOMPARE(running.count(), 2);
    QVERIFY(authenticator.setProperty("running", true));
    QVERIFY(authenticator.isRunning());
    authenticator.setRunning(false);
    QVERIFY(!authenticator.isRunning());
    QCOMPARE(authenticator.error(), Error::NoError);
}

void tst_QZapAuthenticator::refusesASecondHandler()
{
    QZapAuthenticator first(*m_context);
    QVERIFY(first.start());
    QZapAuthenticator second(*m_context);
    QSignalSpy errors(&second, &QZapAuthenticator::errorOccurred);
    QSignalSpy changes(&second, &QZapAuthenticator::errorChanged);
    QVERIFY(!second.start());
    QVERIFY(!second.isRunning());
    QCOMPARE(second.error(), Error::AddressInUseError);
    QVERIFY(second.errorString().contains(QStringLiteral("Another ZAP handler is bound")));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(errors.first().at(0).value<Error>(), Error::AddressInUseError);
    QCOMPARE(errors.first().at(1).toString(), second.errorString());
    QCOMPARE(changes.count(), 1);

    first.stop();
    QVERIFY(second.start());
    QCOMPARE(second.error(), Error::NoError);
    QCOMPARE(second.errorString(), QString());
    QCOMPARE(changes.count(), 2);
}

void tst_QZapAuthenticator::startsAgainAtOnce()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    for (int i = 0; i < 200; ++i) {
        QVERIFY2(authenticator.start(), qPrintable(authenticator.errorString()));
        ZapClient client(*m_context);
        if (i % 2 == 0)
            client.send(plain("bob", "secret"));
        authenticator.stop();
    }
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    client.send(plain("bob", "secret"));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
}

void tst_QZapAuthenticator::answersOnTheDefaultContext()
{
    QZapAuthenticator authenticator;
    QCOMPARE(authenticator.context(), QZap::defaultContext());
    QVERIFY(authenticator.start());
    QZapAuthenticator second;
    QVERIFY(!second.start());
    QCOMPARE(second.error(), Error::AddressInUseError);
}

void tst_QZapAuthenticator::keepsItsContextWhileRunning()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.start());
    zmq::context_t other;
    QTest::ignoreMessage(QtWarningMsg,
                         "QZapAuthenticator::setContext: stop the authenticator first");
    QVERIFY(!authenticator.setContext(other));
    QCOMPARE(authenticator.context(), m_context->handle());
    authenticator.stop();
    QTest::ignoreMessage(QtWarningMsg, "QZapAuthenticator::setContext: the context is not usable");
    QVERIFY(!authenticator.setContext(static_cast<void *>(nullptr)));
    QVERIFY(authenticator.setContext(other));
    QCOMPARE(authenticator.context(), other.handle());
    QVERIFY(authenticator.start());
    authenticator.stop();
}

void tst_QZapAuthenticator::refusesTheWrongThread()
{
    QZapAuthenticator authenticator(*m_context);
    const auto elsewhere = [](auto function) {
        std::thread thread(function);
        thread.join();
    };
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("::start: must be called")));
    elsewhere([&] { QVERIFY(!authenticator.start()); });
    QVERIFY(!authenticator.isRunning());
    QVERIFY(authenticator.start());
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("::stop: must be called")));
    elsewhere([&] { authenticator.stop(); });
    QVERIFY(authenticator.isRunning());
}

void tst_QZapAuthenticator::needsAnEventLoop()
{
    std::thread thread([this] {
        QZapAuthenticator authenticator(*m_context);
        QVERIFY(!authenticator.start());
        QCOMPARE(authenticator.error(), Error::ConfigurationError);
        QVERIFY(authenticator.errorString().contains(QStringLiteral("no Qt event loop")));
    });
    thread.join();
}

void tst_QZapAuthenticator::movesBeforeStart()
{
    QThread thread;
    thread.start();
    auto *authenticator = new QZapAuthenticator(*m_context);
    QVERIFY(configurePlain(*authenticator));
    authenticator->moveToThread(&thread);
    QSemaphore decided;
    connect(
        authenticator, &QZapAuthenticator::decided, authenticator,
        [&] {
            QCOMPARE(QThread::currentThread(), &thread);
            decided.release();
        },
        Qt::DirectConnection);
    bool started = false;
    QMetaObject::invokeMethod(
        authenticator, [&] { started = authenticator->start(); }, Qt::BlockingQueuedConnection);
    QVERIFY(started);
    ZapClient client(*m_context);
    client.send(plain("bob", "secret"));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
    QVERIFY(decided.tryAcquire(1, 5000));
    QMetaObject::invokeMethod(
        authenticator, [&] { delete authenticator; }, Qt::BlockingQueuedConnection);
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_QZapAuthenticator::stopsWhenMovedWhileRunning()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.start());
    QThread thread;
    QTest::ignoreMessage(QtWarningMsg,
                         "QZapAuthenticator: moved to another thread while running; it is stopped");
    authenticator.moveToThread(&thread);
    QVERIFY(!authenticator.isRunning());
    QZapAuthenticator other(*m_context);
    QVERIFY(other.start());
}

void tst_QZapAuthenticator::reportsTermination()
{
    QZapAuthenticator authenticator(*m_context);
    QSignalSpy running(&authenticator, &QZapAuthenticator::runningChanged);
    QVERIFY(authenticator.start());
    QCoreApplication::processEvents();
    m_context->shutdown();
    QTRY_VERIFY(!authenticator.isRunning());
    QCOMPARE(running.count(), 2);
    QCOMPARE(authenticator.error(), Error::ContextError);
    QVERIFY(!authenticator.start());
    QCOMPARE(authenticator.error(), Error::ContextError);
}

void tst_QZapAuthenticator::answersAfterBadRequests_data()
{
    QTest::addColumn<QByteArrayList>("frames"); // behind the routing id
    QTest::addColumn<QByteArray>("status");     // empty: dropped
    const auto with = [](const QByteArrayList &request) { return QByteArrayList{""} + request; };
    QTest::newRow("wrong version") << with({"1.1", "1", "", "", "", "NULL"}) << QByteArray("400");
    QTest::newRow("2 frames") << with({"1.0", "1"}) << QByteArray("400");
    QTest::newRow("5 frames") << with({"1.0", "1", "", "", ""}) << QByteArray("400");
    QTest::newRow("unknown mechanism") << with(ZapClient::request("MAGIC")) << QByteArray("400");
    QTest::newRow("wrong count") << with(ZapClient::request("PLAIN", {"bob"})) << QByteArray("400");
    QTest::newRow("short key") << with(ZapClient::request("CURVE", {"key"})) << QByteArray("400");
    QTest::newRow("1 frame") << with({"1.0"}) << QByteArray();
    QTest::newRow("nothing after the delimiter") << QByteArrayList{""} << QByteArray();
    QTest::newRow("no delimiter") << QByteArrayList{"1.0"} << QByteArray();
    QTest::newRow("rubbish of 1 MB") << QByteArrayList{QByteArray(1000000, 'x')} << QByteArray();
    QTest::newRow("many frames") << QByteArrayList(1000, "x") << QByteArray();
}

void tst_QZapAuthenticator::answersAfterBadRequests()
{
    QFETCH(const QByteArrayList, frames);
    QFETCH(const QByteArray, status);
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.start());
    ZapClient bad(*m_context);
    ZapClient good(*m_context);
    bad.sendRaw(frames);
    good.send(plain("bob", "secret"));
    QCOMPARE(good.waitForReply().value(2), QByteArray("200"));
    if (status.isEmpty()) {
        QTRY_COMPARE(authenticator.droppedCount(), 1);
        QCOMPARE(authenticator.rejectedCount(), 0);
        QVERIFY(!bad.receive());
    } else {
        QCOMPARE(bad.waitForReply().value(2), status);
        QCOMPARE(authenticator.droppedCount(), 0);
        QCOMPARE(authenticator.rejectedCount(), 1);
    }
    QCOMPARE(authenticator.acceptedCount(), 1);
}

void tst_QZapAuthenticator::answersRequestsQueuedBeforeStart()
{
    ZapClient client(*m_context); // connects before the handler binds
    client.send(plain("bob", "secret"));
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.start());
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
}

void tst_QZapAuthenticator::answersQueuedRequestsWhenStopping()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    for (int i = 0; i < 200; ++i)
        client.send(plain("bob", "secret"));
    authenticator.stop();
    for (int i = 0; i < 200; ++i)
        QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QCOMPARE(authenticator.temporaryCount(), 200);
    QCOMPARE(authenticator.acceptedCount(), 0);
}

// 300 holds a connection, 000 ends it; for the program, both are temporary.
void tst_QZapAuthenticator::distinguishesTemporaryAnswers()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.maximumHeldConnections() > 0);
    authenticator.setMaximumHeldConnections(2);
    authenticator.setLockdown(true);
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    for (const char *status : {"300", "300", "000", "000"}) {
        client.send(plain("bob", "secret"));
        QCOMPARE(client.waitForReply().value(2), QByteArray(status));
    }
    QTRY_COMPARE(decided.count(), 4);
    for (const QList<QVariant> &arguments : decided) {
        QCOMPARE(arguments.at(1).value<QZapReply>().status(), QZap::Status::TemporaryError);
    }
    QCOMPARE(authenticator.temporaryCount(), 4);
    // libzmq lets a GSSAPI peer in with any valid status.
    authenticator.setLockdown(false);
    QVERIFY(authenticator.configureGssapi(QStringLiteral("test"), {QStringLiteral("bob@A")}));
    client.send(ZapClient::request("GSSAPI", {"eve@A"}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("000"));
    client.send(ZapClient::request("GSSAPI", {"bob@A"}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
    client.send(ZapClient::request("GSSAPI"));
    QCOMPARE(client.waitForReply().value(2), QByteArray("000"));
}

void tst_QZapAuthenticator::emitsInOrder()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QStringList events;
    connect(&authenticator, &QZapAuthenticator::decided, this,
            [&](const QZapRequest &request, const QZapReply &reply) {
                events += QStringLiteral("decided %1 %2")
                              .arg(request.userName())
                              .arg(static_cast<int>(reply.status()));
                QCOMPARE(authenticator.acceptedCount() + authenticator.rejectedCount(), 3);
            });
    connect(&authenticator, &QZapAuthenticator::authenticated, this,
            [&](const QString &userId, const QZapRequest &request) {
                events += QStringLiteral("authenticated ") + userId;
                QCOMPARE(request.domain(), QStringLiteral("test"));
                QCOMPARE(request.address(), QStringLiteral("127.0.0.1"));
                QCOMPARE(request.mechanism(), QZap::Mechanism::Plain);
                QVERIFY(request.timestamp().isValid());
                QCOMPARE(request.timestamp().timeSpec(), Qt::UTC);
            });
    connect(&authenticator, &QZapAuthenticator::rejected, this,
            [&](const QString &userId, const QString &reason) {
                events += QStringLiteral("rejected ") + userId;
                QVERIFY(!reason.isEmpty());
            });
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    client.send(plain("eve", "x"));
    client.send(plain("bob", "secret"));
    client.send(plain("bob", "Secret"));
    QTRY_COMPARE(
        events, QStringList({QStringLiteral("decided eve 400"), QStringLiteral("rejected eve"),
                             QStringLiteral("decided bob 200"), QStringLiteral("authenticated bob"),
                             QStringLiteral("decided bob 400"), QStringLiteral("rejected bob")}));
}

void tst_QZapAuthenticator::neverEmitsDuringACall()
{
    QZapAuthenticator authenticator(*m_context);
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    QSignalSpy counted(&authenticator, &QZapAuthenticator::rejectedCountChanged);
    ask(authenticator, plain("eve", "x"));
    QCOMPARE(authenticator.rejectedCount(), 1);
    QCOMPARE(decided.count(), 0);
    QCOMPARE(counted.count(), 0);
    QCoreApplication::processEvents();
    QCOMPARE(decided.count(), 1);
    QCOMPARE(counted.count(), 1);

    // A slot that is connected between two calls receives the second.
    QSignalSpy late(&authenticator, &QZapAuthenticator::rejected);
    ask(authenticator, plain("eve", "x"));
    QCoreApplication::processEvents();
    QCOMPARE(late.count(), 1);
}

void tst_QZapAuthenticator::emitsAfterStopInTheNextTurn()
{
    QZapAuthenticator authenticator(*m_context);
    QSignalSpy rejected(&authenticator, &QZapAuthenticator::rejected);
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    client.send(plain("bob", "secret"));
    authenticator.stop();
    QCOMPARE(rejected.count(), 0);
    QCoreApplication::processEvents();
    QCOMPARE(rejected.count(), 1);
    QCOMPARE(rejected.first().at(1).toString(), QStringLiteral("The authenticator is stopping"));
}

void tst_QZapAuthenticator::emitsNothingAfterDestruction()
{
    auto authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    QSignalSpy decided(authenticator.get(), &QZapAuthenticator::decided);
    QVERIFY(authenticator->start());
    ZapClient client(*m_context);
    client.send(plain("bob", "secret"));
    ask(*authenticator, plain("bob", "secret"));
    authenticator.reset();
    QCoreApplication::processEvents();
    QCOMPARE(decided.count(), 0);
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
}

void tst_QZapAuthenticator::isDeletedInItsSlot()
{
    using Connect = std::function<void(QZapAuthenticator *, std::function<void()>)>;
    const QList<Connect> signalsToTry{
        [](QZapAuthenticator *a, auto f) { connect(a, &QZapAuthenticator::decided, a, f); },
        [](QZapAuthenticator *a, auto f) { connect(a, &QZapAuthenticator::rejected, a, f); },
        [](QZapAuthenticator *a, auto f) {
            connect(a, &QZapAuthenticator::rejectedCountChanged, a, f);
        },
    };
    for (const Connect &connectTo : signalsToTry) {
        auto *authenticator = new QZapAuthenticator(*m_context);
        const QPointer<QZapAuthenticator> guard(authenticator);
        connectTo(authenticator, [authenticator] { delete authenticator; });
        QVERIFY(authenticator->start());
        ZapClient client(*m_context);
        for (int i = 0; i < 200; ++i)
            client.send(plain("bob", "secret"));
        QTRY_VERIFY(!guard);
    }
    // In the slots of errors, which are emitted during a call.
    auto *authenticator = new QZapAuthenticator(*m_context);
    const QPointer<QZapAuthenticator> guard(authenticator);
    connect(authenticator, &QZapAuthenticator::errorOccurred, authenticator,
            [authenticator] { delete authenticator; });
    QVERIFY(!authenticator->allow(QStringLiteral("nonsense")));
    QVERIFY(!guard);
}

void tst_QZapAuthenticator::isStoppedAndStartedInItsSlot()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    int restarts = 0;
    connect(&authenticator, &QZapAuthenticator::decided, this, [&] {
        authenticator.stop();
        QVERIFY(authenticator.start());
        ++restarts;
    });
    QVERIFY(authenticator.start());
    for (int i = 1; i <= 20; ++i) {
        ZapClient client(*m_context);
        client.send(plain("bob", "secret"));
        QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
        QTRY_COMPARE(restarts, i);
    }
}

void tst_QZapAuthenticator::survivesANestedEventLoop()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QList<int> order;
    ZapClient other(*m_context);
    connect(&authenticator, &QZapAuthenticator::decided, this, [&](const QZapRequest &request) {
        const int number = request.identity().toInt();
        order.append(number);
        if (number != 0)
            return;
        QByteArrayList late = plain("bob", "secret");
        late[4] = "1000";
        other.send(late);
        QCOMPARE(other.waitForReply().value(2), QByteArray("200"));
    });
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    for (int i = 0; i < 100; ++i) {
        QByteArrayList request = plain("bob", "secret");
        request[4] = QByteArray::number(i);
        client.send(request);
    }
    QTRY_COMPARE(order.size(), 101);
    QVERIFY(order.contains(1000));
    order.removeOne(1000);
    for (int i = 0; i < 100; ++i)
        QCOMPARE(order.at(i), i);
}

void tst_QZapAuthenticator::countsAndNotifies()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QSignalSpy accepted(&authenticator, &QZapAuthenticator::acceptedCountChanged);
    QSignalSpy rejected(&authenticator, &QZapAuthenticator::rejectedCountChanged);
    QSignalSpy temporary(&authenticator, &QZapAuthenticator::temporaryCountChanged);
    QSignalSpy dropped(&authenticator, &QZapAuthenticator::droppedCountChanged);
    ask(authenticator, plain("bob", "secret"));
    ask(authenticator, plain("bob", "secret"));
    ask(authenticator, plain("bob", "x"));
    ask(authenticator, {});
    authenticator.setLockdown(true);
    ask(authenticator, plain("bob", "secret"));
    QCoreApplication::processEvents();
    QTRY_COMPARE(authenticator.acceptedCount(), 2);
    QCOMPARE(authenticator.rejectedCount(), 1);
    QCOMPARE(authenticator.temporaryCount(), 1);
    QCOMPARE(authenticator.droppedCount(), 1);
    for (const QSignalSpy *spy : {&accepted, &rejected, &temporary, &dropped})
        QCOMPARE(spy->count(), 1); // once per turn
}

void tst_QZapAuthenticator::handlesRawMessages_data()
{
    QTest::addColumn<QByteArrayList>("request");
    QTest::addColumn<QByteArrayList>("reply");
    QTest::newRow("accepted") << plain("bob", "secret")
                              << QByteArrayList{"1.0", "1", "200", "OK", "bob", ""};
    QTest::newRow("refused") << plain(
        "bob", "wrong") << QByteArrayList{"1.0", "1", "400", "The user name or password is wrong",
                                          "",    ""};
    QTest::newRow("the request id is echoed")
        << QByteArrayList{"1.0", "a\0b", "", "", "", "X"}
        << QByteArrayList{"1.0", "a\0b", "400", "The mechanism is unknown", "", ""};
    QTest::newRow("wrong version, answered in ours")
        << QByteArrayList{"9.9", "1"}
        << QByteArrayList{"1.0", "1", "400", "The ZAP version is not 1.0", "", ""};
    QTest::newRow("one frame") << QByteArrayList{"1.0"} << QByteArrayList{};
    QTest::newRow("nothing") << QByteArrayList{} << QByteArrayList{};
}

void tst_QZapAuthenticator::handlesRawMessages()
{
    QFETCH(const QByteArrayList, request);
    QFETCH(const QByteArrayList, reply);
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    const QFuture<QByteArrayList> future = authenticator.handleZapMessage(request);
    QVERIFY(future.isFinished());
    QCOMPARE(future.result(), reply);
}

void tst_QZapAuthenticator::answersInItsOwnVersion_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("1.1") << QByteArray("1.1");
    QTest::newRow("2.0") << QByteArray("2.0");
    QTest::newRow("long") << QByteArray(100000, '1');
    QTest::newRow("binary") << QByteArray("\xff\0\n\x80", 4);
}

void tst_QZapAuthenticator::answersInItsOwnVersion()
{
    QFETCH(const QByteArray, version);
    const QByteArrayList refusal{"1.0", "1", "400", "The ZAP version is not 1.0", "", ""};
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    QByteArrayList request = plain("bob", "secret");
    request[0] = version;
    // The version and the request id are sufficient for an answer.
    for (const QByteArrayList &frames : {request, QByteArrayList(request.first(2))}) {
        QCOMPARE(authenticator.handleZapMessage(frames).result(), refusal);
        client.send(frames);
        QCOMPARE(client.waitForReply(), refusal);
    }
    QCOMPARE(authenticator.handleZapMessage({version}).result(), QByteArrayList());
    client.send({version});
    QTRY_COMPARE(authenticator.droppedCount(), 2);
    QVERIFY(!client.receive());
}

void tst_QZapAuthenticator::handlesRawMessagesWhileStopped()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QCOMPARE(ask(authenticator, plain("bob", "secret")), QByteArrayList({"200", "bob"}));
    QVERIFY(authenticator.start());
    QCOMPARE(ask(authenticator, plain("bob", "secret")), QByteArrayList({"200", "bob"}));
    authenticator.stop();
    QCOMPARE(ask(authenticator, plain("bob", "secret")), QByteArrayList({"200", "bob"}));
    QCOMPARE(authenticator.acceptedCount(), 3);
}

void tst_QZapAuthenticator::evaluatesWithoutSideEffects()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    authenticator.setMaximumHeldConnections(1);
    authenticator.setLockdown(true);
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    const QZapCredentials bob = QZapCredentials::plain(QStringLiteral("bob"), "secret");
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(
            authenticator.evaluate(QStringLiteral("test"), QStringLiteral("::1"), bob).status(),
            QZap::Status::TemporaryError);
    }
    QCoreApplication::processEvents();
    QCOMPARE(decided.count(), 0);
    QCOMPARE(authenticator.temporaryCount(), 0);
    QCOMPARE(ask(authenticator, plain("bob", "secret")).value(0), QByteArray("300"));
}

void tst_QZapAuthenticator::evaluatesLikeARequest_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<QZap::Status>("status");
    QTest::addColumn<QString>("userId");

    const QString test = QStringLiteral("test");
    const QString here = QStringLiteral("127.0.0.1");
    const auto bob = QZapCredentials::plain(QStringLiteral("bob"), "secret");
    const QByteArray key(32, 'k');
    QTest::newRow("accepted") << test << here << bob << QZap::Status::Success
                              << QStringLiteral("bob");
    QTest::newRow("wrong password")
        << test << here << QZapCredentials::plain(QStringLiteral("bob"), "x")
        << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("other domain") << QStringLiteral("other") << here << bob
                                  << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("denied address") << test << QStringLiteral("10.0.0.1") << bob
                                    << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("no address") << test << QString() << bob << QZap::Status::AuthenticationFailure
                                << QString();
    QTest::newRow("long domain") << QString(256, u'x') << here << bob
                                 << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("any key") << test << here << QZapCredentials::curve(key) << QZap::Status::Success
                             << QZapCertificate::fromPublicKey(
                                    "w&h3jw&h3jw&h3jw&h3jw&h3jw&h3jw&h3jw&h3j")
                                    .value_or(QZapCertificate())
                                    .publicKeyText();
    QTest::newRow("short key") << test << here << QZapCredentials::curve("key")
                               << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("NULL in a domain with others")
        << test << here << QZapCredentials::null() << QZap::Status::AuthenticationFailure
        << QString();
    QTest::newRow("NULL without any configuration")
        << QString() << here << QZapCredentials::null() << QZap::Status::Success
        << QStringLiteral("anonymous");
    QTest::newRow("GSSAPI without any configuration")
        << QStringLiteral("free") << here << QZapCredentials::gssapi(QStringLiteral("a@B"))
        << QZap::Status::Success << QStringLiteral("a@B");
    QTest::newRow("unknown mechanism")
        << test << here << QZapCredentials() << QZap::Status::AuthenticationFailure << QString();
}

void tst_QZapAuthenticator::evaluatesLikeARequest()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, address);
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const QZap::Status, status);
    QFETCH(const QString, userId);
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.deny(QStringLiteral("10.0.0.0/8")));
    const QZapReply reply = authenticator.evaluate(domain, address, credentials);
    QCOMPARE(reply.status(), status);
    if (QLatin1StringView(QTest::currentDataTag()) == QLatin1StringView("any key"))
        QCOMPARE(reply.userId().size(), 40);
    else
        QCOMPARE(reply.userId(), userId);
}

namespace {

class NamingAuthenticator : public QZapAuthenticator
{
public:
    using QZapAuthenticator::QZapAuthenticator;
    QString curveUserId(const QByteArray &publicKey) const override
    {
        ++asked;
        lastKey = publicKey;
        if (throws)
            throw std::runtime_error("no");
        if (asked == hookedAt)
            hook();
        return name;
    }
    QString name = QStringLiteral("alice");
    bool throws = false;
    mutable int asked = 0;
    int hookedAt = 0;
    std::function<void()> hook;
    mutable QByteArray lastKey;
};

} // namespace

void tst_QZapAuthenticator::asksForCurveUserIds()
{
    const QByteArray key(32, 'k');
    NamingAuthenticator authenticator(*m_context);
    const Frames request = ZapClient::request("CURVE", {key});
    QCOMPARE(ask(authenticator, request).value(0), QByteArray("400"));
    QCOMPARE(authenticator.asked, 0); // only on success
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QCOMPARE(ask(authenticator, request), QByteArrayList({"200", "alice"}));
    QCOMPARE(authenticator.asked, 1);
    QCOMPARE(authenticator.lastKey, key);

    QZapAuthenticator plainOne(*m_context);
    QVERIFY(plainOne.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QCOMPARE(ask(plainOne, request).value(1), plainOne.curveUserId(key).toLatin1());
    QCOMPARE(plainOne.curveUserId(key).size(), 40);
    // A refused peer is reported with its claimed user id.
    QSignalSpy rejected(&plainOne, &QZapAuthenticator::rejected);
    QVERIFY(plainOne.removeDomain(QStringLiteral("test"), QZap::Mechanism::Curve));
    ask(plainOne, request);
    QVERIFY(rejected.wait());
    QCOMPARE(rejected.first().at(0).toString(), plainOne.curveUserId(key));
}

void tst_QZapAuthenticator::refusesInvalidUserIds_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("empty is possible") << QString() << QByteArray("200");
    QTest::newRow("255 bytes") << QString(255, u'x') << QByteArray("200");
    QTest::newRow("256 bytes") << QString(128, QChar(0xe4)) << QByteArray("500");
    QTest::newRow("NUL") << QString(QChar(0)) << QByteArray("500");
    QTest::newRow("line break") << QStringLiteral("a\nb") << QByteArray("500");
}

void tst_QZapAuthenticator::refusesInvalidUserIds()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, status);
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    authenticator.name = name;
    const QByteArrayList reply =
        ask(authenticator, ZapClient::request("CURVE", {QByteArray(32, 'k')}));
    QCOMPARE(reply, QByteArrayList({status, status == "200" ? name.toUtf8() : QByteArray("")}));
}

namespace {

// A request with another number: a second request with the same return path replaces the first.
QByteArrayList numbered(int number)
{
    return ZapClient::request("CURVE", {QByteArray(32, 'k')}, "test", "127.0.0.1",
                              QByteArray::number(number));
}

} // namespace

// During a batch of received requests.
void tst_QZapAuthenticator::userIdHookLocksDown()
{
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    constexpr int Count = 8;
    authenticator.hookedAt = 5;
    authenticator.hook = [&] {
        for (int i = 1; i < authenticator.hookedAt; ++i) // accepted peers were answered before
            QCOMPARE(client.receive().value_or(Frames()).value(2), QByteArray("200"));
        authenticator.setLockdown(true);
    };
    for (int i = 0; i < Count; ++i)
        client.send(numbered(i));
    for (int i = authenticator.hookedAt; i <= Count; ++i)
        QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QTRY_COMPARE(authenticator.acceptedCount(), 4);
}

// The earlier user id is not reported for a peer that is refused now.
void tst_QZapAuthenticator::userIdHookDeniesThePeer()
{
    NamingAuthenticator authenticator(*m_context);
    QZapCurveDomain domain;
    domain.setName(QStringLiteral("test"));
    domain.setLocation(QLatin1StringView(QZap::CurveAllowAny));
    domain.setPublishedFields({QStringLiteral("Domain")});
    QVERIFY(authenticator.addDomain(&domain));
    QList<QZapReply> replies;
    connect(&authenticator, &QZapAuthenticator::decided, this,
            [&](const QZapRequest &, const QZapReply &reply) { replies.append(reply); });
    QVERIFY(authenticator.start());
    authenticator.hookedAt = 2;
    authenticator.hook = [&] { QVERIFY(authenticator.deny(QStringLiteral("127.0.0.1"))); };
    ZapClient client(*m_context);
    for (int i = 0; i < 2; ++i)
        client.send(numbered(i));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
    QCOMPARE(client.waitForReply(),
             QByteArrayList({"1.0", "1", "400", "The address is not allowed", "", ""}));
    QTRY_COMPARE(replies.size(), 2);
    QCOMPARE(replies.first().metadata().size(), 1);
    QCOMPARE(replies.last().metadata(), QVariantMap());
}

void tst_QZapAuthenticator::userIdHookRunsAnEventLoop()
{
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    QSignalSpy authenticated(&authenticator, &QZapAuthenticator::authenticated);
    constexpr int Count = 6;
    int repliesInside = 0;
    authenticator.hookedAt = 3;
    authenticator.hook = [&] {
        for (; repliesInside < Count - 1; ++repliesInside)
            QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
        QTRY_COMPARE(authenticated.count(), Count - 1);
    };
    for (int i = 0; i < Count; ++i)
        client.send(numbered(i));
    QTRY_COMPARE(authenticated.count(), Count);
    QCOMPARE(repliesInside, Count - 1);
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
}

void tst_QZapAuthenticator::userIdHookStops()
{
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    constexpr int Count = 6;
    authenticator.hookedAt = 3;
    authenticator.hook = [&] { authenticator.stop(); };
    for (int i = 0; i < Count; ++i)
        client.send(numbered(i));
    for (int i = 1; i <= Count; ++i) {
        QCOMPARE(client.waitForReply().value(2),
                 QByteArray(i < authenticator.hookedAt ? "200" : "300"));
    }
    QTRY_COMPARE(authenticator.acceptedCount(), 2);
    QCOMPARE(authenticator.temporaryCount(), 4);
}

// Like a modal window.
void tst_QZapAuthenticator::reportsDecisionsInAProvidersEventLoop()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureNull(QStringLiteral("test"), true));
    QZapCredentialsProvider provider;
    QVERIFY(authenticator.setCredentialsProvider(QStringLiteral("asked"), &provider));
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&](const QZapDecision &decision) {
                QTRY_COMPARE(decided.count(), 1);
                decision.accept();
            });
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    client.send(ZapClient::request("NULL", {}, "asked"));
    QTRY_COMPARE(decided.count(), 2);
}

void tst_QZapAuthenticator::survivesAThrowingUserIdHook()
{
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    authenticator.throws = true;
    ZapClient client(*m_context);
    client.send(ZapClient::request("CURVE", {QByteArray(32, 'k')}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    authenticator.throws = false;
    client.send(ZapClient::request("CURVE", {QByteArray(32, 'k')}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
}

void tst_QZapAuthenticator::encodesLatin1()
{
    QZapAuthenticator authenticator(*m_context);
    QCOMPARE(authenticator.encoding(), QZapAuthenticator::Encoding::Utf8);
    const QString domain = QStringLiteral("b\u00fcro");
    QVERIFY(authenticator.configurePlain(domain,
                                         {{QStringLiteral("j\u00f6rg"), QByteArray("gr\xfcn")}}));
    // Domains are always UTF-8.
    const Frames latin1 = ZapClient::request("PLAIN", {"j\xf6rg", "gr\xfcn"}, "b\xc3\xbcro");
    const Frames utf8 = ZapClient::request("PLAIN", {"j\xc3\xb6rg", "gr\xfcn"}, "b\xc3\xbcro");
    QCOMPARE(ask(authenticator, utf8), QByteArrayList({"200", "j\xc3\xb6rg"}));
    QCOMPARE(ask(authenticator, latin1).value(0), QByteArray("400"));

    QSignalSpy changed(&authenticator, &QZapAuthenticator::encodingChanged);
    authenticator.setEncoding(QZapAuthenticator::Encoding::Latin1);
    QCOMPARE(changed.count(), 1);
    QSignalSpy authenticated(&authenticator, &QZapAuthenticator::authenticated);
    QCOMPARE(ask(authenticator, latin1), QByteArrayList({"200", "j\xf6rg"}));
    QCOMPARE(ask(authenticator, utf8).value(0), QByteArray("400"));
    QVERIFY(authenticated.wait());
    QCOMPARE(authenticated.first().at(0).toString(), QStringLiteral("j\u00f6rg"));
    QCOMPARE(authenticated.first().at(1).value<QZapRequest>().domain(), domain);
    const auto credentials = QZapCredentials::plain(QStringLiteral("j\u00f6rg"), "gr\xfcn");
    QCOMPARE(authenticator.evaluate(domain, {}, credentials).status(), QZap::Status::Success);
    QCOMPARE(authenticator
                 .evaluate(domain, {}, QZapCredentials::plain(QStringLiteral("\u20ac"), "gr\xfcn"))
                 .status(),
             QZap::Status::AuthenticationFailure);
}

void tst_QZapAuthenticator::logsWithoutSecrets()
{
    QZapAuthenticator authenticator(*m_context);
    QCOMPARE(authenticator.loggingCategory(), QStringLiteral("qzap"));
    authenticator.setLoggingCategory(QStringLiteral("my.zap"));
    QLoggingCategory::setFilterRules(QStringLiteral("my.zap.debug=true"));
    LogCollector log;
    QVERIFY(authenticator.configurePlain(QStringLiteral("test"),
                                         {{QStringLiteral("bob"), QStringLiteral("hunter2")}}));
    QVERIFY(!authenticator.configurePlain(
        QStringLiteral("test"), {{QStringLiteral("anonymous"), QStringLiteral("hunter3")}}));
    ask(authenticator, plain("bob", "hunter2"));
    ask(authenticator, plain("bob", "hunter4"));
    ask(authenticator, ZapClient::request("PLAIN", {"bob", "hunter5", "hunter6"}));
    Frames forged = plain("eve", "x");
    forged[3] = "1.2.3.4\nqzap: Accepted \"root\"";
    ask(authenticator, forged);
    QCoreApplication::processEvents();
    QLoggingCategory::setFilterRules(QString());

    const QString all = log.lines().join(u'\n');
    QVERIFY2(!all.contains(QStringLiteral("hunter")), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("my.zap: Accepted PLAIN peer \"bob\" from \"127.0.0.1\" "
                                         "in domain \"test\"")),
             qPrintable(all));
    QVERIFY(all.contains(QStringLiteral("my.zap: Refused PLAIN peer \"bob\"")));
    const QStringList lines = log.lines();
    for (const QString &line : lines)
        QVERIFY(!line.contains(u'\n'));
}

void tst_QZapAuthenticator::limitsTheLog()
{
    QZapAuthenticator authenticator(*m_context);
    LogCollector log;
    for (int i = 0; i < 500; ++i)
        ask(authenticator, plain("eve", "x"));
    QCoreApplication::processEvents();
    // The requests may extend into another second.
    QVERIFY2(log.lines().size() >= 10 && log.lines().size() <= 50,
             qPrintable(QString::number(log.lines().size())));
    const auto summaries = [&] {
        return log.lines().filter(QStringLiteral("more refusals were not logged"));
    };
    QTRY_VERIFY(!summaries().isEmpty());
    // Acceptances are disabled by default.
    QVERIFY(configurePlain(authenticator));
    log.clear();
    ask(authenticator, plain("bob", "secret"));
    QCoreApplication::processEvents();
    QVERIFY(log.lines().filter(QStringLiteral("Accepted")).isEmpty());
}

void tst_QZapAuthenticator::logsTheFirstFallback()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator, QZap::AnyDomain));
    LogCollector log;
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(ask(authenticator, plain("bob", "secret")).value(0), QByteArray("200"));
        QCoreApplication::processEvents();
    }
    QCOMPARE(log.lines(),
             QStringList(QStringLiteral("qzap: Domain \"test\" has no configuration of its own: "
                                        "\"*\" applies to it")));
}

void tst_QZapAuthenticator::refusesBadSettings()
{
    QZapAuthenticator authenticator(*m_context);
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    const int held = authenticator.maximumHeldConnections();
    authenticator.setMaximumHeldConnections(-1);
    QCOMPARE(authenticator.maximumHeldConnections(), held);
    QCOMPARE(errors.count(), 1);
    QVERIFY(!authenticator.start());
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QVERIFY(authenticator.errorString().contains(QStringLiteral("maximumHeldConnections")));
    authenticator.setMaximumHeldConnections(0);
    authenticator.setLoggingCategory(QString());
    QCOMPARE(authenticator.loggingCategory(), QStringLiteral("qzap"));
    QVERIFY(!authenticator.start());
    authenticator.setLoggingCategory(QStringLiteral("x"));
    QVERIFY(authenticator.start());
    QCOMPARE(authenticator.error(), Error::NoError);
    // While running, the previous value simply remains.
    QTest::ignoreMessage(QtWarningMsg, "maximumHeldConnections: -1 is less than 0");
    authenticator.setMaximumHeldConnections(-1);
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QCOMPARE(authenticator.maximumHeldConnections(), 0);
    authenticator.stop();
    QVERIFY(authenticator.start());
}

void tst_QZapAuthenticator::subclassesRefuseToStart()
{
    Configured authenticator(*m_context);
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    authenticator.setConfigurationProblem(QStringLiteral("line 5"));
    QCOMPARE(errors.count(), 0);
    QVERIFY(!authenticator.start());
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QCOMPARE(authenticator.errorString(), QStringLiteral("line 5"));
    QCOMPARE(errors.count(), 1);
    authenticator.setConfigurationProblem({});
    QVERIFY(authenticator.start());
    authenticator.setConfigurationProblem(QStringLiteral("line 6"));
    QVERIFY(authenticator.isRunning());
    authenticator.reportError(Error::FileError, QStringLiteral("no file"));
    QCOMPARE(authenticator.error(), Error::FileError);
    QCOMPARE(errors.count(), 2);
}

void tst_QZapAuthenticator::subclassesHoldRequests_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_QZapAuthenticator::subclassesHoldRequests()
{
    QFETCH(const bool, workerThread);
    Configured authenticator(*m_context);
    authenticator.setWorkerThread(workerThread);
    authenticator.setOnHold(true);
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(authenticator.pendingCount(), 1);
    QCOMPARE(authenticator.evaluate(QStringLiteral("test"), {}, QZapCredentials::null()).status(),
             QZap::Status::TemporaryError);
    authenticator.configureNull(QStringLiteral("test"), false);
    QVERIFY(!client.receive());
    authenticator.setOnHold(false);
    QCOMPARE(client.waitForReply().value(2), "400");
    QCOMPARE(authenticator.pendingCount(), 0);
    // Lockdown turns waiting peers away.
    authenticator.setOnHold(true);
    client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(authenticator.pendingCount(), 1);
    authenticator.setLockdown(true);
    QCOMPARE(client.waitForReply().value(2), "300");
}

QTEST_GUILESS_MAIN(tst_QZapAuthenticator)
#include "tst_qzapauthenticator.moc"
