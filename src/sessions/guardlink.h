// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_GUARDLINK_H
#define QZAP_SESSIONS_GUARDLINK_H

#include <QtCore/qglobal.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>

namespace QZap::Internal {

// A guard as the core of its authenticator sees it. Thread-safe.
class GuardLink
{
public:
    // Called in any thread, if what sessions are judged by has changed.
    explicit GuardLink(std::function<void()> changed)
        : m_changed(std::move(changed))
    { }
    Q_DISABLE_COPY_MOVE(GuardLink)

    // Waits for a running call.
    void close()
    {
        const std::scoped_lock lock(m_mutex);
        m_changed = nullptr;
    }
    void notify() const
    {
        const std::scoped_lock lock(m_mutex);
        if (m_changed)
            m_changed();
    }

    // A lower limit of the numbers of sessions with live connections; 0 if it is not known.
    quint64 oldestSession() const { return m_oldest.load(); }
    void setOldestSession(quint64 number) { m_oldest.store(number); }

private:
    mutable std::mutex m_mutex;
    std::function<void()> m_changed;
    std::atomic<quint64> m_oldest{0};
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_GUARDLINK_H
