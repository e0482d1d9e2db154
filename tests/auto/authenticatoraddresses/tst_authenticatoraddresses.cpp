// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include <QZap/QZap>
#include <QZap/QZapTestClient>

#include <QtCore/qmetaobject.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using Error = QZapAuthenticator::Error;

// Tests the lists of allowed and denied addresses by the peers that they let in.
class tst_AuthenticatorAddresses : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void listsExcludeEachOther();
    void listsAreSetAndResetByProperty();
    void refusedListsPreventTheStart();
    void bracesMakeAList();
};

void tst_AuthenticatorAddresses::listsExcludeEachOther()
{
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QSignalSpy allowed(&authenticator, &QZapAuthenticator::allowedAddressesChanged);
    QVERIFY(!authenticator.allow(QStringList()));
    QVERIFY(!authenticator.allow(QStringLiteral("nonsense")));
    QVERIFY(!authenticator.allow({QStringLiteral("10.0.0.1"), QStringLiteral("nonsense")}));
    QCOMPARE(errors.count(), 3);
    QCOMPARE(allowed.count(), 0);
    QVERIFY(authenticator.allow(QStringLiteral("10.0.0.1")));
    QVERIFY(!authenticator.deny(QStringLiteral("10.0.0.2")));
    QVERIFY(authenticator.allow({QStringLiteral("10.0.0.3"), QStringLiteral("fd00::/8")}));
    QCOMPARE(authenticator.allowedAddresses().size(), 3);
    QCOMPARE(allowed.count(), 2);
    QVERIFY(authenticator.configureNull(test(), true));
    // A refused value keeps everybody out until it is assigned or reset.
    authenticator.setAllowedAddresses(authenticator.allowedAddresses());
    authenticator.resetDeniedAddresses();
    const QZapTestClient client(&authenticator);
    const auto from = [request = client.null().domain(test())](const char *address) {
        return request.from(address);
    };
    QZAP_VERIFY_ACCEPTED(from("10.0.0.3"));
    QZAP_VERIFY_REFUSED(from("10.0.0.2"));
    QVERIFY(authenticator.removeAllowed(QStringLiteral("::ffff:10.0.0.3")));
    QVERIFY(!authenticator.removeAllowed(QStringLiteral("10.0.0.3")));
    QVERIFY(!authenticator.removeDenied(QStringLiteral("10.0.0.1")));
    QZAP_VERIFY_REFUSED(from("10.0.0.3"));
    QVERIFY(authenticator.removeAllowed(QStringLiteral("10.0.0.1")));
    QVERIFY(authenticator.removeAllowed(QStringLiteral("fd00::/8")));
    QZAP_VERIFY_REFUSED(from("10.0.0.1")); // emptied: nobody
    authenticator.resetAllowedAddresses();
    QZAP_VERIFY_ACCEPTED(from("10.0.0.1"));
    QVERIFY(authenticator.deny(QStringLiteral("10.0.0.1")));
    QZAP_VERIFY_REFUSED(from("10.0.0.1"));
    QZAP_VERIFY_ACCEPTED(from("10.0.0.2"));
    // No peer of libzmq has such an address, so that a client does not ask about one.
    const QZapReply reply =
        authenticator.evaluate(test(), QStringLiteral("nonsense"), QZapCredentials::null());
    QCOMPARE(reply.status(), QZap::Status::AuthenticationFailure);
    QZAP_VERIFY_REFUSED(from(""));
}

void tst_AuthenticatorAddresses::listsAreSetAndResetByProperty()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureNull(test(), true));
    const QZapTestClient client(&authenticator);
    const QZapTestRequest peer = client.null().domain(test());
    QSignalSpy changed(&authenticator, &QZapAuthenticator::allowedAddressesChanged);
    QVERIFY(authenticator.setProperty("allowedAddresses", QStringList()));
    QCOMPARE(changed.count(), 1); // from unset to an empty list
    QZAP_VERIFY_REFUSED(peer);
    const int index = authenticator.metaObject()->indexOfProperty("allowedAddresses");
    QVERIFY(authenticator.metaObject()->property(index).reset(&authenticator));
    QCOMPARE(changed.count(), 2);
    QZAP_VERIFY_ACCEPTED(peer);
}

void tst_AuthenticatorAddresses::refusedListsPreventTheStart()
{
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    authenticator.setDeniedAddresses({QStringLiteral("10.0.0.1"), QStringLiteral("nonsense")});
    QCOMPARE(errors.count(), 1);
    QVERIFY(!authenticator.start());
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QVERIFY(authenticator.errorString().contains(QStringLiteral("nonsense")));
    authenticator.setDeniedAddresses({QStringLiteral("10.0.0.1")});
    authenticator.setAllowedAddresses({QStringLiteral("10.0.0.2")}); // refused
    QVERIFY(!authenticator.start());
    authenticator.resetAllowedAddresses();
    QVERIFY(authenticator.start());
    QCOMPARE(authenticator.deniedAddresses(), QStringList(QStringLiteral("10.0.0.1")));
    authenticator.setDeniedAddresses({QStringLiteral("nonsense")});
    QCOMPARE(authenticator.deniedAddresses(), QStringList(QStringLiteral("10.0.0.1")));
    authenticator.stop();
    QVERIFY(authenticator.start());
}

void tst_AuthenticatorAddresses::bracesMakeAList()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.allow({QStringLiteral("10.0.0.1")}));
    QVERIFY(authenticator.allow({QStringLiteral("10.0.0.2"), QStringLiteral("10.0.0.3")}));
    QCOMPARE(authenticator.allowedAddresses().size(), 3);
    QVERIFY(!authenticator.allow({}));
}

QTEST_GUILESS_MAIN(tst_AuthenticatorAddresses)
#include "tst_authenticatoraddresses.moc"
