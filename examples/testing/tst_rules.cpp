// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Tests of the rules in rules.cpp, without a server, a network or waiting.

#include "rules.h"

#include <QZap/QZap>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestClock>
#include <QZap/QZapTestProvider>

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QtTest>

#include <chrono>
#include <memory>

using namespace std::chrono_literals;

class tst_Rules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void sensorsAreKnownByTheirKeys();
    void strangersAreNoSensors();
    void keysExpire();
    void operatorsHavePasswords_data();
    void operatorsHavePasswords();
    void operatorsMustBeOnDuty();
    void theDutyRosterMayAnswerLate();
    void nobodyGetsInWhileTheRosterIsSilent();
    void guessersAreLockedOut();
    void addressesAreLimited_data();
    void addressesAreLimited();
    void anyoneMayReadTheStatus();
    void otherDomainsAreClosed();

private:
    void write(const QString &name, const QByteArray &contents) const;

    const QZapCertificate m_sensor = QZapCertificate::generate();
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QZapTestProvider> m_roster;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestClient> m_client;
};

void tst_Rules::write(const QString &name, const QByteArray &contents) const
{
    QFile file(m_folder->filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    file.write(contents);
}

void tst_Rules::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    write(QStringLiteral("sensors.list"),
          m_sensor.publicKeyText().toLatin1() + " sensor-7 not-after=2030-01-01T00:00:00Z\n");
    write(QStringLiteral("operators"), "alice=secret\nbob=hidden\n");
    m_roster = std::make_unique<QZapTestProvider>(QZapTestAnswer::accept());
    m_authenticator = std::make_unique<QZapAuthenticator>();
    m_client = std::make_unique<QZapTestClient>(m_authenticator.get());
    QVERIFY(applyRules(m_authenticator.get(), m_folder->path(), m_roster.get()));
}

void tst_Rules::cleanup()
{
    m_client.reset();
    m_authenticator.reset();
}

//! [client]
void tst_Rules::sensorsAreKnownByTheirKeys()
{
    QZAP_COMPARE_USER(m_client->curve(m_sensor).domain("sensors"), "sensor-7");
}

void tst_Rules::strangersAreNoSensors()
{
    QZAP_VERIFY_REFUSED(m_client->curve(QZapCertificate::generate()).domain("sensors"));
    QZAP_VERIFY_REFUSED(m_client->plain("alice", "secret").domain("sensors"));
}
//! [client]

//! [clock]
void tst_Rules::keysExpire()
{
    QZapTestClock clock(QDateTime::fromString(QStringLiteral("2029-12-31T23:59Z"), Qt::ISODate));
    QZAP_VERIFY_ACCEPTED(m_client->curve(m_sensor).domain("sensors"));
    clock.advance(2min);
    QZAP_VERIFY_REFUSED(m_client->curve(m_sensor).domain("sensors"));
}
//! [clock]

void tst_Rules::operatorsHavePasswords_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QZap::Status>("status");
    const QString alice = QStringLiteral("alice");
    const auto refused = QZap::Status::AuthenticationFailure;
    QTest::newRow("correct") << alice << QByteArray("secret") << QZap::Status::Success;
    QTest::newRow("wrong") << alice << QByteArray("Secret") << refused;
    QTest::newRow("empty") << alice << QByteArray() << refused;
    QTest::newRow("of another user") << alice << QByteArray("hidden") << refused;
    QTest::newRow("unknown user") << QStringLiteral("eve") << QByteArray("secret") << refused;
}

void tst_Rules::operatorsHavePasswords()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, password);
    QFETCH(const QZap::Status, status);
    QZAP_COMPARE_STATUS(m_client->plain(user, password).domain("operators"), status);
}

//! [provider]
void tst_Rules::operatorsMustBeOnDuty()
{
    m_roster->setAnswer(QZapTestAnswer::reject("off duty"));
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "hidden").domain("operators"));
    QCOMPARE(m_client->reason(), QStringLiteral("off duty"));
    QCOMPARE(m_roster->questions().constLast().userName(), QStringLiteral("bob"));
    // The provider is not asked about peers with a wrong password.
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "guess").domain("operators"));
    QCOMPARE(m_roster->questions().size(), 1);
}

void tst_Rules::theDutyRosterMayAnswerLate()
{
    m_roster->setAnswer(QZapTestAnswer::accept().after(20ms));
    QZAP_COMPARE_USER(m_client->plain("bob", "hidden").domain("operators"), "bob");
}
//! [provider]

void tst_Rules::nobodyGetsInWhileTheRosterIsSilent()
{
    m_roster->setAnswer(QZapTestAnswer::never());
    QZAP_VERIFY_PENDING(m_client->plain("bob", "hidden").domain("operators"));
    m_authenticator->setDecisionTimeout(50ms);
    QZAP_VERIFY_TEMPORARY(m_client->plain("bob", "hidden").domain("operators"));
}

void tst_Rules::guessersAreLockedOut()
{
    QZapTestClock clock;
    m_client->setDomain("operators");
    for (const char *guess : {"1234", "qwerty", "password"})
        QZAP_VERIFY_REFUSED(m_client->plain("alice", guess).from("10.1.1.1"));
    QZAP_VERIFY_TEMPORARY(m_client->plain("alice", "secret").from("10.1.1.1"));
    QZAP_VERIFY_ACCEPTED(m_client->plain("alice", "secret").from("10.1.1.2"));
    clock.advance(31s);
    QZAP_VERIFY_ACCEPTED(m_client->plain("alice", "secret").from("10.1.1.1"));
}

void tst_Rules::addressesAreLimited_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QZap::Status>("status");
    const auto refused = QZap::Status::AuthenticationFailure;
    QTest::newRow("this machine") << QStringLiteral("127.0.0.1") << QZap::Status::Success;
    QTest::newRow("our network") << QStringLiteral("10.255.255.255") << QZap::Status::Success;
    QTest::newRow("another network") << QStringLiteral("11.0.0.0") << refused;
    QTest::newRow("IPv6") << QStringLiteral("::1") << refused;
    QTest::newRow("no address") << QString() << refused;
}

void tst_Rules::addressesAreLimited()
{
    QFETCH(const QString, address);
    QFETCH(const QZap::Status, status);
    QZAP_COMPARE_STATUS(m_client->curve(m_sensor).domain("sensors").from(address), status);
}

void tst_Rules::anyoneMayReadTheStatus()
{
    QZAP_VERIFY_ACCEPTED(m_client->null().domain("status"));
}

void tst_Rules::otherDomainsAreClosed()
{
    QZAP_VERIFY_REFUSED(m_client->null().unconfiguredDomain("other"));
    QZAP_VERIFY_REFUSED(m_client->curve(m_sensor).unconfiguredDomain("other"));
}

QTEST_GUILESS_MAIN(tst_Rules)
#include "tst_rules.moc"
