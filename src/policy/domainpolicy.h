// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_DOMAINPOLICY_H
#define QZAP_POLICY_DOMAINPOLICY_H

#include "base/bytehash.h"
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

// What one domain says of one mechanism. Immutable, shared between policies.
struct DomainPolicy
{
    enum class State {
        Ready,
        Loading,      // for the first time: requests wait
        Unconfigured, // there is nothing to check by: a provider decides, or nobody gets in
        Unavailable,  // broken: it refuses, for the time being
        Closed,       // removed while running: it refuses for good, and no provider is asked
    };

    State state = State::Unavailable;
    // The store is being written, or was lost a moment ago: whoever is not in it may yet come.
    bool isSettling = false;
    bool acceptsAll = false; // NULL accepted, any CURVE key, any GSSAPI principal
    std::shared_ptr<const KeyStore> keys;
    std::shared_ptr<const PasswordStore> passwords;
    QSet<QByteArray> principals;
    // What an accepted peer's metadata has besides that of its key.
    QByteArray metadata;
    // The same once it has a store of keys, whose fields are metadata of their own.
    QByteArray storeMetadata;
    bool publishesDomain = false; // the request's domain, too
    ProviderPointer provider;     // of its own
    // Where newer stores come from, and which one of its contents is in this policy.
    std::shared_ptr<const StoreFeed> feed;
    std::shared_ptr<const DomainPolicy> fed;
};

// Returns the policy with what its feed says now; the same one if that is in it already.
[[nodiscard]] std::shared_ptr<const DomainPolicy>
upToDate(const std::shared_ptr<const DomainPolicy> &policy);

// The domains of one policy, by name and mechanism.
class DomainTable
{
public:
    struct Match
    {
        const DomainPolicy *policy = nullptr;
        bool fellBack = false; // to the domain for all
        bool named = false;    // some object, of whatever mechanism, covers the domain
    };

    void insert(const QByteArray &name, Mechanism mechanism,
                std::shared_ptr<const DomainPolicy> policy);
    Match find(QByteArrayView domain, Mechanism mechanism) const;
    // Brings each policy up to date with its feed. Returns whether one was not.
    bool update();

private:
    using Policies = std::array<std::shared_ptr<const DomainPolicy>, 5>; // by mechanism

    QHash<ByteKey, Policies> m_domains;
    Policies m_any;
    bool m_hasAny = false;
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_DOMAINPOLICY_H
