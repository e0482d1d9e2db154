// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"
#include "peer.h"
#include "qmltest.h"
#include "server.h"

#include <QZap/QZap>

#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the lifetime, properties and signals of ZapAuthenticator.
class tst_QmlAuthenticator : public QmlTest
{
    Q_OBJECT

private Q_SLOTS:
    void startsAtCompletion_data();
    void startsAtCompletion();
    void staysStoppedByDefault();
    void acceptsRealPeers_data();
    void acceptsRealPeers();
    void bindsProperties();
    void appliesChangesWhileRunning();
    void callsHandlersOfSignals();
    void locksAddressesOut();
    void isDestroyedInAnyOrder_data();
    void isDestroyedInAnyOrder();
};

void tst_QmlAuthenticator::startsAtCompletion_data()
{
    addThreadRows();
}

void tst_QmlAuthenticator::startsAtCompletion()
{
    QFETCH(const bool, workerThread);
    // With this order of the properties, it could start too early.
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

void tst_QmlAuthenticator::acceptsRealPeers_data()
{
    addThreadRows();
}

void tst_QmlAuthenticator::acceptsRealPeers()
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

void tst_QmlAuthenticator::bindsProperties()
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

void tst_QmlAuthenticator::appliesChangesWhileRunning()
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

void tst_QmlAuthenticator::callsHandlersOfSignals()
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
    QVERIFY(log.contains(u"out,eve,The user name or password is wrong"_s));
    QVERIFY(log.contains(u"error,true"_s));
}

void tst_QmlAuthenticator::locksAddressesOut()
{
    Document document(R"(QtObject {
        property bool locks: true
        property string last
        property ZapAuthenticator auth: ZapAuthenticator {
            id: auth
            lockout.enabled: locks
            lockout { maximumFailures: 1 + 1; duration: 1000; exemptAddresses: ["10.0.0.2"] }
            lockout.onLockedOut: (address, milliseconds) => last = address + " " + milliseconds
            lockout.onReleased: address => last = address
            ZapPlainDomain { name: "test"; passwords: ({ bob: "secret" }) }
        }
        property Instantiator view: Instantiator {
            model: auth.lockout.locked
            delegate: QtObject { required property string modelData }
        }
        property int count: auth.lockout.lockedCount
    })");
    QCOMPARE(document.warnings(), QStringList());
    QZapAuthenticator *const authenticator = document.authenticator();
    QVERIFY(authenticator);
    QCOMPARE(authenticator->lockout()->maximumFailures(), 2);
    const auto ask = [authenticator](const QByteArray &password) {
        return Document::ask(authenticator, "PLAIN", {"bob", password}, "test", "10.0.0.1");
    };
    QTRY_COMPARE(ask("1"), "400");
    QCOMPARE(ask("2"), "400");
    QCOMPARE(ask("secret"), "000");
    QTRY_COMPARE(document.evaluate(u"last"_s).toString(), u"10.0.0.1 1000"_s);
    QTRY_COMPARE(document.evaluate(u"count"_s).toInt(), 1);
    QTRY_COMPARE(document.evaluate(u"view.count"_s).toInt(), 1);
    QCOMPARE(document.evaluate(u"view.objectAt(0).modelData"_s).toString(), u"10.0.0.1"_s);
    QVERIFY(document.evaluate(u"auth.lockout.remainingTime('10.0.0.1')"_s).toInt() > 0);
    QVERIFY(document.evaluate(u"auth.lockout.releaseAddress('10.0.0.1')"_s).toBool());
    QTRY_COMPARE(document.evaluate(u"last"_s).toString(), u"10.0.0.1"_s);
    QTRY_COMPARE(document.evaluate(u"view.count"_s).toInt(), 0);
    document.root()->setProperty("locks", false);
    QVERIFY(!authenticator->lockout()->isEnabled());
    QCOMPARE(document.warnings(), QStringList());
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
