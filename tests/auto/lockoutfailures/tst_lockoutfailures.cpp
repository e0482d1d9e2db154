// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include <QZap/QZap>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestProvider>

#include <QtTest/qtest.h>

#include <functional>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using QZap::Mechanism;
using QZap::Status;

using Prepare = std::function<void(QZapAuthenticator &)>;

Q_DECLARE_METATYPE(Prepare)
Q_DECLARE_METATYPE(QZapTestAnswer)

// Tests what counts as a failure for the lockout. What a lock does to waiting requests is tested by
// tst_lockoutwaiting.
class tst_LockoutFailures : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void countsWrongPasswordsOnly_data();
    void countsWrongPasswordsOnly();
    void countsNoMalformedRequests();
    void countsNoRefusalsOfOtherMechanisms_data();
    void countsNoRefusalsOfOtherMechanisms();
    void locksNoOtherMechanism();
    void countsTheRejectionsOfAProvider_data();
    void countsTheRejectionsOfAProvider();
    void asksNoProviderWhileLocked();
    void exemptsCredentialsThatAProviderHasAccepted();
    void exemptsCredentialsBehindTheSameAddress();
    void limitsGuessesOfExemptCredentials_data();
    void limitsGuessesOfExemptCredentials();
    void forgetsAnExemptCredentialThatFails();
    void evaluatesWithoutSideEffects();
    void isNotFedByAuthenticate();

private:
    static constexpr int MaximumFailures = 3;

    QZapLockout &lockout() { return *m_authenticator->lockout(); }
    QZapTestRequest plain(const QByteArray &user, const QByteArray &password) const
    {
        return m_client->plain(user, password);
    }
    // Returns the request of a peer that no rule accepts.
    QZapTestRequest stranger(Mechanism mechanism, int number) const
    {
        if (mechanism == Mechanism::Curve)
            return m_client->curve(QZapCertificate::generate());
        if (mechanism == Mechanism::Gssapi)
            return m_client->gssapi(u"eve%1@A"_s.arg(number));
        return m_client->null();
    }
    void lock()
    {
        for (int i = 1; i <= MaximumFailures; ++i)
            QZAP_VERIFY_REFUSED(plain("eve", QByteArray::number(i)));
        QZAP_VERIFY_TEMPORARY(plain("eve", "0"));
    }
    // Lets the provider decide alone about the peers of the domain "foreign".
    void useProvider(const QZapTestAnswer &answer = QZapTestAnswer::reject("no"))
    {
        m_provider.setAnswer(answer);
        m_client->setDomain("foreign");
        QVERIFY(m_authenticator->setCredentialsProvider(u"foreign"_s, &m_provider));
    }

    QZapTestProvider m_provider;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestClient> m_client;
};

void tst_LockoutFailures::init()
{
    AuthenticatorTest::init();
    m_provider.clear();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_client = std::make_unique<QZapTestClient>(m_authenticator.get());
    m_client->setDomain(test());
    m_client->setAddress("10.0.0.1");
    QVERIFY(m_authenticator->configurePlain(test(),
                                            {{u"bob"_s, u"secret"_s}, {u"alice"_s, u"wonder"_s}}));
    lockout().setMaximumFailures(MaximumFailures);
    lockout().setEnabled(true);
}

void tst_LockoutFailures::cleanup()
{
    m_client.reset();
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

void tst_LockoutFailures::countsWrongPasswordsOnly_data()
{
    QTest::addColumn<Prepare>("prepare");
    QTest::addColumn<QByteArrayList>("credentials"); // with # for a number
    QTest::addColumn<QString>("domain");
    QTest::addColumn<bool>("isLocked");
    const Prepare nothing = [](QZapAuthenticator &) {};
    const auto row = [](const char *title, const Prepare &prepare,
                        const QByteArrayList &credentials, bool isLocked,
                        const QString &domain = test()) {
        QTest::newRow(title) << prepare << credentials << domain << isLocked;
    };
    row("wrong password", nothing, {"bob", "#"}, true);
    row("wrong user", nothing, {"#", "secret"}, true);
    row("both wrong", nothing, {"#", "#"}, true);
    row("the same wrong password", nothing, {"bob", "wrong"}, false);
    row("correct password", nothing, {"bob", "secret"}, false);
    row("unknown domain", nothing, {"bob", "#"}, false, u"other"_s);
    row("malformed name", nothing, {"a\n#", "secret"}, false);
    row(
        "lockdown", [](QZapAuthenticator &a) { a.setLockdown(true); }, {"bob", "#"}, false);
    row(
        "address not allowed",
        [](QZapAuthenticator &a) { a.setAllowedAddresses({u"127.0.0.1"_s}); }, {"bob", "#"}, false);
    row(
        "domain that is not ready",
        [](QZapAuthenticator &a) {
            auto *domain = new QZapPlainDomain(&a);
            domain->setName(u"empty"_s);
            QVERIFY(a.addDomain(domain));
        },
        {"bob", "#"}, false, u"empty"_s);
    row(
        "exempt address",
        [](QZapAuthenticator &a) { a.lockout()->setExemptAddresses({u"10.0.0.0/8"_s}); },
        {"bob", "#"}, false);
    row(
        "unknown user that is reported only", [](QZapAuthenticator &a) { a.setReportOnly(true); },
        {"#", "secret"}, false);
    row(
        "wrong password while others are reported only",
        [](QZapAuthenticator &a) { a.setReportOnly(true); }, {"bob", "#"}, true);
    row(
        "disabled", [](QZapAuthenticator &a) { a.lockout()->setEnabled(false); }, {"bob", "#"},
        false);
}

void tst_LockoutFailures::countsWrongPasswordsOnly()
{
    QFETCH(const Prepare, prepare);
    QFETCH(QByteArrayList, credentials);
    QFETCH(const QString, domain);
    QFETCH(const bool, isLocked);
    prepare(*m_authenticator);
    m_client->setDomain(domain);
    for (int i = 0; i < 20; ++i) {
        QByteArrayList sent = credentials;
        for (QByteArray &credential : sent)
            credential.replace('#', QByteArray::number(i));
        QVERIFY(m_client->ask(plain(sent.at(0), sent.at(1))));
        QCOMPARE(m_client->reason().contains(u"locked out"_s), isLocked && i >= MaximumFailures);
    }
    QCOMPARE(lockout().lockedCount(), isLocked ? 1 : 0);
}

void tst_LockoutFailures::countsNoMalformedRequests()
{
    for (int i = 0; i < 20; ++i) {
        const QByteArrayList withoutPassword{
            "1.0", "1", "test", "10.0.0.1", "", "PLAIN", QByteArray::number(i)};
        QCOMPARE(ask(*m_authenticator, withoutPassword).value(0), QByteArray("400"));
    }
    QCOMPARE(lockout().lockedCount(), 0);
}

void tst_LockoutFailures::countsNoRefusalsOfOtherMechanisms_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::newRow("NULL") << Mechanism::Null;
    QTest::newRow("CURVE") << Mechanism::Curve;
    QTest::newRow("GSSAPI") << Mechanism::Gssapi;
}

void tst_LockoutFailures::countsNoRefusalsOfOtherMechanisms()
{
    QFETCH(const Mechanism, mechanism);
    QVERIFY(m_authenticator->configureNull(test(), false));
    QVERIFY(m_authenticator->configureGssapi(test(), {u"bob@A"_s}));
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    for (int i = 0; i < 20; ++i)
        QZAP_VERIFY_REFUSED(stranger(mechanism, i));
    useProvider();
    for (int i = 0; i < 20; ++i)
        QZAP_VERIFY_REFUSED(stranger(mechanism, i));
    QCOMPARE(m_provider.questions().size(), 20);
    QCOMPARE(lockout().lockedCount(), 0);
}

void tst_LockoutFailures::locksNoOtherMechanism()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    QVERIFY(m_authenticator->configureCurve(test(), QZap::CurveAllowAny));
    lock();
    QZAP_VERIFY_ACCEPTED(m_client->null());
    QZAP_VERIFY_ACCEPTED(m_client->curve(QZapCertificate::generate()));
}

void tst_LockoutFailures::countsTheRejectionsOfAProvider_data()
{
    QTest::addColumn<QZapTestAnswer>("answer");
    QTest::addColumn<bool>("isVeto"); // of a user whose password is correct
    QTest::addColumn<bool>("isLocked");
    const QZapTestAnswer reject = QZapTestAnswer::reject("no");
    QTest::newRow("reject") << reject << false << true;
    QTest::newRow("reject later") << reject.after(0ms) << false << true;
    QTest::newRow("accept") << QZapTestAnswer::accept() << false << false;
    QTest::newRow("accept an invalid id") << QZapTestAnswer::accept("a\nb") << false << false;
    QTest::newRow("retryLater") << QZapTestAnswer::retryLater("no") << false << false;
    QTest::newRow("veto") << reject << true << false;
}

void tst_LockoutFailures::countsTheRejectionsOfAProvider()
{
    QFETCH(const QZapTestAnswer, answer);
    QFETCH(const bool, isVeto);
    QFETCH(const bool, isLocked);
    useProvider(answer);
    if (isVeto)
        QVERIFY(configurePlain(*m_authenticator, u"foreign"_s));
    for (int i = 0; i < 20; ++i) {
        QVERIFY(m_client->ask(plain(isVeto ? "bob" : QByteArray::number(i), "secret")));
        QCOMPARE(m_client->reason().contains(u"locked out"_s), isLocked && i >= MaximumFailures);
    }
    QCOMPARE(lockout().lockedCount(), isLocked ? 1 : 0);
}

void tst_LockoutFailures::asksNoProviderWhileLocked()
{
    useProvider();
    lock();
    QCOMPARE(m_provider.questions().size(), MaximumFailures);
}

void tst_LockoutFailures::exemptsCredentialsThatAProviderHasAccepted()
{
    useProvider();
    m_provider.addAnswer(QZapTestAnswer::accept());
    QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
    lock();
    QZAP_VERIFY_TEMPORARY(plain("bob", "other"));
    m_provider.addAnswer(QZapTestAnswer::accept());
    QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
}

void tst_LockoutFailures::exemptsCredentialsBehindTheSameAddress()
{
    QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
    lock();
    QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
    QZAP_VERIFY_TEMPORARY(plain("bob", "other"));
    QZAP_VERIFY_TEMPORARY(plain("alice", "wonder")); // correct, but new at this address
    QVERIFY(lockout().releaseAddress(u"10.0.0.1"_s));
    QZAP_VERIFY_ACCEPTED(plain("alice", "wonder"));
}

void tst_LockoutFailures::limitsGuessesOfExemptCredentials_data()
{
    QTest::addColumn<QByteArray>("user");     // that is guessed
    QTest::addColumn<QByteArray>("password"); // with # for a number
    QTest::addColumn<bool>("usesProvider");
    QTest::addColumn<bool>("isRequest"); // rather than a call of evaluate() or authenticate()
    QTest::addColumn<bool>("isSuspended");
    QTest::newRow("the user of the exempt credential")
        << QByteArray("bob") << QByteArray("#") << false << true << true;
    QTest::newRow("provider") << QByteArray("bob") << QByteArray("#") << true << true << true;
    QTest::newRow("the same wrong password")
        << QByteArray("bob") << QByteArray("wrong") << false << true << false;
    QTest::newRow("other exempt user")
        << QByteArray("carol") << QByteArray("#") << false << true << false;
    QTest::newRow("user that is not exempt")
        << QByteArray("alice") << QByteArray("#") << false << true << false;
    QTest::newRow("unknown user") << QByteArray("eve") << QByteArray("#") << false << true << false;
    QTest::newRow("calls") << QByteArray("bob") << QByteArray("#") << false << false << false;
}

void tst_LockoutFailures::limitsGuessesOfExemptCredentials()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);
    QFETCH(const bool, usesProvider);
    QFETCH(const bool, isRequest);
    QFETCH(const bool, isSuspended);
    QVERIFY(m_authenticator->configurePlain(
        test(), {{u"bob"_s, u"secret"_s}, {u"alice"_s, u"wonder"_s}, {u"carol"_s, u"song"_s}}));
    if (usesProvider) {
        useProvider();
        m_provider.addAnswer(QZapTestAnswer::accept());
    } else {
        QZAP_VERIFY_ACCEPTED(plain("carol", "song"));
    }
    QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
    lock();
    for (int i = 0; i < 20; ++i) {
        // The right password gets in as long as fewer wrong ones have come.
        if (i < MaximumFailures && !usesProvider)
            QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
        const QByteArray guess = QByteArray(password).replace('#', QByteArray::number(i));
        if (isRequest) {
            QZAP_VERIFY_TEMPORARY(plain(user, guess));
            continue;
        }
        const auto credentials = QZapCredentials::plain(QString::fromUtf8(user), guess);
        const QZapReply reply = m_authenticator->evaluate(test(), u"10.0.0.1"_s, credentials);
        QCOMPARE(reply.status(), Status::TemporaryError);
        const auto future = m_authenticator->authenticate(test(), u"10.0.0.1"_s, credentials);
        QCOMPARE(future.result().status(), Status::TemporaryError);
    }
    m_provider.setAnswer(QZapTestAnswer::accept());
    if (isSuspended)
        QZAP_VERIFY_TEMPORARY(plain("bob", "secret"));
    else
        QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
    QVERIFY(lockout().releaseAddress(u"10.0.0.1"_s));
    QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
}

void tst_LockoutFailures::forgetsAnExemptCredentialThatFails()
{
    QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
    lock();
    QVERIFY(m_authenticator->configurePlain(test(), bobsMap(u"changed"_s)));
    QZAP_VERIFY_REFUSED(plain("bob", "secret"));
    QZAP_VERIFY_TEMPORARY(plain("bob", "secret"));
}

void tst_LockoutFailures::evaluatesWithoutSideEffects()
{
    const auto evaluated = [this](const QByteArray &password) {
        return m_authenticator->evaluate(test(), u"10.0.0.1"_s, bob(password));
    };
    for (int i = 0; i < 20; ++i)
        QCOMPARE(evaluated(QByteArray::number(i)).status(), Status::AuthenticationFailure);
    QCOMPARE(evaluated("secret").status(), Status::Success);
    lock();
    // evaluate() did not make the credential exempt.
    QCOMPARE(evaluated("secret").status(), Status::TemporaryError);
    QCOMPARE(evaluated("secret").statusText(), u"The address is locked out for 30 s"_s);
    const QString text = m_authenticator->explain(test(), u"10.0.0.1"_s, bob());
    QVERIFY2(text.startsWith(u"Too many wrong passwords have come from the address \"10.0.0.1\""_s),
             qPrintable(text));
    QVERIFY2(text.endsWith(u"Answer: try later. The address is locked out for 30 s."_s),
             qPrintable(text));
    QCOMPARE(evaluate(*m_authenticator, bob(), test(), u"10.0.0.2"_s), Status::Success);
}

void tst_LockoutFailures::isNotFedByAuthenticate()
{
    const auto authenticate = [this](const QByteArray &password) {
        return m_authenticator->authenticate(test(), u"10.0.0.1"_s, bob(password))
            .result()
            .status();
    };
    for (int i = 0; i < 20; ++i)
        QCOMPARE(authenticate(QByteArray::number(i)), Status::AuthenticationFailure);
    QCOMPARE(authenticate("secret"), Status::Success);
    lock();
    QCOMPARE(authenticate("secret"), Status::TemporaryError); // not made exempt
    QCOMPARE(authenticate("other"), Status::TemporaryError);
    QVERIFY(lockout().releaseAddress(u"10.0.0.1"_s));
    QZAP_VERIFY_ACCEPTED(plain("bob", "secret"));
    lock();
    QCOMPARE(authenticate("secret"), Status::Success); // exempt
}

QTEST_GUILESS_MAIN(tst_LockoutFailures)
#include "tst_lockoutfailures.moc"
