// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_SIGNALLISTENERS_H
#define QZAP_AUTHENTICATOR_SIGNALLISTENERS_H

#include "reporting/reporter.h"

#include <QtCore/qmetaobject.h>

#include <atomic>
#include <functional>

namespace QZap::Internal {

// Keeps track of which decision signals of the authenticator are connected, by connectNotify() and
// disconnectNotify(), in any thread.
class SignalListeners
{
public:
    using IsConnected = std::function<bool(const QMetaMethod &signal)>;

    // Returns the listeners as the engine reads them.
    const Listeners &listeners() const { return m_listeners; }

    // Adds the listeners of a signal; a signal that does not report decisions has none.
    void add(const QMetaMethod &signal);
    // Records that a connection was removed: the next update() checks whether others remain.
    void markOutdated() { m_isOutdated = true; }
    // Removes the signals that are no longer connected.
    void update(const IsConnected &isConnected);

private:
    Listeners m_listeners;
    std::atomic<bool> m_isOutdated{false};
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_SIGNALLISTENERS_H
