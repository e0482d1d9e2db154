// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LOCKOUTTEST_H
#define LOCKOUTTEST_H

#include "authenticatortest.h"

#include <QZap/qzaplockout.h>

#include <memory>

// Base class of tests of QZapLockout. Each test function gets a stopped authenticator that knows
// bob, and locks an address out after three failures.
class LockoutTest : public AuthenticatorTest
{
    Q_OBJECT

protected Q_SLOTS:
    void init() override;
    void cleanup() override;

protected:
    QZapLockout &lockout() { return *m_authenticator->lockout(); }
    // Returns the status of the answer to a raw request, without running an event loop.
    QByteArray ask(const QByteArray &password, const QByteArray &address = "10.0.0.1");
    void lock(const QByteArray &address = "10.0.0.1");

    std::unique_ptr<QZapAuthenticator> m_authenticator;
};

#endif // LOCKOUTTEST_H
