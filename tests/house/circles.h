// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CIRCLES_H
#define CIRCLES_H

#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

struct IncludePlace
{
    QString file;
    int line = 0;
};

// By the unit that includes: what it includes, and where.
using IncludeGraph = QMap<QString, QMap<QString, IncludePlace>>;

struct Circle
{
    QStringList units; // the first one is the last one as well
    IncludePlace end;  // the include that leads back to the first
};

// Returns circles of the graph: none only if it has none, and each include that closes one once.
QList<Circle> findCircles(const IncludeGraph &graph);

#endif // CIRCLES_H
