// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "publicationfront.h"

#include "multipart.h"

#include <QZap/QZapSocketNotifier>

#include <QtCore/qdebug.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int MaximumBatch = 64; // other events are processed between batches
constexpr qint64 MaximumUnknown = 1000;

QString endpointOf(const zmq::socket_t &socket)
{
    return QString::fromStdString(socket.get(zmq::sockopt::last_endpoint));
}

} // namespace

PublicationFront::PublicationFront(zmq::context_t &context, QZapAuthenticator *authenticator,
                                   const GatewayOptions::Publications &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_front(context, zmq::socket_type::xpub)
    , m_back(context, zmq::socket_type::sub)
    , m_guard(authenticator)
{
    for (zmq::socket_t *const socket : {&m_front, &m_back}) {
        socket->set(zmq::sockopt::linger, 0);
        socket->set(zmq::sockopt::sndhwm, options.highWaterMark);
        socket->set(zmq::sockopt::rcvhwm, options.highWaterMark);
        socket->set(zmq::sockopt::tcp_keepalive, 1);
        socket->set(zmq::sockopt::ipv6, true);
    }
    m_front.set(zmq::sockopt::maxmsgsize, int64_t{options.maximumMessageSize});
    // A message that a subscriber has no room for is reported, and then sent to the others.
    m_front.set(zmq::sockopt::xpub_nodrop, true);
    if (options.topics.isEmpty())
        m_back.set(zmq::sockopt::subscribe, "");
    for (const QString &topic : options.topics)
        m_back.set(zmq::sockopt::subscribe, topic.toStdString());
    connect(&m_guard, &QZapGuard::disconnected, this,
            [this](const QZapSession &session) { m_subscriptions.remove(session.number()); });
}

PublicationFront::~PublicationFront()
{
    close();
}

bool PublicationFront::listen(QString *errorMessage)
{
    if (!m_guard.setSocket(m_front)) { // before bind()
        *errorMessage = m_guard.errorString();
        return false;
    }
    QString endpoint = m_options.endpoint;
    try {
        // Each end of a subscription is received, for their number.
        m_front.set(zmq::sockopt::xpub_verboser, true);
        m_front.bind(endpoint.toStdString());
        endpoint = m_options.backend;
        m_back.bind(endpoint.toStdString());
    } catch (const zmq::error_t &error) {
        *errorMessage =
            u"cannot listen on %1: %2"_s.arg(endpoint, QString::fromLocal8Bit(error.what()));
        return false;
    }
    m_frontNotifier = std::make_unique<QZapSocketNotifier>(m_front);
    m_backNotifier = std::make_unique<QZapSocketNotifier>(m_back);
    connect(m_frontNotifier.get(), &QZapSocketNotifier::readable, this,
            &PublicationFront::readSubscriptions);
    connect(m_backNotifier.get(), &QZapSocketNotifier::readable, this, &PublicationFront::publish);
    for (const auto &notifier : {m_frontNotifier.get(), m_backNotifier.get()})
        connect(notifier, &QZapSocketNotifier::contextTerminated, this, &PublicationFront::close);
    return true;
}

QString PublicationFront::endpoint() const
{
    return endpointOf(m_front);
}

QString PublicationFront::backendEndpoint() const
{
    return endpointOf(m_back);
}

// Exceptions must not leave a slot. readable() is emitted again while messages remain.
void PublicationFront::readSubscriptions()
{
    try {
        for (int i = 0; i < MaximumBatch && readSubscription(); ++i) { }
    } catch (const zmq::error_t &error) {
        qWarning("A subscription was not read: %s", error.what());
    }
}

// libzmq has taken each subscription itself. The guard disconnects clients that are not authorized.
bool PublicationFront::readSubscription()
{
    Multipart message;
    const Multipart::Receipt receipt = message.receive(m_front);
    if (receipt == Multipart::Receipt::Nothing)
        return false;
    const zmq::message_t &frame = message.frames().front();
    const int kind = frame.empty() ? -1 : *frame.data<unsigned char>();
    const bool isSubscription = kind == 1;
    const QZapSession session = m_guard.session(frame);
    if (receipt == Multipart::Receipt::TooLong || message.frames().size() != 1 || kind < 0
        || kind > 1) {
        ++m_counters.ignored;
    } else if (session.isNull() && !isSubscription) {
        // libzmq's own, for a client that has disconnected
    } else if (!m_guard.isAuthorized(session)) {
        m_counters.unauthorized += isSubscription ? 1 : 0;
    } else {
        count(session, isSubscription);
    }
    return true;
}

void PublicationFront::count(const QZapSession &session, bool isSubscription)
{
    if (!isSubscription) {
        const auto found = m_subscriptions.find(session.number());
        if (found != m_subscriptions.end() && --*found <= 0)
            m_subscriptions.erase(found);
        return;
    }
    ++m_counters.subscribed;
    // The guard does not report the end of each connection that it could not identify.
    if (m_subscriptions.size() > 2 * m_guard.connectionCount() + MaximumUnknown)
        m_subscriptions.clear();
    // The same topic again counts as well, since libzmq stores it only once.
    if (++m_subscriptions[session.number()] <= m_options.maximumSubscriptions)
        return;
    ++m_counters.excessive;
    (void)m_guard.disconnectPeer(session); // its subscriptions end with its connection
}

void PublicationFront::publish()
{
    readSubscriptions(); // first, so that the guard knows as many connections as possible
    try {
        for (int i = 0; i < MaximumBatch && publishOne(); ++i) { }
    } catch (const zmq::error_t &error) {
        qWarning("A message was not published: %s", error.what());
    }
    m_frontNotifier->recheck(); // sending may hide that subscriptions have arrived
}

bool PublicationFront::publishOne()
{
    Multipart message;
    const Multipart::Receipt receipt = message.receive(m_back);
    if (receipt == Multipart::Receipt::Nothing)
        return false;
    if (receipt == Multipart::Receipt::TooLong) {
        ++m_counters.malformed;
        return true;
    }
    ++m_counters.published;
    if (message.send(m_front))
        return true;
    ++m_counters.incomplete;
    m_front.set(zmq::sockopt::xpub_nodrop, false);
    (void)message.send(m_front);
    m_front.set(zmq::sockopt::xpub_nodrop, true);
    return true;
}

void PublicationFront::close()
{
    m_frontNotifier.reset(); // first: the numbers of their descriptors can be reused at once
    m_backNotifier.reset();
    m_guard.clearSocket();
    m_front.close();
    m_back.close();
}
