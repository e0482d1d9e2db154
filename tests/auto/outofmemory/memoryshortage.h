// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef MEMORYSHORTAGE_H
#define MEMORYSHORTAGE_H

#include <QtCore/qglobal.h>

// While an object exists, allocations fail in the threads with a given name. In each turn, some
// consecutive allocations of a thread fail, after a number of successful ones that grows by one
// with each turn.
class MemoryShortage
{
public:
    MemoryShortage(const char *thread, int firstAfter, int turns, int failuresInARow);
    ~MemoryShortage();
    Q_DISABLE_COPY_MOVE(MemoryShortage)

    static int failures();
};

#endif // MEMORYSHORTAGE_H
