// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_GUARDCOUNTS_H
#define QZAP_SESSIONS_GUARDCOUNTS_H

#include <QtCore/qglobal.h>

namespace QZap::Internal {

// What guards report for statistics.
struct GuardCounts
{
    // At the moment:
    qint64 connections = 0; // of the guarded sockets
    qint64 sessions = 0;    // whose connection is known
    // In total:
    qint64 revoked = 0;              // sessions that ended while they were known
    qint64 disconnected = 0;         // connections that were ended, the silent ones included
    qint64 silentlyDisconnected = 0; // connections that had sent nothing

    void add(const GuardCounts &other)
    {
        connections += other.connections;
        sessions += other.sessions;
        addTotals(other);
    }
    void addTotals(const GuardCounts &other)
    {
        revoked += other.revoked;
        disconnected += other.disconnected;
        silentlyDisconnected += other.silentlyDisconnected;
    }
    void subtractTotals(const GuardCounts &other)
    {
        revoked -= other.revoked;
        disconnected -= other.disconnected;
        silentlyDisconnected -= other.silentlyDisconnected;
    }
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_GUARDCOUNTS_H
