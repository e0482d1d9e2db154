// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "eventlooprest.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <algorithm>

bool comesToRest(const QObject *object)
{
    constexpr int Turns = 100;
    auto *const dispatcher = QAbstractEventDispatcher::instance();
    int busyTurns = 0;
    while (busyTurns < Turns && dispatcher->processEvents(QEventLoop::AllEvents))
        ++busyTurns;
    if (busyTurns == Turns)
        return false;
    QList<QObject *> objects;
    if (object)
        objects = object->findChildren<QObject *>() << const_cast<QObject *>(object);
    return std::all_of(objects.cbegin(), objects.cend(), [dispatcher](QObject *each) {
        return dispatcher->registeredTimers(each).isEmpty();
    });
}
