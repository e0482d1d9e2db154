// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzapauthenticator_p.h"
#include "livetest.h"
#include "protocol/metadata.h"
#include "sessions/sessiontoken.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <thread>

using namespace QZap::Internal;

// The token in the replies of an authenticator.
class tst_SessionField : public LiveTest
{
    Q_OBJECT

private Q_SLOTS:
    void isSentOnlyWhileThereIsAGuard();
    void isNotSentToRefusedPeers();
    void isNeverReported();
    void namesTheFieldsThatAreSent();
    void isNotSentIfTheUserIsRevokedDuringTheDecision_data();
    void isNotSentIfTheUserIsRevokedDuringTheDecision();
    void refusesToRevokeTheEmptyUser();
    void revokesInItsThreadOnly();

private:
    SessionCore &core() { return *QZapAuthenticatorPrivate::get(m_authenticator.get())->sessions; }
    static QByteArray tokenOf(const QByteArrayList &reply)
    {
        QByteArray token;
        visitMetadata(reply.value(5), [&token](QByteArrayView name, QByteArrayView value) {
            if (name == SessionField)
                token = value.toByteArray();
        });
        return token;
    }
    QByteArray tokenOfBob(const QByteArray &password = "secret")
    {
        return tokenOf(ask("PLAIN", {"bob", password}).result());
    }
};

void tst_SessionField::isSentOnlyWhileThereIsAGuard()
{
    QVERIFY(configurePlain(*m_authenticator));
    QVERIFY(tokenOfBob().isEmpty());
    QCOMPARE(core().numbers().last(), quint64(0));
    const auto guard = std::make_shared<GuardLink>([] {});
    core().addGuard(guard);
    const auto session = SessionToken::read(tokenOfBob());
    QVERIFY(session);
    QCOMPARE(session->authenticator, core().id());
    QCOMPARE(session->mechanism, QZap::Mechanism::Plain);
    QCOMPARE(session->domain, QByteArray("test"));
    QCOMPARE(session->credential, QByteArray("bob"));
    QCOMPARE(session->userId, QByteArray("bob"));
    QVERIFY(session->isEnforced);
    core().removeGuard(guard);
    QVERIFY(tokenOfBob().isEmpty());
}

void tst_SessionField::isNotSentToRefusedPeers()
{
    QVERIFY(configurePlain(*m_authenticator));
    core().addGuard(std::make_shared<GuardLink>([] {}));
    QVERIFY(tokenOfBob("wrong").isEmpty());
    m_authenticator->setLockdown(true);
    QVERIFY(tokenOfBob().isEmpty());
}

void tst_SessionField::isNeverReported()
{
    QVERIFY(configurePlain(*m_authenticator));
    core().addGuard(std::make_shared<GuardLink>([] {}));
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QVERIFY(!tokenOfBob().isEmpty());
    QTRY_COMPARE(decided.size(), 1);
    QVERIFY(decided.at(0).at(1).value<QZapReply>().metadata().isEmpty());
    const auto reply = m_authenticator->authenticate(test(), QStringLiteral("127.0.0.1"), bob());
    QVERIFY(reply.result().metadata().isEmpty());
}

void tst_SessionField::namesTheFieldsThatAreSent()
{
    QVERIFY(configurePlain(*m_authenticator));
    m_authenticator->domain(test(), QZap::Mechanism::Plain)
        ->setPublishedFields({QStringLiteral("Mechanism"), QStringLiteral("Domain")});
    core().addGuard(std::make_shared<GuardLink>([] {}));
    const auto session = SessionToken::read(tokenOfBob());
    QVERIFY(session);
    QCOMPARE(session->fieldNames, (QByteArrayList{"Mechanism", "Domain"}));
}

void tst_SessionField::isNotSentIfTheUserIsRevokedDuringTheDecision_data()
{
    QTest::addColumn<bool>("isGuarded");
    QTest::newRow("guarded before") << true;
    QTest::newRow("guarded meanwhile") << false;
}

void tst_SessionField::isNotSentIfTheUserIsRevokedDuringTheDecision()
{
    QFETCH(const bool, isGuarded);

    QZapCredentialsProvider provider;
    QZapDecision pending;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&pending](const QZapDecision &decision) {
                decision.defer();
                pending = decision;
            });
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    const auto guard = std::make_shared<GuardLink>([] {});
    if (isGuarded)
        core().addGuard(guard);
    const QFuture<QByteArrayList> reply = ask("PLAIN", {"bob", "secret"});
    if (!isGuarded)
        core().addGuard(guard);
    core().numbers().draw(); // of another session
    m_authenticator->revoke(QStringLiteral("bob"));
    QVERIFY(pending.accept());
    QTRY_VERIFY(reply.isFinished());
    // The peer is to ask again.
    QCOMPARE(reply.result().value(2), QByteArray("300"));
    QVERIFY(tokenOf(reply.result()).isEmpty());
    // A session whose request comes after the revocation is not revoked.
    const QFuture<QByteArrayList> later = ask("PLAIN", {"bob", "secret"});
    QVERIFY(pending.accept());
    QTRY_VERIFY(later.isFinished());
    const auto laterSession = SessionToken::read(tokenOf(later.result()));
    QVERIFY(laterSession);
    QVERIFY(!core().isRevoked(*laterSession));
}

void tst_SessionField::refusesToRevokeTheEmptyUser()
{
    QTest::ignoreMessage(QtWarningMsg, "QZapAuthenticator::revoke: the user id is empty; the call "
                                       "has no effect");
    m_authenticator->revoke({});
    QCOMPARE(core().revocationCount(), quint64(0));
    m_authenticator->revokeAll();
    QCOMPARE(core().revocationCount(), quint64(1));
}

void tst_SessionField::revokesInItsThreadOnly()
{
    for (const char *const function : {"revoke", "revokeAll"}) {
        QTest::ignoreMessage(
            QtWarningMsg,
            QRegularExpression(QStringLiteral("^QZapAuthenticator::%1: must be called in the "
                                              "thread that the authenticator lives in")
                                   .arg(QLatin1StringView(function))));
    }
    std::thread thread([this] {
        m_authenticator->revoke(QStringLiteral("bob"));
        m_authenticator->revokeAll();
    });
    thread.join();
    QCOMPARE(core().revocationCount(), quint64(0));
}

QTEST_GUILESS_MAIN(tst_SessionField)
#include "tst_sessionfield.moc"
