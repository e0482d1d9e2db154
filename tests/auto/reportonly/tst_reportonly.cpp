// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"
#include "logcollector.h"
#include "peer.h"
#include "server.h"

#include <QZap/QZap>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestProvider>

#include <QtCore/qfuture.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <memory>
#include <optional>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using QZap::Mechanism;
using QZap::Status;

// Tests which refusals are only reported because of QZapAuthenticator::reportOnly or
// QZapDomain::reportOnly.
class tst_ReportOnly : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void letsInPeersThatTheRulesRefuse_data();
    void letsInPeersThatTheRulesRefuse();
    void enforcesEverythingElse_data();
    void enforcesEverythingElse();
    void acceptedPeersGetTheirReply();
    void computedHashes_data();
    void computedHashes();
    void lateAnswersOfProviders();
    void appliesToPeersThatWait_data();
    void appliesToPeersThatWait();
    void reportsTheRefusal();
    void sendsEmptyFields();
    void letsInRealPeers();
    void warns();
    void areProperties();

private:
    static QString here() { return u"127.0.0.1"_s; }
    static QZapCredentials eve() { return QZapCredentials::plain(u"eve"_s, "x"); }
    static QByteArray key() { return QByteArray(32, 'k'); }
    void configure();
    void setReportOnly(bool onDomains);
    QZapReply ask(const QString &domain, const QString &address, const QZapCredentials &credentials)
    {
        const auto future = m_authenticator->authenticate(domain, address, credentials);
        return future.isFinished() ? future.result() : QZapReply::internalError(u"pending"_s);
    }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestProvider> m_provider;
};

void tst_ReportOnly::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapTestProvider>();
}

void tst_ReportOnly::cleanup()
{
    m_provider.reset();
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

void tst_ReportOnly::configure()
{
    const QByteArray known = QZapCertificate::generate().publicKeyText().toLatin1();
    const QString list = write(u"keys.list"_s, known + " turbine-3\n");
    QVERIFY(m_authenticator->configureCurve(u"keys"_s, list));
    QVERIFY(m_authenticator->configurePlain(u"users"_s, bobsMap()));
    QVERIFY(m_authenticator->configureGssapi(u"tickets"_s, {u"alice@A"_s}));
    QVERIFY(m_authenticator->configureNull(u"closed"_s, false));
    QVERIFY(m_authenticator->configureNull(u"open"_s, true));
    QVERIFY(m_authenticator->configurePlain(u"vetoed"_s, bobsMap()));
    m_provider->setAnswer(QZapTestAnswer::reject("vetoed"));
    QVERIFY(m_authenticator->setCredentialsProvider(u"vetoed"_s, m_provider.get()));
    QVERIFY(m_authenticator->setCredentialsProvider(u"asked"_s, m_provider.get()));
    QVERIFY(m_authenticator->deny(u"10.0.0.0/8"_s));
    QTRY_VERIFY(m_authenticator->domain(u"keys"_s, Mechanism::Curve)->isReady());
}

void tst_ReportOnly::setReportOnly(bool onDomains)
{
    if (!onDomains) {
        m_authenticator->setReportOnly(true);
        return;
    }
    const QList<QZapDomain *> domains = m_authenticator->domains();
    for (QZapDomain *domain : domains)
        domain->setReportOnly(true);
}

void tst_ReportOnly::letsInPeersThatTheRulesRefuse_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<bool>("isOfDomain"); // whether the domain's property applies
    const QString denied = u"10.1.1.1"_s;
    const auto curve = QZapCredentials::curve(key());
    QTest::newRow("unknown key") << u"keys"_s << here() << curve << true;
    QTest::newRow("unknown user") << u"users"_s << here() << eve() << true;
    QTest::newRow("unknown principal")
        << u"tickets"_s << here() << QZapCredentials::gssapi(u"eve@A"_s) << true;
    QTest::newRow("veto of a provider") << u"vetoed"_s << here() << bob() << true;
    QTest::newRow("a provider that decides alone") << u"asked"_s << here() << bob() << false;
    QTest::newRow("denied address, correct password") << u"users"_s << denied << bob() << false;
    QTest::newRow("denied address, NULL")
        << u"open"_s << denied << QZapCredentials::null() << false;
    QTest::newRow("denied address, unknown key") << u"keys"_s << denied << curve << false;
    QTest::newRow("denied address and a veto") << u"vetoed"_s << denied << bob() << false;
    QTest::newRow("no address") << u"users"_s << QString() << bob() << false;
}

void tst_ReportOnly::letsInPeersThatTheRulesRefuse()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, address);
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const bool, isOfDomain);
    configure();
    const QZapReply enforced = ask(domain, address, credentials);
    QCOMPARE(enforced.status(), Status::AuthenticationFailure);
    QVERIFY(enforced.isEnforced());
    QCOMPARE(m_authenticator->rejectedCount(), 1);

    setReportOnly(true);
    QCOMPARE(ask(domain, address, credentials).isEnforced(), !isOfDomain);
    const qint64 letIn = isOfDomain ? 1 : 0;
    QCOMPARE(m_authenticator->unenforcedCount(), letIn);

    setReportOnly(false);
    const QZapReply reported = ask(domain, address, credentials);
    QCOMPARE(reported.status(), Status::AuthenticationFailure);
    QVERIFY(!reported.isEnforced());
    QVERIFY(!reported.statusText().isEmpty());
    QCOMPARE(reported.userId(), QString());
    QCOMPARE(m_authenticator->unenforcedCount(), letIn + 1);
    QCOMPARE(m_authenticator->acceptedCount(), 0);
    QCOMPARE(m_authenticator->rejectedCount(), 2 - letIn);
}

void tst_ReportOnly::enforcesEverythingElse_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<Status>("status");
    const auto refused = Status::AuthenticationFailure;
    QTest::newRow("wrong password") << u"users"_s << here() << bob("y") << refused;
    QTest::newRow("denied address and wrong password")
        << u"users"_s << u"10.1.1.1"_s << bob("y") << refused;
    QTest::newRow("NULL that is not accepted")
        << u"closed"_s << here() << QZapCredentials::null() << refused;
    QTest::newRow("mechanism that is not configured")
        << u"users"_s << here() << QZapCredentials::null() << refused;
    QTest::newRow("PLAIN without a domain") << u"nowhere"_s << here() << bob() << refused;
    QTest::newRow("unknown mechanism") << u"users"_s << here() << QZapCredentials() << refused;
    QTest::newRow("malformed name")
        << u"users"_s << here() << QZapCredentials::plain(u"a\nb"_s, "x") << refused;
    QTest::newRow("low-order key")
        << u"keys"_s << here() << QZapCredentials::curve(QByteArray(32, '\0')) << refused;
    QTest::newRow("broken domain") << u"broken"_s << here() << bob() << Status::TemporaryError;
    QTest::newRow("user name of another mechanism")
        << u"users"_s << here() << QZapCredentials::plain(u"anonymous"_s, "x") << refused;
    QTest::newRow("removed domain") << u"removed"_s << here() << bob() << refused;
}

void tst_ReportOnly::enforcesEverythingElse()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, address);
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const Status, status);
    configure();
    QVERIFY(!m_authenticator->configurePlainFile(u"broken"_s, u"/nowhere.passwords"_s));
    QVERIFY(m_authenticator->configurePlain(u"removed"_s, bobsMap()));
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->removeDomain(u"removed"_s, Mechanism::Plain));
    setReportOnly(true);
    setReportOnly(false);
    const QZapReply reply = ask(domain, address, credentials);
    if (credentials.userName() == u"anonymous"_s) {
        // The user is unknown, and does not get the user id of a NULL peer.
        QVERIFY(!reply.isEnforced());
        QCOMPARE(reply.userId(), QString());
        return;
    }
    QCOMPARE(reply.status(), status);
    QVERIFY(reply.isEnforced());
    QCOMPARE(m_authenticator->unenforcedCount(), 0);

    m_authenticator->setLockdown(true);
    QCOMPARE(ask(u"keys"_s, here(), QZapCredentials::curve(key())).status(),
             Status::TemporaryError);
}

void tst_ReportOnly::acceptedPeersGetTheirReply()
{
    configure();
    setReportOnly(false);
    setReportOnly(true);
    const QZapReply reply = ask(u"users"_s, here(), bob());
    QCOMPARE(reply.status(), Status::Success);
    QVERIFY(reply.isEnforced());
    QCOMPARE(reply.userId(), u"bob"_s);
    QCOMPARE(m_authenticator->acceptedCount(), 1);
}

void tst_ReportOnly::computedHashes_data()
{
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<Status>("status");
    QTest::addColumn<bool>("isEnforced");
    QTest::newRow("right") << bob() << Status::Success << true;
    QTest::newRow("wrong password") << bob("y") << Status::AuthenticationFailure << true;
    QTest::newRow("unknown user") << eve() << Status::AuthenticationFailure << false;
}

void tst_ReportOnly::computedHashes()
{
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const Status, status);
    QFETCH(const bool, isEnforced);
    QZapPasswordFile file;
    QVERIFY(file.setPassword(u"bob"_s, "secret", QZapPasswordFile::Format::Argon2id));
    QVERIFY(file.save(path(u"hashes"_s)));
    QVERIFY(m_authenticator->configurePlainFile(u"users"_s, path(u"hashes"_s)));
    setReportOnly(false);
    const auto future = m_authenticator->authenticate(u"users"_s, here(), credentials);
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 30000);
    QCOMPARE(future.result().status(), status);
    QCOMPARE(future.result().isEnforced(), isEnforced);
}

void tst_ReportOnly::lateAnswersOfProviders()
{
    QVERIFY(configurePlain(*m_authenticator));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
    setReportOnly(false);
    m_provider->addAnswer(QZapTestAnswer::reject("no").after(0ms));
    m_provider->addAnswer(QZapTestAnswer::retryLater("busy").after(0ms));
    m_provider->addAnswer(QZapTestAnswer::accept("carol").after(0ms));
    QZapTestClient client(m_authenticator.get());
    const QZapTestRequest bob = client.plain("bob", "secret").domain(test());
    QZAP_COMPARE_STATUS(bob, Status::AuthenticationFailure);
    QVERIFY(!client.isEnforced());
    QCOMPARE(client.reason(), u"no"_s);
    QZAP_VERIFY_TEMPORARY(bob);
    QVERIFY(client.isEnforced());
    QZAP_COMPARE_USER(bob, "carol");
}

void tst_ReportOnly::appliesToPeersThatWait_data()
{
    QTest::addColumn<bool>("onDomains");
    QTest::addColumn<bool>("before");
    QTest::addColumn<bool>("after");
    for (const bool onDomains : {false, true}) {
        const char *const where = onDomains ? "domain" : "authenticator";
        QTest::addRow("set meanwhile, %s", where) << onDomains << false << true;
        QTest::addRow("unset meanwhile, %s", where) << onDomains << true << false;
    }
}

// The policy at the time of the answer applies.
void tst_ReportOnly::appliesToPeersThatWait()
{
    QFETCH(const bool, onDomains);
    QFETCH(const bool, before);
    QFETCH(const bool, after);
    m_provider->setAnswer(QZapTestAnswer::never());
    QVERIFY(configurePlain(*m_authenticator));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
    const auto set = [this, onDomains](bool value) {
        if (onDomains)
            m_authenticator->domains().first()->setReportOnly(value);
        else
            m_authenticator->setReportOnly(value);
    };
    set(before);
    QZapTestClient client(m_authenticator.get());
    QZAP_VERIFY_PENDING(client.plain("bob", "secret").domain(test()));
    set(after);
    QCOMPARE(m_provider->answerPending(QZapTestAnswer::reject("no")), 1);
    QTRY_VERIFY(client.isAnswered());
    QCOMPARE(client.isEnforced(), !after);
}

void tst_ReportOnly::reportsTheRefusal()
{
    configure();
    setReportOnly(false);
    LogCollector log;
    QZapActivityModel model;
    model.setAuthenticator(m_authenticator.get());
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QSignalSpy authenticated(m_authenticator.get(), &QZapAuthenticator::authenticated);
    QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    QSignalSpy counted(m_authenticator.get(), &QZapAuthenticator::unenforcedCountChanged);
    (void)ask(u"users"_s, here(), eve());
    QTRY_COMPARE(rejected.size(), 1);
    QCOMPARE(rejected.first().at(0).toString(), u"eve"_s);
    QCOMPARE(decided.size(), 1);
    const auto reply = decided.first().at(1).value<QZapReply>();
    QVERIFY(!reply.isEnforced());
    QCOMPARE(rejected.first().at(1).toString(), reply.statusText());
    QVERIFY(authenticated.isEmpty());
    QTRY_COMPARE(counted.size(), 1);
    QTRY_COMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0, QZapActivityModel::VerdictColumn).data().toString(), u"Not enforced"_s);
    QCOMPARE(model.index(0, 0).data(QZapActivityModel::EnforcedRole), QVariant(false));
    const QString line =
        uR"(qzap: Would refuse PLAIN peer "eve" from "127.0.0.1" in domain "users": )"_s
        + reply.statusText();
    QCOMPARE(log.lines(), QStringList{line});
}

// Empty fields are sent, because the peer could claim a value for an omitted field.
void tst_ReportOnly::sendsEmptyFields()
{
    const auto known = QZapCertificate::generate();
    const QString list =
        write(u"keys.list"_s, known.publicKeyText().toLatin1() + " turbine-3 Role=admin\n");
    QVERIFY(m_authenticator->configureCurve(u"keys"_s, list));
    QZapDomain *const domain = m_authenticator->domain(u"keys"_s, Mechanism::Curve);
    domain->setPublishedFields({u"Role"_s, u"Mechanism"_s, u"Domain"_s});
    QTRY_VERIFY(domain->isReady());
    QVERIFY(m_authenticator->deny(u"10.0.0.0/8"_s));
    setReportOnly(false);
    for (const QByteArray &asking : {key(), known.publicKey()}) {
        const QByteArrayList reply =
            m_authenticator->handleZapMessage({"1.0", "1", "keys", "10.1.1.1", "", "CURVE", asking})
                .result();
        QCOMPARE(reply.value(2), QByteArray("200"));
        QCOMPARE(reply.value(4), QByteArray());
        QCOMPARE(reply.value(5),
                 QByteArray("\4Role\0\0\0\0\11Mechanism\0\0\0\0\6Domain\0\0\0\0", 34));
    }
}

void tst_ReportOnly::letsInRealPeers()
{
    configure();
    setReportOnly(false);
    QVERIFY(m_authenticator->start());
    Server server(*m_context);
    QVERIFY(QZap::securePlain(server.socket(), u"users"_s));
    const QString endpoint = server.bind();
    Peer stranger(*m_context);
    stranger.plain("eve", "x").connect(endpoint);
    stranger.send("hello");
    std::optional<Server::Message> message;
    QTRY_VERIFY(message || (message = server.receive()));
    QCOMPARE(message->body, QByteArray("hello"));
    // The empty user id is sent: otherwise, the peer could claim one.
    QVERIFY(message->userId.isEmpty() && !message->userId.isNull());
    Peer wrong(*m_context);
    wrong.plain("bob", "y").connect(endpoint);
    QTRY_COMPARE(wrong.refusal(), 400);
}

void tst_ReportOnly::warns()
{
    configure();
    QLoggingCategory::setFilterRules({});
    LogCollector log;
    m_authenticator->setReportOnly(true);
    m_authenticator->setReportOnly(true);
    m_authenticator->setReportOnly(false);
    QCOMPARE(log.lines().size(), 1);
    QVERIFY(log.lines().first().contains(u"reportOnly is set"_s));
    QZapPlainDomain domain;
    domain.setName(u"new"_s);
    domain.setReportOnly(true);
    QVERIFY(m_authenticator->addDomain(&domain));
    QCOMPARE(log.lines().size(), 2);
    QVERIFY(log.lines().last().contains(u"Domain \"new\": reportOnly is set"_s));
}

void tst_ReportOnly::areProperties()
{
    QVERIFY(!m_authenticator->isReportOnly());
    QSignalSpy changed(m_authenticator.get(), &QZapAuthenticator::reportOnlyChanged);
    QVERIFY(m_authenticator->setProperty("reportOnly", true));
    QVERIFY(m_authenticator->isReportOnly());
    m_authenticator->setReportOnly(true);
    QCOMPARE(changed.size(), 1);
    QZapNullDomain domain;
    QVERIFY(!domain.isReportOnly());
    QSignalSpy domainChanged(&domain, &QZapDomain::reportOnlyChanged);
    domain.setReportOnly(true);
    domain.setReportOnly(true);
    QVERIFY(domain.isReportOnly());
    QCOMPARE(domainChanged.size(), 1);
}

QTEST_GUILESS_MAIN(tst_ReportOnly)
#include "tst_reportonly.moc"
