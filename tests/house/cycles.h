// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CYCLES_H
#define CYCLES_H

#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

struct IncludePlace
{
    QString file;
    int line = 0;
};

// The includes of each unit, with their locations.
using IncludeGraph = QMap<QString, QMap<QString, IncludePlace>>;

struct Cycle
{
    QStringList units; // the first one is also the last one
    IncludePlace end;  // the include that leads back to the first
};

// Returns include cycles of the graph: at least one if there are any, and one for each include that
// closes a cycle.
QList<Cycle> findCycles(const IncludeGraph &graph);

#endif // CYCLES_H
