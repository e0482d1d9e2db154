// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_ZAPSOCKET_H
#define QZAP_TRANSPORT_ZAPSOCKET_H

#include "protocol/reply.h"
#include "transport/zapmessage.h"

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>

#include <functional>
#include <memory>

class QZapSocketNotifier;

namespace QZap::Internal {

// The handler's end of ZAP: a ROUTER at inproc://zeromq.zap.01 of one context, driven by the event
// loop of the thread that opened it. Every rule of ZMQ_FD is kept here and in QZapSocketNotifier.
class ZapSocket
{
public:
    enum class OpenResult { Opened, AddressInUse, ContextUnusable };

    struct Handler
    {
        // For each message, while draining: reply() may be called, or the message be moved away.
        std::function<void(ZapMessage &)> received;
        // After each drain, when the socket may be closed and this object be deleted.
        std::function<void()> drained;
        // The context was terminated: the socket has been closed.
        std::function<void()> terminated;
    };

    static bool isUsableContext(void *context);

    explicit ZapSocket(Handler handler);
    ~ZapSocket();
    Q_DISABLE_COPY_MOVE(ZapSocket)

    OpenResult open(void *context, QString *errorMessage);
    bool isOpen() const { return m_socket != nullptr; }
    // Hands out up to `limit` messages that have arrived, then unbinds and closes.
    void close(int limit);

    // To be called before somebody else's code runs that may run an event loop: libzmq tells of no
    // request while one is left, and this one would be waited for in vain.
    void prepareForEventLoop();

    // Answers the message, of which only the envelope is used up. A peer that is gone is no error.
    void reply(ZapMessage &message, const Reply &reply);
    // The message's memory serves for another one.
    void reuse(ZapMessage message) { m_spare = std::move(message); }

private:
    enum class ReceiveResult { Received, Empty, Terminated };

    enum class HandOutResult { Emptied, LimitReached, Gone };

    void drain();
    // Up to `limit` messages. Gone: the socket was closed meanwhile, or this object deleted.
    HandOutResult handOut(int limit);
    ReceiveResult receive(ZapMessage &message);
    bool receiveFrame(void *frame, bool *terminated);
    bool sendFrame(QByteArrayView bytes, bool more);
    void abandon();

    Handler m_handler;
    void *m_socket = nullptr;
    std::unique_ptr<QZapSocketNotifier> m_notifier;
    ZapMessage m_spare; // received into; a drain inside a drain finds none and makes its own
    bool m_draining = false;
    std::shared_ptr<bool> m_alive; // false once this object is gone
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_ZAPSOCKET_H
