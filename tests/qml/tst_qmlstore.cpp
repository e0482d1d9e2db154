// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"

#include <QZap/QZap>

#include <QtTest/qtest.h>

#include <zmq.hpp>

using namespace Qt::StringLiterals;

// Tests credentials stores in QML.
class tst_QmlStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void replacesKeys();
    void throwsNothingForInvalidKeys();
    void sharedByDomains();
    void isStaleIfABindingFails();

private:
    static QByteArray keyText() { return "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"; }
    static QZapReply evaluate(const QZapAuthenticator &authenticator,
                              const QString &domain = u"devices"_s)
    {
        return authenticator.evaluate(domain, u"127.0.0.1"_s, QZapCredentials::curve(keyText()));
    }

    zmq::context_t m_context;
};

void tst_QmlStore::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
}

void tst_QmlStore::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void tst_QmlStore::replacesKeys()
{
    Document document(R"(ZapAuthenticator {
        property ZapCredentialsStore store: ZapCredentialsStore {
            QtObject { } // may have children, such as a Timer
            Component.onCompleted: replaceKeys([
                { key: "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", userId: "turbine",
                  fields: { Role: "sensor" }, notAfter: new Date(2999, 1, 1) }])
        }
        property string state: store.ready + " " + store.count
        ZapCurveDomain { name: "devices"; store: parent.store; publishedFields: ["Role"] }
    })"_ba.replace("parent.store", "document.store")
                          .replace("ZapAuthenticator {", "ZapAuthenticator { id: document;"));
    QCOMPARE(document.warnings(), QStringList());
    QVERIFY(document.authenticator());
    QTRY_COMPARE(evaluate(*document.authenticator()).status(), QZap::Status::Success);
    const QZapReply reply = evaluate(*document.authenticator());
    QCOMPARE(reply.userId(), u"turbine"_s);
    QCOMPARE(reply.metadata(), (QVariantMap{{u"Role"_s, u"sensor"_s}}));
    QTRY_COMPARE(document.root()->property("state").toString(), u"true 1"_s);
    QCOMPARE(document.evaluate(u"store.replaceKeys([])"_s), QVariant(true));
    QTRY_COMPARE(evaluate(*document.authenticator()).status(), QZap::Status::AuthenticationFailure);
}

void tst_QmlStore::throwsNothingForInvalidKeys()
{
    Document document("ZapCredentialsStore { }");
    QCOMPARE(document.evaluate(u"replaceKeys([{ key: 'x' }])"_s), QVariant(false));
    QVERIFY(document.evaluate(u"errorString"_s).toString().startsWith(u"entry 1: "_s));
    // A time that was to restrict the key, and is undefined.
    QCOMPARE(document.evaluate(u"replaceKeys([{ key: '%1', notAfter: undefined }])"_s.arg(
                 QString::fromLatin1(keyText()))),
             QVariant(false));
    // The same for a user id.
    QCOMPARE(document.evaluate(u"replaceKeys([{ key: '%1', userId: null }])"_s.arg(
                 QString::fromLatin1(keyText()))),
             QVariant(false));
    QCOMPARE(document.warnings(), QStringList());
}

void tst_QmlStore::sharedByDomains()
{
    Document document(R"(ZapAuthenticator {
        id: document
        property ZapCredentialsStore store: ZapCredentialsStore { }
        ZapCurveDomain { name: "one"; store: document.store }
        ZapCurveDomain { name: "two"; store: document.store }
    })");
    QCOMPARE(document.evaluate(u"store.replaceKeys(['%1'])"_s.arg(QString::fromLatin1(keyText()))),
             QVariant(true));
    for (const QString &name : {u"one"_s, u"two"_s})
        QTRY_COMPARE(evaluate(*document.authenticator(), name).status(), QZap::Status::Success);
    QCOMPARE(document.warnings().join(u'\n'), QString());
}

// The intended limit is unknown.
void tst_QmlStore::isStaleIfABindingFails()
{
    Document document(R"(ZapCredentialsStore {
        property var limits: ({})
        staleTime: limits.missing.seconds * 1000
    })");
    QCOMPARE(document.warnings().size(), 1);
    auto *const store = qobject_cast<QZapCredentialsStore *>(document.root());
    QVERIFY(store);
    QCOMPARE(store->staleTime(), 0);
}

QTEST_GUILESS_MAIN(tst_QmlStore)
#include "tst_qmlstore.moc"
