// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTING_PEERADDRESS_P_H
#define QZAPTESTING_PEERADDRESS_P_H

#include <QtCore/qstring.h>

// Returns why no peer connects from this address, and what to write instead, as the end of a
// sentence; empty if it is the address of a peer, or empty itself. Needs a QCoreApplication.
QString peerAddressProblem(const QString &address);

#endif // QZAPTESTING_PEERADDRESS_P_H
