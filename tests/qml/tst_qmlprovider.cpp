// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"
#include "peer.h"
#include "server.h"

#include <QZap/QZap>

#include <QtTest/qtest.h>

#include <zmq.hpp>

using namespace Qt::StringLiterals;

// Tests handlers in QML that decide about peers.
class tst_QmlProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void handlersDecide_data();
    void handlersDecide();
    void brokenHandlersLetNobodyIn_data();
    void brokenHandlersLetNobodyIn();
    void decisionsDescribeThePeer();
    void isSetForADomainByName();
    void expires();
    void answersOnlyOnce();
    void decidesForRealPeers();

private:
    static QByteArray provider(const QByteArray &handler)
    {
        return R"(ZapAuthenticator {
            id: auth
            property var kept
            property var seen: []
            ZapPlainDomain {
                passwords: ({ alice: "secret", bob: "geheim" })
                credentialsProvider: ZapCredentialsProvider {
                    id: provider
                    property var waiting: []
                    Timer {
                        interval: 1; running: true; repeat: true
                        onTriggered: {
                            for (const decision of provider.waiting.splice(0))
                                decision.accept("by timer")
                        }
                    }
                    onExpired: (decision, why) => auth.seen.push(why)
                    onAuthenticating: decision => {
)" + handler + R"(
                    }
                }
            }
        })";
    }

    zmq::context_t m_context;
};

void tst_QmlProvider::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
}

void tst_QmlProvider::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void tst_QmlProvider::handlersDecide_data()
{
    QTest::addColumn<QByteArray>("handler");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QString>("userId");
    QTest::newRow("accept") << "decision.accept()"_ba
                            << "200"_ba << u"alice"_s;
    QTest::newRow("accept as") << "decision.accept('carol')"_ba
                               << "200"_ba << u"carol"_s;
    QTest::newRow("metadata") << "decision.accept('carol', { Group: 'x' })"_ba
                              << "200"_ba << u"carol"_s;
    QTest::newRow("reject") << "decision.reject('on holiday')"_ba
                            << "400"_ba << QString();
    QTest::newRow("retry") << "decision.retryLater('busy')"_ba
                           << "300"_ba << QString();
    QTest::newRow("promise")
        << "decision.defer(); Promise.resolve('dave').then(name => decision.accept(name))"_ba
        << "200"_ba << u"dave"_s;
    QTest::newRow("timer") << "decision.defer(60000); waiting.push(decision)"_ba
                           << "200"_ba << u"by timer"_s;
    QTest::newRow("callLater") << "decision.defer(); Qt.callLater(() => decision.reject('no'))"_ba
                               << "400"_ba << QString();
    QTest::newRow("password")
        << "decision.checkPassword('secret') ? decision.accept() : decision.reject('no')"_ba
        << "200"_ba << u"alice"_s;
    QTest::newRow("wrong password")
        << "decision.checkPassword('geheim') ? decision.accept() : decision.reject('no')"_ba
        << "400"_ba << QString();
}

void tst_QmlProvider::handlersDecide()
{
    QFETCH(const QByteArray, handler);
    QFETCH(const QByteArray, code);
    QFETCH(const QString, userId);
    Document document(provider(handler));
    QCOMPARE(document.warnings(), QStringList());
    QFuture<QByteArrayList> reply = document.authenticator()->handleZapMessage(
        ZapClient::request("PLAIN", {"alice", "secret"}));
    QTRY_VERIFY(reply.isFinished());
    QCOMPARE(reply.result().value(2), code);
    QCOMPARE(reply.result().value(4), userId.toUtf8());
    // The domain's own check comes first.
    QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"alice", "wrong"}), "400");
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlProvider::brokenHandlersLetNobodyIn_data()
{
    QTest::addColumn<QByteArray>("handler");
    QTest::addColumn<bool>("told");   // whether the engine reports an exception
    QTest::addColumn<bool>("broken"); // whether C++ warns about the provider
    QTest::newRow("nothing") << "let x = 5"_ba << false << true;
    QTest::newRow("throws") << "throw new Error('broken'); decision.accept()"_ba << true << true;
    QTest::newRow("type") << "decision.nothing.at.all; decision.accept()"_ba << true << true;
    QTest::newRow("late") << "Qt.callLater(() => decision.accept())"_ba << false << true;
    QTest::newRow("deferred") << "decision.defer(1); throw new Error('broken')"_ba << true << false;
    QTest::newRow("promise fails")
        << "decision.defer(1); Promise.reject('x').then(() => decision.accept())"_ba << false
        << false;
    QTest::newRow("bad id") << "decision.accept('a' + String.fromCharCode(0))"_ba << false << false;
}

void tst_QmlProvider::brokenHandlersLetNobodyIn()
{
    QFETCH(const QByteArray, handler);
    QFETCH(const bool, told);
    QFETCH(const bool, broken);
    if (broken) {
        QTest::ignoreMessage(QtWarningMsg, "QZapCredentialsProvider: The credentials provider "
                                           "neither answered nor deferred");
    }
    Document document(provider(handler));
    QCOMPARE(document.warnings(), QStringList());
    for (int i = 0; i < 2; ++i) {
        const QByteArray code =
            Document::ask(document.authenticator(), "PLAIN", {"alice", "secret"});
        QVERIFY2(code == "300" || code == "000" || code == "500", code.constData());
    }
    const QStringList exceptions =
        document.warnings().filter(QRegularExpression(u":1[0-9]: [A-Z]?[a-z]*Error"_s));
    QCOMPARE(!exceptions.isEmpty(), told);
}

void tst_QmlProvider::decisionsDescribeThePeer()
{
    Document document(provider(R"(
        auth.kept = decision
        const request = decision.request
        auth.seen.push(request.domain, request.address, request.userName, request.publicKeyText,
            request.principal, request.mechanism === QZap.Plain, decision.userId, decision.pending,
            decision.isPending(), request.timestamp instanceof Date, decision.password)
        decision.accept()
        auth.seen.push(decision.pending)
    )"));
    QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"alice", "secret"}), "200");
    QCOMPARE(document.evaluate(u"seen.join()"_s).toString(),
             u"test,127.0.0.1,alice,,,true,alice,true,true,true,,false"_s);
    QCOMPARE(document.evaluate(u"kept.pending"_s), QVariant(false));
    QCOMPARE(document.evaluate(u"kept.accept()"_s), QVariant(false));
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlProvider::isSetForADomainByName()
{
    Document document(R"(ZapAuthenticator {
        ZapCredentialsProvider { id: veto; onAuthenticating: decision => decision.reject("no") }
        Component.onCompleted: setCredentialsProvider("test", veto)
    })");
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(Document::ask(document.authenticator()), "400");
    QCOMPARE(Document::ask(document.authenticator(), "NULL", {}, "other"), "200");
    document.evaluate(u"setCredentialsProvider('test', null)"_s);
    QCOMPARE(Document::ask(document.authenticator()), "200");
}

void tst_QmlProvider::expires()
{
    Document document(provider("auth.kept = decision; decision.defer(1)"));
    QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"alice", "secret"}), "300");
    QTRY_COMPARE(document.evaluate(u"seen.length"_s).toInt(), 1);
    QCOMPARE(document.evaluate(u"kept.accept()"_s), QVariant(false));
}

void tst_QmlProvider::answersOnlyOnce()
{
    Document document(
        provider("auth.seen = [decision.reject('no'), decision.accept(), decision.defer()]"));
    QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"alice", "secret"}), "400");
    QCOMPARE(document.evaluate(u"seen.join()"_s).toString(), u"true,false,false"_s);
}

void tst_QmlProvider::decidesForRealPeers()
{
    for (const char *workerThread : {"false", "true"}) {
        Document document(provider("decision.userId === 'alice' ? decision.accept('Alice')"
                                   " : decision.reject('only she')"));
        document.root()->setProperty("workerThread", QByteArray(workerThread) == "true");
        document.root()->setProperty("running", true);
        QVERIFY(document.authenticator()->isRunning());
        Server server(m_context);
        QVERIFY(QZap::securePlain(server.socket(), u"test"_s));
        const QString endpoint = server.bind();
        Peer alice(m_context);
        alice.plain("alice", "secret").connect(endpoint);
        QTRY_VERIFY(alice.isAccepted());
        alice.send("hello");
        std::optional<Server::Message> message;
        QTRY_VERIFY(message || (message = server.receive()));
        QCOMPARE(message->userId, "Alice");
        Peer bob(m_context);
        bob.plain("bob", "geheim").connect(endpoint);
        QTRY_COMPARE(bob.refusal(), 400);
    }
}

QTEST_GUILESS_MAIN(tst_QmlProvider)

#include "tst_qmlprovider.moc"
