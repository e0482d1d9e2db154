// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_CONSOLE_H
#define QZAP_TOOLS_CONSOLE_H

#include <QtCore/qstring.h>

// The program's output. Characters in file names and texts that could affect a terminal or break a
// line are escaped.
namespace Console {

// Call this before any file is opened: a file with the descriptor of a closed standard stream would
// be used as that stream.
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
