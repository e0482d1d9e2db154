// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sqlsourcetest.h"

#include <QZap/qzapcertificate.h>
#include <QZap/qzapguard.h>
#include <QZap/qzapsession.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

// Tests that a revocation in a database is in force on all gateways of a fleet within a second,
// with the default poll interval, and ends exactly the connections of the revoked peer.
class tst_SqlRevocations : public SqlSourceTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void init() override;

    void endConnectionsWithinASecond();

private:
    static constexpr int Devices = 100;

    // A server with a store, a source and a guard of its own.
    struct Gateway
    {
        zmq::context_t context;
        QZapCredentialsStore store;
        QZapSqlSource source{&store};
        QZapAuthenticator authenticator{context};
        QZapGuard guard{&authenticator};
        zmq::socket_t socket{context, zmq::socket_type::router};
        std::array<qint64, Devices> endedAt = {}; // ms; 0: not yet
        int wronglyEnded = 0;

        bool start(const SqlOptions &options, const QZapCertificate &certificate);
        // Receives what has arrived, and returns how many messages are of known sessions.
        int receive();
        ~Gateway() { guard.clearSocket(); }
    };

    int deviceOf(const QString &userId) const { return userId.mid(7).toInt(); }
    void watch(Gateway *gateway);

    std::unique_ptr<PostgresServer> m_server;
    QElapsedTimer m_clock;
    std::array<qint64, Devices> m_revokedAt = {};
};

bool tst_SqlRevocations::Gateway::start(const SqlOptions &options,
                                        const QZapCertificate &certificate)
{
    auto *const domain = new QZapCurveDomain(&authenticator);
    domain->setName(test());
    domain->setStore(&store);
    source.setDriver(options.driver);
    source.setConnectionOptions(options.connectionOptions);
    source.setDomain(test());
    socket.set(zmq::sockopt::linger, 0);
    if (!authenticator.addDomain(domain) || !authenticator.start() || !source.start()
        || !QZap::secureCurve(socket, test(), certificate) || !guard.setSocket(socket)) {
        return false;
    }
    socket.bind("tcp://127.0.0.1:*");
    return true;
}

int tst_SqlRevocations::Gateway::receive()
{
    int count = 0;
    zmq::message_t message;
    while (socket.recv(message, zmq::recv_flags::dontwait)) {
        if (!message.more() && !guard.session(message).isNull())
            ++count;
    }
    return count;
}

void tst_SqlRevocations::initTestCase()
{
    m_server = std::make_unique<PostgresServer>();
    const QString problem = m_server->create();
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void tst_SqlRevocations::init()
{
    SqlSourceTest::init();
    usePostgreSql(*m_server);
}

void tst_SqlRevocations::watch(Gateway *gateway)
{
    connect(&gateway->guard, &QZapGuard::disconnected, this,
            [this, gateway](const QZapSession &session) {
                const auto device = static_cast<std::size_t>(deviceOf(session.userId()));
                if (m_revokedAt.at(device) == 0)
                    ++gateway->wronglyEnded;
                gateway->endedAt.at(device) = std::max<qint64>(m_clock.elapsed(), 1);
            });
}

void tst_SqlRevocations::endConnectionsWithinASecond()
{
    constexpr int Gateways = 3;
    const QZapCertificate serverCertificate = QZapCertificate::generate();
    std::vector<QZapCertificate> certificates;
    QSqlQuery insertion = m_writer.query();
    QVERIFY(insertion.prepare(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, key, "
                                             "user_id) VALUES (?, 'curve', ?, ?)")));
    for (int device = 0; device < Devices; ++device) {
        certificates.push_back(QZapCertificate::generate());
        insertion.bindValue(0, test());
        insertion.bindValue(1, certificates.back().publicKey());
        insertion.bindValue(2, QStringLiteral("device-%1").arg(device));
        QVERIFY(insertion.exec());
    }
    std::array<Gateway, Gateways> gateways;
    for (Gateway &gateway : gateways) {
        QVERIFY2(gateway.start(m_options, serverCertificate),
                 qPrintable(gateway.source.errorString()));
        watch(&gateway);
        QTRY_COMPARE(gateway.store.count(), Devices);
    }

    zmq::context_t clientContext;
    std::vector<zmq::socket_t> clients;
    for (const QZapCertificate &certificate : certificates) {
        zmq::socket_t &client = clients.emplace_back(clientContext, zmq::socket_type::dealer);
        client.set(zmq::sockopt::linger, 0);
        QVERIFY(QZap::setCurveClient(client, certificate, serverCertificate.publicKeyText()));
        for (Gateway &gateway : gateways)
            client.connect(gateway.socket.get(zmq::sockopt::last_endpoint));
        for (int i = 0; i < Gateways; ++i) // one to each
            QVERIFY(client.send(zmq::message_t(), zmq::send_flags::none));
    }
    for (Gateway &gateway : gateways) {
        int received = 0;
        const bool isComplete = QTest::qWaitFor(
            [&] {
                received += gateway.receive();
                return received >= Devices;
            },
            30000);
        QVERIFY2(isComplete, qPrintable(QString::number(received)));
        QCOMPARE(received, Devices);
    }

    m_clock.start();
    QSqlQuery removal = m_writer.query();
    QVERIFY(removal.prepare(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = ?")));
    for (int device = 0; device < Devices; ++device) {
        QTest::qWait(7 + device % 13); // at any time of the interval
        m_revokedAt.at(static_cast<std::size_t>(device)) = std::max<qint64>(m_clock.elapsed(), 1);
        removal.bindValue(0, QStringLiteral("device-%1").arg(device));
        QVERIFY(removal.exec());
    }
    for (Gateway &gateway : gateways) {
        QTRY_COMPARE(gateway.store.count(), 0);
        QTRY_COMPARE(std::count(gateway.endedAt.begin(), gateway.endedAt.end(), 0), 0);
        QCOMPARE(gateway.wronglyEnded, 0);
    }
    std::vector<qint64> times;
    for (std::size_t device = 0; device < Devices; ++device) {
        qint64 latest = 0;
        for (const Gateway &gateway : gateways)
            latest = std::max(latest, gateway.endedAt.at(device) - m_revokedAt.at(device));
        times.push_back(latest);
    }
    std::sort(times.begin(), times.end());
    qInfo("revoked to disconnected by three gateways: median %lld ms, p99 %lld ms",
          static_cast<long long>(times.at(Devices / 2)),
          static_cast<long long>(times.at(Devices - 2)));
    QVERIFY2(times.at(Devices - 2) <= 1000, qPrintable(QString::number(times.at(Devices - 2))));
    for (const QZapCertificate &certificate : certificates) {
        for (const Gateway &gateway : gateways) {
            QCOMPARE(
                evaluate(gateway.authenticator, QZapCredentials::curve(certificate.publicKey())),
                QZap::Status::AuthenticationFailure);
        }
    }
}

QTEST_GUILESS_MAIN(tst_SqlRevocations)
#include "tst_sqlrevocations.moc"
