// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CONSOLE_H
#define CONSOLE_H

#include <QtCore/qstring.h>

// The program's output. Each line is written at once, so that readers of a pipe see it in time.
namespace Console {

void print(const QString &line);
void printError(const QString &message);

} // namespace Console

#endif // CONSOLE_H
