// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "lockouttest.h"

#include "zapclient.h"

#include <QtTest/qtest.h>

void LockoutTest::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    QVERIFY(configurePlain(*m_authenticator));
    lockout().setMaximumFailures(3);
    lockout().setEnabled(true);
}

void LockoutTest::cleanup()
{
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

QByteArray LockoutTest::ask(const QByteArray &password, const QByteArray &address)
{
    const QByteArrayList request = ZapClient::request("PLAIN", {"bob", password}, "test", address);
    return m_authenticator->handleZapMessage(request).result().value(2);
}

void LockoutTest::lock(const QByteArray &address)
{
    for (int i = 1; i <= lockout().maximumFailures(); ++i)
        QCOMPARE(ask(QByteArray::number(i), address), QByteArray("400"));
    QCOMPARE(ask("0", address), QByteArray("000"));
}
