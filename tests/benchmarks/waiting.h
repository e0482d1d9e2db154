// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef WAITING_H
#define WAITING_H

#include <chrono>
#include <functional>

class QZapAuthenticator;

// Each runs the event loop of the calling thread meanwhile.
void runLoop(std::chrono::milliseconds time);
// False where it does not come to that within a minute.
bool runLoopUntil(const std::function<bool()> &condition);
// Until all domains have loaded what they are to load.
bool waitUntilReady(const QZapAuthenticator &authenticator);

#endif // WAITING_H
