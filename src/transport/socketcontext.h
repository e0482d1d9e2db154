// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_SOCKETCONTEXT_H
#define QZAP_TRANSPORT_SOCKETCONTEXT_H

#include "base/problem.h"

namespace QZap::Internal {

// Returns the context of an open socket, for which libzmq has no function. It is read from the
// memory of the socket, after a check that this libzmq stores it at the expected position.
Result<void *> contextOf(const void *socket);

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_SOCKETCONTEXT_H
