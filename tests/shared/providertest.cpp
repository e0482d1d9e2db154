// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "providertest.h"

#include "logcollector.h"
#include "zapclient.h"

#include <QtTest/qtest.h>

void ProviderTest::init()
{
    expectConfigurationErrors();
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapCredentialsProvider>();
    QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
}

void ProviderTest::cleanup()
{
    m_decisions.clear();
    m_authenticator.reset();
    m_provider.reset();
    m_context.reset();
}

void ProviderTest::allowBob()
{
    QVERIFY(
        m_authenticator->configurePlain(test(), {{QStringLiteral("bob"), QStringLiteral("x")}}));
}

QFuture<QByteArrayList> ProviderTest::ask(const QByteArray &mechanism,
                                          const QByteArrayList &credentials,
                                          const QByteArray &domain, const QByteArray &address)
{
    return m_authenticator->handleZapMessage(
        ZapClient::request(mechanism, credentials, domain, address));
}

QByteArray ProviderTest::statusOf(const QFuture<QByteArrayList> &future)
{
    return future.isFinished() ? future.result().value(2) : QByteArray("pending");
}

void ProviderTest::decide(const Decide &function)
{
    connect(m_provider.get(), &QZapCredentialsProvider::authenticating, this, function);
}

void ProviderTest::deferAll()
{
    decide([this](const QZapDecision &decision) {
        decision.defer();
        m_decisions.append(decision);
    });
}
