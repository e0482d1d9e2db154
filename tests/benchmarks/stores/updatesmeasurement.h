// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef UPDATESMEASUREMENT_H
#define UPDATESMEASUREMENT_H

#include "guard/devices.h"
#include "latenessrecorder.h"
#include "options.h"
#include "results.h"

#include <QtCore/qbytearray.h>

#include <vector>

class QZapAuthenticator;
class QZapCredentialsStore;
class QZapGuard;

// Measures how long a credentials store with many keys takes to be filled and replaced, how this
// delays the event loop, and how long the removal of a key takes to be in force and to end the
// connection of its peer, even while the keys are being replaced. Another thread makes the updates,
// as one that reads a database would.
class UpdatesMeasurement
{
public:
    UpdatesMeasurement(const Options &options, Results *results);

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(QString *errorMessage);

private:
    // The activity during a measurement of the event loop.
    enum Turn { Idle, Replacing, Removing, Freeing, Cutting };

    bool measureRound(QString *errorMessage);
    // Replaces all keys, and calls the event loop meanwhile.
    bool replace(QZapCredentialsStore *store);
    // Replaces all keys without calling the event loop, and returns whether it succeeded.
    bool fill(QZapCredentialsStore *store) const;
    // Removes keys until the replacement that is under way is in force.
    bool removeKeys(QZapCredentialsStore *store, const QZapAuthenticator &authenticator);
    // Removes the keys of connected peers of a guarded server while all keys are replaced.
    bool measureCuts(QString *errorMessage);
    bool cutConnections(QZapCredentialsStore *store, QZapGuard *guard);

    const int m_rounds;
    Results &m_results;
    const Devices m_devices;
    std::vector<QByteArray> m_keys; // the last ones are those of the devices
    size_t m_next = 0;              // the key to be removed next
    LatenessRecorder m_lateness;
    LoadRow m_replacements;
    RevocationRow m_removals;
    RevocationRow m_cuts;
};

#endif // UPDATESMEASUREMENT_H
