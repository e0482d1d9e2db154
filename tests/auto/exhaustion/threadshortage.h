// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef THREADSHORTAGE_H
#define THREADSHORTAGE_H

#include <QtCore/qglobal.h>

// While it exists, the process cannot start threads: pthread_create() fails with EAGAIN.
class ThreadShortage
{
public:
    ThreadShortage();
    ~ThreadShortage();
    Q_DISABLE_COPY_MOVE(ThreadShortage)

    // Returns how many threads could not be started since the construction of the object.
    static int failures();
};

#endif // THREADSHORTAGE_H
