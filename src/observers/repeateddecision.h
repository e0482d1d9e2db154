// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_REPEATEDDECISION_H
#define QZAP_OBSERVERS_REPEATEDDECISION_H

#include "base/bytehash.h"
#include "reporting/decisionrecord.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// Decisions that are alike, and are written to an audit log as one line.
struct RepeatedDecision
{
    qint64 time = 0; // of the last one
    Status status = Status::AuthenticationFailure;
    Outcome outcome = Outcome::Refused;
    Cause cause = Cause::Malformed;
    Mechanism mechanism = Mechanism::Unknown;
    // These are empty if they differ.
    QByteArray reason;
    QByteArray domain;
    QByteArray address;
    // Of accepted peers:
    QByteArray user;
    QByteArray key;
    qint64 count = 0;

    // Forgets what is not the same in another decision.
    void keepCommon(const DecisionRecord &other)
    {
        const auto keep = [](QByteArray *mine, QByteArrayView another) {
            if (!isEqual(*mine, another))
                mine->clear();
        };
        keep(&reason, other.reason);
        keep(&domain, other.domain);
        keep(&address, other.address);
        keep(&user, other.user);
        keep(&key, other.key);
    }
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_REPEATEDDECISION_H
