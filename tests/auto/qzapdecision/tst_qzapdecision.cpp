// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "providertest.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qpromise.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>
#include <stdexcept>
#include <type_traits>
#include <vector>

using QZap::Mechanism;

// Tests the ways to answer a decision: at once, later, by a future, and in another thread.
class tst_QZapDecision : public ProviderTest
{
    Q_OBJECT

private Q_SLOTS:
    void nullDecisionDoesNothing();
    void returnsTheCredentialsOfThePeer();

    void answersAtOnce_data();
    void answersAtOnce();
    void plainPeersCannotHaveUserIdsOfOtherMechanisms_data();
    void plainPeersCannotHaveUserIdsOfOtherMechanisms();
    void acceptMergesMetadata();
    void firstAnswerTakesEffect();

    void answersLater_data();
    void answersLater();
    void answersByFuture_data();
    void answersByFuture();
    void futureMaySucceedFailOrExpireLater();
    void isAnsweredInAThreadWithoutAnEventLoop();
};

void tst_QZapDecision::nullDecisionDoesNothing()
{
    const QZapDecision decision;
    QVERIFY(decision.isNull());
    QVERIFY(!decision.isPending());
    QVERIFY(!decision.accept());
    QVERIFY(!decision.reject({}));
    QVERIFY(!decision.defer());
    QVERIFY(!decision.resolve(QFuture<bool>()));
    QVERIFY(!decision.checkPassword({}));
    QCOMPARE(decision.userId(), QString());
    QCOMPARE(decision.request().mechanism(), Mechanism::Unknown);
}

void tst_QZapDecision::returnsTheCredentialsOfThePeer()
{
    decide([](const QZapDecision &decision) {
        QCOMPARE(decision.request().domain(), test());
        QCOMPARE(decision.request().userName(), QStringLiteral("bob"));
        QCOMPARE(decision.credentials().password(), QByteArray("x"));
        QVERIFY(decision.checkPassword(QStringLiteral("x")));
        QVERIFY(!decision.checkPassword(QStringLiteral("y")));
        QVERIFY(!decision.checkPassword(QString()));
        QVERIFY(decision.isPending());
        QString text;
        QDebug(&text) << decision;
        QVERIFY(text.contains(QStringLiteral("bob")));
        QVERIFY(decision.accept());
        QVERIFY(!decision.isPending());
        // Passwords are not stored in decisions.
        QCOMPARE(decision.credentials().password(), QByteArray());
        QVERIFY(!decision.checkPassword(QStringLiteral("x")));
    });
    QCOMPARE(statusOf(ask()), QByteArray("200"));
}

void tst_QZapDecision::answersAtOnce_data()
{
    QTest::addColumn<Decide>("decide");
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("userId");
    const auto row = [](const char *name, const Decide &decide, const char *status,
                        const QByteArray &userId = {}) {
        QTest::newRow(name) << decide << QByteArray(status) << userId;
    };
    row(
        "accept()", [](const QZapDecision &d) { QVERIFY(d.accept()); }, "200", "bob");
    row(
        "accept(userId)",
        [](const QZapDecision &d) { QVERIFY(d.accept(QStringLiteral("Robert"))); }, "200",
        "Robert");
    row(
        "accept(empty): the proposed one",
        [](const QZapDecision &d) { QVERIFY(d.accept(QString())); }, "200", "bob");
    row(
        "accept(too long)", [](const QZapDecision &d) { QVERIFY(d.accept(QString(256, u'x'))); },
        "500");
    row(
        "accept(control character)",
        [](const QZapDecision &d) { QVERIFY(d.accept(QStringLiteral("a\nb"))); }, "500");
    row(
        "accept(reserved metadata)",
        [](const QZapDecision &d) {
            QVERIFY(d.accept({}, {{QStringLiteral("User-Id"), QStringLiteral("x")}}));
        },
        "500");
    row(
        "reject()", [](const QZapDecision &d) { QVERIFY(d.reject(QStringLiteral("no"))); }, "400");
    row(
        "retryLater()", [](const QZapDecision &d) { QVERIFY(d.retryLater(QStringLiteral("no"))); },
        "300");
    row(
        "defer(), then accept()",
        [](const QZapDecision &d) {
            QVERIFY(d.defer());
            QVERIFY(d.accept());
        },
        "200", "bob");
}

void tst_QZapDecision::answersAtOnce()
{
    QFETCH(const Decide, decide);
    QFETCH(const QByteArray, status);
    QFETCH(const QByteArray, userId);
    allowBob();
    this->decide(decide);
    const auto future = ask();
    QVERIFY(future.isFinished());
    QCOMPARE(statusOf(future), status);
    QCOMPARE(future.result().at(4), userId);
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_QZapDecision::plainPeersCannotHaveUserIdsOfOtherMechanisms_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QByteArrayList>("credentials");
    QTest::addColumn<QString>("acceptedAs");
    QTest::addColumn<QByteArray>("status");
    const QByteArray hexadecimal(40, 'a');
    const QString hexadecimalText = QString::fromLatin1(hexadecimal);
    const auto plain = [](const QByteArray &name) { return QByteArrayList{name, "x"}; };
    const QByteArrayList key{QByteArray(32, 'k')};
    QTest::newRow("PLAIN, anonymous")
        << QByteArray("PLAIN") << plain("anonymous") << QString() << QByteArray("400");
    QTest::newRow("PLAIN, a key") << QByteArray("PLAIN") << plain(hexadecimal) << QString()
                                  << QByteArray("400");
    QTest::newRow("PLAIN, 39 digits")
        << QByteArray("PLAIN") << plain(hexadecimal.first(39)) << QString() << QByteArray("200");
    QTest::newRow("PLAIN, accepted as anonymous")
        << QByteArray("PLAIN") << plain("bob") << QStringLiteral("anonymous") << QByteArray("500");
    QTest::newRow("PLAIN, accepted as a key")
        << QByteArray("PLAIN") << plain("bob") << hexadecimalText << QByteArray("500");
    QTest::newRow("PLAIN, anonymous is accepted as somebody")
        << QByteArray("PLAIN") << plain("anonymous") << QStringLiteral("bob") << QByteArray("200");
    QTest::newRow("NULL, 40 digits")
        << QByteArray("NULL") << QByteArrayList() << hexadecimalText << QByteArray("200");
    QTest::newRow("CURVE, 40 digits")
        << QByteArray("CURVE") << key << hexadecimalText << QByteArray("200");
    QTest::newRow("GSSAPI, 40 digits") << QByteArray("GSSAPI") << QByteArrayList{"alice@A"}
                                       << hexadecimalText << QByteArray("200");
}

// This applies to names that no store has checked.
void tst_QZapDecision::plainPeersCannotHaveUserIdsOfOtherMechanisms()
{
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QByteArrayList, credentials);
    QFETCH(const QString, acceptedAs);
    QFETCH(const QByteArray, status);
    decide([&acceptedAs](const QZapDecision &decision) { decision.accept(acceptedAs); });
    const QFuture<QByteArrayList> reply = ask(mechanism, credentials);
    QVERIFY(reply.isFinished());
    QCOMPARE(reply.result().value(2), status);
    QCOMPARE(reply.result().value(4).isEmpty(), status != "200");
}

void tst_QZapDecision::acceptMergesMetadata()
{
    allowBob();
    m_authenticator->domain(test(), Mechanism::Plain)
        ->setPublishedFields(
            {QStringLiteral("Role"), QStringLiteral("Site"), QStringLiteral("Mechanism")});
    decide([](const QZapDecision &decision) {
        decision.accept({}, {{QStringLiteral("Role"), QStringLiteral("admin")},
                             {QStringLiteral("Extra"), QStringLiteral("1")}});
    });
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QCOMPARE(statusOf(ask()), QByteArray("200"));
    QTRY_COMPARE(decided.count(), 1);
    const QVariantMap expected{{QStringLiteral("Role"), QStringLiteral("admin")},
                               {QStringLiteral("Extra"), QStringLiteral("1")},
                               {QStringLiteral("Site"), QString()},
                               {QStringLiteral("Mechanism"), QStringLiteral("PLAIN")}};
    QCOMPARE(decided.at(0).at(1).value<QZapReply>().metadata(), expected);
}

void tst_QZapDecision::firstAnswerTakesEffect()
{
    allowBob();
    decide([](const QZapDecision &decision) {
        QVERIFY(decision.reject({}));
        QVERIFY(!decision.accept());
        QVERIFY(!decision.retryLater({}));
        QVERIFY(!decision.defer());
        QPromise<bool> promise;
        promise.start();
        QVERIFY(!decision.resolve(promise.future()));
        promise.finish();
    });
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QCOMPARE(statusOf(ask()), QByteArray("400"));
    QTRY_COMPARE(decided.count(), 1);
    QCOMPARE(m_authenticator->rejectedCount(), 1);
    QCOMPARE(m_authenticator->acceptedCount(), 0);
}

void tst_QZapDecision::answersLater_data()
{
    QTest::addColumn<Decide>("decide");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("accept()") << Decide([](const QZapDecision &d) { QVERIFY(d.accept()); })
                              << QByteArray("200");
    QTest::newRow("reject()") << Decide([](const QZapDecision &d) { QVERIFY(d.reject({})); })
                              << QByteArray("400");
    QTest::newRow("retryLater()") << Decide([](const QZapDecision &d) {
        QVERIFY(d.retryLater({}));
    }) << QByteArray("300");
}

void tst_QZapDecision::answersLater()
{
    QFETCH(const Decide, decide);
    QFETCH(const QByteArray, status);
    allowBob();
    deferAll();
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("PLAIN", {"bob", "x"}));
    const auto future = ask();
    QTRY_COMPARE(m_decisions.size(), 2);
    QVERIFY(!future.isFinished());
    QCOMPARE(m_authenticator->pendingCount(), 2);
    for (const QZapDecision &decision : std::as_const(m_decisions)) {
        decide(decision);
        QVERIFY(!decision.accept()); // only one answer takes effect
    }
    QCOMPARE(client.waitForReply().value(2), status);
    QTRY_COMPARE(statusOf(future), status);
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_QZapDecision::answersByFuture_data()
{
    QTest::addColumn<Decide>("decide");
    QTest::addColumn<QByteArray>("status");
    const auto ready = [](const auto &value) {
        QPromise<std::decay_t<decltype(value)>> promise;
        auto future = promise.future();
        promise.start();
        promise.addResult(value);
        promise.finish();
        return future;
    };
    const auto row = [](const char *name, const Decide &decide, const char *status) {
        QTest::newRow(name) << decide << QByteArray(status);
    };
    row(
        "true", [ready](const QZapDecision &d) { QVERIFY(d.resolve(ready(true))); }, "200");
    row(
        "false", [ready](const QZapDecision &d) { QVERIFY(d.resolve(ready(false))); }, "400");
    row(
        "reply, accept",
        [ready](const QZapDecision &d) {
            QVERIFY(d.resolve(ready(QZapReply::accept(QStringLiteral("Robert")))));
        },
        "200");
    row(
        "reply, default",
        [ready](const QZapDecision &d) { QVERIFY(d.resolve(ready(QZapReply()))); }, "400");
    row(
        "empty",
        [](const QZapDecision &d) {
            QPromise<bool> promise;
            promise.start();
            promise.finish();
            QVERIFY(d.resolve(promise.future()));
        },
        "300");
    row(
        "invalid", [](const QZapDecision &d) { QVERIFY(d.resolve(QFuture<bool>())); }, "300");
    row(
        "cancelled",
        [](const QZapDecision &d) {
            QPromise<bool> promise;
            promise.start();
            promise.future().cancel();
            promise.finish();
            QVERIFY(d.resolve(promise.future()));
        },
        "300");
    row(
        "cancelled after a result",
        [](const QZapDecision &d) {
            QPromise<bool> promise;
            promise.start();
            promise.addResult(true);
            promise.future().cancel();
            promise.finish();
            QVERIFY(d.resolve(promise.future()));
        },
        "300");
    row(
        "broken promise",
        [](const QZapDecision &d) {
            QFuture<bool> future;
            {
                QPromise<bool> promise;
                promise.start();
                future = promise.future();
            }
            QVERIFY(d.resolve(future));
        },
        "300");
    row(
        "exception",
        [](const QZapDecision &d) {
            QPromise<bool> promise;
            promise.start();
            promise.setException(std::make_exception_ptr(std::runtime_error("secret")));
            promise.finish();
            QVERIFY(d.resolve(promise.future()));
        },
        "300");
}

void tst_QZapDecision::answersByFuture()
{
    QFETCH(const Decide, decide);
    QFETCH(const QByteArray, status);
    allowBob();
    this->decide([&decide](const QZapDecision &decision) {
        decide(decision);
        QVERIFY(!decision.isPending());
        QVERIFY(!decision.accept());
    });
    const auto future = ask();
    QTRY_COMPARE(statusOf(future), status);
}

void tst_QZapDecision::futureMaySucceedFailOrExpireLater()
{
    allowBob();
    auto promise = std::make_unique<QPromise<bool>>();
    promise->start();
    decide([&promise](const QZapDecision &decision) { decision.resolve(promise->future()); });
    const auto first = ask();
    QCoreApplication::processEvents();
    QVERIFY(!first.isFinished());
    promise->addResult(true);
    promise->finish();
    QTRY_COMPARE(statusOf(first), QByteArray("200"));

    promise = std::make_unique<QPromise<bool>>();
    promise->start();
    const auto second = ask();
    QCoreApplication::processEvents();
    promise.reset(); // cancels it
    QTRY_COMPARE(statusOf(second), QByteArray("300"));

    promise = std::make_unique<QPromise<bool>>();
    promise->start();
    m_authenticator->setDecisionTimeout(10);
    const auto third = ask();
    QTRY_COMPARE(statusOf(third), QByteArray("300"));
    promise->addResult(true);
    promise->finish();
    QCoreApplication::processEvents();
    QCOMPARE(m_authenticator->acceptedCount(), 1);
}

// The thread that answers has no event loop.
void tst_QZapDecision::isAnsweredInAThreadWithoutAnEventLoop()
{
    allowBob();
    std::vector<std::unique_ptr<QThread>> threads;
    decide([&threads](const QZapDecision &decision) {
        decision.defer();
        threads.emplace_back(QThread::create([decision] { decision.accept(); }));
        threads.back()->start();
    });
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 50; ++i)
        futures.append(ask());
    for (const auto &future : std::as_const(futures))
        QTRY_COMPARE(statusOf(future), QByteArray("200"));
    for (const auto &thread : threads)
        thread->wait();
}

QTEST_GUILESS_MAIN(tst_QZapDecision)
#include "tst_qzapdecision.moc"
