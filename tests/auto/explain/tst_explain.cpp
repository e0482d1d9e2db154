// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"
#include "heldloads.h"

#include <QZap/QZap>

#include <QtTest/qtest.h>

#include <memory>
#include <optional>
#include <thread>

using namespace Qt::StringLiterals;

using QZap::Mechanism;

// Tests the sentences of QZapAuthenticator::explain(), and that its answer is the decision.
class tst_Explain : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void namesWhatDecides_data();
    void namesWhatDecides();
    void agreesWithTheDecision_data();
    void agreesWithTheDecision();
    void namesTheState_data();
    void namesTheState();
    void explainsWhatReportOnlyLetsIn();
    void doesNotDiscloseWhetherAPasswordIsCorrect_data();
    void doesNotDiscloseWhetherAPasswordIsCorrect();
    void escapesWhatPeersSend();
    void hasNoSideEffect();
    void isOfItsThread();

private:
    static QString here() { return u"127.0.0.1"_s; }
    void configure();
    QString explain(const QString &domain, const QString &address,
                    const QZapCredentials &credentials) const
    {
        return m_authenticator->explain(domain, address, credentials);
    }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    QZapCertificate m_listed = QZapCertificate::generate();
    QZapCertificate m_filed = QZapCertificate::generate();
};

void tst_Explain::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapCredentialsProvider>();
}

void tst_Explain::cleanup()
{
    m_provider.reset();
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

void tst_Explain::configure()
{
    write(u"keys.list"_s, "# keys\n" + m_listed.publicKeyText().toLatin1() + " turbine-3\n");
    write(u"users"_s, "# users\n\nbob=x\n");
    makeDirectory(u"keys"_s);
    QVERIFY(m_filed.save(path(u"keys"_s), u"alice"_s));
    QVERIFY(m_authenticator->configureCurve(u"list"_s, path(u"keys.list"_s)));
    QVERIFY(m_authenticator->configureCurve(u"files"_s, path(u"keys"_s)));
    QVERIFY(m_authenticator->configureCurve(u"any"_s, QZap::CurveAllowAny));
    QVERIFY(m_authenticator->configurePlainFile(u"users"_s, path(u"users"_s)));
    QVERIFY(m_authenticator->configurePlain(u"map"_s, {{u"bob"_s, u"x"_s}}));
    QVERIFY(m_authenticator->configurePlain(u"vetoed"_s, {{u"bob"_s, u"x"_s}}));
    QVERIFY(m_authenticator->configureNull(u"open"_s, true));
    QVERIFY(m_authenticator->configureNull(u"closed"_s, false));
    QVERIFY(m_authenticator->configureGssapi(u"tickets"_s, {u"alice@A"_s}));
    QVERIFY(m_authenticator->configureGssapi(QZap::AnyDomain, {}));
    QVERIFY(m_authenticator->setCredentialsProvider(u"vetoed"_s, m_provider.get()));
    QVERIFY(m_authenticator->setCredentialsProvider(u"asked"_s, m_provider.get()));
    QVERIFY(m_authenticator->allow({u"127.0.0.0/8"_s, u"fd00::/8"_s}));
    const QList<QZapDomain *> domains = m_authenticator->domains();
    for (const QZapDomain *domain : domains)
        QTRY_VERIFY2(domain->isReady(), qPrintable(domain->name()));
}

void tst_Explain::namesWhatDecides_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<QStringList>("sentences"); // %d is the directory, %k the listed key
    const auto listed = QZapCredentials::curve(m_listed.publicKey());
    const auto filed = QZapCredentials::curve(m_filed.publicKey());
    const auto stranger = QZapCredentials::curve(QByteArray(32, 'k'));
    const auto bob = QZapCredentials::plain(u"bob"_s, "x");
    const auto eve = QZapCredentials::plain(u"eve"_s, "x");
    const auto null = QZapCredentials::null();
    const QString address =
        uR"(The address "127.0.0.1" matches the entry "127.0.0.0/8" of allowedAddresses.)"_s;
    QTest::newRow("key of a list")
        << u"list"_s << here() << listed
        << QStringList{address, uR"(The domain "list" is configured for CURVE.)"_s,
                       uR"(The key "%k" is in %d/keys.list:2, with the user id "turbine-3".)"_s,
                       uR"(Answer: accepted as "turbine-3".)"_s};
    QTest::newRow("unknown key") << u"list"_s << here() << stranger
                                 << QStringList{
                                        u"is not in %d/keys.list (1 key)."_s,
                                        u"Answer: refused. The key is unknown in the domain."_s};
    QTest::newRow("key of a directory")
        << u"files"_s << here() << filed
        << QStringList{u"is in %d/keys/alice.key, without a user id."_s};
    QTest::newRow("any key") << u"any"_s << here() << stranger
                             << QStringList{u"It accepts every key."_s, u"Answer: accepted as "_s};
    QTest::newRow("user of a file") << u"users"_s << here() << bob
                                    << QStringList{uR"(The user "bob" is in %d/users:3.)"_s,
                                                   u"Answer: depends on the password"_s};
    QTest::newRow("user of a map")
        << u"map"_s << here() << bob
        << QStringList{uR"(The user "bob" is in the domain's passwords.)"_s};
    QTest::newRow("unknown user") << u"users"_s << here() << eve
                                  << QStringList{
                                         uR"(The user "eve" is not in %d/users (1 user).)"_s,
                                         u"Answer: refused."_s};
    QTest::newRow("address of no entry")
        << u"list"_s << u"192.0.2.1"_s << listed
        << QStringList{uR"(The address "192.0.2.1" matches no entry of allowedAddresses.)"_s,
                       u"Answer: refused. The address is not allowed."_s};
    QTest::newRow("address that does not parse")
        << u"list"_s << u"nowhere"_s << listed
        << QStringList{
               uR"(The address "nowhere" cannot be parsed, and is refused because allowedAddresses is set.)"_s};
    QTest::newRow("domain for all")
        << u"other"_s << here() << QZapCredentials::gssapi(u"eve@A"_s)
        << QStringList{
               uR"(The domain "other" has no configuration for GSSAPI of its own: "*" applies.)"_s,
               u"It accepts every principal."_s, uR"(Answer: accepted as "eve@A".)"_s};
    QTest::newRow("domain for all, and a similar name")
        << u"tikcets"_s << here() << QZapCredentials::gssapi(u"eve@A"_s)
        << QStringList{uR"(The nearest name that is configured is "tickets".)"_s};
    QTest::newRow("principal")
        << u"tickets"_s << here() << QZapCredentials::gssapi(u"alice@A"_s)
        << QStringList{uR"(The principal "alice@A" is found among its principals.)"_s};
    QTest::newRow("unknown principal")
        << u"tickets"_s << here() << QZapCredentials::gssapi(u"eve@A"_s)
        << QStringList{uR"(The principal "eve@A" is not among its principals.)"_s};
    QTest::newRow("NULL") << u"open"_s << here() << null
                          << QStringList{u"It accepts every peer."_s};
    QTest::newRow("NULL, closed") << u"closed"_s << here() << null
                                  << QStringList{u"It accepts no peer"_s, u"Answer: refused."_s};
    QTest::newRow("mechanism that the domain and * lack")
        << u"list"_s << here() << bob
        << QStringList{
               uR"(The domain "list" is configured for CURVE, and "*" for GSSAPI, but neither of them for PLAIN.)"_s};
    QTest::newRow("mechanism that * lacks")
        << u"other"_s << here() << bob
        << QStringList{
               uR"(The domain "other" has no configuration of its own, and "*" is configured for GSSAPI, but not for PLAIN.)"_s};
    QTest::newRow("mechanism that * lacks, domain *")
        << u"*"_s << here() << bob
        << QStringList{uR"(The domain "*" is configured for GSSAPI, but not for PLAIN.)"_s};
    QTest::newRow("a provider vetoes")
        << u"vetoed"_s << here() << bob
        << QStringList{u"A credentials provider is asked next, and can refuse the peer."_s};
    QTest::newRow("a provider decides alone")
        << u"asked"_s << here() << bob << QStringList{u"A credentials provider decides alone."_s};
    QTest::newRow("malformed request")
        << u"a\nb"_s << here() << null << QStringList{u"Answer: refused."_s};
}

void tst_Explain::namesWhatDecides()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, address);
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const QStringList, sentences);
    configure();
    const QString text = explain(domain, address, credentials);
    qsizetype from = 0;
    for (QString sentence : sentences) {
        sentence.replace(u"%d"_s, path());
        sentence.replace(u"%k"_s, m_listed.publicKeyText());
        const qsizetype at = text.indexOf(sentence, from); // in this order
        QVERIFY2(at >= 0, qPrintable(sentence + u"\nis not in\n"_s + text));
        from = at;
    }
}

void tst_Explain::agreesWithTheDecision_data()
{
    namesWhatDecides_data();
}

void tst_Explain::agreesWithTheDecision()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, address);
    QFETCH(const QZapCredentials, credentials);
    configure();
    const QString answer = explain(domain, address, credentials).section(u'\n', -1);
    QVERIFY(answer.startsWith(u"Answer: "_s));
    if (answer.contains(u"depends on the password"_s) || answer.contains(u"provider"_s))
        return;
    const auto future = m_authenticator->authenticate(domain, address, credentials);
    QVERIFY(future.isFinished());
    const QZapReply reply = future.result();
    if (reply.status() == QZap::Status::Success)
        QCOMPARE(answer, u"Answer: accepted as \"%1\"."_s.arg(reply.userId()));
    else
        QCOMPARE(answer, u"Answer: refused. %1."_s.arg(reply.statusText()));
}

void tst_Explain::namesTheState_data()
{
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<QString>("answer");
    QTest::newRow("lockdown") << QByteArray("lockdown") << u"lockdown is set"_s
                              << u"Answer: try later. The authenticator is locked down."_s;
    QTest::newRow("refused setting")
        << QByteArray("refused")
        << u"The configuration is invalid, so nobody gets in and start() fails: "_s
        << u"Answer: try later."_s;
    QTest::newRow("loading") << QByteArray("loading") << u"Its credentials are being loaded"_s
                             << u"Answer: try later."_s;
    QTest::newRow("missing file") << QByteArray("missing") << u"It is not ready: "_s
                                  << u"Answer: try later."_s;
    QTest::newRow("no credentials")
        << QByteArray("empty") << u"It has no credentials."_s << u"Answer: try later."_s;
    QTest::newRow("closed name") << QByteArray("removed")
                                 << u"It was removed while the authenticator was running"_s
                                 << u"Answer: refused. The domain was removed."_s;
}

void tst_Explain::namesTheState()
{
    QFETCH(const QByteArray, state);
    QFETCH(const QString, sentence);
    QFETCH(const QString, answer);
    write(u"keys.list"_s, m_listed.publicKeyText().toLatin1() + " turbine-3\n");
    QZapCurveDomain empty;
    std::optional<HeldLoads> held;
    if (state == "loading")
        held.emplace();
    if (state == "empty") {
        empty.setName(u"list"_s);
        QVERIFY(m_authenticator->addDomain(&empty));
    } else if (state == "missing") {
        QVERIFY(!m_authenticator->configureCurve(u"list"_s, path(u"nothing"_s)));
    } else {
        QVERIFY(m_authenticator->configureCurve(u"list"_s, path(u"keys.list"_s)));
        if (state != "loading")
            QTRY_VERIFY(m_authenticator->domain(u"list"_s, Mechanism::Curve)->isReady());
    }
    if (state == "lockdown") {
        m_authenticator->setLockdown(true);
    } else if (state == "refused") {
        QVERIFY(!m_authenticator->deny(u"rubbish"_s));
    } else if (state == "removed") {
        QVERIFY(m_authenticator->start());
        QVERIFY(m_authenticator->removeDomain(u"list"_s, Mechanism::Curve));
    }
    const QString text = explain(u"list"_s, here(), QZapCredentials::curve(m_listed.publicKey()));
    QVERIFY2(text.contains(sentence), qPrintable(text));
    QVERIFY2(text.contains(answer), qPrintable(text));
    if (state == "missing")
        QVERIFY2(text.contains(path(u"nothing"_s)), qPrintable(text));
    if (state == "refused")
        QVERIFY2(text.contains(u"rubbish"_s), qPrintable(text));
}

void tst_Explain::explainsWhatReportOnlyLetsIn()
{
    configure();
    m_authenticator->setReportOnly(true);
    const QString text =
        explain(u"list"_s, u"192.0.2.1"_s, QZapCredentials::curve(QByteArray(32, 'k')));
    QVERIFY2(text.contains(u"reportOnly is set: the address alone does not keep the peer out."_s),
             qPrintable(text));
    QVERIFY2(text.endsWith(u"Answer: refused, but let in because of reportOnly. The key is unknown "
                           "in the domain."_s),
             qPrintable(text));
}

void tst_Explain::doesNotDiscloseWhetherAPasswordIsCorrect_data()
{
    QTest::addColumn<QZapPasswordFile::Format>("format");
    QTest::newRow("plain") << QZapPasswordFile::Format::Plain;
    QTest::newRow("hash") << QZapPasswordFile::Format::Argon2id;
}

void tst_Explain::doesNotDiscloseWhetherAPasswordIsCorrect()
{
    QFETCH(const QZapPasswordFile::Format, format);
    QZapPasswordFile file;
    QVERIFY(file.setPassword(u"bob"_s, "x", format));
    QVERIFY(file.save(path(u"users"_s)));
    QVERIFY(m_authenticator->configurePlainFile(u"users"_s, path(u"users"_s)));
    QTRY_VERIFY(m_authenticator->domain(u"users"_s, Mechanism::Plain)->isReady());
    const auto with = [this](const QString &user, const QByteArray &password) {
        return explain(u"users"_s, here(), QZapCredentials::plain(user, password));
    };
    const QString right = with(u"bob"_s, "x");
    QCOMPARE(with(u"bob"_s, "y"), right);
    // The answer is not disclosed after the correct password is remembered, either.
    const auto future =
        m_authenticator->authenticate(u"users"_s, here(), QZapCredentials::plain(u"bob"_s, "x"));
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 30000);
    QCOMPARE(future.result().status(), QZap::Status::Success);
    QCOMPARE(with(u"bob"_s, "x"), right);
    QVERIFY(with(u"eve"_s, "x").contains(u"Answer: refused."_s));
}

void tst_Explain::escapesWhatPeersSend()
{
    configure();
    const QString text =
        explain(u"open\u2028\u202e"_s, u"1\n2"_s, QZapCredentials::plain(u"a\u202eb"_s, "secret"));
    QVERIFY2(!text.contains(u'\u2028') && !text.contains(u'\u202e'), qPrintable(text));
    QVERIFY(!text.contains(u"secret"_s));
}

void tst_Explain::hasNoSideEffect()
{
    configure();
    (void)explain(u"list"_s, here(), QZapCredentials::curve(QByteArray(32, 'k')));
    QCOMPARE(m_authenticator->rejectedCount(), 0);
}

void tst_Explain::isOfItsThread()
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^QZapAuthenticator::explain: must be called in"_s));
    std::thread thread(
        [this] { QCOMPARE(explain(u"list"_s, here(), QZapCredentials::null()), QString()); });
    thread.join();
}

QTEST_GUILESS_MAIN(tst_Explain)
#include "tst_explain.moc"
