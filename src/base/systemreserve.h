// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_SYSTEMRESERVE_H
#define QZAP_BASE_SYSTEMRESERVE_H

#include "base/problem.h"

namespace QZap::Internal {

// libzmq and Qt end the process if they start a thread and the system has no thread, or no
// descriptor for it, left. This asks the system beforehand, by taking as many and giving them back.
//
// Returns why there are not enough and what to do. Leaves a margin, since other threads may take
// some meanwhile.
[[nodiscard]] Problem systemReserveProblem(int descriptors, int threads);

} // namespace QZap::Internal

#endif // QZAP_BASE_SYSTEMRESERVE_H
