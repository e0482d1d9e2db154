// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/entrydigests.h"

#include "base/keyeddigest.h"

#include <cstring>

namespace QZap::Internal {

namespace {

quint64 shortened(const KeyedDigest &digest)
{
    quint64 result = 0;
    std::memcpy(&result, digest.data(), sizeof result);
    return result;
}

} // namespace

EntryDigests EntryDigests::of(const Verdict &verdict, const Request &request)
{
    EntryDigests digests;
    if (!verdict.userId.isEmpty())
        digests.userId = shortened(keyedDigest({"session user", verdict.userId}));
    const DomainPolicy *const domain = verdict.domain;
    if (!domain)
        return digests;
    if (domain->publishesDomain || !domain->metadata.isEmpty() || !verdict.metadata.isEmpty()) {
        const QByteArrayView withDomain = domain->publishesDomain ? "1" : "0";
        digests.fields = shortened(
            keyedDigest({"session fields", withDomain, domain->metadata, verdict.metadata}));
    }
    if (request.mechanism == Mechanism::Plain && domain->passwords)
        digests.secret = shortened(domain->passwords->entryDigest(request.name));
    return digests;
}

} // namespace QZap::Internal
