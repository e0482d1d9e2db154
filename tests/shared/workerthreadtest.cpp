// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "workerthreadtest.h"

#include <QtTest/qtest.h>

void WorkerThreadTest::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_authenticator->setWorkerThread(true);
}

void WorkerThreadTest::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
}
