// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GUARDEDPAIR_H
#define GUARDEDPAIR_H

#include <QZap/QZapGuard>
#include <QZap/QZapSocketNotifier>

#include <zmq.hpp>

#include <memory>

// A socket for clients, which a guard watches, and one for the programs behind the gateway.
class GuardedPair
{
public:
    static constexpr int MaximumBatch = 64; // other events are processed between batches
    struct Options
    {
        zmq::socket_type front;
        zmq::socket_type back;
        int highWaterMark;
        int maximumMessageSize; // from clients, in bytes
        int linger;             // in milliseconds
    };

    GuardedPair(zmq::context_t &context, QZapAuthenticator *authenticator, const Options &options);
    ~GuardedPair();
    Q_DISABLE_COPY_MOVE(GuardedPair)

    zmq::socket_t &front() { return m_front; }
    zmq::socket_t &back() { return m_back; }
    QZapGuard &guard() { return m_guard; }
    const QZapGuard &guard() const { return m_guard; }

    // Lets the guard watch the socket for clients, which must be secured before and bound after it.
    [[nodiscard]] bool watch(QString *errorMessage);
    // Binds both sockets and creates their notifiers.
    [[nodiscard]] bool listen(const QString &endpoint, const QString &backend,
                              QString *errorMessage);
    QString endpoint() const;
    QString backendEndpoint() const;
    // Null unless the sockets are bound.
    QZapSocketNotifier *frontNotifier() const { return m_frontNotifier.get(); }
    QZapSocketNotifier *backNotifier() const { return m_backNotifier.get(); }

    void close();

private:
    zmq::socket_t m_front;
    zmq::socket_t m_back;
    QZapGuard m_guard; // destroyed before the socket
    std::unique_ptr<QZapSocketNotifier> m_frontNotifier;
    std::unique_ptr<QZapSocketNotifier> m_backNotifier;
};

#endif // GUARDEDPAIR_H
