// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include <QZap/QZap>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestProvider>

#include <QtTest/qtest.h>

#include <memory>

using namespace Qt::StringLiterals;

using QZap::Mechanism;

// Tests which requests are not sent, because no peer sends them or because a test would pass for
// the wrong reason.
class tst_QZapTestRequest : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void asksFromAddressesOfPeers_data();
    void asksFromAddressesOfPeers();
    void limitsCredentials_data();
    void limitsCredentials();
    void requiresAConfiguredDomain_data();
    void requiresAConfiguredDomain();
    void namesAnUnconfiguredDomain();

private:
    // Asks in order to verify a refusal, and returns whether the request was asked.
    bool isAsked(const QZapTestRequest &request) const;

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestClient> m_client;
};

void tst_QZapTestRequest::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_client = std::make_unique<QZapTestClient>(m_authenticator.get());
    m_client->setDomain(test());
    QVERIFY(configurePlain(*m_authenticator));
}

void tst_QZapTestRequest::cleanup()
{
    m_client.reset();
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

void tst_QZapTestRequest::asksFromAddressesOfPeers_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("isAsked");
    QTest::newRow("IPv4") << u"10.66.1.7"_s << true;
    QTest::newRow("IPv6") << u"2001:db8::7"_s << true;
    QTest::newRow("IPv6 with a zone") << u"fe80::1%eth0"_s << true;
    QTest::newRow("IPv4-mapped") << u"::ffff:10.66.1.7"_s << true;
    QTest::newRow("IPC") << u"localhost:1000:100:4711"_s << true;
    QTest::newRow("unknown") << QString() << true; // of a peer that has disconnected
    QTest::newRow("three numbers") << u"10.66.1"_s << false;
    QTest::newRow("four numbers, too large") << u"10.66.1.256"_s << false;
    QTest::newRow("port") << u"10.66.1.7:5555"_s << false;
    QTest::newRow("endpoint") << u"tcp://10.66.1.7:5555"_s << false;
    QTest::newRow("brackets") << u"[::1]"_s << false;
    QTest::newRow("subnet") << u"10.0.0.0/8"_s << false;
    QTest::newRow("rule of IPC peers") << u"ipc:uid=1000"_s << false;
    QTest::newRow("IPC without a process") << u"localhost:1000:100"_s << false;
    QTest::newRow("name") << u"localhost"_s << false;
    QTest::newRow("space") << u" 10.66.1.7"_s << false;
    QTest::newRow("nonsense") << u"nonsense"_s << false;
    QTest::newRow("256 characters") << QString(256, u'1') << false;
}

void tst_QZapTestRequest::asksFromAddressesOfPeers()
{
    QFETCH(const QString, address);
    QFETCH(const bool, isAsked);
    QCOMPARE(m_client->ask(m_client->plain("bob", "secret").from(address)), isAsked);
    QCOMPARE(m_authenticator->acceptedCount(), isAsked ? 1 : 0);
    m_client->setAddress(address);
    QCOMPARE(m_client->ask(m_client->plain("bob", "secret")), isAsked);
    QCOMPARE(m_client->message().contains(u"is not the address of a peer"_s), !isAsked);
}

void tst_QZapTestRequest::limitsCredentials_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QString>("problem");
    QTest::newRow("longest") << QString(255, u'b') << QByteArray(255, 'x') << QString();
    QTest::newRow("empty") << QString() << QByteArray() << QString();
    QTest::newRow("long user") << QString(256, u'b') << QByteArray("x")
                               << u"no peer has a user name of more than 255 bytes"_s;
    QTest::newRow("long user in UTF-8") << QString(128, u'\u00fc') << QByteArray("x")
                                        << u"no peer has a user name of more than 255 bytes"_s;
    QTest::newRow("long password")
        << u"bob"_s << QByteArray(256, 'x') << u"no peer has a password of more than 255 bytes"_s;
}

void tst_QZapTestRequest::limitsCredentials()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);
    QFETCH(const QString, problem);
    QCOMPARE(m_client->ask(m_client->plain(user, password)), problem.isEmpty());
    QVERIFY2(m_client->message().contains(problem), qPrintable(m_client->message()));
}

bool tst_QZapTestRequest::isAsked(const QZapTestRequest &request) const
{
    const qint64 count = m_authenticator->rejectedCount() + m_authenticator->acceptedCount();
    QTest::qExpectFail("", "not asked", QTest::Continue, __FILE__, __LINE__);
    qzapVerifyRefused("", __FILE__, __LINE__, request);
    return m_authenticator->rejectedCount() + m_authenticator->acceptedCount() > count;
}

void tst_QZapTestRequest::requiresAConfiguredDomain_data()
{
    QTest::addColumn<QByteArray>("rules");
    QTest::addColumn<QString>("domain");
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<bool>("isConfigured");
    const auto plain = Mechanism::Plain;
    QTest::newRow("its own") << QByteArray() << u"test"_s << plain << true;
    QTest::newRow("its own, for another mechanism")
        << QByteArray() << u"test"_s << Mechanism::Null << true;
    QTest::newRow("misspelt") << QByteArray() << u"tset"_s << plain << false;
    QTest::newRow("misspelt, NULL") << QByteArray() << u"tset"_s << Mechanism::Null << false;
    QTest::newRow("none") << QByteArray() << QString() << plain << false;
    QTest::newRow("that for all") << QByteArray("* PLAIN") << u"other"_s << plain << true;
    QTest::newRow("that for all, without a name")
        << QByteArray("* PLAIN") << QString() << plain << true;
    QTest::newRow("that for all, for another mechanism")
        << QByteArray("* NULL") << u"other"_s << plain << false;
    QTest::newRow("of a provider") << QByteArray("provider") << u"asked"_s << plain << true;
    QTest::newRow("misspelt, of a provider")
        << QByteArray("provider") << u"askedd"_s << plain << false;
    QTest::newRow("a provider for all") << QByteArray("* provider") << u"other"_s << plain << true;
    QTest::newRow("removed while running") << QByteArray("removed") << u"gone"_s << plain << true;
    QTest::newRow("no domain is configured") << QByteArray("none") << u"other"_s << plain << true;
}

void tst_QZapTestRequest::requiresAConfiguredDomain()
{
    QFETCH(const QByteArray, rules);
    QFETCH(const QString, domain);
    QFETCH(const Mechanism, mechanism);
    QFETCH(const bool, isConfigured);
    QZapTestProvider provider(QZapTestAnswer::reject("no"));
    if (rules == "* PLAIN")
        QVERIFY(m_authenticator->configurePlain(QZap::AnyDomain, bobsMap()));
    else if (rules == "* NULL")
        QVERIFY(m_authenticator->configureNull(QZap::AnyDomain, false));
    if (rules.endsWith("provider")) {
        QVERIFY(m_authenticator->setCredentialsProvider(
            rules.startsWith('*') ? QString(QZap::AnyDomain) : u"asked"_s, &provider));
    } else if (rules == "removed") {
        QVERIFY(m_authenticator->configurePlain(u"gone"_s, bobsMap()));
        QVERIFY(m_authenticator->start());
        QVERIFY(m_authenticator->removeDomain(u"gone"_s, Mechanism::Plain));
    } else if (rules == "none") {
        QVERIFY(m_authenticator->removeDomain(test(), Mechanism::Plain));
    }
    const QZapTestRequest request =
        (mechanism == Mechanism::Null ? m_client->null() : m_client->plain("bob", "guess"))
            .domain(domain);
    QCOMPARE(m_authenticator->isConfigured(domain, mechanism), isConfigured && rules != "none");
    if (isConfigured) {
        QZAP_VERIFY_REFUSED(request);
    } else {
        QVERIFY(!isAsked(request));
        const QString remedy = u"unconfiguredDomain(\"%1\")"_s.arg(domain);
        QVERIFY2(m_client->message().contains(remedy), qPrintable(m_client->message()));
    }
    // These do not verify whether the peer is let in by the rules of the domain.
    QVERIFY(m_client->ask(request));
    QZAP_COMPARE_STATUS(request, m_client->status());
}

void tst_QZapTestRequest::namesAnUnconfiguredDomain()
{
    const QZapTestRequest bob = m_client->plain("bob", "secret");
    QZAP_VERIFY_REFUSED(bob.unconfiguredDomain("other"));
    QZAP_VERIFY_REFUSED(bob.unconfiguredDomain(""));
    QZAP_VERIFY_ACCEPTED(bob.unconfiguredDomain("other").domain(test()));
    QZAP_VERIFY_ACCEPTED(m_client->null().unconfiguredDomain("other"));
    QVERIFY(!isAsked(bob.unconfiguredDomain(test())));
    QVERIFY2(m_client->message().contains(u"is configured; name it by domain()"_s),
             qPrintable(m_client->message()));
    QVERIFY(m_authenticator->configurePlain(QZap::AnyDomain, bobsMap()));
    QZAP_VERIFY_ACCEPTED(bob.unconfiguredDomain("other"));
}

QTEST_GUILESS_MAIN(tst_QZapTestRequest)
#include "tst_qzaptestrequest.moc"
