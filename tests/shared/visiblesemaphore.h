// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef VISIBLESEMAPHORE_H
#define VISIBLESEMAPHORE_H

#include <chrono>
#include <condition_variable>
#include <mutex>

// A QSemaphore that ThreadSanitizer understands: Qt's own is not instrumented.
class VisibleSemaphore
{
public:
    void release(int count = 1)
    {
        const std::scoped_lock lock(m_mutex);
        m_available += count;
        m_released.notify_all();
    }
    bool tryAcquire(int count, int milliseconds)
    {
        std::unique_lock lock(m_mutex);
        if (!m_released.wait_for(lock, std::chrono::milliseconds(milliseconds),
                                 [&] { return m_available >= count; })) {
            return false;
        }
        m_available -= count;
        return true;
    }
    void acquire()
    {
        std::unique_lock lock(m_mutex);
        m_released.wait(lock, [&] { return m_available > 0; });
        --m_available;
    }
    int available() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_available;
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_released;
    int m_available = 0;
};

#endif // VISIBLESEMAPHORE_H
