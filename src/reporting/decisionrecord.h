// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_DECISIONRECORD_H
#define QZAP_REPORTING_DECISIONRECORD_H

#include "policy/cause.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

namespace QZap::Internal {

// What has become of a request.
enum class Outcome : quint8 {
    Accepted,
    Unenforced, // refused, and let in nonetheless
    Refused,
    Later,
    Dropped, // no reply has reached the peer
};
inline constexpr size_t OutcomeCount = static_cast<size_t>(Outcome::Dropped) + 1;

inline Outcome outcomeOf(Status status, bool isEnforced)
{
    if (!isEnforced)
        return Outcome::Unenforced;
    switch (status) {
    case Status::Success:
        return Outcome::Accepted;
    case Status::TemporaryError:
        return Outcome::Later;
    case Status::AuthenticationFailure:
    case Status::InternalError:
        break;
    }
    return Outcome::Refused;
}

// A decision as observers get it: views, without passwords. Texts are UTF-8, but may be anything if
// the request was malformed.
struct DecisionRecord
{
    qint64 time = 0;     // ms since 1970
    qint64 duration = 0; // ns, from the receipt of the request to the reply
    quint64 session = 0; // number; 0: none
    Status status = Status::AuthenticationFailure;
    Outcome outcome = Outcome::Refused;
    Cause cause = Cause::Malformed;
    Mechanism mechanism = Mechanism::Unknown;
    QByteArrayView reason;
    QByteArrayView domain;
    QByteArrayView address;
    QByteArrayView user; // proved or claimed
    QByteArrayView key;  // the public key of a CURVE peer, 32 bytes; else empty
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_DECISIONRECORD_H
