// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/evaluation/sessionfield.h"

#include "base/clock.h"
#include "protocol/metadata.h"
#include "sessions/sessiontoken.h"

#include <algorithm>

namespace QZap::Internal {

namespace {

// Returns the same bytes, without a copy.
QByteArray viewed(QByteArrayView view)
{
    return QByteArray::fromRawData(view.data(), view.size());
}

} // namespace

QByteArray metadataWithSession(const Evaluation &evaluation, quint64 authenticator)
{
    const Request &request = evaluation.request;
    SessionRecord record;
    record.number = evaluation.sessionNumber;
    record.authenticator = authenticator;
    record.since = Clock::wallMilliseconds();
    record.mechanism = request.mechanism;
    record.isEnforced = evaluation.verdict.isEnforced;
    record.domain = viewed(request.domain);
    record.credential = viewed(sessionCredential(request));
    record.address = viewed(request.address);
    record.userId = viewed(sessionUserId(evaluation));
    record.entry = EntryDigests::of(evaluation.verdict, request);
    visitMetadata(evaluation.metadata, [&record](QByteArrayView name, QByteArrayView /*value*/) {
        record.fieldNames.append(viewed(name));
    });
    const qsizetype size = SessionToken::sizeOf(record);
    const qsizetype before = evaluation.metadata.size();
    QByteArray metadata(before + metadataHeadSize(SessionField) + size, Qt::Uninitialized);
    std::copy(evaluation.metadata.begin(), evaluation.metadata.end(), metadata.begin());
    char *const token = writeMetadataHead(SessionField, size, metadata.data() + before);
    if (size > 0)
        SessionToken::write(record, token, size);
    return metadata;
}

} // namespace QZap::Internal
