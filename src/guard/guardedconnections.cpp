// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/guardedconnections.h"

#include <QZap/qzapsocketnotifier.h>

#include <chrono>
#include <utility>

using namespace std::chrono_literals;

namespace QZap::Internal {

namespace {

constexpr auto RetryPause = 1s;

} // namespace

GuardedConnections::GuardedConnections(QObject *owner, Hooks hooks)
    : m_owner(owner)
    , m_hooks(std::move(hooks))
    , m_table([this](int descriptor, const QByteArray &endpoint) {
        return m_canDisconnect ? ConnectionCutter::identify(descriptor, endpoint) : std::nullopt;
    })
    , m_retryTimer(owner) // a child, so that it moves to another thread with the owner
{
    m_table.setObserver(m_hooks.sessionChanged);
    m_retryTimer.setSingleShot(true);
    QObject::connect(&m_retryTimer, &QTimer::timeout, owner, [this] { cutAgain(); });
}

GuardedConnections::~GuardedConnections()
{
    close();
}

Problem GuardedConnections::open(void *socket, const GuardedSocket &properties)
{
    m_socket = socket;
    m_canDisconnect = properties.canDisconnect;
    Problem problem = m_canDisconnect ? m_cutter.open() : Problem();
    if (!problem)
        problem = attach();
    if (problem)
        close();
    else
        m_table.restart(m_hooks.lastSession());
    return problem;
}

void GuardedConnections::close()
{
    detach();
    m_cutter.close();
    m_table.clear();
    m_uncut.clear();
    m_retryTimer.stop();
    m_socket = nullptr;
    m_canDisconnect = false;
    m_endpoints = 0;
}

Problem GuardedConnections::attach()
{
    m_isStopped = false;
    m_channel = std::make_unique<MonitorChannel>(m_owner, [this] {
        QMetaObject::invokeMethod(
            m_notifier.get(), [this] { drain(); }, Qt::QueuedConnection); // not if it is gone
    });
    if (const Problem problem = m_channel->open(m_socket, MonitorChannel::Events::OfServers))
        return problem;
    // A child, so that it moves to another thread with the owner.
    m_notifier = std::make_unique<QZapSocketNotifier>(m_channel->reader(), m_owner);
    QObject::connect(m_notifier.get(), &QZapSocketNotifier::readable, m_owner, [this] { drain(); });
    return {};
}

void GuardedConnections::detach()
{
    m_notifier.reset(); // before its socket
    m_channel.reset();
}

void GuardedConnections::drain()
{
    if (!m_channel)
        return;
    while (const std::optional<MonitorEvent> event = m_channel->receive())
        handle(*event);
    m_table.finishDrain(m_hooks.lastSession());
    if (m_isStopped)
        reattach();
    m_hooks.changed();
}

void GuardedConnections::handle(const MonitorEvent &event)
{
    const auto descriptor = static_cast<int>(event.value);
    switch (MonitorChannel::kindOf(event)) {
    case MonitorChannel::Kind::Accepted:
        m_table.accept(descriptor, event.endpoint);
        break;
    case MonitorChannel::Kind::Disconnected:
        m_table.disconnect(descriptor);
        break;
    case MonitorChannel::Kind::Listening:
        ++m_endpoints;
        break;
    case MonitorChannel::Kind::Closed:
        --m_endpoints;
        break;
    case MonitorChannel::Kind::Stopped:
        m_isStopped = true;
        break;
    case MonitorChannel::Kind::Other:
        break;
    }
}

// The socket still exists if it listens: it would have reported the end of that before. Otherwise,
// it must not be used.
void GuardedConnections::reattach()
{
    m_isStopped = false;
    detach();
    if (m_endpoints <= 0) {
        close();
        m_hooks.failed(QStringLiteral(
            "the socket was closed, or another monitor was started on it before it was bound: "
            "connections are not ended any more. Clear the socket of a guard before closing it"));
        return;
    }
    const Problem problem = attach();
    m_table.recheck(); // whatever happens from now on is reported
    m_hooks.failed(problem ? problem
                           : Problem(QStringLiteral(
                               "another monitor was started on the socket, which ends the guard's, "
                               "and has been replaced by it: connections that were accepted "
                               "meanwhile cannot be ended. Do not use a monitor on the socket")));
    if (problem)
        close();
}

void GuardedConnections::add(const ConnectionTable::Session &session, int descriptor)
{
    if (!m_channel || descriptor < 0)
        return;
    drain(); // the connection may have ended, and its descriptor be another's
    if (m_table.add(session, descriptor))
        m_hooks.changed();
}

bool GuardedConnections::cut(int descriptor)
{
    const ConnectionTable::Connection *const connection = m_table.find(descriptor);
    if (!connection || !connection->identity)
        return false;
    const quint64 serial = connection->serial;
    const auto isCurrent = [this, descriptor, serial] {
        drain();
        const ConnectionTable::Connection *const now = m_table.find(descriptor);
        return now && now->serial == serial;
    };
    const bool isSilent = !connection->session;
    switch (m_cutter.cut(descriptor, connection->identity->number, isCurrent)) {
    case ConnectionCutter::Outcome::Ended:
        break;
    case ConnectionCutter::Outcome::Gone:
        m_uncut.remove(descriptor);
        return false;
    case ConnectionCutter::Outcome::Failed:
        cutHasFailed(descriptor, serial);
        return false;
    }
    m_table.setCut(descriptor);
    m_uncut.remove(descriptor);
    ++m_cutCount;
    m_silentCutCount += isSilent ? 1 : 0;
    m_hooks.changed();
    return true;
}

void GuardedConnections::cutHasFailed(int descriptor, quint64 serial)
{
    Uncut &uncut = m_uncut[descriptor];
    if (std::exchange(uncut.serial, serial) != serial)
        uncut.attempts = 0;
    if (++uncut.attempts < MaximumAttempts) {
        if (!m_retryTimer.isActive())
            m_retryTimer.start(RetryPause);
        return;
    }
    m_uncut.remove(descriptor);
    m_hooks.failed(QStringLiteral("the system has refused to end a connection %1 times: the "
                                  "connection remains. Restart the program to end it")
                       .arg(MaximumAttempts));
}

void GuardedConnections::cutAgain()
{
    const QHash<int, Uncut> uncut = m_uncut;
    for (auto each = uncut.cbegin(); each != uncut.cend(); ++each) {
        const ConnectionTable::Connection *const connection = m_table.find(each.key());
        if (connection && connection->serial == each->serial)
            cut(each.key());
        else
            m_uncut.remove(each.key());
    }
}

bool GuardedConnections::cutSession(quint64 number)
{
    const ConnectionTable::Connection *const connection = m_table.findSession(number);
    return connection && cut(connection->descriptor);
}

} // namespace QZap::Internal
