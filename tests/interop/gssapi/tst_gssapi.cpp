// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gssapitest.h"

#include <QZap/QZapAuthenticator>
#include <QZap/QZapGssapiDomain>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests which Kerberos principals are accepted on real sockets.
class tst_Gssapi : public GssapiTest
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsAListedPrincipal_data();
    void acceptsAListedPrincipal();
    void comparesTheWholePrincipal_data();
    void comparesTheWholePrincipal();
    void distinguishesPrincipals();
    void checksTheAddress_data();
    void checksTheAddress();
    void acceptsThePeerLater_data();
    void acceptsThePeerLater();
    void followsOtherDomains_data();
    void followsOtherDomains();
    void closesOnceADomainIsConfigured();
    void refusesDomainsThatCannotBeDecoded_data();
    void refusesDomainsThatCannotBeDecoded();
};

void tst_Gssapi::acceptsAListedPrincipal_data()
{
    QTest::addColumn<QString>("serverPrincipal");
    QTest::addColumn<int>("nameType");
    QTest::addColumn<bool>("plaintext");
    QTest::newRow("server named by service and host")
        << u"zmqtest@localhost"_s << ZMQ_GSSAPI_NT_HOSTBASED << false;
    QTest::newRow("server named by principal")
        << serverName() << ZMQ_GSSAPI_NT_KRB5_PRINCIPAL << false;
    QTest::newRow("server not named") << QString() << ZMQ_GSSAPI_NT_HOSTBASED << false;
    QTest::newRow("messages not encrypted") << serverName() << ZMQ_GSSAPI_NT_KRB5_PRINCIPAL << true;
}

void tst_Gssapi::acceptsAListedPrincipal()
{
    QFETCH(const QString, serverPrincipal);
    QFETCH(const int, nameType);
    QFETCH(const bool, plaintext);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QSignalSpy authenticated(&authenticator, &QZapAuthenticator::authenticated);
    QVERIFY(authenticator.configureGssapi(domain(), {bob(), alice()}));
    QVERIFY(authenticator.start());
    Server server(context);
    QVERIFY(QZap::secureGssapi(server.socket(), domain(), serverPrincipal));
    server.socket().set(zmq::sockopt::gssapi_principal_nametype, nameType);
    server.socket().set(zmq::sockopt::gssapi_plaintext, plaintext);
    const QString endpoint = server.bind();

    Peer peer(context);
    peer.socket().set(zmq::sockopt::gssapi_plaintext, plaintext);
    connect(peer, alice(), endpoint);
    verifyAccepted(server, peer, alice());
    QTRY_COMPARE(authenticated.size(), 1);
    QCOMPARE(authenticated.first().at(0).toString(), alice());
    const auto request = authenticated.first().at(1).value<QZapRequest>();
    QCOMPARE(request.mechanism(), QZap::Mechanism::Gssapi);
    QCOMPARE(request.domain(), domain());
    QCOMPARE(request.principal(), alice());
    QCOMPARE(request.address(), u"127.0.0.1"_s);
    QCOMPARE(authenticator.acceptedCount(), 1);
}

void tst_Gssapi::comparesTheWholePrincipal_data()
{
    QTest::addColumn<QStringList>("principals");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("an empty list names everyone") << QStringList() << true;
    QTest::newRow("only those that are listed") << QStringList{bob()} << false;
    QTest::newRow("the realm belongs to the name") << QStringList{u"alice"_s} << false;
    QTest::newRow("another realm is another name") << QStringList{u"alice@OTHER.TEST"_s} << false;
    QTest::newRow("an instance is another name")
        << QStringList{KerberosRealm::principal(u"alice/admin"_s)} << false;
    QTest::newRow("case matters") << QStringList{KerberosRealm::principal(u"Alice"_s)} << false;
    QTest::newRow("a list has no wildcards") << QStringList{u"*"_s, u"*@QZAP.TEST"_s} << false;
}

void tst_Gssapi::comparesTheWholePrincipal()
{
    QFETCH(const QStringList, principals);
    QFETCH(const bool, accepted);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QSignalSpy rejected(&authenticator, &QZapAuthenticator::rejected);
    QVERIFY(authenticator.configureGssapi(domain(), principals));
    QVERIFY(authenticator.start());
    Server server(context);
    const QString endpoint = bind(server);
    QVERIFY(!endpoint.isEmpty());

    Peer peer(context);
    connect(peer, alice(), endpoint);
    if (accepted) {
        verifyAccepted(server, peer, alice());
        return;
    }
    verifyKeptOut(server, peer);
    QTRY_VERIFY(!rejected.isEmpty());
    QCOMPARE(rejected.first().at(0).toString(), alice());
    QCOMPARE(authenticator.acceptedCount(), 0);
    QCOMPARE(authenticator.temporaryCount(), 0);
}

void tst_Gssapi::distinguishesPrincipals()
{
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QVERIFY(authenticator.configureGssapi(domain(), {}));
    QVERIFY(authenticator.start());
    Server server(context);
    const QString endpoint = bind(server);
    QVERIFY(!endpoint.isEmpty());

    Peer first(context);
    connect(first, alice(), endpoint);
    verifyAccepted(server, first, alice());
    Peer second(context);
    connect(second, bob(), endpoint);
    verifyAccepted(server, second, bob());
    first.send("let me in");
    verifyAccepted(server, first, alice());
}

void tst_Gssapi::checksTheAddress_data()
{
    QTest::addColumn<QStringList>("allowed");
    QTest::addColumn<QStringList>("denied");
    QTest::addColumn<bool>("accepted");
    const QStringList loopback{u"127.0.0.0/8"_s};
    const QStringList other{u"192.0.2.1"_s};
    QTest::newRow("denied") << QStringList() << loopback << false;
    QTest::newRow("not denied") << QStringList() << other << true;
    QTest::newRow("allowed") << loopback << QStringList() << true;
    QTest::newRow("not allowed") << other << QStringList() << false;
}

void tst_Gssapi::checksTheAddress()
{
    QFETCH(const QStringList, allowed);
    QFETCH(const QStringList, denied);
    QFETCH(const bool, accepted);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QVERIFY(authenticator.configureGssapi(domain(), {alice()}));
    QVERIFY(allowed.isEmpty() || authenticator.allow(allowed));
    QVERIFY(denied.isEmpty() || authenticator.deny(denied));
    QVERIFY(authenticator.start());
    Server server(context);
    const QString endpoint = bind(server);
    QVERIFY(!endpoint.isEmpty());

    Peer peer(context);
    connect(peer, alice(), endpoint);
    if (accepted)
        verifyAccepted(server, peer, alice());
    else
        verifyKeptOut(server, peer);
}

void tst_Gssapi::acceptsThePeerLater_data()
{
    QTest::addColumn<bool>("lockdown");
    QTest::addColumn<bool>("ready");
    QTest::newRow("locked down") << true << true;
    QTest::newRow("domain not ready") << false << false;
    QTest::newRow("locked down, and then the domain is not ready") << true << false;
}

void tst_Gssapi::acceptsThePeerLater()
{
    QFETCH(const bool, lockdown);
    QFETCH(const bool, ready);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QSignalSpy decided(&authenticator, &QZapAuthenticator::decided);
    QZapGssapiDomain gssapi;
    gssapi.setName(domain());
    if (ready)
        gssapi.setPrincipals({alice()});
    QVERIFY(authenticator.addDomain(&gssapi));
    authenticator.setLockdown(lockdown);
    QVERIFY(authenticator.start());
    Server server(context);
    const QString endpoint = bind(server);
    QVERIFY(!endpoint.isEmpty());

    Peer peer(context);
    connect(peer, alice(), endpoint);
    verifyKeptOut(server, peer);
    if (QTest::currentTestFailed())
        return;
    QTRY_VERIFY(!decided.isEmpty());
    QCOMPARE(decided.first().at(1).value<QZapReply>().status(), QZap::Status::TemporaryError);
    if (lockdown && !ready) {
        authenticator.setLockdown(false);
        verifyKeptOut(server, peer);
        if (QTest::currentTestFailed())
            return;
    }
    QCOMPARE(authenticator.rejectedCount(), 0);

    authenticator.setLockdown(false);
    gssapi.setPrincipals({alice()});
    verifyAccepted(server, peer, alice());
}

void tst_Gssapi::followsOtherDomains_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("nothing is configured") << QZap::Mechanism::Unknown << QString() << true;
    QTest::newRow("another domain is configured") << QZap::Mechanism::Gssapi << u"other"_s << true;
    QTest::newRow("NULL is configured for it") << QZap::Mechanism::Null << domain() << false;
    QTest::newRow("PLAIN is configured for it") << QZap::Mechanism::Plain << domain() << false;
    QTest::newRow("CURVE is configured for it") << QZap::Mechanism::Curve << domain() << false;
    QTest::newRow("NULL is configured for all")
        << QZap::Mechanism::Null << QString(QZap::AnyDomain) << false;
    QTest::newRow("GSSAPI is configured for all")
        << QZap::Mechanism::Gssapi << QString(QZap::AnyDomain) << true;
}

void tst_Gssapi::followsOtherDomains()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const QString, name);
    QFETCH(const bool, accepted);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    switch (mechanism) {
    case QZap::Mechanism::Unknown:
        break;
    case QZap::Mechanism::Null:
        QVERIFY(authenticator.configureNull(name, true));
        break;
    case QZap::Mechanism::Plain:
        QVERIFY(authenticator.configurePlain(name, {{u"alice"_s, u"secret"_s}}));
        break;
    case QZap::Mechanism::Curve:
        QVERIFY(authenticator.configureCurve(name, QZap::CurveAllowAny));
        break;
    case QZap::Mechanism::Gssapi:
        QVERIFY(authenticator.configureGssapi(name, {alice()}));
        break;
    }
    QVERIFY(authenticator.start());
    Server server(context);
    const QString endpoint = bind(server);
    QVERIFY(!endpoint.isEmpty());

    Peer peer(context);
    connect(peer, alice(), endpoint);
    if (accepted)
        verifyAccepted(server, peer, alice());
    else
        verifyKeptOut(server, peer);
}

void tst_Gssapi::closesOnceADomainIsConfigured()
{
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QVERIFY(authenticator.start());
    Server first(context);
    const QString firstEndpoint = bind(first);
    Server second(context);
    const QString secondEndpoint = bind(second);
    QVERIFY(!firstEndpoint.isEmpty() && !secondEndpoint.isEmpty());

    Peer early(context);
    connect(early, alice(), firstEndpoint);
    verifyAccepted(first, early, alice());
    if (QTest::currentTestFailed())
        return;
    QVERIFY(authenticator.configureNull(domain(), true));
    Peer late(context);
    connect(late, alice(), secondEndpoint);
    verifyKeptOut(second, late);
    if (QTest::currentTestFailed())
        return;
    // The established connection remains.
    early.send("let me in");
    verifyAccepted(first, early, alice());

    // The name remains closed until the authenticator is stopped.
    QVERIFY(authenticator.removeDomain(domain(), QZap::Mechanism::Null));
    QCOMPARE(authenticator
                 .evaluate(domain(), QStringLiteral("127.0.0.1"), QZapCredentials::gssapi(alice()))
                 .status(),
             QZap::Status::AuthenticationFailure);
    QVERIFY(!late.isAccepted());
    authenticator.stop();
    QVERIFY(authenticator.start());
    verifyAccepted(second, late, alice());
}

void tst_Gssapi::refusesDomainsThatCannotBeDecoded_data()
{
    QTest::addColumn<QByteArray>("zapDomain");
    QTest::addColumn<QZapAuthenticator::Encoding>("encoding");
    QTest::newRow("not UTF-8") << "dom\xe4ne"_ba << QZapAuthenticator::Encoding::Utf8;
    QTest::newRow("UTF-8 with a control character of Latin-1")
        << "\xc3\x80"_ba << QZapAuthenticator::Encoding::Latin1;
}

// Such a request is malformed: it is refused before its mechanism is evaluated, and the peer must
// be kept out.
void tst_Gssapi::refusesDomainsThatCannotBeDecoded()
{
    QFETCH(const QByteArray, zapDomain);
    QFETCH(const QZapAuthenticator::Encoding, encoding);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    authenticator.setEncoding(encoding);
    QVERIFY(authenticator.configureGssapi(QZap::AnyDomain, {bob()}));
    QVERIFY(authenticator.start());
    Server server(context);
    QVERIFY(QZap::secureGssapi(server.socket(), domain(), u"zmqtest@localhost"_s));
    server.socket().set(zmq::sockopt::zap_domain, zapDomain.toStdString());
    const QString endpoint = server.bind();

    Peer peer(context);
    connect(peer, alice(), endpoint);
    verifyKeptOut(server, peer);
}

QTEST_GUILESS_MAIN(tst_Gssapi)
#include "tst_gssapi.moc"
