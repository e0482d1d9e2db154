// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GSSAPITEST_H
#define GSSAPITEST_H

#include "kerberosrealm.h"
#include "peer.h"
#include "server.h"

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

// Base class of tests with Kerberos principals, which use a private KDC. They are skipped if libzmq
// was built without GSSAPI.
class GssapiTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void init();

protected:
    static constexpr int Timeout = 20000; // ms, of a handshake

    static QString domain() { return QStringLiteral("test"); }
    static QString alice() { return KerberosRealm::principal(QStringLiteral("alice")); }
    static QString bob() { return KerberosRealm::principal(QStringLiteral("bob")); }
    static QString serverName()
    {
        return KerberosRealm::principal(QStringLiteral("zmqtest/localhost"));
    }

    // Binds the server and returns the endpoint; empty on failure.
    static QString bind(Server &server);
    static void connect(Peer &peer, const QString &principal, const QString &endpoint);
    // These functions fail the test if the peer is not accepted, or is not kept out.
    static void verifyAccepted(Server &server, Peer &peer, const QString &userId);
    static void verifyKeptOut(Server &server, Peer &peer);

private:
    KerberosRealm m_realm;
};

#endif // GSSAPITEST_H
