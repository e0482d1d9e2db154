// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/guardedconnections.h"

#include "base/weakinvoker.h"

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
    , m_retryTimer(owner, [this] { cutAgain(m_cutSlices.startTimer()); })
{
    m_table.setObserver(m_hooks.sessionChanged);
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
    m_toCutAgain.clear();
    m_retryTimer.stop();
    m_socket = nullptr;
    m_canDisconnect = false;
    m_endpoints = 0;
}

Problem GuardedConnections::attach()
{
    m_isStopped = false;
    m_isDraining = false;
    m_channel = std::make_unique<MonitorChannel>(m_owner, [this] {
        callLater(m_notifier.get(), [this] { (void)drain(); }); // not if it is gone
    });
    if (Problem problem = m_channel->open(m_socket, MonitorChannel::Events::OfServers))
        return problem;
    // A child, so that it moves to another thread with the owner.
    m_notifier = std::make_unique<QZapSocketNotifier>(m_channel->reader(), m_owner);
    QObject::connect(m_notifier.get(), &QZapSocketNotifier::readable, m_owner,
                     [this] { (void)drain(); });
    return {};
}

void GuardedConnections::detach()
{
    m_notifier.reset(); // before its socket
    m_channel.reset();
    m_isDraining = false;
}

void GuardedConnections::setSlice(WorkSlices::Nanoseconds length)
{
    m_drainSlices.setLength(length);
    m_cutSlices.setLength(length);
}

bool GuardedConnections::drain()
{
    return m_isDraining ? false : drain(m_drainSlices.startTimer());
}

bool GuardedConnections::drain(const QDeadlineTimer &deadline)
{
    if (!m_channel)
        return true;
    if (m_isDraining && !deadline.isForever())
        return false;
    const bool wasDraining = m_isDraining.exchange(false);
    do {
        if (!readEvents(deadline) || !m_table.examine(deadline)) {
            continueLater();
            m_hooks.changed();
            return false;
        }
        m_table.finishDrain(m_hooks.lastSession());
    } while (m_isStopped && reattach());
    m_hooks.changed();
    if (wasDraining)
        m_hooks.drained();
    return true;
}

bool GuardedConnections::readEvents(const QDeadlineTimer &deadline)
{
    while (const std::optional<MonitorEvent> event = m_channel->receive()) {
        handle(*event);
        if (deadline.hasExpired())
            return false;
    }
    return true;
}

void GuardedConnections::continueLater()
{
    m_drainSlices.suspend();
    const auto proceed = [this] {
        if (m_isDraining.exchange(false) && drain())
            m_hooks.drained();
    };
    announceOnce(&m_isDraining, [&] { return callLater(m_notifier.get(), proceed); });
}

void GuardedConnections::resume()
{
    if (!m_notifier)
        return;
    m_isDraining = false;
    continueLater();
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
bool GuardedConnections::reattach()
{
    m_isStopped = false;
    detach();
    if (m_endpoints <= 0) {
        close();
        m_hooks.failed(QStringLiteral(
            "the socket was closed, or another monitor was started on it before it was bound: "
            "connections are not ended any more. Clear the socket of a guard before closing it"));
        return false;
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
    return !problem;
}

GuardedConnections::Cut GuardedConnections::cut(int descriptor, const QDeadlineTimer &deadline)
{
    if (m_isDraining && !deadline.isForever())
        return Cut::Waiting;
    const ConnectionTable::Connection *const connection = m_table.find(descriptor);
    if (!connection || !connection->identity)
        return Cut::NotEnded;
    const quint64 serial = connection->serial;
    const auto isCurrent = [this, descriptor, serial, &deadline] {
        const bool isDrained = drain(deadline);
        const ConnectionTable::Connection *const now = m_table.find(descriptor);
        return isDrained && now && now->serial == serial;
    };
    const bool isSilent = !connection->session && !connection->isEnding;
    switch (m_cutter.cut(descriptor, connection->identity->number, isCurrent)) {
    case ConnectionCutter::Outcome::Ended:
        break;
    case ConnectionCutter::Outcome::Gone:
        if (m_isDraining)
            return Cut::Waiting;
        m_uncut.remove(descriptor);
        return Cut::NotEnded;
    case ConnectionCutter::Outcome::Failed:
        cutHasFailed(descriptor, serial);
        return Cut::NotEnded;
    }
    m_table.setCut(descriptor);
    m_uncut.remove(descriptor);
    ++m_cutCount;
    m_silentCutCount += isSilent ? 1 : 0;
    m_hooks.changed();
    return Cut::Ended;
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

void GuardedConnections::cutAgain(const QDeadlineTimer &deadline)
{
    if (m_toCutAgain.empty() || deadline.isForever()) {
        m_toCutAgain.clear();
        for (auto each = m_uncut.cbegin(); each != m_uncut.cend(); ++each)
            m_toCutAgain.emplace_back(each.key(), each->serial);
    }
    while (!m_toCutAgain.empty()) {
        const auto [descriptor, serial] = m_toCutAgain.front();
        const ConnectionTable::Connection *const connection = m_table.find(descriptor);
        const bool isOpen = connection && connection->serial == serial;
        if (isOpen && cut(descriptor, deadline) == Cut::Waiting)
            break;
        if (!isOpen && m_uncut.value(descriptor).serial == serial)
            m_uncut.remove(descriptor);
        m_toCutAgain.pop_front();
        if (deadline.hasExpired())
            break;
    }
    if (!m_toCutAgain.empty()) {
        m_cutSlices.suspend();
        m_retryTimer.start(0s);
    } else if (!m_uncut.isEmpty()) {
        m_retryTimer.start(RetryPause);
    }
}

} // namespace QZap::Internal
