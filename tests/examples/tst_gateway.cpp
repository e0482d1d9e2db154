// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gatewaytest.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qtest.h>

#include <csignal>

using namespace Qt::StringLiterals;

// Tests the example gateway with clients and back ends: what passes it, and what does not.
class tst_Gateway : public GatewayTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void passesRequestsAndReplies_data();
    void passesRequestsAndReplies();
    void passesNoForgedUserId_data();
    void passesNoForgedUserId();
    void refusesUnknownKeys();
    void cutsRevokedClients();
    void withholdsRepliesToRevokedClients();
    void waitsForTheBackEnd();
    void passesNothingFromClientsRevokedMeanwhile();
    void limitsPendingRequests();
    void limitsPendingRequestsOfAClient();
    void dropsLateAndUnknownReplies();
    void dropsRequestsOfChosenRoutingIds();
    void publishes();
    void publishesDespiteASlowSubscriber();
    void ignoresForgedSubscriptions();
    void limitsSubscriptions();
    void recordsDecisions();
    void endsWithTheLastReply_data();
    void endsWithTheLastReply();

private:
    // Whether each request is counted once, and each that was forwarded once more.
    void checkCounters(qint64 received);
    // A round trip, after which everything that was sent before has been processed.
    void ask(Client *client, zmq::socket_t &worker, const QByteArray &user);
    // Publishes "news" until it arrives: publishers learn late which topics are wanted.
    static bool isPublished(zmq::socket_t &publisher, Client *client);
};

void tst_Gateway::init()
{
    makeFolder();
    configure();
}

void tst_Gateway::cleanup()
{
    removeFolder();
}

void tst_Gateway::checkCounters(qint64 received)
{
    const auto count = [this](const char *family, const char *outcome) {
        return metric(QByteArray("gateway_") + family + "_total{outcome=\"" + outcome + "\"}");
    };
    qint64 requests = 0;
    for (const char *outcome : {"forwarded", "unauthorized", "malformed", "excessive"})
        requests += count("requests", outcome);
    QCOMPARE(requests, received);
    qint64 replies = metric("gateway_pending_requests");
    for (const char *outcome : {"answered", "withheld", "undelivered", "abandoned", "expired"})
        replies += count("replies", outcome);
    QCOMPARE(replies, count("requests", "forwarded"));
}

void tst_Gateway::ask(Client *client, zmq::socket_t &worker, const QByteArray &user)
{
    send(client->socket, {"question"});
    QCOMPARE(receive(worker), QByteArrayList({user, "question"}));
    send(worker, {"answer"});
    QCOMPARE(receive(client->socket), QByteArrayList({"answer"}));
}

bool tst_Gateway::isPublished(zmq::socket_t &publisher, Client *client)
{
    return QTest::qWaitFor(
        [&] {
            send(publisher, {"news"});
            return !hasNothing(client->socket);
        },
        20000);
}

void tst_Gateway::passesRequestsAndReplies_data()
{
    QTest::addColumn<zmq::socket_type>("type");
    QTest::addColumn<QByteArrayList>("delimiter");
    QTest::newRow("REQ") << zmq::socket_type::req << QByteArrayList();
    QTest::newRow("DEALER") << zmq::socket_type::dealer << QByteArrayList();
    QTest::newRow("DEALER like REQ") << zmq::socket_type::dealer << QByteArrayList({""});
}

void tst_Gateway::passesRequestsAndReplies()
{
    QFETCH(const zmq::socket_type, type);
    QFETCH(const QByteArrayList, delimiter);
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    const auto alice = newClient(type, m_alice);
    const auto bob = newClient(type, m_bob);
    send(alice->socket, delimiter + QByteArrayList({"one", "", "two"}));
    QCOMPARE(receive(worker), QByteArrayList({"alice", "one", "", "two"}));
    send(worker, {"first", ""});
    QCOMPARE(receive(alice->socket), delimiter + QByteArrayList({"first", ""}));
    send(bob->socket, delimiter + QByteArrayList({"three"}));
    QCOMPARE(receive(worker), QByteArrayList({"bob", "three"}));
    send(worker, {"second"});
    QCOMPARE(receive(bob->socket), delimiter + QByteArrayList({"second"}));
    checkCounters(2);
    QCOMPARE(metric("gateway_replies_total{outcome=\"answered\"}"), 2);
}

void tst_Gateway::passesNoForgedUserId_data()
{
    QTest::addColumn<QByteArrayList>("sent");
    QTest::addColumn<QByteArrayList>("received");
    const auto row = [](const char *name, const QByteArrayList &sent,
                        const QByteArrayList &received) {
        QTest::newRow(name) << sent << received;
    };
    row("in its place", {"bob", "x"}, {"bob", "x"});
    row("after a delimiter", {"", "bob", "x"}, {"bob", "x"});
    row("before a delimiter", {"bob", "", "x"}, {"bob", "", "x"});
    row("with an envelope of its own", {"", "", "bob", "", "x"}, {"", "bob", "", "x"});
    row("an empty frame", {""}, {""});
    row("two empty frames", {"", ""}, {""});
}

// Whatever a client sends comes after its user id.
void tst_Gateway::passesNoForgedUserId()
{
    QFETCH(const QByteArrayList, sent);
    QFETCH(const QByteArrayList, received);
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    send(alice->socket, sent);
    QCOMPARE(receive(worker), QByteArrayList({"alice"}) + received);
}

void tst_Gateway::refusesUnknownKeys()
{
    QVERIFY(start());
    for (const auto type : {zmq::socket_type::dealer, zmq::socket_type::sub}) {
        const auto eve = newClient(type, m_eve);
        QTRY_COMPARE(eve->refused.count(), 1);
        QCOMPARE(eve->accepted.count(), 0);
        QCOMPARE(eve->refused.constFirst().constFirst().value<QZap::Status>(),
                 QZap::Status::AuthenticationFailure);
    }
    QCOMPARE(metric("qzap_decisions_total{domain=\"fleet\",mechanism=\"curve\",outcome=\"refused\","
                    "reason=\"unknown_key\"}"),
             2);
}

void tst_Gateway::cutsRevokedClients()
{
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    zmq::socket_t publisher = newBackend(zmq::socket_type::pub);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    const auto bob = newClient(zmq::socket_type::dealer, m_bob);
    const auto aliceSubscriber = newClient(zmq::socket_type::sub, m_alice);
    const auto bobSubscriber = newClient(zmq::socket_type::sub, m_bob);
    ask(alice.get(), worker, "alice");
    ask(bob.get(), worker, "bob");
    QTRY_COMPARE(metric("qzap_guard_sessions"), 4);
    revoke(u"bob"_s);
    for (const auto &client : {bob.get(), bobSubscriber.get()}) {
        QTRY_COMPARE(client->refused.count(), 1);
        QCOMPARE(client->accepted.count(), 1);
    }
    ask(alice.get(), worker, "alice");
    QVERIFY(isPublished(publisher, aliceSubscriber.get()));
    QCOMPARE(alice->disconnected.count(), 0);
    QCOMPARE(aliceSubscriber->disconnected.count(), 0);
    QVERIFY(hasNothing(bobSubscriber->socket));
    checkCounters(3);
}

void tst_Gateway::withholdsRepliesToRevokedClients()
{
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    const auto bob = newClient(zmq::socket_type::dealer, m_bob);
    send(bob->socket, {"question"});
    QCOMPARE(receive(worker), QByteArrayList({"bob", "question"}));
    revoke(u"bob"_s);
    QTRY_COMPARE(bob->refused.count(), 1);
    send(worker, {"secret"});
    ask(alice.get(), worker, "alice");
    QVERIFY(hasNothing(bob->socket));
    QCOMPARE(metric("gateway_replies_total{outcome=\"abandoned\"}"), 1);
    QCOMPARE(metric("gateway_unexpected_replies_total"), 1);
    checkCounters(2);
}

// Nothing is lost, and nothing is said to the clients, while there is no back end.
void tst_Gateway::waitsForTheBackEnd()
{
    QVERIFY(start());
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    for (int i = 0; i < 100; ++i)
        send(alice->socket, {QByteArray::number(i)});
    QTRY_COMPARE(metric("qzap_guard_sessions"), 1);
    QVERIFY(hasNothing(alice->socket));
    QCOMPARE(metric("gateway_requests_total{outcome=\"forwarded\"}"), 0);
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(receive(worker), QByteArrayList({"alice", QByteArray::number(i)}));
        send(worker, {QByteArray::number(i)});
        QCOMPARE(receive(alice->socket), QByteArrayList({QByteArray::number(i)}));
    }
    checkCounters(100);
}

void tst_Gateway::passesNothingFromClientsRevokedMeanwhile()
{
    QVERIFY(start());
    const auto bob = newClient(zmq::socket_type::dealer, m_bob);
    for (const char *text : {"one", "two", "three"}) // the gateway holds one of them itself
        send(bob->socket, {text});
    QTRY_COMPARE(metric("qzap_guard_sessions"), 1);
    revoke(u"bob"_s);
    QTRY_COMPARE(bob->refused.count(), 1);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    ask(alice.get(), worker, "alice");
    QCOMPARE(metric("gateway_requests_total{outcome=\"unauthorized\"}"), 3);
    checkCounters(4);
}

void tst_Gateway::limitsPendingRequests()
{
    configure("[requests]\nmaximum-pending=2\n");
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::dealer);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    for (int i = 0; i < 5; ++i)
        send(alice->socket, {QByteArray::number(i)});
    QByteArrayList first = receive(worker);
    (void)receive(worker);
    QTRY_COMPARE(metric("gateway_pending_requests"), 2);
    QVERIFY(hasNothing(worker));
    send(worker, {first.at(0), "", "answer"});
    QCOMPARE(receive(alice->socket), QByteArrayList({"answer"}));
    QCOMPARE(receive(worker).mid(1), QByteArrayList({"", "alice", "2"}));
    checkCounters(3);
}

void tst_Gateway::limitsPendingRequestsOfAClient()
{
    configure("[requests]\nmaximum-pending-per-client=2\n");
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::dealer);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    const auto bob = newClient(zmq::socket_type::dealer, m_bob);
    for (int i = 0; i < 5; ++i)
        send(alice->socket, {QByteArray::number(i)});
    QCOMPARE(receive(worker).mid(2), QByteArrayList({"alice", "0"}));
    QCOMPARE(receive(worker).mid(2), QByteArrayList({"alice", "1"}));
    QTRY_COMPARE(metric("gateway_requests_total{outcome=\"excessive\"}"), 3);
    send(bob->socket, {"question"});
    QCOMPARE(receive(worker).mid(2), QByteArrayList({"bob", "question"}));
    checkCounters(6);
}

void tst_Gateway::dropsLateAndUnknownReplies()
{
    configure("[requests]\ntimeout=200\n");
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::dealer);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    send(alice->socket, {"slow"});
    const QByteArray slow = receive(worker).constFirst();
    QTRY_COMPARE(metric("gateway_replies_total{outcome=\"expired\"}"), 1);
    send(worker, {slow, "", "late"});
    send(worker, {QByteArray(8, '\x7f'), "", "to nobody"});
    send(worker, {"x", "", "to nobody"});
    send(worker, {"no delimiter"});
    QTRY_COMPARE(metric("gateway_unexpected_replies_total"), 4);
    send(alice->socket, {"fast"});
    const QByteArray fast = receive(worker).constFirst();
    send(worker, {fast, "", "in time"});
    send(worker, {fast, "", "again"});
    QCOMPARE(receive(alice->socket), QByteArrayList({"in time"}));
    QTRY_COMPARE(metric("gateway_unexpected_replies_total"), 5);
    QVERIFY(hasNothing(alice->socket));
    checkCounters(2);
}

// Another client could take the id when the first has disconnected, and receive its replies.
void tst_Gateway::dropsRequestsOfChosenRoutingIds()
{
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    Client bob(m_context, zmq::socket_type::dealer);
    bob.socket.set(zmq::sockopt::routing_id, "alice");
    QVERIFY(connectTo(&bob, u"requests"_s, m_bob));
    send(bob.socket, {"question"});
    QTRY_COMPARE(metric("gateway_requests_total{outcome=\"malformed\"}"), 1);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    ask(alice.get(), worker, "alice");
    checkCounters(2);
}

void tst_Gateway::publishes()
{
    configure("[publications]\ntopics=news, weather\n");
    QVERIFY(start());
    zmq::socket_t publisher = newBackend(zmq::socket_type::pub);
    const auto alice = newClient(zmq::socket_type::sub, m_alice);
    QTRY_COMPARE(metric("gateway_subscriptions_total{outcome=\"accepted\"}"), 1);
    QVERIFY(isPublished(publisher, alice.get()));
    send(publisher, {"sports", "not configured"});
    send(publisher, {"weather", "", "fine"});
    QByteArrayList received;
    do {
        received = receive(alice->socket);
    } while (received == QByteArrayList({"news"}));
    QCOMPARE(received, QByteArrayList({"weather", "", "fine"}));
}

void tst_Gateway::publishesDespiteASlowSubscriber()
{
    configure("[publications]\nhigh-water-mark=10\n");
    QVERIFY(start());
    zmq::socket_t publisher = newBackend(zmq::socket_type::pub);
    const auto alice = newClient(zmq::socket_type::sub, m_alice);
    Client bob(m_context, zmq::socket_type::sub);
    bob.socket.set(zmq::sockopt::rcvhwm, 1);
    bob.socket.set(zmq::sockopt::rcvbuf, 4096);
    bob.socket.set(zmq::sockopt::subscribe, "");
    QVERIFY(connectTo(&bob, u"publications"_s, m_bob));
    QTRY_COMPARE(metric("gateway_subscriptions_total{outcome=\"accepted\"}"), 2);
    QVERIFY(isPublished(publisher, alice.get()));

    const QByteArray text(100000, 'x');
    int sent = 0;
    const auto isReceived = [&] {
        send(publisher, {QByteArray::number(++sent), text});
        for (;;) { // up to the one that was just sent
            const QByteArrayList frames = receive(alice->socket);
            if (frames.constFirst() == QByteArray::number(sent))
                return true;
            if (frames.constFirst() != "news")
                return false;
        }
    };
    // Alice receives everything, although Bob reads nothing.
    qint64 incomplete = 0;
    while (incomplete == 0 && sent < 1000) {
        for (int i = 0; i < 10; ++i)
            QVERIFY(isReceived());
        incomplete = metric("gateway_publications_total{outcome=\"incomplete\"}");
    }
    QVERIFY2(incomplete > 0, qPrintable(QString::number(sent)));
    QCOMPARE(bob.disconnected.count(), 0);
}

// An authorized client can neither end the subscription of another nor publish.
void tst_Gateway::ignoresForgedSubscriptions()
{
    QVERIFY(start());
    zmq::socket_t publisher = newBackend(zmq::socket_type::pub);
    const auto alice = newClient(zmq::socket_type::sub, m_alice);
    const auto bob = newClient(zmq::socket_type::xsub, m_bob);
    QTRY_COMPARE(bob->accepted.count(), 1);
    QVERIFY(isPublished(publisher, alice.get()));
    send(bob->socket, {QByteArray(1, '\0')}); // the end of the subscription to everything
    send(bob->socket, {"publication"});
    QTRY_COMPARE(metric("gateway_subscriptions_total{outcome=\"malformed\"}"), 1);
    send(publisher, {"second"});
    QByteArrayList received;
    do {
        received = receive(alice->socket);
    } while (received == QByteArrayList({"news"}));
    QCOMPARE(received, QByteArrayList({"second"}));
    QVERIFY(hasNothing(alice->socket));
}

void tst_Gateway::limitsSubscriptions()
{
    configure("[publications]\nmaximum-subscriptions=3\n");
    QVERIFY(start());
    const auto alice = newClient(zmq::socket_type::sub, m_alice);
    const auto bob = newClient(zmq::socket_type::sub, m_bob);
    QTRY_COMPARE(metric("gateway_subscriptions_total{outcome=\"accepted\"}"), 2);
    for (const char *topic : {"a", "b"})
        bob->socket.set(zmq::sockopt::subscribe, topic);
    bob->socket.set(zmq::sockopt::unsubscribe, "a");
    bob->socket.set(zmq::sockopt::subscribe, "c");
    QTRY_COMPARE(metric("gateway_subscriptions_total{outcome=\"accepted\"}"), 5);
    QCOMPARE(bob->disconnected.count(), 0);
    bob->socket.set(zmq::sockopt::subscribe, "d");
    QTRY_VERIFY(bob->disconnected.count() > 0);
    QCOMPARE(alice->disconnected.count(), 0);
}

void tst_Gateway::recordsDecisions()
{
    QVERIFY(start());
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    QTRY_COMPARE(alice->accepted.count(), 1);
    const auto eve = newClient(zmq::socket_type::dealer, m_eve);
    QTRY_COMPARE(eve->refused.count(), 1);
    QByteArrayList lines;
    const auto readLines = [&] {
        QFile file(path(u"audit.log"_s));
        lines = file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().split('\n')
                                               : QByteArrayList();
        return lines.size();
    };
    QTRY_COMPARE(readLines(), 2);
    const QJsonObject accepted = QJsonDocument::fromJson(lines.at(0)).object();
    QCOMPARE(accepted.value("verdict"_L1).toString(), u"accepted"_s);
    QCOMPARE(accepted.value("user"_L1).toString(), u"alice"_s);
    const QJsonObject refused = QJsonDocument::fromJson(lines.at(1)).object();
    QCOMPARE(refused.value("verdict"_L1).toString(), u"refused"_s);
    QVERIFY(metrics().endsWith("# EOF\n"));
    QCOMPARE(metrics().count("# EOF"), 1);
}

void tst_Gateway::endsWithTheLastReply_data()
{
    QTest::addColumn<int>("signalNumber");
    QTest::addColumn<bool>("isAnswered");
    QTest::newRow("SIGTERM, an answer comes") << SIGTERM << true;
    QTest::newRow("SIGINT, an answer comes") << SIGINT << true;
    QTest::newRow("SIGTERM, no answer comes") << SIGTERM << false;
}

void tst_Gateway::endsWithTheLastReply()
{
    QFETCH(const int, signalNumber);
    QFETCH(const bool, isAnswered);
    configure(isAnswered ? "[gateway]\nstop-timeout=60000\n" : "[gateway]\nstop-timeout=50\n");
    QVERIFY(start());
    zmq::socket_t worker = newBackend(zmq::socket_type::rep);
    const auto alice = newClient(zmq::socket_type::dealer, m_alice);
    send(alice->socket, {"last"});
    QCOMPARE(receive(worker), QByteArrayList({"alice", "last"}));
    QCOMPARE(::kill(static_cast<pid_t>(m_process->processId()), signalNumber), 0);
    if (isAnswered) {
        send(worker, {"answer"});
        QCOMPARE(receive(alice->socket), QByteArrayList({"answer"}));
    }
    QVERIFY(hasEnded());
    QCOMPARE(m_process->exitCode(), 0);
    QVERIFY2(!output().contains(u"arning"_s), qPrintable(output()));
}

QTEST_GUILESS_MAIN(tst_Gateway)

#include "tst_gateway.moc"
