// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"

#include <QtCore/qfuture.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

using QZap::Status;

// Tests that peers that have proved possession of their keys are reported by the names of the keys,
// even if they are refused.
class tst_RefusedNames : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsRefusedKeysByTheirNames_data();
    void reportsRefusedKeysByTheirNames();
};

void tst_RefusedNames::reportsRefusedKeysByTheirNames_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("lockdown");
    QTest::addColumn<bool>("vetoed");
    QTest::addColumn<bool>("isKnown");
    QTest::newRow("denied address") << u"10.1.1.1"_s << false << false << true;
    QTest::newRow("lockdown") << u"127.0.0.1"_s << true << false << true;
    QTest::newRow("veto of a provider") << u"127.0.0.1"_s << false << true << true;
    QTest::newRow("unknown key") << u"127.0.0.1"_s << false << false << false;
    QTest::newRow("denied address of an unknown key") << u"10.1.1.1"_s << false << false << false;
}

void tst_RefusedNames::reportsRefusedKeysByTheirNames()
{
    QFETCH(const QString, address);
    QFETCH(const bool, lockdown);
    QFETCH(const bool, vetoed);
    QFETCH(const bool, isKnown);
    const auto known = QZapCertificate::generate();
    const auto stranger = QZapCertificate::generate();
    QZapAuthenticator authenticator(*m_context);
    QZapCredentialsProvider provider;
    const QString path = write(u"keys.list"_s, known.publicKeyText().toLatin1() + " turbine-3\n");
    QVERIFY(authenticator.configureCurve(test(), path));
    QTRY_VERIFY(authenticator.domain(test(), QZap::Mechanism::Curve)->isReady());
    QVERIFY(authenticator.deny(u"10.0.0.0/8"_s));
    authenticator.setLockdown(lockdown);
    if (vetoed) {
        connect(&provider, &QZapCredentialsProvider::authenticating, this,
                [](const QZapDecision &decision) { decision.reject(u"no"_s); });
        QVERIFY(authenticator.setCredentialsProvider(test(), &provider));
    }
    const QZapCertificate &asking = isKnown ? known : stranger;
    QSignalSpy rejected(&authenticator, &QZapAuthenticator::rejected);
    QZapActivityModel model;
    model.setAuthenticator(&authenticator);
    const QZapReply reply =
        authenticator.authenticate(test(), address, QZapCredentials::curve(asking.publicKey()))
            .result();
    QCOMPARE(reply.status(), lockdown ? Status::TemporaryError : Status::AuthenticationFailure);
    QCOMPARE(reply.userId(), QString()); // of accepted peers only
    QTRY_COMPARE(rejected.size(), 1);
    const QString name = isKnown ? u"turbine-3"_s : asking.publicKeyText();
    QCOMPARE(rejected.first().first().toString(), name);
    QTRY_COMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0, 0).data(QZapActivityModel::UserRole).toString(), name);
}

QTEST_GUILESS_MAIN(tst_RefusedNames)
#include "tst_refusednames.moc"
