// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_MONITORCHANNEL_H
#define QZAP_TRANSPORT_MONITORCHANNEL_H

#include "base/problem.h"
#include "transport/handshaketracker.h"

#include <QtCore/qglobal.h>

#include <deque>
#include <functional>
#include <optional>

QT_FORWARD_DECLARE_CLASS(QObject)

namespace QZap::Internal {

// The monitor of a socket, and the socket that its events are read from. A socket has one monitor:
// a channel refuses a socket that another channel monitors in the same thread, since libzmq would
// replace the other monitor. A monitor that was started without a channel cannot be detected, and
// is replaced.
//
// Used in the socket's thread. The socket may be closed before the channel.
class MonitorChannel
{
public:
    // `owner` is the object whose thread uses the channel. `wake` is called if events were read
    // ahead, and must cause them to be received later.
    MonitorChannel(const QObject *owner, std::function<void()> wake);
    ~MonitorChannel();
    Q_DISABLE_COPY_MOVE(MonitorChannel)

    enum class Events { All, OfServers };
    [[nodiscard]] Problem open(void *socket, Events events = Events::All);
    // Leaves the reader to MonitorDrain if the monitor has not been stopped. Neither waits nor uses
    // the socket, which may have been closed and released.
    void close();

    // What an event of a server's socket is about.
    enum class Kind { Other, Listening, Closed, Accepted, Disconnected, Stopped };
    [[nodiscard]] static Kind kindOf(const MonitorEvent &event);

    // Returns the socket to watch; null if the channel is closed.
    void *reader() const { return m_reader; }
    // Returns the next event, if there is one. The last event is ZMQ_EVENT_MONITOR_STOPPED, when
    // the socket is closed or the monitor is replaced.
    [[nodiscard]] std::optional<MonitorEvent> receive();
    bool hasReadAhead() const { return !m_ahead.empty(); }

private:
    std::optional<MonitorEvent> read();
    // Returns whether this channel belongs to the current thread and its monitor has not been
    // stopped. If it has been, libzmq may have reused the memory of the socket, and for a socket of
    // another thread that cannot be determined. Reads all events that have arrived. The caller must
    // have locked the table of channels.
    bool isActiveHere();
    [[nodiscard]] Problem start(void *socket, void *context, int events);
    void forget();

    const QObject *m_owner;
    std::function<void()> m_wake;
    void *m_reader = nullptr;
    void *m_socket = nullptr; // identifies the channel; null once its monitor was stopped
    std::deque<MonitorEvent> m_ahead;
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_MONITORCHANNEL_H
