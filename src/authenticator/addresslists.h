// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_ADDRESSLISTS_H
#define QZAP_AUTHENTICATOR_ADDRESSLISTS_H

#include "policy/policy.h"

#include <QtCore/qstringlist.h>

#include <memory>
#include <vector>

namespace QZap::Internal {

// The allow list or the deny list, of which at most one is set, as its user wrote it.
class AddressLists
{
public:
    // The name of the authenticator's property.
    static const char *propertyOf(AddressMode list)
    {
        return list == AddressMode::Allow ? "allowedAddresses" : "deniedAddresses";
    }

    AddressMode mode() const { return m_mode; }
    // Empty for the list that is not set.
    QStringList addresses(AddressMode list) const
    {
        return list == m_mode ? m_texts : QStringList();
    }
    std::shared_ptr<const AddressRules> rules() const;

    // They return what is wrong, and then have changed nothing; empty where all is well.
    QString assign(AddressMode list, const QStringList &addresses);
    QString add(AddressMode list, const QStringList &addresses);

    // Whether the address was there, written like this or another way.
    bool remove(AddressMode list, const QString &address);
    // Whether the list was set.
    bool reset(AddressMode list);

private:
    AddressMode m_mode = AddressMode::Unset;
    QStringList m_texts;
    std::vector<AddressRule> m_rules; // of m_texts, in the same order
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_ADDRESSLISTS_H
