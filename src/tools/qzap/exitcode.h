// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_EXITCODE_H
#define QZAP_TOOLS_EXITCODE_H

// The exit code of the program. --help and the manual page explain the values.
enum class ExitCode {
    Done = 0,
    Problems = 1, // the checked file has errors
    Usage = 2,    // the arguments or the password cannot be used
    Failed = 3,   // a file or stream cannot be read or written
};

#endif // QZAP_TOOLS_EXITCODE_H
