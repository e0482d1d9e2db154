// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include <QZap/QZap>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestProvider>

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <memory>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using QZap::Mechanism;
using QZap::Status;

namespace {

constexpr char Z85Key[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

} // namespace

// Tests what QZapTestClient asks, and which answers it returns. The messages of failures are tested
// by tst_testkitfailures.
class tst_QZapTestClient : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void asksLikeAPeer_data();
    void asksLikeAPeer();
    void takesTextsOfAnyKind();
    void hasDefaults();
    void doesNotNeedToRun_data();
    void doesNotNeedToRun();
    void isCountedAndReported();
    void asksAnewEachTime();
    void showsTheLastAnswer();
    void showsWhatIsOnlyReported();
    void hasNoAnswerAtFirst();
    void refusesForeignRequests();
    void answersTemporarilyIfStartWouldFail();
    void waitsForALateProvider_data();
    void waitsForALateProvider();
    void waitsForLoadingAndHashes();
    void hearsALaterAnswer();
    void ignoresTheAnswerToAnEarlierRequest();
    void endsWhenTheAuthenticatorIsDestroyed();
    void mayBeDestroyedWhileItWaits();
    void feedsTheLockout_data();
    void feedsTheLockout();
    void keepsTheExplanationOfTheAnswer_data();
    void keepsTheExplanationOfTheAnswer();
    void helperReturnsAValue();
    void macrosAreStatements_data();
    void macrosAreStatements();

private:
    bool isBob(const QString &user, const QByteArray &password);

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestClient> m_client;
};

void tst_QZapTestClient::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_client = std::make_unique<QZapTestClient>(m_authenticator.get());
    m_client->setDomain(test());
    QVERIFY(configurePlain(*m_authenticator));
}

void tst_QZapTestClient::cleanup()
{
    m_client.reset();
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

void tst_QZapTestClient::asksLikeAPeer_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<QString>("who"); // the name of the peer in the request
    const QString key = QZapCertificate::fromPublicKey(Z85Key)->publicKeyText();
    QTest::newRow("NULL") << QByteArray("null") << Mechanism::Null << QString();
    QTest::newRow("PLAIN") << QByteArray("plain") << Mechanism::Plain << u"bob"_s;
    QTest::newRow("CURVE: certificate") << QByteArray("certificate") << Mechanism::Curve << key;
    QTest::newRow("CURVE: Z85") << QByteArray("z85") << Mechanism::Curve << key;
    QTest::newRow("CURVE: QString") << QByteArray("text") << Mechanism::Curve << key;
    QTest::newRow("CURVE: 32 bytes") << QByteArray("bytes") << Mechanism::Curve << key;
    QTest::newRow("GSSAPI") << QByteArray("gssapi") << Mechanism::Gssapi << u"bob@A"_s;
    QTest::newRow("QZapCredentials") << QByteArray("with") << Mechanism::Plain << u"bob"_s;
}

void tst_QZapTestClient::asksLikeAPeer()
{
    QFETCH(const QByteArray, kind);
    QFETCH(const Mechanism, mechanism);
    QFETCH(const QString, who);
    const auto certificate = QZapCertificate::fromPublicKey(Z85Key);
    QZapTestRequest request = m_client->null();
    if (kind == "plain")
        request = m_client->plain("bob", "secret");
    else if (kind == "certificate")
        request = m_client->curve(*certificate);
    else if (kind == "z85")
        request = m_client->curve(Z85Key);
    else if (kind == "text")
        request = m_client->curve(certificate->publicKeyText());
    else if (kind == "bytes")
        request = m_client->curve(certificate->publicKey());
    else if (kind == "gssapi")
        request = m_client->gssapi("bob@A");
    else if (kind == "with")
        request = m_client->with(bob());
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QVERIFY(m_client->ask(request.domain("other").from("192.0.2.1")));
    QCOMPARE(decided.size(), 1);
    const auto asked = decided.constFirst().constFirst().value<QZapRequest>();
    QCOMPARE(asked.mechanism(), mechanism);
    QCOMPARE(asked.domain(), u"other"_s);
    QCOMPARE(asked.address(), u"192.0.2.1"_s);
    QCOMPARE(asked.userName() + asked.publicKeyText() + asked.principal(), who);
}

void tst_QZapTestClient::takesTextsOfAnyKind()
{
    const QString user = u"bob"_s;
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "secret"));
    QZAP_VERIFY_ACCEPTED(m_client->plain(u"bob", QByteArrayLiteral("secret")));
    QZAP_VERIFY_ACCEPTED(m_client->plain(user, QByteArray("secret")));
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob"_L1, "secret").domain(test()).from(u"::1"_s));
    QZAP_COMPARE_USER(m_client->plain(user, "secret"), "bob");
    QZAP_COMPARE_USER(m_client->plain(user, "secret"), user);
    m_authenticator->setEncoding(QZapAuthenticator::Encoding::Latin1);
    QVERIFY(m_authenticator->configurePlain(test(), {{u"j\u00fcrgen"_s, u"x"_s}}));
    QZAP_COMPARE_USER(m_client->plain("j\u00fcrgen", "x"), "j\u00fcrgen");
}

void tst_QZapTestClient::hasDefaults()
{
    QZapTestClient client(m_authenticator.get());
    QCOMPARE(client.address(), u"127.0.0.1"_s);
    QCOMPARE(client.domain(), QString());
    QCOMPARE(client.timeout(), 5000ms);
    QVERIFY(m_authenticator->allow(u"10.0.0.0/8"_s));
    QZAP_VERIFY_REFUSED(client.plain("bob", "secret").domain("test"));
    QZAP_VERIFY_REFUSED(client.plain("bob", "secret").unconfiguredDomain("").from("10.0.0.1"));
    client.setAddress("10.0.0.1");
    client.setDomain("test");
    client.setTimeout(1s);
    QCOMPARE(client.timeout(), 1000ms);
    QZAP_VERIFY_ACCEPTED(client.plain("bob", "secret"));
    QZAP_VERIFY_REFUSED(client.plain("bob", "secret").from("127.0.0.1"));
    QZAP_VERIFY_REFUSED(client.plain("bob", "secret").unconfiguredDomain("other"));
}

void tst_QZapTestClient::doesNotNeedToRun_data()
{
    QTest::addColumn<bool>("isRunning");
    QTest::addColumn<bool>("usesWorkerThread");
    QTest::newRow("stopped") << false << false;
    QTest::newRow("running") << true << false;
    QTest::newRow("stopped, with a worker thread") << false << true;
    QTest::newRow("running, with a worker thread") << true << true;
}

void tst_QZapTestClient::doesNotNeedToRun()
{
    QFETCH(const bool, isRunning);
    QFETCH(const bool, usesWorkerThread);
    m_authenticator->setWorkerThread(usesWorkerThread);
    m_authenticator->setRunning(isRunning);
    QZAP_COMPARE_USER(m_client->plain("bob", "secret"), "bob");
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "guess"));
    QCOMPARE(m_authenticator->isRunning(), isRunning);
}

void tst_QZapTestClient::isCountedAndReported()
{
    QSignalSpy authenticated(m_authenticator.get(), &QZapAuthenticator::authenticated);
    QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "secret"));
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "guess"));
    QCOMPARE(authenticated.size(), 1);
    QCOMPARE(rejected.size(), 1);
    QCOMPARE(m_authenticator->acceptedCount(), 1);
    QCOMPARE(m_authenticator->rejectedCount(), 1);
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_QZapTestClient::asksAnewEachTime()
{
    QZapTestProvider provider(QZapTestAnswer::accept());
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    const QZapTestRequest bob = m_client->plain("bob", "secret");
    QZAP_VERIFY_ACCEPTED(bob);
    QZAP_VERIFY_ACCEPTED(bob);
    QCOMPARE(provider.questions().size(), 2);
    QVERIFY(configurePlain(*m_authenticator));
    QVERIFY(m_authenticator->configurePlain(test(), bobsMap(u"changed"_s)));
    QZAP_VERIFY_REFUSED(bob);
    QCOMPARE(provider.questions().size(), 2);
}

void tst_QZapTestClient::showsTheLastAnswer()
{
    QZapPlainDomain domain;
    domain.setName(u"published"_s);
    domain.setPasswords(bobsMap());
    domain.setPublishedFields({u"Mechanism"_s, u"Domain"_s});
    QVERIFY(m_authenticator->addDomain(&domain));
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "secret").domain("published"));
    QVERIFY(m_client->isAnswered() && !m_client->isPending() && m_client->isEnforced());
    QCOMPARE(m_client->status(), Status::Success);
    QCOMPARE(m_client->userId(), u"bob"_s);
    QCOMPARE(m_client->field("Mechanism"), u"PLAIN"_s);
    QCOMPARE(m_client->field(u"nothing"_s), QString());
    QCOMPARE(m_client->fields().size(), 2);
    QVERIFY(m_client->explanation().contains(u"The user \"bob\" is in"_s));

    QZAP_VERIFY_REFUSED(m_client->plain("bob", "guess").domain("published"));
    QCOMPARE(m_client->status(), Status::AuthenticationFailure);
    QCOMPARE(m_client->reason(), u"The user name or password is wrong"_s);
    QCOMPARE(m_client->userId(), QString());
    QCOMPARE(m_client->fields(), QVariantMap());
    QVERIFY(m_client->message().startsWith(u"It was refused, with the status 400"_s));
    const QString user = u"The user \"bob\" is in the domain's passwords."_s;
    QVERIFY2(m_client->message().contains(user), qPrintable(m_client->message()));
    QVERIFY(!m_client->message().contains(u"Answer: "_s)); // it is that of the message
    QVERIFY(m_client->explanation().contains(u"\nAnswer: "_s));
}

void tst_QZapTestClient::showsWhatIsOnlyReported()
{
    QVERIFY(m_authenticator->deny(u"127.0.0.1"_s));
    m_authenticator->setReportOnly(true);
    QZAP_COMPARE_STATUS(m_client->plain("bob", "secret"), Status::AuthenticationFailure);
    QVERIFY(!m_client->isEnforced());
}

void tst_QZapTestClient::hasNoAnswerAtFirst()
{
    QVERIFY(!m_client->isAnswered());
    QVERIFY(!m_client->isPending());
    QCOMPARE(m_client->status(), Status::AuthenticationFailure);
    QCOMPARE(m_client->message(), u"It was not sent: the client has asked nothing yet."_s);
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "secret"));
    QVERIFY(!m_client->ask(m_client->null().domain(""))); // libzmq would not ask
    QVERIFY(!m_client->isAnswered());
    QCOMPARE(m_client->userId(), QString());
    QCOMPARE(m_client->explanation(), QString());
}

void tst_QZapTestClient::refusesForeignRequests()
{
    const QZapTestClient other(m_authenticator.get());
    QVERIFY(!m_client->ask(other.plain("bob", "secret")));
    QVERIFY(!m_client->ask(QZapTestRequest()));
    QCOMPARE(m_authenticator->acceptedCount(), 0);
}

void tst_QZapTestClient::answersTemporarilyIfStartWouldFail()
{
    QVERIFY(!m_authenticator->deny(u"rubbish"_s));
    QZAP_VERIFY_TEMPORARY(m_client->plain("bob", "secret"));
    QVERIFY(m_client->explanation().contains(m_authenticator->errorString()));
    QVERIFY(!m_authenticator->start());
    m_authenticator->resetDeniedAddresses();
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "secret"));
}

void tst_QZapTestClient::waitsForALateProvider_data()
{
    QTest::addColumn<bool>("usesThread");
    QTest::newRow("in this thread") << false;
    QTest::newRow("in another thread") << true;
}

void tst_QZapTestClient::waitsForALateProvider()
{
    QFETCH(const bool, usesThread);
    QThread thread;
    auto *const provider = new QZapTestProvider(QZapTestAnswer::accept("carol").after(20ms));
    connect(&thread, &QThread::finished, provider, &QObject::deleteLater);
    if (usesThread)
        provider->moveToThread(&thread);
    thread.start();
    QVERIFY(m_authenticator->setCredentialsProvider(test(), provider));
    QZAP_COMPARE_USER(m_client->plain("bob", "secret"), "carol");
    provider->setAnswer(QZapTestAnswer::never());
    QZAP_VERIFY_PENDING(m_client->plain("bob", "secret"));
    QVERIFY(m_client->isPending() && !m_client->isAnswered());
    m_authenticator.reset();
    thread.quit();
    thread.wait();
    if (!usesThread)
        delete provider;
}

void tst_QZapTestClient::waitsForLoadingAndHashes()
{
    const QString users = path(u"users"_s);
    QZapPasswordFile file;
    QVERIFY(file.setPassword(u"bob"_s, "secret", QZapPasswordFile::Format::Argon2id));
    QVERIFY(file.save(users));
    QVERIFY(m_authenticator->configurePlainFile(test(), users));
    m_client->setTimeout(30s);
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "secret"));
    QVERIFY2(m_client->explanation().contains(users), qPrintable(m_client->explanation()));
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "guess"));
}

void tst_QZapTestClient::hearsALaterAnswer()
{
    QZapTestProvider provider(QZapTestAnswer::never());
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    QZAP_VERIFY_PENDING(m_client->plain("bob", "secret"));
    QCOMPARE(provider.answerPending(QZapTestAnswer::accept("carol")), 1);
    QTRY_VERIFY(m_client->isAnswered());
    QCOMPARE(m_client->userId(), u"carol"_s);
    QVERIFY(!m_client->isPending());
}

void tst_QZapTestClient::ignoresTheAnswerToAnEarlierRequest()
{
    QZapTestProvider provider;
    provider.addAnswer(QZapTestAnswer::never());
    provider.addAnswer(QZapTestAnswer::accept("second"));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    QZAP_VERIFY_PENDING(m_client->plain("bob", "secret"));
    QZAP_COMPARE_USER(m_client->plain("bob", "secret"), "second");
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QCOMPARE(provider.answerPending(QZapTestAnswer::accept("first")), 1);
    QTRY_COMPARE(decided.size(), 1);
    QCOMPARE(m_client->userId(), u"second"_s);
}

void tst_QZapTestClient::endsWhenTheAuthenticatorIsDestroyed()
{
    QZapTestProvider provider(QZapTestAnswer::never());
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    QMetaObject::invokeMethod(
        this, [this] { m_authenticator.reset(); }, Qt::QueuedConnection);
    m_client->setTimeout(60s);
    QVERIFY(!m_client->ask(m_client->plain("bob", "secret")));
    QVERIFY2(m_client->message().startsWith(
                 u"It was not answered: the authenticator was destroyed.\n"_s),
             qPrintable(m_client->message()));
}

void tst_QZapTestClient::mayBeDestroyedWhileItWaits()
{
    QZapTestProvider provider(QZapTestAnswer::accept().after(20ms));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    QMetaObject::invokeMethod(
        this, [this] { m_client.reset(); }, Qt::QueuedConnection);
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "secret"));
    QVERIFY(!m_client);
    m_client = std::make_unique<QZapTestClient>(m_authenticator.get());
    m_client->setDomain(test());
    QMetaObject::invokeMethod(
        this, [this] { m_client.reset(); }, Qt::QueuedConnection);
    QVERIFY(m_client->ask(m_client->plain("bob", "secret")));
    QVERIFY(!m_client);
}

void tst_QZapTestClient::feedsTheLockout_data()
{
    QTest::addColumn<bool>("isProviderOnly");
    QTest::newRow("wrong passwords") << false;
    QTest::newRow("rejected by the only provider") << true;
}

// Wrong passwords count as they do for the peer of a socket, unlike those of authenticate().
void tst_QZapTestClient::feedsTheLockout()
{
    QFETCH(const bool, isProviderOnly);
    QZapTestProvider provider(QZapTestAnswer::reject("unknown"));
    if (isProviderOnly) {
        m_client->setDomain("asked");
        QVERIFY(m_authenticator->setCredentialsProvider(u"asked"_s, &provider));
    }
    m_authenticator->lockout()->setMaximumFailures(3);
    m_authenticator->lockout()->setEnabled(true);
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "1"));
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "1")); // counts as one failure
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "2"));
    QCOMPARE(m_authenticator->lockout()->lockedCount(), 0);
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "3"));
    QCOMPARE(m_authenticator->lockout()->locked(), QStringList(u"127.0.0.1"_s));
    QZAP_VERIFY_TEMPORARY(m_client->plain("bob", "secret"));
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "4").from("127.0.0.2"));
}

void tst_QZapTestClient::keepsTheExplanationOfTheAnswer_data()
{
    QTest::addColumn<bool>("usesWorkerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

// The attempt that locks the address out was not refused because of the lock.
void tst_QZapTestClient::keepsTheExplanationOfTheAnswer()
{
    QFETCH(const bool, usesWorkerThread);
    m_authenticator->setWorkerThread(usesWorkerThread);
    m_authenticator->setRunning(true);
    m_authenticator->lockout()->setMaximumFailures(1);
    m_authenticator->lockout()->setEnabled(true);
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "guess"));
    const QString first = m_client->explanation();
    QZAP_VERIFY_TEMPORARY(m_client->plain("bob", "secret"));
    QVERIFY(first.contains(u"The user \"bob\" is in"_s));
    QVERIFY(!m_client->explanation().contains(u"The user \"bob\" is in"_s));
}

bool tst_QZapTestClient::isBob(const QString &user, const QByteArray &password)
{
    if (!qzapVerifyAccepted("isBob()", __FILE__, __LINE__, m_client->plain(user, password)))
        return false;
    return qzapCompareUser("isBob()", __FILE__, __LINE__, m_client->plain(user, password), "bob");
}

void tst_QZapTestClient::helperReturnsAValue()
{
    QVERIFY(isBob(u"bob"_s, "secret"));
}

void tst_QZapTestClient::macrosAreStatements_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<Status>("status");
    QTest::newRow("right") << u"bob"_s << QByteArray("secret") << Status::Success;
    QTest::newRow("wrong") << u"bob"_s << QByteArray("guess") << Status::AuthenticationFailure;
}

// The macros can be used without braces, with commas outside of parentheses, in a lambda, and with
// data rows.
void tst_QZapTestClient::macrosAreStatements()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);
    QFETCH(const Status, status);
    const auto ask = [&] { QZAP_COMPARE_STATUS(m_client->plain(user, password), status); };
    ask();
    if (status == Status::Success)
        QZAP_VERIFY_ACCEPTED(m_client->plain(user, password));
    else
        QZAP_VERIFY_REFUSED(m_client->plain(user, password));
    for (const char *address : {"10.0.0.1", "::1"})
        QZAP_COMPARE_STATUS(m_client->plain(user, password).from(address), status);
    QZAP_COMPARE_STATUS(QZapTestRequest{m_client->plain(user, password)}, Status{status});
    using Pair = std::pair<QString, QByteArray>;
    QZAP_COMPARE_STATUS(m_client->plain(Pair{user, password}.first, password), status);
}

QTEST_GUILESS_MAIN(tst_QZapTestClient)
#include "tst_qzaptestclient.moc"
