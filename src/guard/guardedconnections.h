// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_GUARDEDCONNECTIONS_H
#define QZAP_GUARD_GUARDEDCONNECTIONS_H

#include "base/problem.h"
#include "base/singleshottimer.h"
#include "guard/connectiontable.h"
#include "guard/workslices.h"
#include "transport/connectioncutter.h"
#include "transport/guardedsocket.h"
#include "transport/monitorchannel.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qobject.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

class QZapSocketNotifier;

namespace QZap::Internal {

// The connections of a guard's socket: reads the socket's monitor, and ends individual connections.
// Used in the thread of the owner.
//
// Functions with a deadline go beyond it by one step at most, and leave the rest for the event loop
// or the next call. While events are left, it is not certain whose connection a descriptor is: no
// session is added, and no connection is ended.
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
        // A drain that was not finished is finished now.
        std::function<void()> drained;
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

    // Reads the events that have arrived. Returns whether none are left: otherwise, the rest is
    // read from the event loop.
    bool drain(const QDeadlineTimer &deadline);
    // Does so for the duration of a slice.
    bool drain();
    // Returns whether events are left for the event loop.
    bool isDraining() const { return m_isDraining; }
    // Continues after events of the event loop may have been lost.
    void resume();

    enum class Cut {
        Ended,
        NotEnded, // it has ended already, or the descriptor is not certain
        Waiting   // events are left to be read
    };
    // Ends a connection. If the system refuses, tries again after a pause, up to MaximumAttempts
    // times in all.
    [[nodiscard]] Cut cut(int descriptor, const QDeadlineTimer &deadline);
    // Tries again at once to end the connections that the system has refused to end.
    void cutAgain(const QDeadlineTimer &deadline);
    static constexpr int MaximumAttempts = 10;
    void setSlice(WorkSlices::Nanoseconds length);
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

    bool readEvents(const QDeadlineTimer &deadline);
    void continueLater();
    void handle(const MonitorEvent &event);
    void cutHasFailed(int descriptor, quint64 serial);
    [[nodiscard]] Problem attach();
    void detach();
    // Returns whether the events of another monitor are to be read.
    bool reattach();

    QObject *const m_owner;
    const Hooks m_hooks;
    ConnectionTable m_table;
    ConnectionCutter m_cutter;
    std::unique_ptr<MonitorChannel> m_channel;
    std::unique_ptr<QZapSocketNotifier> m_notifier; // destroyed before the channel
    void *m_socket = nullptr;
    bool m_canDisconnect = false;
    bool m_isStopped = false; // the monitor
    std::atomic<bool> m_isDraining{false};
    WorkSlices m_drainSlices;
    int m_endpoints = 0; // that the socket listens on
    qint64 m_cutCount = 0;
    qint64 m_silentCutCount = 0;
    QHash<int, Uncut> m_uncut;                        // by descriptor
    std::deque<std::pair<int, quint64>> m_toCutAgain; // of these, with their serial numbers
    WorkSlices m_cutSlices;
    SingleShotTimer m_retryTimer;
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_GUARDEDCONNECTIONS_H
