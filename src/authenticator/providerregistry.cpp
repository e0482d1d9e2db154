// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/providerregistry.h"

#include "authenticator/domains/qzapdomain_p.h"

#include <utility>

namespace QZap::Internal {

// Changes a copy of the table: a published table is never changed.
template <typename Change>
void ProviderRegistry::changeTable(Change change)
{
    auto next =
        m_table ? std::make_shared<ProviderTable>(*m_table) : std::make_shared<ProviderTable>();
    change(*next);
    m_table = next->isEmpty() ? nullptr : std::move(next);
}

Problem ProviderRegistry::set(const QString &domain, const ProviderPointer &provider)
{
    if (Problem problem = QZapDomainPrivate::nameProblem(domain))
        return problem;
    changeTable([&](ProviderTable &table) {
        if (provider)
            table.insert(domain.toUtf8(), provider);
        else
            table.remove(domain.toUtf8(), m_isKeepingClosed);
    });
    return {};
}

void ProviderRegistry::setKeepingClosed(bool keeping)
{
    m_isKeepingClosed = keeping;
    if (!keeping && m_table)
        changeTable([](ProviderTable &table) { table.forgetClosed(); });
}

} // namespace QZap::Internal
