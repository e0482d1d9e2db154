// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/handshaketracker.h"

#include <QtTest/qtest.h>

#include <zmq.h>

#include <cerrno>

using namespace QZap::Internal;
using Kind = ConnectionChange::Kind;

// Tests events that real sockets cause rarely, or in an order that cannot be forced.
class tst_HandshakeTracker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void explainsFailures_data();
    void explainsFailures();
    void reportsUnfinishedHandshakes_data();
    void reportsUnfinishedHandshakes();
    void ignoresUnknownEvents();
    void reportsTheRetryInterval();
    void doesNotGrow();

private:
    static MonitorEvent event(int type, quint32 value = 0, const char *endpoint = "tcp://a:1")
    {
        return {type, value, endpoint};
    }
};

void tst_HandshakeTracker::explainsFailures_data()
{
    QTest::addColumn<bool>("isClient");
    QTest::addColumn<int>("type");
    QTest::addColumn<quint32>("value");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("said");
    QTest::addColumn<bool>("isFinal");
    const auto add = [](const char *name, bool isClient, int type, quint32 value, Kind kind,
                        const char *said, bool isFinal) {
        QTest::newRow(name) << isClient << type << value << static_cast<int>(kind)
                            << QString::fromUtf8(said) << isFinal;
    };
    const int auth = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    const int protocol = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
    const int closed = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
    add("client, 400", true, auth, 400, Kind::Refused, "", true);
    add("client, 500", true, auth, 500, Kind::Refused, "", true);
    add("client, unknown status", true, auth, 600, Kind::Failed, "status 600", true);
    add("server, 300", false, auth, 300, Kind::Refused, "", false);
    add("client, other mechanism", true, protocol, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH,
        Kind::Failed, "server expects a different mechanism", true);
    add("server, other mechanism", false, protocol, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH,
        Kind::Failed, "client uses a different mechanism", false);
    add("client, undecipherable", true, protocol, ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC,
        Kind::Failed, "check the server key", true);
    add("server, undecipherable", false, protocol, ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC,
        Kind::Failed, "a server with a different key", false);
    add("server, 000", false, protocol, ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE, Kind::Failed,
        "turned the client away for now", false);
    add("server, malformed reply", false, protocol, ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY,
        Kind::Failed, "reply is malformed (error 0x20000001)", false);
    add("client, violation", true, protocol, ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE, Kind::Failed,
        "violates the ZeroMQ protocol (error 0x10000002)", true);
    add("client, metadata", true, protocol, ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA, Kind::Failed,
        "a type that is incompatible", true);
    add("client, closed: type", true, closed, EPIPE, Kind::Failed, "a type that is incompatible",
        false);
    add("client, no answer", true, closed, EAGAIN, Kind::Failed,
        "did not answer within ZMQ_HANDSHAKE_IVL", false);
    add("server, no answer", false, closed, EAGAIN, Kind::Failed, "client did not finish", false);
    add("client, closed", true, closed, EPIPE, Kind::Failed, "it has a different key", false);
    add("server, closed", false, closed, ECONNRESET, Kind::Failed, "client closed", false);
    add("server, no descriptor", false, ZMQ_EVENT_ACCEPT_FAILED, EMFILE, Kind::Failed, "ulimit -n",
        false);
}

void tst_HandshakeTracker::explainsFailures()
{
    QFETCH(const bool, isClient);
    QFETCH(const int, type);
    QFETCH(const quint32, value);
    QFETCH(const int, kind);
    QFETCH(const QString, said);
    QFETCH(const bool, isFinal);
    HandshakeTracker tracker;
    const int begin = isClient ? ZMQ_EVENT_CONNECTED : ZMQ_EVENT_ACCEPTED;
    QCOMPARE(tracker.interpret(event(begin, 7)).kind, Kind::Connected);
    const ConnectionChange change = tracker.interpret(event(type, value));
    QCOMPARE(static_cast<int>(change.kind), kind);
    QVERIFY2(change.reason.contains(said), qPrintable(change.reason));
    QCOMPARE(change.reason.isEmpty(), change.kind == Kind::Refused);
    if (change.kind == Kind::Refused)
        QCOMPARE(static_cast<quint32>(change.status), value);
    QCOMPARE(change.isFinal, isFinal);
    // The failure has been reported, so the end of the connection is not reported as another
    // failure.
    if (type != ZMQ_EVENT_ACCEPT_FAILED) {
        const ConnectionChange end = tracker.interpret(event(ZMQ_EVENT_DISCONNECTED, 7));
        QCOMPARE(end.kind, Kind::Disconnected);
        QCOMPARE(end.reason, QString());
    }
}

void tst_HandshakeTracker::reportsUnfinishedHandshakes_data()
{
    QTest::addColumn<QList<int>>("types"); // negative: with another descriptor
    QTest::addColumn<bool>("failed");
    const int connected = ZMQ_EVENT_CONNECTED;
    const int succeeded = ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
    const int disconnected = ZMQ_EVENT_DISCONNECTED;
    QTest::newRow("unfinished") << QList<int>{connected, disconnected} << true;
    QTest::newRow("finished") << QList<int>{connected, succeeded, disconnected} << false;
    QTest::newRow("of a server") << QList<int>{ZMQ_EVENT_ACCEPTED, disconnected} << false;
    QTest::newRow("of a connection before the monitor") << QList<int>{disconnected} << false;
    QTest::newRow("the second of two, finished")
        << QList<int>{connected, succeeded, -connected, succeeded, -disconnected} << false;
    QTest::newRow("the second of two, unfinished")
        << QList<int>{connected, succeeded, -connected, -disconnected} << true;
    QTest::newRow("the first of two, finished")
        << QList<int>{connected, succeeded, -connected, disconnected} << false;
    QTest::newRow("after zmq_disconnect(), unfinished")
        << QList<int>{connected, succeeded, connected, disconnected} << true;
    QTest::newRow("after zmq_disconnect(), finished")
        << QList<int>{connected, connected, succeeded, disconnected} << false;
}

void tst_HandshakeTracker::reportsUnfinishedHandshakes()
{
    QFETCH(const QList<int>, types);
    QFETCH(const bool, failed);
    HandshakeTracker tracker;
    ConnectionChange last;
    for (const int type : types)
        last = tracker.interpret(event(std::abs(type), type < 0 ? 8 : 7));
    QCOMPARE(last.kind, Kind::Disconnected);
    QCOMPARE(!last.reason.isEmpty(), failed);
    QCOMPARE(last.isFinal, failed);
}

void tst_HandshakeTracker::ignoresUnknownEvents()
{
    HandshakeTracker tracker;
    for (const int type : {0, ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_LISTENING, ZMQ_EVENT_CLOSED,
                           ZMQ_EVENT_CLOSE_FAILED, ZMQ_EVENT_BIND_FAILED, 0x8000, 0x3}) {
        QCOMPARE(tracker.interpret(event(type, 7)).kind, Kind::None);
    }
}

void tst_HandshakeTracker::reportsTheRetryInterval()
{
    HandshakeTracker tracker;
    const ConnectionChange change = tracker.interpret(event(ZMQ_EVENT_CONNECT_RETRIED, 115));
    QCOMPARE(change.kind, Kind::Retrying);
    QCOMPARE(change.milliseconds, 115);
}

// Connections that zmq_disconnect() ended are replaced by those that reuse their descriptors.
void tst_HandshakeTracker::doesNotGrow()
{
    HandshakeTracker tracker;
    for (int i = 0; i < 1000; ++i) {
        const QByteArray endpoint = "tcp://a:" + QByteArray::number(i);
        QCOMPARE(tracker.interpret({ZMQ_EVENT_CONNECTED, 7, endpoint}).kind, Kind::Connected);
    }
    // An earlier connection is no longer known, so its failure is described like that of a server's
    // connection.
    const auto failure =
        tracker.interpret(event(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, EPIPE, "tcp://a:0"));
    QVERIFY(failure.reason.contains(QStringLiteral("the client closed")));
}

QTEST_GUILESS_MAIN(tst_HandshakeTracker)

#include "tst_handshaketracker.moc"
