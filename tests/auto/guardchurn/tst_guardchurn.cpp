// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using Type = zmq::socket_type;

// Revocations while peers come and go.
class tst_GuardChurn : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void survivesChurn_data();
    void survivesChurn();
};

void tst_GuardChurn::init()
{
    GuardTest::init();
    configure({bob(), eve()});
    m_guard->setSilentSweepInterval(0);
}

void tst_GuardChurn::survivesChurn_data()
{
    QTest::addColumn<Type>("type");
    QTest::addColumn<QString>("transport");
    QTest::addColumn<bool>("workerThread");
    for (const bool workerThread : {false, true}) {
        for (const char *const transport : {"IPv4", "ipc"}) {
            const QByteArray name =
                QByteArray(", ") + transport + (workerThread ? ", private thread" : "");
            QTest::newRow(("ROUTER" + name).constData())
                << Type::router << QString::fromLatin1(transport) << workerThread;
            QTest::newRow(("XPUB" + name).constData())
                << Type::xpub << QString::fromLatin1(transport) << workerThread;
            QTest::newRow(("PULL" + name).constData())
                << Type::pull << QString::fromLatin1(transport) << workerThread;
        }
    }
}

// Peers come and go while one after the other is revoked. Each revoked session is out, and the
// peer that is never revoked keeps its connection.
void tst_GuardChurn::survivesChurn()
{
    QFETCH(const Type, type);
    QFETCH(const QString, transport);
    QFETCH(const bool, workerThread);
    constexpr int Count = 30;

    start(workerThread);
    const QString endpoint = serve(QZap::Mechanism::Plain, type, endpointFor(transport));
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    zmq::socket_t bobsSocket = client(clientOf(type), endpoint);
    if (type != Type::xpub)
        QVERIFY(send(bobsSocket, "hello"));
    const QZapSession bobsSession = m_guard->session(waitForMessage());
    QCOMPARE(bobsSession.userId(), bob());
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    std::vector<zmq::socket_t> others;
    for (int i = 0; i < Count; ++i) {
        others.push_back(client(clientOf(type), endpoint, QZap::Mechanism::Plain, eve()));
        if (type != Type::xpub)
            QVERIFY(send(others.back(), "hello"));
        QZapSession session;
        QTRY_VERIFY([&] { // others may have connected again
            std::optional<zmq::message_t> message = receive();
            if (message && m_guard->isAuthorized(*message))
                session = m_guard->session(*message);
            return session.userId() == eve();
        }());
        if (i % 3 == 0)
            others.pop_back(); // leaves before it is revoked, or meanwhile
        m_authenticator->revoke(eve());
        QVERIFY(!m_guard->isAuthorized(session));
        if (i % 5 == 0)
            others.clear();
    }
    QTRY_VERIFY(revoked.size() >= Count);
    for (const QList<QVariant> &arguments : std::as_const(revoked))
        QCOMPARE(arguments.at(0).value<QZapSession>().userId(), eve());
    for (const QList<QVariant> &arguments : std::as_const(disconnected))
        QCOMPARE(arguments.at(0).value<QZapSession>().userId(), eve());
    QVERIFY(m_guard->isAuthorized(bobsSession));
    others.clear();
    m_authenticator->revoke(bob());
    QTRY_COMPARE(disconnected.constLast().at(0).value<QZapSession>(), bobsSession);
}

QTEST_GUILESS_MAIN(tst_GuardChurn)
#include "tst_guardchurn.moc"
