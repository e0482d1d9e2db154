// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PROVIDERTEST_H
#define PROVIDERTEST_H

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapdecision.h>

#include <QtCore/qbytearraylist.h>
#include <QtCore/qfuture.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <zmq.hpp>

#include <functional>
#include <memory>

using Decide = std::function<void(const QZapDecision &)>;

Q_DECLARE_METATYPE(Decide)

// Base class of tests of credentials providers. Each test function gets an authenticator, and a
// provider that is set for the domain "test".
class ProviderTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void init();
    void cleanup();

protected:
    static QString test() { return QStringLiteral("test"); }
    static QZapCredentials bob() { return QZapCredentials::plain(QStringLiteral("bob"), "x"); }
    // Sets the user bob with the password "x".
    void allowBob();
    // Returns the reply to a raw request, by default of the user bob.
    QFuture<QByteArrayList> ask(const QByteArray &mechanism = "PLAIN",
                                const QByteArrayList &credentials = {"bob", "x"},
                                const QByteArray &domain = "test",
                                const QByteArray &address = "127.0.0.1");
    // Returns the status of a reply, "pending" if there is none yet.
    static QByteArray statusOf(const QFuture<QByteArrayList> &future);
    // Calls the function for each decision of the provider.
    void decide(const Decide &function);
    // Defers and keeps each decision.
    void deferAll();

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    QList<QZapDecision> m_decisions; // those that were deferred
};

#endif // PROVIDERTEST_H
