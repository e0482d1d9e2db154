// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_ADDRESSLISTS_H
#define QZAP_AUTHENTICATOR_ADDRESSLISTS_H

#include "base/problem.h"
#include "policy/policy.h"

#include <QtCore/qstringlist.h>

#include <vector>

namespace QZap::Internal {

// The allow list or the deny list, of which at most one is set, as its user wrote it.
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
    // Puts the list that is set in the place of the one in a policy.
    void writeTo(Policy &policy) const;

    // Sets a list. Returns whether that changes anything, or what is wrong with the addresses or
    // with setting this list; then nothing has changed.
    Result<bool> assign(AddressMode list, const QStringList &addresses);
    // Adds addresses, of which there must be at least one, to a list. Returns what is wrong; then
    // nothing has changed.
    Problem add(AddressMode list, const QStringList &addresses);
    // Removes an address, however it was written. Returns whether it was there.
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
