// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef WAITING_H
#define WAITING_H

#include <chrono>
#include <functional>

class QZapAuthenticator;

// These functions run the event loop of the calling thread.
void runLoop(std::chrono::milliseconds time);
// Runs until the condition is true; returns false if it is not in time.
bool runLoopUntil(const std::function<bool()> &condition,
                  std::chrono::milliseconds timeout = std::chrono::minutes(1));
// Waits until all domains have loaded their files.
bool waitUntilReady(const QZapAuthenticator &authenticator);

#endif // WAITING_H
