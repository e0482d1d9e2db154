// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GATE_H
#define GATE_H

#include <condition_variable>
#include <mutex>

// Blocks threads until all of them have arrived and the gate is opened.
class Gate
{
public:
    explicit Gate(int expected)
        : m_missing(expected)
    { }

    void arriveAndWait()
    {
        std::unique_lock lock(m_mutex);
        if (--m_missing == 0)
            m_allThere.notify_one();
        m_opened.wait(lock, [this] { return m_open; });
    }

    void waitForAll()
    {
        std::unique_lock lock(m_mutex);
        m_allThere.wait(lock, [this] { return m_missing == 0; });
    }

    void open()
    {
        const std::scoped_lock lock(m_mutex);
        m_open = true;
        m_opened.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_allThere;
    std::condition_variable m_opened;
    int m_missing;
    bool m_open = false;
};

#endif // GATE_H
