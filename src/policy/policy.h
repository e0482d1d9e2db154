// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_POLICY_H
#define QZAP_POLICY_POLICY_H

#include "base/text.h"
#include "policy/addressrules.h"
#include "policy/domainpolicy.h"
#include "policy/providertable.h"

#include <memory>

namespace QZap::Internal {

enum class AddressMode { Unset, Allow, Deny };

// Returns what the number of a zone matches in a list, so that it lets in nobody.
[[nodiscard]] inline AddressRules::ZoneNumber zoneNumberIn(AddressMode mode)
{
    return mode == AddressMode::Deny ? AddressRules::ZoneNumber::AnyZone
                                     : AddressRules::ZoneNumber::NoZone;
}

// How many requests may wait for an answer, and for how long.
struct Limits
{
    int decisionTimeout = 5000; // ms
    int pendingDecisions = 10000;
    int pendingPerAddress = 64;
    int heldConnections = 0;
};

// A snapshot of everything that a decision depends on. Immutable: a change creates a new policy,
// which shares the unchanged parts.
struct Policy
{
    bool lockdown = false;
    bool onHold = false; // the configuration is being changed
    // Peers that the address rules, a domain's credentials or a provider refuse are let in, and
    // only reported.
    bool reportOnly = false;
    // A restriction was refused while stopped, so the intended effect is unknown.
    bool isMisconfigured = false;
    TextEncoding encoding = TextEncoding::Utf8;
    AddressMode addressMode = AddressMode::Unset;
    std::shared_ptr<const AddressRules> addresses = std::make_shared<AddressRules>();
    std::shared_ptr<const DomainTable> domains = std::make_shared<DomainTable>();
    std::shared_ptr<const ProviderTable> providers; // null while there are none
    Limits limits;
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_POLICY_H
