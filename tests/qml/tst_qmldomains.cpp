// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"
#include "qmltest.h"

#include <QZap/QZap>

#include <QtQml/qqmllist.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the domains and address lists of a ZapAuthenticator, and replacing them.
class tst_QmlDomains : public QmlTest
{
    Q_OBJECT

private Q_SLOTS:
    void addsDomainsAmongItsChildren();
    void boundNamesDoNotClash();
    void domainsIsAList();
    void addsAndRemovesDomains();
    void replacingDomainsNeverOpens();

    void undefinedResetsAddresses();
    void exchangesAddressLists_data();
    void exchangesAddressLists();
    void exchangingAddressListsNeverOpens_data();
    void exchangingAddressListsNeverOpens();
};

void tst_QmlDomains::addsDomainsAmongItsChildren()
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

void tst_QmlDomains::boundNamesDoNotClash()
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

void tst_QmlDomains::domainsIsAList()
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

void tst_QmlDomains::addsAndRemovesDomains()
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

// The private thread may decide requests between any two steps of an assignment.
void tst_QmlDomains::replacingDomainsNeverOpens()
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

void tst_QmlDomains::undefinedResetsAddresses()
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

void tst_QmlDomains::exchangesAddressLists_data()
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
void tst_QmlDomains::exchangesAddressLists()
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

void tst_QmlDomains::exchangingAddressListsNeverOpens_data()
{
    addThreadRows();
}

// Between the changes neither list is set, whichever is changed first.
void tst_QmlDomains::exchangingAddressListsNeverOpens()
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

QTEST_GUILESS_MAIN(tst_QmlDomains)
#include "tst_qmldomains.moc"
