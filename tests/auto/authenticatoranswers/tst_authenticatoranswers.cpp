// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

// Tests the answers to requests, well-formed or not, in every state of the authenticator.
class tst_AuthenticatorAnswers : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void answersAfterBadRequests_data();
    void answersAfterBadRequests();
    void answersRequestsQueuedBeforeStart();
    void answersQueuedRequestsWhenStopping();
    void distinguishesTemporaryAnswers();

    void handlesRawMessages_data();
    void handlesRawMessages();
    void answersInItsOwnVersion_data();
    void answersInItsOwnVersion();
    void handlesRawMessagesWhileStopped();

    void evaluatesWithoutSideEffects();
    void evaluatesLikeARequest_data();
    void evaluatesLikeARequest();

private:
    // Returns the raw request of a peer that shows these credentials.
    static QByteArrayList requestOf(const QZapCredentials &credentials, const QByteArray &domain,
                                    const QByteArray &address);
};

QByteArrayList tst_AuthenticatorAnswers::requestOf(const QZapCredentials &credentials,
                                                   const QByteArray &domain,
                                                   const QByteArray &address)
{
    switch (credentials.mechanism()) {
    case QZap::Mechanism::Null:
        return ZapClient::request("NULL", {}, domain, address);
    case QZap::Mechanism::Plain:
        return ZapClient::request(
            "PLAIN", {credentials.userName().toUtf8(), credentials.password()}, domain, address);
    case QZap::Mechanism::Curve:
        return ZapClient::request("CURVE", {credentials.publicKey()}, domain, address);
    case QZap::Mechanism::Gssapi:
        return ZapClient::request("GSSAPI", {credentials.principal().toUtf8()}, domain, address);
    case QZap::Mechanism::Unknown:
        break;
    }
    return ZapClient::request("MAGIC", {}, domain, address);
}

void tst_AuthenticatorAnswers::answersAfterBadRequests_data()
{
    QTest::addColumn<QByteArrayList>("frames"); // after the routing id
    QTest::addColumn<QByteArray>("status");     // empty: dropped
    const auto with = [](const QByteArrayList &request) { return QByteArrayList{""} + request; };
    QTest::newRow("wrong version") << with({"1.1", "1", "", "", "", "NULL"}) << QByteArray("400");
    QTest::newRow("2 frames") << with({"1.0", "1"}) << QByteArray("400");
    QTest::newRow("5 frames") << with({"1.0", "1", "", "", ""}) << QByteArray("400");
    QTest::newRow("unknown mechanism") << with(ZapClient::request("MAGIC")) << QByteArray("400");
    QTest::newRow("wrong count") << with(ZapClient::request("PLAIN", {"bob"})) << QByteArray("400");
    QTest::newRow("short key") << with(ZapClient::request("CURVE", {"key"})) << QByteArray("400");
    QTest::newRow("1 frame") << with({"1.0"}) << QByteArray();
    QTest::newRow("nothing after the delimiter") << QByteArrayList{""} << QByteArray();
    QTest::newRow("no delimiter") << QByteArrayList{"1.0"} << QByteArray();
    QTest::newRow("rubbish of 1 MB") << QByteArrayList{QByteArray(1000000, 'x')} << QByteArray();
    QTest::newRow("many frames") << QByteArrayList(1000, "x") << QByteArray();
}

void tst_AuthenticatorAnswers::answersAfterBadRequests()
{
    QFETCH(const QByteArrayList, frames);
    QFETCH(const QByteArray, status);
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.start());
    ZapClient bad(*m_context);
    ZapClient good(*m_context);
    bad.sendRaw(frames);
    good.send(plain("bob", "secret"));
    QCOMPARE(good.waitForReply().value(2), QByteArray("200"));
    if (status.isEmpty()) {
        QTRY_COMPARE(authenticator.droppedCount(), 1);
        QCOMPARE(authenticator.rejectedCount(), 0);
        QVERIFY(!bad.receive());
    } else {
        QCOMPARE(bad.waitForReply().value(2), status);
        QCOMPARE(authenticator.droppedCount(), 0);
        QCOMPARE(authenticator.rejectedCount(), 1);
    }
    QCOMPARE(authenticator.acceptedCount(), 1);
}

void tst_AuthenticatorAnswers::answersRequestsQueuedBeforeStart()
{
    ZapClient client(*m_context); // connects before the handler binds
    client.send(plain("bob", "secret"));
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.start());
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
}

void tst_AuthenticatorAnswers::answersQueuedRequestsWhenStopping()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    for (int i = 0; i < 200; ++i)
        client.send(plain("bob", "secret"));
    authenticator.stop();
    for (int i = 0; i < 200; ++i)
        QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QCOMPARE(authenticator.temporaryCount(), 200);
    QCOMPARE(authenticator.acceptedCount(), 0);
}

// The status 300 holds a connection, and 000 ends it; the program gets TemporaryError for both.
void tst_AuthenticatorAnswers::distinguishesTemporaryAnswers()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.maximumHeldConnections() > 0);
    authenticator.setMaximumHeldConnections(2);
    authenticator.setLockdown(true);
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    for (const char *status : {"300", "300", "000", "000"}) {
        client.send(plain("bob", "secret"));
        const QByteArrayList reply = client.waitForReply();
        QCOMPARE(reply.value(2), QByteArray(status));
        // libzmq never frees a longer text of status 000.
        QCOMPARE(reply.value(3).isEmpty(), reply.value(2) == "000");
    }
    QTRY_COMPARE(decided.count(), 4);
    for (const QList<QVariant> &arguments : decided) {
        QCOMPARE(arguments.at(1).value<QZapReply>().status(), QZap::Status::TemporaryError);
    }
    QCOMPARE(authenticator.temporaryCount(), 4);
    // libzmq lets a GSSAPI peer in with any valid status.
    authenticator.setLockdown(false);
    QVERIFY(authenticator.configureGssapi(QStringLiteral("test"), {QStringLiteral("bob@A")}));
    client.send(ZapClient::request("GSSAPI", {"eve@A"}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("000"));
    client.send(ZapClient::request("GSSAPI", {"bob@A"}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
    client.send(ZapClient::request("GSSAPI"));
    QCOMPARE(client.waitForReply().value(2), QByteArray("000"));
}

void tst_AuthenticatorAnswers::handlesRawMessages_data()
{
    QTest::addColumn<QByteArrayList>("request");
    QTest::addColumn<QByteArrayList>("reply");
    const QByteArray id("a\0b", 3);
    QTest::newRow("accepted") << plain("bob", "secret")
                              << QByteArrayList{"1.0", "1", "200", "OK", "bob", ""};
    QTest::newRow("refused") << plain(
        "bob", "wrong") << QByteArrayList{"1.0", "1", "400", "The user name or password is wrong",
                                          "",    ""};
    QTest::newRow("the request id is echoed")
        << QByteArrayList{"1.0", id, "", "", "", "X"}
        << QByteArrayList{"1.0", id, "400", "The mechanism is unknown", "", ""};
    QTest::newRow("wrong version, answered in ours")
        << QByteArrayList{"9.9", "1"}
        << QByteArrayList{"1.0", "1", "400", "The ZAP version is not 1.0", "", ""};
    QTest::newRow("one frame") << QByteArrayList{"1.0"} << QByteArrayList{};
    QTest::newRow("nothing") << QByteArrayList{} << QByteArrayList{};
}

void tst_AuthenticatorAnswers::handlesRawMessages()
{
    QFETCH(const QByteArrayList, request);
    QFETCH(const QByteArrayList, reply);
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    const QFuture<QByteArrayList> future = authenticator.handleZapMessage(request);
    QVERIFY(future.isFinished());
    QCOMPARE(future.result(), reply);
}

void tst_AuthenticatorAnswers::answersInItsOwnVersion_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("1.1") << QByteArray("1.1");
    QTest::newRow("2.0") << QByteArray("2.0");
    QTest::newRow("long") << QByteArray(100000, '1');
    QTest::newRow("binary") << QByteArray("\xff\0\n\x80", 4);
}

void tst_AuthenticatorAnswers::answersInItsOwnVersion()
{
    QFETCH(const QByteArray, version);
    const QByteArrayList refusal{"1.0", "1", "400", "The ZAP version is not 1.0", "", ""};
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    QByteArrayList request = plain("bob", "secret");
    request[0] = version;
    // The version and the request id are sufficient for an answer.
    for (const QByteArrayList &frames : {request, QByteArrayList(request.first(2))}) {
        QCOMPARE(authenticator.handleZapMessage(frames).result(), refusal);
        client.send(frames);
        QCOMPARE(client.waitForReply(), refusal);
    }
    QCOMPARE(authenticator.handleZapMessage({version}).result(), QByteArrayList());
    client.send({version});
    QTRY_COMPARE(authenticator.droppedCount(), 2);
    QVERIFY(!client.receive());
}

void tst_AuthenticatorAnswers::handlesRawMessagesWhileStopped()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QCOMPARE(ask(authenticator, plain("bob", "secret")), QByteArrayList({"200", "bob"}));
    QVERIFY(authenticator.start());
    QCOMPARE(ask(authenticator, plain("bob", "secret")), QByteArrayList({"200", "bob"}));
    authenticator.stop();
    QCOMPARE(ask(authenticator, plain("bob", "secret")), QByteArrayList({"200", "bob"}));
    QCOMPARE(authenticator.acceptedCount(), 3);
}

void tst_AuthenticatorAnswers::evaluatesWithoutSideEffects()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    authenticator.setMaximumHeldConnections(1);
    authenticator.setLockdown(true);
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    const QZapCredentials bob = QZapCredentials::plain(QStringLiteral("bob"), "secret");
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(
            authenticator.evaluate(QStringLiteral("test"), QStringLiteral("::1"), bob).status(),
            QZap::Status::TemporaryError);
    }
    QCoreApplication::processEvents();
    QCOMPARE(decided.count(), 0);
    QCOMPARE(authenticator.temporaryCount(), 0);
    QCOMPARE(ask(authenticator, plain("bob", "secret")).value(0), QByteArray("300"));
}

void tst_AuthenticatorAnswers::evaluatesLikeARequest_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<QZap::Status>("status");
    QTest::addColumn<QString>("userId");

    const QString test = QStringLiteral("test");
    const QString here = QStringLiteral("127.0.0.1");
    const auto bob = QZapCredentials::plain(QStringLiteral("bob"), "secret");
    const QByteArray key(32, 'k');
    QTest::newRow("accepted") << test << here << bob << QZap::Status::Success
                              << QStringLiteral("bob");
    QTest::newRow("wrong password")
        << test << here << QZapCredentials::plain(QStringLiteral("bob"), "x")
        << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("other domain") << QStringLiteral("other") << here << bob
                                  << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("denied address") << test << QStringLiteral("10.0.0.1") << bob
                                    << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("no address") << test << QString() << bob << QZap::Status::AuthenticationFailure
                                << QString();
    QTest::newRow("long domain") << QString(256, u'x') << here << bob
                                 << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("any key") << test << here << QZapCredentials::curve(key) << QZap::Status::Success
                             << QStringLiteral("yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3");
    QTest::newRow("short key") << test << here << QZapCredentials::curve("key")
                               << QZap::Status::AuthenticationFailure << QString();
    QTest::newRow("NULL in a domain with others")
        << test << here << QZapCredentials::null() << QZap::Status::AuthenticationFailure
        << QString();
    QTest::newRow("NULL without any configuration")
        << QString() << here << QZapCredentials::null() << QZap::Status::Success
        << QStringLiteral("anonymous");
    QTest::newRow("GSSAPI without any configuration")
        << QStringLiteral("free") << here << QZapCredentials::gssapi(QStringLiteral("a@B"))
        << QZap::Status::Success << QStringLiteral("a@B");
    QTest::newRow("unknown mechanism")
        << test << here << QZapCredentials() << QZap::Status::AuthenticationFailure << QString();
}

void tst_AuthenticatorAnswers::evaluatesLikeARequest()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, address);
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const QZap::Status, status);
    QFETCH(const QString, userId);
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.deny(QStringLiteral("10.0.0.0/8")));
    const QZapReply reply = authenticator.evaluate(domain, address, credentials);
    QCOMPARE(reply.status(), status);
    QCOMPARE(reply.userId(), userId);

    const QByteArrayList request = requestOf(credentials, domain.toUtf8(), address.toLatin1());
    QCOMPARE(ask(authenticator, request),
             QByteArrayList({QByteArray::number(static_cast<int>(status)), userId.toUtf8()}));
}

QTEST_GUILESS_MAIN(tst_AuthenticatorAnswers)
#include "tst_authenticatoranswers.moc"
