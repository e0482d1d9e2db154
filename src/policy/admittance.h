// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_ADMITTANCE_H
#define QZAP_POLICY_ADMITTANCE_H

namespace QZap::Internal {

// Whether a peer may be let in by a decision.
enum class Admittance {
    Granted,
    Outdated, // the decision must be made again
    Revoked,
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_ADMITTANCE_H
