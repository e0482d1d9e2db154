// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"
#include "metricsample.h"

#include <QtTest/qtest.h>

// What the metrics of an authenticator say about its guards.
class tst_GuardCounts : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void countsConnections_data();
    void countsConnections();
    void countsDisconnections_data();
    void countsDisconnections();
    void addsGuardsUp();
    void keepsTheTotalsOfFormerGuards();
    void startsAnewWithAnotherAuthenticator();

private:
    qint64 value(const QByteArray &name, const QZapAuthenticator *authenticator) const
    {
        return metricSample(authenticator, "qzap_guard_" + name).toLongLong();
    }
    qint64 value(const QByteArray &name) const { return value(name, m_authenticator.get()); }
    static void addThreadRows()
    {
        QTest::addColumn<bool>("workerThread");
        QTest::newRow("own thread") << false;
        QTest::newRow("private thread") << true;
    }
    // Ends the session of bob, who may not come back.
    void revokeBob()
    {
        QVERIFY(m_authenticator->configurePlain(test(), {{eve(), QStringLiteral("secret")}}));
        QTRY_COMPARE(value("revoked_sessions_total"), 1);
        QTRY_VERIFY(value("disconnections_total") >= 1);
    }
};

void tst_GuardCounts::countsConnections_data()
{
    addThreadRows();
}

void tst_GuardCounts::countsConnections()
{
    QFETCH(const bool, workerThread);
    connectBob(QZap::Mechanism::Plain, workerThread);
    QTRY_COMPARE(value("sessions"), 1);
    const QString endpoint = QString::fromStdString(m_socket->get(zmq::sockopt::last_endpoint));
    const zmq::socket_t silent = client(zmq::socket_type::dealer, endpoint);
    QTRY_COMPARE(value("connections"), 2);
    QCOMPARE(value("sessions"), 1);
    m_bob.reset();
    QTRY_COMPARE(value("sessions"), 0);
    QTRY_COMPARE(value("connections"), 1);
    m_guard->clearSocket();
    QTRY_COMPARE(value("connections"), 0);
    for (const char *name :
         {"revoked_sessions_total", "disconnections_total", "silent_disconnections_total"}) {
        QCOMPARE(value(name), 0);
    }
}

void tst_GuardCounts::countsDisconnections_data()
{
    addThreadRows();
}

void tst_GuardCounts::countsDisconnections()
{
    QFETCH(const bool, workerThread);
    connectBob(QZap::Mechanism::Plain, workerThread);
    const QString endpoint = QString::fromStdString(m_socket->get(zmq::sockopt::last_endpoint));
    zmq::socket_t silent = client(zmq::socket_type::dealer, endpoint);
    QTRY_COMPARE(value("connections"), 2);
    QTRY_COMPARE(metricSample(m_authenticator.get(),
                              "qzap_decisions_total{domain=\"test\",mechanism=\"plain\","
                              "outcome=\"accepted\",reason=\"accepted\"}"),
                 QByteArray("2"));
    revokeBob();
    QTRY_VERIFY(value("silent_disconnections_total") >= 1);
    QVERIFY(value("disconnections_total") > value("silent_disconnections_total"));
    QCOMPARE(value("revoked_sessions_total"), m_guard->revokedCount());
    QTRY_COMPARE(value("sessions"), 0);
}

void tst_GuardCounts::addsGuardsUp()
{
    connectBob(QZap::Mechanism::Plain, false);
    QTRY_COMPARE(value("sessions"), 1);
    zmq::socket_t socket(*m_context, zmq::socket_type::router);
    QVERIFY(secure(socket, QZap::Mechanism::Plain));
    QZapGuard guard(m_authenticator.get());
    QVERIFY(guard.setSocket(socket));
    socket.bind("tcp://127.0.0.1:*");
    const zmq::socket_t other = client(
        zmq::socket_type::dealer, QString::fromStdString(socket.get(zmq::sockopt::last_endpoint)));
    QTRY_COMPARE(value("connections"), 2);
    QCOMPARE(value("sessions"), 1);
    QCOMPARE(metricSample(m_authenticator.get(), "qzap_guards"), QByteArray("2"));
    guard.clearSocket(); // before the socket is closed
}

void tst_GuardCounts::keepsTheTotalsOfFormerGuards()
{
    connectBob(QZap::Mechanism::Plain, false);
    QTRY_COMPARE(value("sessions"), 1);
    revokeBob();
    const qint64 disconnected = value("disconnections_total");
    m_guard.reset();
    QCOMPARE(metricSample(m_authenticator.get(), "qzap_guards"), QByteArray("0"));
    QCOMPARE(value("revoked_sessions_total"), 1);
    QVERIFY(value("disconnections_total") >= disconnected);
    QCOMPARE(value("connections"), 0);
    QCOMPARE(value("sessions"), 0);
}

void tst_GuardCounts::startsAnewWithAnotherAuthenticator()
{
    connectBob(QZap::Mechanism::Plain, false);
    QTRY_COMPARE(value("sessions"), 1);
    revokeBob();
    QTRY_COMPARE(value("sessions"), 0);
    QZapAuthenticator other(*m_context);
    m_guard->setAuthenticator(&other);
    QCOMPARE(value("revoked_sessions_total", &other), 0);
    QCOMPARE(value("disconnections_total", &other), 0);
    QCOMPARE(value("revoked_sessions_total"), 1);
    m_guard->clearSocket();
    m_guard->setAuthenticator(m_authenticator.get());
    QCOMPARE(value("revoked_sessions_total"), 1);
}

QTEST_GUILESS_MAIN(tst_GuardCounts)
#include "tst_guardcounts.moc"
