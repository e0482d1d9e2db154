// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_CAUSE_H
#define QZAP_POLICY_CAUSE_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

namespace QZap::Internal {

// The kind of a reason, for statistics: unlike the text, which may contain a provider's words, it
// has a fixed number of values.
enum class Cause : quint8 {
    Accepted, // by the rules
    Provider, // a provider has decided, either way
    AddressRules,
    UnknownUser,
    WrongPassword,
    UnknownKey,
    ExpiredKey,
    ExpiredUser,
    UnknownPrincipal,
    NullNotAccepted,
    NotConfigured, // the mechanism in the domain
    DomainRemoved,
    ProviderRemoved,
    ProviderReplaced,
    BeingWritten, // the credentials, or they were lost a moment ago
    DomainNotReady,
    NotConfirmed, // the credentials, in time
    ConfigurationChanging,
    SessionRevoked, // before the answer was sent
    ConfigurationInvalid,
    Lockdown,
    LockedOut, // the address
    Overload,
    Timeout,
    Stopping,
    UserIdHook, // has thrown an exception
    InvalidReply,
    Malformed, // the request
    // No reply has reached the peer:
    Undelivered,
    Superseded,
    Unanswerable,
};
inline constexpr size_t CauseCount = static_cast<size_t>(Cause::Unanswerable) + 1;

// Returns the value of the label "reason" in metrics.
[[nodiscard]] QByteArrayView causeName(Cause cause);

} // namespace QZap::Internal

#endif // QZAP_POLICY_CAUSE_H
