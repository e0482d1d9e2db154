// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/qzapsocketnotifier_p.h"

#include "base/eventloopwatch.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qpointer.h>
#include <QtCore/qsocketnotifier.h>

#include <zmq.h>

#include <cerrno>
#include <utility>

/*!
    \class QZapSocketNotifier
    \inmodule QZap
    \inheaderfile QZap/QZapSocketNotifier
    \brief The QZapSocketNotifier class watches a ZeroMQ socket on the Qt event loop.

    The file descriptor of \c ZMQ_FD cannot be used with QSocketNotifier directly: it becomes
    readable only when the socket's state \e changes, sending and receiving can reset it, and it
    remains readable until \c ZMQ_EVENTS is read. This class handles these rules, so that its
    signals report the state of the socket:

    \snippet sockets.cpp notifier

    readable() is emitted in each turn of the event loop while there is a message to receive: a slot
    may receive one message, all or none. Receive in batches of limited size, so that timers and
    other events are processed between them.

    The user of the class must:
    \list
    \li Call recheck() after sending, receiving, binding or connecting outside of the slots of
        readable() and writable(), and in such a slot before it runs an event loop of its own: each
        of these calls can reset the descriptor although a message has arrived.
    \li Delete the notifier before closing the socket, since the number of its descriptor can be
        reused at once.
    \li Close the socket when contextTerminated() is emitted.
    \endlist

    The notifier lives in the thread that uses the socket. It does not own the socket and never
    sends or receives. An idle socket causes no wake-ups.
*/

/*!
    \property QZapSocketNotifier::enabled
    \brief whether readable() is emitted

    Default: \c true. A message that arrives while it is \c false is reported when it is set to
    \c true again.
*/

/*!
    \property QZapSocketNotifier::writeEnabled
    \brief whether writable() is emitted

    Default: \c false, since a socket is usually writable: enable it after a send that would have
    blocked, and disable it after one that did not.
*/

/*!
    \fn void QZapSocketNotifier::readable()

    Emitted in each turn of the event loop while the socket has a message to receive and \l enabled
    is \c true. The slot may delete the notifier and close the socket.
*/

/*!
    \fn void QZapSocketNotifier::writable()

    Emitted in each turn of the event loop while a message can be sent and \l writeEnabled is
    \c true. The slot may delete the notifier and close the socket.
*/

/*!
    \fn void QZapSocketNotifier::contextTerminated()

    Emitted once when the socket's context is terminated or shut down, or when the socket is found
    to be invalid. Delete the notifier and close the socket: \c zmq_ctx_term() waits for it. No
    other signal is emitted afterwards.
*/

/*!
    Constructs a notifier for \a socket, a ZeroMQ socket's handle, with \a parent. It is enabled,
    and messages that have arrived before are reported in the next turn of the event loop.

    If the handle is not an open socket, a warning is printed, and the notifier never emits a
    signal.
*/
QZapSocketNotifier::QZapSocketNotifier(void *socket, QObject *parent)
    : QObject(parent)
    , d_ptr(std::make_unique<QZapSocketNotifierPrivate>(this, socket))
{
    d_ptr->openDescriptor();
}

/*!
    \fn template <typename S> QZapSocketNotifier::QZapSocketNotifier(S &&socket, QObject *parent)

    Constructs a notifier for \a socket, anything that has cppzmq's \c handle(): a
    \c{zmq::socket_t} or \c{zmq::socket_ref}, with \a parent.
*/

/*!
    Destroys the notifier. The socket remains open.
*/
QZapSocketNotifier::~QZapSocketNotifier() = default;

bool QZapSocketNotifier::isEnabled() const
{
    Q_D(const QZapSocketNotifier);
    return d->enabled;
}

void QZapSocketNotifier::setEnabled(bool enabled)
{
    Q_D(QZapSocketNotifier);
    if (d->enabled == enabled)
        return;
    d->enabled = enabled;
    d->updateDescriptor();
}

bool QZapSocketNotifier::isWriteEnabled() const
{
    Q_D(const QZapSocketNotifier);
    return d->writeEnabled;
}

void QZapSocketNotifier::setWriteEnabled(bool enabled)
{
    Q_D(QZapSocketNotifier);
    if (d->writeEnabled == enabled)
        return;
    d->writeEnabled = enabled;
    d->updateDescriptor();
}

/*!
    Checks the socket's state again in the next turn of the event loop.

    Call it after a send, receive, bind or connect outside of the slots of readable() and
    writable(). Several calls in one turn cause one check. It also works for a notifier whose events
    were lost, for example by QCoreApplication::removePostedEvents() or an event filter.
*/
void QZapSocketNotifier::recheck()
{
    Q_D(QZapSocketNotifier);
    d->recheck();
}

/*!
    \reimp
*/
bool QZapSocketNotifier::event(QEvent *event)
{
    Q_D(QZapSocketNotifier);
    if (event->type() == QZapSocketNotifierPrivate::checkEvent()) {
        d->checkPosted = false;
        d->checkRequests = 0;
        if (d->timer == 0)
            d->check(); // last: a slot may delete this object
        return true;
    }
    if (event->type() == QEvent::Timer
        && static_cast<QTimerEvent *>(event)->timerId() == d->timer) {
        d->stopTimer();
        d->check(); // last
        return true;
    }
    if (event->type() == QEvent::ThreadChange)
        d->changeThread();
    return QObject::event(event);
}

void QZapSocketNotifierPrivate::openDescriptor()
{
    Q_Q(QZapSocketNotifier);
    zmq_fd_t fd = {};
    size_t size = sizeof fd;
    if (!socket || zmq_getsockopt(socket, ZMQ_FD, &fd, &size) != 0) {
        qWarning("QZapSocketNotifier: the socket cannot be watched: %s",
                 socket ? zmq_strerror(zmq_errno()) : "it is null");
        enabled = false;
        socket = nullptr;
        return;
    }
    if (!QAbstractEventDispatcher::instance(q->thread())) {
        qWarning(
            "QZapSocketNotifier: the thread has no Qt event loop, so no signals are emitted: use "
            "the notifier in a QThread or after QCoreApplication is constructed");
    }
    number = static_cast<qintptr>(fd);
    watchDescriptor();
    const auto resume = [this] {
        if (!socket)
            return;
        watchDescriptor();
        recheck();
    };
    new QZap::Internal::EventLoopWatch(q, {resume, [this](const QObject *) { stopTimer(); }});
}

void QZapSocketNotifierPrivate::watchDescriptor()
{
    Q_Q(QZapSocketNotifier);
    delete descriptor;
    descriptor = nullptr;
    // Without a dispatcher, Qt would print a warning.
    if (QAbstractEventDispatcher::instance(q->thread())) {
        descriptor = new QSocketNotifier(number, QSocketNotifier::Read, q);
        descriptor->setEnabled(enabled || writeEnabled);
        QObject::connect(descriptor, &QSocketNotifier::activated, q, [this] { activated(); });
    }
    postCheck(); // earlier messages made the descriptor readable before it was watched
}

void QZapSocketNotifierPrivate::activated()
{
    // A pending check of this turn is not repeated. A posted check that has not been delivered by
    // the next turn is lost.
    if (timer != 0 || (checkPosted && !std::exchange(isCheckOverdue, true)))
        return;
    checkPosted = false;
    check();
}

bool QZapSocketNotifierPrivate::readState(int *state)
{
    size_t size = sizeof *state;
    if (zmq_getsockopt(socket, ZMQ_EVENTS, state, &size) == 0)
        return true;
    *state = 0;
    if (zmq_errno() == EINTR) {
        postCheck();
        return true;
    }
    return false;
}

void QZapSocketNotifierPrivate::check()
{
    Q_Q(QZapSocketNotifier);
    if (!socket || (!enabled && !writeEnabled))
        return;
    const QPointer<QZapSocketNotifier> guard(q);
    int state = 0;
    bool usable = readState(&state);
    if (usable && isWanted(state)) {
        isDrained = false;
        if ((state & ZMQ_POLLIN) && enabled) {
            Q_EMIT q->readable();
            if (!guard)
                return;
        }
        if ((state & ZMQ_POLLOUT) && writeEnabled) {
            Q_EMIT q->writable();
            if (!guard)
                return;
        }
        if (checkPosted || timer != 0 || (isDrained && !writeEnabled))
            return;
        usable = readState(&state);
        if (usable && isWanted(state))
            continueChecking();
    }
    if (!usable) {
        if (descriptor)
            descriptor->setEnabled(false);
        socket = nullptr;
        Q_EMIT q->contextTerminated();
    }
}

void QZapSocketNotifierPrivate::postCheck()
{
    Q_Q(QZapSocketNotifier);
    if (checkPosted || timer != 0 || !socket)
        return;
    checkPosted = true;
    isCheckOverdue = false;
    QCoreApplication::postEvent(q, new QEvent(checkEvent()));
}

// Starts a new timer for each turn: Qt does not let a timer time out in an event loop that runs in
// its own handler.
void QZapSocketNotifierPrivate::continueChecking()
{
    Q_Q(QZapSocketNotifier);
    if (!QAbstractEventDispatcher::instance())
        postCheck();
    else if (timer == 0)
        timer = q->startTimer(0);
}

void QZapSocketNotifierPrivate::stopTimer()
{
    Q_Q(QZapSocketNotifier);
    if (timer != 0)
        q->killTimer(std::exchange(timer, 0));
}

// Stops the timer: Qt would start it in the new thread, even if it was stopped meanwhile. Posted
// events move with the object.
void QZapSocketNotifierPrivate::changeThread()
{
    if (timer == 0)
        return;
    stopTimer();
    postCheck();
}

void QZapSocketNotifierPrivate::recheck()
{
    Q_Q(QZapSocketNotifier);
    if (std::exchange(checkPosted, false))
        QCoreApplication::removePostedEvents(q, checkEvent());
    postCheck();
}

void QZapSocketNotifierPrivate::recheckOften()
{
    // Removing an event searches all posted events, so this is done only after 1, 2, 4, 8, ...
    // calls.
    ++checkRequests;
    const bool isPowerOfTwo = (checkRequests & (checkRequests - 1)) == 0;
    if (!checkPosted || isPowerOfTwo)
        recheck();
}

void QZapSocketNotifierPrivate::updateDescriptor()
{
    if (!socket)
        return;
    // The socket's state is no longer read, so the descriptor would remain readable and wake the
    // event loop forever.
    if (descriptor)
        descriptor->setEnabled(enabled || writeEnabled);
    postCheck();
}
