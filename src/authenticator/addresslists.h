// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_ADDRESSLISTS_H
#define QZAP_AUTHENTICATOR_ADDRESSLISTS_H

#include "base/problem.h"
#include "policy/policy.h"

#include <QtCore/qstringlist.h>

#include <vector>

namespace QZap::Internal {

// The allow list or the deny list, of which at most one is set, in the user's notation.
class AddressLists
{
public:
    // Returns the name of the authenticator's property.
    static const char *propertyOf(AddressMode list)
    {
        return list == AddressMode::Allow ? "allowedAddresses" : "deniedAddresses";
    }

    AddressMode mode() const { return m_mode; }
    // Returns the entries of a list; none if it is not set.
    QStringList addresses(AddressMode list) const
    {
        return list == m_mode ? m_texts : QStringList();
    }
    // Of the list that is set, returns the first entry that matches the peer; empty if none does.
    QString ruleFor(const PeerAddress &peer) const;
    // Replaces the list in a policy with the one that is set.
    void writeTo(Policy &policy) const;

    // Sets a list. Returns whether it has changed. If the addresses are invalid or the other list
    // is set, returns the problem and changes nothing.
    Result<bool> assign(AddressMode list, const QStringList &addresses);
    // Adds one or more addresses to a list. If there is a problem, returns it and changes nothing.
    Problem add(AddressMode list, const QStringList &addresses);
    // Removes an address in any notation. Returns whether the list contained it.
    bool remove(AddressMode list, const QString &address);
    // Unsets a list. Returns whether it was set.
    bool reset(AddressMode list);

private:
    Problem append(AddressMode list, const QStringList &addresses);

    AddressMode m_mode = AddressMode::Unset;
    QStringList m_texts;
    std::vector<AddressRule> m_rules; // of m_texts, in the same order
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_ADDRESSLISTS_H
