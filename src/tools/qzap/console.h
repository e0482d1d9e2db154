// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_CONSOLE_H
#define QZAP_TOOLS_CONSOLE_H

#include <QtCore/qstring.h>

// The program's output. What a file's name or text could do to a terminal or a line is escaped.
namespace Console {

// Call this before any file is opened: a file that gets the number of a closed standard stream
// would be used instead of it.
void guardStreams();

void print(const QString &line);
// Prints the text unchanged, with its line breaks.
void printText(const QString &text);
void printProblem(const QString &line);
// Prints a problem after the program's name.
void printError(const QString &message);

// Called last. Returns whether all output was written; otherwise prints the reason.
[[nodiscard]] bool finish();

} // namespace Console

#endif // QZAP_TOOLS_CONSOLE_H
