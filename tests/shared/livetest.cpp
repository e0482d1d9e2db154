// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "livetest.h"

#include "zapclient.h"

void LiveTest::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
}

void LiveTest::cleanup()
{
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

bool LiveTest::isAccepted(const QZapCertificate &certificate) const
{
    return evaluate(*m_authenticator, QZapCredentials::curve(certificate.publicKey()))
           == QZap::Status::Success;
}

QFuture<QByteArrayList> LiveTest::ask(const QByteArray &mechanism,
                                      const QByteArrayList &credentials)
{
    return m_authenticator->handleZapMessage(ZapClient::request(mechanism, credentials));
}
