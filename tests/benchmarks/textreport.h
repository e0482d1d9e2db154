// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef TEXTREPORT_H
#define TEXTREPORT_H

#include "goals.h"
#include "options.h"
#include "results.h"

#include <QtCore/qstring.h>

// Returns the results as tables, for people.
QString textReport(const Options &options, const Results &results, const QList<Goal> &goals);

#endif // TEXTREPORT_H
