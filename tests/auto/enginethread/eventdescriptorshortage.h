// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef EVENTDESCRIPTORSHORTAGE_H
#define EVENTDESCRIPTORSHORTAGE_H

#include <QtCore/qglobal.h>

// While an object exists, the first eventfd() in every thread other than its own fails with EMFILE,
// as if other threads had just taken the last descriptors.
class EventDescriptorShortage
{
public:
    EventDescriptorShortage();
    ~EventDescriptorShortage();
    Q_DISABLE_COPY_MOVE(EventDescriptorShortage)

    // Returns how many calls have failed since the construction of the object.
    static int failures();
};

#endif // EVENTDESCRIPTORSHORTAGE_H
