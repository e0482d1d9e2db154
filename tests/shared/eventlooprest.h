// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef EVENTLOOPREST_H
#define EVENTLOOPREST_H

class QObject;

// Returns whether the event loop of this thread has nothing left to do after a few turns, and
// neither the object nor a child has a timer: the thread would sleep now. A descriptor that stays
// readable, for example, keeps it busy.
bool comesToRest(const QObject *object = nullptr);

#endif // EVENTLOOPREST_H
