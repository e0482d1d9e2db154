// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "logcollector.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qhash.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

using namespace Qt::StringLiterals;

// Tests that an authenticator closes when the event loop of its thread ends, and resumes with the
// next one.
class tst_EventLoopEnd : public QObject
{
    Q_OBJECT

public:
    tst_EventLoopEnd(int &argc, char **argv)
        : m_argc(argc)
        , m_argv(argv)
    { }

private Q_SLOTS:
    void init();
    void cleanup();

    void applicationIsReplaced_data();
    void applicationIsReplaced();
    void threadIsStartedAgain_data();
    void threadIsStartedAgain();
    void anotherExec();
    void showsFormerDecisions();
    void logsTheEndWhileRunning_data();
    void logsTheEndWhileRunning();
    void logsNothingForChildrenOfTheApplication();

private:
    void startApplication() { m_application = std::make_unique<QCoreApplication>(m_argc, m_argv); }
    // Configures a key directory with alice, a user with a hashed password, and a provider that
    // defers.
    void configure(QZapAuthenticator &authenticator);
    // Sends a request and returns its id.
    QByteArray send(ZapClient &client, const QByteArray &domain, const QByteArray &mechanism,
                    const QByteArrayList &credentials = {});
    // Returns the status of the reply to this request.
    QByteArray waitFor(ZapClient &client, const QByteArray &id);
    QByteArray ask(ZapClient &client, const QByteArray &domain, const QByteArray &mechanism,
                   const QByteArrayList &credentials)
    {
        return waitFor(client, send(client, domain, mechanism, credentials));
    }
    void verifyAnswers(ZapClient &client);

    int &m_argc;
    char **m_argv;
    std::unique_ptr<QCoreApplication> m_application;
    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    QZapCertificate m_alice;
    QList<QZapDecision> m_deferred;
    QHash<QByteArray, QByteArray> m_replies; // statuses by request id
    int m_saved = 0;
    int m_lastId = 0;
};

void tst_EventLoopEnd::init()
{
    startApplication();
    m_context = std::make_unique<zmq::context_t>();
    m_directory = std::make_unique<QTemporaryDir>();
    m_provider = std::make_unique<QZapCredentialsProvider>();
    connect(m_provider.get(), &QZapCredentialsProvider::authenticating, m_provider.get(),
            [this](const QZapDecision &decision) {
                decision.defer(200); // hashes may take longer on a busy machine
                m_deferred = {decision};
            });
    m_alice = QZapCertificate::generate();
}

void tst_EventLoopEnd::cleanup()
{
    m_deferred.clear();
    m_replies.clear();
    m_provider.reset();
    m_context.reset();
    m_application.reset();
}

void tst_EventLoopEnd::configure(QZapAuthenticator &authenticator)
{
    QVERIFY(authenticator.configureNull(u"open"_s, true));
    QVERIFY(m_alice.save(m_directory->path(), u"alice"_s));
    QVERIFY(authenticator.configureCurve(u"keys"_s, m_directory->path()));
    QZapPasswordFile users;
    users.setHashMemory(1);
    QVERIFY(users.setPassword(u"bob"_s, "secret"));
    const QString file = m_directory->filePath(u"users"_s);
    QVERIFY(users.save(file));
    QVERIFY(authenticator.configurePlainFile(u"users"_s, file));
    QVERIFY(authenticator.setCredentialsProvider(u"asked"_s, m_provider.get()));
}

QByteArray tst_EventLoopEnd::send(ZapClient &client, const QByteArray &domain,
                                  const QByteArray &mechanism, const QByteArrayList &credentials)
{
    QByteArray id = QByteArray::number(++m_lastId);
    client.send(ZapClient::request(mechanism, credentials, domain, "127.0.0.1", id));
    return id;
}

QByteArray tst_EventLoopEnd::waitFor(ZapClient &client, const QByteArray &id)
{
    const auto receive = [&] {
        while (const auto reply = client.receive())
            m_replies.insert(reply->value(1), reply->value(2));
        return m_replies.contains(id);
    };
    (void)QTest::qWaitFor(receive);
    return m_replies.value(id);
}

// Sends requests that need sockets, posted events, timers, threads and files, all of which depend
// on the event loop.
void tst_EventLoopEnd::verifyAnswers(ZapClient &client)
{
    QCOMPARE(ask(client, "open", "NULL", {}), QByteArray("200"));
    QCOMPARE(ask(client, "keys", "CURVE", {m_alice.publicKey()}), QByteArray("200"));
    // A wrong password is not remembered, but checked again.
    QCOMPARE(ask(client, "users", "PLAIN", {"bob", "wrong"}), QByteArray("400"));
    QCOMPARE(ask(client, "asked", "NULL", {}), QByteArray("300"));
    const QZapCertificate other = QZapCertificate::generate();
    QVERIFY(other.save(m_directory->path(), u"key%1"_s.arg(++m_saved)));
    QTRY_COMPARE(ask(client, "keys", "CURVE", {other.publicKey()}), QByteArray("200"));
}

void tst_EventLoopEnd::applicationIsReplaced_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_EventLoopEnd::applicationIsReplaced()
{
    QFETCH(const bool, workerThread);
    QZapAuthenticator authenticator(*m_context);
    configure(authenticator);
    authenticator.setWorkerThread(workerThread);
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    verifyAnswers(client);
    for (int i = 0; i < 2; ++i) {
        const LogCollector log;
        // The loop ends during a request, a hash and a timer.
        const QByteArrayList before{send(client, "asked", "NULL"),
                                    send(client, "users", "PLAIN", {"bob", "unknown"})};
        QCoreApplication::processEvents();
        m_application.reset();
        QVERIFY(authenticator.isRunning());
        QCOMPARE(log.count(u"has ended"_s), workerThread ? 0 : 1);
        const QByteArray meanwhile = send(client, "open", "NULL");
        startApplication();
        QCOMPARE(waitFor(client, meanwhile), QByteArray("200"));
        for (const QByteArray &id : before)
            QVERIFY(!waitFor(client, id).isEmpty());
        // Everything is reported.
        const auto all = [&] {
            return authenticator.acceptedCount() + authenticator.rejectedCount()
                   + authenticator.temporaryCount();
        };
        QTRY_COMPARE(decided.count(), all());
        verifyAnswers(client);
        QCOMPARE(log.count(u"runs in the authenticator's thread again"_s), workerThread ? 0 : 1);
        QTRY_COMPARE(decided.count(), all());
    }
}

void tst_EventLoopEnd::threadIsStartedAgain_data()
{
    applicationIsReplaced_data();
}

void tst_EventLoopEnd::threadIsStartedAgain()
{
    QFETCH(const bool, workerThread);
    QThread thread;
    thread.start();
    auto *const authenticator = new QZapAuthenticator(*m_context);
    authenticator->moveToThread(&thread);
    m_provider->moveToThread(&thread);
    const auto there = [authenticator](auto function) {
        QMetaObject::invokeMethod(authenticator, function, Qt::BlockingQueuedConnection);
    };
    there([this, authenticator, workerThread] {
        configure(*authenticator);
        authenticator->setWorkerThread(workerThread);
        QVERIFY(authenticator->start());
    });
    ZapClient client(*m_context);
    verifyAnswers(client);
    for (int i = 0; i < 2; ++i) {
        const LogCollector log;
        const QByteArray before = send(client, "asked", "NULL");
        thread.quit();
        QVERIFY(thread.wait());
        QCOMPARE(log.count(u"has ended"_s), workerThread ? 0 : 1);
        const QByteArray meanwhile = send(client, "open", "NULL");
        thread.start();
        QCOMPARE(waitFor(client, meanwhile), QByteArray("200"));
        QVERIFY(!waitFor(client, before).isEmpty());
        verifyAnswers(client);
    }
    there([authenticator] { delete authenticator; });
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_EventLoopEnd::anotherExec()
{
    QZapAuthenticator authenticator(*m_context);
    configure(authenticator);
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    for (int i = 0; i < 3; ++i) {
        QTimer::singleShot(0, m_application.get(), &QCoreApplication::quit);
        QCoreApplication::exec();
        verifyAnswers(client);
    }
}

// The application is replaced before an activity model has shown the decision.
void tst_EventLoopEnd::showsFormerDecisions()
{
    QZapAuthenticator authenticator(*m_context);
    QZapActivityModel model;
    model.setAuthenticator(&authenticator);
    const QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    (void)authenticator.handleZapMessage(ZapClient::request("NULL"));
    while (decided.isEmpty())
        QCoreApplication::processEvents();
    QCOMPARE(model.rowCount(), 0);
    m_application.reset();
    startApplication();
    QTRY_COMPARE(model.rowCount(), 1);
}

void tst_EventLoopEnd::logsTheEndWhileRunning_data()
{
    QTest::addColumn<bool>("running");
    QTest::addColumn<bool>("defaultContext");
    QTest::addColumn<int>("count");
    QTest::newRow("running") << true << false << 1;
    QTest::newRow("stopped") << false << false << 0;
    QTest::newRow("default context, which nobody terminates") << true << true << 0;
}

void tst_EventLoopEnd::logsTheEndWhileRunning()
{
    QFETCH(const bool, running);
    QFETCH(const bool, defaultContext);
    QFETCH(const int, count);
    QZapAuthenticator authenticator;
    if (!defaultContext)
        QVERIFY(authenticator.setContext(*m_context));
    QVERIFY(authenticator.start());
    if (!running)
        authenticator.stop();
    const LogCollector log;
    for (int i = 0; i < 2; ++i) {
        QTimer::singleShot(0, m_application.get(), &QCoreApplication::quit);
        QCoreApplication::exec();
    }
    QCOMPARE(log.count(u"application quits"_s), count);
}

void tst_EventLoopEnd::logsNothingForChildrenOfTheApplication()
{
    auto *const authenticator = new QZapAuthenticator(m_application.get());
    QVERIFY(authenticator->start());
    const LogCollector log;
    m_application.reset();
    QCOMPARE(log.count(u"has ended"_s), 0);
}

// Each test creates its own application.
int main(int argc, char *argv[])
{
    tst_EventLoopEnd test(argc, argv);
    return QTest::qExec(&test, argc, argv);
}

#include "tst_eventloopend.moc"
