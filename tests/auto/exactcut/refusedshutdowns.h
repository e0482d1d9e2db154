// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef REFUSEDSHUTDOWNS_H
#define REFUSEDSHUTDOWNS_H

#include <QtCore/qglobal.h>

// While it exists, the next calls of shutdown() in the process fail with ENOBUFS, up to a number.
class RefusedShutdowns
{
public:
    explicit RefusedShutdowns(int maximum);
    ~RefusedShutdowns();
    Q_DISABLE_COPY_MOVE(RefusedShutdowns)

    // Returns how many have failed since the construction of the object.
    static int count();
};

#endif // REFUSEDSHUTDOWNS_H
