// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_REPLICATIONSATEXIT_H
#define QZAP_SQL_REPLICATIONSATEXIT_H

#include "sql/replicationrun.h"

#include <memory>

namespace QZap::Internal {

// Stops all replications when the program exits, before Qt's table of connections is destroyed,
// which their threads use: also those of sources that are destroyed later, or never. Those that a
// server or a disk blocks are abandoned.
class ReplicationsAtExit
{
public:
    // Called by the constructors of sources.
    static void prepare();
    // Called once a connection is open: the libraries of its driver, such as that for TLS, clean up
    // at exit as well.
    static void prepareForDriver();
    // Takes a run that was prepared for, before its thread begins. Also keeps a plugin that
    // contains this code loaded, since its thread may still be blocked when the plugin is unloaded.
    static void add(const std::shared_ptr<ReplicationRun> &run);
};

} // namespace QZap::Internal

#endif // QZAP_SQL_REPLICATIONSATEXIT_H
