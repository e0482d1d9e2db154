// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/decide.h"

namespace QZap::Internal {

namespace {

QByteArray providerRemoved()
{
    return QByteArrayLiteral("The credentials provider of the domain was removed");
}

Verdict accept(QByteArrayView userId)
{
    Verdict verdict;
    verdict.status = Status::Success;
    verdict.cause = Cause::Accepted;
    verdict.reason = QByteArrayLiteral("OK");
    verdict.userId = userId;
    return verdict;
}

Verdict reject(Cause cause, const QByteArray &reason)
{
    Verdict verdict;
    verdict.cause = cause;
    verdict.reason = reason;
    return verdict;
}

Verdict retryLater(Cause cause, const QByteArray &reason)
{
    Verdict verdict;
    verdict.status = Status::TemporaryError;
    verdict.cause = cause;
    verdict.reason = reason;
    return verdict;
}

// Refuses a peer that the domain's store does not contain. The refusal may be only reported.
Verdict rejectStranger(const DomainPolicy &domain, Cause cause, const QByteArray &reason,
                       bool isReportOnly)
{
    if (domain.isSettling)
        return retryLater(Cause::BeingWritten, settlingReason(domain));
    Verdict verdict = reject(cause, reason);
    verdict.isEnforced = !isReportOnly;
    return verdict;
}

bool passesAddressRules(const Policy &policy, QByteArrayView address)
{
    if (policy.addressMode == AddressMode::Unset)
        return true;
    const bool isAllowList = policy.addressMode == AddressMode::Allow;
    const auto peer = PeerAddress::fromBytes(address);
    return peer
           && policy.addresses->contains(*peer, zoneNumberIn(policy.addressMode)) == isAllowList;
}

// The circumstances, besides the policy and the request, on which a decision depends.
struct Circumstances
{
    WallClock clock;
    bool wasAccepted = false; // the peer was let in before: its password is correct
};

// An expired user is always refused.
Verdict acceptUser(const DomainPolicy &domain, const Request &request, WallClock clock)
{
    const PasswordStore::Details details = domain.passwords->detailsOf(request.name);
    if (KeyStore::isExpired(details.notAfter, clock))
        return reject(Cause::ExpiredUser, UserExpired);
    Verdict verdict = accept(request.name);
    verdict.metadata = details.metadata;
    verdict.notAfter = details.notAfter;
    return verdict;
}

Verdict checkUser(const DomainPolicy &domain, const Request &request, bool isReportOnly,
                  WallClock clock)
{
    return domain.passwords->contains(request.name)
               ? acceptUser(domain, request, clock)
               : rejectStranger(domain, Cause::UnknownUser,
                                QByteArrayLiteral("The user is unknown in the domain"),
                                isReportOnly);
}

Verdict checkPassword(const DomainPolicy &domain, const Request &request, bool isReportOnly,
                      WallClock clock)
{
    switch (domain.passwords->check(request.name, request.password)) {
    case PasswordCheck::Accepted:
        return acceptUser(domain, request, clock);
    case PasswordCheck::NeedsHash: {
        Verdict verdict =
            retryLater(Cause::DomainNotReady,
                       QByteArrayLiteral("The password has to be checked against a hash"));
        const PasswordStore::Details details = domain.passwords->detailsOf(request.name);
        verdict.next = Verdict::Next::CheckHash;
        verdict.hash = domain.passwords->hashFor(request.name);
        verdict.metadata = details.metadata;
        verdict.notAfter = details.notAfter;
        return verdict;
    }
    case PasswordCheck::Refused:
        break;
    }
    // A wrong password is always refused.
    Verdict verdict = rejectStranger(domain, Cause::WrongPassword, WrongPassword,
                                     isReportOnly && !domain.passwords->contains(request.name));
    verdict.isWrongPassword = verdict.status == Status::AuthenticationFailure;
    return verdict;
}

Verdict checkPrincipal(const DomainPolicy &domain, const Request &request, bool isReportOnly)
{
    const auto principal = QByteArray::fromRawData(request.name.data(), request.name.size());
    if (domain.acceptsAll || domain.principals.contains(principal))
        return accept(request.name);
    return rejectStranger(domain, Cause::UnknownPrincipal,
                          QByteArrayLiteral("The principal is unknown in the domain"),
                          isReportOnly);
}

// An expired key is always refused.
Verdict checkKey(const DomainPolicy &domain, const Request &request, bool isReportOnly,
                 WallClock clock)
{
    const auto match = domain.keys->find(request.publicKey);
    if (!match) {
        return rejectStranger(domain, Cause::UnknownKey,
                              QByteArrayLiteral("The key is unknown in the domain"), isReportOnly);
    }
    if (KeyStore::isExpired(match->notAfter, clock))
        return reject(Cause::ExpiredKey, KeyExpired);
    Verdict verdict = accept(match->userId);
    verdict.metadata = match->metadata;
    verdict.notAfter = match->notAfter;
    return verdict;
}

Verdict checkCredentials(const DomainPolicy &domain, const Request &request, bool isReportOnly,
                         const Circumstances &circumstances)
{
    switch (request.mechanism) {
    case Mechanism::Null:
        return domain.acceptsAll ? accept(AnonymousUserId)
                                 : reject(Cause::NullNotAccepted,
                                          QByteArrayLiteral("NULL is not accepted in the domain"));
    case Mechanism::Plain:
        return circumstances.wasAccepted
                   ? checkUser(domain, request, isReportOnly, circumstances.clock)
                   : checkPassword(domain, request, isReportOnly, circumstances.clock);
    case Mechanism::Curve:
        return domain.acceptsAll ? accept({})
                                 : checkKey(domain, request, isReportOnly, circumstances.clock);
    case Mechanism::Gssapi:
        return checkPrincipal(domain, request, isReportOnly);
    case Mechanism::Unknown:
        break;
    }
    return reject(Cause::Malformed, QByteArrayLiteral("The mechanism is unknown"));
}

QByteArrayView userIdOf(const Request &request)
{
    return request.mechanism == Mechanism::Null ? AnonymousUserId : request.name;
}

Verdict checkDomain(const DomainPolicy &domain, const Request &request, bool isReportOnly,
                    const Circumstances &circumstances)
{
    // Peers that were let in are still revoked.
    if (domain.state == DomainPolicy::State::Ready && domain.isStale()
        && !circumstances.wasAccepted) {
        return retryLater(
            Cause::NotConfirmed,
            QByteArrayLiteral("The credentials of the domain were not confirmed in time"));
    }
    if (domain.state == DomainPolicy::State::Ready)
        return checkCredentials(domain, request, isReportOnly, circumstances);
    Verdict verdict =
        retryLater(Cause::DomainNotReady, QByteArrayLiteral("The domain is not ready"));
    if (domain.state == DomainPolicy::State::Loading)
        verdict.next = Verdict::Next::WaitForStore;
    return verdict;
}

// Without credentials, the provider decides alone.
Verdict askProvider(const ProviderPointer *provider, const Request &request)
{
    Verdict verdict =
        retryLater(Cause::Provider, QByteArrayLiteral("A credentials provider decides"));
    verdict.next = Verdict::Next::AskProvider;
    verdict.provider = provider;
    verdict.userId = userIdOf(request);
    return verdict;
}

ProviderTable::Match findProvider(const Policy &policy, QByteArrayView domain)
{
    return policy.providers ? policy.providers->find(domain) : ProviderTable::Match();
}

// The provider for all domains does not open a domain that was configured for other mechanisms.
bool applies(const ProviderTable::Match &match, bool isDomainNamed)
{
    return match.provider && !(isDomainNamed && match.fellBack);
}

Verdict decideWithoutDomain(const Policy &policy, const Request &request, bool named)
{
    const ProviderTable::Match match = findProvider(policy, request.domain);
    if (match.isClosed)
        return reject(Cause::ProviderRemoved, providerRemoved());
    if (applies(match, named)) {
        Verdict verdict = askProvider(match.provider, request);
        verdict.isReportOnly = policy.reportOnly;
        return verdict;
    }
    // Peers are let in as by other ZAP handlers, but not if any mechanism is configured for the
    // domain: a server without its CURVE key would let everyone in.
    if (!named && (request.mechanism == Mechanism::Null || request.mechanism == Mechanism::Gssapi))
        return accept(userIdOf(request));
    Verdict verdict = reject(Cause::NotConfigured,
                             QByteArrayLiteral("The mechanism is not configured in the domain"));
    verdict.isDomainUnknown = !named;
    return verdict;
}

Verdict decideByDomain(const Policy &policy, const Request &request,
                       const Circumstances &circumstances)
{
    const DomainTable::Match match = policy.domains->find(request.domain, request.mechanism);
    if (!match.policy)
        return decideWithoutDomain(policy, request, match.named);
    const DomainPolicy &domain = *match.policy;
    if (domain.state == DomainPolicy::State::Closed)
        return reject(Cause::DomainRemoved, QByteArrayLiteral("The domain was removed"));
    const ProviderTable::Match asked = findProvider(policy, request.domain);
    // If the domain's provider was removed, the domain for all domains does not decide instead.
    if (asked.isClosed && !asked.fellBack && match.fellBack)
        return reject(Cause::ProviderRemoved, providerRemoved());
    const ProviderPointer *const provider = domain.provider ? &domain.provider : asked.provider;
    const bool isReportOnly = policy.reportOnly || domain.reportOnly;
    Verdict verdict = provider && domain.state == DomainPolicy::State::Unconfigured
                          ? askProvider(provider, request)
                          : checkDomain(domain, request, isReportOnly, circumstances);
    verdict.isReportOnly = isReportOnly;
    verdict.domain = &domain;
    verdict.fellBack = match.fellBack;
    verdict.provider = provider;
    if (provider && verdict.status == Status::Success)
        verdict.next = Verdict::Next::AskProvider;
    return verdict;
}

Verdict decideByRules(const Policy &policy, const Request &request,
                      const Circumstances &circumstances)
{
    const bool isAllowed = passesAddressRules(policy, request.address);
    if (!isAllowed && !policy.reportOnly)
        return reject(Cause::AddressRules, AddressNotAllowed);
    Verdict verdict = decideByDomain(policy, request, circumstances);
    verdict.isAddressRefused = !isAllowed;
    return verdict;
}

} // namespace

QByteArray settlingReason(const DomainPolicy &domain)
{
    return domain.isLost
               ? QByteArrayLiteral("The credentials of the domain were removed a moment ago")
               : QByteArrayLiteral("The credentials of the domain are being written");
}

bool isConfigured(const Policy &policy, QByteArrayView domain, Mechanism mechanism)
{
    const DomainTable::Match match = policy.domains->find(domain, mechanism);
    const ProviderTable::Match provider = findProvider(policy, domain);
    return match.policy || policy.domains->contains(domain) || provider.isClosed
           || applies(provider, match.named);
}

Verdict decide(const Policy &policy, const Request &request, WallClock clock)
{
    // Lockdown is checked first: it turns everyone away in such a way that they try again.
    if (policy.lockdown)
        return retryLater(Cause::Lockdown, QByteArrayLiteral("The authenticator is locked down"));
    if (policy.onHold) {
        Verdict verdict = retryLater(Cause::ConfigurationChanging,
                                     QByteArrayLiteral("The configuration is being changed"));
        verdict.next = Verdict::Next::WaitForStore;
        return verdict;
    }
    if (policy.isMisconfigured)
        return retryLater(Cause::ConfigurationInvalid,
                          QByteArrayLiteral("The configuration is invalid"));
    return decideByRules(policy, request, {clock});
}

Verdict decideAgain(const Policy &policy, const Request &request, WallClock clock)
{
    if (policy.onHold || policy.isMisconfigured)
        return retryLater(Cause::ConfigurationInvalid,
                          QByteArrayLiteral("The configuration is invalid"));
    return decideByRules(policy, request, {clock, true});
}

bool refusesAddress(const Policy &policy, QByteArrayView address)
{
    return !policy.reportOnly && !passesAddressRules(policy, address);
}

} // namespace QZap::Internal
