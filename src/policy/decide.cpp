// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/decide.h"

namespace QZap::Internal {

namespace {

// The user id of a peer that showed no credentials, as in other ZAP handlers.
constexpr QByteArrayView Anonymous = "anonymous";

Verdict accept(QByteArrayView userId)
{
    Verdict verdict;
    verdict.status = Status::Success;
    verdict.reason = QByteArrayLiteral("OK");
    verdict.userId = userId;
    return verdict;
}

Verdict reject(const QByteArray &reason)
{
    Verdict verdict;
    verdict.reason = reason;
    return verdict;
}

Verdict retryLater(const QByteArray &reason)
{
    Verdict verdict;
    verdict.status = Status::TemporaryError;
    verdict.reason = reason;
    return verdict;
}

bool passesAddressRules(const Policy &policy, QByteArrayView address)
{
    if (policy.addressMode == AddressMode::Unset)
        return true;
    const auto peer = PeerAddress::fromBytes(address);
    return peer && policy.addresses->contains(*peer) == (policy.addressMode == AddressMode::Allow);
}

Verdict checkPassword(const DomainPolicy &domain, const Request &request)
{
    switch (domain.passwords->check(request.name, request.password)) {
    case PasswordCheck::Accepted:
        return accept(request.name);
    case PasswordCheck::NeedsHash: {
        Verdict verdict =
            retryLater(QByteArrayLiteral("The password has to be checked against a hash"));
        verdict.next = Verdict::Next::CheckHash;
        verdict.hash = domain.passwords->hashFor(request.name);
        return verdict;
    }
    case PasswordCheck::Refused:
        break;
    }
    return reject(WrongPassword);
}

Verdict checkCredentials(const DomainPolicy &domain, const Request &request)
{
    switch (request.mechanism) {
    case Mechanism::Null:
        return domain.acceptsAll ? accept(Anonymous)
                                 : reject(QByteArrayLiteral("NULL is not accepted in the domain"));
    case Mechanism::Plain:
        return checkPassword(domain, request);
    case Mechanism::Curve:
        if (domain.acceptsAll)
            return accept({});
        if (const auto match = domain.keys->find(request.publicKey)) {
            Verdict verdict = accept(match->userId);
            verdict.metadata = match->metadata;
            return verdict;
        }
        return reject(QByteArrayLiteral("The key is unknown in the domain"));
    case Mechanism::Gssapi:
        return domain.acceptsAll
                       || domain.principals.contains(
                           QByteArray::fromRawData(request.name.data(), request.name.size()))
                   ? accept(request.name)
                   : reject(QByteArrayLiteral("The principal is unknown in the domain"));
    case Mechanism::Unknown:
        break;
    }
    return reject(QByteArrayLiteral("The mechanism is unknown"));
}

Verdict checkDomain(const DomainPolicy &domain, const Request &request)
{
    if (domain.state == DomainPolicy::State::Ready)
        return checkCredentials(domain, request);
    Verdict verdict = retryLater(QByteArrayLiteral("The domain is not ready"));
    if (domain.state == DomainPolicy::State::Loading)
        verdict.next = Verdict::Next::WaitForStore;
    return verdict;
}

} // namespace

Verdict decide(const Policy &policy, const Request &request)
{
    // First, since it is meant to turn everyone away in a way that lets them come back.
    if (policy.lockdown)
        return retryLater(QByteArrayLiteral("The authenticator is locked down"));
    if (!passesAddressRules(policy, request.address))
        return reject(QByteArrayLiteral("The address is not allowed"));

    const DomainTable::Match match = policy.domains->find(request.domain, request.mechanism);
    if (!match.policy) {
        // As in other ZAP handlers, but not where some mechanism was set up for the domain: a
        // server that forgot its CURVE key would be open.
        if (!match.named && request.mechanism == Mechanism::Null)
            return accept(Anonymous);
        if (!match.named && request.mechanism == Mechanism::Gssapi)
            return accept(request.name);
        return reject(QByteArrayLiteral("The mechanism is not configured in the domain"));
    }
    Verdict verdict = checkDomain(*match.policy, request);
    verdict.domain = match.policy;
    verdict.fellBack = match.fellBack;
    return verdict;
}

} // namespace QZap::Internal
