// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/socketcontext.h"

#include <QtTest/qtest.h>

#include <zmq.h>

using namespace QZap::Internal;

class tst_SocketContext : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isKnownOfEveryType_data();
    void isKnownOfEveryType();
    void isKnownOfEachContext();
};

void tst_SocketContext::isKnownOfEveryType_data()
{
    QTest::addColumn<int>("type");
    for (int type = ZMQ_PAIR; type <= ZMQ_STREAM; ++type)
        QTest::addRow("type %d", type) << type;
}

void tst_SocketContext::isKnownOfEveryType()
{
    QFETCH(const int, type);
    void *const context = zmq_ctx_new();
    void *const socket = zmq_socket(context, type);
    QVERIFY(socket);
    const Result<void *> found = contextOf(socket);
    QVERIFY2(found, qPrintable(found.problem().text()));
    QCOMPARE(*found, context);
    zmq_close(socket);
    zmq_ctx_term(context);
}

void tst_SocketContext::isKnownOfEachContext()
{
    void *const contexts[] = {zmq_ctx_new(), zmq_ctx_new()};
    void *const sockets[] = {zmq_socket(contexts[0], ZMQ_DEALER),
                             zmq_socket(contexts[1], ZMQ_DEALER)};
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(*contextOf(sockets[i]), contexts[i]);
        zmq_close(sockets[i]);
        zmq_ctx_term(contexts[i]);
    }
}

QTEST_GUILESS_MAIN(tst_SocketContext)

#include "tst_socketcontext.moc"
