// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_GUARDEDCONNECTIONS_H
#define QZAP_GUARD_GUARDEDCONNECTIONS_H

#include "base/problem.h"
#include "guard/connectiontable.h"
#include "transport/connectioncutter.h"
#include "transport/guardedsocket.h"
#include "transport/monitorchannel.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <functional>
#include <memory>
#include <vector>

class QZapSocketNotifier;

namespace QZap::Internal {

// The connections of a guard's socket: reads the socket's monitor, and ends single connections.
// Used in the thread of the owner.
class GuardedConnections
{
public:
    struct Hooks
    {
        // Returns the number of the last session.
        std::function<quint64()> lastSession;
        // A connection has got its session, or lost it.
        ConnectionTable::Observer sessionChanged;
        // The table may have changed.
        std::function<void()> changed;
        // The socket's monitor was taken away.
        std::function<void(const Problem &)> failed;
    };

    GuardedConnections(QObject *owner, Hooks hooks);
    ~GuardedConnections();
    Q_DISABLE_COPY_MOVE(GuardedConnections)

    [[nodiscard]] Problem open(void *socket, const GuardedSocket &properties);
    void close();
    bool isOpen() const { return m_socket != nullptr; }
    bool canDisconnect() const { return m_canDisconnect; }

    // Reads all events that have arrived.
    void drain();
    // Adds a session by the descriptor of its message, if it certainly is on that connection.
    void add(const ConnectionTable::Session &session, int descriptor);
    // Ends a connection. Returns false if it has ended, or the descriptor is not certain. If the
    // system refuses it, it is tried again after a pause, up to MaximumAttempts in all.
    bool cut(int descriptor);
    bool cutSession(quint64 number);
    // Tries again without a pause.
    void cutAgain();
    static constexpr int MaximumAttempts = 10;
    // Count the connections that were ended, and those of them that were silent.
    qint64 cutCount() const { return m_cutCount; }
    qint64 silentCutCount() const { return m_silentCutCount; }

    ConnectionTable &table() { return m_table; }

private:
    // A connection that was to be ended, which the system has refused.
    struct Uncut
    {
        quint64 serial = 0;
        int attempts = 0;
    };

    void handle(const MonitorEvent &event);
    void cutHasFailed(int descriptor, quint64 serial);
    [[nodiscard]] Problem attach();
    void detach();
    void reattach();

    QObject *const m_owner;
    const Hooks m_hooks;
    ConnectionTable m_table;
    ConnectionCutter m_cutter;
    std::unique_ptr<MonitorChannel> m_channel;
    std::unique_ptr<QZapSocketNotifier> m_notifier; // destroyed before the channel
    void *m_socket = nullptr;
    bool m_canDisconnect = false;
    bool m_isStopped = false; // the monitor
    int m_endpoints = 0;      // that the socket listens on
    qint64 m_cutCount = 0;
    qint64 m_silentCutCount = 0;
    QHash<int, Uncut> m_uncut; // by descriptor
    QTimer m_retryTimer;
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_GUARDEDCONNECTIONS_H
