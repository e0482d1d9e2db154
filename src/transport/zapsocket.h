// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_ZAPSOCKET_H
#define QZAP_TRANSPORT_ZAPSOCKET_H

#include "base/problem.h"
#include "protocol/reply.h"
#include "transport/batchbudget.h"
#include "transport/unreadreplies.h"
#include "transport/zapmessage.h"

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <functional>
#include <memory>
#include <vector>

class QZapSocketNotifier;

namespace QZap::Internal {

// Returns whether the context is QZap::defaultContext(), without creating it.
bool isDefaultContext(const void *context);

// The handler's end of ZAP: a ROUTER socket at inproc://zeromq.zap.01 of one context, driven by the
// event loop of the thread that has opened it. The rules of ZMQ_FD are handled here and in
// QZapSocketNotifier.
class ZapSocket
{
public:
    enum class OpenError { None, AddressInUse, ContextUnusable };
    struct Opening
    {
        OpenError error = OpenError::None;
        Problem problem;

        bool isOpen() const { return error == OpenError::None; }
    };

    struct Handler
    {
        // Called with the messages that will be handed out next, to prefetch memory for them.
        std::function<void(const std::vector<ZapMessage> &)> arrived;
        // Called for each message, to answer it at once, or to move it away and answer it later.
        std::function<void(ZapMessage &)> received;
        // Called after each drain. May close the socket and delete this object.
        std::function<void()> drained;
        // Called when the context was terminated; the socket has been closed.
        std::function<void()> terminated;
        // Called if a reply reached nobody: its requester has disconnected, or does not read.
        std::function<void(size_t receipt)> undelivered;
    };

    static bool isUsableContext(void *context);

    // The parent, if any, takes the socket along when it moves to another thread.
    explicit ZapSocket(Handler handler, QObject *parent = nullptr);
    ~ZapSocket();
    Q_DISABLE_COPY_MOVE(ZapSocket)

    [[nodiscard]] Opening open(void *context);
    bool isOpen() const { return m_socket != nullptr; }
    // Hands out up to `limit` messages that have arrived, then unbinds and closes.
    void close(int limit);

    // Called before foreign code that may run an event loop, and after it: that event loop receives
    // requests and sends replies as if no batch was being processed here.
    [[nodiscard]] bool pauseBatch();
    void resumeBatch(bool wasInBatch) { m_inBatch = wasInBatch; }

    // Answers the message, takes it, and wipes the peer's credentials. The replies to a batch are
    // sent before drained() is called.
    void reply(ZapMessage &message, const Reply &reply, size_t receipt);

private:
    enum class ReceiveResult { Received, Empty, Terminated };
    // Gone: the socket was closed meanwhile, or this object deleted.
    enum class HandOutResult { HandedOut, Nothing, Gone };

    void drain();
    void postContinuation();
    // Hands out the messages that have already been received, or else receives up to `limit`
    // messages; adds their number to `count`.
    HandOutResult handOut(int limit, int *count);
    ReceiveResult fillInbox(int limit);
    void groupInbox();
    ReceiveResult receive(ZapMessage::Frames *frames);
    ReceiveResult receiveFrame(void *frame, int *size);
    void sendOrReport(ZapMessage::Frames *frames);
    void reportUndelivered(size_t receipt);
    // Returns false if the requester has disconnected or does not read.
    [[nodiscard]] bool send(ZapMessage::Frames *frames);
    void sendOutbox();
    void discardInbox();
    ZapMessage takeSpare();
    void keepSpare(ZapMessage &message);
    void abandon();

    Handler m_handler;
    QObject *const m_parent;
    void *m_socket = nullptr;
    std::unique_ptr<QZapSocketNotifier> m_notifier;
    // Replies are sent together, so that a peer that the first reply wakes finds the others as
    // well.
    std::vector<ZapMessage> m_inbox;   // the next one is the last
    std::vector<ZapMessage> m_grouped; // empty messages, kept for their memory
    std::vector<ZapMessage> m_outbox;
    std::vector<ZapMessage> m_spares; // to receive into
    bool m_inBatch = false;
    bool m_isContinuationPosted = false;
    UnreadReplies m_unread;
    BatchBudget m_budget;
    bool m_isBusy = false;         // requests arrive faster than they can be answered one by one
    std::shared_ptr<bool> m_alive; // false once this object is destroyed
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_ZAPSOCKET_H
