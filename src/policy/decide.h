// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_DECIDE_H
#define QZAP_POLICY_DECIDE_H

#include "base/clock.h"
#include "policy/cause.h"
#include "policy/policy.h"
#include "protocol/request.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// The reason for refusing a PLAIN peer, regardless of which of the two is wrong.
inline const QByteArray WrongPassword = QByteArrayLiteral("The user name or password is wrong");

inline const QByteArray UserExpired = QByteArrayLiteral("The user has expired");
inline const QByteArray KeyExpired = QByteArrayLiteral("The key has expired");

inline const QByteArray AddressNotAllowed = QByteArrayLiteral("The address is not allowed");

// Returns the reason for the temporary answer to a peer that is missing from a settling store.
QByteArray settlingReason(const DomainPolicy &domain);

// The outcome of the built-in checks.
struct Verdict
{
    enum class Next {
        Answer,
        WaitForStore, // the domain is loading
        CheckHash,    // the password must be compared with the hash
        AskProvider,  // the peer has passed the checks, or there are none
        NameUser,     // the key has passed the checks, and the hook determines its user id
    };

    Status status = Status::AuthenticationFailure;
    Cause cause = Cause::Malformed; // the kind of the reason
    QByteArray reason;
    // The proved user id of a peer that is accepted or that a provider is asked about (UTF-8; views
    // the request or the policy). Empty for a CURVE key without a user id in the store: the
    // authenticator's user id hook is called then.
    QByteArrayView userId;
    QByteArrayView metadata = {};         // of an accepted peer's key or user
    const DomainPolicy *domain = nullptr; // has accepted the peer, and publishes fields
    bool fellBack = false;                // to the domain for all domains
    bool isDomainUnknown = false;         // refused: nothing is configured for the domain
    bool isEnforced = true;               // otherwise, the refused peer is let in
    bool isReportOnly = false;            // further refusals by the domain are not enforced
    // Whether the address rules refuse the peer, without being enforced. Applies if nothing else
    // refuses it.
    bool isAddressRefused = false;
    bool isWrongPassword = false; // refused because of the user name or password
    Next next = Next::Answer;     // if Answer, the status is the final one
    QByteArray hash = {};
    qint64 notAfter = KeyStore::Never; // of an accepted peer's key or user, or of one to be checked
    // The provider to ask about a peer that nothing else refuses; owned by the policy.
    const ProviderPointer *provider = nullptr;
};

// Returns whether anything that is configured for the domain decides about its peers of the
// mechanism: a domain or provider of this name, or one for all domains that applies to them.
bool isConfigured(const Policy &policy, QByteArrayView domain, Mechanism mechanism);

// Decides whether the policy lets the request in. A pure function, except that it reads the clock
// if the peer's key or user has a time of expiry, or the domain's credentials become stale.
Verdict decide(const Policy &policy, const Request &request, WallClock clock = Clock::wall);

// Decides whether the policy would let the peer of a request, whose password was correct, in again:
// passwords are not compared, and lockdown and stale credentials are ignored. A peer that a
// provider has accepted needs no other answer than a temporary one.
Verdict decideAgain(const Policy &policy, const Request &request, WallClock clock = Clock::wall);

// Returns whether the address rules refuse a peer, and are enforced.
bool refusesAddress(const Policy &policy, QByteArrayView address);

} // namespace QZap::Internal

#endif // QZAP_POLICY_DECIDE_H
