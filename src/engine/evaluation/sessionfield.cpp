// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/evaluation/sessionfield.h"

#include "base/clock.h"
#include "protocol/metadata.h"
#include "sessions/sessiontoken.h"

namespace QZap::Internal {

QByteArray metadataWithSession(const Evaluation &evaluation, quint64 authenticator)
{
    const Request &request = evaluation.request;
    SessionRecord record;
    record.number = evaluation.sessionNumber;
    record.authenticator = authenticator;
    record.since = Clock::wallMilliseconds();
    record.mechanism = request.mechanism;
    record.isEnforced = evaluation.verdict.isEnforced;
    record.domain = request.domain.toByteArray();
    record.credential = sessionCredential(request).toByteArray();
    record.address = request.address.toByteArray();
    record.userId = sessionUserId(evaluation).toByteArray();
    record.entry = EntryDigests::of(evaluation.verdict, request);
    visitMetadata(evaluation.metadata, [&record](QByteArrayView name, QByteArrayView /*value*/) {
        record.fieldNames.append(name.toByteArray());
    });
    QByteArray metadata = evaluation.metadata;
    appendMetadata(SessionField, SessionToken::make(record), &metadata);
    return metadata;
}

} // namespace QZap::Internal
