// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FAILURE_H
#define FAILURE_H

#include <QtCore/qstring.h>

// The exit code of the program. --help explains the values.
enum class ExitCode {
    Done = 0,
    ZeroMQ = 1,
    Usage = 2,
    Configuration = 3,
    Handler = 4,
    Listen = 5,
};

// The reason why the program ends early, for the user.
struct Failure
{
    ExitCode code;
    QString message;
};

#endif // FAILURE_H
