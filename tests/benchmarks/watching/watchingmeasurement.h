// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef WATCHINGMEASUREMENT_H
#define WATCHINGMEASUREMENT_H

#include "options.h"
#include "results.h"

// What it costs to watch a folder of certificates while nothing happens to them. Adds nothing if
// that cannot be measured on this system; false, with what went wrong.
bool measureWatching(const Options &options, Results *results, QString *errorMessage);

#endif // WATCHINGMEASUREMENT_H
