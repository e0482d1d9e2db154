// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/reply.h"

namespace QZap::Internal {

QByteArrayView statusCode(Status status)
{
    switch (status) {
    case Status::Success:
        return "200";
    case Status::TemporaryError:
        return "300";
    case Status::AuthenticationFailure:
        return "400";
    case Status::InternalError:
        return "500";
    }
    return "500";
}

QByteArrayList replyFrames(QByteArrayView requestId, const Reply &reply)
{
    return {ZapVersion.toByteArray(), requestId.toByteArray(),    reply.code.toByteArray(),
            reply.text.toByteArray(), reply.userId.toByteArray(), reply.metadata.toByteArray()};
}

} // namespace QZap::Internal
