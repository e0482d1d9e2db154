// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_CONSOLE_H
#define QZAP_TOOLS_CONSOLE_H

#include <QtCore/qstring.h>

// The program's output. Control characters in it, such as those of a file's name, are escaped.
namespace Console {

// To be called before any file is opened: one that got the number of a closed standard stream
// would be written to, or read from, in its place.
void guardStreams();

void print(const QString &line);
// As it stands, with its line breaks.
void printText(const QString &text);
void printProblem(const QString &line);
// A problem with the program's name before it.
void printError(const QString &message);

// Whether all that was printed has arrived, for the last time; else the reason is printed.
[[nodiscard]] bool finish();

} // namespace Console

#endif // QZAP_TOOLS_CONSOLE_H
