// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/cause.h"

#include <array>

namespace QZap::Internal {

QByteArrayView causeName(Cause cause)
{
    static constexpr std::array<QByteArrayView, CauseCount> Names = {
        "accepted",          "provider",
        "address_rules",     "unknown_user",
        "wrong_password",    "unknown_key",
        "expired_key",       "expired_user",
        "unknown_principal", "null_not_accepted",
        "not_configured",    "domain_removed",
        "provider_removed",  "provider_replaced",
        "being_written",     "domain_not_ready",
        "not_confirmed",     "configuration_changing",
        "session_revoked",   "configuration_invalid",
        "lockdown",          "locked_out",
        "overload",          "timeout",
        "stopping",          "user_id_hook",
        "invalid_reply",     "malformed",
        "undelivered",       "superseded",
        "unanswerable",
    };
    return Names[static_cast<size_t>(cause)];
}

} // namespace QZap::Internal
