// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "logcollector.h"
#include "zapclient.h"

#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>
#include <memory>

using namespace Qt::StringLiterals;

using Error = QZapAuthenticator::Error;
using A = QZapAuthenticator;
using Call = std::function<bool(QZapAuthenticator &)>;
Q_DECLARE_METATYPE(Call)

// A subclass whose objects are configured step by step.
class Created : public QZapAuthenticator
{
    Q_OBJECT

public:
    using QZapAuthenticator::QZapAuthenticator;
    using QZapAuthenticator::refuseReset;
    using QZapAuthenticator::reportError;
    using QZapAuthenticator::setBeingCreated;
    using QZapAuthenticator::setConfigurationErrorsLogged;
    using QZapAuthenticator::setConfigurationProblem;
};

// Tests that a refused restriction keeps everybody out until a valid one is set.
class tst_RefusedConfiguration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void closesWhileStopped_data();
    void closesWhileStopped();
    void keepsThePreviousConfigurationWhileRunning_data();
    void keepsThePreviousConfigurationWhileRunning();
    void warnsOnce_data();
    void warnsOnce();
    void warnsOnceOfClashingDomains();
    void warnsOnceOfInvalidArguments_data();
    void warnsOnceOfInvalidArguments();
    void warnsOfConfigurationErrorsOnly();
    void domainOfAnotherThread();
    void domainOfAnotherAuthenticator();
    void clashingDomains();
    void missingLocationClosesOnlyTheDomain();
    void configurationProblemCloses();
    void closesUntilItIsCreated();
    void errorsSuggestCorrections_data();
    void errorsSuggestCorrections();

private:
    static void addRefusedCalls();
    static QZap::Status evaluate(const QZapAuthenticator &authenticator)
    {
        return authenticator
            .evaluate(u"test"_s, u"10.1.1.1"_s, QZapCredentials::plain(u"bob"_s, "secret"))
            .status();
    }
    static QByteArray handle(QZapAuthenticator &authenticator)
    {
        return authenticator
            .handleZapMessage(ZapClient::request("PLAIN", {"bob", "secret"}, "test", "10.1.1.1"))
            .result()
            .value(2);
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
};

void tst_RefusedConfiguration::init()
{
    expectConfigurationErrors();
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    QVERIFY(m_authenticator->configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
}

void tst_RefusedConfiguration::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
}

// Adds rows of refused calls, valid calls that do not withdraw the refusal, and calls that do.
void tst_RefusedConfiguration::addRefusedCalls()
{
    QTest::addColumn<Call>("refused");
    QTest::addColumn<Call>("laterAddition");
    QTest::addColumn<Call>("mended");
    const Call allowMore = [](A &a) { return a.allow(u"10.0.0.0/8"_s); };
    const Call denyMore = [](A &a) { return a.deny(u"192.168.0.0/16"_s); };
    const Call allowReset = [](A &a) { return a.resetAllowedAddresses(), true; };
    const Call denyReset = [](A &a) { return a.resetDeniedAddresses(), true; };

    QTest::newRow("allow a name") << Call([](A &a) { return a.allow(u"localhost"_s); }) << allowMore
                                  << allowReset;
    QTest::newRow("allow *") << Call([](A &a) {
        return a.allow(u"*"_s);
    }) << allowMore << Call([](A &a) { return a.setAllowedAddresses({u"10.0.0.0/8"_s}), true; });
    QTest::newRow("allow nothing")
        << Call([](A &a) { return a.allow(QStringList()); }) << allowMore << allowReset;
    QTest::newRow("allow while denying")
        << Call([](A &a) { return a.deny(u"192.168.0.0/16"_s) && a.allow(u"10.0.0.0/8"_s); })
        << denyMore << allowReset;
    QTest::newRow("deny in part") << Call([](A &a) {
        return a.deny({u"10.0.0.0/8"_s, u"rubbish"_s});
    }) << denyMore << denyReset;
    QTest::newRow("deny, and an assignment")
        << Call([](A &a) { return a.deny(u"[::1]"_s); }) << denyMore
        << Call([](A &a) { return a.setDeniedAddresses({u"192.168.0.0/16"_s}), true; });
    QTest::newRow("assignment") << Call([](A &a) {
        return a.setDeniedAddresses({u"rubbish"_s}), false;
    }) << denyMore << denyReset;
    QTest::newRow("add no domain") << Call([](A &a) { return a.addDomain(nullptr); })
                                   << Call([](A &a) { return a.addDomain(new QZapNullDomain); })
                                   << Call([](A &a) { return a.takeDomain(nullptr), true; });
    QTest::newRow("configureNull") << Call([](A &a) { return a.configureNull({}, false); })
                                   << Call([](A &a) { return a.configureNull(u"y"_s, true); })
                                   << Call([](A &a) { return a.configureNull(u"x"_s, false); });
    QTest::newRow("configurePlain")
        << Call([](A &a) { return a.configurePlain(u"a\nb"_s, {}); }) << allowMore
        << Call([](A &a) { return a.configurePlain(u"x"_s, {}); });
    QTest::newRow("configurePlainFile")
        << Call([](A &a) { return a.configurePlainFile({}, u"/dev/null"_s); }) << allowMore
        << Call([](A &a) { return a.configurePlainFile(u"x"_s, u"/dev/null"_s); });
    QTest::newRow("configureCurve")
        << Call([](A &a) { return a.configureCurve(QString(256, u'x'), QZap::CurveAllowAny); })
        << Call([](A &a) { return a.configureCurve(u"y"_s, u"/"_s); })
        << Call([](A &a) { return a.configureCurve(u"x"_s, QZap::CurveAllowAny); });
    QTest::newRow("configureGssapi")
        << Call([](A &a) { return a.configureGssapi({}, {u"a@B"_s}); }) << allowMore
        << Call([](A &a) { return a.configureGssapi(u"x"_s, {u"a@B"_s}); });
    QTest::newRow("setCredentialsProvider") << Call([](A &a) {
        auto *provider = a.findChild<QZapCredentialsProvider *>(u"refused"_s);
        if (!provider)
            provider = new QZapCredentialsProvider(&a);
        provider->setObjectName(u"refused"_s);
        return a.setCredentialsProvider({}, provider);
    }) << Call([](A &a) {
        return a.setCredentialsProvider(u"y"_s, new QZapCredentialsProvider(&a));
    }) << Call([](A &a) {
        return a.setCredentialsProvider(u"x"_s,
                                        a.findChild<QZapCredentialsProvider *>(u"refused"_s));
    });
    QTest::newRow("limit") << Call([](A &a) { return a.setDecisionTimeout(-1), false; })
                           << allowMore
                           << Call([](A &a) { return a.setDecisionTimeout(5000), true; });
}

void tst_RefusedConfiguration::closesWhileStopped_data()
{
    addRefusedCalls();
}

void tst_RefusedConfiguration::closesWhileStopped()
{
    QFETCH(const Call, refused);
    QFETCH(const Call, laterAddition);
    QFETCH(const Call, mended);
    QZapAuthenticator &authenticator = *m_authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(!refused(authenticator));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    const auto verifyClosed = [&] {
        QVERIFY(!authenticator.start());
        QCOMPARE(authenticator.error(), Error::ConfigurationError);
        QCOMPARE(evaluate(authenticator), QZap::Status::TemporaryError);
        QCOMPARE(handle(authenticator), QByteArray("300"));
    };
    verifyClosed();
    QVERIFY(laterAddition(authenticator));
    verifyClosed();
    QVERIFY(mended(authenticator));
    QCOMPARE(evaluate(authenticator), QZap::Status::Success);
    QCOMPARE(handle(authenticator), QByteArray("200"));
    QVERIFY(authenticator.start());
    QCOMPARE(authenticator.error(), Error::NoError);
}

void tst_RefusedConfiguration::keepsThePreviousConfigurationWhileRunning_data()
{
    addRefusedCalls();
}

void tst_RefusedConfiguration::keepsThePreviousConfigurationWhileRunning()
{
    QFETCH(const Call, refused);
    QZapAuthenticator &authenticator = *m_authenticator;
    QVERIFY(authenticator.start());
    QVERIFY(!refused(authenticator));
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QVERIFY(authenticator.isRunning());
    QCOMPARE(evaluate(authenticator), QZap::Status::Success);
    QCOMPARE(handle(authenticator), QByteArray("200"));
    authenticator.stop();
    QCOMPARE(evaluate(authenticator), QZap::Status::Success);
    QVERIFY(authenticator.start());
}

void tst_RefusedConfiguration::warnsOnce_data()
{
    addRefusedCalls();
}

void tst_RefusedConfiguration::warnsOnce()
{
    QFETCH(const Call, refused);
    QFETCH(const Call, mended);
    QZapAuthenticator &authenticator = *m_authenticator;
    LogCollector log;
    QLoggingCategory::setFilterRules({});
    QVERIFY(!refused(authenticator));
    const QStringList expected{u"qzap: "_s + authenticator.errorString()};
    QCOMPARE(log.lines(), expected);
    QCOMPARE(log.warnings(), expected);
    QVERIFY(!authenticator.start());
    QVERIFY(!authenticator.start());
    QCOMPARE(log.lines(), expected);

    // After a correction, the same mistake is logged again; while running, it is logged for each
    // call.
    QVERIFY(mended(authenticator));
    QVERIFY(!refused(authenticator));
    QCOMPARE(log.warnings(), expected + expected);
    QVERIFY(mended(authenticator));
    QVERIFY(authenticator.start());
    log.clear();
    QVERIFY(!refused(authenticator));
    QVERIFY(!refused(authenticator));
    QCOMPARE(log.warnings(), expected + expected);
    QCOMPARE(log.lines(), log.warnings());
}

void tst_RefusedConfiguration::warnsOnceOfClashingDomains()
{
    QVERIFY(m_authenticator->configureNull(u"twice"_s, false));
    QZapNullDomain second;
    second.setName(u"twice"_s);
    LogCollector log;
    QLoggingCategory::setFilterRules({});
    QVERIFY(!m_authenticator->addDomain(&second));
    QVERIFY(!m_authenticator->start());
    QVERIFY(!m_authenticator->start());
    QCOMPARE(log.warnings().filter(u"Domain \"twice\": "_s).size(), 1);
    QCOMPARE(log.lines(), log.warnings());
    second.setName(u"once"_s);
    QVERIFY(m_authenticator->start());
    log.clear();
    second.setName(u"twice"_s);
    QCOMPARE(log.warnings().filter(u"Domain \"twice\": "_s).size(), 1);
    QCOMPARE(log.lines(), log.warnings());
}

void tst_RefusedConfiguration::warnsOnceOfInvalidArguments_data()
{
    QTest::addColumn<Call>("refused");
    QTest::newRow("user") << Call([](A &a) {
        return a.configurePlain(u"x"_s, {{u"anonymous"_s, u"secret"_s}});
    });
    QTest::newRow("password file")
        << Call([](A &a) { return a.configurePlainFile(u"x"_s, u"/no/such"_s); });
    QTest::newRow("keys") << Call([](A &a) { return a.configureCurve(u"x"_s, u"/no/such"_s); });
    QTest::newRow("principal") << Call([](A &a) { return a.configureGssapi(u"x"_s, {QString()}); });
}

void tst_RefusedConfiguration::warnsOnceOfInvalidArguments()
{
    QFETCH(const Call, refused);
    LogCollector log;
    QLoggingCategory::setFilterRules({});
    QVERIFY(!refused(*m_authenticator));
    QCoreApplication::processEvents();
    QVERIFY(m_authenticator->start());
    QCOMPARE(log.warnings().size(), 1);
    QCOMPARE(log.lines(), log.warnings());
}

void tst_RefusedConfiguration::warnsOfConfigurationErrorsOnly()
{
    Created authenticator(*m_context);
    LogCollector log;
    QLoggingCategory::setFilterRules({});
    authenticator.reportError(Error::FileError, u"file"_s);
    authenticator.reportError(Error::ContextError, u"context"_s);
    QCOMPARE(log.lines(), (QStringList{u"qzap: file"_s, u"qzap: context"_s}));
    QVERIFY(log.warnings().isEmpty());

    authenticator.setConfigurationProblem(u"problem"_s);
    QVERIFY(!authenticator.start());
    authenticator.reportError(Error::ConfigurationError, u"problem"_s);
    QCOMPARE(log.warnings(), QStringList{u"qzap: problem"_s});

    log.clear();
    authenticator.setConfigurationErrorsLogged(false);
    authenticator.reportError(Error::ConfigurationError, u"other"_s);
    QVERIFY(log.lines().isEmpty());
}

void tst_RefusedConfiguration::domainOfAnotherThread()
{
    QThread thread;
    QZapNullDomain domain;
    domain.setName(u"closed"_s);
    domain.moveToThread(&thread);
    QVERIFY(!m_authenticator->addDomain(&domain));
    QCOMPARE(evaluate(*m_authenticator), QZap::Status::TemporaryError);
    QVERIFY(!m_authenticator->start());
    // Domains with a different name or mechanism do not withdraw the refusal.
    QVERIFY(m_authenticator->configureNull(u"other"_s, false));
    QVERIFY(m_authenticator->configureCurve(u"closed"_s, QZap::CurveAllowAny));
    QVERIFY(!m_authenticator->start());
    QVERIFY(m_authenticator->configureNull(u"closed"_s, false));
    QVERIFY(m_authenticator->start());
}

void tst_RefusedConfiguration::domainOfAnotherAuthenticator()
{
    QZapAuthenticator other(*m_context);
    auto *const domain = new QZapNullDomain;
    domain->setName(u"closed"_s);
    QVERIFY(other.addDomain(domain));
    QVERIFY(!m_authenticator->addDomain(domain));
    QVERIFY(!m_authenticator->start());
    QVERIFY(other.takeDomain(domain));
    QVERIFY(m_authenticator->addDomain(domain));
    QVERIFY(m_authenticator->start());
    m_authenticator->stop();

    // takeDomain() withdraws the refusal.
    auto *const second = new QZapNullDomain;
    second->setName(u"second"_s);
    QVERIFY(other.addDomain(second));
    QVERIFY(!m_authenticator->addDomain(second));
    QVERIFY(!m_authenticator->start());
    QVERIFY(!m_authenticator->removeDomain(u"second"_s, QZap::Mechanism::Null));
    QVERIFY(m_authenticator->start());
}

void tst_RefusedConfiguration::clashingDomains()
{
    QVERIFY(m_authenticator->configureNull(u"twice"_s, false));
    QZapNullDomain second;
    second.setName(u"twice"_s);
    second.setAccepted(true);
    QObject owner;
    second.setParent(&owner);
    QVERIFY(!m_authenticator->addDomain(&second));
    QVERIFY(!m_authenticator->addDomain(&second));
    QVERIFY(!m_authenticator->start());
    QCOMPARE(m_authenticator->error(), Error::ConfigurationError);
    QCOMPARE(evaluate(*m_authenticator), QZap::Status::TemporaryError);
    QCOMPARE(handle(*m_authenticator), QByteArray("300"));
    second.setName(u"once"_s);
    QCOMPARE(evaluate(*m_authenticator), QZap::Status::Success);
    QVERIFY(m_authenticator->start());

    // While running, only this name is closed for the mechanism.
    second.setName(u"twice"_s);
    QCOMPARE(evaluate(*m_authenticator), QZap::Status::Success);
    QVERIFY(m_authenticator->isRunning());
    second.setParent(nullptr);
}

void tst_RefusedConfiguration::missingLocationClosesOnlyTheDomain()
{
    QVERIFY(!m_authenticator->configureCurve(u"keys"_s, u"/no/such"_s));
    QVERIFY(!m_authenticator->configurePlainFile(u"users"_s, u"/no/such"_s));
    QVERIFY(m_authenticator->start());
    QCOMPARE(evaluate(*m_authenticator), QZap::Status::Success);
    QCOMPARE(
        m_authenticator->evaluate(u"keys"_s, u"::1"_s, QZapCredentials::curve(QByteArray(32, 'k')))
            .status(),
        QZap::Status::TemporaryError);
}

void tst_RefusedConfiguration::configurationProblemCloses()
{
    Created authenticator(*m_context);
    QVERIFY(authenticator.configurePlain(u"test"_s, {{u"bob"_s, u"secret"_s}}));
    authenticator.setConfigurationProblem(u"no"_s);
    QVERIFY(!authenticator.start());
    QCOMPARE(evaluate(authenticator), QZap::Status::TemporaryError);
    QCOMPARE(handle(authenticator), QByteArray("300"));
    authenticator.setConfigurationProblem({});
    QCOMPARE(evaluate(authenticator), QZap::Status::Success);
    QVERIFY(authenticator.start());
    authenticator.setConfigurationProblem(u"later"_s);
    QCOMPARE(evaluate(authenticator), QZap::Status::Success);
    authenticator.stop();
    QCOMPARE(evaluate(authenticator), QZap::Status::TemporaryError);
    QVERIFY(!authenticator.start());
}

void tst_RefusedConfiguration::closesUntilItIsCreated()
{
    Created authenticator(*m_context);
    authenticator.setBeingCreated(true);
    QVERIFY(authenticator.start());
    QVERIFY(!authenticator.deny(u"rubbish"_s));
    QVERIFY(authenticator.deny(u"192.168.0.0/16"_s));
    QVERIFY(authenticator.isRunning());
    QSignalSpy running(&authenticator, &QZapAuthenticator::runningChanged);
    authenticator.setBeingCreated(false);
    QVERIFY(!authenticator.isRunning());
    QCOMPARE(running.count(), 1);
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QVERIFY(authenticator.errorString().contains(u"rubbish"_s));
    QVERIFY(!authenticator.start());
    authenticator.refuseReset("deniedAddresses");
    QCOMPARE(authenticator.deniedAddresses(), QStringList(u"192.168.0.0/16"_s));
    QVERIFY(!authenticator.start());
    authenticator.resetDeniedAddresses();
    QVERIFY(authenticator.start());

    // An error that was corrected before the creation is complete does not prevent the start.
    authenticator.setBeingCreated(true);
    QVERIFY(!authenticator.deny(u"rubbish"_s));
    authenticator.setDeniedAddresses({u"::1"_s});
    authenticator.setBeingCreated(false);
    QVERIFY(authenticator.isRunning());
}

void tst_RefusedConfiguration::errorsSuggestCorrections_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QStringList>("hints");
    QTest::newRow("*") << u"*"_s
                       << QStringList{u"resetAllowedAddresses()"_s, u"0.0.0.0/0"_s, u"::/0"_s};
    QTest::newRow("localhost") << u"localhost"_s << QStringList{u"127.0.0.0/8"_s, u"::1"_s};
    QTest::newRow("brackets") << u"[::1]"_s << QStringList{u"::1, "_s, u"without brackets"_s};
    QTest::newRow("brackets and port") << u"[::1]:5555"_s << QStringList{u"port"_s};
    QTest::newRow("port") << u"10.0.0.1:5555"_s << QStringList{u"ports"_s};
    QTest::newRow("name") << u"example.org"_s << QStringList{u"names"_s};
}

void tst_RefusedConfiguration::errorsSuggestCorrections()
{
    QFETCH(const QString, address);
    QFETCH(const QStringList, hints);
    QVERIFY(!m_authenticator->allow(address));
    for (const QString &hint : hints)
        QVERIFY2(m_authenticator->errorString().contains(hint),
                 qPrintable(m_authenticator->errorString()));
}

QTEST_GUILESS_MAIN(tst_RefusedConfiguration)
#include "tst_refusedconfiguration.moc"
