// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LIBZMQVERSION_H
#define LIBZMQVERSION_H

#include <QtCore/qstring.h>

#include <zmq.h>

// Returns the version of the library that the program uses.
inline QString libzmqVersion()
{
    int major = 0;
    int minor = 0;
    int patch = 0;
    zmq_version(&major, &minor, &patch);
    return QStringLiteral("%1.%2.%3").arg(major).arg(minor).arg(patch);
}

#endif // LIBZMQVERSION_H
