// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"
#include "logcollector.h"

#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using Error = QZapAuthenticator::Error;
using QZap::Mechanism;

// Tests the location of a domain's keys, and the errors and notes about it.
class tst_QZapCurveDomain : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsKeyErrors();
    void logsExcludedFilesOnce();
    void logsFilesExcludedBefore();

    void revokesThePreviousKeysAtOnce();
    void keepsKeysIfRereadingFails();
    void filtersNames();
};

void tst_QZapCurveDomain::reportsKeyErrors()
{
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    const QString broken =
        write(QStringLiteral("broken.key"), "curve\n    public-key = \"too short\"\n");
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(authenticator.configureCurve(test(), path()));
    const QZapDomain *domain = authenticator.domain(test(), Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(evaluate(authenticator, QZapCredentials::curve(alice.publicKey())),
             QZap::Status::Success);
    QVERIFY2(domain->errorString().contains(broken + QStringLiteral(":2")),
             qPrintable(domain->errorString()));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(authenticator.error(), Error::FileError);
    // Configuring the same location again reads it again.
    QVERIFY(QFile::remove(broken));
    QVERIFY(authenticator.configureCurve(test(), path()));
    QTRY_COMPARE(domain->errorString(), QString());
}

// The list is not logged by each reload, but only if it has changed.
void tst_QZapCurveDomain::logsExcludedFilesOnce()
{
    QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.setMetadata(QStringLiteral("name"), QStringLiteral("Alice")));
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    write(QStringLiteral("bob.key.disabled"), "x");
    const QString location = path();
    const auto textOf = [&location](const char *entries) {
        return QStringLiteral("my.zap: Domain \"test\": %1: %2; \"qzap check\" says why")
            .arg(location, QString::fromLatin1(entries));
    };
    QStringList expected{textOf("1 entry is not read: \"bob.key.disabled\"")};

    QZapAuthenticator authenticator;
    authenticator.setLoggingCategory(QStringLiteral("my.zap"));
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    const LogCollector log;
    QVERIFY(authenticator.configureCurve(test(), location));
    QZapDomain *const domain = authenticator.domain(test(), Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(log.lines(), expected);

    // Reloaded for other reasons.
    QVERIFY(authenticator.configureCurve(test(), location));
    domain->setPublishedFields({QStringLiteral("name")});
    QTRY_VERIFY(domain->isReady());
    const QZapCertificate carol = QZapCertificate::generate();
    QVERIFY(carol.save(location, QStringLiteral("carol")));
    const auto ofCarol = QZapCredentials::curve(carol.publicKey());
    QTRY_COMPARE(evaluate(authenticator, ofCarol), QZap::Status::Success);
    QCOMPARE(log.lines(), expected);

    QVERIFY(QFile::rename(location + QStringLiteral("/carol.key"),
                          location + QStringLiteral("/carol.off")));
    expected += textOf("3 entries are not read: \"bob.key.disabled\", \"carol.key_secret\", "
                       "\"carol.off\"");
    QTRY_COMPARE(evaluate(authenticator, ofCarol), QZap::Status::AuthenticationFailure);
    QTRY_COMPARE(log.lines(), expected);
    for (const char *name : {"bob.key.disabled", "carol.key_secret"})
        QVERIFY(QFile::remove(location + u'/' + QString::fromLatin1(name)));
    expected += textOf("1 entry is not read: \"carol.off\"");
    QTRY_COMPARE(log.lines().last(), expected.last());
    QCOMPARE(errors.count(), 0);
    QCOMPARE(domain->errorString(), QString());
}

void tst_QZapCurveDomain::logsFilesExcludedBefore()
{
    write(QStringLiteral("bob.key.bak"), "x");
    const LogCollector log;
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setLocation(path());
    QTRY_VERIFY(domain.isReady());
    QCOMPARE(log.lines(), QStringList());
    QVERIFY(authenticator.addDomain(&domain));
    QCOMPARE(log.lines().filter(QStringLiteral("bob.key.bak")).size(), 1);
}

void tst_QZapCurveDomain::revokesThePreviousKeysAtOnce()
{
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setName(test());
    QVERIFY(authenticator.addDomain(&domain));
    const auto key = QZapCredentials::curve(alice.publicKey());
    domain.setLocation(path());
    QTRY_COMPARE(evaluate(authenticator, key), QZap::Status::Success);
    domain.setLocation(QStringLiteral("/no/such"));
    QCOMPARE(domain.location(), QStringLiteral("/no/such"));
    QCOMPARE(evaluate(authenticator, key), QZap::Status::TemporaryError);
    domain.setLocation(QZap::CurveAllowAny);
    QCOMPARE(evaluate(authenticator, QZapCredentials::curve(QByteArray(32, 'k'))),
             QZap::Status::Success);
    domain.setLocation(QString());
    QCOMPARE(evaluate(authenticator, key), QZap::Status::TemporaryError);
    QCOMPARE(domain.errorString(), QString());
}

void tst_QZapCurveDomain::keepsKeysIfRereadingFails()
{
    const QZapCertificate alice = QZapCertificate::generate();
    const QString list =
        write(QStringLiteral("keys"), alice.publicKeyText().toLatin1() + " alice\n");
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureCurve(test(), list));
    const auto key = QZapCredentials::curve(alice.publicKey());
    QTRY_COMPARE(evaluate(authenticator, key), QZap::Status::Success);
    // A file that is too large does not revoke keys.
    QVERIFY(QFile::resize(list, qint64(300) * 1024 * 1024));
    QVERIFY(authenticator.configureCurve(test(), list));
    QTRY_VERIFY(!authenticator.domain(test(), Mechanism::Curve)->errorString().isEmpty());
    QCOMPARE(evaluate(authenticator, key), QZap::Status::Success);
    // A file that is removed does.
    QVERIFY(QFile::remove(list));
    QVERIFY(QFile::link(QStringLiteral("/dev/zero"), list));
    QTRY_VERIFY(evaluate(authenticator, key) != QZap::Status::Success);
}

void tst_QZapCurveDomain::filtersNames()
{
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bobsKey = QZapCertificate::generate();
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    QVERIFY(bobsKey.save(path(), QStringLiteral("bob")));
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setName(test());
    QVERIFY(authenticator.addDomain(&domain));
    domain.setLocation(path());
    const auto asAlice = QZapCredentials::curve(alice.publicKey());
    const auto asBob = QZapCredentials::curve(bobsKey.publicKey());
    QTRY_COMPARE(evaluate(authenticator, asAlice), QZap::Status::Success);
    QCOMPARE(evaluate(authenticator, asBob), QZap::Status::Success);
    domain.setNameFilters({QStringLiteral("al*.key")});
    QTRY_COMPARE(evaluate(authenticator, asAlice), QZap::Status::Success);
    QCOMPARE(evaluate(authenticator, asBob), QZap::Status::AuthenticationFailure);
    domain.setNameFilters({});
    QTRY_COMPARE(evaluate(authenticator, asBob), QZap::Status::Success);
}

QTEST_GUILESS_MAIN(tst_QZapCurveDomain)
#include "tst_qzapcurvedomain.moc"
