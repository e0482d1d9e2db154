// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_DOMAINPOLICY_H
#define QZAP_POLICY_DOMAINPOLICY_H

#include "base/bytehash.h"
#include "credentials/stores/freshness.h"
#include "credentials/stores/keystore.h"
#include "credentials/stores/passwordstore.h"
#include "policy/providertable.h"
#include "policy/storefeed.h"

#include <QZap/qzap.h>

#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <array>
#include <memory>

namespace QZap::Internal {

// The configuration of one domain for one mechanism. Immutable, shared between policies.
struct DomainPolicy
{
    enum class State {
        Ready,
        Loading,      // for the first time: requests wait
        Unconfigured, // no credentials are set: a provider decides, or nobody gets in
        Unavailable,  // invalid: gives temporary answers
        Closed,       // removed while running: refuses everyone, and no provider is asked
    };

    State state = State::Unavailable;
    // Whether the store is being written, or was lost a moment ago: missing entries may still
    // appear.
    bool isSettling = false;
    bool isLost = false;     // it settles because the location of the credentials is gone
    bool acceptsAll = false; // NULL accepted, any CURVE key, any GSSAPI principal
    std::shared_ptr<const KeyStore> keys;
    std::shared_ptr<const PasswordStore> passwords;
    // Of keys and passwords that must be confirmed repeatedly; null if they need not be.
    std::shared_ptr<const Freshness> freshness;
    QSet<QByteArray> principals;
    // The metadata of an accepted peer, in addition to that of its key.
    QByteArray metadata;
    // Like `metadata`, but for domains with a store that contains further metadata.
    QByteArray storeMetadata;
    // Whether the store of passwords contains the published fields of each user.
    bool hasUserMetadata = false;
    bool publishesDomain = false; // publishes the request's domain as well
    // Peers that the domain's credentials or provider refuse are let in, and only reported.
    bool reportOnly = false;
    QByteArray emptyMetadata; // every published field with an empty value, for these peers
    ProviderPointer provider; // of its own

    // Returns whether the credentials were not confirmed in time. Temporary answers are given until
    // they are.
    bool isStale() const { return freshness && freshness->isStale(); }
    // Returns whether stores contain published fields.
    bool hasStoreMetadata() const { return keys || hasUserMetadata; }

    // The source of newer stores, and the version of its content in this policy.
    std::shared_ptr<const StoreFeed> feed;
    std::shared_ptr<const DomainPolicy> fed;
};

// Returns the policy with the current content of its feed; the same object if it is up to date.
[[nodiscard]] std::shared_ptr<const DomainPolicy>
upToDate(const std::shared_ptr<const DomainPolicy> &policy);

// The domains of one policy, by name and mechanism.
class DomainTable
{
public:
    struct Match
    {
        const DomainPolicy *policy = nullptr;
        bool fellBack = false; // to the domain for all domains
        bool named = false;    // a domain object of any mechanism covers the domain
    };

    void insert(const QByteArray &name, Mechanism mechanism,
                std::shared_ptr<const DomainPolicy> policy);
    Match find(QByteArrayView domain, Mechanism mechanism) const;
    // Returns whether there is a policy of exactly this name, for any mechanism.
    bool contains(QByteArrayView domain) const;
    // Calls the function with the name, mechanism and policy of each domain.
    template <typename Function>
    void forEach(Function function) const
    {
        const auto callFor = [&function](QByteArrayView name, const Policies &policies) {
            for (size_t i = 0; i < policies.size(); ++i) {
                if (policies[i])
                    function(name, static_cast<Mechanism>(i), *policies[i]);
            }
        };
        for (auto each = m_domains.constBegin(); each != m_domains.constEnd(); ++each)
            callFor(each.key().bytes, *each);
        callFor(QByteArrayView(AnyDomain.data(), AnyDomain.size()), m_any);
    }
    // Updates each policy from its feed. Returns whether any changed.
    bool update();

private:
    using Policies = std::array<std::shared_ptr<const DomainPolicy>, 5>; // by mechanism

    QHash<ByteKey, Policies> m_domains;
    Policies m_any;
    bool m_hasAny = false;
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_DOMAINPOLICY_H
