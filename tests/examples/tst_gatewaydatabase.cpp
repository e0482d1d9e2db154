// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gatewaytest.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the example gateway with keys in a database. The test "fleet" uses PostgreSQL.
class tst_GatewayDatabase : public GatewayTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void followsTheDatabase();
    void letsInNobodyFromAnotherDomain();
    void letsNobodyInWithoutTables();
    void refusesOptions_data();
    void refusesOptions();

private:
    void qzap(const QStringList &arguments, int exitCode = 0);
    void addKey(const QZapCertificate &certificate, const QString &userId, const QString &domain);
    // Replaces the section with the credentials.
    void configureDatabase(const QByteArray &settings);

    QString m_database;
};

void tst_GatewayDatabase::init()
{
    makeFolder();
    m_database = path(u"fleet.sqlite"_s);
    configureDatabase("driver=QSQLITE\nconnection=fleet.sqlite\npoll-interval=20\n");
}

void tst_GatewayDatabase::cleanup()
{
    removeFolder();
}

void tst_GatewayDatabase::qzap(const QStringList &arguments, int exitCode)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(QZAP),
                  QStringList{u"store"_s, arguments.constFirst(), u"--database"_s, m_database}
                      + arguments.mid(1));
    QVERIFY(process.waitForFinished());
    QVERIFY2(process.exitCode() == exitCode, process.readAll().constData());
}

void tst_GatewayDatabase::addKey(const QZapCertificate &certificate, const QString &userId,
                                 const QString &domain)
{
    qzap({u"add"_s, u"--domain"_s, domain, u"--key"_s, certificate.publicKeyText(), u"--user-id"_s,
          userId});
}

void tst_GatewayDatabase::configureDatabase(const QByteArray &settings)
{
    configure();
    QFile file(path(u"gateway.ini"_s));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray text = file.readAll();
    text.replace("keys=clients\nuser-id-field=name\n", settings);
    QVERIFY(file.resize(0) && file.seek(0));
    file.write(text);
}

void tst_GatewayDatabase::followsTheDatabase()
{
    qzap({u"init"_s});
    addKey(m_alice, u"alice"_s, u"fleet"_s);
    addKey(m_bob, u"bob"_s, u"fleet"_s);
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    const auto bob = newClient(zmq::socket_type::dealer, m_bob);
    for (const auto &[client, name] : {std::pair{alice.get(), "alice"}, {bob.get(), "bob"}}) {
        send(client->socket, {"question"});
        QCOMPARE(receive(worker), QByteArrayList({name, "question"}));
        send(worker, {"answer"});
        QCOMPARE(receive(client->socket), QByteArrayList({"answer"}));
    }
    qzap({u"revoke"_s, u"--user-id"_s, u"bob"_s});
    QTRY_COMPARE(bob->refused.count(), 1);
    QCOMPARE(bob->accepted.count(), 1);
    addKey(m_bob, u"robert"_s, u"fleet"_s);
    // A client that is refused, since the gateway has not yet read the key, does not return.
    std::unique_ptr<Client> robert;
    const auto isAccepted = [&robert] { return !robert->accepted.isEmpty(); };
    QVERIFY(QTest::qWaitFor(
        [&] {
            robert = newClient(zmq::socket_type::dealer, m_bob);
            return QTest::qWaitFor(isAccepted, 500);
        },
        20'000));
    send(robert->socket, {"question"});
    QCOMPARE(receive(worker), QByteArrayList({"robert", "question"}));
    QCOMPARE(alice->disconnected.count(), 0);
}

void tst_GatewayDatabase::letsInNobodyFromAnotherDomain()
{
    qzap({u"init"_s});
    addKey(m_alice, u"alice"_s, u"fleet"_s);
    addKey(m_bob, u"bob"_s, u"admin"_s);
    QVERIFY(start());
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    QTRY_COMPARE(alice->accepted.count(), 1);
    const auto bob = newClient(zmq::socket_type::dealer, m_bob);
    QTRY_COMPARE(bob->refused.count(), 1);
}

// Clients wait until the tables have been made.
void tst_GatewayDatabase::letsNobodyInWithoutTables()
{
    QFile file(m_database);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    QVERIFY(start());
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    QTRY_COMPARE(metric("qzap_pending_requests"), 1);
    QTRY_VERIFY2(output().contains(u"fleet.sqlite"_s), qPrintable(output()));
    QCOMPARE(alice->accepted.count() + alice->refused.count(), 0);
    qzap({u"init"_s});
    addKey(m_alice, u"alice"_s, u"fleet"_s);
    QTRY_VERIFY_WITH_TIMEOUT(alice->accepted.count() + alice->refused.count() > 0, 30000);
    QCOMPARE(alice->refused.count(), 0);
}

void tst_GatewayDatabase::refusesOptions_data()
{
    QTest::addColumn<QByteArray>("settings");
    QTest::addColumn<QString>("said");
    QTest::newRow("no such file") << "driver=QSQLITE\nconnection=other.sqlite\n"_ba
                                  << u"[credentials] connection: the file"_s;
    QTest::newRow("a password") << "driver=QPSQL\nconnection=\"host=/run password=s3cret\"\n"_ba
                                << u"[credentials] connection: "_s;
    QTest::newRow("no TLS") << "driver=QPSQL\nconnection=\"host=192.0.2.1 dbname=fleet\"\n"_ba
                            << u"[credentials] connection: "_s;
    QTest::newRow("a field of files")
        << "driver=QSQLITE\nconnection=gateway.ini\nuser-id-field=name\n"_ba
        << u"[credentials] user-id-field: is for keys in files"_s;
}

void tst_GatewayDatabase::refusesOptions()
{
    QFETCH(const QByteArray, settings);
    QFETCH(const QString, said);
    configureDatabase(settings);
    QCOMPARE(run(), 3);
    QVERIFY2(output().contains(said), qPrintable(output()));
    QVERIFY2(!output().contains(u"s3cret"_s), qPrintable(output()));
    QVERIFY(!QFile::exists(path(u"requests"_s)));
}

QTEST_GUILESS_MAIN(tst_GatewayDatabase)

#include "tst_gatewaydatabase.moc"
