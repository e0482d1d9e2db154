// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_SIGNALLISTENERS_H
#define QZAP_AUTHENTICATOR_SIGNALLISTENERS_H

#include "reporting/reporter.h"

#include <QtCore/qmetaobject.h>

#include <atomic>
#include <functional>

namespace QZap::Internal {

// Keeps account of which of the authenticator's signals of decisions somebody is connected to, from
// what connectNotify() and disconnectNotify() say, in whichever thread.
class SignalListeners
{
public:
    using IsConnected = std::function<bool(const QMetaMethod &signal)>;

    // Returns the listeners as the engine reads them.
    const Listeners &listeners() const { return m_listeners; }

    // Adds the listeners of a signal; one that reports no decisions has none.
    void add(const QMetaMethod &signal);
    // Records that a connection has ended: the next update() finds out whether there are others.
    void markOutdated() { m_isOutdated = true; }
    // Removes the signals that nobody is connected to any more.
    void update(const IsConnected &isConnected);

private:
    Listeners m_listeners;
    std::atomic<bool> m_isOutdated{false};
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_SIGNALLISTENERS_H
