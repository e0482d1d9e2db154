// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef STOREMEASUREMENT_H
#define STOREMEASUREMENT_H

#include "fixture.h"
#include "latenessrecorder.h"
#include "options.h"
#include "results.h"
#include "stopwatch.h"
#include "stores/certificatefolder.h"

#include <functional>

// Measures how long stores take to load, to change and to be freed, and the effect on the event
// loop. Runs in a thread that is not bound to cores, so that the loaders are not bound either.
class StoreMeasurement
{
public:
    StoreMeasurement(const Options &options, const Fixture &fixture, Results *results);

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(QString *errorMessage);

private:
    // The rows, in this order.
    enum Load { Certificates, Pyzmq, Czmq, List };
    enum Timer { IdleLoop, LoadingCertificates, LoadingList, FreeingList };
    enum Change { Added, Edited, Removed };

    bool loadCertificates();
    bool loadByPeers(QString *errorMessage);
    bool loadList();
    bool changeFiles(QString *errorMessage);
    // Waits until the condition is true, and until remaining work is done.
    bool awaitChange(Change change, const Stopwatch &watch, const std::function<bool()> &condition);

    int m_rounds;
    const Fixture &m_fixture;
    Results &m_results;
    const qint64 m_certificates;
    CertificateFolder m_folder;
    LatenessRecorder m_lateness;
    QList<LoadRow> m_loads;
    QList<ChangeRow> m_changes;
};

#endif // STOREMEASUREMENT_H
