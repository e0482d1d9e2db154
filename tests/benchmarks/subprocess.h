// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SUBPROCESS_H
#define SUBPROCESS_H

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

// Returns the figures that a program prints, each in a line; empty if it fails.
QList<double> figuresOf(const QString &program, const QStringList &arguments);

#endif // SUBPROCESS_H
