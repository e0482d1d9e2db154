// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"
#include "heldloads.h"

#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapdecision.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <optional>

namespace {

// What happens to a domain before a key expires.
enum class Meanwhile { Nothing, Store, SlowFile };

} // namespace

Q_DECLARE_METATYPE(Meanwhile)

// What ends a session, for each mechanism and thread mode.
class tst_EndOfSessions : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void endsSessions_data();
    void endsSessions();
    void endsExpiredKeys_data();
    void endsExpiredKeys();
    void endsTheSessionsOfAFormerAuthenticator();
    void staysEndedIfThePeerIsAcceptedAgain();
    void countsChangesAsOne_data();
    void countsChangesAsOne();
    void revokesOldSessionsOnly();
    void refusesAnAnswerFromBeforeARevocation_data();
    void refusesAnAnswerFromBeforeARevocation();
    void keepsPeersThatAProviderRefusesWhileReporting_data();
    void keepsPeersThatAProviderRefusesWhileReporting();
};

void tst_EndOfSessions::endsSessions_data()
{
    addChangeColumns();
    addChange("the credentials are removed", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->configurePlain(test(), {});
        authenticator->configureNull(test(), false);
        authenticator->removeDomain(test(), QZap::Mechanism::Curve);
    });
    addChange("another password", {QZap::Mechanism::Plain}, [](QZapAuthenticator *authenticator) {
        authenticator->configurePlain(test(), {{QStringLiteral("bob"), QStringLiteral("other")}});
    });
    addChange("the address is denied", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->deny(QStringLiteral("127.0.0.0/8"));
    });
    addChange("an allow list without the address", allMechanisms(),
              [](QZapAuthenticator *authenticator) { authenticator->setAllowedAddresses({}); });
    addChange("revoke()", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->revoke(QStringLiteral("bob"));
        authenticator->revoke(QStringLiteral("anonymous"));
    });
    addChange("revokeAll()", allMechanisms(),
              [](QZapAuthenticator *authenticator) { authenticator->revokeAll(); });
    addChange("revokeAll() while stopped", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->stop();
        authenticator->revokeAll();
    });
    addChange("the domain is removed", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->removeDomain(test(), QZap::Mechanism::Null);
        authenticator->removeDomain(test(), QZap::Mechanism::Plain);
        authenticator->removeDomain(test(), QZap::Mechanism::Curve);
    });
    addChange("stopped, denied and started", allMechanisms(), [](QZapAuthenticator *authenticator) {
        authenticator->stop();
        authenticator->setAllowedAddresses({});
        authenticator->start();
    });
}

void tst_EndOfSessions::endsSessions()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const bool, workerThread);
    QFETCH(const Change, change);

    connectBob(mechanism, workerThread);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    const QZapSession session = m_guard->session(m_message);
    change(m_authenticator.get());
    QVERIFY(!m_guard->isAuthorized(m_message));
    QVERIFY(!m_guard->isAuthorized(session));
    QTRY_COMPARE(revoked.size(), 1);
    QCOMPARE(revoked.at(0).at(0).value<QZapSession>(), session);
    QVERIFY(!revoked.at(0).at(1).toString().isEmpty());
    QCOMPARE(m_guard->revokedCount(), 1);
    QTRY_COMPARE(disconnected.size(), m_guard->canDisconnect() ? 1 : 0);
}

void tst_EndOfSessions::endsExpiredKeys_data()
{
    QTest::addColumn<Meanwhile>("meanwhile");
    QTest::newRow("ready") << Meanwhile::Nothing;
    QTest::newRow("the domain waits for a store") << Meanwhile::Store;
    QTest::newRow("the domain loads a slow file") << Meanwhile::SlowFile;
}

void tst_EndOfSessions::endsExpiredKeys()
{
    QFETCH(const Meanwhile, meanwhile);

    QZapCredentialsStore store;
    std::optional<HeldLoads> slowness;
    const QZapCertificate bob = certificate(QStringLiteral("bob"));
    const QString list = m_directory->filePath(QStringLiteral("list"));
    QFile file(list);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QByteArray end =
        QDateTime::currentDateTimeUtc().addSecs(3).toString(Qt::ISODate).toLatin1();
    file.write(bob.publicKeyText().toLatin1() + " bob not-after=" + end + '\n');
    file.close();
    QFile::setPermissions(list, QFile::ReadOwner | QFile::WriteOwner);
    QVERIFY(m_authenticator->configureCurve(test(), list));
    start();
    zmq::socket_t peer =
        client(zmq::socket_type::dealer, serve(QZap::Mechanism::Curve), QZap::Mechanism::Curve);
    QVERIFY(send(peer, "hello"));
    const zmq::message_t message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(message));
    m_guard->sweep();
    auto *const domain =
        qobject_cast<QZapCurveDomain *>(m_authenticator->domain(test(), QZap::Mechanism::Curve));
    switch (meanwhile) {
    case Meanwhile::Nothing:
        break;
    case Meanwhile::Store:
        domain->setLocation({});
        domain->setStore(&store);
        break;
    case Meanwhile::SlowFile: {
        const QString other = m_directory->filePath(QStringLiteral("other"));
        QVERIFY(QFile::copy(list, other));
        slowness.emplace();
        domain->setLocation(other);
        break;
    }
    }
    QCOMPARE(domain->isReady(), meanwhile == Meanwhile::Nothing);
    QVERIFY(m_guard->isAuthorized(message));
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QTRY_COMPARE_WITH_TIMEOUT(revoked.size(), 1, 10000);
    QCOMPARE(revoked.at(0).at(1).toString(), QStringLiteral("The key has expired"));
    QVERIFY(!m_guard->isAuthorized(message));
    QCOMPARE(domain->isReady(), meanwhile == Meanwhile::Nothing);
}

void tst_EndOfSessions::endsTheSessionsOfAFormerAuthenticator()
{
    connectBob(QZap::Mechanism::Plain, false);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QZapAuthenticator other;
    m_guard->setAuthenticator(&other);
    QVERIFY(!m_guard->isAuthorized(m_message));
    QTRY_COMPARE(revoked.size(), 1);
    QTRY_COMPARE(m_guard->connectionCount(), 0);
    // It stays ended.
    m_guard->setAuthenticator(m_authenticator.get());
    QVERIFY(!m_guard->isAuthorized(m_message));
    m_guard->setAuthenticator(nullptr);
    QVERIFY(!m_guard->isAuthorized(m_message));
}

void tst_EndOfSessions::staysEndedIfThePeerIsAcceptedAgain()
{
    connectBob(QZap::Mechanism::Plain, false);
    m_guard->setDisconnectRevokedPeers(false);
    QVERIFY(m_authenticator->deny(QStringLiteral("127.0.0.1")));
    QVERIFY(!m_guard->isAuthorized(m_message));
    m_authenticator->resetDeniedAddresses();
    QVERIFY(!m_guard->isAuthorized(m_message));
    QVERIFY(send(*m_bob, "again"));
    QVERIFY(!m_guard->isAuthorized(waitForMessage()));
}

void tst_EndOfSessions::countsChangesAsOne_data()
{
    QTest::addColumn<bool>("isAskedBetween");
    QTest::newRow("asked after the last one only") << false;
    QTest::newRow("asked between them") << true;
}

// A user is removed and added again before the event loop runs.
void tst_EndOfSessions::countsChangesAsOne()
{
    QFETCH(const bool, isAskedBetween);

    connectBob(QZap::Mechanism::Plain, false);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QVERIFY(m_authenticator->configurePlain(test(), {}));
    QVERIFY(!isAskedBetween || !m_guard->isAuthorized(m_message));
    QVERIFY(m_authenticator->configurePlain(test(), {{bob(), QStringLiteral("secret")}}));
    m_guard->sweep();
    QCOMPARE(m_guard->isAuthorized(m_message), !isAskedBetween);
    QCOMPARE(revoked.size(), isAskedBetween ? 1 : 0);
    m_authenticator->revoke(bob());
    QVERIFY(!m_guard->isAuthorized(m_message));
    QTRY_COMPARE(revoked.size(), 1);
}

void tst_EndOfSessions::revokesOldSessionsOnly()
{
    connectBob(QZap::Mechanism::Plain, false);
    const QZapSession first = m_guard->session(m_message);
    m_authenticator->revoke(QStringLiteral("bob"));
    QVERIFY(!m_guard->isAuthorized(m_message));
    if (!m_guard->canDisconnect())
        QSKIP("connections cannot be ended");
    // The peer connects again by itself.
    QZapSession next;
    QTRY_VERIFY([&] {
        send(*m_bob, "again");
        const std::optional<zmq::message_t> message = receive();
        if (message && m_guard->isAuthorized(*message))
            next = m_guard->session(*message);
        return !next.isNull();
    }());
    QCOMPARE(next.userId(), QStringLiteral("bob"));
    QVERIFY(next.number() > first.number());
    QVERIFY(!m_guard->isAuthorized(first));
}

void tst_EndOfSessions::refusesAnAnswerFromBeforeARevocation_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<QString>("revoked");
    QTest::addColumn<QZap::Status>("status");
    for (const bool workerThread : {false, true}) {
        const char *const thread = workerThread ? ", private thread" : "";
        QTest::addRow("the user%s", thread)
            << workerThread << bob() << QZap::Status::TemporaryError;
        QTest::addRow("all%s", thread) << workerThread << QString() << QZap::Status::TemporaryError;
        QTest::addRow("another user%s", thread) << workerThread << eve() << QZap::Status::Success;
    }
}

// A provider's answer that took its time lets nobody in who was revoked meanwhile: the peer asks
// again.
void tst_EndOfSessions::refusesAnAnswerFromBeforeARevocation()
{
    QFETCH(const bool, workerThread);
    QFETCH(const QString, revoked);
    QFETCH(const QZap::Status, status);

    QZapCredentialsProvider provider;
    QList<QZapDecision> decisions;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&decisions](const QZapDecision &decision) {
                decision.defer();
                decisions.append(decision);
            });
    m_authenticator->setCredentialsProvider(test(), &provider);
    start(workerThread);
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    zmq::socket_t peer = client(zmq::socket_type::dealer, serve());
    QTRY_COMPARE(decisions.size(), 1);
    if (revoked.isEmpty())
        m_authenticator->revokeAll();
    else
        m_authenticator->revoke(revoked);
    QVERIFY(decisions.constFirst().accept(bob()));
    QTRY_COMPARE(decided.size(), 1);
    QCOMPARE(decided.at(0).at(1).value<QZapReply>().status(), status);
}

void tst_EndOfSessions::keepsPeersThatAProviderRefusesWhileReporting_data()
{
    QTest::addColumn<bool>("decidesAlone");
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("the provider decides alone") << true << false;
    QTest::newRow("the provider decides alone, private thread") << true << true;
    QTest::newRow("the provider vetoes") << false << false;
    QTest::newRow("the provider vetoes, private thread") << false << true;
}

void tst_EndOfSessions::keepsPeersThatAProviderRefusesWhileReporting()
{
    QFETCH(const bool, decidesAlone);
    QFETCH(const bool, workerThread);
    QZapCredentialsProvider provider;
    connect(&provider, &QZapCredentialsProvider::authenticating,
            [](const QZapDecision &decision) { decision.reject(QStringLiteral("no")); });
    if (!decidesAlone)
        configure({bob()});
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("reportOnly is set")));
    m_authenticator->setReportOnly(true);
    start(workerThread);
    zmq::socket_t peer = client(zmq::socket_type::dealer, serve());
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QVERIFY(send(peer, "hello"));
    const zmq::message_t message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(message));
    m_guard->sweep();
    QVERIFY(m_guard->isAuthorized(message));
    QCOMPARE(revoked.size(), 0);
    m_authenticator->setReportOnly(false);
    QVERIFY(!m_guard->isAuthorized(message));
    QTRY_COMPARE(revoked.size(), 1);
    m_guard.reset();
    m_authenticator->stop();
}

QTEST_GUILESS_MAIN(tst_EndOfSessions)
#include "tst_endofsessions.moc"
