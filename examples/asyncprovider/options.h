// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef OPTIONS_H
#define OPTIONS_H

#include <QtCore/qset.h>
#include <QtCore/qstring.h>

#include <chrono>

// The options of the command line.
struct Options
{
    int peers = 500;
    std::chrono::milliseconds delay{200}; // of each decision
    QSet<QString> refused;                // the names of peers
    bool workerThread = false;

    // Peers are numbered from 1.
    static QString nameOf(int number) { return QStringLiteral("peer%1").arg(number); }
    static QString passwordOf(const QString &name) { return QStringLiteral("of ") + name; }
};

#endif // OPTIONS_H
