// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/addresslists.h"

#include <algorithm>

namespace QZap::Internal {

std::shared_ptr<const AddressRules> AddressLists::rules() const
{
    auto rules = std::make_shared<AddressRules>();
    for (const AddressRule &rule : m_rules)
        rules->add(rule);
    return rules;
}

QString AddressLists::assign(AddressMode list, const QStringList &addresses)
{
    AddressLists next;
    // A list that is set keeps the other one out, even if it is empty.
    if (m_mode != list)
        next.m_mode = m_mode;
    if (QString problem = next.add(list, addresses); !problem.isEmpty())
        return problem;
    *this = std::move(next);
    return {};
}

QString AddressLists::add(AddressMode list, const QStringList &addresses)
{
    if (m_mode != AddressMode::Unset && m_mode != list) {
        return list == AddressMode::Allow
                   ? QStringLiteral("a deny list is set, and an allow list excludes it: reset "
                                    "deniedAddresses first")
                   : QStringLiteral("an allow list is set, and a deny list excludes it: reset "
                                    "allowedAddresses first");
    }
    AddressLists next = *this;
    next.m_mode = list;
    for (const QString &address : addresses) {
        const Result<AddressRule> rule = AddressRule::fromText(address);
        if (!rule)
            return rule.problem().text();
        if (std::find(next.m_rules.begin(), next.m_rules.end(), *rule) != next.m_rules.end())
            continue;
        next.m_rules.push_back(*rule);
        next.m_texts.push_back(address);
    }
    *this = std::move(next);
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
