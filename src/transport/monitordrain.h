// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_MONITORDRAIN_H
#define QZAP_TRANSPORT_MONITORDRAIN_H

#include "base/problem.h"

#include <QtCore/qglobal.h>

#include <mutex>
#include <vector>

#ifdef Q_OS_UNIX
#    include "base/filedescriptor.h"
#endif

namespace QZap::Internal {

// Reads the events of monitors whose channels were closed, in a thread of its own, and closes each
// reader when libzmq has stopped the monitor or terminated the context.
//
// A monitor can only be stopped through its socket's handle, which may be released at any time
// after zmq_close(). A monitor without a reader blocks all sockets of its context.
//
// The thread sleeps while there is nothing to read, and runs until the process ends. Thread-safe.
class MonitorDrain
{
public:
    static MonitorDrain &instance();

    // Starts the thread if it is not running. Returns a problem if it cannot be started.
    [[nodiscard]] Problem start();
    // Takes over the reader, a PAIR socket, which the caller must no longer use. Must be called
    // after a successful start().
    void add(void *reader);

private:
    MonitorDrain() = default;

    void run();
    void waitForEvents(const std::vector<void *> &readers);

    std::mutex m_mutex;
    std::vector<void *> m_added;
    bool m_isRunning = false;
#ifdef Q_OS_UNIX
    FileDescriptor m_waking; // written to by add()
    FileDescriptor m_woken;
#endif
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_MONITORDRAIN_H
