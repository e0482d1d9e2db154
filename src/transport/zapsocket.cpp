// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/zapsocket.h"

#include "base/bytehash.h"
#include "base/clock.h"
#include "base/systemreserve.h"
#include "protocol/request.h"
#include "transport/qzapsocketnotifier_p.h"
#include "transport/zapmessage_p.h"

#include <QtCore/qelapsedtimer.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace QZap::Internal {

namespace {

constexpr char Endpoint[] = "inproc://zeromq.zap.01"; // RFC 27
// The number of messages that are received and answered together: a larger batch wakes each peer
// less often. A batch that takes longer delays timers.
constexpr int MaximumBatch = 128;
constexpr std::chrono::microseconds BatchTime{120};
// The number of unread replies of a requester, in addition to its own high-water mark. libzmq's own
// requesters have one outstanding request.
constexpr int MaximumUnread = 1000;

QString lastError()
{
    return QString::fromUtf8(zmq_strerror(zmq_errno()));
}

Result<void *> makeSocket(void *context)
{
    if (!context) {
        return Problem(QStringLiteral("The ZeroMQ context cannot be created: raise the limit of "
                                      "open files (ulimit -n), or close files"));
    }
    // The first socket of a context starts its threads, each with a mailbox and a poller, and makes
    // a mailbox of its own.
    const int threads = 1 + std::max(0, zmq_ctx_get(context, ZMQ_IO_THREADS));
    if (const Problem problem = systemReserveProblem(2 * threads + 1, threads))
        return problem.within(QStringLiteral("The ZAP socket cannot be created: "));
    if (void *const socket = zmq_socket(context, ZMQ_ROUTER))
        return socket;
    if (zmq_errno() == EMFILE) {
        return Problem(
            QStringLiteral("The ZAP socket cannot be created: the ZeroMQ context has reached its "
                           "limit of sockets, or the process that of open files; raise "
                           "ZMQ_MAX_SOCKETS or ulimit -n, or close sockets"));
    }
    return Problem(QStringLiteral("The ZeroMQ context cannot be used: ") + lastError());
}

} // namespace

bool ZapSocket::isUsableContext(void *context)
{
    return context && zmq_ctx_get(context, ZMQ_IO_THREADS) >= 0;
}

ZapSocket::ZapSocket(Handler handler, QObject *parent)
    : m_handler(std::move(handler))
    , m_parent(parent)
    , m_budget(BatchTime, MaximumBatch)
    , m_alive(std::make_shared<bool>(true))
{ }

ZapSocket::~ZapSocket()
{
    *m_alive = false;
    close(0);
}

ZapSocket::Opening ZapSocket::open(void *context)
{
    const Result<void *> made = makeSocket(context);
    if (!made)
        return {OpenError::ContextUnusable, made.problem()};
    void *const socket = *made;
    const auto set = [socket](int option, int value) {
        return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
    };
    // With MANDATORY, sending to a peer that has disconnected or does not read fails. No request is
    // ever dropped, and closing does not wait for peers that do not read.
    const bool configured = set(ZMQ_ROUTER_MANDATORY, 1) && set(ZMQ_SNDHWM, MaximumUnread)
                            && set(ZMQ_RCVHWM, 0) && set(ZMQ_LINGER, 0);
    if (!configured || zmq_bind(socket, Endpoint) != 0) {
        Opening failure;
        if (zmq_errno() == EADDRINUSE) {
            failure = {OpenError::AddressInUse,
                       QStringLiteral("Another ZAP handler is bound to %1 in the ZeroMQ context: "
                                      "stop it, or give each a context of its own")
                           .arg(QLatin1StringView(Endpoint))};
        } else {
            failure = {OpenError::ContextUnusable,
                       QStringLiteral("The ZAP socket cannot be bound: ") + lastError()};
        }
        zmq_close(socket);
        return failure;
    }
    m_socket = socket;
    m_isContinuationPosted = false;
    m_notifier = std::make_unique<QZapSocketNotifier>(socket, m_parent);
    QObject::connect(m_notifier.get(), &QZapSocketNotifier::readable, m_notifier.get(),
                     [this] { drain(); });
    QObject::connect(m_notifier.get(), &QZapSocketNotifier::contextTerminated, m_notifier.get(),
                     [this] { abandon(); });
    return {};
}

void ZapSocket::close(int limit)
{
    if (!m_socket)
        return;
    HandOutResult result = HandOutResult::HandedOut;
    for (int count = 0; result == HandOutResult::HandedOut && count < limit;)
        result = handOut(std::min(limit - count, MaximumBatch), &count);
    if (result == HandOutResult::Gone)
        return;
    m_notifier.reset(); // first: the descriptor's number can be reused at once
    sendOutbox();
    discardInbox();
    // Without this, a subsequent bind fails until the I/O thread has caught up.
    zmq_unbind(m_socket, Endpoint);
    zmq_close(m_socket);
    m_socket = nullptr;
}

bool ZapSocket::pauseBatch()
{
    if (m_inBatch && m_notifier) {
        sendOutbox();
        // libzmq does not signal further requests while one is unread.
        m_notifier->recheck();
        postContinuation();
    }
    return std::exchange(m_inBatch, false);
}

// Continues with requests that have already been received, which libzmq does not signal.
void ZapSocket::postContinuation()
{
    if (m_inbox.empty() || std::exchange(m_isContinuationPosted, true))
        return;
    QMetaObject::invokeMethod(
        m_notifier.get(),
        [this] {
            m_isContinuationPosted = false;
            if (!m_inbox.empty())
                drain();
        },
        Qt::QueuedConnection);
}

void ZapSocket::reply(ZapMessage &message, const Reply &reply, size_t receipt)
{
    const bool canBeSent = m_socket && message.request().count() > RequestFrames::RequestId;
    if (canBeSent)
        message.m_frames->setReply(reply); // the reply may refer to data that is wiped next
    message.wipeCredentials();
    if (!canBeSent) {
        reportUndelivered(receipt);
        keepSpare(message);
        return;
    }
    message.m_frames->receipt = receipt;
    if (m_inBatch) {
        m_outbox.push_back(std::move(message));
        return;
    }
    // Sending consumes the descriptor's signal, including that of a request that has arrived
    // meanwhile.
    QZapSocketNotifierPrivate::get(m_notifier.get())->recheckOften();
    sendOrReport(message.m_frames.get());
    keepSpare(message);
}

void ZapSocket::drain()
{
    const std::shared_ptr<bool> alive = m_alive;
    m_isContinuationPosted = false; // the event may have been lost
    const int limit = m_budget.limit();
    HandOutResult result = HandOutResult::HandedOut;
    int count = 0;
    // A single request is answered before the socket is checked for another.
    if (!std::exchange(m_isBusy, false))
        result = handOut(1, &count);
    QElapsedTimer clock;
    clock.start();
    for (count = 0; result == HandOutResult::HandedOut && count < limit;)
        result = handOut(limit - count, &count);
    if (result == HandOutResult::Gone)
        return;
    m_isBusy = count > 1 || result == HandOutResult::HandedOut;
    QZapSocketNotifierPrivate::get(m_notifier.get())->isDrained = result == HandOutResult::Nothing;
    // The handler may run an event loop of its own, and libzmq does not signal further requests
    // while some are unread.
    if (result == HandOutResult::HandedOut)
        QZapSocketNotifierPrivate::get(m_notifier.get())->continueChecking();
    m_handler.drained();
    if (*alive)
        m_budget.add(count, std::chrono::nanoseconds(clock.nsecsElapsed()));
}

ZapSocket::HandOutResult ZapSocket::handOut(int limit, int *count)
{
    // The replies and requests of a paused batch come first.
    sendOutbox();
    if (m_inbox.empty()) {
        if (fillInbox(limit) == ReceiveResult::Terminated) {
            abandon();
            return HandOutResult::Gone;
        }
        if (m_inbox.empty())
            return HandOutResult::Nothing;
        if (m_inbox.size() > 1 && m_handler.arrived)
            m_handler.arrived(m_inbox);
    }
    const std::shared_ptr<bool> alive = m_alive;
    const bool wasInBatch = std::exchange(m_inBatch, true);
    while (!m_inbox.empty()) {
        ZapMessage message = std::move(m_inbox.back());
        m_inbox.pop_back();
        ++*count;
        m_handler.received(message);
        if (!*alive)
            return HandOutResult::Gone;
    }
    m_inBatch = wasInBatch;
    if (!m_socket)
        return HandOutResult::Gone;
    sendOutbox();
    return HandOutResult::HandedOut;
}

ZapSocket::ReceiveResult ZapSocket::fillInbox(int limit)
{
    ReceiveResult result = ReceiveResult::Received;
    while (limit-- > 0) {
        ZapMessage message = takeSpare();
        result = receive(message.m_frames.get());
        if (result != ReceiveResult::Received) {
            keepSpare(message);
            break;
        }
        m_inbox.push_back(std::move(message));
    }
    if (!m_inbox.empty()) {
        const qint64 now = Clock::steady();
        for (const ZapMessage &message : m_inbox)
            message.m_frames->received = now;
    }
    groupInbox();
    return result;
}

// Groups the requests of each peer, in the order of the first ones, so that a peer is woken once
// for all of its replies. The order of peers with one request each, such as libzmq's, does not
// change.
void ZapSocket::groupInbox()
{
    std::array<size_t, MaximumBatch> peers; // in the order of their first messages
    // At first, the number of messages of the previous peer; then the position of the next message.
    std::array<size_t, MaximumBatch + 1> positions = {};
    size_t count = 0;
    for (const ZapMessage &message : m_inbox) {
        ZapMessage::Frames &frames = *message.m_frames;
        auto *const seen = peers.data() + count;
        auto *const known = std::find(peers.data(), seen, frames.peer);
        if (known == seen)
            peers[count++] = frames.peer;
        frames.peer = static_cast<size_t>(known - peers.data());
        ++positions[frames.peer + 1];
    }
    if (count <= 1 || count == m_inbox.size()) {
        std::reverse(m_inbox.begin(), m_inbox.end());
        return;
    }
    for (size_t i = 1; i < count; ++i)
        positions[i] += positions[i - 1];
    m_grouped.resize(m_inbox.size());
    for (ZapMessage &message : m_inbox)
        m_grouped[m_inbox.size() - 1 - positions[message.m_frames->peer]++] = std::move(message);
    m_inbox.swap(m_grouped);
}

ZapSocket::ReceiveResult ZapSocket::receive(ZapMessage::Frames *frames)
{
    frames->total = 0;

    zmq::message_t surplus;
    int surplusSize = 0;
    std::array<int, ZapMessage::Frames::Limit> sizes;
    bool more = true;
    while (more) {
        zmq::message_t *frame = &surplus;
        int *size = &surplusSize;
        if (frames->total < ZapMessage::Frames::Limit) {
            if (frames->total == frames->messages.size())
                frames->messages.emplace_back();
            frame = &frames->messages[frames->total];
            size = &sizes[frames->total];
        }
        const ReceiveResult result = receiveFrame(frame->handle(), size);
        if (result != ReceiveResult::Received)
            return result;
        ++frames->total;
        more = frame->more();
    }
    frames->setViews(sizes.data());
    frames->peer = hashBytes(frames->views.front(), 0);
    frames->request = findRequest(frames->views.data(), static_cast<qsizetype>(frames->kept));
    return ReceiveResult::Received;
}

ZapSocket::ReceiveResult ZapSocket::receiveFrame(void *frame, int *size)
{
    for (;;) {
        *size = zmq_msg_recv(static_cast<zmq_msg_t *>(frame), m_socket, ZMQ_DONTWAIT);
        if (*size >= 0)
            return ReceiveResult::Received;
        if (zmq_errno() != EINTR)
            return zmq_errno() == EAGAIN ? ReceiveResult::Empty : ReceiveResult::Terminated;
    }
}

void ZapSocket::sendOrReport(ZapMessage::Frames *frames)
{
    if (!send(frames))
        reportUndelivered(frames->receipt);
}

void ZapSocket::reportUndelivered(size_t receipt)
{
    if (m_handler.undelivered)
        m_handler.undelivered(receipt);
}

// Envelope, delimiter and request id are sent back unchanged, with the version of the reply.
bool ZapSocket::send(ZapMessage::Frames *frames)
{
    if (m_unread.isFull(frames->views.front()))
        return false;
    // The delimiter, if there is one: libzmq frees no later frame of a reply with an invalid
    // status.
    const auto delimiter = static_cast<size_t>(frames->request) - 1;
    m_unread.add(frames->views.front(),
                 delimiter > 0 ? &frames->messages[delimiter] : &frames->reply.back());
    const auto sendFrame = [this](zmq::message_t *frame, bool more) {
        const int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
        while (zmq_msg_send(frame->handle(), m_socket, flags) < 0) {
            if (zmq_errno() != EINTR)
                return false; // the first frame fails: EHOSTUNREACH, or EAGAIN if the peer does not
                              // read
        }
        return true;
    };
    for (qsizetype i = 0; i < frames->request + 2; ++i) {
        if (!sendFrame(&frames->messages[static_cast<size_t>(i)], true))
            return false;
    }
    for (zmq::message_t &frame : frames->reply) {
        if (!sendFrame(&frame, &frame != &frames->reply.back()))
            return false;
    }
    return true;
}

void ZapSocket::sendOutbox()
{
    for (ZapMessage &message : m_outbox) {
        sendOrReport(message.m_frames.get());
        keepSpare(message);
    }
    m_outbox.clear();
}

void ZapSocket::discardInbox()
{
    for (ZapMessage &message : m_inbox)
        message.wipeCredentials();
    m_inbox.clear();
}

ZapMessage ZapSocket::takeSpare()
{
    ZapMessage message;
    if (m_spares.empty()) {
        message.m_frames.reset(new ZapMessage::Frames);
    } else {
        message = std::move(m_spares.back());
        m_spares.pop_back();
    }
    return message;
}

void ZapSocket::keepSpare(ZapMessage &message)
{
    if (m_spares.size() < MaximumBatch && message.m_frames && message.m_frames->isSmall())
        m_spares.push_back(std::move(message));
}

// zmq_ctx_term() waits in its thread until the socket is closed.
void ZapSocket::abandon()
{
    if (!m_socket)
        return;
    m_notifier.reset();
    discardInbox();
    for (const ZapMessage &message : m_outbox)
        reportUndelivered(message.m_frames->receipt);
    m_outbox.clear();
    zmq_close(m_socket);
    m_socket = nullptr;
    if (m_handler.terminated)
        m_handler.terminated();
}

} // namespace QZap::Internal
