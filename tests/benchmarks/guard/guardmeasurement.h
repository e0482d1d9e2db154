// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GUARDMEASUREMENT_H
#define GUARDMEASUREMENT_H

#include "guard/devices.h"
#include "guard/guardedserver.h"
#include "options.h"
#include "results.h"
#include "stores/credentialfile.h"

// Measures a guard: the time of isAuthorized(), of looking at all sessions and keys again after a
// change, and from a revocation until the connection has ended; and a reconnect storm.
class GuardMeasurement
{
public:
    GuardMeasurement(const Options &options, Results *results);

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(QString *errorMessage);

private:
    bool measureSessions(QString *errorMessage);
    void measureIsAuthorized(GuardedServer *server);
    bool measureReviews(GuardedServer *server, QString *errorMessage);
    bool measureKeyChanges(GuardedServer *server, QString *errorMessage);
    bool measureCuts(GuardedServer *server, const char *socket, QString *errorMessage);
    bool measureStorm(QString *errorMessage);

    const Options &m_options;
    Results &m_results;
    Devices m_devices;
    CredentialFile m_keyList;
    Guarding m_figures;
};

#endif // GUARDMEASUREMENT_H
