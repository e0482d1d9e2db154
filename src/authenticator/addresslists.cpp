// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/addresslists.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace QZap::Internal {

void AddressLists::writeTo(Policy &policy) const
{
    auto rules = std::make_shared<AddressRules>();
    for (const AddressRule &rule : m_rules)
        rules->add(rule);
    policy.addressMode = m_mode;
    policy.addresses = std::move(rules);
}

QString AddressLists::ruleFor(const PeerAddress &peer) const
{
    for (size_t i = 0; i < m_rules.size(); ++i) {
        AddressRules rule;
        rule.add(m_rules[i]);
        if (rule.contains(peer, zoneNumberIn(m_mode)))
            return m_texts.at(static_cast<qsizetype>(i));
    }
    return {};
}

Result<bool> AddressLists::assign(AddressMode list, const QStringList &addresses)
{
    AddressLists next;
    // A list that is set excludes the other list, even if it is empty.
    if (m_mode != list)
        next.m_mode = m_mode;
    if (Problem problem = next.append(list, addresses))
        return problem;
    const bool isChange = m_mode != list || m_texts != next.m_texts;
    *this = std::move(next);
    return isChange;
}

Problem AddressLists::add(AddressMode list, const QStringList &addresses)
{
    if (addresses.isEmpty())
        return QStringLiteral("the list of addresses is empty");
    AddressLists next = *this;
    if (Problem problem = next.append(list, addresses))
        return problem;
    *this = std::move(next);
    return {};
}

// The lists are in an undefined state after a problem.
Problem AddressLists::append(AddressMode list, const QStringList &addresses)
{
    if (m_mode != AddressMode::Unset && m_mode != list) {
        return list == AddressMode::Allow
                   ? QStringLiteral("a deny list is set, and an allow list excludes it: reset "
                                    "deniedAddresses first")
                   : QStringLiteral("an allow list is set, and a deny list excludes it: reset "
                                    "allowedAddresses first");
    }
    m_mode = list;
    for (const QString &address : addresses) {
        const Result<AddressRule> rule = AddressRule::fromText(address);
        if (!rule)
            return rule.problem();
        if (std::find(m_rules.begin(), m_rules.end(), *rule) != m_rules.end())
            continue;
        m_rules.push_back(*rule);
        m_texts.push_back(address);
    }
    return {};
}

bool AddressLists::remove(AddressMode list, const QString &address)
{
    const Result<AddressRule> rule = AddressRule::fromText(address);
    if (list != m_mode || !rule)
        return false;
    const auto found = std::find(m_rules.begin(), m_rules.end(), *rule);
    if (found == m_rules.end())
        return false;
    m_texts.removeAt(found - m_rules.begin());
    m_rules.erase(found);
    return true;
}

bool AddressLists::reset(AddressMode list)
{
    if (m_mode != list)
        return false;
    *this = {};
    return true;
}

} // namespace QZap::Internal
