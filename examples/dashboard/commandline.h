// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef COMMANDLINE_H
#define COMMANDLINE_H

#include "options.h"

#include <QtCore/qstringlist.h>

#include <optional>

// Reads the program's arguments. Ends the program if they ask for help or the version. Returns
// nullopt and prints an error message if they are invalid.
std::optional<Options> readCommandLine(const QStringList &arguments);

#endif // COMMANDLINE_H
