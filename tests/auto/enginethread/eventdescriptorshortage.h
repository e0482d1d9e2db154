// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef EVENTDESCRIPTORSHORTAGE_H
#define EVENTDESCRIPTORSHORTAGE_H

#include <QtCore/qglobal.h>

// While it exists, the first eventfd() of each thread but its own fails with EMFILE, as if others
// had just taken the last descriptors.
class EventDescriptorShortage
{
public:
    EventDescriptorShortage();
    ~EventDescriptorShortage();
    Q_DISABLE_COPY_MOVE(EventDescriptorShortage)

    // Returns how many calls have failed since its construction.
    static int failures();
};

#endif // EVENTDESCRIPTORSHORTAGE_H
