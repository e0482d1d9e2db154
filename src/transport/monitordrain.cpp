// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/monitordrain.h"

#include "base/systemreserve.h"
#include "transport/monitorreader.h"

#include <zmq.h>

#include <algorithm>
#include <system_error>
#include <thread>

#ifdef Q_OS_UNIX
#    include <fcntl.h>
#    include <unistd.h>
#endif

namespace QZap::Internal {

namespace {

constexpr int MaximumEvents = 256; // events of one monitor before others are read

// Returns whether the monitor was stopped, and its reader closed.
bool readAndClose(void *reader)
{
    for (int i = 0; i < MaximumEvents; ++i) {
        const MonitorReading reading = readMonitor(reader);
        if (reading.isStopped) {
            zmq_close(reader);
            return true;
        }
        if (!reading.event)
            break;
    }
    return false;
}

} // namespace

MonitorDrain &MonitorDrain::instance()
{
    static auto *const drain = new MonitorDrain;
    return *drain; // never destroyed: its thread uses it until the process ends
}

Problem MonitorDrain::start()
{
    const std::scoped_lock lock(m_mutex);
    if (m_isRunning)
        return {};
    if (Problem problem = systemReserveProblem(2, 1))
        return problem;
#ifdef Q_OS_UNIX
    int ends[2];
    if (::pipe(ends) != 0)
        return QStringLiteral("no pipe can be created");
    m_woken = FileDescriptor(ends[0]);
    m_waking = FileDescriptor(ends[1]);
    for (const int end : ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
#endif
    try {
        std::thread([this] { run(); }).detach();
    } catch (const std::system_error &error) {
        return QStringLiteral("no thread can be started: ") + QString::fromUtf8(error.what());
    }
    m_isRunning = true;
    return {};
}

void MonitorDrain::add(void *reader)
{
    const std::scoped_lock lock(m_mutex);
    m_added.push_back(reader);
#ifdef Q_OS_UNIX
    // A full pipe wakes the thread as well.
    [[maybe_unused]] const ssize_t written = ::write(m_waking.get(), "", 1);
#endif
}

void MonitorDrain::run()
{
    std::vector<void *> readers;
    for (;;) {
        {
            const std::scoped_lock lock(m_mutex);
            readers.insert(readers.end(), m_added.begin(), m_added.end());
            m_added.clear();
        }
        readers.erase(std::remove_if(readers.begin(), readers.end(), readAndClose), readers.end());
        waitForEvents(readers);
    }
}

// Also returns if a context was terminated.
void MonitorDrain::waitForEvents(const std::vector<void *> &readers)
{
    std::vector<zmq_pollitem_t> items;
    items.reserve(readers.size() + 1);
    for (void *const reader : readers)
        items.push_back({reader, {}, ZMQ_POLLIN, 0});
    long timeout = -1;
#ifdef Q_OS_UNIX
    items.push_back({nullptr, m_woken.get(), ZMQ_POLLIN, 0});
#else
    timeout = 100; // ms; there is no descriptor that add() could signal
#endif
    zmq_poll(items.data(), static_cast<int>(items.size()), timeout);
#ifdef Q_OS_UNIX
    char bytes[64];
    while (::read(m_woken.get(), bytes, sizeof bytes) > 0)
        continue;
#endif
}

} // namespace QZap::Internal
