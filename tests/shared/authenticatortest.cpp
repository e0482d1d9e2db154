// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include "logcollector.h"
#include "zapclient.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

void AuthenticatorTest::init()
{
    expectConfigurationErrors();
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
}

void AuthenticatorTest::cleanup()
{
    m_context.reset();
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

QString AuthenticatorTest::write(const QTemporaryDir &directory, const QString &name,
                                 const QByteArray &contents)
{
    QFile file(directory.filePath(name));
    if (!file.open(QIODevice::WriteOnly)
        || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(contents) != contents.size()) {
        qFatal("no file could be written");
    }
    return file.fileName();
}
