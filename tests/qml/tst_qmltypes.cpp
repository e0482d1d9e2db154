// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"

#include <QZap/QZap>

#include <QtCore/qdir.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

using namespace Qt::StringLiterals;

// Tests the other types: domains, values, enumerations, certificates.
class tst_QmlTypes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void enumerations_data();
    void enumerations();
    void imports_data();
    void imports();
    void snippets_data();
    void snippets();
    void everything();
    void domainProperties();
    void domainsReadFiles();
    void baseTypesCannotBeCreated_data();
    void baseTypesCannotBeCreated();
    void activity();
    void certificates();
    void invalidCertificatesThrow_data();
    void invalidCertificatesThrow();

private:
    zmq::context_t m_context;
};

void tst_QmlTypes::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
}

void tst_QmlTypes::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void tst_QmlTypes::enumerations_data()
{
    QTest::addColumn<int>("value");
    const auto add = [](const char *name, auto value) {
        QTest::newRow(name) << static_cast<int>(value);
    };
    using QZap::Mechanism;
    using QZap::Status;
    using Error = QZapAuthenticator::Error;
    using Encoding = QZapAuthenticator::Encoding;
    add("QZap.Unknown", Mechanism::Unknown);
    add("QZap.Null", Mechanism::Null);
    add("QZap.Plain", Mechanism::Plain);
    add("QZap.Curve", Mechanism::Curve);
    add("QZap.Gssapi", Mechanism::Gssapi);
    add("QZap.Mechanism.Unknown", Mechanism::Unknown);
    add("QZap.Mechanism.Null", Mechanism::Null);
    add("QZap.Mechanism.Plain", Mechanism::Plain);
    add("QZap.Mechanism.Curve", Mechanism::Curve);
    add("QZap.Mechanism.Gssapi", Mechanism::Gssapi);
    add("QZap.Success", Status::Success);
    add("QZap.Status.Success", Status::Success);
    add("QZap.Status.TemporaryError", Status::TemporaryError);
    add("QZap.Status.AuthenticationFailure", Status::AuthenticationFailure);
    add("QZap.Status.InternalError", Status::InternalError);
    add("ZapAuthenticator.NoError", Error::NoError);
    add("ZapAuthenticator.Error.AddressInUseError", Error::AddressInUseError);
    add("ZapAuthenticator.Error.ContextError", Error::ContextError);
    add("ZapAuthenticator.Error.ConfigurationError", Error::ConfigurationError);
    add("ZapAuthenticator.Error.FileError", Error::FileError);
    add("ZapAuthenticator.Error.ProviderError", Error::ProviderError);
    add("ZapAuthenticator.Encoding.Utf8", Encoding::Utf8);
    add("ZapAuthenticator.Encoding.Latin1", Encoding::Latin1);
    add("ZapAuthenticator.Latin1", Encoding::Latin1);
    add("ZapGuard.SilentPeerPolicy.Disconnect", QZapGuard::SilentPeerPolicy::Disconnect);
    add("ZapGuard.Keep", QZapGuard::SilentPeerPolicy::Keep);
    add("ZapConnectionModel.UserColumn", QZapConnectionModel::UserColumn);
}

void tst_QmlTypes::enumerations()
{
    QFETCH(const int, value);
    Document document("QtObject { property var value: " + QByteArray(QTest::currentDataTag())
                      + "}");
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(document.root()->property("value"), QVariant(value));
}

void tst_QmlTypes::imports_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("version") << "import QZap 1.0; ZapAuthenticator { }"_ba;
    QTest::newRow("major version") << "import QZap 1; ZapAuthenticator { }"_ba;
    QTest::newRow("name") << "import QZap as Z; Z.ZapAuthenticator { Z.ZapNullDomain { } }"_ba;
}

void tst_QmlTypes::imports()
{
    QFETCH(const QByteArray, text);
    const Document document(text);
    QCOMPARE(document.warnings(), QStringList());
    QVERIFY(document.authenticator());
}

void tst_QmlTypes::snippets_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QByteArrayList>("credentials");
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<QByteArray>("code");
    const QByteArray key(32, 'k');
    QTest::newRow("Rules.qml") << "CURVE"_ba << QByteArrayList{key} << "telemetry"_ba
                               << "300"_ba;
    QTest::newRow("Guard.qml") << "CURVE"_ba << QByteArrayList{key} << "telemetry"_ba
                               << "300"_ba;
    QTest::newRow("Provider.qml") << "PLAIN"_ba << QByteArrayList{"alice", "secret"} << "staff"_ba
                                  << "200"_ba;
    QTest::newRow("Provider.qml, later")
        << "PLAIN"_ba << QByteArrayList{"bob", "geheim"} << "staff"_ba
        << "400"_ba;
}

// Loads the snippets of the documentation.
void tst_QmlTypes::snippets()
{
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QByteArrayList, credentials);
    QFETCH(const QByteArray, domain);
    QFETCH(const QByteArray, code);
    const QString name = QString::fromLatin1(QTest::currentDataTag()).section(u',', 0, 0);
    QFile file(QStringLiteral(SNIPPETS "/") + name);
    QVERIFY(file.open(QIODevice::ReadOnly));
    Document document('\n' + file.readAll());
    QVERIFY(document.authenticator());
    QVERIFY(document.authenticator()->isRunning());
    QCOMPARE(Document::ask(document.authenticator(), mechanism, credentials, domain), code);
}

// Loads the document that qmllint checks.
void tst_QmlTypes::everything()
{
    QFile file(QStringLiteral(EVERYTHING));
    QVERIFY(file.open(QIODevice::ReadOnly));
    Document document('\n' + file.readAll());
    QCOMPARE(document.warnings(), QStringList());
    QVERIFY(document.authenticator());
    QCOMPARE(document.authenticator()->domains().size(), 5);
    QCOMPARE(document.evaluate(u"summary.length > 0"_s), QVariant(true));
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlTypes::domainProperties()
{
    Document document(R"(QtObject {
        property string text: "one"
        property bool yes: true
        property ZapNullDomain nullDomain: ZapNullDomain { name: text; accepted: yes }
        property ZapPlainDomain plainDomain: ZapPlainDomain {
            publishedFields: [text]
            passwordFile: ""
            maximumHashMemory: 64 + 1
        }
        property ZapCurveDomain curveDomain: ZapCurveDomain {
            location: "*"; nameFilters: ["*." + text]; userIdField: text
        }
        property ZapGssapiDomain gssapiDomain: ZapGssapiDomain { principals: [text] }
        property list<ZapDomain> all: [nullDomain, plainDomain, curveDomain, gssapiDomain]
        property string mechanisms: nullDomain.mechanism + "" + plainDomain.mechanism
            + curveDomain.mechanism + gssapiDomain.mechanism
        property string state: curveDomain.ready + curveDomain.errorString
        property ZapCredentialsProvider provider: nullDomain.credentialsProvider
    })");
    QCOMPARE(document.warnings(), QStringList());
    const auto *const nullDomain = document.object<QZapNullDomain>("nullDomain");
    const auto *const plainDomain = document.object<QZapPlainDomain>("plainDomain");
    const auto *const curveDomain = document.object<QZapCurveDomain>("curveDomain");
    const auto *const gssapiDomain = document.object<QZapGssapiDomain>("gssapiDomain");
    QVERIFY(nullDomain && plainDomain && curveDomain && gssapiDomain);
    QCOMPARE(document.root()->property("mechanisms").toString(), u"1234"_s);
    QCOMPARE(document.root()->property("state").toString(), u"true"_s);
    QCOMPARE(plainDomain->maximumHashMemory(), 65);
    for (const QString &text : {u"one"_s, u"two"_s}) {
        document.root()->setProperty("text", text);
        QCOMPARE(nullDomain->name(), text);
        QCOMPARE(plainDomain->publishedFields(), QStringList(text));
        QCOMPARE(curveDomain->nameFilters(), QStringList(u"*."_s + text));
        QCOMPARE(curveDomain->userIdField(), text);
        QCOMPARE(gssapiDomain->principals(), QStringList(text));
        QVERIFY(nullDomain->isAccepted());
    }
    document.root()->setProperty("yes", false);
    QVERIFY(!nullDomain->isAccepted());
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlTypes::domainsReadFiles()
{
    const QTemporaryDir directory;
    QFile file(directory.filePath(u"users"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    file.write("alice=secret\n");
    file.close();
    Document document(R"(ZapAuthenticator {
        property url place: "%1"
        property bool seen: plain.ready
        ZapPlainDomain { id: plain; passwordFile: place }
    })"_ba.replace("%1", QUrl::fromLocalFile(file.fileName()).toEncoded()));
    QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"alice", "secret"}), "200");
    QTRY_COMPARE(document.root()->property("seen"), QVariant(true));
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlTypes::baseTypesCannotBeCreated_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("ZapDomain") << "ZapDomain { }"_ba;
    QTest::newRow("ZapCertificates") << "ZapCertificates { }"_ba;
    QTest::newRow("ZapLockout") << "ZapLockout { }"_ba;
    QTest::newRow("QZap") << "QZap { }"_ba;
    QTest::newRow("zapRequest") << "zapRequest { }"_ba;
    QTest::newRow("zapSession") << "zapSession { }"_ba;
    QTest::newRow("secrets") << "ZapCredentialsProvider { onAuthenticating: d => d.credentials() "
                                "} ZapNullDomain { }"_ba;
}

void tst_QmlTypes::baseTypesCannotBeCreated()
{
    QFETCH(const QByteArray, text);
    const Document document(text);
    QVERIFY(!document.root());
    QVERIFY(!document.warnings().isEmpty());
}

void tst_QmlTypes::activity()
{
    Document document(R"(ZapAuthenticator {
        id: auth
        property int most: 2
        property ZapActivityModel activity: ZapActivityModel {
            authenticator: auth
            maximumRows: auth.most
        }
        property Instantiator users: Instantiator {
            model: activity
            QtObject { required property string user; required property string domain }
        }
        ZapPlainDomain { passwords: ({ alice: "secret" }) }
    })");
    QCOMPARE(document.warnings(), QStringList());
    for (int i = 0; i < 3; ++i)
        QCOMPARE(Document::ask(document.authenticator(), "PLAIN", {"alice", "secret"}), "200");
    QTRY_COMPARE(document.evaluate(u"activity.rowCount()"_s).toInt(), 2);
    QTRY_COMPARE(document.evaluate(u"users.count"_s).toInt(), 2);
    QCOMPARE(document.evaluate(u"users.objectAt(0).user + users.objectAt(1).domain"_s).toString(),
             u"alicetest"_s);
    document.root()->setProperty("most", 1);
    QTRY_COMPARE(document.evaluate(u"activity.rowCount()"_s).toInt(), 1);
    document.evaluate(u"activity.clear()"_s);
    QCOMPARE(document.evaluate(u"activity.rowCount()"_s).toInt(), 0);
    QCOMPARE(document.evaluate(u"ZapActivityModel.UserColumn"_s).toInt(),
             static_cast<int>(QZapActivityModel::UserColumn));
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlTypes::certificates()
{
    const QTemporaryDir directory;
    Document document(R"(QtObject {
        property string directory
        property var made
        property var loaded
        function make() {
            made = ZapCertificates.create(directory, "alice", { name: "Alice", room: 12 })
            loaded = ZapCertificates.load("file:" + directory + "/alice.key")
            return [made.null, loaded.null, made.publicKeyText === loaded.publicKeyText,
                made.publicKeyText.length, ZapCertificates.create(directory, "bob").null].join()
        }
    })");
    document.root()->setProperty("directory", directory.path());
    const QString result = document.evaluate(u"make()"_s).toString();
    QCOMPARE(document.warnings(), QStringList());
    QCOMPARE(result, u"false,false,true,40,false"_s);
    QCOMPARE(document.warnings(), QStringList());
    const auto secret = QZapCertificate::load(directory.filePath(u"alice.key_secret"_s));
    QVERIFY(secret && secret->hasSecretKey());
    QCOMPARE(secret->metadata().value(u"name"_s), u"Alice"_s);
    QCOMPARE(secret->metadata().value(u"room"_s), u"12"_s);
    QCOMPARE(document.root()->property("made").value<QZapCertificate>().publicKeyText(),
             secret->publicKeyText());
}

void tst_QmlTypes::invalidCertificatesThrow_data()
{
    QTest::addColumn<QString>("expression");
    QTest::newRow("no directory") << u"ZapCertificates.create('/nowhere', 'alice')"_s;
    QTest::newRow("no name") << u"ZapCertificates.create('%1', '')"_s;
    QTest::newRow("field") << u"ZapCertificates.create('%1', 'alice', { 'a b': 'c' })"_s;
    QTest::newRow("there already") << u"ZapCertificates.create('%1', 'there')"_s;
    QTest::newRow("no file") << u"ZapCertificates.load('/nowhere')"_s;
}

// Errors are exceptions, which a handler can catch and which are not overlooked.
void tst_QmlTypes::invalidCertificatesThrow()
{
    QFETCH(const QString, expression);
    const QTemporaryDir directory;
    QVERIFY(QZapCertificate::generate().save(directory.path(), u"there"_s));
    Document document("QtObject { }");
    const QString text = QString(expression).replace(u"%1"_s, directory.path());
    QVERIFY(!document.evaluate(text).isValid());
    QCOMPARE(document.takeWarnings().size(), 1);
    const QString caught = u"(() => { try { %1; return '' } catch (e) { return e.message } })()"_s;
    QVERIFY(!document.evaluate(caught.arg(text)).toString().isEmpty());
    QCOMPARE(document.warnings(), QStringList());
    QVERIFY(!QFile::exists(directory.filePath(u"alice.key"_s)));
}

QTEST_GUILESS_MAIN(tst_QmlTypes)

#include "tst_qmltypes.moc"
