// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"

#include <QZap/QZap>

#include <QtCore/qdir.h>
#include <QtCore/qtemporarydir.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlincubator.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

using namespace Qt::StringLiterals;

// Tests that a restriction that is refused while a document is created keeps everybody out.
class tst_QmlRefusals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void closesDuringCreation_data();
    void closesDuringCreation();
    void correctedDuringCreation_data();
    void correctedDuringCreation();
    void correctedLater();
    void refusalsAfterCreationKeepThePreviousValue();
    void logsWhatItWaitsFor();
    void removedDomainsStayClosed();
    void relativePathsAreExplained_data();
    void relativePathsAreExplained();

private:
    zmq::context_t m_context;
};

void tst_QmlRefusals::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
}

void tst_QmlRefusals::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void tst_QmlRefusals::closesDuringCreation_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("warning");
    QTest::newRow("undefined allow list")
        << "property var settings: ({}); allowedAddresses: settings.typo"_ba
        << u"allowedAddresses: undefined"_s;
    QTest::newRow("undefined deny list")
        << "property var settings: ({}); deniedAddresses: settings.typo"_ba
        << u"deniedAddresses: undefined"_s;
    QTest::newRow("deny at completion")
        << "Component.onCompleted: deny('rubbish')"_ba << u"deny(): \"rubbish\""_s;
    QTest::newRow("deny in part at completion")
        << "Component.onCompleted: { deny(['rubbish', '10.0.0.0/8']); deny('192.168.0.0/16') }"_ba
        << u"deny(): \"rubbish\""_s;
    QTest::newRow("allow at completion")
        << "Component.onCompleted: allow('localhost')"_ba << u"allow(): \"localhost\""_s;
    QTest::newRow("assignment at completion")
        << "Component.onCompleted: deniedAddresses = ['rubbish']"_ba
        << u"deniedAddresses: \"rubbish\""_s;
    QTest::newRow("undefined at completion")
        << "Component.onCompleted: { deny('rubbish'); deniedAddresses = undefined }"_ba
        << u"deniedAddresses: undefined"_s;
    QTest::newRow("undefined at completion, after a valid list")
        << "allowedAddresses: ['10.0.0.1']; Component.onCompleted: allowedAddresses = undefined"_ba
        << u"allowedAddresses: undefined"_s;
    QTest::newRow("undefined at completion, after a refused list")
        << "allowedAddresses: ['bogus']; Component.onCompleted: allowedAddresses = undefined"_ba
        << u"allowedAddresses: "_s;
    QTest::newRow("configureCurve at completion")
        << "Component.onCompleted: configureCurve('', '*')"_ba << u"configureCurve(): "_s;
    QTest::newRow("setCredentialsProvider at completion")
        << "Component.onCompleted: setCredentialsProvider('', null)"_ba
        << u"setCredentialsProvider(): "_s;
    QTest::newRow("two domains of one name")
        << "ZapNullDomain { name: 'a' }\nZapNullDomain { name: 'a' }"_ba
        << u"another domain of this mechanism has the same name"_s;
}

void tst_QmlRefusals::closesDuringCreation()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QString, warning);
    for (const QByteArray workerThread : {"false", "true"}) {
        Document document("ZapAuthenticator {\nrunning: true\nworkerThread: " + workerThread + '\n'
                          + line + "\n}");
        QVERIFY(document.root());
        QZapAuthenticator *const authenticator = document.authenticator();
        QCOMPARE(Document::ask(authenticator), "300");
        QTRY_VERIFY(!authenticator->isRunning());
        const QStringList warnings = document.takeWarnings();
        QVERIFY2(warnings.join(u'\n').contains(warning), qPrintable(warnings.join(u'\n')));
        QCOMPARE(authenticator->error(), QZapAuthenticator::Error::ConfigurationError);
        QVERIFY2(authenticator->errorString().contains(warning),
                 qPrintable(authenticator->errorString()));
        QCOMPARE(Document::ask(authenticator), "300");
        QCOMPARE(authenticator->evaluate(u"test"_s, {}, QZapCredentials::null()).status(),
                 QZap::Status::TemporaryError);
        document.evaluate(u"start()"_s);
        QVERIFY(!authenticator->isRunning());
        document.takeWarnings();
    }
}

void tst_QmlRefusals::correctedDuringCreation_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("binding that becomes a list")
        << "allowedAddresses: settings.list\n"
           "property QtObject settings: QtObject { property var list\n"
           "    Component.onCompleted: list = ['127.0.0.1'] }"_ba;
    QTest::newRow("assignment at completion")
        << "Component.onCompleted: { deny('rubbish'); deniedAddresses = ['10.0.0.0/8'] }"_ba;
    QTest::newRow("reset at completion")
        << "Component.onCompleted: { deny('rubbish'); resetDeniedAddresses() }"_ba;
    QTest::newRow("lists that are exchanged at completion")
        << "allowedAddresses: ['10.0.0.1']\nComponent.onCompleted: {\n"
           "allowedAddresses = undefined; deniedAddresses = ['10.0.0.1'] }"_ba;
    QTest::newRow("lists that are exchanged at completion, the other way")
        << "allowedAddresses: ['10.0.0.1']\nComponent.onCompleted: {\n"
           "deniedAddresses = ['10.0.0.1']; allowedAddresses = undefined }"_ba;
}

void tst_QmlRefusals::correctedDuringCreation()
{
    QFETCH(const QByteArray, line);
    Document document("ZapAuthenticator {\nrunning: true\n" + line + "\n}");
    QVERIFY(document.root());
    QZapAuthenticator *const authenticator = document.authenticator();
    QTRY_COMPARE(Document::ask(authenticator), "200");
    QVERIFY(authenticator->isRunning());
    document.takeWarnings();
}

void tst_QmlRefusals::correctedLater()
{
    Document document("ZapAuthenticator {\nrunning: true\nallowedAddresses: Qt.nothing\n}");
    QZapAuthenticator *const authenticator = document.authenticator();
    QTRY_VERIFY(!authenticator->isRunning());
    QCOMPARE(document.takeWarnings().size(), 1);
    document.evaluate(u"allowedAddresses = ['127.0.0.1']"_s);
    QCOMPARE(document.evaluate(u"start()"_s).toBool(), true);
    QTRY_COMPARE(Document::ask(authenticator), "200");
}

void tst_QmlRefusals::refusalsAfterCreationKeepThePreviousValue()
{
    Document document("ZapAuthenticator {\nrunning: true\ndeniedAddresses: ['10.0.0.1']\n}");
    QZapAuthenticator *const authenticator = document.authenticator();
    QTRY_COMPARE(Document::ask(authenticator), "200");
    QCoreApplication::processEvents();
    QCOMPARE(document.evaluate(u"deny('rubbish')"_s).toBool(), false);
    QCOMPARE(document.takeWarnings().size(), 1);
    QVERIFY(authenticator->isRunning());
    QCOMPARE(Document::ask(authenticator), "200");
    QCOMPARE(Document::ask(authenticator, "NULL", {}, "test", "10.0.0.1"), "400");
}

// The objects are created step by step, as by a window that never shows a frame.
void tst_QmlRefusals::logsWhatItWaitsFor()
{
    QQmlEngine engine;
    engine.addImportPath(QStringLiteral(QML_IMPORT_PATH));
    QStringList warnings;
    connect(&engine, &QQmlEngine::warnings, this, [&warnings](const QList<QQmlError> &errors) {
        for (const QQmlError &error : errors)
            warnings += error.toString();
    });
    engine.setOutputWarningsToStandardError(false);
    QQmlIncubationController controller;
    engine.setIncubationController(&controller);
    QQmlComponent component(&engine);
    component.setData("import QtQml\nimport QZap\nQtObject {\n"
                      "property ZapAuthenticator auth: ZapAuthenticator { running: true }\n"
                      "property list<QtObject> others: [QtObject {}, QtObject {}, QtObject {}]\n}",
                      QUrl(u"file:///Main.qml"_s));
    QVERIFY2(component.isReady(), qPrintable(component.errorString()));
    QQmlIncubator incubator;
    component.create(incubator);
    for (int i = 0; i < 100 && !incubator.isReady() && incubator.isLoading(); ++i) {
        // Each call creates one object.
        std::atomic<bool> goesOn{false};
        controller.incubateWhile(&goesOn);
        if (!warnings.isEmpty())
            break;
        if (i == 2)
            QTRY_VERIFY_WITH_TIMEOUT(!warnings.isEmpty(), 10000);
    }
    QCOMPARE(warnings.size(), 1);
    QVERIFY2(warnings.constFirst().contains(u"running: "_s), qPrintable(warnings.constFirst()));
    QVERIFY2(warnings.constFirst().contains(u"nobody gets in until"_s),
             qPrintable(warnings.constFirst()));
    incubator.forceCompletion();
    delete incubator.object();
}

void tst_QmlRefusals::removedDomainsStayClosed()
{
    Document document(R"(ZapAuthenticator {
        id: auth
        running: true
        property bool isClosed: true
        property ZapNullDomain closed: ZapNullDomain { name: 'test' }
        domains: isClosed ? [closed] : []
    })");
    QZapAuthenticator *const authenticator = document.authenticator();
    QTRY_COMPARE(Document::ask(authenticator), "400");
    document.evaluate(u"isClosed = false"_s);
    QCOMPARE(authenticator->domains().size(), 0);
    QTRY_COMPARE(Document::ask(authenticator), "400");
    document.evaluate(u"closed.destroy()"_s);
    QTRY_COMPARE(Document::ask(authenticator, "NULL", {}, "other"), "200");
    QCOMPARE(Document::ask(authenticator), "400");
}

void tst_QmlRefusals::relativePathsAreExplained_data()
{
    QTest::addColumn<QByteArray>("domain");
    QTest::newRow("location") << "ZapCurveDomain { location: 'no/such/place' }"_ba;
    QTest::newRow("password file") << "ZapPlainDomain { passwordFile: 'no/such/place' }"_ba;
}

void tst_QmlRefusals::relativePathsAreExplained()
{
    QFETCH(const QByteArray, domain);
    Document document("ZapAuthenticator {\nrunning: true\n" + domain + "\n}");
    QTRY_VERIFY(!document.warnings().isEmpty());
    const QString warning = document.takeWarnings().join(u'\n');
    QVERIFY2(warning.contains(QDir::currentPath() + u"/no/such/place"_s), qPrintable(warning));
    QVERIFY2(warning.contains(u"Qt.resolvedUrl()"_s), qPrintable(warning));
}

QTEST_GUILESS_MAIN(tst_QmlRefusals)
#include "tst_qmlrefusals.moc"
