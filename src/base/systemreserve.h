// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_SYSTEMRESERVE_H
#define QZAP_BASE_SYSTEMRESERVE_H

#include <QtCore/qstring.h>

namespace QZap::Internal {

// libzmq and Qt end the process if they start a thread and the system has no thread, or no
// descriptor for it, left. This asks the system beforehand, by taking as many and giving them back.
//
// Returns why they cannot be had and what to do, or an empty text. Leaves a margin, since other
// threads may take some meanwhile.
[[nodiscard]] QString systemReserveProblem(int descriptors, int threads);

} // namespace QZap::Internal

#endif // QZAP_BASE_SYSTEMRESERVE_H
