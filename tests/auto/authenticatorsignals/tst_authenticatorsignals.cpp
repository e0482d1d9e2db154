// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qpointer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

// Tests when decisions are reported, and what the connected slots may do.
class tst_AuthenticatorSignals : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void emitsInOrder();
    void neverEmitsDuringACall();
    void emitsAfterStopInTheNextTurn();
    void emitsNothingAfterDestruction();
    void countsAndNotifies();

    void isDeletedInItsSlot();
    void isStoppedAndStartedInItsSlot();
    void survivesANestedEventLoop();
    void emitsInTheEventLoopOfAProvider();
};

void tst_AuthenticatorSignals::emitsInOrder()
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

void tst_AuthenticatorSignals::neverEmitsDuringACall()
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

void tst_AuthenticatorSignals::emitsAfterStopInTheNextTurn()
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

void tst_AuthenticatorSignals::emitsNothingAfterDestruction()
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

void tst_AuthenticatorSignals::countsAndNotifies()
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
        QCOMPARE(spy->count(), 1); // once per turn of the event loop
}

void tst_AuthenticatorSignals::isDeletedInItsSlot()
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
    // Slots of errorOccurred(), unlike those of decisions, are called during a call to the API.
    auto *authenticator = new QZapAuthenticator(*m_context);
    const QPointer<QZapAuthenticator> guard(authenticator);
    connect(authenticator, &QZapAuthenticator::errorOccurred, authenticator,
            [authenticator] { delete authenticator; });
    QVERIFY(!authenticator->allow(QStringLiteral("nonsense")));
    QVERIFY(!guard);
}

void tst_AuthenticatorSignals::isStoppedAndStartedInItsSlot()
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

void tst_AuthenticatorSignals::survivesANestedEventLoop()
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

// The provider runs an event loop, as a modal window does.
void tst_AuthenticatorSignals::emitsInTheEventLoopOfAProvider()
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

QTEST_GUILESS_MAIN(tst_AuthenticatorSignals)
#include "tst_authenticatorsignals.moc"
