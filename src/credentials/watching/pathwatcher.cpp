// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/pathwatcher.h"

#ifdef Q_OS_LINUX
#    include "credentials/watching/inotifywatch.h"
#else
#    include "credentials/watching/filesystemwatch.h"
#endif

#include "base/eventloopwatch.h"
#include "base/steadyclock.h"

#include <algorithm>
#include <chrono>
#include <utility>

using namespace std::chrono_literals;

namespace QZap::Internal {

namespace {

#ifdef Q_OS_LINUX
using SystemWatch = InotifyWatch;
#else
using SystemWatch = FileSystemWatch;
#endif

constexpr std::chrono::nanoseconds Quiet = 50ms;
constexpr std::chrono::nanoseconds Longest = 200ms;

} // namespace

PathWatcher::PathWatcher(const QString &path, PathKind kind, QObject *parent,
                         const MakeBackend &makeBackend)
    : QObject(parent)
    , m_timer(this, [this] { report(); })
    , m_openTimer(this, [this] { report(); })
{
    const auto fail = [this](const QString &reason) {
        // Emitted later, after the caller has connected the signal, and never during a call.
        QMetaObject::invokeMethod(
            this, [this, reason] { Q_EMIT failed(reason); }, Qt::QueuedConnection);
    };
    m_backend =
        makeBackend(path, kind, this, WatchBackend::Listener{[this] { waitForQuiet(); }, fail});
    waitForQuietFiles();
    new EventLoopWatch(this, {[this] {
                           m_backend->resume();
                           waitForQuiet(); // reads the events that have arrived meanwhile
                       }});
}

PathWatcher::~PathWatcher() = default;

std::unique_ptr<WatchBackend> PathWatcher::systemBackend(const QString &path, PathKind kind,
                                                         QObject *owner,
                                                         WatchBackend::Listener listener)
{
    return std::make_unique<SystemWatch>(path, kind, owner, std::move(listener));
}

void PathWatcher::waitForQuiet()
{
    if (!m_timer.isActive())
        m_deadline = QDeadlineTimer(Longest, Qt::PreciseTimer);
    startQuietTimer();
}

void PathWatcher::startQuietTimer()
{
    const auto wait = std::min(Quiet, m_deadline.remainingTimeAsDuration());
    m_timer.start(std::chrono::ceil<std::chrono::milliseconds>(wait), Qt::PreciseTimer);
}

void PathWatcher::report()
{
    // If the event loop was busy, there may be further events.
    if (m_backend->readEvents() && !m_deadline.hasExpired()) {
        startQuietTimer();
        return;
    }
    const PathChanges changes = m_backend->takeChanges();
    waitForQuietFiles();
    if (!changes.isEmpty())
        Q_EMIT settled(changes.names, changes.everything, changes.open); // may delete this
}

void PathWatcher::waitForQuietFiles()
{
    const std::optional<qint64> due = m_backend->due();
    if (!due) {
        m_openTimer.stop();
        return;
    }
    const auto wait = std::chrono::nanoseconds(std::max<qint64>(*due - steadyClock(), 0));
    m_openTimer.start(std::chrono::ceil<std::chrono::milliseconds>(wait));
}

} // namespace QZap::Internal
