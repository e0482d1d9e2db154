// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/polldispatcher.h"

#ifdef Q_OS_UNIX
#    include "base/eventloopwatch.h"
#    include "base/steadyclock.h"

#    include <QtCore/qcoreapplication.h>
#    include <QtCore/qcoreevent.h>
#    include <QtCore/qsocketnotifier.h>
#    include <QtCore/qvarlengtharray.h>

#    include <algorithm>
#    include <cerrno>
#    include <chrono>
#    include <climits>
#    include <thread>
#    include <utility>

#    include <fcntl.h>
#    include <poll.h>
#    include <unistd.h>

namespace QZap::Internal {

namespace {

constexpr qint64 NanosecondsPerMillisecond = 1'000'000;
// poll(2) refuses more descriptors than the process may currently open. In that case, they are
// polled at this interval.
constexpr int PollPause = 50; // ms
// The first pause after an event handler or a function has thrown.
constexpr qint64 ShortestPause = 250 * NanosecondsPerMillisecond;
constexpr qint64 LongestPause = 8000 * NanosecondsPerMillisecond;

short eventsOf(const QSocketNotifier &notifier)
{
    switch (notifier.type()) {
    case QSocketNotifier::Read:
        return POLLIN;
    case QSocketNotifier::Write:
        return POLLOUT;
    case QSocketNotifier::Exception:
        break;
    }
    return POLLPRI;
}

} // namespace

PollDispatcher::PollDispatcher()
{
    m_polled.reserve(1);
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) {
        m_error = errno;
        return;
    }
    for (int i = 0; i < 2; ++i) {
        m_wakeUp[i] = FileDescriptor(ends[i]);
        ::fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        ::fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
}

PollDispatcher::~PollDispatcher() = default;

void PollDispatcher::run(Functions functions) noexcept
{
    // Locked until the end, since a function may end the thread, which destroys this object.
    const std::scoped_lock lock(m_mutex);
    m_functions.splice(m_functions.end(), functions);
    wakeUp();
}

template <typename Function>
bool PollDispatcher::fails(const Function &function) noexcept
{
    try {
        function();
        return false;
    } catch (...) {
        noteLoss();
        return true;
    }
}

void PollDispatcher::noteLoss() noexcept
{
    if (m_lossDue)
        return;
    const qint64 now = steadyClock();
    const bool isAgain = m_lossPause > 0 && now - m_lossReportedAt < 2 * m_lossPause;
    m_lossPause = isAgain ? std::min(2 * m_lossPause, LongestPause) : ShortestPause;
    m_lossDue = now + m_lossPause;
}

void PollDispatcher::reportLoss() noexcept
{
    const qint64 now = steadyClock();
    if (!m_lossDue || now < *m_lossDue)
        return;
    m_lossDue.reset();
    m_lossReportedAt = now;
    (void)fails([] { EventLoopWatch::eventsLost(); });
}

std::function<void()> &PollDispatcher::firstFunction()
{
    const std::scoped_lock lock(m_mutex);
    return m_functions.front();
}

bool PollDispatcher::runFunctions()
{
    if (m_isRunningFunction)
        return false; // called in an event loop that a function runs
    m_isRunningFunction = true;
    bool hasDone = false;
    std::size_t left = 0;
    {
        const std::scoped_lock lock(m_mutex);
        left = steadyClock() < m_functionsNotBefore ? 0 : m_functions.size();
    }
    for (; left > 0; --left) {
        hasDone = true;
        if (fails(firstFunction())) {
            m_functionsNotBefore = steadyClock() + ShortestPause;
            break;
        }
        // The contents of the function are destroyed before the next call.
        Functions done;
        const std::scoped_lock lock(m_mutex);
        done.splice(done.end(), m_functions, m_functions.begin());
    }
    m_isRunningFunction = false;
    return hasDone;
}

bool PollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    bool hasDone = false;
    // The lists of pending work also need memory, which may have run out.
    if (fails([&] { hasDone = processOnce(flags); })) {
        std::this_thread::sleep_for(std::chrono::milliseconds(PollPause));
        return true;
    }
    return hasDone;
}

bool PollDispatcher::processOnce(QEventLoop::ProcessEventsFlags flags)
{
    m_isInterrupted = false;
    Q_EMIT awake();
    reportLoss();
    bool hasDone = runFunctions();
    // After an exception, other events remain.
    hasDone = fails([] { QCoreApplication::sendPostedEvents(); }) || hasDone;
    if (m_isInterrupted)
        return false;
    const bool mayWait = flags.testFlag(QEventLoop::WaitForMoreEvents) && !hasDone;
    if (mayWait)
        Q_EMIT aboutToBlock();
    wait(mayWait ? timeout() : 0);
    if (mayWait)
        Q_EMIT awake();
    if (m_isInterrupted)
        return false;
    if (!flags.testFlag(QEventLoop::ExcludeSocketNotifiers))
        hasDone = activateNotifiers() || hasDone;
    return activateTimers() || hasDone;
}

int PollDispatcher::timeout()
{
    std::optional<qint64> due = m_lossDue;
    const auto wakeAt = [&due](qint64 time) { due = std::min(due.value_or(time), time); };
    for (const Timer &timer : m_timers)
        wakeAt(timer.due);
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_functions.empty())
            wakeAt(m_functionsNotBefore);
    }
    if (!due)
        return -1;
    const qint64 left = std::max<qint64>(*due - steadyClock(), 0);
    return static_cast<int>(std::min<qint64>(
        (left + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond, INT_MAX));
}

void PollDispatcher::wait(int milliseconds)
{
    m_polled.clear();
    for (const QSocketNotifier *const notifier : m_notifiers)
        m_polled.push_back({static_cast<int>(notifier->socket()), eventsOf(*notifier), 0});
    m_polled.push_back({m_wakeUp[0].get(), POLLIN, 0});
    if (::poll(m_polled.data(), static_cast<nfds_t>(m_polled.size()), milliseconds) < 0) {
        // After any error, each descriptor is polled without waiting.
        const bool isBrief = errno == EINTR;
        for (pollfd &polled : m_polled)
            polled.revents = isBrief ? short{0} : polled.events;
        if (!isBrief && milliseconds != 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(PollPause));
    }
    if (m_polled.back().revents != 0) {
        char bytes[16];
        while (::read(m_wakeUp[0].get(), bytes, sizeof bytes) == sizeof bytes) { }
        // Must come last: a byte that is written from now on remains for the next wait, and
        // functions that were queued without one are run before that.
        m_isAwake = false;
    }
}

bool PollDispatcher::activateNotifiers()
{
    bool hasDone = false;
    struct Ready
    {
        QSocketNotifier *notifier;
        int descriptor;
    };
    QVarLengthArray<Ready, 8> readies;
    for (std::size_t i = 0; i < m_notifiers.size() && i + 1 < m_polled.size(); ++i) {
        if (m_polled[i].revents != 0)
            readies.push_back({m_notifiers[i], m_polled[i].fd});
    }
    for (const Ready &ready : readies) {
        // An earlier notifier's slot may have removed or deleted it.
        if (std::find(m_notifiers.cbegin(), m_notifiers.cend(), ready.notifier)
                == m_notifiers.cend()
            || ready.notifier->socket() != ready.descriptor) {
            continue;
        }
        QEvent event(QEvent::SockAct);
        (void)fails([&] { QCoreApplication::sendEvent(ready.notifier, &event); });
        hasDone = true;
    }
    return hasDone;
}

bool PollDispatcher::activateTimers()
{
    const qint64 now = steadyClock();
    QVarLengthArray<int, 8> due;
    for (const Timer &timer : m_timers) {
        if (timer.due <= now)
            due.push_back(timer.id);
    }
    for (const int id : due) {
        const auto timer = std::find_if(m_timers.begin(), m_timers.end(), [&](const Timer &each) {
            return each.id == id && each.due <= now;
        });
        if (timer == m_timers.end())
            continue; // an earlier timer's slot has stopped it
        timer->due = now + timer->interval * NanosecondsPerMillisecond;
        QTimerEvent event(id);
        (void)fails([&] { QCoreApplication::sendEvent(timer->object, &event); });
    }
    return !due.isEmpty();
}

void PollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    m_polled.reserve(m_notifiers.size() + 2); // so that wait() allocates no memory
    m_notifiers.push_back(notifier);
    m_polled.clear(); // built for the previous notifiers
}

void PollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    m_notifiers.erase(std::remove(m_notifiers.begin(), m_notifiers.end(), notifier),
                      m_notifiers.end());
    m_polled.clear();
}

void PollDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    m_timers.push_back(
        {id, interval, type, object, steadyClock() + interval * NanosecondsPerMillisecond});
}

bool PollDispatcher::unregisterTimer(int id)
{
    const auto timer = std::find_if(m_timers.begin(), m_timers.end(),
                                    [id](const Timer &each) { return each.id == id; });
    if (timer == m_timers.end())
        return false;
    m_timers.erase(timer);
    return true;
}

bool PollDispatcher::unregisterTimers(QObject *object)
{
    const auto end = std::remove_if(m_timers.begin(), m_timers.end(), [object](const Timer &timer) {
        return timer.object == object;
    });
    const bool wasThere = end != m_timers.end();
    m_timers.erase(end, m_timers.end());
    return wasThere;
}

QList<QAbstractEventDispatcher::TimerInfo> PollDispatcher::registeredTimers(QObject *object) const
{
    QList<TimerInfo> result;
    for (const Timer &timer : m_timers) {
        if (timer.object == object)
            result.append(TimerInfo(timer.id, static_cast<int>(timer.interval), timer.type));
    }
    return result;
}

int PollDispatcher::remainingTime(int id)
{
    for (const Timer &timer : m_timers) {
        if (timer.id == id) {
            return static_cast<int>(std::max<qint64>(timer.due - steadyClock(), 0)
                                    / NanosecondsPerMillisecond);
        }
    }
    return -1;
}

void PollDispatcher::wakeUp()
{
    if (m_isAwake.exchange(true))
        return;
    const char byte = 0;
    // A full pipe wakes the dispatcher as well.
    while (::write(m_wakeUp[1].get(), &byte, 1) < 0 && errno == EINTR) { }
}

void PollDispatcher::interrupt()
{
    m_isInterrupted = true;
    wakeUp();
}

} // namespace QZap::Internal

#endif // Q_OS_UNIX
