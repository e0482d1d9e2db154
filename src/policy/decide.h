// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_DECIDE_H
#define QZAP_POLICY_DECIDE_H

#include "policy/policy.h"
#include "protocol/request.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// The outcome of the built-in checks.
struct Verdict
{
    Status status = Status::AuthenticationFailure;
    QByteArray reason;
    // Whom an accepted peer proved to be (UTF-8; views the request or the policy). Empty for a
    // CURVE key whose store names nobody: the authenticator's user id hook is asked then.
    QByteArrayView userId;
    bool fellBack = false; // to the domain for all
};

// Whether the policy lets the request in. Pure: no side effect, the same answer each time.
Verdict decide(const Policy &policy, const Request &request);

} // namespace QZap::Internal

#endif // QZAP_POLICY_DECIDE_H
