// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_DECIDE_H
#define QZAP_POLICY_DECIDE_H

#include "policy/policy.h"
#include "protocol/request.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// What a PLAIN peer is refused with, whichever of the two it is.
inline const QByteArray WrongPassword = QByteArrayLiteral("The user name or password is wrong");

// The reason of the temporary answer to a peer that the store does not know, while it is settling.
inline const QByteArray BeingWritten =
    QByteArrayLiteral("The credentials of the domain are being written");

// The outcome of the built-in checks.
struct Verdict
{
    enum class Next {
        Answer,
        WaitForStore, // the domain is loading
        CheckHash,    // `hash` decides
        AskProvider,  // the checks let the peer through, or there are none
        NameUser,     // the checks let a key through whose user id somebody has to say
    };

    Status status = Status::AuthenticationFailure;
    QByteArray reason;
    // Whom a peer that gets in, or that a provider is asked about, proved to be (UTF-8; views the
    // request or the policy). Empty for a CURVE key whose store names nobody: the authenticator's
    // user id hook is asked then.
    QByteArrayView userId;
    QByteArrayView metadata = {};         // of an accepted peer's key
    const DomainPolicy *domain = nullptr; // that accepted the peer, and publishes
    bool fellBack = false;                // to the domain for all
    Next next = Next::Answer;             // else the status is that of an answer given at once
    QByteArray hash = {};
    // Is to be asked about a peer that nothing else keeps out; of the policy.
    const ProviderPointer *provider = nullptr;
};

// Whether the policy lets the request in. Pure: no side effect, the same answer each time.
Verdict decide(const Policy &policy, const Request &request);

} // namespace QZap::Internal

#endif // QZAP_POLICY_DECIDE_H
