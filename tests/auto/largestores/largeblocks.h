// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LARGEBLOCKS_H
#define LARGEBLOCKS_H

#include <QtCore/qglobal.h>

// Counts the large blocks of memory that are freed while an object exists: by the library's loading
// threads, and by all other threads.
class LargeBlocks
{
public:
    LargeBlocks();
    ~LargeBlocks();
    Q_DISABLE_COPY_MOVE(LargeBlocks)

    static int freedByLoaders();
    static int freedByOthers();
};

#endif // LARGEBLOCKS_H
