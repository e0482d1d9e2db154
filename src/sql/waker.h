// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_WAKER_H
#define QZAP_SQL_WAKER_H

#include "base/filedescriptor.h"

#include <QtCore/qglobal.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace QZap::Internal {

// Lets one thread wait for a time, for calls of other threads, and for data on a socket. It needs
// no event loop; without descriptors, it does not wait for data.
class Waker
{
public:
    Waker();
    Q_DISABLE_COPY_MOVE(Waker)

    // Ends the present call of wait(), or the next one. Thread-safe.
    void wake();
    // Waits; -1 if there is no socket. Returns whether there is data, or the socket was closed by
    // the other end.
    bool wait(int socket, std::chrono::milliseconds time);

private:
    bool waitForData(int socket, std::chrono::milliseconds time);

    std::mutex m_mutex;
    std::condition_variable m_woken;
    bool m_isAwake = false;
#ifdef Q_OS_UNIX
    FileDescriptor m_reading; // of a pipe
    FileDescriptor m_writing;
#endif
};

} // namespace QZap::Internal

#endif // QZAP_SQL_WAKER_H
