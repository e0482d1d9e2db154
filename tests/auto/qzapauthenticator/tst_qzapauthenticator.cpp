// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

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

// Tests starting and stopping, threads, and settings.
class tst_QZapAuthenticator : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void startsAndStops();
    void refusesASecondHandler();
    void startsAgainAtOnce();
    void answersOnTheDefaultContext();
    void keepsItsContextWhileRunning();
    void reportsTheEndOfItsContext();

    void refusesCallsFromAnotherThread();
    void needsAnEventLoop();
    void movesToAThreadBeforeStart();
    void stopsWhenMovedWhileRunning();

    void comparesInTheChosenEncoding();
    void refusesInvalidSettings();
    void subclassCanRefuseToStart();
    void subclassCanHoldRequests_data();
    void subclassCanHoldRequests();
};

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

void tst_QZapAuthenticator::reportsTheEndOfItsContext()
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

void tst_QZapAuthenticator::refusesCallsFromAnotherThread()
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

void tst_QZapAuthenticator::movesToAThreadBeforeStart()
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

void tst_QZapAuthenticator::comparesInTheChosenEncoding()
{
    QZapAuthenticator authenticator(*m_context);
    QCOMPARE(authenticator.encoding(), QZapAuthenticator::Encoding::Utf8);
    const QString domain = QStringLiteral("b\u00fcro");
    QVERIFY(authenticator.configurePlain(domain,
                                         {{QStringLiteral("j\u00f6rg"), QByteArray("gr\xfcn")}}));
    // Domain names are always in UTF-8.
    const QByteArrayList latin1 =
        ZapClient::request("PLAIN", {"j\xf6rg", "gr\xfcn"}, "b\xc3\xbcro");
    const QByteArrayList utf8 =
        ZapClient::request("PLAIN", {"j\xc3\xb6rg", "gr\xfcn"}, "b\xc3\xbcro");
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

void tst_QZapAuthenticator::refusesInvalidSettings()
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
    // While the authenticator is running, the previous value remains in force.
    QTest::ignoreMessage(QtWarningMsg, "maximumHeldConnections: -1 is less than 0");
    authenticator.setMaximumHeldConnections(-1);
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QCOMPARE(authenticator.maximumHeldConnections(), 0);
    authenticator.stop();
    QVERIFY(authenticator.start());
}

void tst_QZapAuthenticator::subclassCanRefuseToStart()
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

void tst_QZapAuthenticator::subclassCanHoldRequests_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_QZapAuthenticator::subclassCanHoldRequests()
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
    // Setting lockdown turns the waiting peers away.
    authenticator.setOnHold(true);
    client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(authenticator.pendingCount(), 1);
    authenticator.setLockdown(true);
    QCOMPARE(client.waitForReply().value(2), "300");
}

QTEST_GUILESS_MAIN(tst_QZapAuthenticator)
#include "tst_qzapauthenticator.moc"
