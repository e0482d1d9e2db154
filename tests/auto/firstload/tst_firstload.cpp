// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "heldloads.h"
#include "livetest.h"
#include "zapclient.h"

#include <QtTest/qtest.h>

#include <memory>

using QZap::Mechanism;

// Tests requests that wait until the credentials have been read for the first time.
class tst_FirstLoad : public LiveTest
{
    Q_OBJECT

private Q_SLOTS:
    void requestsWaitForTheFirstLoad();
    void limitsHowManyWait();

    void deletedAuthenticatorAnswersTemporarily();
    void stoppedAuthenticatorAnswersTemporarily();
    void lockdownAnswersTemporarily();
    void curveUserIdMayStopTheAuthenticator();
};

// An authenticator that stops in the first call of curveUserId().
class StoppingAuthenticator : public QZapAuthenticator
{
public:
    using QZapAuthenticator::QZapAuthenticator;
    ~StoppingAuthenticator() override { stop(); }

    QString curveUserId(const QByteArray &publicKey) const override
    {
        const_cast<StoppingAuthenticator *>(this)->stop();
        return QZapAuthenticator::curveUserId(publicKey);
    }
};

void tst_FirstLoad::requestsWaitForTheFirstLoad()
{
    HeldLoads loads;
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    QVERIFY(!m_authenticator->domain(test(), Mechanism::Curve)->isReady());
    QCOMPARE(
        m_authenticator->evaluate(test(), {}, QZapCredentials::curve(alice.publicKey())).status(),
        QZap::Status::TemporaryError);
    const auto known = ask("CURVE", {alice.publicKey()});
    const auto unknown = ask("CURVE", {QByteArray(32, 'x')});
    QVERIFY(!known.isFinished());
    QCOMPARE(m_authenticator->pendingCount(), 2);
    loads.release();
    QTRY_VERIFY(known.isFinished() && unknown.isFinished());
    QCOMPARE(known.result().at(2), QByteArray("200"));
    QCOMPARE(unknown.result().at(2), QByteArray("400"));
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_FirstLoad::limitsHowManyWait()
{
    HeldLoads loads;
    m_authenticator->setMaximumPendingPerAddress(3);
    m_authenticator->setMaximumPendingDecisions(5);
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    const auto from = [this](const char *address) {
        return m_authenticator->handleZapMessage(
            ZapClient::request("CURVE", {QByteArray(32, 'x')}, "test", address));
    };
    for (const char *address : {"2001:db8::1", "2001:db8::2", "2001:db8::3"})
        QVERIFY(!from(address).isFinished());
    QVERIFY(from("2001:db8::4").isFinished()); // too many in the network
    QVERIFY(!from("10.0.0.1").isFinished());
    QVERIFY(!from("10.0.0.2").isFinished());
    QVERIFY(from("10.0.0.3").isFinished()); // too many in all
    QCOMPARE(m_authenticator->pendingCount(), 5);
    QCOMPARE(m_authenticator->temporaryCount(), 2);
    loads.release();
    QTRY_COMPARE(m_authenticator->pendingCount(), 0);
    QCOMPARE(m_authenticator->rejectedCount(), 5);
}

void tst_FirstLoad::deletedAuthenticatorAnswersTemporarily()
{
    const HeldLoads loads;
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    const auto future = ask("CURVE", {QByteArray(32, 'x')});
    QVERIFY(!future.isFinished());
    m_authenticator.reset();
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().at(2), QByteArray("300"));
}

void tst_FirstLoad::stoppedAuthenticatorAnswersTemporarily()
{
    const HeldLoads loads;
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    ZapClient client(*m_context);
    client.send(ZapClient::request("CURVE", {QByteArray(32, 'x')}));
    QTRY_COMPARE(m_authenticator->pendingCount(), 1);
    m_authenticator->stop();
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
}

void tst_FirstLoad::lockdownAnswersTemporarily()
{
    const HeldLoads loads;
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    const auto future = ask("CURVE", {QByteArray(32, 'x')});
    QVERIFY(!future.isFinished());
    m_authenticator->setLockdown(true);
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().at(2), QByteArray("300"));
}

void tst_FirstLoad::curveUserIdMayStopTheAuthenticator()
{
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    m_authenticator = std::make_unique<StoppingAuthenticator>(*m_context);
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    ZapClient client(*m_context);
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 3; ++i) {
        client.send(ZapClient::request("CURVE", {alice.publicKey()}));
        futures += ask("CURVE", {alice.publicKey()});
    }
    QTRY_VERIFY(!m_authenticator->isRunning());
    for (const auto &future : std::as_const(futures)) {
        QTRY_VERIFY(future.isFinished());
        QVERIFY(!future.result().isEmpty());
    }
    QTRY_COMPARE(m_authenticator->pendingCount(), 0);
}

QTEST_GUILESS_MAIN(tst_FirstLoad)
#include "tst_firstload.moc"
