// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"
#include "logcollector.h"

#include <QZap/QZap>

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

using namespace Qt::StringLiterals;

// Tests that errors in a document are reported with file and line, and let nobody in.
class tst_QmlErrors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void badConfigurationIsNotStarted_data();
    void badConfigurationIsNotStarted();
    void badDomainsAreClosed_data();
    void badDomainsAreClosed();
    void typesOfOtherDocumentsAreClosed_data();
    void typesOfOtherDocumentsAreClosed();
    void literalsOfTheWrongTypeCreateNothing();
    void badAssignmentsKeepThePreviousValue_data();
    void badAssignmentsKeepThePreviousValue();
    void aBadExchangeOfListsOpensNothing();
    void bothListsAreRefused();
    void aListWithoutADomainHoldsEveryone();
    void doublesAreRefused();
    void filesThatAreMissing();
    void handlersMayThrow();
    void aSecondAuthenticatorSaysWhy();

private:
    zmq::context_t m_context;
};

void tst_QmlErrors::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
}

void tst_QmlErrors::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void tst_QmlErrors::badConfigurationIsNotStarted_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("warning"); // the start of the first one after the folder
    QTest::newRow("no address") << "deniedAddresses: ['10.0.0.300']"_ba
                                << u"Main.qml:1: QML Main: deniedAddresses: "_s;
    QTest::newRow("no address, bound")
        << "deniedAddresses: ['10.0.0.' + 300]"_ba << u"Main.qml:1: QML Main: deniedAddresses: "_s;
    QTest::newRow("both lists")
        << "deniedAddresses: ['10.0.0.1']; allowedAddresses: ['10.0.0.2']"_ba
        << u"Main.qml:1: QML Main: "_s;
    QTest::newRow("negative") << "decisionTimeout: -1"_ba
                              << u"Main.qml:1: QML Main: decisionTimeout: "_s;
    QTest::newRow("type") << "decisionTimeout: 'long' + 1"_ba
                          << u"Main.qml:4: Unable to assign QString to int"_s;
    // Newer versions of Qt convert a value that is not a list to a string, which is an invalid
    // address.
    QTest::newRow("type, of a list") << "deniedAddresses: new Date(0)"_ba << u"Main.qml:"_s;
    QTest::newRow("undefined") << "lockdown: Qt.nothing"_ba
                               << u"Main.qml:4: Unable to assign [undefined] to bool"_s;
    QTest::newRow("setting of a group")
        << "lockout.maximumFailures: 0"_ba << u"Main.qml:1: QML Main: lockout.maximumFailures: "_s;
    QTest::newRow("no address in a group") << "lockout.exemptAddresses: ['10.0.0.300']"_ba
                                           << u"Main.qml:1: QML Main: lockout.exemptAddresses: "_s;
    QTest::newRow("undefined in a group") << "lockout.enabled: Qt.nothing"_ba
                                          << u"Main.qml:4: Unable to assign [undefined] to bool"_s;
    QTest::newRow("throws in a group")
        << "lockout.enabled: { throw new Error('broken') }"_ba << u"Main.qml:4: Error: broken"_s;
    QTest::newRow("throws") << "allowedAddresses: { throw new Error('broken') }"_ba
                            << u"Main.qml:4: Error: broken"_s;
    QTest::newRow("reference") << "domains: missing.domains"_ba
                               << u"Main.qml:4: ReferenceError: missing is not defined"_s;
}

void tst_QmlErrors::badConfigurationIsNotStarted()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QString, warning);
    for (const QByteArray workerThread : {"false", "true"}) {
        const LogCollector log;
        Document document("ZapAuthenticator {\nrunning: true\nworkerThread: " + workerThread + '\n'
                          + line + "\n}");
        QVERIFY(document.root());
        QCOMPARE(log.lines(), QStringList()); // only the document's warnings, no log messages
        const QStringList warnings = document.takeWarnings();
        QVERIFY2(warnings.size() == 1 && warnings.constFirst().startsWith(warning),
                 qPrintable(warnings.join(u'\n')));
        QZapAuthenticator *const authenticator = document.authenticator();
        QVERIFY(!authenticator->isRunning());
        QCOMPARE(authenticator->error(), QZapAuthenticator::Error::ConfigurationError);
        QVERIFY(warnings.constFirst().endsWith(authenticator->errorString().section(u": "_s, -1)));
        // The authenticator does not start later, either, not even when requested.
        QCoreApplication::processEvents();
        document.evaluate(u"start()"_s);
        QVERIFY(!authenticator->isRunning());
    }
}

void tst_QmlErrors::badDomainsAreClosed_data()
{
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QString>("warning");
    QTest::addColumn<bool>("running");
    QTest::newRow("name") << "ZapNullDomain { name: ''; accepted: true }"_ba
                          << "NULL"_ba << u"Main.qml:4: QML ZapNullDomain: "_s << true;
    QTest::newRow("type") << "ZapNullDomain { name: Qt.nothing; accepted: true }"_ba
                          << "NULL"_ba << u"Main.qml:4: Unable to assign [undefined] to QString"_s
                          << true;
    QTest::newRow("provider") << "ZapNullDomain { accepted: true; credentialsProvider: Qt }"_ba
                              << "NULL"_ba << u"Main.qml:4: Unable to assign "_s << true;
    QTest::newRow("throws") << "ZapNullDomain { name: missing.name; accepted: true }"_ba
                            << "NULL"_ba << u"Main.qml:4: ReferenceError: missing is not defined"_s
                            << false;
    QTest::newRow("principals") << "ZapGssapiDomain { principals: missing.principals }"_ba
                                << "GSSAPI"_ba
                                << u"Main.qml:4: ReferenceError: missing is not defined"_s << false;
    QTest::newRow("published") << "ZapNullDomain { accepted: true; publishedFields: ['a b'] }"_ba
                               << "NULL"_ba << u"Main.qml:4: QML ZapNullDomain: "_s << true;
}

void tst_QmlErrors::badDomainsAreClosed()
{
    QFETCH(const QByteArray, domain);
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QString, warning);
    QFETCH(const bool, running);
    Document document("ZapAuthenticator {\nrunning: true\n"
                      "ZapPlainDomain { name: 'good'; passwords: ({ alice: 'secret' }) }\n"
                      + domain + "\n}");
    QVERIFY(document.root());
    const QStringList warnings = document.takeWarnings();
    QVERIFY2(warnings.size() == 1 && warnings.constFirst().startsWith(warning),
             qPrintable(warnings.join(u'\n')));
    QZapAuthenticator *const authenticator = document.authenticator();
    QCOMPARE(authenticator->isRunning(), running);
    QCOMPARE(authenticator->error(), QZapAuthenticator::Error::ConfigurationError);
    QVERIFY(!authenticator->errorString().isEmpty());
    QVERIFY(!authenticator->domains().constLast()->errorString().isEmpty());
    const QByteArrayList credentials =
        mechanism == "GSSAPI" ? QByteArrayList{"alice@REALM"} : QByteArrayList();
    const QByteArray code = Document::ask(authenticator, mechanism, credentials);
    QVERIFY2(code == "300" || code == "000", code.constData());
    // Other domains are not affected.
    if (running)
        QCOMPARE(Document::ask(authenticator, "PLAIN", {"alice", "secret"}, "good"), "200");
    QCoreApplication::processEvents();
    QVERIFY(Document::ask(authenticator, mechanism, credentials) != "200");
}

void tst_QmlErrors::typesOfOtherDocumentsAreClosed_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("warning");
    QTest::addColumn<QByteArrayList>("question"); // mechanism, then credentials
    const QByteArrayList null{"NULL"};
    const QByteArrayList curve{"CURVE", QByteArray(32, 'k')};
    const QString base = u"Base.qml:4: TypeError: "_s;
    const QString domain = u"Dom.qml:5: TypeError: "_s;
    QTest::newRow("root") << "Base { }"_ba << base << null;
    QTest::newRow("property") << "QtObject { property var auth: Base { } }"_ba << base << null;
    QTest::newRow("nested root") << "Outer { }"_ba << base << null;
    QTest::newRow("nested") << "QtObject { property var auth: Outer { } }"_ba << base << null;
    QTest::newRow("domain") << "ZapAuthenticator { running: true; Dom { } }"_ba << domain << curve;
    QTest::newRow("nested domain")
        << "ZapAuthenticator { running: true; OuterDom { } }"_ba << domain << curve;
}

// The root object of a type belongs to the document that uses the type, but its bindings belong to
// the document that defines it.
void tst_QmlErrors::typesOfOtherDocumentsAreClosed()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, warning);
    QFETCH(QByteArrayList, question);
    const QTemporaryDir folder;
    const auto write = [&folder](const QString &name, const QByteArray &type) {
        QFile file(folder.filePath(name + u".qml"_s));
        return file.open(QFile::WriteOnly) && file.write("import QtQml; import QZap\n" + type) > 0;
    };
    QVERIFY(write(u"Base"_s, "ZapAuthenticator {\nproperty QtObject config: null\n"
                             "deniedAddresses: config.denied\nrunning: true\n}"));
    QVERIFY(write(u"Outer"_s, "Base { }"));
    QVERIFY(write(u"Dom"_s, "ZapCurveDomain {\nproperty var config: ({ provider: null })\n"
                            "location: '*'\nnameFilters: config.none.filters\n}"));
    QVERIFY(write(u"OuterDom"_s, "Dom { }"));

    Document document(text, folder.path());
    QVERIFY(document.root());
    const QStringList warnings = document.takeWarnings();
    QVERIFY2(warnings.size() == 1 && warnings.constFirst().startsWith(warning),
             qPrintable(warnings.join(u'\n')));
    QZapAuthenticator *const authenticator = document.authenticator();
    QVERIFY(!authenticator->isRunning());
    QCOMPARE(authenticator->error(), QZapAuthenticator::Error::ConfigurationError);
    QCoreApplication::processEvents();
    document.evaluate(document.root() == authenticator ? u"start()"_s : u"auth.start()"_s);
    QVERIFY(!authenticator->isRunning());
    if (authenticator->domains().isEmpty())
        return;
    QVERIFY(!authenticator->domains().constFirst()->errorString().isEmpty());
    const QByteArray mechanism = question.takeFirst();
    QCOMPARE(Document::ask(authenticator, mechanism, question), "300");
}

void tst_QmlErrors::literalsOfTheWrongTypeCreateNothing()
{
    const Document document("ZapAuthenticator {\nrunning: 'yes'\n}");
    QVERIFY(!document.root());
    QCOMPARE(document.warnings(),
             QStringList(u"Main.qml:2: Invalid property assignment: boolean expected"_s));
}

void tst_QmlErrors::badAssignmentsKeepThePreviousValue_data()
{
    QTest::addColumn<QByteArray>("binding");
    QTest::addColumn<QString>("warning");
    QTest::newRow("no address") << "step === 0 ? ['127.0.0.1'] : ['nonsense']"_ba
                                << u"Main.qml:1: QML Main: deniedAddresses: "_s;
    // The engine reports the type or, if it converts the value to a string, the authenticator
    // reports an invalid address.
    QTest::newRow("type") << "step === 0 ? ['127.0.0.1'] : new Date(0)"_ba << u"Main.qml:"_s;
    QTest::newRow("throws") << "step === 0 ? ['127.0.0.1'] : missing.addresses"_ba
                            << u"Main.qml:5: ReferenceError: "_s;
}

void tst_QmlErrors::badAssignmentsKeepThePreviousValue()
{
    QFETCH(const QByteArray, binding);
    QFETCH(const QString, warning);
    Document document(
        "ZapAuthenticator {\nproperty int step: 0\nproperty string said: errorString\n"
        "running: true\ndeniedAddresses: "
        + binding + "\n}");
    QCOMPARE(document.warnings(), QStringList());
    QCoreApplication::processEvents();
    QZapAuthenticator *const authenticator = document.authenticator();
    QCOMPARE(Document::ask(authenticator), "400");
    document.root()->setProperty("step", 1);
    const QStringList warnings = document.takeWarnings();
    QVERIFY2(warnings.size() == 1 && warnings.constFirst().startsWith(warning),
             qPrintable(warnings.join(u'\n')));
    QCOMPARE(document.root()->property("said").toString(), authenticator->errorString());
    QVERIFY(authenticator->isRunning());
    QCOMPARE(Document::ask(authenticator), "400");
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "test", "127.0.0.2"), "200");
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlErrors::aBadExchangeOfListsOpensNothing()
{
    Document document(R"(ZapAuthenticator {
        property bool strict: false
        running: true
        allowedAddresses: strict ? ["10.0.0.300"] : undefined
        deniedAddresses: strict ? undefined : ["10.0.0.1"]
    })");
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(Document::ask(document.authenticator()), "200");
    document.root()->setProperty("strict", true);
    QCOMPARE(Document::ask(document.authenticator()), "400");
    QCOMPARE(document.warnings().size(), 1);
}

void tst_QmlErrors::bothListsAreRefused()
{
    Document document("ZapAuthenticator { running: true; allowedAddresses: ['127.0.0.1'] }");
    QCoreApplication::processEvents();
    document.evaluate(u"deniedAddresses = ['127.0.0.1']"_s);
    QTRY_COMPARE(document.warnings().size(), 1);
    QCOMPARE(document.authenticator()->deniedAddresses(), QStringList());
    QCOMPARE(document.authenticator()->allowedAddresses(), QStringList(u"127.0.0.1"_s));
    QCOMPARE(Document::ask(document.authenticator()), "200");
    QCOMPARE(document.evaluate(u"deny('127.0.0.1')"_s), QVariant(false));
    QCOMPARE(document.warnings().size(), 2);
}

// The intended effect of the missing domain is not known.
void tst_QmlErrors::aListWithoutADomainHoldsEveryone()
{
    Document document(R"(ZapAuthenticator {
        property QtObject other
        property var closed: ZapNullDomain { name: "test" }
        running: true
        domains: [other]
    })");
    QCOMPARE(document.takeWarnings().size(), 1);
    QZapAuthenticator *const authenticator = document.authenticator();
    QVERIFY(authenticator->isRunning());
    ZapClient client(m_context);
    client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(authenticator->pendingCount(), 1);
    document.evaluate(u"domains = [closed]"_s);
    QCOMPARE(client.waitForReply().value(2), "400");
    document.evaluate(u"domains.push(null)"_s);
    // Newer versions of Qt add that the list did not accept the element.
    QVERIFY(document.takeWarnings().value(0).contains(u"domains: an element is not a domain"_s));
    client.send(ZapClient::request("NULL", {}, "other"));
    QTRY_COMPARE(authenticator->pendingCount(), 1);
    document.evaluate(u"domains = [closed]"_s);
    QCOMPARE(client.waitForReply().value(2), "200");
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlErrors::doublesAreRefused()
{
    Document document(R"(ZapAuthenticator {
        running: true
        ZapNullDomain { name: "test"; accepted: true }
        ZapNullDomain { name: "te" + "st"; accepted: true }
    })");
    QVERIFY(!document.warnings().isEmpty());
    for (const QString &warning : document.warnings())
        QVERIFY2(warning.contains(u"QML ZapNullDomain: Domain \"test\": another"_s),
                 qPrintable(warning));
    QVERIFY(Document::ask(document.authenticator()) != "200");
}

void tst_QmlErrors::filesThatAreMissing()
{
    Document document(R"(ZapAuthenticator {
        running: true
        ZapCurveDomain { location: "/nowhere/at/all"; name: "test" }
        ZapPlainDomain {
            passwordFile: "file:///nowhere/either"
        }
    })");
    QVERIFY(document.authenticator()->isRunning());
    QTRY_COMPARE(document.warnings().size(), 2);
    const QString both = document.warnings().join(u'\n');
    QVERIFY2(both.contains(u"Main.qml:3: QML ZapCurveDomain: Domain \"test\": "_s),
             qPrintable(both));
    QVERIFY2(both.contains(u"Main.qml:4: QML ZapPlainDomain: Domain \"*\": "_s), qPrintable(both));
    QCOMPARE(document.authenticator()->error(), QZapAuthenticator::Error::FileError);
    QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"alice", "secret"}), "300");
}

// An exception in a handler is not a configuration error.
void tst_QmlErrors::handlersMayThrow()
{
    Document document(R"(ZapAuthenticator {
        running: true
        onAuthenticated: missing()
        onLockdownChanged: missing()
    })");
    QCOMPARE(document.warnings(), QStringList());
    QCoreApplication::processEvents();
    QCOMPARE(Document::ask(document.authenticator()), "200");
    QTRY_COMPARE(document.warnings().size(), 1);
    document.evaluate(u"lockdown = true"_s);
    document.evaluate(u"lockdown = false"_s);
    QCOMPARE(document.warnings().size(), 3);
    QVERIFY(document.authenticator()->isRunning());
    QCOMPARE(document.authenticator()->errorString(), QString());
    QCOMPARE(Document::ask(document.authenticator()), "200");
}

void tst_QmlErrors::aSecondAuthenticatorSaysWhy()
{
    Document document(R"(QtObject {
        property var one: ZapAuthenticator { running: true }
        property var two: ZapAuthenticator {
            running: true
        }
    })");
    QCOMPARE(document.warnings().size(), 1);
    const bool isFirst = document.authenticator("one")->isRunning();
    QCOMPARE(document.authenticator("two")->isRunning(), !isFirst);
    QCOMPARE(document.authenticator(isFirst ? "two" : "one")->error(),
             QZapAuthenticator::Error::AddressInUseError);
    QVERIFY2(document.warnings().constFirst().startsWith(u"Main.qml:"_s),
             qPrintable(document.warnings().constFirst()));
}

QTEST_GUILESS_MAIN(tst_QmlErrors)

#include "tst_qmlerrors.moc"
