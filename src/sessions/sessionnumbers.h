// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_SESSIONNUMBERS_H
#define QZAP_SESSIONS_SESSIONNUMBERS_H

#include <QtCore/qglobal.h>

#include <atomic>

namespace QZap::Internal {

// Numbers the sessions of one authenticator in the order in which their decisions begin. A number
// is drawn before the policy of its decision is read, so that a session with a number above last()
// is decided by a policy that is at least as new as that call. Thread-safe.
class SessionNumbers
{
public:
    void addGuard() { m_guards.fetch_add(1); }
    void removeGuard() { m_guards.fetch_sub(1); }
    int guardCount() const { return m_guards.load(); }
    // Returns whether sessions are needed.
    bool areUsed() const { return m_guards.load(std::memory_order_acquire) > 0; }

    // Returns the next number, from 1.
    quint64 draw() { return m_last.fetch_add(1) + 1; }
    // Returns 0 while there are no guards.
    quint64 drawIfUsed() { return areUsed() ? draw() : 0; }
    quint64 last() const { return m_last.load(); }

private:
    std::atomic<int> m_guards{0};
    std::atomic<quint64> m_last{0};
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_SESSIONNUMBERS_H
