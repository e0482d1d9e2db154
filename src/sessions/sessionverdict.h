// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_SESSIONVERDICT_H
#define QZAP_SESSIONS_SESSIONVERDICT_H

#include "base/clock.h"
#include "credentials/stores/keystore.h"
#include "policy/policy.h"
#include "sessions/sessionrecord.h"

#include <QtCore/qbytearray.h>

namespace QZap::Internal {

// Whether a policy still lets in the peer of a session.
struct SessionVerdict
{
    // Why the session ends; empty if it does not.
    QByteArray reason;
    qint64 notAfter = KeyStore::Never; // of the peer's key
    // The policy does not know at the moment: the last verdict holds, with its `notAfter`.
    bool isTemporary = false;

    bool isEnded() const { return !reason.isEmpty(); }
};

// Only a definite refusal ends a session: whatever gives new peers a temporary answer, lockdown
// included, leaves it alone. Passwords are not compared, providers and hooks not called.
[[nodiscard]] SessionVerdict judge(const SessionRecord &session, const Policy &policy,
                                   WallClock clock = Clock::wall);

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_SESSIONVERDICT_H
