// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/domainregistry.h"

#include "authenticator/qzapdomain_p.h"

#include <QtCore/qhashfunctions.h>
#include <QtCore/qpointer.h>

#include <algorithm>

namespace QZap::Internal {

QZapDomain *DomainRegistry::find(const QString &name, Mechanism mechanism) const
{
    const auto found =
        std::find_if(m_domains.begin(), m_domains.end(), [&](const QZapDomain *domain) {
            return domain->mechanism() == mechanism && domain->name() == name;
        });
    return found == m_domains.end() ? nullptr : *found;
}

std::shared_ptr<const DomainTable> DomainRegistry::table() const
{
    const QSet<Key> clashing = clashingKeys();
    auto table = std::make_shared<DomainTable>();
    for (QZapDomain *domain : m_domains) {
        table->insert(domain->name().toUtf8(), domain->mechanism(),
                      clashing.contains(keyOf(domain)) ? std::make_shared<const DomainPolicy>()
                                                       : QZapDomainPrivate::get(domain)->policy());
    }
    return table;
}

void DomainRegistry::markClashes() const
{
    const QSet<Key> clashing = clashingKeys();
    const QList<QPointer<QZapDomain>> all(m_domains.begin(), m_domains.end());
    for (const QPointer<QZapDomain> &domain : all) {
        if (!domain)
            continue; // a slot of the one before has deleted it
        QZapDomainPrivate::get(domain)->setKeyProblem(
            clashing.contains(keyOf(domain))
                ? QStringLiteral("another domain of the mechanism has the same name, so that "
                                 "neither lets anybody in: remove one")
                : QString());
    }
}

DomainRegistry::Key DomainRegistry::keyOf(const QZapDomain *domain)
{
    return {domain->name(), static_cast<int>(domain->mechanism())};
}

QSet<DomainRegistry::Key> DomainRegistry::clashingKeys() const
{
    QSet<Key> seen;
    QSet<Key> clashing;
    for (const QZapDomain *domain : m_domains) {
        const Key key = keyOf(domain);
        if (seen.contains(key))
            clashing.insert(key);
        seen.insert(key);
    }
    return clashing;
}

} // namespace QZap::Internal
