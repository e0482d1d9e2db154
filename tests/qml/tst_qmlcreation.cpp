// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"
#include "qmltest.h"

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlincubator.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

using namespace Qt::StringLiterals;

namespace {

// Creates objects step by step, as a window does between two frames for asynchronous Loaders.
class Incubation : public QQmlIncubationController
{
public:
    explicit Incubation(QQmlEngine &engine) { engine.setIncubationController(this); }

    void step()
    {
        std::atomic<bool> goesOn{false};
        incubateWhile(&goesOn);
    }
};

// A modal dialog for QML, whose function returns when it is closed.
class ModalDialog : public QObject
{
    Q_OBJECT

public:
    using WhileOpen = std::function<void(const QZapAuthenticator *)>;

    explicit ModalDialog(WhileOpen whileOpen)
        : m_whileOpen(std::move(whileOpen))
    { }

    Q_INVOKABLE void exec(QObject *authenticator)
    {
        QEventLoop loop;
        QTimer::singleShot(0, &loop, [this, &loop, authenticator] {
            m_whileOpen(qobject_cast<QZapAuthenticator *>(authenticator));
            loop.quit();
        });
        loop.exec();
    }

private:
    WhileOpen m_whileOpen;
};

// Blocks the event loop of QML until the private thread has a request that waits.
class Blocker : public QObject
{
    Q_OBJECT

public:
    Q_INVOKABLE bool block(QObject *object)
    {
        const auto *const authenticator = qobject_cast<QZapAuthenticator *>(object);
        const QDeadlineTimer deadline(20000);
        while (authenticator->pendingCount() == 0 && !deadline.hasExpired())
            QThread::yieldCurrentThread();
        return authenticator->pendingCount() == 1;
    }
};

} // namespace

// Tests that requests wait while the engine has not reported all failed bindings.
class tst_QmlCreation : public QmlTest
{
    Q_OBJECT

private Q_SLOTS:
    void waitsForBindingsOnItsThread();
    void waitsForIncrementalCreation_data();
    void waitsForIncrementalCreation();
    void waitsForDomainsThatAreCreatedIncrementally_data();
    void waitsForDomainsThatAreCreatedIncrementally();
    void waitsInANestedEventLoop_data();
    void waitsInANestedEventLoop();
    void isNotStoppedByErrorsOfADialog();
    void showsWhenItHasSettled();
};

void tst_QmlCreation::showsWhenItHasSettled()
{
    const Document document(R"(ZapAuthenticator {
        property var before
        property int changes: 0
        onSettledChanged: ++changes
        Component.onCompleted: before = settled
        ZapNullDomain { name: "test"; accepted: true }
    })");
    const QObject *const root = document.root();
    QCOMPARE(root->property("before"), QVariant(false));
    QCOMPARE(root->property("settled"), QVariant(false));
    const auto status = [&root] {
        return qobject_cast<const QZapAuthenticator *>(root)
            ->evaluate(u"test"_s, u"127.0.0.1"_s, QZapCredentials::null())
            .status();
    };
    QCOMPARE(status(), QZap::Status::TemporaryError);
    QTRY_COMPARE(root->property("changes"), QVariant(1));
    QCOMPARE(root->property("settled"), QVariant(true));
    QCOMPARE(status(), QZap::Status::Success);
}

// The engine reports failed bindings only after completion.
void tst_QmlCreation::waitsForBindingsOnItsThread()
{
    ZapClient client(m_context);
    client.send(ZapClient::request("NULL"));
    Blocker blocker;
    const Document document(R"(ZapAuthenticator {
        running: true
        workerThread: true
        ZapNullDomain { name: missing.name; accepted: true }
        property bool wasRunning: false
        property bool isWaiting: false
        Component.onCompleted: {
            wasRunning = running
            isWaiting = helper.block(this)
        }
    })",
                            u"/nowhere"_s, &blocker);
    QCOMPARE(document.warnings().size(), 1);
    QCOMPARE(document.root()->property("wasRunning"), QVariant(true));
    QCOMPARE(document.root()->property("isWaiting"), QVariant(true));
    QCOMPARE(client.waitForReply().value(2), "300");
}

void tst_QmlCreation::waitsForIncrementalCreation_data()
{
    QTest::addColumn<QByteArray>("properties");
    QTest::addColumn<bool>("isGood");
    const QByteArray good = "deniedAddresses: ['10.0.0.' + 1]; ";
    const QByteArray throws = "deniedAddresses: missing.addresses; ";
    const QByteArray type = "decisionTimeout: 'long' + 1; ";
    QTest::newRow("good") << good << true;
    QTest::newRow("throws") << throws << false;
    QTest::newRow("type") << type << false;
    QTest::newRow("good, private thread") << good + "workerThread: true" << true;
    QTest::newRow("throws, private thread") << throws + "workerThread: true" << false;
    QTest::newRow("type, private thread") << type + "workerThread: true" << false;
}

// With incremental creation, the engine reports errors several turns after the authenticator is
// complete.
void tst_QmlCreation::waitsForIncrementalCreation()
{
    QFETCH(const QByteArray, properties);
    QFETCH(const bool, isGood);
    Document document(R"(QtObject {
        property QtObject auth
        property Component component: Component {
            QtObject {
                property int done: 0
                property var one: Timer { Component.onCompleted: ++done }
                property var two: Timer { Component.onCompleted: ++done }
                property var made: ZapAuthenticator {
                    running: true
                    %1
                    Component.onCompleted: auth = this
                }
                property var three: Timer { Component.onCompleted: ++done }
                property var four: Timer { Component.onCompleted: ++done }
            }
        }
    })"_ba.replace("%1", properties));
    QCOMPARE(document.warnings(), QStringList());
    Incubation incubation(document.engine());
    QQmlIncubator incubator;
    document.object<QQmlComponent>("component")->create(incubator, qmlContext(document.root()));
    ZapClient client(m_context);
    client.send(ZapClient::request("NULL"));
    int stepsInBetween = 0;
    while (incubator.isLoading()) {
        incubation.step();
        QVERIFY(document.warnings().isEmpty() || !incubator.isLoading());
        if (!document.authenticator() || !incubator.isLoading())
            continue;
        ++stepsInBetween;
        QVERIFY(document.authenticator()->isRunning());
        QCoreApplication::processEvents();
        QTRY_COMPARE(document.authenticator()->pendingCount(), 1);
        QVERIFY(!client.receive());
    }
    QVERIFY(incubator.isReady());
    QVERIFY(stepsInBetween > 1);
    const std::unique_ptr<QObject> made(incubator.object());
    QCOMPARE(client.waitForReply().value(2), isGood ? "200" : "300");
    QCOMPARE(document.warnings().size(), isGood ? 0 : 1);
    QCOMPARE(document.authenticator()->isRunning(), isGood);
    if (isGood)
        return;
    QCOMPARE(document.authenticator()->error(), QZapAuthenticator::Error::ConfigurationError);
    document.evaluate(u"auth.start()"_s);
    QVERIFY(!document.authenticator()->isRunning());
}

void tst_QmlCreation::waitsForDomainsThatAreCreatedIncrementally_data()
{
    addThreadRows();
}

// The engine reports an error that closes a domain after the domain has been added to the list.
void tst_QmlCreation::waitsForDomainsThatAreCreatedIncrementally()
{
    QFETCH(const bool, workerThread);
    Document document(R"(ZapAuthenticator {
        id: auth
        running: true
        workerThread: %1
        property bool isPushed: false
        property Component component: Component {
            QtObject {
                property int done: 0
                property var one: Timer { Component.onCompleted: ++done }
                property var two: ZapPlainDomain {
                    passwords: ({ alice: "secret" })
                    name: "te" + "st"
                    publishedFields: missing.fields
                    Component.onCompleted: {
                        auth.domains.push(this)
                        isPushed = true
                    }
                }
                property var three: Timer { Component.onCompleted: ++done }
            }
        }
    })"_ba.replace("%1", workerThread ? "true" : "false"));
    QCOMPARE(document.warnings(), QStringList());
    QZapAuthenticator *const authenticator = document.authenticator();
    QCOMPARE(Document::ask(authenticator, "PLAIN", {"alice", "secret"}), "400");
    Incubation incubation(document.engine());
    QQmlIncubator incubator;
    document.object<QQmlComponent>("component")->create(incubator, qmlContext(document.root()));
    while (incubator.isLoading() && !document.root()->property("isPushed").toBool())
        incubation.step();
    QVERIFY(incubator.isLoading());
    ZapClient client(m_context);
    client.send(ZapClient::request("PLAIN", {"alice", "secret"}));
    QTRY_COMPARE(authenticator->pendingCount(), 1);
    QVERIFY(!client.receive());
    while (incubator.isLoading())
        incubation.step();
    const std::unique_ptr<QObject> made(incubator.object());
    QCOMPARE(client.waitForReply().value(2), "300");
}

void tst_QmlCreation::waitsInANestedEventLoop_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("status");
    const QByteArray closed = R"(ZapAuthenticator {
        running: true
        deniedAddresses: missing.addresses
        Component.onCompleted: helper.exec(this)
    })";
    const QByteArray pushed = R"(ZapAuthenticator {
        id: auth
        running: true
        property var domain: ZapNullDomain {
            name: "te" + "st"
            accepted: true
            publishedFields: missing.fields
            Component.onCompleted: {
                auth.domains.push(this)
                helper.exec(auth)
            }
        }
    })";
    QTest::newRow("good") << QByteArray(closed).replace("missing.addresses", "['10.0.0.2']")
                          << "200"_ba;
    QTest::newRow("binding throws") << closed << "300"_ba;
    QTest::newRow("binding of a domain throws") << pushed << "300"_ba;
}

// The engine does not report failed bindings before the nested event loop ends.
void tst_QmlCreation::waitsInANestedEventLoop()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, status);
    ZapClient client(m_context);
    client.send(ZapClient::request("NULL"));
    int opened = 0;
    bool isAnswered = true;
    ModalDialog dialog([&](const QZapAuthenticator *authenticator) {
        ++opened;
        QTRY_COMPARE(authenticator->pendingCount(), 1);
        isAnswered = client.receive().has_value();
    });
    const Document document(text, u"/nowhere"_s, &dialog);
    QCOMPARE(opened, 1);
    QVERIFY(!isAnswered);
    QCOMPARE(client.waitForReply().value(2), status);
    QCOMPARE(document.warnings().size(), status == "200" ? 0 : 1);
}

// The engine reports an error of another document while the function waits.
void tst_QmlCreation::isNotStoppedByErrorsOfADialog()
{
    ModalDialog dialog([](const QZapAuthenticator *) { QCoreApplication::processEvents(); });
    Document document(R"(QtObject {
        id: root
        property QtObject auth
        property Component component: Component { ZapAuthenticator { running: true } }
        property Component other: Component { QtObject { property var title: missing.title } }
        function go() {
            auth = component.createObject(root)
            helper.exec(auth)
            other.createObject(root)
            helper.exec(auth)
        }
    })",
                      u"/nowhere"_s, &dialog);
    document.evaluate(u"go()"_s);
    QCOMPARE(document.takeWarnings().size(), 1);
    QVERIFY(document.authenticator()->isRunning());
    QCOMPARE(Document::ask(document.authenticator()), "200");
}

QTEST_GUILESS_MAIN(tst_QmlCreation)
#include "tst_qmlcreation.moc"
