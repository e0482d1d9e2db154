// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"
#include "metricsample.h"
#include "zapclient.h"

#include <QZap/qzapcertificate.h>
#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapdecision.h>
#include <QZap/qzapguard.h>
#include <QZap/qzaplockout.h>
#include <QZap/qzapopenmetrics.h>
#include <QZap/qzappasswordfile.h>
#include <QZap/qzapplaindomain.h>

#include <QtCore/qdatetime.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>
#include <thread>

using namespace Qt::StringLiterals;

using Setup = std::function<void(QZapAuthenticator *)>;
Q_DECLARE_METATYPE(Setup)

class tst_OpenMetrics : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void isEmptyWithoutAnAuthenticator();
    void countsDecisions_data();
    void countsDecisions();
    void hasOneSeriesForAlikeDecisions();
    void labelsConfiguredDomainsOnly();
    void neverContainsTextsOfPeersOrProviders();
    void countsDroppedRequests();
    void countsDurations();
    void hasGauges();
    void hasGaugesOfStores();
    void hasGaugesOfCredentialsStores();
    void labelsAreEscaped();
    void isUsedInTheAuthenticatorsThreadOnly();

private:
    QByteArray ask(const QByteArray &mechanism, const QByteArrayList &credentials = {},
                   const QByteArray &domain = "test", const QByteArray &address = "127.0.0.1")
    {
        const QByteArrayList request = ZapClient::request(mechanism, credentials, domain, address);
        const QFuture<QByteArrayList> reply = m_authenticator->handleZapMessage(request);
        (void)QTest::qWaitFor([&reply] { return reply.isFinished(); });
        return reply.isFinished() ? reply.result().value(2) : QByteArray();
    }
    QByteArrayList lines() const { return QZap::openMetrics(m_authenticator.get()).split('\n'); }
    QByteArray sample(const QByteArray &name) const
    {
        return metricSample(m_authenticator.get(), name);
    }
    static QByteArray decisions(const QByteArray &mechanism, const QByteArray &outcome,
                                const QByteArray &reason, const QByteArray &domain = "test")
    {
        return "qzap_decisions_total{domain=\"" + domain + "\",mechanism=\"" + mechanism
               + "\",outcome=\"" + outcome + "\",reason=\"" + reason + "\"}";
    }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
};

void tst_OpenMetrics::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapCredentialsProvider>();
    connect(m_provider.get(), &QZapCredentialsProvider::authenticating, this,
            [](QZapDecision decision) {
                if (decision.credentials().userName() == u"eve"_s)
                    decision.reject(u"free \"text\" about eve"_s);
                else
                    decision.accept();
            });
}

void tst_OpenMetrics::cleanup()
{
    m_authenticator.reset();
    m_provider.reset();
    AuthenticatorTest::cleanup();
}

void tst_OpenMetrics::isEmptyWithoutAnAuthenticator()
{
    QCOMPARE(QZap::openMetrics(nullptr), QByteArray("# EOF\n"));
}

void tst_OpenMetrics::countsDecisions_data()
{
    QTest::addColumn<Setup>("setup");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("outcome");
    QTest::addColumn<QByteArray>("reason");
    const auto add = [](const char *name, const QByteArray &password, const QByteArray &outcome,
                        const QByteArray &reason, const Setup &setup) {
        QTest::newRow(name) << setup << password << outcome << reason;
    };
    add("accepted", "secret", "accepted", "accepted", [](QZapAuthenticator *) {});
    add("wrong password", "wrong", "refused", "wrong_password", [](QZapAuthenticator *) {});
    add("address", "secret", "refused", "address_rules",
        [](QZapAuthenticator *a) { a->deny(u"127.0.0.1"_s); });
    add("address, not enforced", "secret", "unenforced", "address_rules", [](QZapAuthenticator *a) {
        a->deny(u"127.0.0.1"_s);
        a->setReportOnly(true);
    });
    add("lockdown", "secret", "later", "lockdown",
        [](QZapAuthenticator *a) { a->setLockdown(true); });
    add("removed", "secret", "refused", "not_configured", [](QZapAuthenticator *a) {
        a->removeDomain(test(), QZap::Mechanism::Plain);
        a->configureNull(test(), true);
    });
    add("not ready", "secret", "later", "domain_not_ready", [](QZapAuthenticator *a) {
        a->removeDomain(test(), QZap::Mechanism::Plain);
        a->configurePlainFile(test(), u"/dev/null/missing"_s);
        const QZapDomain *const domain = a->domain(test(), QZap::Mechanism::Plain);
        (void)QTest::qWaitFor([domain] { return !domain->errorString().isEmpty(); });
    });
    add("invalid configuration", "secret", "later", "configuration_invalid",
        [](QZapAuthenticator *a) { a->deny(u"nonsense"_s); });
    add("expired user", "secret", "refused", "expired_user", [](QZapAuthenticator *a) {
        a->removeDomain(test(), QZap::Mechanism::Plain);
        auto *const store = new QZapCredentialsStore(a);
        auto *const domain = new QZapPlainDomain(a);
        domain->setName(test());
        domain->setStore(store);
        QVERIFY(a->addDomain(domain));
        QZapCredentialsUpdate update = store->begin(QZapCredentialsStore::ReplaceAll);
        QVERIFY(update.upsertUser(u"bob"_s, QZapPasswordFile::hash("secret", 1), {},
                                  QDateTime::currentDateTimeUtc().addSecs(-1)));
        QVERIFY(update.commit().result());
    });
    add("locked out", "secret", "later", "locked_out", [](QZapAuthenticator *a) {
        a->lockout()->setEnabled(true);
        a->lockout()->setMaximumFailures(1);
        (void)a->handleZapMessage(ZapClient::request("PLAIN", {"bob", "1"}));
        (void)a->handleZapMessage(ZapClient::request("PLAIN", {"bob", "2"}));
    });
}

void tst_OpenMetrics::countsDecisions()
{
    QFETCH(const Setup, setup);
    QFETCH(const QByteArray, password);
    QFETCH(const QByteArray, outcome);
    QFETCH(const QByteArray, reason);
    QVERIFY(configurePlain(*m_authenticator));
    setup(m_authenticator.get());
    ask("PLAIN", {"bob", password});
    const QByteArray value = sample(decisions("plain", outcome, reason));
    QVERIFY2(value.toInt() > 0, QZap::openMetrics(m_authenticator.get()).constData());
}

void tst_OpenMetrics::hasOneSeriesForAlikeDecisions()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    for (int i = 0; i < 3; ++i) {
        ask("NULL", {}, "test", "192.0.2." + QByteArray::number(i));
        ask("GSSAPI", {QByteArray::number(i)});
        ask("NONSENSE");
    }
    QCOMPARE(sample(decisions("null", "accepted", "accepted")), QByteArray("3"));
    QCOMPARE(sample(decisions("gssapi", "refused", "not_configured")), QByteArray("3"));
    QCOMPARE(sample(decisions("unknown", "refused", "malformed")), QByteArray("3"));
    QCOMPARE(QZap::openMetrics(m_authenticator.get()).count("\nqzap_decisions_total{"), 3);
}

void tst_OpenMetrics::labelsConfiguredDomainsOnly()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    ask("NULL");
    for (int i = 0; i < 10; ++i)
        ask("NULL", {}, "domain" + QByteArray::number(i));
    QCOMPARE(sample(decisions("null", "accepted", "accepted", "test")), QByteArray("1"));
    QCOMPARE(sample(decisions("null", "accepted", "accepted", "other")), QByteArray("10"));
    QVERIFY(m_authenticator->configureNull(QZap::AnyDomain, false));
    ask("NULL", {}, "domain1");
    QCOMPARE(sample(decisions("null", "refused", "null_not_accepted", "*")), QByteArray("1"));
}

void tst_OpenMetrics::neverContainsTextsOfPeersOrProviders()
{
    QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
    ask("PLAIN", {"alice", "secret"});
    ask("PLAIN", {"eve", "secret"});
    QCOMPARE(sample(decisions("plain", "accepted", "provider")), QByteArray("1"));
    QCOMPARE(sample(decisions("plain", "refused", "provider")), QByteArray("1"));
    const QByteArray text = QZap::openMetrics(m_authenticator.get());
    for (const char *part : {"alice", "eve", "secret", "free", "127.0.0.1"})
        QVERIFY2(!text.contains(part), part);
}

void tst_OpenMetrics::countsDroppedRequests()
{
    QCOMPARE(m_authenticator->handleZapMessage({"1.0"}).result(), QByteArrayList());
    QCOMPARE(sample(decisions("unknown", "dropped", "unanswerable", "other")), QByteArray("1"));
    QCOMPARE(sample("qzap_decision_duration_seconds_count"), QByteArray("0"));
}

void tst_OpenMetrics::countsDurations()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QCOMPARE(sample("qzap_decision_duration_seconds_count"), QByteArray("0"));
    QCOMPARE(sample("qzap_decision_duration_seconds_sum"), QByteArray("0.0"));
    for (int i = 0; i < 5; ++i)
        ask("NULL");
    QCOMPARE(sample("qzap_decision_duration_seconds_count"), QByteArray("5"));
    QCOMPARE(sample("qzap_decision_duration_seconds_bucket{le=\"+Inf\"}"), QByteArray("5"));
    QVERIFY(sample("qzap_decision_duration_seconds_sum").toDouble() > 0);
    int before = 0;
    for (const QByteArray &line : lines()) {
        if (!line.startsWith("qzap_decision_duration_seconds_bucket"))
            continue;
        const int count = line.mid(line.lastIndexOf(' ') + 1).toInt();
        QVERIFY(count >= before);
        before = count;
    }
}

void tst_OpenMetrics::hasGauges()
{
    QVERIFY(configurePlain(*m_authenticator));
    for (const char *name : {"qzap_running", "qzap_pending_requests", "qzap_held_connections",
                             "qzap_locked_addresses", "qzap_guards"}) {
        QCOMPARE(sample(name), QByteArray("0"));
    }
    QZapCredentialsProvider provider;
    QZapDecision pending;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&pending](const QZapDecision &decision) {
                pending = decision;
                pending.defer();
            });
    QVERIFY(m_authenticator->setCredentialsProvider(u"waits"_s, &provider));
    m_authenticator->lockout()->setEnabled(true);
    m_authenticator->lockout()->setMaximumFailures(1);
    m_authenticator->setMaximumHeldConnections(5);
    QVERIFY(m_authenticator->start());
    const QZapGuard guard(m_authenticator.get());
    const QFuture<QByteArrayList> reply =
        m_authenticator->handleZapMessage(ZapClient::request("NULL", {}, "waits"));
    ask("PLAIN", {"bob", "1"});
    ask("PLAIN", {"bob", "2"});
    m_authenticator->setLockdown(true);
    QCOMPARE(ask("NULL", {}, "test", "192.0.2.1"), QByteArray("300"));
    QCOMPARE(sample("qzap_running"), QByteArray("1"));
    QCOMPARE(sample("qzap_pending_requests"), QByteArray("1"));
    QCOMPARE(sample("qzap_held_connections"), QByteArray("1"));
    QCOMPARE(sample("qzap_locked_addresses"), QByteArray("1"));
    QCOMPARE(sample("qzap_guards"), QByteArray("1"));
}

void tst_OpenMetrics::hasGaugesOfStores()
{
    QVERIFY(m_authenticator->configurePlain(test(),
                                            {{u"bob"_s, u"secret"_s}, {u"alice"_s, u"secret"_s}}));
    QVERIFY(m_authenticator->configureGssapi(u"krb"_s, {u"alice@EXAMPLE.ORG"_s}));
    makeDirectory(u"keys"_s);
    const QString keys = path(u"keys"_s);
    QVERIFY(m_authenticator->configureCurve(test(), keys));
    QCOMPARE(sample("qzap_store_entries{domain=\"test\",mechanism=\"plain\"}"), QByteArray("2"));
    QCOMPARE(sample("qzap_store_entries{domain=\"krb\",mechanism=\"gssapi\"}"), QByteArray("1"));
    QCOMPARE(sample("qzap_store_ready{domain=\"test\",mechanism=\"plain\"}"), QByteArray("1"));
    QCOMPARE(sample("qzap_store_ready{domain=\"test\",mechanism=\"curve\"}"), QByteArray("0"));
    QVERIFY(QZapCertificate::generate().save(keys, u"alice"_s));
    QTRY_COMPARE(sample("qzap_store_entries{domain=\"test\",mechanism=\"curve\"}"),
                 QByteArray("1"));
    QTRY_COMPARE(sample("qzap_store_ready{domain=\"test\",mechanism=\"curve\"}"), QByteArray("1"));
}

void tst_OpenMetrics::hasGaugesOfCredentialsStores()
{
    const QByteArray labels = "{domain=\"test\",mechanism=\"curve\"}";
    QZapCredentialsStore store;
    QZapCurveDomain domain;
    domain.setName(test());
    domain.setStore(&store);
    QVERIFY(m_authenticator->addDomain(&domain));
    QCOMPARE(sample("qzap_store_ready" + labels), QByteArray("0"));
    QCOMPARE(sample("qzap_store_confirmed_age_seconds" + labels), QByteArray());
    QZapCredentialsUpdate update = store.begin(QZapCredentialsStore::ReplaceAll);
    QVERIFY(update.upsertKey(QByteArray(32, 'k'), u"alice"_s, {}));
    QVERIFY(update.commit().result());
    QTRY_COMPARE(sample("qzap_store_ready" + labels), QByteArray("1"));
    QCOMPARE(sample("qzap_store_entries" + labels), QByteArray("1"));
    QCOMPARE(sample("qzap_store_stale" + labels), QByteArray("0"));
    const double age = sample("qzap_store_confirmed_age_seconds" + labels).toDouble();
    QVERIFY(age >= 0 && age < 60);
    store.setStaleTime(1);
    QTRY_COMPARE(sample("qzap_store_stale" + labels), QByteArray("1"));
    QCOMPARE(sample("qzap_store_ready" + labels), QByteArray("0"));
    QVERIFY(sample("qzap_store_confirmed_age_seconds" + labels).toDouble() >= 0.001);
    ask("CURVE", {QByteArray(32, 'k')});
    QCOMPARE(sample(decisions("curve", "later", "not_confirmed")), QByteArray("1"));
    store.setStaleTime(3'600'000);
    store.confirm();
    QTRY_COMPARE(sample("qzap_store_stale" + labels), QByteArray("0"));
    QCOMPARE(sample("qzap_store_ready" + labels), QByteArray("1"));
}

void tst_OpenMetrics::labelsAreEscaped()
{
    QVERIFY(m_authenticator->configureNull(u"a \"b\" \\"_s, true));
    QVERIFY(lines().contains("qzap_store_ready{domain=\"a \\\"b\\\" \\\\\",mechanism=\"null\"} 1"));
}

void tst_OpenMetrics::isUsedInTheAuthenticatorsThreadOnly()
{
    QTest::ignoreMessage(
        QtWarningMsg,
        "QZap::openMetrics: must be called in the thread that the authenticator lives in");
    QByteArray text;
    std::thread thread([&] { text = QZap::openMetrics(m_authenticator.get()); });
    thread.join();
    QCOMPARE(text, QByteArray("# EOF\n"));
}

QTEST_GUILESS_MAIN(tst_OpenMetrics)
#include "tst_openmetrics.moc"
