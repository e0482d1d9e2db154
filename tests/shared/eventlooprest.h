// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef EVENTLOOPREST_H
#define EVENTLOOPREST_H

class QObject;

// Returns whether the thread would sleep now: after a few turns, its event loop has nothing left to
// do, and neither the object nor a child of it has a timer. A descriptor that remains readable, for
// example, keeps the event loop busy.
bool comesToRest(const QObject *object = nullptr);

#endif // EVENTLOOPREST_H
