// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/connectiontable.h"

#include <QtTest/qtest.h>

#include <deque>
#include <map>
#include <random>

using namespace QZap::Internal;

// Which sessions certainly belong to the connection of a descriptor.
class tst_ConnectionTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void vouches_data();
    void vouches();
    void vouchesByAddress_data();
    void vouchesByAddress();
    void keepsTheFirstSessionOfAConnection();
    void reportsEndedSessions();
    void observesSessions();
    void identifiesConnectionsAtTheEndOfADrain();
    void dropsConnectionsThatAreGone();
    void forgetsSessionsOfAFormerAuthenticator();
    void knowsWhichConnectionsAreEarlier();
    void takesConnectionsOfADrainForEarlierOnes();
    void identifiesConnectionsInSteps();
    void leavesOutConnectionsThatWillBeCut();
    void leavesOutSilentConnectionsThatWereCut();
    void knowsTheOldestSession();
    void neverVouchesForAnotherConnection();

private:
    static ConnectionTable::Session session(quint64 number)
    {
        auto record = std::make_shared<SessionRecord>();
        record->number = number;
        return record;
    }
    static ConnectionTable::Identify identify()
    {
        return [](int descriptor, const QByteArray &) {
            return ConnectionIdentity{quint64(descriptor) + 1000, "192.0.2.1"};
        };
    }
};

// Events of the descriptor 7: a accepted, d disconnected, a digit ends a drain with that mark, and
// s adds the session 3.
void tst_ConnectionTable::vouches_data()
{
    QTest::addColumn<QByteArray>("events");
    QTest::addColumn<quint64>("number");
    QTest::addColumn<bool>("isVouchedFor");
    const auto row = [](const char *name, const char *events, quint64 number, bool expected) {
        QTest::newRow(name) << QByteArray(events) << number << expected;
    };
    row("no connection", "3", 5, false);
    row("drawn after the drain that read it", "3a5", 6, true);
    row("drawn at the end of that drain, and nothing was open before", "3a5", 5, true);
    row("drawn after the drain before", "3a5", 4, true);
    row("drawn before the drain before has ended", "3a5", 3, false);
    row("drawn long before", "3a5", 1, false);
    row("another connection before, drawn between", "2a3da5", 4, false);
    row("another connection before, drawn after", "2a3da5", 6, true);
    row("the end of another connection was not reported, drawn between", "2a3a5", 4, false);
    row("accepted twice since, drawn between", "3ada5", 4, false);
    row("accepted twice since, drawn after", "3ada5", 6, true);
    row("disconnected", "3a5d6", 7, false);
    row("a connection before whose session is known, drawn between", "2a3s3da5", 4, true);
    row("the session of a connection before", "2a2s2da5", 3, false);
    row("its end was not reported, drawn between", "2a3s3a5", 4, true);
    row("accepted twice after a connection whose session is known", "2a3s3dada5", 4, false);
    row("the end of a connection that was not known, drawn between", "2da5", 4, false);
    row("the end of a connection that was not known, drawn after", "2da5", 6, true);
    row("another connection, a drain later", "2a3d4a6", 5, true);
    row("another connection, a drain later, drawn before", "2a3d4a6", 4, false);
    row("long connected", "3a5678", 9, true);
    row("long connected, drawn early", "3a5678", 4, true);
}

void tst_ConnectionTable::vouches()
{
    QFETCH(const QByteArray, events);
    QFETCH(const quint64, number);
    QFETCH(const bool, isVouchedFor);

    ConnectionTable table(identify());
    for (const char event : events) {
        if (event == 'a')
            table.accept(7, "tcp://127.0.0.1:1");
        else if (event == 'd')
            table.disconnect(7);
        else if (event == 's')
            QVERIFY(table.add(session(3), 7));
        else
            table.finishDrain(static_cast<quint64>(event - '0'));
    }
    QCOMPARE(table.add(session(number), 7), isVouchedFor);
    QCOMPARE(table.findSession(number) != nullptr, isVouchedFor);
    QVERIFY(!table.add(session(number), 8));
}

void tst_ConnectionTable::vouchesByAddress_data()
{
    QTest::addColumn<QByteArray>("former");
    QTest::addColumn<QByteArray>("current");
    QTest::addColumn<QByteArray>("address"); // of the session
    QTest::addColumn<bool>("isVouchedFor");
    const QByteArray a = "192.0.2.1";
    const QByteArray b = "192.0.2.2";
    QTest::newRow("another address") << a << b << b << true;
    QTest::newRow("the former one") << a << b << a << false;
    QTest::newRow("both have the same") << a << a << a << false;
    QTest::newRow("that of neither") << a << a << b << false;
    QTest::newRow("the former one is not known") << QByteArray() << b << b << false;
    QTest::newRow("its own is not known") << a << QByteArray() << b << false;
    QTest::newRow("the session has none") << a << b << QByteArray() << false;
}

// A silent connection ends, and another one gets its descriptor before the next drain.
void tst_ConnectionTable::vouchesByAddress()
{
    QFETCH(const QByteArray, former);
    QFETCH(const QByteArray, current);
    QFETCH(const QByteArray, address);
    QFETCH(const bool, isVouchedFor);

    QByteArray peer = former;
    ConnectionTable table([&peer](int, const QByteArray &) { return ConnectionIdentity{1, peer}; });
    table.accept(7, "x");
    table.finishDrain(2);
    peer = current;
    table.disconnect(7);
    table.accept(7, "x");
    table.finishDrain(5);
    const auto sessionFrom = [&address](quint64 number) {
        auto record = std::make_shared<SessionRecord>();
        record->number = number;
        record->address = address;
        return record;
    };
    QVERIFY(!table.add(sessionFrom(2), 7));
    QCOMPARE(table.add(sessionFrom(4), 7), isVouchedFor);
    QVERIFY(isVouchedFor || table.add(sessionFrom(6), 7));
}

void tst_ConnectionTable::keepsTheFirstSessionOfAConnection()
{
    ConnectionTable table(identify());
    table.accept(7, "x");
    table.finishDrain(1);
    QVERIFY(table.add(session(2), 7));
    QVERIFY(table.add(session(2), 7));
    QVERIFY(!table.add(session(3), 7));
    QCOMPARE(table.sessionCount(), 1);
    QVERIFY(table.descriptors(true).empty());
    QCOMPARE(table.descriptors(false), std::vector<int>{7});
}

void tst_ConnectionTable::reportsEndedSessions()
{
    ConnectionTable table(identify());
    table.accept(7, "x");
    table.accept(8, "x");
    table.finishDrain(1);
    QVERIFY(table.add(session(2), 7));
    QVERIFY(table.add(session(3), 8));
    table.disconnect(7);
    table.accept(8, "x"); // the end of the other was not reported
    table.finishDrain(4);
    const auto ended = table.takeEnded();
    QCOMPARE(ended.size(), 2);
    QCOMPARE(table.sessionCount(), 0);
    QVERIFY(!table.hasEnded());
    QCOMPARE(table.descriptors(true), std::vector<int>{8});
}

void tst_ConnectionTable::observesSessions()
{
    QByteArrayList seen;
    ConnectionTable table(identify());
    table.setObserver([&seen](const ConnectionTable::Session &session, bool isConnected) {
        seen += (isConnected ? '+' : '-') + QByteArray::number(session->number);
    });
    for (const int descriptor : {5, 6, 7, 8})
        table.accept(descriptor, "x");
    table.finishDrain(1);
    QVERIFY(table.add(session(2), 5));
    QVERIFY(table.add(session(3), 6));
    QVERIFY(table.add(session(2), 5));  // another message
    QVERIFY(!table.add(session(0), 7)); // not certain
    QCOMPARE(seen, (QByteArrayList{"+2", "+3"}));
    QCOMPARE(table.sessions().size(), 2);
    seen.clear();
    table.disconnect(8); // silent
    table.disconnect(5);
    QCOMPARE(seen, QByteArrayList{"-2"});
    table.restart(10);
    QCOMPARE(seen, (QByteArrayList{"-2", "-3"}));
    QVERIFY(table.add(session(11), 7));
    table.clear();
    QCOMPARE(seen, (QByteArrayList{"-2", "-3", "+11", "-11"}));
    QVERIFY(table.sessions().isEmpty());
}

void tst_ConnectionTable::identifiesConnectionsAtTheEndOfADrain()
{
    ConnectionTable table([](int descriptor, const QByteArray &endpoint) {
        return endpoint == "ours" ? std::optional(ConnectionIdentity{quint64(descriptor), {}})
                                  : std::nullopt;
    });
    table.accept(7, "ours");
    table.accept(8, "theirs");
    table.finishDrain(1);
    QCOMPARE(table.find(7)->identity->number, quint64(7));
    QVERIFY(!table.find(8)->identity);
}

void tst_ConnectionTable::dropsConnectionsThatAreGone()
{
    quint64 identity = 1;
    ConnectionTable table([&identity](int, const QByteArray &) {
        return ConnectionIdentity{identity, {}};
    });
    table.accept(7, "x");
    table.finishDrain(1);
    QVERIFY(table.add(session(2), 7));
    table.recheck();
    table.finishDrain(1);
    QVERIFY(table.find(7));
    identity = 2;
    table.recheck();
    QVERIFY(table.find(7)); // as long as nobody asks the system
    table.finishDrain(1);
    QVERIFY(!table.find(7));
    QCOMPARE(table.takeEnded().size(), 1);
}

void tst_ConnectionTable::forgetsSessionsOfAFormerAuthenticator()
{
    ConnectionTable table(identify());
    table.accept(7, "x");
    table.finishDrain(10);
    QVERIFY(table.add(session(11), 7));
    table.restart(4);
    QVERIFY(!table.findSession(11));
    QVERIFY(!table.add(session(4), 7));
    QCOMPARE(table.descriptors(true), std::vector<int>{7});
}

void tst_ConnectionTable::knowsWhichConnectionsAreEarlier()
{
    ConnectionTable table(identify());
    table.accept(7, "x");
    table.accept(8, "x");
    table.finishDrain(1);
    QVERIFY(!table.hasEarlier());
    table.restart(1);
    table.accept(9, "x");
    table.finishDrain(2);
    QVERIFY(table.hasEarlier());
    QVERIFY(table.find(7)->isEarlier);
    QVERIFY(!table.find(9)->isEarlier);
    QCOMPARE(table.descriptors(true).size(), 3U);
    table.disconnect(7);
    QVERIFY(table.hasEarlier());
    table.accept(8, "x"); // another connection
    QVERIFY(!table.hasEarlier());
    table.restart(2);
    QVERIFY(table.hasEarlier());
    table.clear();
    QVERIFY(!table.hasEarlier());
}

// The authenticator changes during a drain. It is not known which connections were accepted before.
void tst_ConnectionTable::takesConnectionsOfADrainForEarlierOnes()
{
    ConnectionTable table(identify());
    table.accept(7, "x");
    table.restart(5, false);
    table.accept(8, "x");
    QVERIFY(table.find(7)->isEarlier);
    table.finishDrain(6);
    QVERIFY(table.find(7)->isEarlier);
    QVERIFY(table.find(8)->isEarlier);
    QVERIFY(!table.add(session(6), 7));
    QVERIFY(!table.add(session(6), 8));
    QVERIFY(table.add(session(7), 8));
    table.accept(9, "x");
    table.finishDrain(8);
    QVERIFY(!table.find(9)->isEarlier);
    QVERIFY(table.add(session(7), 9)); // drawn after the drain before
    table.disconnect(7);
    table.disconnect(8);
    QVERIFY(!table.hasEarlier());
}

void tst_ConnectionTable::identifiesConnectionsInSteps()
{
    int calls = 0;
    ConnectionTable table([&calls](int descriptor, const QByteArray &) {
        ++calls;
        return ConnectionIdentity{quint64(descriptor), {}};
    });
    for (int descriptor = 7; descriptor < 10; ++descriptor)
        table.accept(descriptor, "x");
    table.disconnect(9); // is not identified
    const QDeadlineTimer now(0);
    QVERIFY(!table.examine(now));
    QVERIFY(calls <= 1);
    while (!table.examine(now))
        QVERIFY(calls <= 2);
    QCOMPARE(calls, 2);
    table.finishDrain(1);
    QCOMPARE(calls, 2);
    QVERIFY(table.find(7)->identity && table.find(8)->identity);
}

// A connection that is about to be ended anyway is not a silent one.
void tst_ConnectionTable::leavesOutConnectionsThatWillBeCut()
{
    ConnectionTable table(identify());
    table.accept(7, "x");
    table.finishDrain(1);
    QVERIFY(table.add(session(2), 7));
    table.setEnding(7, true);
    QCOMPARE(table.descriptors(false), std::vector<int>{7});
    table.restart(3);
    QVERIFY(table.descriptors(true).empty());
    table.setEnding(7, false);
    QCOMPARE(table.descriptors(true), std::vector<int>{7});
    table.setEnding(7, true);
    table.accept(7, "x"); // another one
    QCOMPARE(table.descriptors(true), std::vector<int>{7});
}

void tst_ConnectionTable::leavesOutSilentConnectionsThatWereCut()
{
    ConnectionTable table(identify());
    table.accept(7, "x");
    table.accept(8, "x");
    table.finishDrain(1);
    QVERIFY(table.add(session(2), 8));
    table.setCut(7);
    table.setCut(8);
    table.setCut(9);
    QVERIFY(table.descriptors(true).empty());
    QCOMPARE(table.descriptors(false), std::vector<int>{8}); // its end is yet to be reported
    table.accept(7, "x");                                    // another connection
    table.finishDrain(3);
    QCOMPARE(table.descriptors(true), std::vector<int>{7});
}

void tst_ConnectionTable::knowsTheOldestSession()
{
    ConnectionTable table(identify());
    table.finishDrain(5);
    table.finishDrain(6);
    table.accept(7, "x");
    table.finishDrain(10);
    table.finishDrain(20);
    table.finishDrain(30);
    QVERIFY(table.oldestSession() <= 6);
    QVERIFY(table.oldestSession() >= 5);
    table.disconnect(7);
    table.finishDrain(40);
    QCOMPARE(table.oldestSession(), quint64(30));
}

// Connections come and go, a few descriptors are used again and again, messages are read late, and
// the monitor is drained at times. A simpler rule, by which a session belongs to the connection if
// its descriptor was accepted once since, is wrong often enough to show that the test can fail.
void tst_ConnectionTable::neverVouchesForAnotherConnection()
{
    struct Event
    {
        bool isAccepted;
        int descriptor;
    };
    struct Message
    {
        quint64 number;
        int connection;
        int descriptor;
    };
    std::mt19937 random(1);
    const auto chance = [&random](int percent) { return int(random() % 100) < percent; };

    // Connections have one of three addresses.
    const auto addressOf = [](int connection) {
        return "192.0.2." + QByteArray::number(connection * 7 / 5 % 3);
    };
    std::map<int, int> open; // connections by descriptor
    ConnectionTable table([&](int descriptor, const QByteArray &) {
        return ConnectionIdentity{quint64(descriptor) + 1000, addressOf(open[descriptor])};
    });
    std::map<int, quint64> numbers; // sessions of connections, which are drawn while they are open
    std::map<int, int> registered;  // the connection that the table means, by descriptor
    std::deque<Event> events;
    std::deque<int> acceptedConnections;
    std::vector<Message> backlog;
    quint64 lastNumber = 0;
    int lastConnection = 0;
    int vouched = 0;
    int wronglyAccepted = 0; // that the simpler rule would have taken
    for (int step = 0; step < 200'000; ++step) {
        const int descriptor = int(random() % 4);
        const auto connection = open.find(descriptor);
        if (connection == open.end()) {
            if (chance(50)) {
                open[descriptor] = ++lastConnection;
                events.push_back({true, descriptor});
                acceptedConnections.push_back(lastConnection);
            }
        } else if (chance(30)) {
            events.push_back({false, descriptor});
            open.erase(connection);
        } else if (chance(50)) {
            quint64 &number = numbers[connection->second];
            number = number > 0 ? number : ++lastNumber;
            backlog.push_back({number, connection->second, descriptor});
        }
        if (!chance(20))
            continue;
        // add() follows a drain.
        for (; !events.empty(); events.pop_front()) {
            const Event event = events.front();
            if (event.isAccepted) {
                table.accept(event.descriptor, "x");
                registered[event.descriptor] = acceptedConnections.front();
                acceptedConnections.pop_front();
            } else {
                table.disconnect(event.descriptor);
                registered.erase(event.descriptor);
            }
        }
        table.finishDrain(lastNumber);
        while (!backlog.empty() && chance(60)) {
            const size_t index = random() % backlog.size();
            const Message message = backlog[index];
            backlog.erase(backlog.begin() + static_cast<qsizetype>(index));
            const bool isOpen = registered.count(message.descriptor) > 0;
            const bool isRight = isOpen && registered[message.descriptor] == message.connection;
            if (isOpen && !isRight)
                ++wronglyAccepted;
            const auto *const before = table.find(message.descriptor);
            const bool wasSilent = before && !before->session;
            auto record = std::make_shared<SessionRecord>();
            record->number = message.number;
            record->address = addressOf(message.connection);
            if (table.add(record, message.descriptor) && wasSilent) {
                QVERIFY2(isRight, qPrintable(QString::number(step)));
                ++vouched;
            }
        }
    }
    QVERIFY(vouched > 1000);
    QVERIFY(wronglyAccepted > 1000);
}

QTEST_GUILESS_MAIN(tst_ConnectionTable)
#include "tst_connectiontable.moc"
