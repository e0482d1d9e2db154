// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef REQUESTFRONT_H
#define REQUESTFRONT_H

#include "gatewayoptions.h"
#include "guardedpair.h"
#include "multipart.h"
#include "pendingrequests.h"
#include "requestcounters.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <optional>

// Passes requests of clients to the programs behind the gateway, and their replies back. A client
// is a REQ or DEALER socket, a program a REP, DEALER or ROUTER socket, which receives this:
//
//     number of the request | empty | user id of the client | frames of the request
//
// and answers with the first two frames and those of its reply, as a REP socket does by itself.
// Only the gateway writes the user id: whatever the client sends comes after it.
//
// A request passes if its client is authorized at that moment, and a reply if it still is. While
// the back end takes no requests, none are received: they wait in the queues of the sockets, and
// finally in those of the clients. A request without a reply gets none from the gateway either,
// since the back end may have processed it.
class RequestFront : public QObject
{
    Q_OBJECT

public:
    RequestFront(zmq::context_t &context, QZapAuthenticator *authenticator,
                 const GatewayOptions::Requests &options, QObject *parent = nullptr);
    ~RequestFront() override;

    // Secure the socket before calling listen().
    zmq::socket_ref socket() { return m_sockets.front(); }
    const QZapGuard &guard() const { return m_sockets.guard(); }
    [[nodiscard]] bool listen(QString *errorMessage);
    QString endpoint() const;
    QString backendEndpoint() const;

    // Receives no more requests. drained() follows when those that are pending have been answered.
    void finish();
    const RequestCounters &counters() const { return m_counters; }
    int pendingCount() const { return m_pending.count(); }

Q_SIGNALS:
    void drained();

private:
    enum class Outcome { Done, Nothing, Blocked };

    void forwardRequests();
    [[nodiscard]] Outcome forwardRequest();
    [[nodiscard]] bool isForwarded(Multipart *message, const QZapSession &session);
    void forwardHeld();
    void returnReplies();
    [[nodiscard]] bool returnReply();
    void deliver(const PendingRequests::Request &request, Multipart *reply);
    void forget(const QZapSession &session);
    void removeExpired();
    void update();

    const GatewayOptions::Requests m_options;
    GuardedPair m_sockets;
    std::optional<Multipart> m_held; // a request that the back end could not take
    QZapSession m_heldSession;
    PendingRequests m_pending;
    RequestCounters m_counters;
    QTimer m_expiry;
    bool m_isFinishing = false;
};

#endif // REQUESTFRONT_H
