// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_MONITORREADER_H
#define QZAP_TRANSPORT_MONITORREADER_H

#include "transport/handshaketracker.h"

#include <optional>

namespace QZap::Internal {

// The result of readMonitor().
struct MonitorReading
{
    std::optional<MonitorEvent> event; // the next one, if one has arrived
    // The monitor was stopped: its socket was closed, another monitor replaced it, or the context
    // was terminated. Its reader can be closed.
    bool isStopped = false;
};

// Reads from the PAIR socket that a monitor sends to. Never waits.
[[nodiscard]] MonitorReading readMonitor(void *reader);

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_MONITORREADER_H
