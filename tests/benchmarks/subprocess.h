// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SUBPROCESS_H
#define SUBPROCESS_H

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

// Runs a program and returns the figures that it prints, one per line; empty on failure.
QList<double> figuresOf(const QString &program, const QStringList &arguments);

#endif // SUBPROCESS_H
