// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef IDLEMEASUREMENT_H
#define IDLEMEASUREMENT_H

#include "results.h"

// Measures how often threads of this process wake up while an authenticator is idle. Call it before
// anything else is created.
std::optional<Idle> measureIdle(const Fixture &fixture, double seconds, QString *errorMessage);

#endif // IDLEMEASUREMENT_H
