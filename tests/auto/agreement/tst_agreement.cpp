// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "peer.h"
#include "server.h"
#include "zapclient.h"

#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

using namespace Qt::StringLiterals;

// Tests that evaluate(), handleZapMessage(), a raw request on the socket and a real handshake
// agree.
class tst_Agreement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void decisions_data();
    void decisions();
    void handshakes_data();
    void handshakes();

private:
    using Encoding = QZapAuthenticator::Encoding;

    void configure();
    static QByteArrayList framesOf(const QZapCredentials &credentials, const QString &domain,
                                   const QString &address, Encoding encoding);

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<ZapClient> m_client;
};

void tst_Agreement::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_client = std::make_unique<ZapClient>(*m_context);
}

void tst_Agreement::cleanup()
{
    m_client.reset();
    m_authenticator.reset();
    m_context.reset();
}

void tst_Agreement::configure()
{
    const QVariantMap bob{{u"bob"_s, u"secret"_s}, {u"j\u00f6rg"_s, u"secret"_s}};
    QVERIFY(m_authenticator->configurePlain(u"users"_s, bob));
    QVERIFY(m_authenticator->configurePlain(u"caf\u00e9"_s, bob));
    QVERIFY(m_authenticator->configureCurve(u"caf\u00e9"_s, QZap::CurveAllowAny));
    QVERIFY(m_authenticator->configureNull(u"closed \u00e9"_s, false));
    QVERIFY(m_authenticator->configureGssapi(u"tickets"_s, {u"alice@A"_s}));
    QVERIFY(m_authenticator->configureNull(QZap::AnyDomain, true));
    QVERIFY(m_authenticator->deny(u"10.0.0.0/8"_s));
}

QByteArrayList tst_Agreement::framesOf(const QZapCredentials &credentials, const QString &domain,
                                       const QString &address, Encoding encoding)
{
    const auto encoded = [encoding](const QString &text) {
        return encoding == Encoding::Latin1 ? text.toLatin1() : text.toUtf8();
    };
    QByteArray mechanism;
    QByteArrayList shown;
    switch (credentials.mechanism()) {
    case QZap::Mechanism::Null:
        mechanism = "NULL";
        break;
    case QZap::Mechanism::Plain:
        mechanism = "PLAIN";
        shown = {encoded(credentials.userName()), credentials.password()};
        break;
    case QZap::Mechanism::Curve:
        mechanism = "CURVE";
        shown = {credentials.publicKey()};
        break;
    case QZap::Mechanism::Gssapi:
        mechanism = "GSSAPI";
        shown = {encoded(credentials.principal())};
        break;
    case QZap::Mechanism::Unknown:
        break;
    }
    // The domain is in UTF-8, as the QZap::secure*() functions set it.
    return ZapClient::request(mechanism, shown, domain.toUtf8(), address.toUtf8());
}

void tst_Agreement::decisions_data()
{
    QTest::addColumn<Encoding>("encoding");
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<QZap::Status>("status");
    const QString cafe = u"caf\u00e9"_s;
    const QString here = u"127.0.0.1"_s;
    const auto bob = QZapCredentials::plain(u"bob"_s, "secret");
    const auto umlaut = QZapCredentials::plain(u"j\u00f6rg"_s, "secret");
    const auto key = QZapCredentials::curve(QByteArray(32, 'k'));
    const auto null = QZapCredentials::null();
    const auto accepted = QZap::Status::Success;
    const auto refused = QZap::Status::AuthenticationFailure;
    for (const auto encoding : {Encoding::Utf8, Encoding::Latin1}) {
        const char *const name = encoding == Encoding::Utf8 ? "UTF-8" : "Latin-1";
        const auto row = [&](const char *rule) -> QTestData & {
            return QTest::addRow("%s, %s", rule, name) << encoding;
        };
        row("PLAIN") << u"users"_s << here << bob << accepted;
        row("PLAIN, name beyond ASCII") << u"users"_s << here << umlaut << accepted;
        row("PLAIN, domain beyond ASCII") << cafe << here << bob << accepted;
        row("PLAIN, both beyond ASCII") << cafe << here << umlaut << accepted;
        row("PLAIN, wrong password")
            << cafe << here << QZapCredentials::plain(u"bob"_s, "x") << refused;
        row("PLAIN, no domain") << QString() << here << bob << refused;
        row("CURVE, domain beyond ASCII") << cafe << here << key << accepted;
        row("CURVE, another domain") << u"caf\u00c3\u00a9"_s << here << key << refused;
        row("CURVE, short key") << cafe << here << QZapCredentials::curve("key") << refused;
        row("NULL, closed domain beyond ASCII") << u"closed \u00e9"_s << here << null << refused;
        row("NULL, domain for all") << cafe << here << null << accepted;
        row("NULL, domain that is not in Latin-1") << u"\u20ac"_s << here << null << accepted;
        row("NULL, denied address") << cafe << u"10.1.1.1"_s << null << refused;
        row("NULL, no address") << cafe << QString() << null << refused;
        row("NULL, long domain") << QString(256, u'x') << here << null << refused;
        row("NULL, control character") << u"a\nb"_s << here << null << refused;
        row("GSSAPI") << u"tickets"_s << here << QZapCredentials::gssapi(u"alice@A"_s) << accepted;
        row("GSSAPI, stranger") << u"tickets"_s << here << QZapCredentials::gssapi(u"eve@A"_s)
                                << refused;
        row("unknown mechanism") << cafe << here << QZapCredentials() << refused;
    }
}

void tst_Agreement::decisions()
{
    QFETCH(const Encoding, encoding);
    QFETCH(const QString, domain);
    QFETCH(const QString, address);
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const QZap::Status, status);
    configure();
    m_authenticator->setEncoding(encoding);
    const QByteArrayList frames = framesOf(credentials, domain, address, encoding);
    const QByteArray code = QByteArray::number(static_cast<int>(status));
    // libzmq lets a GSSAPI peer in unless the status of the reply is invalid.
    const bool isGssapi = credentials.mechanism() == QZap::Mechanism::Gssapi;
    const QByteArray sent = isGssapi && status != QZap::Status::Success ? "000" : code;
    for (const bool running : {false, true}) {
        if (running)
            QVERIFY(m_authenticator->start());
        QCOMPARE(m_authenticator->evaluate(domain, address, credentials).status(), status);
        QCOMPARE(m_authenticator->handleZapMessage(frames).result().value(2), sent);
    }
    m_client->send(frames);
    QCOMPARE(m_client->waitForReply().value(2), sent);
}

void tst_Agreement::handshakes_data()
{
    QTest::addColumn<Encoding>("encoding");
    QTest::addColumn<QString>("domain");
    QTest::addColumn<bool>("accepted");
    for (const auto encoding : {Encoding::Utf8, Encoding::Latin1}) {
        const char *const name = encoding == Encoding::Utf8 ? "UTF-8" : "Latin-1";
        QTest::addRow("known domain, %s", name) << encoding << u"caf\u00e9"_s << true;
        QTest::addRow("closed domain, %s", name) << encoding << u"closed \u00e9"_s << false;
    }
}

// The domain is that of a socket that a QZap::secure*() function has configured.
void tst_Agreement::handshakes()
{
    QFETCH(const Encoding, encoding);
    QFETCH(const QString, domain);
    QFETCH(const bool, accepted);
    configure();
    m_authenticator->setEncoding(encoding);
    QVERIFY(m_authenticator->start());
    QCOMPARE(m_authenticator->evaluate(domain, u"127.0.0.1"_s, QZapCredentials::null()).status(),
             accepted ? QZap::Status::Success : QZap::Status::AuthenticationFailure);
    Server server(*m_context);
    QVERIFY(QZap::secureNull(server.socket(), domain));
    zmq::context_t clients;
    Peer peer(clients);
    peer.connect(server.bind());
    if (accepted) {
        QTRY_VERIFY(peer.isAccepted());
    } else {
        QTRY_COMPARE(peer.refusal(), 400);
        QVERIFY(!peer.isAccepted());
    }
}

QTEST_GUILESS_MAIN(tst_Agreement)
#include "tst_agreement.moc"
