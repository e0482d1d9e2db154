// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/connectiontable.h"

#include <algorithm>
#include <utility>

namespace QZap::Internal {

ConnectionTable::ConnectionTable(Identify identify)
    : m_identify(std::move(identify))
{ }

ConnectionTable::Changes &ConnectionTable::changesOf(int descriptor)
{
    const auto found = m_changes.find(descriptor);
    if (found != m_changes.end())
        return *found;
    Changes changes;
    const Connection *const connection = find(descriptor);
    changes.wasOpen = connection != nullptr;
    if (connection && connection->session)
        changes.formerSession = connection->session->number;
    if (connection && connection->identity)
        changes.formerAddress = connection->identity->peerAddress;
    return *m_changes.insert(descriptor, changes);
}

void ConnectionTable::accept(int descriptor, const QByteArray &endpoint)
{
    ++changesOf(descriptor).accepted;
    remove(descriptor); // an earlier connection, whose end was not reported, as after an unbind
    Connection connection;
    connection.descriptor = descriptor;
    connection.endpoint = endpoint;
    connection.serial = ++m_lastSerial;
    m_connections.insert(descriptor, connection);
    m_unidentified.push_back(descriptor);
}

void ConnectionTable::disconnect(int descriptor)
{
    Changes &changes = changesOf(descriptor);
    if (changes.accepted == 0)
        changes.wasOpen = true; // even if that was not known
    remove(descriptor);
}

void ConnectionTable::remove(int descriptor)
{
    const auto found = m_connections.find(descriptor);
    if (found == m_connections.end())
        return;
    if (found->session) {
        m_bySession.remove(found->session->number);
        m_ended.append(found->session);
        observe(found->session, false);
    }
    m_earlierCount -= found->isEarlier ? 1 : 0;
    m_connections.erase(found);
}

void ConnectionTable::observe(const Session &session, bool isConnected) const
{
    if (m_observer)
        m_observer(session, isConnected);
}

bool ConnectionTable::examine(const QDeadlineTimer &deadline)
{
    while (!m_toRecheck.empty() || !m_unidentified.empty()) {
        std::vector<int> &next = m_toRecheck.empty() ? m_unidentified : m_toRecheck;
        const int descriptor = next.back();
        next.pop_back();
        if (&next == &m_toRecheck) {
            dropIfGone(descriptor);
        } else {
            const auto connection = m_connections.find(descriptor);
            if (connection != m_connections.end())
                connection->identity = m_identify(descriptor, connection->endpoint);
        }
        if (deadline.hasExpired())
            return m_toRecheck.empty() && m_unidentified.empty();
    }
    return true;
}

void ConnectionTable::finishDrain(quint64 mark)
{
    (void)examine(QDeadlineTimer(QDeadlineTimer::Forever)); // if it was not called
    for (auto changes = m_changes.cbegin(); changes != m_changes.cend(); ++changes) {
        const auto connection = m_connections.find(changes.key());
        if (connection == m_connections.end() || changes->accepted == 0)
            continue;
        connection->vouchedFrom = changes->accepted == 1 ? m_mark : mark;
        connection->certainFrom = changes->wasOpen ? mark : connection->vouchedFrom;
        connection->formerSession = changes->formerSession;
        connection->formerAddress = changes->formerAddress;
        connection->acceptedAfter = m_formerMark;
        if (m_isRestarting)
            setEarlier(&*connection, mark);
    }
    m_isRestarting = false;
    m_changes.clear();
    m_formerMark = std::exchange(m_mark, mark);
}

void ConnectionTable::setEarlier(Connection *connection, quint64 mark)
{
    connection->vouchedFrom = mark;
    connection->certainFrom = mark;
    m_earlierCount += connection->isEarlier ? 0 : 1;
    connection->isEarlier = true;
}

void ConnectionTable::restart(quint64 mark, bool isDrained)
{
    for (Connection &connection : m_connections) {
        if (const Session former = std::exchange(connection.session, nullptr))
            observe(former, false);
        setEarlier(&connection, mark);
        connection.acceptedAfter = mark;
    }
    m_isRestarting = !isDrained;
    m_bySession.clear();
    m_mark = mark;
    m_formerMark = mark;
}

void ConnectionTable::recheck()
{
    const QList<int> descriptors = m_connections.keys();
    m_toRecheck.assign(descriptors.cbegin(), descriptors.cend());
}

void ConnectionTable::dropIfGone(int descriptor)
{
    const Connection *const connection = find(descriptor);
    if (!connection)
        return;
    const auto identity = m_identify(descriptor, connection->endpoint);
    if (!identity || !connection->identity || identity->number != connection->identity->number)
        remove(descriptor);
}

bool ConnectionTable::isOn(const Connection &connection, const SessionRecord &session)
{
    if (session.number <= connection.vouchedFrom)
        return false;
    if (session.number > connection.certainFrom)
        return true;
    if (connection.formerSession != 0)
        return session.number != connection.formerSession;
    return !connection.formerAddress.isEmpty() && session.address != connection.formerAddress
           && connection.identity && session.address == connection.identity->peerAddress;
}

bool ConnectionTable::add(const Session &session, int descriptor)
{
    const auto connection = m_connections.find(descriptor);
    if (connection == m_connections.end() || !isOn(*connection, *session))
        return false;
    if (!connection->session) {
        connection->session = session;
        m_bySession.insert(session->number, descriptor);
        observe(session, true);
    }
    return connection->session->number == session->number;
}

const ConnectionTable::Connection *ConnectionTable::find(int descriptor) const
{
    const auto connection = m_connections.constFind(descriptor);
    return connection == m_connections.constEnd() ? nullptr : &*connection;
}

const ConnectionTable::Connection *ConnectionTable::findSession(quint64 number) const
{
    const auto descriptor = m_bySession.constFind(number);
    return descriptor == m_bySession.constEnd() ? nullptr : find(*descriptor);
}

void ConnectionTable::clear()
{
    const QList<int> descriptors = m_connections.keys();
    for (const int descriptor : descriptors)
        remove(descriptor);
    m_ended.clear();
    m_changes.clear();
    m_unidentified.clear();
    m_toRecheck.clear();
    m_isRestarting = false;
}

QList<ConnectionTable::Session> ConnectionTable::takeEnded()
{
    return std::exchange(m_ended, {});
}

std::vector<int> ConnectionTable::descriptors(bool ofSilent) const
{
    std::vector<int> result;
    for (const Connection &connection : m_connections) {
        const bool isLeft = !connection.isCut && !connection.isEnding;
        if (ofSilent ? !connection.session && isLeft : bool(connection.session))
            result.push_back(connection.descriptor);
    }
    return result;
}

void ConnectionTable::setCut(int descriptor)
{
    const auto connection = m_connections.find(descriptor);
    if (connection != m_connections.end())
        connection->isCut = true;
}

void ConnectionTable::setEnding(int descriptor, bool isEnding)
{
    const auto connection = m_connections.find(descriptor);
    if (connection != m_connections.end())
        connection->isEnding = isEnding;
}

QList<ConnectionTable::Session> ConnectionTable::sessions() const
{
    QList<Session> result;
    result.reserve(m_bySession.size());
    for (const Connection &connection : m_connections) {
        if (connection.session)
            result.append(connection.session);
    }
    return result;
}

quint64 ConnectionTable::oldestSession() const
{
    quint64 oldest = m_formerMark;
    for (const Connection &connection : m_connections)
        oldest = std::min(oldest, connection.acceptedAfter);
    return oldest;
}

} // namespace QZap::Internal
