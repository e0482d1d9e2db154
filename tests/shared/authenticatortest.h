// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef AUTHENTICATORTEST_H
#define AUTHENTICATORTEST_H

#include "filetest.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcredentials.h>

#include <QtCore/qbytearraylist.h>
#include <QtCore/qvariant.h>

#include <zmq.hpp>

#include <memory>

// Base class of tests of authenticators. Each test function gets a new ZeroMQ context and an empty
// directory, and fails on any warning except those of a ConfigurationError.
class AuthenticatorTest : public FileTest
{
    Q_OBJECT

protected Q_SLOTS:
    void init() override;
    void cleanup() override;

protected:
    static QString test() { return QStringLiteral("test"); }

    // Returns the credentials of the user bob, by default with the password "secret".
    static QZapCredentials bob(const QByteArray &password = "secret");
    static QVariantMap bobsMap(const QString &password = QStringLiteral("secret"));
    static bool configurePlain(QZapAuthenticator &authenticator, const QString &domain = test());

    // Returns a raw request of a PLAIN peer of the domain "test".
    static QByteArrayList plain(const QByteArray &user, const QByteArray &password);
    // Returns the status and user id of the reply to a raw request; empty if there is none.
    static QByteArrayList ask(QZapAuthenticator &authenticator, const QByteArrayList &request);
    // Returns the status that the built-in checks would give.
    static QZap::Status evaluate(const QZapAuthenticator &authenticator,
                                 const QZapCredentials &credentials, const QString &domain = test(),
                                 const QString &address = QStringLiteral("127.0.0.1"));

    std::unique_ptr<zmq::context_t> m_context;
};

#endif // AUTHENTICATORTEST_H
