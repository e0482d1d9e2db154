// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef MEMORYMEASUREMENT_H
#define MEMORYMEASUREMENT_H

#include "results.h"

// Measures the memory of separate processes, since this one contains all handlers.
std::optional<Memory> measureMemory(const Fixture &fixture, QString *errorMessage);

#endif // MEMORYMEASUREMENT_H
