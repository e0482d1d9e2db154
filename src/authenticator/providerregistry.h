// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_PROVIDERREGISTRY_H
#define QZAP_AUTHENTICATOR_PROVIDERREGISTRY_H

#include "base/problem.h"
#include "policy/providertable.h"

#include <QtCore/qstring.h>

#include <memory>

namespace QZap::Internal {

// The credentials providers of one authenticator, by the names of domains.
class ProviderRegistry
{
public:
    // Sets the provider of a domain; null removes it. If the name is invalid, returns the problem
    // and changes nothing.
    Problem set(const QString &domain, const ProviderPointer &provider);

    // While set, a name that loses its provider refuses everyone until it has a provider again.
    void setKeepingClosed(bool keeping);

    // Returns the providers; null while there are none.
    const std::shared_ptr<const ProviderTable> &table() const { return m_table; }

private:
    template <typename Change>
    void changeTable(Change change);

    std::shared_ptr<const ProviderTable> m_table;
    bool m_isKeepingClosed = false;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_PROVIDERREGISTRY_H
