// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/waker.h"

#include <algorithm>
#include <limits>
#include <utility>

#ifdef Q_OS_UNIX
#    include <array>

#    include <fcntl.h>
#    include <poll.h>
#    include <unistd.h>
#endif

namespace QZap::Internal {

#ifdef Q_OS_UNIX

namespace {

FileDescriptor prepared(int descriptor)
{
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return FileDescriptor(descriptor);
}

} // namespace

Waker::Waker()
{
    std::array<int, 2> ends = {};
    if (::pipe(ends.data()) != 0)
        return;
    m_reading = prepared(ends[0]);
    m_writing = prepared(ends[1]);
}

bool Waker::waitForData(int socket, std::chrono::milliseconds time)
{
    std::array<pollfd, 2> polled = {pollfd{m_reading.get(), POLLIN, 0}, pollfd{socket, POLLIN, 0}};
    const auto limit = std::clamp<qint64>(time.count(), 0, std::numeric_limits<int>::max());
    if (::poll(polled.data(), polled.size(), static_cast<int>(limit)) < 0)
        return false; // interrupted by a signal
    std::array<char, 16> bytes = {};
    while (::read(m_reading.get(), bytes.data(), bytes.size()) > 0) { }
    return polled[1].revents != 0;
}

#else

Waker::Waker() = default;

bool Waker::waitForData(int /*socket*/, std::chrono::milliseconds /*time*/)
{
    return false;
}

#endif // Q_OS_UNIX

void Waker::wake()
{
    {
        const std::scoped_lock lock(m_mutex);
        if (std::exchange(m_isAwake, true))
            return;
    }
    m_woken.notify_all();
#ifdef Q_OS_UNIX
    // If the pipe is full, it wakes the thread anyway.
    if (m_writing.isValid() && ::write(m_writing.get(), "", 1) < 0)
        return;
#endif
}

bool Waker::wait(int socket, std::chrono::milliseconds time)
{
    bool hasData = false;
#ifdef Q_OS_UNIX
    const bool usesPipe = socket >= 0 && m_writing.isValid();
#else
    const bool usesPipe = false;
#endif
    std::unique_lock lock(m_mutex);
    if (usesPipe) {
        const auto limit = m_isAwake ? std::chrono::milliseconds(0) : time;
        lock.unlock();
        hasData = waitForData(socket, limit); // also empties the pipe
        lock.lock();
    } else {
        m_woken.wait_for(lock, time, [this] { return m_isAwake; });
    }
    m_isAwake = false;
    return hasData;
}

} // namespace QZap::Internal
