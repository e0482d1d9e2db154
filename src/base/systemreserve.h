// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_SYSTEMRESERVE_H
#define QZAP_BASE_SYSTEMRESERVE_H

#include "base/problem.h"

namespace QZap::Internal {

// libzmq and Qt end the process if they cannot get a thread or descriptor when they start a thread.
// This function checks beforehand whether enough are left, by allocating and releasing them.
//
// Returns why there are not enough and what to do. Keeps a margin, since other threads may take
// some meanwhile.
[[nodiscard]] Problem systemReserveProblem(int descriptors, int threads);

} // namespace QZap::Internal

#endif // QZAP_BASE_SYSTEMRESERVE_H
