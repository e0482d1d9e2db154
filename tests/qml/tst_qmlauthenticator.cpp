// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"
#include "peer.h"
#include "server.h"

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimer.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlincubator.h>
#include <QtQml/qqmllist.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <functional>

using namespace Qt::StringLiterals;

namespace {

// Does what a window does for its asynchronous Loaders: some work between two frames.
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
    explicit ModalDialog(std::function<void()> whileOpen)
        : m_whileOpen(std::move(whileOpen))
    { }

    Q_INVOKABLE void exec()
    {
        QEventLoop loop;
        QTimer::singleShot(0, &loop, [this, &loop] {
            m_whileOpen();
            loop.quit();
        });
        loop.exec();
    }

private:
    std::function<void()> m_whileOpen;
};

} // namespace

// ZapAuthenticator: its lifetime, its domains and other children, and changes while it is running.
class tst_QmlAuthenticator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void startsAtCompletion_data();
    void startsAtCompletion();
    void staysStoppedByDefault();
    void letsRealPeersIn_data();
    void letsRealPeersIn();
    void propertiesAreBound();
    void propertiesChangeLive();
    void signalsReachHandlers();
    void addsDomainsAmongItsChildren();
    void namesThatAreBoundDoNotClash();
    void domainsAreAList();
    void domainsAreAddedAndRemoved();
    void replacingDomainsNeverOpens();
    void addressesReset();
    void addressListsAreExchanged_data();
    void addressListsAreExchanged();
    void exchangingAddressListsNeverOpens_data();
    void exchangingAddressListsNeverOpens();
    void waitsForBindingsOnItsThread();
    void waitsForIncrementalCreation_data();
    void waitsForIncrementalCreation();
    void waitsForDomainsThatAreCreatedIncrementally_data();
    void waitsForDomainsThatAreCreatedIncrementally();
    void waitsInANestedEventLoop_data();
    void waitsInANestedEventLoop();
    void isNotStoppedByErrorsOfADialog();
    void isDestroyedInAnyOrder_data();
    void isDestroyedInAnyOrder();

private:
    zmq::context_t m_context;
};

void tst_QmlAuthenticator::initTestCase()
{
    // Like a program with a context of its own, before QML is loaded.
    QVERIFY(QZap::setDefaultContext(m_context));
}

void tst_QmlAuthenticator::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void tst_QmlAuthenticator::startsAtCompletion_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_QmlAuthenticator::startsAtCompletion()
{
    QFETCH(const bool, workerThread);
    // In an order in which it could start too early.
    Document document(R"(ZapAuthenticator {
        running: true
        workerThread: %1
        property bool wasRunning: false
        property list<string> seen: []
        deniedAddresses: ["192.0.2." + 1]
        ZapNullDomain { name: "te" + "st"; accepted: 1 < 2 }
        Component.onCompleted: wasRunning = running
    })"_ba.replace("%1", workerThread ? "true" : "false"));
    QCOMPARE(document.warnings(), QStringList());
    QZapAuthenticator *const authenticator = document.authenticator();
    QVERIFY(authenticator->isRunning());
    QCOMPARE(authenticator->context(), m_context.handle());
    QCOMPARE(document.root()->property("running"), QVariant(true));
    QCOMPARE(document.root()->property("wasRunning"), QVariant(true));
    QCOMPARE(authenticator->usesWorkerThread(), workerThread);
    QCOMPARE(Document::ask(authenticator), "200");
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "other"), "200");
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "test", "192.0.2.1"), "400");
    document.evaluate(u"running = false"_s);
    QVERIFY(!authenticator->isRunning());
    QCOMPARE(document.evaluate(u"start()"_s), QVariant(true));
    QVERIFY(authenticator->isRunning());
    document.evaluate(u"stop()"_s);
    QVERIFY(!authenticator->isRunning());
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlAuthenticator::staysStoppedByDefault()
{
    const Document document("ZapAuthenticator { }");
    QVERIFY(!document.authenticator()->isRunning());
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlAuthenticator::letsRealPeersIn_data()
{
    startsAtCompletion_data();
}

void tst_QmlAuthenticator::letsRealPeersIn()
{
    QFETCH(const bool, workerThread);
    QTemporaryDir directory;
    const QZapCertificate good = QZapCertificate::generate();
    const QZapCertificate bad = QZapCertificate::generate();
    const QZapCertificate serverKey = QZapCertificate::generate();
    QVERIFY(good.save(directory.path(), u"good"_s));
    Document document(R"(ZapAuthenticator {
        id: auth
        property int refusals: 0
        property string user
        workerThread: %1
        running: true
        ZapCurveDomain { name: "fleet"; location: "%2" }
        onAuthenticated: (userId, request) => { auth.user = userId + " " + request.domain }
        onRejected: (userId, reason, request) => { ++auth.refusals }
    })"_ba.replace("%1", workerThread ? "true" : "false")
                          .replace("%2", directory.path().toUtf8()));
    QCOMPARE(document.warnings(), QStringList());

    Server server(m_context);
    QVERIFY(QZap::secureCurve(server.socket(), u"fleet"_s, serverKey));
    const QString endpoint = server.bind();
    const auto z85 = [](const QZapCertificate &certificate) {
        return certificate.publicKeyText().toLatin1();
    };
    Peer friendly(m_context);
    friendly.curve(z85(good), good.secretKeyText(), z85(serverKey)).connect(endpoint);
    QTRY_VERIFY(friendly.isAccepted());
    Peer stranger(m_context);
    stranger.curve(z85(bad), bad.secretKeyText(), z85(serverKey)).connect(endpoint);
    QTRY_COMPARE(stranger.refusal(), 400);
    QTRY_COMPARE(document.root()->property("user").toString(), good.publicKeyText() + u" fleet"_s);
    QTRY_COMPARE(document.root()->property("refusals").toInt(), 1);
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlAuthenticator::propertiesAreBound()
{
    Document document(R"(ZapAuthenticator {
        property bool closed: true
        property int most: 7
        property string category: "my.category"
        lockdown: closed
        decisionTimeout: most * 1000
        maximumPendingDecisions: most + 1
        maximumPendingPerAddress: most + 2
        maximumHeldConnections: most + 3
        encoding: closed ? ZapAuthenticator.Latin1 : ZapAuthenticator.Encoding.Utf8
        loggingCategory: category
        allowedAddresses: closed ? ["10.0.0.0/8"] : undefined
        readonly property string text: errorString + error + acceptedCount + rejectedCount
            + temporaryCount + droppedCount + unreportedCount + pendingCount
    })");
    QCOMPARE(document.warnings(), QStringList());
    QZapAuthenticator *const authenticator = document.authenticator();
    const auto compare = [authenticator](bool closed, int most) {
        return authenticator->isLockdown() == closed
               && authenticator->decisionTimeout() == most * 1000
               && authenticator->maximumPendingDecisions() == most + 1
               && authenticator->maximumPendingPerAddress() == most + 2
               && authenticator->maximumHeldConnections() == most + 3
               && authenticator->allowedAddresses().isEmpty() == !closed
               && authenticator->encoding()
                      == (closed ? QZapAuthenticator::Encoding::Latin1
                                 : QZapAuthenticator::Encoding::Utf8);
    };
    QVERIFY(compare(true, 7));
    QCOMPARE(authenticator->loggingCategory(), u"my.category"_s);
    QCOMPARE(document.root()->property("text").toString(), u"0000000"_s);
    document.root()->setProperty("closed", false);
    document.root()->setProperty("most", 3);
    document.root()->setProperty("category", u"yours"_s);
    QVERIFY(compare(false, 3));
    QCOMPARE(authenticator->loggingCategory(), u"yours"_s);
    QVERIFY(authenticator->start());
    QCOMPARE(Document::ask(authenticator), "200");
    QTRY_COMPARE(document.root()->property("text").toString(), u"0100000"_s);
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlAuthenticator::propertiesChangeLive()
{
    Document document(R"(ZapAuthenticator {
        id: auth
        running: true
        property var nullDomain: ZapNullDomain { name: "test" }
        property var plainDomain: ZapPlainDomain { name: "test" }
        domains: [nullDomain, plainDomain]
    })");
    QCOMPARE(document.warnings(), QStringList());
    QZapAuthenticator *const authenticator = document.authenticator();
    QVERIFY(authenticator->isRunning());
    QCOMPARE(Document::ask(authenticator), "400");
    document.evaluate(u"nullDomain.accepted = true"_s);
    QCOMPARE(Document::ask(authenticator), "200");
    document.evaluate(u"lockdown = true"_s);
    QVERIFY(Document::ask(authenticator) != "200");
    document.evaluate(u"lockdown = false"_s);
    document.evaluate(u"nullDomain.name = 'other'"_s);
    QCOMPARE(Document::ask(authenticator), "400");
    document.evaluate(u"plainDomain.passwords = {alice: 'secret'}"_s);
    QCOMPARE(document.evaluate(u"plainDomain.users.join()"_s).toString(), u"alice"_s);
    QCOMPARE(document.evaluate(u"Object.keys(plainDomain.passwords).length"_s).toInt(), 0);
    QCOMPARE(Document::ask(authenticator, "PLAIN", {"alice", "secret"}), "200");
    document.evaluate(u"plainDomain.passwords = {}"_s);
    QCOMPARE(Document::ask(authenticator, "PLAIN", {"alice", "secret"}), "400");
    QCOMPARE(document.evaluate(u"deny('127.0.0.1')"_s), QVariant(true));
    QCOMPARE(document.evaluate(u"deny(['127.0.0.2', '::1'])"_s), QVariant(true));
    QCOMPARE(authenticator->deniedAddresses().size(), 3);
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "other"), "400");
    QCOMPARE(document.evaluate(u"removeDenied('127.0.0.1')"_s), QVariant(true));
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "other"), "200");
    QCOMPARE(document.evaluate(u"configurePlain('more', {bob: 'pw'})"_s), QVariant(true));
    QCOMPARE(Document::ask(authenticator, "PLAIN", {"bob", "pw"}, "more"), "200");
    QCOMPARE(document.evaluate(u"domain('more', QZap.Plain).users[0]"_s).toString(), u"bob"_s);
    QCOMPARE(document.evaluate(u"removeDomain('more', QZap.Mechanism.Plain)"_s), QVariant(true));
    QCOMPARE(document.evaluate(u"domain('more', QZap.Plain)"_s).value<QObject *>(), nullptr);
    QCOMPARE(Document::ask(authenticator, "PLAIN", {"bob", "pw"}, "more"), "400");
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlAuthenticator::signalsReachHandlers()
{
    Document document(R"(ZapAuthenticator {
        property var log: []
        ZapPlainDomain { passwords: ({ alice: "secret" }) }
        onDecided: (request, reply) => log.push(["decided", request.address, request.mechanism,
            request.mechanism === QZap.Plain, reply.status, reply.status === QZap.Status.Success,
            reply.userId, reply.metadata.x].join())
        onAuthenticated: (userId, request) => log.push(["in", userId, request.userName].join())
        onRejected: (userId, reason, request) => log.push(["out", userId, reason].join())
        onErrorOccurred: (error, message) => log.push(["error",
            error === ZapAuthenticator.ConfigurationError].join())
    })");
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"alice", "secret"}), "200");
    QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"eve", "guess"}), "400");
    QCOMPARE(document.evaluate(u"configureNull('', true)"_s), QVariant(false));
    QTRY_COMPARE(document.evaluate(u"log.length"_s).toInt(), 5);
    const QStringList log = document.evaluate(u"log.join(';')"_s).toString().split(u';');
    QVERIFY(log.contains(u"decided,127.0.0.1,2,true,200,true,alice,"_s));
    QVERIFY(log.contains(u"in,alice,alice"_s));
    QVERIFY(log.contains(u"decided,127.0.0.1,2,true,400,false,,"_s));
    QVERIFY(log.contains(u"out,eve,The user name or password is wrong"_s)
            || log.filter(u"out,eve"_s).size() == 1);
    QVERIFY(log.contains(u"error,true"_s));
}

void tst_QmlAuthenticator::addsDomainsAmongItsChildren()
{
    Document document(R"(ZapAuthenticator {
        id: auth
        property int ticks: 0
        Timer { interval: 1; running: true; repeat: true; onTriggered: ++auth.ticks }
        ZapNullDomain { accepted: true }
        property QtObject named: QtObject { objectName: "aside" }
        ZapCurveDomain { name: "c" }
        QtObject { objectName: "child" }
    })");
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(document.authenticator()->domains().size(), 2);
    QCOMPARE(document.evaluate(u"domains.length"_s).toInt(), 2);
    QCOMPARE(document.evaluate(u"domains[1].name"_s).toString(), u"c"_s);
    QCOMPARE(document.evaluate(u"data.length"_s).toInt(), 4);
    QCOMPARE(document.evaluate(u"data[3].objectName"_s).toString(), u"child"_s);
    QTRY_VERIFY(document.root()->property("ticks").toInt() > 1);
    // A deleted child is removed from both lists.
    delete document.authenticator()->domains().constFirst();
    QCOMPARE(document.evaluate(u"data.length + domains.length"_s).toInt(), 4);
}

void tst_QmlAuthenticator::namesThatAreBoundDoNotClash()
{
    Document document(R"(ZapAuthenticator {
        property string prefix: "site"
        running: true
        ZapNullDomain { name: prefix + "-a"; accepted: true }
        ZapNullDomain { name: prefix + "-b"; accepted: true }
    })");
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(Document::ask(document.authenticator(), "NULL", {}, "site-a"), "200");
    QCOMPARE(Document::ask(document.authenticator(), "NULL", {}, "site-b"), "200");
    document.root()->setProperty("prefix", u"here"_s);
    QCOMPARE(document.warnings(), QStringList());
    QVERIFY(document.authenticator()->domain(u"here-b"_s, QZap::Mechanism::Null));
}

void tst_QmlAuthenticator::domainsAreAList()
{
    Document document(R"(QtObject {
        property ZapNullDomain first: ZapNullDomain { name: "first" }
        property ZapNullDomain second: ZapNullDomain { name: "second" }
        property ZapNullDomain third: ZapNullDomain { name: "third" }
        property bool both: true
        property ZapAuthenticator auth: ZapAuthenticator {
            domains: both ? [first, second] : [third]
        }
        function names() {
            let result = []
            for (let i = 0; i < auth.domains.length; ++i)
                result.push(auth.domains[i].name)
            return result.join()
        }
    })");
    QCOMPARE(document.warnings(), QStringList());
    const auto names = [&document] { return document.evaluate(u"names()"_s).toString(); };
    QCOMPARE(names(), u"first,second"_s);
    document.evaluate(u"both = false"_s);
    QCOMPARE(names(), u"third"_s);
    QVERIFY(document.object<QZapDomain>("first"));
    document.evaluate(u"auth.domains.push(first)"_s);
    QCOMPARE(names(), u"third,first"_s);
    document.evaluate(u"auth.domains[0] = second"_s);
    QCOMPARE(names(), u"second,first"_s);
    QVERIFY(QQmlListReference(document.authenticator(), "domains").removeLast());
    QCOMPARE(names(), u"second"_s);
    document.evaluate(u"auth.domains = []"_s);
    QCOMPARE(names(), QString());
    document.evaluate(u"auth.data = [third]"_s);
    QCOMPARE(names(), u"third"_s);
    document.evaluate(u"auth.data = []"_s);
    QCOMPARE(names(), QString());
    QCOMPARE(document.warnings(), QStringList());
    QVERIFY(document.object<QZapDomain>("third"));
}

void tst_QmlAuthenticator::domainsAreAddedAndRemoved()
{
    Document document(R"(ZapAuthenticator {
        id: auth
        running: true
        property var names: ["a", "b"]
        Instantiator {
            model: auth.names
            ZapNullDomain { required property string modelData; name: modelData; accepted: true }
            onObjectAdded: (index, object) => auth.domains.push(object)
            onObjectRemoved: (index, object) => auth.takeDomain(object)
        }
        ZapNullDomain { }
    })");
    QCOMPARE(document.warnings(), QStringList());
    QZapAuthenticator *const authenticator = document.authenticator();
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "a"), "200");
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "c"), "400");
    document.evaluate(u"names = ['c']"_s);
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "a"), "400");
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "c"), "200");
    QCOMPARE(document.warnings(), QStringList());
}

// In the private thread, requests are decided between any two steps of an assignment.
void tst_QmlAuthenticator::replacingDomainsNeverOpens()
{
    Document document(R"(ZapAuthenticator {
        running: true
        workerThread: true
        property var one: ZapCurveDomain { name: "test" }
        property var two: ZapPlainDomain { name: "test" }
        domains: [one]
    })");
    QCOMPARE(document.warnings(), QStringList());
    QZapAuthenticator *const authenticator = document.authenticator();
    QCOMPARE(Document::ask(authenticator), "400");
    document.evaluate(u"domains = []"_s);
    ZapClient client(m_context);
    client.send(ZapClient::request("NULL"));
    QFuture<QByteArrayList> raw = authenticator->handleZapMessage(ZapClient::request("NULL"));
    document.evaluate(u"domains = [two]"_s);
    QCOMPARE(client.waitForReply().value(2), "400");
    QTRY_VERIFY(raw.isFinished());
    QCOMPARE(raw.result().value(2), "400");
}

void tst_QmlAuthenticator::addressesReset()
{
    Document document(R"(ZapAuthenticator {
        running: true
        property var allowed: []
        allowedAddresses: allowed
    })");
    QZapAuthenticator *const authenticator = document.authenticator();
    QCOMPARE(Document::ask(authenticator), "400");
    document.evaluate(u"allowed = ['127.0.0.1']"_s);
    QCOMPARE(Document::ask(authenticator), "200");
    document.evaluate(u"allowed = []"_s);
    QCOMPARE(Document::ask(authenticator), "400");
    document.evaluate(u"allowed = undefined"_s);
    QCOMPARE(Document::ask(authenticator), "200");
    document.evaluate(u"deniedAddresses = ['127.0.0.0/8']"_s);
    QCOMPARE(Document::ask(authenticator), "400");
    document.evaluate(u"deniedAddresses = undefined"_s);
    QCOMPARE(Document::ask(authenticator), "200");
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlAuthenticator::addressListsAreExchanged_data()
{
    QTest::addColumn<QByteArray>("properties");
    QTest::addColumn<bool>("workerThread");
    const QByteArray allowed = "allowedAddresses: strict ? ['10.0.0.1'] : undefined\n";
    const QByteArray denied = "deniedAddresses: strict ? undefined : ['10.0.0.2']\n";
    QTest::newRow("allowed first") << allowed + denied << false;
    QTest::newRow("denied first") << denied + allowed << false;
    QTest::newRow("allowed first, private thread") << allowed + denied << true;
    QTest::newRow("denied first, private thread") << denied + allowed << true;
}

// Bindings are evaluated in any order; each list excludes the other.
void tst_QmlAuthenticator::addressListsAreExchanged()
{
    QFETCH(const QByteArray, properties);
    QFETCH(const bool, workerThread);
    Document document(
        "ZapAuthenticator { property bool strict: false; running: true\n workerThread: "
        + QByteArray(workerThread ? "true\n" : "false\n") + properties + "}");
    QZapAuthenticator *const authenticator = document.authenticator();
    const auto ask = [authenticator](const QByteArray &address) {
        return Document::ask(authenticator, "NULL", {}, "test", address);
    };
    QVERIFY(authenticator->isRunning());
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(ask("10.0.0.2"), "400");
        QCOMPARE(ask("10.0.0.3"), "200");
        document.root()->setProperty("strict", true);
        QCOMPARE(ask("10.0.0.1"), "200");
        QCOMPARE(ask("10.0.0.3"), "400");
        document.root()->setProperty("strict", false);
    }
    QCOMPARE(ask("10.0.0.3"), "200");
    QCOMPARE(document.warnings(), QStringList());
    QVERIFY(authenticator->errorString().isEmpty());
}

void tst_QmlAuthenticator::exchangingAddressListsNeverOpens_data()
{
    startsAtCompletion_data();
}

// In between, neither list is set, whichever is changed first.
void tst_QmlAuthenticator::exchangingAddressListsNeverOpens()
{
    QFETCH(const bool, workerThread);
    Document document(R"(ZapAuthenticator {
        running: true
        workerThread: %1
        allowedAddresses: ["10.0.0.1"]
    })"_ba.replace("%1", workerThread ? "true" : "false"));
    QZapAuthenticator *const authenticator = document.authenticator();
    ZapClient client(m_context);
    const QByteArrayList request = ZapClient::request("NULL", {}, "test", "10.0.0.2");
    const auto status = [authenticator] {
        return authenticator->evaluate(u"test"_s, u"10.0.0.2"_s, QZapCredentials::null()).status();
    };
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(Document::ask(authenticator, "NULL", {}, "test", "10.0.0.2"), "400");
        QCOMPARE(status(), QZap::Status::AuthenticationFailure);
        document.evaluate(i == 0 ? u"allowedAddresses = undefined"_s
                                 : u"deniedAddresses = undefined"_s);
        client.send(request);
        QFuture<QByteArrayList> raw = authenticator->handleZapMessage(request);
        QCOMPARE(status(), QZap::Status::TemporaryError);
        document.evaluate(i == 0 ? u"deniedAddresses = ['10.0.0.2']"_s
                                 : u"allowedAddresses = []"_s);
        QCOMPARE(client.waitForReply().value(2), "400");
        QTRY_VERIFY(raw.isFinished());
        QCOMPARE(raw.result().value(2), "400");
    }
    QCOMPARE(document.warnings(), QStringList());
}

// The engine reports failed bindings only after completion.
void tst_QmlAuthenticator::waitsForBindingsOnItsThread()
{
    ZapClient client(m_context);
    client.send(ZapClient::request("NULL"));
    Document document(R"(ZapAuthenticator {
        running: true
        workerThread: true
        ZapNullDomain { name: missing.name; accepted: true }
        property bool wasRunning: false
        Component.onCompleted: {
            wasRunning = running
            for (const end = Date.now() + 50; Date.now() < end;) { }
        }
    })");
    QCOMPARE(document.warnings().size(), 1);
    QCOMPARE(document.root()->property("wasRunning"), QVariant(true));
    QCOMPARE(client.waitForReply().value(2), "300");
}

void tst_QmlAuthenticator::waitsForIncrementalCreation_data()
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

// The engine then reports errors several turns after the authenticator is complete.
void tst_QmlAuthenticator::waitsForIncrementalCreation()
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
        QVERIFY(!QTest::qWaitFor([&client] { return client.receive().has_value(); }, 50));
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

void tst_QmlAuthenticator::waitsForDomainsThatAreCreatedIncrementally_data()
{
    startsAtCompletion_data();
}

// The engine reports an error that closes a domain when the domain is in the list already.
void tst_QmlAuthenticator::waitsForDomainsThatAreCreatedIncrementally()
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
    QVERIFY(!QTest::qWaitFor([&client] { return client.receive().has_value(); }, 50));
    while (incubator.isLoading())
        incubation.step();
    const std::unique_ptr<QObject> made(incubator.object());
    QCOMPARE(client.waitForReply().value(2), "300");
}

void tst_QmlAuthenticator::waitsInANestedEventLoop_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("status");
    const QByteArray closed = R"(ZapAuthenticator {
        running: true
        deniedAddresses: missing.addresses
        Component.onCompleted: helper.exec()
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
                helper.exec()
            }
        }
    })";
    QTest::newRow("good") << QByteArray(closed).replace("missing.addresses", "['10.0.0.2']")
                          << "200"_ba;
    QTest::newRow("binding throws") << closed << "300"_ba;
    QTest::newRow("binding of a domain throws") << pushed << "300"_ba;
}

// While it runs, the engine has not reported failed bindings yet.
void tst_QmlAuthenticator::waitsInANestedEventLoop()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, status);
    ZapClient client(m_context);
    client.send(ZapClient::request("NULL"));
    int opened = 0;
    bool isAnswered = false;
    ModalDialog dialog([&] {
        ++opened;
        isAnswered = QTest::qWaitFor([&client] { return client.receive().has_value(); }, 100);
    });
    const Document document(text, u"/nowhere"_s, &dialog);
    QCOMPARE(opened, 1);
    QVERIFY(!isAnswered);
    QCOMPARE(client.waitForReply().value(2), status);
    QCOMPARE(document.warnings().size(), status == "200" ? 0 : 1);
}

// An error of another document, which the engine reports while the function waits.
void tst_QmlAuthenticator::isNotStoppedByErrorsOfADialog()
{
    ModalDialog dialog([] { QCoreApplication::processEvents(); });
    Document document(R"(QtObject {
        id: root
        property QtObject auth
        property Component component: Component { ZapAuthenticator { running: true } }
        property Component other: Component { QtObject { property var title: missing.title } }
        function go() {
            auth = component.createObject(root)
            helper.exec()
            other.createObject(root)
            helper.exec()
        }
    })",
                      u"/nowhere"_s, &dialog);
    document.evaluate(u"go()"_s);
    QCOMPARE(document.takeWarnings().size(), 1);
    QVERIFY(document.authenticator()->isRunning());
    QCOMPARE(Document::ask(document.authenticator()), "200");
}

void tst_QmlAuthenticator::isDestroyedInAnyOrder_data()
{
    QTest::addColumn<QByteArrayList>("order");
    QTest::newRow("root") << QByteArrayList{"root"};
    QTest::newRow("authenticator") << QByteArrayList{"auth", "anyone", "asked"};
    QTest::newRow("domain") << QByteArrayList{"anyone", "asked", "auth"};
    QTest::newRow("provider") << QByteArrayList{"asked", "auth", "anyone"};
}

void tst_QmlAuthenticator::isDestroyedInAnyOrder()
{
    QFETCH(const QByteArrayList, order);
    for (const QByteArray workerThread : {"false", "true"}) {
        Document document(R"(QtObject {
            property var auth: ZapAuthenticator {
                running: true
                workerThread: %1
                Component.onCompleted: domains.push(anyone)
                onRunningChanged: if (!running) console.warn("it tells")
                onPendingCountChanged: if (pendingCount === 0) console.warn("it tells")
            }
            property var anyone: ZapNullDomain {
                accepted: true
                credentialsProvider: asked
            }
            property var asked: ZapCredentialsProvider {
                onAuthenticating: decision => decision.defer()
            }
        })"_ba.replace("%1", workerThread));
        QCOMPARE(document.warnings(), QStringList());
        QFuture<QByteArrayList> pending =
            document.authenticator()->handleZapMessage(ZapClient::request("NULL"));
        QTRY_COMPARE(document.authenticator()->pendingCount(), 1);
        for (const QByteArray &name : order) {
            if (name == "root")
                document.destroy();
            else
                delete document.root()->property(name.constData()).value<QObject *>();
        }
        QTRY_VERIFY(pending.isFinished());
        QCOMPARE(pending.result().value(2), "300");
        QCOMPARE(document.warnings(), QStringList());
    }
}

QTEST_GUILESS_MAIN(tst_QmlAuthenticator)

#include "tst_qmlauthenticator.moc"
