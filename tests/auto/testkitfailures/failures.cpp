// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Tests that fail on purpose, for tst_testkitfailures. No comments explain the failures: the output
// must suffice, because it is all that a user sees.

#include <QZap/QZap>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestProvider>

#include <QtCore/QFile>
#include <QtCore/QLoggingCategory>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>
#include <QtTest/QtTest>

#include <chrono>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class Failures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void wrongPassword();
    void acceptedStranger();
    void temporaryIsNoRefusal();
    void refusedIsNotTemporary();
    void otherUser();
    void refusedUser();
    void otherStatus();
    void reportedOnlyIsNotRefused();
    void reportedOnlyIsNotAccepted();
    void refusedConfiguration();
    void silentProvider();
    void providerWithoutScript();
    void answeredIsNotPending();
    void missingCredentialsAreNotPending();
    void nullWithoutDomain();
    void curveWithoutDomain();
    void invalidKey();
    void emptyCertificate();
    void noMechanism();
    void longDomain();
    void nameThatCannotBeEncoded();
    void noAuthenticator();
    void destroyedAuthenticator();
    void otherThread();
    void destroyedClient();
    void requestOfNobody();
    void longExplanation();
    void expectedFailure();
    void unexpectedPass();
    void helperThatReturns();
    void goesOnAfterNothing();
    void malformedAddress();
    void subnetAsAddress();
    void longPassword();
    void misspeltDomain();
    void missingDomain();
    void acceptedByNothing();
    void unconfiguredDomainThatIs();
    void lockoutThatIsOff();
    void lockoutThatIsOn();
    void providerThatIsNotSet();
    void providerOfAMisspeltDomain();
    void providerThatIsNotAsked();
    void decisionTimeout();
    void disabledUser();
    void invalidLine();
    void lineWithoutAKey();
    void removedList();

private:
    bool isBob(const QString &user);
    // Writes the file and returns its path.
    QString write(const QString &name, const QByteArray &contents) const;

    QTemporaryDir m_directory;
    std::unique_ptr<QZapTestProvider> m_provider;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestClient> m_client;
};

void Failures::init()
{
    QLoggingCategory::setFilterRules(u"qzap.warning=false"_s);
    m_provider = std::make_unique<QZapTestProvider>();
    m_authenticator = std::make_unique<QZapAuthenticator>();
    m_client = std::make_unique<QZapTestClient>(m_authenticator.get());
    m_client->setTimeout(50ms);
    QVERIFY(m_authenticator->configurePlain(u"staff"_s, {{u"bob"_s, u"x"_s}}));
    QVERIFY(m_authenticator->configurePlain(u"asked"_s, {{u"bob"_s, u"x"_s}}));
    QVERIFY(m_authenticator->setCredentialsProvider(u"asked"_s, m_provider.get()));
}

void Failures::cleanup()
{
    m_client.reset();
    m_authenticator.reset();
}

void Failures::wrongPassword()
{
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "y").domain("staff"));
}

void Failures::acceptedStranger()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "x").domain("staff"));
}

void Failures::temporaryIsNoRefusal()
{
    m_authenticator->setLockdown(true);
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "x").domain("staff"));
}

void Failures::refusedIsNotTemporary()
{
    QZAP_VERIFY_TEMPORARY(m_client->plain("eve", "x").domain("staff"));
}

void Failures::otherUser()
{
    QZAP_COMPARE_USER(m_client->plain("bob", "x").domain("staff"), "alice");
}

void Failures::refusedUser()
{
    QZAP_COMPARE_USER(m_client->plain(QStringLiteral("bob"), "y").domain("staff"), "bob");
}

void Failures::otherStatus()
{
    QZAP_COMPARE_STATUS(m_client->plain("bob", "y").domain("staff"), QZap::Status::Success);
}

void Failures::reportedOnlyIsNotRefused()
{
    QVERIFY(m_authenticator->allow(u"10.0.0.0/8"_s));
    m_authenticator->setReportOnly(true);
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "x").domain("staff"));
}

void Failures::reportedOnlyIsNotAccepted()
{
    QVERIFY(m_authenticator->allow(u"10.0.0.0/8"_s));
    m_authenticator->setReportOnly(true);
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "x").domain("staff"));
}

void Failures::refusedConfiguration()
{
    QVERIFY(!m_authenticator->allow(u"10.0.0.0/99"_s));
    QVERIFY(!m_authenticator->start());
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "x").domain("staff"));
}

void Failures::silentProvider()
{
    m_provider->setAnswer(QZapTestAnswer::never());
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "x").domain("asked"));
}

void Failures::providerWithoutScript()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "x").domain("asked"));
}

void Failures::answeredIsNotPending()
{
    m_provider->setAnswer(QZapTestAnswer::accept());
    QZAP_VERIFY_PENDING(m_client->plain("bob", "x").domain("asked"));
}

// The peer is turned away for now because the domain has no credentials. No provider is asked.
void Failures::missingCredentialsAreNotPending()
{
    QZapCurveDomain domain;
    domain.setName(u"keys"_s);
    QVERIFY(m_authenticator->addDomain(&domain));
    QZAP_VERIFY_PENDING(m_client->curve(QByteArray(32, 'k')).domain("keys"));
}

void Failures::nullWithoutDomain()
{
    QZAP_VERIFY_ACCEPTED(m_client->null());
}

void Failures::curveWithoutDomain()
{
    QZAP_VERIFY_REFUSED(m_client->curve(QByteArray(32, 'k')));
}

void Failures::invalidKey()
{
    QZAP_VERIFY_REFUSED(m_client->curve("rubbish").domain("staff"));
}

void Failures::emptyCertificate()
{
    QZAP_VERIFY_REFUSED(m_client->curve(QZapCertificate()).domain("staff"));
}

void Failures::noMechanism()
{
    QZAP_VERIFY_REFUSED(m_client->with(QZapCredentials()).domain("staff"));
}

void Failures::longDomain()
{
    QZAP_VERIFY_REFUSED(m_client->null().domain(QString(256, u'd')));
}

void Failures::nameThatCannotBeEncoded()
{
    m_authenticator->setEncoding(QZapAuthenticator::Encoding::Latin1);
    QZAP_VERIFY_REFUSED(m_client->plain(u"\u0431\u043e\u0431", "x").domain("staff"));
}

void Failures::noAuthenticator()
{
    QZapTestClient client(nullptr);
    QZAP_VERIFY_ACCEPTED(client.null().domain("staff"));
}

void Failures::destroyedAuthenticator()
{
    m_authenticator.reset();
    QZAP_VERIFY_ACCEPTED(m_client->null().domain("staff"));
}

void Failures::otherThread()
{
    const std::unique_ptr<QThread> thread(
        QThread::create([this] { QZAP_VERIFY_ACCEPTED(m_client->null().domain("staff")); }));
    thread->start();
    thread->wait();
}

void Failures::destroyedClient()
{
    const QZapTestRequest request = m_client->null().domain("staff");
    m_client.reset();
    QZAP_VERIFY_ACCEPTED(request);
}

void Failures::requestOfNobody()
{
    QZAP_VERIFY_ACCEPTED(QZapTestRequest());
}

// Qt Test truncates long messages.
void Failures::longExplanation()
{
    const QString domain(80, u'\u202e'); // escaped in the explanation
    const QString user(85, u'\u20ac');   // three bytes each
    QVERIFY(m_authenticator->configurePlain(domain, {{u"bob"_s, u"x"_s}}));
    QZAP_VERIFY_ACCEPTED(m_client->plain(user, "x").domain(domain));
}

void Failures::expectedFailure()
{
    QEXPECT_FAIL("", "known", Continue);
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "y").domain("staff"));
    QEXPECT_FAIL("", "known", Abort);
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "y").domain("staff"));
    QFAIL("not reached");
}

void Failures::unexpectedPass()
{
    QEXPECT_FAIL("", "known", Abort);
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "x").domain("staff"));
}

bool Failures::isBob(const QString &user)
{
    return qzapCompareUser("isBob()", __FILE__, __LINE__,
                           m_client->plain(user, "x").domain("staff"), u"bob");
}

void Failures::helperThatReturns()
{
    QVERIFY(isBob(u"bob"_s));
    if (!isBob(u"eve"_s))
        return;
    QFAIL("not reached");
}

void Failures::goesOnAfterNothing()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "y").domain("staff"));
    if (m_client->isAnswered())
        QZAP_VERIFY_REFUSED(m_client->plain("bob", "z").domain("staff"));
    else
        QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "z").domain("staff"));
    QFAIL("the end");
}

void Failures::malformedAddress()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "x").domain("staff").from("10.66.1"));
}

void Failures::subnetAsAddress()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "x").domain("staff").from("10.66.1.0/24"));
}

void Failures::longPassword()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", QByteArray(256, 'x')).domain("staff"));
}

void Failures::misspeltDomain()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "y").domain("saff"));
}

void Failures::missingDomain()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "y"));
}

void Failures::acceptedByNothing()
{
    QZAP_VERIFY_ACCEPTED(m_client->null().domain("saff"));
}

void Failures::unconfiguredDomainThatIs()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "y").unconfiguredDomain("staff"));
}

void Failures::lockoutThatIsOff()
{
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "y").domain("staff"));
    QZAP_VERIFY_TEMPORARY(m_client->plain("bob", "x").domain("staff"));
}

void Failures::lockoutThatIsOn()
{
    m_authenticator->lockout()->setEnabled(true);
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "y").domain("staff"));
    QZAP_VERIFY_TEMPORARY(m_client->plain("bob", "x").domain("staff"));
}

void Failures::providerThatIsNotSet()
{
    QVERIFY(m_authenticator->setCredentialsProvider(u"asked"_s, nullptr));
    QZAP_VERIFY_PENDING(m_client->plain("bob", "x").domain("staff"));
}

void Failures::providerOfAMisspeltDomain()
{
    QVERIFY(m_authenticator->setCredentialsProvider(u"saff"_s, m_provider.get()));
    QZAP_VERIFY_PENDING(m_client->plain("bob", "x").domain("staff"));
}

void Failures::providerThatIsNotAsked()
{
    QZAP_VERIFY_PENDING(m_client->plain("eve", "x").domain("asked"));
}

void Failures::decisionTimeout()
{
    m_client->setTimeout(60s);
    m_authenticator->setDecisionTimeout(20ms);
    m_provider->setAnswer(QZapTestAnswer::never());
    QZAP_VERIFY_ACCEPTED(m_client->plain("bob", "x").domain("asked"));
}

QString Failures::write(const QString &name, const QByteArray &contents) const
{
    const QString path = m_directory.filePath(name);
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)
        && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
        file.write(contents);
    return path;
}

void Failures::disabledUser()
{
    m_client->setTimeout(60s);
    const QString file = write(u"users"_s, "bob=x\neve=*\n");
    QVERIFY(m_authenticator->configurePlainFile(u"staff"_s, file));
    QZAP_VERIFY_ACCEPTED(m_client->plain("eve", "x").domain("staff"));
}

void Failures::invalidLine()
{
    m_client->setTimeout(60s);
    const QZapCertificate key = QZapCertificate::generate();
    const QString file =
        write(u"keys"_s, "# keys\n" + key.publicKeyText().toLatin1() + " eve not-after=soon\n");
    QVERIFY(m_authenticator->configureCurve(u"keys"_s, file));
    QZAP_VERIFY_ACCEPTED(m_client->curve(key).domain("keys"));
}

void Failures::lineWithoutAKey()
{
    m_client->setTimeout(60s);
    const QZapCertificate key = QZapCertificate::generate();
    const QString file = write(u"keys"_s, key.publicKeyText().toLatin1().chopped(1) + " eve\n");
    QVERIFY(m_authenticator->configureCurve(u"keys"_s, file));
    const QZapDomain *const domain = m_authenticator->domain(u"keys"_s, QZap::Mechanism::Curve);
    QTRY_VERIFY(!domain->errorString().isEmpty());
    QZAP_VERIFY_ACCEPTED(m_client->curve(key).domain("keys"));
}

void Failures::removedList()
{
    const QZapCertificate key = QZapCertificate::generate();
    const QString file = write(u"keys"_s, key.publicKeyText().toLatin1() + " eve\n");
    QVERIFY(m_authenticator->configureCurve(u"keys"_s, file));
    m_client->setTimeout(60s);
    QZAP_VERIFY_ACCEPTED(m_client->curve(key).domain("keys"));
    QVERIFY(QFile::remove(file));
    QTRY_VERIFY(m_client->ask(m_client->curve(key).domain("keys"))
                && m_client->status() != QZap::Status::Success);
    QZAP_VERIFY_REFUSED(m_client->curve(key).domain("keys"));
}

QTEST_GUILESS_MAIN(Failures)
#include "failures.moc"
