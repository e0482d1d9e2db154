// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CONSOLE_H
#define CONSOLE_H

#include <QtCore/qstring.h>

// The program's output. Each line is written at once, so that whoever reads a pipe sees it in time.
namespace Console {

void print(const QString &line);
void printError(const QString &message);

} // namespace Console

#endif // CONSOLE_H
