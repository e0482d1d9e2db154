// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/sessionverdict.h"

#include "policy/decide.h"
#include "protocol/metadata.h"

namespace QZap::Internal {

namespace {

Request requestOf(const SessionRecord &session)
{
    Request request;
    request.domain = session.domain;
    request.address = session.address;
    request.mechanism = session.mechanism;
    if (session.mechanism == Mechanism::Curve)
        request.publicKey = session.credential;
    else if (session.mechanism != Mechanism::Null)
        request.name = session.credential;
    return request;
}

// Returns a reason if a field is published that was not sent: its value would be what the peer
// claims.
QByteArray missingField(const SessionRecord &session, const Verdict &verdict)
{
    QByteArray reason;
    const auto check = [&](QByteArrayView name, QByteArrayView /*value*/) {
        if (reason.isEmpty() && !session.fieldNames.contains(name.toByteArray()))
            reason = "The published field \"" + name.toByteArray() + "\" was not sent";
    };
    visitMetadata(verdict.domain->metadata, check);
    visitMetadata(verdict.metadata, check);
    if (verdict.domain->publishesDomain)
        check(DomainField, {});
    return reason;
}

QByteArray changedEntry(const SessionRecord &session, const Verdict &verdict,
                        const Request &request)
{
    const EntryDigests now = EntryDigests::of(verdict, request);
    if (now.userId != session.entry.userId)
        return QByteArrayLiteral("The user id of the peer has changed");
    if (now.secret != session.entry.secret)
        return QByteArrayLiteral("The password of the user has changed");
    if (now.fields == session.entry.fields)
        return {};
    const QByteArray missing = verdict.domain ? missingField(session, verdict) : QByteArray();
    return missing.isEmpty() ? QByteArrayLiteral("The published fields of the peer have changed")
                             : missing;
}

} // namespace

SessionVerdict judge(const SessionRecord &session, const Policy &policy, WallClock clock)
{
    const Request request = requestOf(session);
    const Verdict verdict = decideAgain(policy, request, clock);
    // The provider may have refused the peer, and is not asked again.
    if (!session.isEnforced && verdict.next == Verdict::Next::AskProvider) {
        if (verdict.isReportOnly)
            return {{}, verdict.notAfter};
        return {QByteArrayLiteral("The peer was refused, and refusals are enforced now")};
    }
    if (verdict.status == Status::TemporaryError)
        return {{}, KeyStore::Never, true};
    if (verdict.status != Status::Success)
        return {verdict.isEnforced ? verdict.reason : QByteArray()};
    if (!session.isEnforced && !verdict.isAddressRefused)
        return {QByteArrayLiteral("The peer, which had no user id, is accepted now")};
    if (session.isEnforced)
        return {changedEntry(session, verdict, request), verdict.notAfter};
    return {{}, verdict.notAfter};
}

} // namespace QZap::Internal
