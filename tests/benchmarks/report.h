// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef REPORT_H
#define REPORT_H

#include "goals.h"
#include "options.h"
#include "results.h"

#include <QtCore/qjsonobject.h>

// Prints the results for people, and writes them for programs.
class Report
{
public:
    Report(const Options &options, const Results &results);

    QString toText() const;
    QJsonObject toJson() const;

private:
    const Options &m_options;
    const Results &m_results;
    QList<Goal> m_goals;
};

#endif // REPORT_H
