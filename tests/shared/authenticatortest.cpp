// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include "logcollector.h"
#include "zapclient.h"

void AuthenticatorTest::init()
{
    FileTest::init();
    expectConfigurationErrors();
    m_context = std::make_unique<zmq::context_t>();
}

void AuthenticatorTest::cleanup()
{
    m_context.reset();
    FileTest::cleanup();
}

QZapCredentials AuthenticatorTest::bob(const QByteArray &password)
{
    return QZapCredentials::plain(QStringLiteral("bob"), password);
}

QVariantMap AuthenticatorTest::bobsMap(const QString &password)
{
    return {{QStringLiteral("bob"), password}};
}

bool AuthenticatorTest::configurePlain(QZapAuthenticator &authenticator, const QString &domain)
{
    return authenticator.configurePlain(domain, bobsMap());
}

QByteArrayList AuthenticatorTest::plain(const QByteArray &user, const QByteArray &password)
{
    return ZapClient::request("PLAIN", {user, password});
}

QByteArrayList AuthenticatorTest::ask(QZapAuthenticator &authenticator,
                                      const QByteArrayList &request)
{
    const QByteArrayList reply = authenticator.handleZapMessage(request).result();
    return reply.isEmpty() ? QByteArrayList() : QByteArrayList{reply.at(2), reply.at(4)};
}

QZap::Status AuthenticatorTest::evaluate(const QZapAuthenticator &authenticator,
                                         const QZapCredentials &credentials, const QString &domain,
                                         const QString &address)
{
    return authenticator.evaluate(domain, address, credentials).status();
}
