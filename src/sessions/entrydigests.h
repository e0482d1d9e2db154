// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_ENTRYDIGESTS_H
#define QZAP_SESSIONS_ENTRYDIGESTS_H

#include "policy/decide.h"
#include "protocol/request.h"

#include <QtCore/qglobal.h>

namespace QZap::Internal {

// Digests, under a key of this process, of the entry that a peer was accepted by, as the policy
// has it: a session ends if one of them has changed. Times of expiry are not part of it.
struct EntryDigests
{
    quint64 userId = 0; // that the store gives, not that of a provider; 0 without one
    quint64 fields = 0; // published ones; 0 without any
    quint64 secret = 0; // the stored password or hash; 0 if there is none

    // Returns the digests for an accepted peer, whose verdict must be valid.
    static EntryDigests of(const Verdict &verdict, const Request &request);
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_ENTRYDIGESTS_H
