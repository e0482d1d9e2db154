// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef WATCHINGMEASUREMENT_H
#define WATCHINGMEASUREMENT_H

#include "options.h"
#include "results.h"

// Measures the cost of watching a folder of certificates that do not change. Adds no result if that
// cannot be measured on this system. Returns whether it succeeded; otherwise sets *errorMessage.
bool measureWatching(const Options &options, Results *results, QString *errorMessage);

#endif // WATCHINGMEASUREMENT_H
