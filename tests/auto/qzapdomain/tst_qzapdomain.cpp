// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <initializer_list>
#include <memory>

using Error = QZapAuthenticator::Error;
using QZap::Mechanism;

// Tests domain objects, and the calls that create them, by the peers that they accept.
class tst_QZapDomain : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void letsNobodyInByDefault();
    void refusesBadNames_data();
    void refusesBadNames();
    void badNameClosesTheDomain();
    void takesEffectAtOnce();

    void configureCreatesOrChangesADomain();
    void configureRefusesInvalidValues_data();
    void configureRefusesInvalidValues();
    void configureKeepsThePreviousContent();

    void twoDomainsOfOneNameLetNobodyIn();
    void isDeletedWhenItIsRemoved_data();
    void isDeletedWhenItIsRemoved();
    void belongsToOneAuthenticator();
    void takenDomainFitsAnotherAuthenticator();
    void subclassCanCloseTheDomain();
    void removedDomainIsDeleted();
    void deletedDomainIsRemoved();
    void mayBeDeletedInItsSlot();
    void deletedDomainReportsNoLoad_data();
    void deletedDomainReportsNoLoad();
    void outlivesItsAuthenticator();
    void reportsEarlierErrors();
};

void tst_QZapDomain::letsNobodyInByDefault()
{
    const QZapNullDomain null;
    QCOMPARE(null.name(), QStringLiteral("*"));
    QCOMPARE(null.mechanism(), Mechanism::Null);
    QVERIFY(!null.isAccepted());
    QVERIFY(null.isReady());
    const QZapPlainDomain plain;
    const QZapCurveDomain curve;
    const QZapGssapiDomain gssapi;
    QCOMPARE(plain.mechanism(), Mechanism::Plain);
    QCOMPARE(curve.mechanism(), Mechanism::Curve);
    QCOMPARE(gssapi.mechanism(), Mechanism::Gssapi);
    for (const QZapDomain *domain :
         std::initializer_list<const QZapDomain *>{&plain, &curve, &gssapi}) {
        QCOMPARE(domain->name(), QStringLiteral("*"));
        QVERIFY(!domain->isReady());
        QCOMPARE(domain->errorString(), QString());
    }
}

void tst_QZapDomain::refusesBadNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("empty") << QString();
    QTest::newRow("256 bytes") << QString(256, u'x');
    QTest::newRow("NUL") << QString(QChar(0));
    QTest::newRow("line break") << QStringLiteral("a\nb");
    QTest::newRow("half a character") << QString(QChar(0xdc00));
}

void tst_QZapDomain::refusesBadNames()
{
    QFETCH(const QString, name);
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(!authenticator.configureNull(name, true));
    QVERIFY(!authenticator.configurePlain(name, bobsMap()));
    QVERIFY(!authenticator.configurePlainFile(name, QStringLiteral("/etc/passwd")));
    QVERIFY(!authenticator.configureCurve(name, QZap::CurveAllowAny));
    QVERIFY(!authenticator.configureGssapi(name, {}));
    QCOMPARE(errors.count(), 5);
    QVERIFY(authenticator.domains().isEmpty());

    QZapNullDomain domain;
    QSignalSpy ready(&domain, &QZapDomain::readyChanged);
    domain.setName(name);
    QCOMPARE(domain.name(), QStringLiteral("*"));
    QVERIFY(!domain.isReady());
    QVERIFY(!domain.errorString().isEmpty());
    QCOMPARE(ready.count(), 1);
    domain.setName(QStringLiteral("good"));
    QVERIFY(domain.isReady());
    QCOMPARE(domain.errorString(), QString());
}

// A refused name must not leave the domain open to everybody.
void tst_QZapDomain::badNameClosesTheDomain()
{
    QZapAuthenticator authenticator;
    QZapNullDomain domain;
    domain.setAccepted(true);
    QVERIFY(authenticator.addDomain(&domain));
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::Success);
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    domain.setName(QString());
    QCOMPARE(errors.count(), 1);
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::TemporaryError);
    domain.setName(QStringLiteral("*"));
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::Success);
}

void tst_QZapDomain::takesEffectAtOnce()
{
    QZapAuthenticator authenticator;
    auto *domain = new QZapPlainDomain;
    QVERIFY(authenticator.addDomain(domain));
    QCOMPARE(domain->parent(), &authenticator);
    QCOMPARE(evaluate(authenticator, bob()), QZap::Status::TemporaryError); // no passwords
    bool seenInSlot = false;
    connect(domain, &QZapDomain::readyChanged, this,
            [&] { seenInSlot = evaluate(authenticator, bob()) == QZap::Status::Success; });
    domain->setPasswords(bobsMap());
    QVERIFY(seenInSlot);
    QCOMPARE(evaluate(authenticator, bob()), QZap::Status::Success);
    domain->setName(QStringLiteral("other"));
    QCOMPARE(evaluate(authenticator, bob()), QZap::Status::AuthenticationFailure);
    QCOMPARE(evaluate(authenticator, bob(), QStringLiteral("other")), QZap::Status::Success);
    domain->setPasswords({});
    QVERIFY(domain->isReady());
    QCOMPARE(evaluate(authenticator, bob(), QStringLiteral("other")),
             QZap::Status::AuthenticationFailure);
}

void tst_QZapDomain::configureCreatesOrChangesADomain()
{
    QZapAuthenticator authenticator;
    QSignalSpy changed(&authenticator, &QZapAuthenticator::domainsChanged);
    QVERIFY(authenticator.configurePlain(test(), bobsMap()));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(authenticator.domains().size(), 1);
    auto *domain = qobject_cast<QZapPlainDomain *>(authenticator.domain(test(), Mechanism::Plain));
    QVERIFY(domain);
    QCOMPARE(domain->users(), QStringList(QStringLiteral("bob")));
    QVERIFY(!authenticator.domain(test(), Mechanism::Curve));
    QVERIFY(!authenticator.domain(QStringLiteral("*"), Mechanism::Plain));
    QVERIFY(authenticator.configurePlain(test(), {{QStringLiteral("eve"), QByteArray("x")}}));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(authenticator.domain(test(), Mechanism::Plain), domain);
    QCOMPARE(domain->users(), QStringList(QStringLiteral("eve")));
    QVERIFY(authenticator.configureCurve(test(), QZap::CurveAllowAny));
    QVERIFY(authenticator.configureNull(test(), true));
    QVERIFY(authenticator.configureGssapi(test(), {}));
    QCOMPARE(authenticator.domains().size(), 4);
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::Success);
    QVERIFY(authenticator.configureNull(test(), false));
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::AuthenticationFailure);
    QCOMPARE(evaluate(authenticator, QZapCredentials::gssapi(QStringLiteral("a@B"))),
             QZap::Status::Success);
}

void tst_QZapDomain::configureRefusesInvalidValues_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"missing directory", "missing URL", "no location", "missing file",
                             "no file", "anonymous", "bad principal"}) {
        QTest::newRow(what) << QString::fromLatin1(what);
    }
}

void tst_QZapDomain::configureRefusesInvalidValues()
{
    QFETCH(const QString, what);
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    const QMap<QString, std::function<bool()>> calls{
        {QStringLiteral("missing directory"),
         [&] { return authenticator.configureCurve(test(), QStringLiteral("/no/such")); }},
        {QStringLiteral("missing URL"),
         [&] { return authenticator.configureCurve(test(), QStringLiteral("file:///no/such")); }},
        {QStringLiteral("no location"),
         [&] { return authenticator.configureCurve(test(), QString()); }},
        {QStringLiteral("missing file"),
         [&] { return authenticator.configurePlainFile(test(), QStringLiteral("/no/such")); }},
        {QStringLiteral("no file"),
         [&] { return authenticator.configurePlainFile(test(), QString()); }},
        {QStringLiteral("anonymous"),
         [&] {
             return authenticator.configurePlain(
                 test(), {{QStringLiteral("anonymous"), QStringLiteral("x")}});
         }},
        {QStringLiteral("bad principal"),
         [&] { return authenticator.configureGssapi(test(), {QString()}); }},
    };
    QVERIFY(!calls.value(what)());
    QCOMPARE(errors.count(), 1);
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    // The new domain exists, has an error, and lets nobody in; it also closes its name for NULL.
    QCOMPARE(authenticator.domains().size(), 1);
    QVERIFY(!authenticator.domains().constFirst()->isReady());
    QVERIFY(!authenticator.domains().constFirst()->errorString().isEmpty());
    for (const QZapCredentials &credentials :
         {QZapCredentials::null(), bob(), QZapCredentials::curve(QByteArray(32, 'k')),
          QZapCredentials::gssapi(QStringLiteral("a@B"))}) {
        QVERIFY(evaluate(authenticator, credentials) != QZap::Status::Success);
    }
}

void tst_QZapDomain::configureKeepsThePreviousContent()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configurePlain(test(), bobsMap()));
    QVERIFY(authenticator.configureCurve(test(), QZap::CurveAllowAny));
    QVERIFY(authenticator.configureGssapi(test(), {QStringLiteral("a@B")}));
    QVERIFY(!authenticator.configurePlain(test(),
                                          {{QStringLiteral("anonymous"), QStringLiteral("x")}}));
    QVERIFY(!authenticator.configurePlainFile(test(), QStringLiteral("/no/such")));
    QVERIFY(!authenticator.configureCurve(test(), QStringLiteral("/no/such")));
    QVERIFY(!authenticator.configureGssapi(test(), {QString()}));
    QCOMPARE(evaluate(authenticator, bob()), QZap::Status::Success);
    QCOMPARE(evaluate(authenticator, QZapCredentials::curve(QByteArray(32, 'k'))),
             QZap::Status::Success);
    QCOMPARE(evaluate(authenticator, QZapCredentials::gssapi(QStringLiteral("a@B"))),
             QZap::Status::Success);
    QCOMPARE(evaluate(authenticator, QZapCredentials::gssapi(QStringLiteral("b@B"))),
             QZap::Status::AuthenticationFailure);
    for (const QZapDomain *domain : authenticator.domains())
        QVERIFY(domain->isReady());
}

void tst_QZapDomain::twoDomainsOfOneNameLetNobodyIn()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureNull(test(), true));
    QVERIFY(authenticator.configureNull(QStringLiteral("*"), true));
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QObject owner;
    QZapNullDomain second(&owner);
    second.setName(test());
    second.setAccepted(true);
    QVERIFY(!authenticator.addDomain(&second));
    QVERIFY(errors.count() > 0);
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QCOMPARE(authenticator.domains().size(), 3);
    QVERIFY(!second.isReady());
    QVERIFY(!authenticator.domain(test(), Mechanism::Null)->isReady());
    // The domain "*" does not apply instead.
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::TemporaryError);
    second.setName(QStringLiteral("third"));
    QVERIFY(second.isReady());
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::Success);
    second.setName(test());
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::TemporaryError);
    QVERIFY(authenticator.removeDomain(test(), Mechanism::Null)); // removes both domains
    QCOMPARE(authenticator.domains().size(), 1);
    QVERIFY(second.isReady());
    QVERIFY(authenticator.addDomain(&second));
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::Success);
}

void tst_QZapDomain::isDeletedWhenItIsRemoved_data()
{
    QTest::addColumn<bool>("isTaken");
    QTest::addColumn<bool>("deletesAll");
    QTest::newRow("removed, the slot deletes the domain") << false << false;
    QTest::newRow("removed, the slot deletes the authenticator") << false << true;
    QTest::newRow("taken, the slot deletes the domain") << true << false;
    QTest::newRow("taken, the slot deletes the authenticator") << true << true;
}

void tst_QZapDomain::isDeletedWhenItIsRemoved()
{
    QFETCH(const bool, isTaken);
    QFETCH(const bool, deletesAll);
    auto authenticator = std::make_unique<QZapAuthenticator>();
    QVERIFY(authenticator->configureNull(test(), true));
    auto *const second = new QZapNullDomain(authenticator.get());
    second->setName(test());
    QVERIFY(!authenticator->addDomain(second));
    const QPointer<QZapDomain> guard(second);
    connect(second, &QZapDomain::readyChanged, this, [&] { // since its name no longer clashes
        if (deletesAll)
            authenticator.reset();
        else
            delete second;
    });
    QVERIFY(isTaken ? authenticator->takeDomain(second)
                    : authenticator->removeDomain(test(), Mechanism::Null));
    QVERIFY(!guard);
}

void tst_QZapDomain::belongsToOneAuthenticator()
{
    QZapAuthenticator first;
    QZapAuthenticator second;
    QObject owner;
    QZapNullDomain domain(&owner);
    QVERIFY(first.addDomain(&domain));
    QVERIFY(first.addDomain(&domain)); // has no effect the second time
    QCOMPARE(first.domains().size(), 1);
    QVERIFY(!second.addDomain(&domain));
    QCOMPARE(second.error(), Error::ConfigurationError);
    QVERIFY(!second.addDomain(nullptr));
    QVERIFY(first.removeDomain(QStringLiteral("*"), Mechanism::Null));
    QVERIFY(second.addDomain(&domain));
}

void tst_QZapDomain::takenDomainFitsAnotherAuthenticator()
{
    QZapAuthenticator authenticator;
    QZapNullDomain one;
    auto *const two = new QZapNullDomain;
    one.setName(test());
    two->setName(test());
    one.setAccepted(true);
    QVERIFY(authenticator.addDomain(&one));
    QVERIFY(!authenticator.addDomain(two));
    QSignalSpy changed(&authenticator, &QZapAuthenticator::domainsChanged);
    QVERIFY(authenticator.takeDomain(two));
    QCOMPARE(changed.count(), 1);
    QVERIFY(!authenticator.takeDomain(two));
    QVERIFY(!authenticator.takeDomain(nullptr));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(authenticator.domains(), QList<QZapDomain *>{&one});
    QVERIFY(one.isReady());
    QCOMPARE(two->parent(), &authenticator);
    // The domain can now be added to another authenticator.
    QZapAuthenticator other;
    QVERIFY(other.addDomain(two));
}

void tst_QZapDomain::subclassCanCloseTheDomain()
{
    class Domain : public QZapNullDomain
    {
    public:
        using QZapNullDomain::setConfigurationProblem;
    };
    QZapAuthenticator authenticator;
    auto *const domain = new Domain;
    domain->setAccepted(true);
    QVERIFY(authenticator.addDomain(domain));
    const auto status = [&authenticator] {
        return authenticator.evaluate(test(), {}, QZapCredentials::null()).status();
    };
    QCOMPARE(status(), QZap::Status::Success);
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    domain->setConfigurationProblem(QStringLiteral("line 5"));
    QCOMPARE(status(), QZap::Status::TemporaryError);
    QVERIFY(!domain->isReady());
    QCOMPARE(domain->errorString(), QStringLiteral("line 5"));
    QCOMPARE(errors.count(), 1);
    domain->setAccepted(false);
    domain->setAccepted(true);
    QCOMPARE(status(), QZap::Status::TemporaryError);
    domain->setConfigurationProblem({});
    QCOMPARE(status(), QZap::Status::Success);
    QCOMPARE(domain->errorString(), QString());
}

void tst_QZapDomain::removedDomainIsDeleted()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureNull(test(), true));
    const QPointer<QZapDomain> owned = authenticator.domain(test(), Mechanism::Null);
    QVERIFY(!authenticator.removeDomain(test(), Mechanism::Plain));
    QVERIFY(authenticator.removeDomain(test(), Mechanism::Null));
    QVERIFY(!authenticator.removeDomain(test(), Mechanism::Null));
    QVERIFY(authenticator.domains().isEmpty());
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QVERIFY(!owned);
}

void tst_QZapDomain::deletedDomainIsRemoved()
{
    QZapAuthenticator authenticator;
    QSignalSpy changed(&authenticator, &QZapAuthenticator::domainsChanged);
    QVERIFY(authenticator.configureNull(test(), true));
    QVERIFY(authenticator.configurePlain(test(), bobsMap()));
    delete authenticator.domain(test(), Mechanism::Plain);
    QCOMPARE(changed.count(), 3);
    QCOMPARE(evaluate(authenticator, bob()), QZap::Status::AuthenticationFailure);
    QCOMPARE(evaluate(authenticator, QZapCredentials::null()), QZap::Status::Success);
}

void tst_QZapDomain::mayBeDeletedInItsSlot()
{
    QZapAuthenticator authenticator;
    QZapDomain *domain = new QZapPlainDomain;
    const QPointer<QZapDomain> guard(domain);
    QVERIFY(authenticator.addDomain(domain));
    connect(domain, &QZapDomain::readyChanged, this, [domain] { delete domain; });
    static_cast<QZapPlainDomain *>(domain)->setPasswords(bobsMap());
    QVERIFY(!guard);
    QVERIFY(authenticator.domains().isEmpty());

    // The authenticator can be deleted in the slot of its domain's error as well.
    auto *other = new QZapAuthenticator;
    const QPointer<QZapAuthenticator> otherGuard(other);
    connect(other, &QZapAuthenticator::errorOccurred, other, [other] { delete other; });
    QVERIFY(!other->configureCurve(test(), QStringLiteral("/no/such")));
    QVERIFY(!otherGuard);
}

void tst_QZapDomain::deletedDomainReportsNoLoad_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::newRow("password file") << Mechanism::Plain;
    QTest::newRow("key list") << Mechanism::Curve;
}

// The slot runs an event loop while the domain is being destroyed.
void tst_QZapDomain::deletedDomainReportsNoLoad()
{
    QFETCH(const Mechanism, mechanism);
    QZapAuthenticator authenticator;
    const QString users = write(QStringLiteral("users"), "bob=secret\n");
    const QZapCertificate alice = QZapCertificate::generate();
    const QString keys = write(QStringLiteral("keys"), alice.publicKeyText().toLatin1());
    QZapDomain *domain = nullptr;
    int reports = 0;
    if (mechanism == Mechanism::Plain) {
        auto *const plain = new QZapPlainDomain;
        plain->setPasswordFile(users);
        connect(plain, &QZapPlainDomain::usersChanged, this, [&reports] { ++reports; });
        domain = plain;
    } else {
        auto *const curve = new QZapCurveDomain;
        curve->setLocation(keys);
        domain = curve;
    }
    connect(domain, &QZapDomain::readyChanged, this, [&reports] { ++reports; });
    connect(domain, &QZapDomain::errorStringChanged, this, [&reports] { ++reports; });
    QVERIFY(authenticator.addDomain(domain));
    // It is loaded in another thread, and the event loop is to report this.
    const QZapCredentials credentials =
        mechanism == Mechanism::Plain ? bob() : QZapCredentials::curve(alice.publicKey());
    const QDeadlineTimer limit(5000);
    while (evaluate(authenticator, credentials) != QZap::Status::Success && !limit.hasExpired())
        QThread::yieldCurrentThread();
    QCOMPARE(evaluate(authenticator, credentials), QZap::Status::Success);
    auto *const other = new QZapPlainDomain;
    other->setName(QStringLiteral("other"));
    QVERIFY(authenticator.addDomain(other));
    QSignalSpy others(other, &QZapPlainDomain::usersChanged);
    connect(&authenticator, &QZapAuthenticator::domainsChanged, this, [&] {
        other->setPasswordFile(users);
        QTRY_COMPARE(others.count(), 1);
    });
    delete domain;
    QCOMPARE(others.count(), 1);
    QCOMPARE(reports, 0);
}

void tst_QZapDomain::outlivesItsAuthenticator()
{
    QZapPlainDomain domain;
    QObject parent;
    domain.setParent(&parent);
    auto authenticator = std::make_unique<QZapAuthenticator>();
    QVERIFY(authenticator->addDomain(&domain));
    QCOMPARE(domain.parent(), &parent);
    authenticator.reset();
    domain.setPasswords(bobsMap());
    domain.setName(QString());
    domain.setParent(nullptr);
    QZapAuthenticator next;
    QVERIFY(next.addDomain(&domain));
    domain.setParent(nullptr);
}

void tst_QZapDomain::reportsEarlierErrors()
{
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setName(test());
    domain.setLocation(QStringLiteral("/no/such"));
    QVERIFY(!domain.isReady());
    QTRY_VERIFY(!domain.errorString().isEmpty());
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(authenticator.addDomain(&domain));
    QCOMPARE(errors.count(), 1);
    QVERIFY(errors.first().at(1).toString().contains(QStringLiteral("/no/such")));
}

QTEST_GUILESS_MAIN(tst_QZapDomain)
#include "tst_qzapdomain.moc"
