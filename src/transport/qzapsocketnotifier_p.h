// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPSOCKETNOTIFIER_P_H
#define QZAPSOCKETNOTIFIER_P_H

#include <QZap/qzapsocketnotifier.h>

#include <QtCore/qcoreevent.h>

#include <zmq.h>

QT_BEGIN_NAMESPACE
class QSocketNotifier;
QT_END_NAMESPACE

class QZapSocketNotifierPrivate
{
    Q_DECLARE_PUBLIC(QZapSocketNotifier)

public:
    QZapSocketNotifierPrivate(QZapSocketNotifier *q, void *s)
        : q_ptr(q)
        , socket(s)
    { }

    static QZapSocketNotifierPrivate *get(QZapSocketNotifier *notifier)
    {
        return notifier->d_func();
    }
    static QEvent::Type checkEvent()
    {
        static const int type = QEvent::registerEventType();
        return static_cast<QEvent::Type>(type);
    }

    void openDescriptor();
    // Watches the descriptor with the current event dispatcher of the thread.
    void watchDescriptor();
    void activated();
    // Reads the socket's state, which also re-arms the descriptor. Returns false if the socket is
    // unusable.
    bool readState(int *state);
    bool isWanted(int state) const
    {
        return ((state & ZMQ_POLLIN) && enabled) || ((state & ZMQ_POLLOUT) && writeEnabled);
    }
    void check();
    void postCheck();
    // Checks in the next turn, like postCheck(), but without the system calls by which an event
    // wakes the event loop. Must be called from the event loop.
    void continueChecking();
    void stopTimer();
    // Prepares to check in the new thread.
    void changeThread();
    // Posts a check, even if an earlier one was lost.
    void recheck();
    // Like recheck(), but optimized for many calls in one turn.
    void recheckOften();
    void updateDescriptor();

    QZapSocketNotifier *q_ptr;
    void *socket;
    qintptr number = -1;                   // of the descriptor
    QSocketNotifier *descriptor = nullptr; // null while there is no event loop
    bool enabled = true;
    bool writeEnabled = false;
    bool checkPosted = false;
    int timer = 0; // of continueChecking(); 0: none
    bool isCheckOverdue = false;
    unsigned checkRequests = 0; // of recheckOften(), since the last check
    // Set by a slot of readable() that has received all messages, which also re-arms the
    // descriptor, and has since used the socket only with recheck(): the state need not be read
    // again.
    bool isDrained = false;
};

#endif // QZAPSOCKETNOTIFIER_P_H
