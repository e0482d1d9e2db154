// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef JSONREPORT_H
#define JSONREPORT_H

#include "goals.h"
#include "options.h"
#include "results.h"

#include <QtCore/qjsonobject.h>

// Returns the results for programs.
QJsonObject jsonReport(const Options &options, const Results &results, const QList<Goal> &goals);

#endif // JSONREPORT_H
