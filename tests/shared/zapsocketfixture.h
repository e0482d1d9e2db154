// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPSOCKETFIXTURE_H
#define ZAPSOCKETFIXTURE_H

#include "transport/zapsocket.h"

#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>
#include <vector>

// A ZAP socket without an engine, whose handler keeps the requests until the test answers them. For
// tests that link to the hidden classes.
class ZapSocketFixture
{
protected:
    using Reply = QZap::Internal::Reply;
    using RequestFrames = QZap::Internal::RequestFrames;
    using ZapMessage = QZap::Internal::ZapMessage;
    using ZapSocket = QZap::Internal::ZapSocket;

    // To be called before and after each test function.
    void setUp()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_context = std::make_unique<zmq::context_t>();
        m_messages.clear();
        m_answerAtOnce = false;
        m_received = m_drains = m_terminations = 0;
        m_socket = makeSocket();
    }
    void tearDown()
    {
        m_messages.clear();
        m_socket.reset();
        m_context.reset();
    }

    std::unique_ptr<ZapSocket> makeSocket()
    {
        ZapSocket::Handler handler;
        handler.received = [this](ZapMessage &message) {
            ++m_received;
            if (m_answerAtOnce)
                m_socket->reply(message, ok(), 0);
            else
                m_messages.push_back(std::move(message));
        };
        handler.drained = [this] { ++m_drains; };
        handler.terminated = [this] { ++m_terminations; };
        return std::make_unique<ZapSocket>(std::move(handler));
    }
    void open()
    {
        const ZapSocket::Opening opening = m_socket->open(m_context->handle());
        QCOMPARE(opening.problem.text(), QString());
        QVERIFY(opening.isOpen());
    }
    static Reply ok() { return {"200", "OK", "bob", {}}; }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<ZapSocket> m_socket;
    std::vector<ZapMessage> m_messages; // received requests, to be answered by the test
    bool m_answerAtOnce = false;
    int m_received = 0;
    int m_drains = 0;
    int m_terminations = 0;
};

#endif // ZAPSOCKETFIXTURE_H
