// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef MEMORYSHORTAGE_H
#define MEMORYSHORTAGE_H

#include <QtCore/qglobal.h>

// While it exists, allocations fail in the threads of a name, in turns: after a number of
// allocations, which is larger by one in each turn, some of them fail in a row.
class MemoryShortage
{
public:
    MemoryShortage(const char *thread, int firstAfter, int turns, int failuresInARow);
    ~MemoryShortage();
    Q_DISABLE_COPY_MOVE(MemoryShortage)

    static int failures();
};

#endif // MEMORYSHORTAGE_H
