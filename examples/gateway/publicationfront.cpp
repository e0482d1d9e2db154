// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "publicationfront.h"

#include "multipart.h"

#include <QtCore/qdebug.h>

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MaximumUnknown = 1000;

} // namespace

PublicationFront::PublicationFront(zmq::context_t &context, QZapAuthenticator *authenticator,
                                   const GatewayOptions::Publications &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_sockets(context, authenticator,
                {zmq::socket_type::xpub, zmq::socket_type::sub, options.highWaterMark,
                 options.maximumMessageSize, 0})
{
    // A message that a subscriber has no room for is reported, and then sent to the others.
    m_sockets.front().set(zmq::sockopt::xpub_nodrop, true);
    if (options.topics.isEmpty())
        m_sockets.back().set(zmq::sockopt::subscribe, "");
    for (const QString &topic : options.topics)
        m_sockets.back().set(zmq::sockopt::subscribe, topic.toStdString());
    connect(&m_sockets.guard(), &QZapGuard::disconnected, this,
            [this](const QZapSession &session) { m_subscriptions.remove(session.number()); });
}

PublicationFront::~PublicationFront()
{
    m_sockets.close(); // the guard emits signals, whose slots use the other members
}

bool PublicationFront::listen(QString *errorMessage)
{
    if (!m_sockets.watch(errorMessage))
        return false;
    // Each end of a subscription is received, for their number. The guard sets a weaker option.
    m_sockets.front().set(zmq::sockopt::xpub_verboser, true);
    if (!m_sockets.listen(m_options.endpoint, m_options.backend, errorMessage))
        return false;
    connect(m_sockets.frontNotifier(), &QZapSocketNotifier::readable, this,
            &PublicationFront::readSubscriptions);
    connect(m_sockets.backNotifier(), &QZapSocketNotifier::readable, this,
            &PublicationFront::publish);
    for (const auto &notifier : {m_sockets.frontNotifier(), m_sockets.backNotifier()})
        connect(notifier, &QZapSocketNotifier::contextTerminated, this,
                [this] { m_sockets.close(); });
    return true;
}

QString PublicationFront::endpoint() const
{
    return m_sockets.endpoint();
}

QString PublicationFront::backendEndpoint() const
{
    return m_sockets.backendEndpoint();
}

// Exceptions must not leave a slot. readable() is emitted again while messages remain.
void PublicationFront::readSubscriptions()
{
    try {
        for (int i = 0; i < GuardedPair::MaximumBatch && readSubscription(); ++i) { }
    } catch (const zmq::error_t &error) {
        qWarning("A subscription was not read: %s", error.what());
    }
}

// libzmq has taken each subscription itself. The guard disconnects clients that are not authorized.
bool PublicationFront::readSubscription()
{
    Multipart message;
    const Multipart::Receipt receipt = message.receive(m_sockets.front());
    if (receipt == Multipart::Receipt::Nothing)
        return false;
    const zmq::message_t &frame = message.frames().front();
    const int kind = frame.empty() ? -1 : *frame.data<unsigned char>();
    const bool isSubscription = kind == 1;
    const QZapSession session = m_sockets.guard().session(frame);
    if (receipt == Multipart::Receipt::TooLong || message.frames().size() != 1 || kind < 0
        || kind > 1) {
        ++m_counters.ignored;
    } else if (session.isNull() && !isSubscription) {
        // libzmq's own, for a client that has disconnected
    } else if (!m_sockets.guard().isAuthorized(session)) {
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
    if (m_subscriptions.size() > 2 * m_sockets.guard().connectionCount() + MaximumUnknown)
        m_subscriptions.clear();
    // The same topic again counts as well, since libzmq stores it only once.
    if (++m_subscriptions[session.number()] <= m_options.maximumSubscriptions)
        return;
    ++m_counters.excessive;
    (void)m_sockets.guard().disconnectPeer(session); // its subscriptions end with its connection
}

void PublicationFront::publish()
{
    readSubscriptions(); // first, so that the guard knows as many connections as possible
    try {
        for (int i = 0; i < GuardedPair::MaximumBatch && publishOne(); ++i) { }
    } catch (const zmq::error_t &error) {
        qWarning("A message was not published: %s", error.what());
    }
    m_sockets.frontNotifier()->recheck(); // sending may hide that subscriptions have arrived
}

bool PublicationFront::publishOne()
{
    Multipart message;
    const Multipart::Receipt receipt = message.receive(m_sockets.back());
    if (receipt == Multipart::Receipt::Nothing)
        return false;
    if (receipt == Multipart::Receipt::TooLong) {
        ++m_counters.malformed;
        return true;
    }
    ++m_counters.published;
    if (message.send(m_sockets.front()))
        return true;
    ++m_counters.incomplete;
    m_sockets.front().set(zmq::sockopt::xpub_nodrop, false);
    (void)message.send(m_sockets.front());
    m_sockets.front().set(zmq::sockopt::xpub_nodrop, true);
    return true;
}
