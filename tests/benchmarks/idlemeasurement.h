// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef IDLEMEASUREMENT_H
#define IDLEMEASUREMENT_H

#include "results.h"

// How often a thread of this process wakes up while an authenticator runs and nothing happens. To
// be measured before anything else is there.
std::optional<Idle> measureIdle(const Fixture &fixture, double seconds, QString *errorMessage);

#endif // IDLEMEASUREMENT_H
