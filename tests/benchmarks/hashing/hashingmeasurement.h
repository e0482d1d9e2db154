// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef HASHINGMEASUREMENT_H
#define HASHINGMEASUREMENT_H

#include "hashing/userfiles.h"
#include "options.h"
#include "results.h"

class HashingHandler;

// The cost of hashed passwords: of peers that reconnect, compared with plain-text passwords, and of
// new peers.
class HashingMeasurement
{
public:
    HashingMeasurement(const Options &options, const Fixture &fixture, Results *results);

    // False, with what went wrong.
    bool run(QString *errorMessage);

private:
    bool measureCold(QString *errorMessage);
    bool measureStorm(QString *errorMessage);
    // Returns a load with that many users, each with its own address.
    static AskingLoad load(const char *domain, qint64 users);

    const Options &m_options;
    const Fixture &m_fixture;
    Results &m_results;
    UserFiles m_files;
    Hashing m_figures;
};

#endif // HASHINGMEASUREMENT_H
