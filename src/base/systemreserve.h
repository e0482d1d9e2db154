// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_SYSTEMRESERVE_H
#define QZAP_BASE_SYSTEMRESERVE_H

#include "base/problem.h"

namespace QZap::Internal {

// libzmq and Qt end the process if the system has no thread or descriptor left when they start a
// thread. This function checks beforehand, by allocating and releasing as many.
//
// Returns why there are not enough and what to do. Keeps a margin, since other threads may take
// some meanwhile.
[[nodiscard]] Problem systemReserveProblem(int descriptors, int threads);

} // namespace QZap::Internal

#endif // QZAP_BASE_SYSTEMRESERVE_H
