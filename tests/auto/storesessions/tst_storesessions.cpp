// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzappasswordfile.h>
#include <QZap/qzapplaindomain.h>
#include <QZap/qzaptestclock.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <functional>
#include <memory>

using namespace std::chrono_literals;

// Adds entries to an update.
using Fill = std::function<void(QZapCredentialsUpdate &)>;
Q_DECLARE_METATYPE(Fill)

// Tests which updates of a store let a peer in, and which end its session.
class tst_StoreSessions : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void letsPeersIn_data();
    void letsPeersIn();
    void endsSessions_data();
    void endsSessions();
    void keepsSessions_data();
    void keepsSessions();
    void endsSessionsOfReplacedEntries_data();
    void endsSessionsOfReplacedEntries();
    void keepsSessionsWhileStale_data();
    void keepsSessionsWhileStale();
    void keepsSessionsWhenTheStoreIsDestroyed_data();
    void keepsSessionsWhenTheStoreIsDestroyed();

private:
    using Mode = QZapCredentialsStore::Mode;

    // Of the password "secret".
    static QByteArray hash()
    {
        static const QByteArray made = QZapPasswordFile::hash("secret", 1);
        return made;
    }
    static QVariantMap fields(const char *role, const char *note = "")
    {
        return {{QStringLiteral("Role"), QString::fromLatin1(role)},
                {QStringLiteral("Note"), QString::fromLatin1(note)}};
    }
    QByteArray key(const QString &user = bob()) { return certificate(user).publicKey(); }
    void addBob(QZapCredentialsUpdate &update)
    {
        update.upsertKey(key(), bob(), fields("writer"));
        update.upsertUser(bob(), hash(), fields("writer"));
    }
    bool commit(Mode mode, const Fill &fill)
    {
        QZapCredentialsUpdate update = m_store->begin(mode);
        fill(update);
        return update.commit().result();
    }
    bool remove()
    {
        return commit(Mode::Delta, [this](auto &update) {
            update.removeKey(key());
            update.removeUser(bob());
        });
    }
    // Returns the answer to a peer with bob's key.
    QZap::Status status()
    {
        return m_authenticator
            ->evaluate(test(), QStringLiteral("127.0.0.1"), QZapCredentials::curve(key()))
            .status();
    }
    // Connects bob, and takes his first message.
    void connectByStore(QZap::Mechanism mechanism, bool workerThread);
    void waitForBob();
    // Adds a row for each mechanism in each thread mode.
    static void addMechanisms();
    static void addThreadModes();
    bool isAuthorized() const { return m_guard->isAuthorized(m_message); }

    std::unique_ptr<QZapCredentialsStore> m_store;
};

void tst_StoreSessions::init()
{
    GuardTest::init();
    m_store = std::make_unique<QZapCredentialsStore>();
    auto *const curve = new QZapCurveDomain(m_authenticator.get());
    auto *const plain = new QZapPlainDomain(m_authenticator.get());
    curve->setStore(m_store.get());
    plain->setStore(m_store.get());
    for (QZapDomain *domain :
         {static_cast<QZapDomain *>(curve), static_cast<QZapDomain *>(plain)}) {
        domain->setName(test());
        domain->setPublishedFields({QStringLiteral("Role")});
        QVERIFY(m_authenticator->addDomain(domain));
    }
    QVERIFY(commit(Mode::ReplaceAll, [this](auto &update) { addBob(update); }));
}

void tst_StoreSessions::cleanup()
{
    GuardTest::cleanup();
    m_store.reset();
}

void tst_StoreSessions::connectByStore(QZap::Mechanism mechanism, bool workerThread)
{
    start(workerThread);
    m_bob = client(zmq::socket_type::dealer, serve(mechanism), mechanism);
    waitForBob();
}

void tst_StoreSessions::waitForBob()
{
    QVERIFY(send(*m_bob, "hello"));
    m_message = waitForMessage();
    QVERIFY(isAuthorized());
    QCOMPARE(m_guard->session(m_message).field(QStringLiteral("Role")), QStringLiteral("writer"));
}

void tst_StoreSessions::addMechanisms()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("CURVE") << QZap::Mechanism::Curve << false;
    QTest::newRow("PLAIN") << QZap::Mechanism::Plain << false;
    QTest::newRow("CURVE, private thread") << QZap::Mechanism::Curve << true;
    QTest::newRow("PLAIN, private thread") << QZap::Mechanism::Plain << true;
}

void tst_StoreSessions::addThreadModes()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("one thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_StoreSessions::letsPeersIn_data()
{
    addMechanisms();
}

// A peer that is refused tries again, so it gets in once it is added again.
void tst_StoreSessions::letsPeersIn()
{
    QFETCH(QZap::Mechanism, mechanism);
    QFETCH(bool, workerThread);
    QVERIFY(remove());
    start(workerThread);
    QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    QSignalSpy authenticated(m_authenticator.get(), &QZapAuthenticator::authenticated);
    const QString endpoint = serve(mechanism);
    m_bob = client(zmq::socket_type::dealer, endpoint, mechanism);
    QTRY_VERIFY(rejected.count() > 0);
    QCOMPARE(authenticated.count(), 0);
    QVERIFY(commit(Mode::Delta, [this](auto &update) { addBob(update); }));
    m_bob = client(zmq::socket_type::dealer, endpoint, mechanism); // not refused before
    waitForBob();
}

void tst_StoreSessions::endsSessions_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<Fill>("fill");
    const auto rows = [](const QByteArray &name, QZap::Mechanism mechanism, const Fill &fill) {
        QTest::newRow(name.constData()) << mechanism << false << fill;
        QTest::newRow((name + ", private thread").constData()) << mechanism << true << fill;
    };
    const auto curve = [rows](const char *name, const Fill &fill) {
        rows(name, QZap::Mechanism::Curve, fill);
    };
    const auto plain = [rows](const char *name, const Fill &fill) {
        rows(name, QZap::Mechanism::Plain, fill);
    };
    curve("the key is removed", [this](auto &u) { u.removeKey(key()); });
    curve("another user id",
          [this](auto &u) { u.upsertKey(key(), QStringLiteral("eve"), fields("writer")); });
    curve("another published field",
          [this](auto &u) { u.upsertKey(key(), bob(), fields("reader")); });
    curve("the key has expired", [this](auto &u) {
        u.upsertKey(key(), bob(), fields("writer"), QDateTime::currentDateTimeUtc().addSecs(-1));
    });
    plain("the user is removed", [](auto &u) { u.removeUser(bob()); });
    plain("another hash", [](auto &u) {
        u.upsertUser(bob(), QZapPasswordFile::hash("secret", 1), fields("writer"));
    });
    plain("another published field of a user",
          [](auto &u) { u.upsertUser(bob(), hash(), fields("reader")); });
    plain("the user has expired", [](auto &u) {
        u.upsertUser(bob(), hash(), fields("writer"), QDateTime::currentDateTimeUtc().addSecs(-1));
    });
}

void tst_StoreSessions::endsSessions()
{
    QFETCH(QZap::Mechanism, mechanism);
    QFETCH(bool, workerThread);
    QFETCH(Fill, fill);
    connectByStore(mechanism, workerThread);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QVERIFY(commit(Mode::Delta, fill));
    QVERIFY(!isAuthorized()); // at once
    QTRY_COMPARE(revoked.count(), 1);
    if (m_guard->canDisconnect())
        QTRY_COMPARE(m_guard->connectionCount(), 0);
}

void tst_StoreSessions::keepsSessions_data()
{
    addMechanisms();
}

void tst_StoreSessions::keepsSessions()
{
    QFETCH(QZap::Mechanism, mechanism);
    QFETCH(bool, workerThread);
    connectByStore(mechanism, workerThread);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    const auto later = QDateTime::currentDateTimeUtc().addYears(1);
    const Fill changes[] = {
        [this](auto &u) { u.removeKey(key(QStringLiteral("carol"))); },
        [this](auto &u) { addBob(u); },
        [&](auto &u) {
            u.upsertKey(key(), bob(), fields("writer", "not published"), later);
            u.upsertUser(bob(), hash(), fields("writer", "not published"), later);
        },
        [this](auto &u) { // only the last entry counts
            u.removeKey(key());
            u.removeUser(bob());
            addBob(u);
        },
    };
    for (const Mode mode : {Mode::Delta, Mode::ReplaceAll}) {
        for (const Fill &fill : changes) {
            QVERIFY(commit(mode, [&](auto &update) {
                if (mode == Mode::ReplaceAll)
                    addBob(update);
                fill(update);
            }));
            QVERIFY(isAuthorized());
        }
    }
    QCoreApplication::processEvents();
    QVERIFY(isAuthorized());
    QCOMPARE(m_guard->connectionCount(), 1);
    QCOMPARE(revoked.count(), 0);
}

void tst_StoreSessions::endsSessionsOfReplacedEntries_data()
{
    addThreadModes();
}

void tst_StoreSessions::endsSessionsOfReplacedEntries()
{
    QFETCH(bool, workerThread);
    connectByStore(QZap::Mechanism::Curve, workerThread);
    QVERIFY(commit(Mode::ReplaceAll, [](auto &update) {
        for (int number = 0; number < 1000; ++number)
            update.upsertKey(QZapCertificate::generate().publicKey());
    }));
    QVERIFY(!isAuthorized());
    QTRY_COMPARE(m_guard->connectionCount(), 0);
}

void tst_StoreSessions::keepsSessionsWhileStale_data()
{
    addThreadModes();
}

void tst_StoreSessions::keepsSessionsWhileStale()
{
    QFETCH(bool, workerThread);
    QZapTestClock clock;
    connectByStore(QZap::Mechanism::Curve, workerThread);
    m_store->setStaleTime(60000);
    clock.advance(61s);
    QVERIFY(!m_store->isReady());
    QCOMPARE(status(), QZap::Status::TemporaryError);
    QVERIFY(isAuthorized());
    m_store->confirm();
    QVERIFY(m_store->isReady());
    QCOMPARE(status(), QZap::Status::Success);
    QVERIFY(isAuthorized());
    // A removal ends the session even if the other entries are stale.
    clock.advance(61s);
    QVERIFY(remove());
    QVERIFY(!isAuthorized());
    QTRY_COMPARE(m_guard->connectionCount(), 0);
}

void tst_StoreSessions::keepsSessionsWhenTheStoreIsDestroyed_data()
{
    addThreadModes();
}

void tst_StoreSessions::keepsSessionsWhenTheStoreIsDestroyed()
{
    QFETCH(bool, workerThread);
    connectByStore(QZap::Mechanism::Curve, workerThread);
    m_store.reset();
    QVERIFY(isAuthorized());
    QCoreApplication::processEvents();
    QVERIFY(isAuthorized());
    QCOMPARE(m_guard->connectionCount(), 1);
    QCOMPARE(status(), QZap::Status::TemporaryError);
}

QTEST_GUILESS_MAIN(tst_StoreSessions)
#include "tst_storesessions.moc"
