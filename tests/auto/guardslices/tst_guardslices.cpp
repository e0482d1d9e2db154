// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include "guard/qzapguard_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

using namespace QZap::Internal;
using namespace std::chrono_literals;

namespace {

constexpr int Peers = 12;
constexpr int MaximumTurns = 100000;

qint64 now = 0;
qint64 steady()
{
    return now;
}

} // namespace

// The work of a guard is spread over turns of the event loop: many sessions, connections and events
// do not hold it up. The slices of these tests have one step.
class tst_GuardSlices : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void readsEventsInSlices();
    void judgesSessionsThatWereAddedLate();
    void spareConnectionsWhoseSessionsAreAddedLate();
    void endsSessionsInSlices_data();
    void endsSessionsInSlices();
    void cutsConnectionsOfAFormerAuthenticatorInSlices();
    void reportsDisconnectionsInSlices();
    void sweepDoesEverythingAtOnce();
    void canBeDestroyedByASlot();
    void slicesFollowTheTurnsOfTheEventLoop();

private:
    static QString user(int i) { return QStringLiteral("user-%1").arg(i); }
    // Connects the peers, and receives a message of each, without an event loop.
    void connectPeers();
    bool isAnyAuthorized() const;
    // Runs the event loop until it is done. Returns by how much a number has increased in a turn,
    // at most.
    static qint64 largestStep(const std::function<qint64()> &number,
                              const std::function<bool()> &isDone);
    QZapGuardPrivate *d() const { return QZapGuardPrivate::get(m_guard.get()); }
    ConnectionTable &table() const { return d()->connections.table(); }

    std::vector<zmq::socket_t> m_peers;
    std::vector<zmq::message_t> m_messages; // one of each peer
};

void tst_GuardSlices::init()
{
#ifndef Q_OS_LINUX
    QSKIP("connections can be ended on Linux only");
#endif
    GuardTest::init();
}

void tst_GuardSlices::cleanup()
{
    m_messages.clear();
    m_peers.clear();
    GuardTest::cleanup();
}

void tst_GuardSlices::connectPeers()
{
    QVariantMap passwords;
    for (int i = 0; i < Peers; ++i)
        passwords.insert(user(i), QStringLiteral("secret"));
    QVERIFY(m_authenticator->configurePlain(test(), passwords));
    start(true); // so that it needs no event loop here
    const QString endpoint = serve();
    m_socket->set(zmq::sockopt::rcvtimeo, 30000);
    for (int i = 0; i < Peers; ++i) {
        m_peers.push_back(
            client(zmq::socket_type::dealer, endpoint, QZap::Mechanism::Plain, user(i)));
        QVERIFY(send(m_peers.back(), "hello"));
    }
    for (int i = 0; i < Peers; ++i) {
        zmq::message_t message;
        do
            QVERIFY(m_socket->recv(message));
        while (message.more());
        m_messages.push_back(std::move(message));
    }
    QCOMPARE(table().connectionCount(), 0);
}

bool tst_GuardSlices::isAnyAuthorized() const
{
    return std::any_of(
        m_messages.cbegin(), m_messages.cend(),
        [this](const zmq::message_t &message) { return m_guard->isAuthorized(message); });
}

qint64 tst_GuardSlices::largestStep(const std::function<qint64()> &number,
                                    const std::function<bool()> &isDone)
{
    qint64 largest = 0;
    for (int i = 0; i < MaximumTurns && !isDone(); ++i) {
        const qint64 before = number();
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        largest = std::max(largest, number() - before);
    }
    return largest;
}

// Nobody is taken for somebody else by that.
void tst_GuardSlices::readsEventsInSlices()
{
    connectPeers();
    d()->setSlice(0ms);
    for (const zmq::message_t &message : m_messages)
        QVERIFY(m_guard->isAuthorized(message));
    QVERIFY(d()->connections.isDraining());
    QVERIFY(table().connectionCount() <= 1);
    QCOMPARE(table().sessionCount(), 0);
    const auto count = [this] { return qint64{table().connectionCount()}; };
    QCOMPARE(largestStep(count, [&] { return count() == Peers; }), 1);
    QTRY_COMPARE(m_guard->connectionCount(), Peers);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    m_authenticator->revoke(user(3));
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<QZapSession>().userId(), user(3));
    QCOMPARE(m_guard->connectionCount(), Peers - 1);
}

// The policy changes when the messages were seen, and their connections are not yet known.
void tst_GuardSlices::judgesSessionsThatWereAddedLate()
{
    connectPeers();
    d()->setSlice(0ms);
    for (const zmq::message_t &message : m_messages)
        QVERIFY(m_guard->isAuthorized(message));
    QVERIFY(d()->connections.isDraining());
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    QVERIFY(m_authenticator->configurePlain(test(), {}));
    QTRY_COMPARE(disconnected.size(), Peers);
    QCOMPARE(m_guard->revokedCount(), Peers);
    QVERIFY(!isAnyAuthorized());
}

// They are not silent.
void tst_GuardSlices::spareConnectionsWhoseSessionsAreAddedLate()
{
    connectPeers();
    d()->setSlice(0ms);
    for (const zmq::message_t &message : m_messages)
        QVERIFY(m_guard->isAuthorized(message));
    QVERIFY(d()->connections.isDraining());
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    d()->silentSweep.demandAll();
    m_authenticator->revoke(user(0));
    QTRY_VERIFY(!revoked.isEmpty() && !d()->silentSweep.isDue());
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    QCOMPARE(m_guard->revokedCount(), 1);
}

void tst_GuardSlices::endsSessionsInSlices_data()
{
    QTest::addColumn<bool>("isCutting");
    QTest::newRow("connections are ended") << true;
    QTest::newRow("connections remain") << false; // so that there are no events meanwhile
}

void tst_GuardSlices::endsSessionsInSlices()
{
    QFETCH(const bool, isCutting);

    connectPeers();
    for (const zmq::message_t &message : m_messages)
        QVERIFY(m_guard->isAuthorized(message));
    m_guard->sweep();
    QCOMPARE(m_guard->connectionCount(), Peers);
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    m_guard->setDisconnectRevokedPeers(isCutting);
    d()->setSlice(0ms);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QVERIFY(m_authenticator->configurePlain(test(), {}));
    // The authorization of all ends at once.
    QVERIFY(!isAnyAuthorized());
    QCOMPARE(m_guard->revokedCount(), 0);
    const auto isDone = [&] { return m_guard->revokedCount() == Peers; };
    QCOMPARE(largestStep([this] { return m_guard->revokedCount(); }, isDone), 1);
    QCOMPARE(d()->connections.cutCount(), isCutting ? Peers : 0);
    QTRY_COMPARE(revoked.size(), Peers);
    QTRY_COMPARE(m_guard->connectionCount(), isCutting ? 0 : Peers);
}

void tst_GuardSlices::cutsConnectionsOfAFormerAuthenticatorInSlices()
{
    connectPeers();
    for (const zmq::message_t &message : m_messages)
        QVERIFY(m_guard->isAuthorized(message));
    m_guard->sweep();
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    d()->setSlice(0ms);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QZapAuthenticator other;
    m_guard->setAuthenticator(&other);
    QVERIFY(!isAnyAuthorized());
    QCOMPARE(m_guard->authenticator(), &other);
    QCOMPARE(d()->connections.cutCount(), 0);
    const auto isDone = [&] { return d()->connections.cutCount() == Peers; };
    QCOMPARE(largestStep([this] { return d()->connections.cutCount(); }, isDone), 1);
    QTRY_COMPARE(revoked.size(), Peers);
    QCOMPARE(m_guard->revokedCount(), Peers);
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    m_guard->setAuthenticator(nullptr); // before it is destroyed
}

void tst_GuardSlices::reportsDisconnectionsInSlices()
{
    connectPeers();
    for (const zmq::message_t &message : m_messages)
        QVERIFY(m_guard->isAuthorized(message));
    m_guard->sweep();
    QCOMPARE(m_guard->connectionCount(), Peers);
    m_peers.clear();
    const QDeadlineTimer end(30000);
    while (table().connectionCount() > 0 && !end.hasExpired()) {
        (void)d()->connections.drain(QDeadlineTimer(QDeadlineTimer::Forever));
        QThread::yieldCurrentThread();
    }
    QCOMPARE(table().connectionCount(), 0);
    d()->setSlice(0ms);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    const auto count = [&] { return qint64{disconnected.size()}; };
    QCOMPARE(largestStep(count, [&] { return count() == Peers; }), 1);
    QCOMPARE(count(), Peers);
    QCOMPARE(m_guard->connectionCount(), 0);
}

void tst_GuardSlices::sweepDoesEverythingAtOnce()
{
    connectPeers();
    d()->setSlice(0ms);
    for (const zmq::message_t &message : m_messages)
        QVERIFY(m_guard->isAuthorized(message));
    m_guard->sweep();
    QCOMPARE(m_guard->connectionCount(), Peers);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QVERIFY(m_authenticator->configurePlain(test(), {}));
    m_guard->sweep();
    QCOMPARE(d()->connections.cutCount(), Peers);
    QCOMPARE(revoked.size(), Peers);
}

void tst_GuardSlices::canBeDestroyedByASlot()
{
    connectPeers();
    for (const zmq::message_t &message : m_messages)
        QVERIFY(m_guard->isAuthorized(message));
    int count = 0;
    connect(m_guard.get(), &QZapGuard::revoked, this, [&] {
        ++count;
        m_guard.reset();
    });
    QVERIFY(m_authenticator->configurePlain(test(), {}));
    QTRY_VERIFY(!m_guard);
    QCOMPARE(count, 1);
}

void tst_GuardSlices::slicesFollowTheTurnsOfTheEventLoop()
{
    WorkSlices slices(steady);
    QCOMPARE(slices.start(), 1ms);
    now += std::chrono::nanoseconds(10s).count();
    QCOMPARE(slices.start(), 1ms); // nothing has waited
    slices.suspend();
    QCOMPARE(slices.start(), 1ms);
    const auto sliceAfter = [&slices](std::chrono::nanoseconds turn) {
        slices.suspend();
        now += turn.count();
        return slices.start();
    };
    QCOMPARE(sliceAfter(31ms), 1ms);
    QCOMPARE(sliceAfter(160ms), 10ms);
    QCOMPARE(sliceAfter(1h), 50ms);
    QCOMPARE(sliceAfter(1ms), 1ms);
    slices.setLength(0ms);
    QCOMPARE(sliceAfter(1h), 0ms);
}

QTEST_GUILESS_MAIN(tst_GuardSlices)
#include "tst_guardslices.moc"
