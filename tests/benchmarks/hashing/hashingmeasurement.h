// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef HASHINGMEASUREMENT_H
#define HASHINGMEASUREMENT_H

#include "hashing/userfiles.h"
#include "options.h"
#include "results.h"

class HashingHandler;

// Measures the cost of hashed passwords for peers that reconnect, compared with plain-text
// passwords, and for new peers.
class HashingMeasurement
{
public:
    HashingMeasurement(const Options &options, const Fixture &fixture, Results *results);

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(QString *errorMessage);

private:
    bool measureCold(QString *errorMessage);
    bool measureStorm(QString *errorMessage);
    // Returns a load with this number of users, each of whom has an address of their own.
    static AskingLoad load(const char *domain, qint64 users);

    const Options &m_options;
    const Fixture &m_fixture;
    Results &m_results;
    UserFiles m_files;
    Hashing m_figures;
};

#endif // HASHINGMEASUREMENT_H
