// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapcurvedomain.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

// What ends no session, for each mechanism and thread mode.
class tst_KeptSessions : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void keepsSessions_data();
    void keepsSessions();
};

void tst_KeptSessions::keepsSessions_data()
{
    addChangeColumns();
    addChange("lockdown", allMechanisms(),
              [](QZapAuthenticator *authenticator) { authenticator->setLockdown(true); });
    addChange("stopped", allMechanisms(),
              [](QZapAuthenticator *authenticator) { authenticator->stop(); });
    addChange("stopped and started", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->stop();
        authenticator->start();
    });
    addChange("another thread", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->stop();
        authenticator->setWorkerThread(!authenticator->usesWorkerThread());
        authenticator->start();
    });
    addChange("another address is denied", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->deny(QStringLiteral("192.0.2.1"));
    });
    addChange("another user is revoked", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->revoke(QStringLiteral("alice"));
    });
    addChange("another user is removed", {QZap::Mechanism::Plain},
              [](QZapAuthenticator *authenticator) {
                  authenticator->configurePlain(
                      test(), {{QStringLiteral("bob"), QStringLiteral("secret")}});
              });
    addChange("the address is locked out", {QZap::Mechanism::Plain},
              [](QZapAuthenticator *authenticator) {
                  authenticator->lockout()->setMaximumFailures(1);
                  authenticator->lockout()->setEnabled(true);
                  const auto reply = authenticator->authenticate(
                      test(), QStringLiteral("127.0.0.1"),
                      QZapCredentials::plain(QStringLiteral("bob"), "wrong"));
                  Q_UNUSED(reply);
              });
    addChange("a provider is added", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->setCredentialsProvider(test(), new QZapCredentialsProvider(authenticator));
    });
    addChange("a provider is added and destroyed", allMechanisms(),
              [](QZapAuthenticator *authenticator) {
                  QZapCredentialsProvider provider;
                  authenticator->setCredentialsProvider(test(), &provider);
              });
    addChange("the key list is read again", {QZap::Mechanism::Curve},
              [](QZapAuthenticator *authenticator) {
                  const auto *const domain = qobject_cast<QZapCurveDomain *>(
                      authenticator->domain(test(), QZap::Mechanism::Curve));
                  authenticator->configureCurve(test(), domain->location());
              });
    addChange("a thousand changes", allMechanisms(), [](QZapAuthenticator *authenticator) {
        for (int i = 0; i < 1000; ++i)
            authenticator->setLockdown(i % 2 == 0);
    });
}

void tst_KeptSessions::keepsSessions()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const bool, workerThread);
    QFETCH(const Change, change);

    connectBob(mechanism, workerThread);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    change(m_authenticator.get());
    QVERIFY(m_guard->isAuthorized(m_message));
    m_guard->sweep();
    // The connection still works.
    QVERIFY(send(*m_bob, "again"));
    const zmq::message_t next = waitForMessage();
    QVERIFY(m_guard->isAuthorized(next));
    QCOMPARE(m_guard->session(next), m_guard->session(m_message));
    QCOMPARE(revoked.size(), 0);
    QCOMPARE(disconnected.size(), 0);
}

QTEST_GUILESS_MAIN(tst_KeptSessions)
#include "tst_keptsessions.moc"
