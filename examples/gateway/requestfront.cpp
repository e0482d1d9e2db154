// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "requestfront.h"

#include <QtCore/qdebug.h>
#include <QtCore/qendian.h>

#include <string>
#include <utility>

using namespace Qt::StringLiterals;

namespace {

constexpr int Linger = 500; // ms, for the last replies
constexpr std::chrono::milliseconds ExpiryInterval{100};

// libzmq's own routing ids have five bytes, of which the first is 0. A client that chooses its own
// could take that of another which has disconnected, and get the replies to it.
bool isGenerated(const zmq::message_t &routingId)
{
    return routingId.size() == 5 && *routingId.data<char>() == 0;
}

zmq::message_t frameOf(quint64 number)
{
    const quint64 bytes = qToBigEndian(number);
    return {&bytes, sizeof bytes};
}

zmq::message_t frameOf(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<size_t>(bytes.size())};
}

std::optional<quint64> numberIn(const zmq::message_t &frame)
{
    if (frame.size() != sizeof(quint64))
        return std::nullopt;
    return qFromBigEndian<quint64>(frame.data());
}

} // namespace

RequestFront::RequestFront(zmq::context_t &context, QZapAuthenticator *authenticator,
                           const GatewayOptions::Requests &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_sockets(context, authenticator,
                {zmq::socket_type::router, zmq::socket_type::dealer, options.highWaterMark,
                 options.maximumMessageSize, Linger})
{
    // Replies that cannot be delivered are counted.
    m_sockets.front().set(zmq::sockopt::router_mandatory, true);
    connect(&m_sockets.guard(), &QZapGuard::disconnected, this, &RequestFront::forget);
    connect(&m_sockets.guard(), &QZapGuard::revoked, this, &RequestFront::forget);
    m_expiry.setInterval(ExpiryInterval);
    m_expiry.callOnTimeout(this, &RequestFront::removeExpired);
}

RequestFront::~RequestFront()
{
    m_sockets.close(); // the guard emits signals, whose slots use the other members
}

bool RequestFront::listen(QString *errorMessage)
{
    if (!m_sockets.watch(errorMessage)
        || !m_sockets.listen(m_options.endpoint, m_options.backend, errorMessage)) {
        return false;
    }
    connect(m_sockets.frontNotifier(), &QZapSocketNotifier::readable, this,
            &RequestFront::forwardRequests);
    connect(m_sockets.backNotifier(), &QZapSocketNotifier::readable, this,
            &RequestFront::returnReplies);
    connect(m_sockets.backNotifier(), &QZapSocketNotifier::writable, this,
            &RequestFront::forwardHeld);
    for (const auto &notifier : {m_sockets.frontNotifier(), m_sockets.backNotifier()})
        connect(notifier, &QZapSocketNotifier::contextTerminated, this,
                [this] { m_sockets.close(); });
    return true;
}

QString RequestFront::endpoint() const
{
    return m_sockets.endpoint();
}

QString RequestFront::backendEndpoint() const
{
    return m_sockets.backendEndpoint();
}

void RequestFront::finish()
{
    m_isFinishing = true;
    update();
}

// Exceptions must not leave a slot. readable() is emitted again while messages remain.
void RequestFront::forwardRequests()
{
    try {
        auto outcome = Outcome::Done;
        for (int i = 0; i < GuardedPair::MaximumBatch && outcome == Outcome::Done; ++i)
            outcome = forwardRequest();
    } catch (const zmq::error_t &error) {
        qWarning("A request was not forwarded: %s", error.what());
    }
    update();
    m_sockets.backNotifier()->recheck(); // sending may hide that replies have arrived
}

//! [forward]
RequestFront::Outcome RequestFront::forwardRequest()
{
    if (m_held || m_pending.count() >= m_options.maximumPending)
        return Outcome::Blocked;
    Multipart message;
    const Multipart::Receipt receipt = message.receive(m_sockets.front());
    if (receipt == Multipart::Receipt::Nothing)
        return Outcome::Nothing;
    if (receipt == Multipart::Receipt::TooLong || message.frames().size() < 2
        || !isGenerated(message.frames().front())) {
        ++m_counters.malformed;
        return Outcome::Done;
    }
    const QZapSession session = m_sockets.guard().session(message.frames().back());
    if (!m_sockets.guard().isAuthorized(session)) {
        ++m_counters.unauthorized; // revoked since it was sent
        return Outcome::Done;
    }
    if (m_pending.countOf(session) >= m_options.maximumPendingPerClient) {
        ++m_counters.excessive;
        return Outcome::Done;
    }
    if (isForwarded(&message, session))
        return Outcome::Done;
    m_held = std::move(message);
    m_heldSession = session;
    return Outcome::Blocked;
}
//! [forward]

// Returns false if the back end cannot take the message now, which is unchanged then.
bool RequestFront::isForwarded(Multipart *message, const QZapSession &session)
{
    std::vector<zmq::message_t> &frames = message->frames();
    const bool hasDelimiter = frames.size() > 2 && frames.at(1).empty();
    PendingRequests::Request request;
    request.routingId =
        QByteArray(frames.front().data<char>(), static_cast<qsizetype>(frames.front().size()));
    request.hasDelimiter = hasDelimiter;
    request.session = session;
    request.deadline = PendingRequests::Clock::now() + m_options.timeout;
    const quint64 number = m_pending.add(std::move(request));

    Multipart passed;
    passed.frames().push_back(frameOf(number));
    passed.frames().emplace_back();
    passed.frames().push_back(frameOf(session.userId().toUtf8()));
    for (size_t i = hasDelimiter ? 2 : 1; i < frames.size(); ++i)
        passed.frames().emplace_back().copy(frames.at(i));
    if (!passed.send(m_sockets.back())) {
        (void)m_pending.take(number);
        return false;
    }
    ++m_counters.forwarded;
    return true;
}

// The back end takes requests again. The client may have been revoked meanwhile.
void RequestFront::forwardHeld()
{
    try {
        if (!m_held)
            return;
        if (!m_sockets.guard().isAuthorized(m_heldSession))
            ++m_counters.unauthorized;
        else if (!isForwarded(&*m_held, m_heldSession))
            return;
        m_held.reset();
        m_heldSession = {};
    } catch (const zmq::error_t &error) {
        qWarning("A request was not forwarded: %s", error.what());
    }
    update();
}

void RequestFront::returnReplies()
{
    try {
        for (int i = 0; i < GuardedPair::MaximumBatch && returnReply(); ++i) { }
    } catch (const zmq::error_t &error) {
        qWarning("A reply was not returned: %s", error.what());
    }
    update();
    m_sockets.frontNotifier()->recheck();
}

bool RequestFront::returnReply()
{
    Multipart reply;
    const Multipart::Receipt receipt = reply.receive(m_sockets.back());
    if (receipt == Multipart::Receipt::Nothing)
        return false;
    const std::vector<zmq::message_t> &frames = reply.frames();
    const bool isValid =
        receipt == Multipart::Receipt::Received && frames.size() > 2 && frames.at(1).empty();
    const auto number = isValid ? numberIn(frames.front()) : std::nullopt;
    const auto request = number ? m_pending.take(*number) : std::nullopt;
    if (!request)
        ++m_counters.unexpectedReplies; // too late, or a second one
    else if (!m_sockets.guard().isAuthorized(request->session))
        ++m_counters.withheld;
    else
        deliver(*request, &reply);
    return true;
}

void RequestFront::deliver(const PendingRequests::Request &request, Multipart *reply)
{
    std::vector<zmq::message_t> &frames = reply->frames();
    frames.front() = frameOf(request.routingId);
    if (!request.hasDelimiter)
        frames.erase(frames.begin() + 1);
    try {
        if (reply->send(m_sockets.front())) {
            ++m_counters.answered;
            return;
        }
    } catch (const zmq::error_t &error) {
        if (error.num() != EHOSTUNREACH) {
            ++m_counters.undelivered;
            throw;
        }
    }
    ++m_counters.undelivered;
}

void RequestFront::forget(const QZapSession &session)
{
    m_counters.abandoned += m_pending.removeSession(session);
    update();
}

void RequestFront::removeExpired()
{
    m_counters.expired += m_pending.removeExpired(PendingRequests::Clock::now());
    update();
}

// Requests are received while the back end takes them and their number is below its limit.
void RequestFront::update()
{
    if (!m_sockets.frontNotifier())
        return; // closed
    m_sockets.frontNotifier()->setEnabled(!m_isFinishing && !m_held
                                          && m_pending.count() < m_options.maximumPending);
    m_sockets.backNotifier()->setWriteEnabled(m_held.has_value());
    if (m_pending.count() == 0)
        m_expiry.stop();
    else if (!m_expiry.isActive())
        m_expiry.start();
    if (m_isFinishing && m_pending.count() == 0 && !m_held)
        Q_EMIT drained();
}
