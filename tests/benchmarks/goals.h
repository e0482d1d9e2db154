// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GOALS_H
#define GOALS_H

#include "results.h"

// A performance goal of the library, and the measured value.
struct Goal
{
    enum class Bound { AtMost, AtLeast };

    QString what;
    Bound bound = Bound::AtMost;
    double limit = 0;
    double measured = 0;
    QString unit; // empty for a ratio

    bool holds() const { return bound == Bound::AtMost ? measured <= limit : measured >= limit; }
};

// Returns the goals that the results contain values for.
QList<Goal> goalsFor(const Results &results, qint64 keys);

#endif // GOALS_H
