// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzappasswordfile.h>
#include <QZap/qzapplaindomain.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

using Change = std::function<void(QZapCredentialsUpdate &)>;
Q_DECLARE_METATYPE(Change)

// Tests which updates of a store end the session of a peer, and which do not.
class tst_StoreSessions : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void endsSessions_data();
    void endsSessions();
    void keepsSessions_data();
    void keepsSessions();
    void endsSessionsOfReplacedEntries();
    void keepsSessionsWhileStale();
    void keepsSessionsWhenTheStoreIsDestroyed();
    void endsSessionsWithTheWorkerThread();

private:
    using Mode = QZapCredentialsStore::Mode;

    // Of the password "secret".
    static QByteArray hash()
    {
        static const QByteArray made = QZapPasswordFile::hash("secret", 1);
        return made;
    }
    static QString bob() { return QStringLiteral("bob"); }
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
    bool commit(Mode mode, const Change &change)
    {
        QZapCredentialsUpdate update = m_store->begin(mode);
        change(update);
        return update.commit().result();
    }
    // Connects bob, and takes his first message.
    void connectBob(QZap::Mechanism mechanism, bool workerThread = false);
    static void mechanisms();
    bool isAuthorized() const { return m_guard->isAuthorized(*m_message); }

    std::unique_ptr<QZapCredentialsStore> m_store;
    std::unique_ptr<zmq::socket_t> m_client;
    std::unique_ptr<zmq::message_t> m_message;
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
    m_message.reset();
    m_client.reset();
    GuardTest::cleanup();
    m_store.reset();
}

void tst_StoreSessions::connectBob(QZap::Mechanism mechanism, bool workerThread)
{
    start(workerThread);
    const QString endpoint = serve(mechanism);
    m_client = std::make_unique<zmq::socket_t>(
        client(zmq::socket_type::dealer, endpoint, mechanism, bob()));
    QVERIFY(send(*m_client, "hello"));
    m_message = std::make_unique<zmq::message_t>(waitForMessage());
    QVERIFY(isAuthorized());
    QCOMPARE(m_guard->session(*m_message).field(QStringLiteral("Role")), QStringLiteral("writer"));
}

void tst_StoreSessions::endsSessions_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<Change>("change");
    const auto curve = [](const char *name, const Change &change) {
        QTest::newRow(name) << QZap::Mechanism::Curve << change;
    };
    const auto plain = [](const char *name, const Change &change) {
        QTest::newRow(name) << QZap::Mechanism::Plain << change;
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
    QFETCH(Change, change);
    connectBob(mechanism);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QVERIFY(commit(Mode::Delta, change));
    QVERIFY(!isAuthorized()); // at once
    QTRY_COMPARE(revoked.count(), 1);
    QTRY_COMPARE(m_guard->connectionCount(), 0);
}

void tst_StoreSessions::mechanisms()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::newRow("CURVE") << QZap::Mechanism::Curve;
    QTest::newRow("PLAIN") << QZap::Mechanism::Plain;
}

void tst_StoreSessions::keepsSessions_data()
{
    mechanisms();
}

void tst_StoreSessions::keepsSessions()
{
    QFETCH(QZap::Mechanism, mechanism);
    connectBob(mechanism);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    const auto later = QDateTime::currentDateTimeUtc().addYears(1);
    const Change changes[] = {
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
        for (const Change &change : changes) {
            QVERIFY(commit(mode, [&](auto &update) {
                if (mode == Mode::ReplaceAll)
                    addBob(update);
                change(update);
            }));
            QVERIFY(isAuthorized());
        }
    }
    QCoreApplication::processEvents();
    QVERIFY(isAuthorized());
    QCOMPARE(m_guard->connectionCount(), 1);
    QCOMPARE(revoked.count(), 0);
}

void tst_StoreSessions::endsSessionsOfReplacedEntries()
{
    connectBob(QZap::Mechanism::Curve);
    QVERIFY(commit(Mode::ReplaceAll, [this](auto &update) {
        for (int number = 0; number < 1000; ++number)
            update.upsertKey(QZapCertificate::generate().publicKey());
    }));
    QVERIFY(!isAuthorized());
    QTRY_COMPARE(m_guard->connectionCount(), 0);
}

void tst_StoreSessions::keepsSessionsWhileStale()
{
    connectBob(QZap::Mechanism::Curve);
    m_store->setStaleTime(0);
    QVERIFY(!m_store->isReady());
    QCOMPARE(m_authenticator
                 ->evaluate(test(), QStringLiteral("127.0.0.1"), QZapCredentials::curve(key()))
                 .status(),
             QZap::Status::TemporaryError);
    QVERIFY(isAuthorized());
    m_store->setStaleTime(-1);
    QVERIFY(isAuthorized());
    QVERIFY(commit(Mode::Delta, [this](auto &update) { update.removeKey(key()); }));
    QVERIFY(!isAuthorized());
}

void tst_StoreSessions::keepsSessionsWhenTheStoreIsDestroyed()
{
    connectBob(QZap::Mechanism::Curve);
    m_store.reset();
    QVERIFY(isAuthorized());
    QCoreApplication::processEvents();
    QVERIFY(isAuthorized());
    QCOMPARE(m_guard->connectionCount(), 1);
}

void tst_StoreSessions::endsSessionsWithTheWorkerThread()
{
    connectBob(QZap::Mechanism::Curve, true);
    QVERIFY(commit(Mode::Delta, [this](auto &update) { update.removeKey(key()); }));
    QVERIFY(!isAuthorized());
    QTRY_COMPARE(m_guard->connectionCount(), 0);
}

QTEST_GUILESS_MAIN(tst_StoreSessions)
#include "tst_storesessions.moc"
