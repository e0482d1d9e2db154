// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapsocketmonitor.h>

#include "transport/handshaketracker.h"
#include "transport/monitorchannel.h"
#include "transport/qzapsocketnotifier_p.h"

#include <QtCore/qdebug.h>
#include <QtCore/qpointer.h>

using namespace QZap::Internal;

/*!
    \class QZapSocketMonitor
    \inmodule QZap
    \inheaderfile QZap/QZapSocketMonitor
    \since 0.1
    \brief The QZapSocketMonitor class reports the outcome of a ZeroMQ socket's connections.

    A ZeroMQ socket that is refused by a server does not report that: it sends and receives no
    messages and, if the refusal is definite, never tries again. A socket that has the wrong server
    key tries forever. This class reports both, on the Qt event loop:

    \snippet sockets.cpp monitor

    A connection is first connected() and then either accepted(), refused() or failed(). All but an
    accepted one are followed by disconnected(), and, if the socket tries again, by retrying(). A
    connection attempt that reaches nobody only causes retrying().

    Create the monitor before the socket connects or binds, since earlier events are not reported,
    and delete it before the socket is closed. It works for the sockets of servers as well:
    connected() then reports that a peer has opened a connection. Connections over \c inproc cause
    no events.

    \section1 One Monitor for Each Socket

    A socket has at most one monitor. If the socket already has a QZapSocketMonitor, a second one
    prints a warning and is not \l valid. A monitor that was started by \c zmq_socket_monitor()
    itself, or by cppzmq's \c{zmq::monitor_t}, cannot be detected: libzmq ends it without notice,
    and its reader gets \c ZMQ_EVENT_MONITOR_STOPPED. If no reader is connected to that monitor,
    libzmq blocks, and so does the constructor: stop such a monitor first. In the same way, such a
    monitor replaces this one, which prints a warning and becomes invalid.

    \section1 Threads and Order of Destruction

    The monitor must be created, used and deleted in the thread that uses the socket. It can be
    moved to another thread together with it. Its signals need an event loop there. Events that are
    not read because the event loop is busy are kept in memory, and do not delay the socket. At
    most 64 events are processed before timers and other events.

    The slots of all signals may delete the monitor, and close the socket after that. The monitor
    does not own the socket and never uses it, so it can be deleted at any time. If the socket is
    closed first, the monitor prints a warning when the event loop notices, and becomes invalid.

    libzmq cannot stop a monitor whose socket may have been closed. After the monitor was deleted,
    a thread of the library therefore reads and drops the events until the socket is closed, its
    context is terminated, or another monitor is started on it.

    \sa QZap::setCurveClient, QZap::setPlainClient, QZapSocketNotifier
*/

/*!
    \property QZapSocketMonitor::valid
    \brief whether the socket is monitored

    It is \c false if the monitor could not be started. It becomes \c false when the socket is
    closed, another monitor is started on it, or its context is terminated. After that, no other
    signal is emitted, and \l errorString contains the reason. It never becomes \c true again.
*/

/*!
    \property QZapSocketMonitor::errorString
    \brief why the monitor is not \l valid; empty if it is
*/

/*!
    \fn void QZapSocketMonitor::connected()

    Emitted when a connection is established, and its handshake begins. No credentials have been
    checked, and no messages are exchanged.
*/

/*!
    \fn void QZapSocketMonitor::accepted()

    Emitted when a handshake has succeeded. From now on, messages are exchanged on the connection.
*/

/*!
    \fn void QZapSocketMonitor::refused(QZap::Status status)

    Emitted when the server has answered the handshake with \a status.

    A client is refused with QZap::Status::AuthenticationFailure or QZap::Status::InternalError,
    and never tries again: to try with other credentials, close the socket or disconnect it from the
    endpoint, and connect again. It is not told about QZap::Status::TemporaryError: for that,
    failed() and retrying() are emitted when the server ends the connection.

    On the socket of a server, the signal is emitted for each of these statuses, when the
    authenticator refuses a peer.
*/

/*!
    \fn void QZapSocketMonitor::failed(const QString &reason)

    Emitted when a handshake has failed for a reason other than a refusal. \a reason is a text in
    English about what happened and what to do. It contains nothing that the peer has sent.

    Among the causes are a different mechanism, a different server key, a server that turns the peer
    away for now, a peer that does not answer within \c ZMQ_HANDSHAKE_IVL, and an endpoint that does
    not belong to a compatible ZeroMQ socket. willRetry() says whether the socket tries again.

    On the socket of a server, also emitted if a connection cannot be accepted.
*/

/*!
    \fn void QZapSocketMonitor::disconnected()

    Emitted when a connection has ended, by either side. This includes those that were refused or
    failed, but not those that are ended by \c zmq_disconnect(), \c zmq_unbind() or \c zmq_close()
    on this socket.
*/

/*!
    \fn void QZapSocketMonitor::retrying(int milliseconds)

    Emitted when the socket will try to connect again after \a milliseconds, because no server
    listens at the endpoint or the connection has ended. \c ZMQ_RECONNECT_IVL and
    \c ZMQ_RECONNECT_IVL_MAX determine the time.
*/

/*!
    \fn void QZapSocketMonitor::validChanged(bool valid)

    Emitted when the monitor has become invalid: \a valid is \c false.
*/

class QZapSocketMonitorPrivate
{
    Q_DECLARE_PUBLIC(QZapSocketMonitor)

public:
    explicit QZapSocketMonitorPrivate(QZapSocketMonitor *q);

    void open(void *socket);
    // Emits the signals of a limited number of events.
    void deliver();
    void postDelivery();
    // Returns false if a slot has deleted the monitor.
    [[nodiscard]] bool report(const ConnectionChange &change);
    void end(const QString &reason);

    QZapSocketMonitor *q_ptr;
    MonitorChannel channel;
    std::unique_ptr<QZapSocketNotifier> notifier; // destroyed before the channel
    HandshakeTracker tracker;
    QString errorString;
    bool willRetry = true;
};

namespace {

constexpr int EventsPerTurn = 64; // before other events of the event loop

} // namespace

QZapSocketMonitorPrivate::QZapSocketMonitorPrivate(QZapSocketMonitor *q)
    : q_ptr(q)
    , channel(q, [this] { postDelivery(); })
{ }

void QZapSocketMonitorPrivate::open(void *socket)
{
    Q_Q(QZapSocketMonitor);
    if (const Problem problem = channel.open(socket)) {
        errorString = problem.text();
        qWarning("QZapSocketMonitor: %ls", qUtf16Printable(errorString));
        return;
    }
    // A child, so that it moves to another thread with the monitor.
    notifier = std::make_unique<QZapSocketNotifier>(channel.reader(), q);
    QObject::connect(notifier.get(), &QZapSocketNotifier::readable, q, [this] { deliver(); });
    QObject::connect(notifier.get(), &QZapSocketNotifier::contextTerminated, q,
                     [this] { end(QStringLiteral("the context was terminated")); });
}

void QZapSocketMonitorPrivate::deliver()
{
    for (int i = 0; i < EventsPerTurn; ++i) {
        const std::optional<MonitorEvent> event = channel.receive();
        if (!event)
            return;
        // A slot may run an event loop of its own, and libzmq does not signal further events while
        // some are unread.
        QZapSocketNotifierPrivate::get(notifier.get())->continueChecking();
        if (!report(tracker.interpret(*event)))
            return;
    }
    if (channel.hasReadAhead())
        postDelivery(); // the notifier signals other events
}

void QZapSocketMonitorPrivate::postDelivery()
{
    Q_Q(QZapSocketMonitor);
    QMetaObject::invokeMethod(
        q, [this] { deliver(); }, Qt::QueuedConnection);
}

bool QZapSocketMonitorPrivate::report(const ConnectionChange &change)
{
    Q_Q(QZapSocketMonitor);
    using ChangeKind = ConnectionChange::Kind;
    const QPointer<QZapSocketMonitor> guard(q);
    if (change.kind == ChangeKind::Refused || change.kind == ChangeKind::Failed
        || !change.reason.isEmpty())
        willRetry = !change.isFinal;
    switch (change.kind) {
    case ChangeKind::None:
        break;
    case ChangeKind::Connected:
        Q_EMIT q->connected();
        break;
    case ChangeKind::Accepted:
        Q_EMIT q->accepted();
        break;
    case ChangeKind::Refused:
        Q_EMIT q->refused(change.status);
        break;
    case ChangeKind::Failed:
        Q_EMIT q->failed(change.reason);
        break;
    case ChangeKind::Disconnected:
        if (!change.reason.isEmpty())
            Q_EMIT q->failed(change.reason);
        if (guard)
            Q_EMIT q->disconnected();
        break;
    case ChangeKind::Retrying:
        Q_EMIT q->retrying(change.milliseconds);
        break;
    case ChangeKind::MonitorStopped: {
        const QString reason = QStringLiteral(
            "the socket was closed, or another monitor was started on it, which replaces this one. "
            "Delete this object before closing the socket, and use one monitor for each socket");
        qWarning("QZapSocketMonitor: %ls", qUtf16Printable(reason));
        end(reason);
        break;
    }
    }
    return guard && q->isValid();
}

void QZapSocketMonitorPrivate::end(const QString &reason)
{
    Q_Q(QZapSocketMonitor);
    notifier.reset(); // before its socket
    channel.close();
    errorString = reason;
    Q_EMIT q->validChanged(false);
}

/*!
    Constructs a monitor with \a parent for \a socket, a ZeroMQ socket's handle, and starts it.

    If the handle is not an open socket, the socket already has a QZapSocketMonitor, or there are no
    descriptors or threads left, a warning is printed, and the monitor is not \l valid.
*/
QZapSocketMonitor::QZapSocketMonitor(void *socket, QObject *parent)
    : QObject(parent)
    , d_ptr(std::make_unique<QZapSocketMonitorPrivate>(this))
{
    d_ptr->open(socket);
}

/*!
    \fn template <typename S> QZapSocketMonitor::QZapSocketMonitor(S &&socket, QObject *parent)

    Constructs a monitor with \a parent for \a socket, anything that has cppzmq's \c handle(): a
    \c{zmq::socket_t} or \c{zmq::socket_ref}.
*/

/*!
    Destroys the monitor. The socket remains open. Events that were not reported are dropped.
*/
QZapSocketMonitor::~QZapSocketMonitor() = default;

bool QZapSocketMonitor::isValid() const
{
    Q_D(const QZapSocketMonitor);
    return d->notifier != nullptr;
}

QString QZapSocketMonitor::errorString() const
{
    Q_D(const QZapSocketMonitor);
    return d->errorString;
}

/*!
    Returns whether libzmq tries again by itself after the last connection that was refused or
    failed; \c true if there was none.

    Call it in a slot of refused() or failed(). If it returns \c false, the socket remains idle
    until it is disconnected from the endpoint and connected again. For a server's socket, which
    does not connect, the result has no meaning. A \c ZMQ_RECONNECT_IVL of -1, with which a socket
    never tries again, is not considered.
*/
bool QZapSocketMonitor::willRetry() const
{
    Q_D(const QZapSocketMonitor);
    return d->willRetry;
}
