// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef MEMORYMEASUREMENT_H
#define MEMORYMEASUREMENT_H

#include "results.h"

// Of processes of their own, since this one holds all handlers.
std::optional<Memory> measureMemory(const Fixture &fixture, QString *errorMessage);

#endif // MEMORYMEASUREMENT_H
