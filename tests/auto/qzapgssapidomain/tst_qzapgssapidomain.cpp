// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"

#include <QtTest/qtest.h>

// Tests the principals of a domain.
class tst_QZapGssapiDomain : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsListedPrincipals();
};

void tst_QZapGssapiDomain::acceptsListedPrincipals()
{
    QZapAuthenticator authenticator;
    QZapGssapiDomain domain;
    domain.setName(test());
    QVERIFY(authenticator.addDomain(&domain));
    const auto alice = QZapCredentials::gssapi(QStringLiteral("alice@A"));
    QCOMPARE(evaluate(authenticator, alice), QZap::Status::TemporaryError);
    domain.setPrincipals({});
    QVERIFY(domain.isReady());
    QCOMPARE(evaluate(authenticator, alice), QZap::Status::Success);
    domain.setPrincipals({QStringLiteral("bob@A")});
    QCOMPARE(evaluate(authenticator, alice), QZap::Status::AuthenticationFailure);
    domain.setPrincipals({QStringLiteral("alice@A"), QString()});
    QCOMPARE(domain.principals(), QStringList(QStringLiteral("bob@A")));
    QVERIFY(!domain.errorString().isEmpty());
    QCOMPARE(evaluate(authenticator, alice), QZap::Status::AuthenticationFailure);
}

QTEST_GUILESS_MAIN(tst_QZapGssapiDomain)
#include "tst_qzapgssapidomain.moc"
