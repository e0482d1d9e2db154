// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/domains/domainregistry.h"

#include "authenticator/domains/qzapdomain_p.h"
#include "base/nearestname.h"
#include "base/text.h"

#include <QtCore/qhashfunctions.h>
#include <QtCore/qpointer.h>

#include <algorithm>

namespace QZap::Internal {

namespace {

Problem keyProblem()
{
    return QStringLiteral("another domain of this mechanism has the same name, so neither of them "
                          "lets anybody in: remove or rename one");
}

} // namespace

QZapDomain *DomainRegistry::find(const QString &name, Mechanism mechanism) const
{
    const auto found =
        std::find_if(m_domains.begin(), m_domains.end(), [&](const QZapDomain *domain) {
            return domain->mechanism() == mechanism && domain->name() == name;
        });
    return found == m_domains.end() ? nullptr : *found;
}

QList<QByteArray> DomainRegistry::names() const
{
    QList<QByteArray> names;
    for (const QZapDomain *domain : m_domains) {
        if (domain->name() != AnyDomain)
            names.append(domain->name().toUtf8());
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

QString DomainRegistry::nearestName(const QString &name) const
{
    return QString::fromUtf8(Internal::nearestName(name.toUtf8(), names()));
}

QString DomainRegistry::others(const QString &name) const
{
    const QList<QByteArray> configured = names();
    if (configured.isEmpty())
        return QStringLiteral(", nor is any other domain");
    const QString nearest = nearestName(name);
    return nearest.isEmpty()
               ? QStringLiteral(", unlike ") + quotedNames(configured)
               : QStringLiteral("; the nearest name that is configured is ") + quoted(nearest);
}

void DomainRegistry::setKeepingClosed(bool keeping)
{
    m_isKeepingClosed = keeping;
    m_keptKeys.clear();
}

std::shared_ptr<const DomainTable> DomainRegistry::table()
{
    auto table = std::make_shared<DomainTable>();
    if (m_isKeepingClosed) {
        for (const QZapDomain *domain : std::as_const(m_domains))
            m_keptKeys.insert(keyOf(domain));
        const auto closed = std::make_shared<DomainPolicy>();
        closed->state = DomainPolicy::State::Closed;
        for (const auto &[name, mechanism] : std::as_const(m_keptKeys))
            table->insert(name.toUtf8(), static_cast<Mechanism>(mechanism), closed);
    }
    m_clashingKeys = clashingKeys();
    for (QZapDomain *domain : std::as_const(m_domains)) {
        table->insert(domain->name().toUtf8(), domain->mechanism(),
                      m_clashingKeys.contains(keyOf(domain))
                          ? std::make_shared<const DomainPolicy>()
                          : QZapDomainPrivate::get(domain)->policy());
    }
    return table;
}

QList<Problem> DomainRegistry::clashProblems() const
{
    QList<Problem> problems;
    const QSet<Key> clashing = clashingKeys();
    for (const Key &key : clashing)
        problems += keyProblem().within(QStringLiteral("Domain %1: ").arg(quoted(key.first)));
    return problems;
}

void DomainRegistry::markClashes() const
{
    const QSet<Key> clashing = m_clashingKeys; // slots may change the original
    const QList<QPointer<QZapDomain>> all(m_domains.begin(), m_domains.end());
    for (const QPointer<QZapDomain> &domain : all) {
        if (!domain)
            continue; // a slot has deleted it
        QZapDomainPrivate::get(domain)->setKeyProblem(
            clashing.contains(keyOf(domain)) ? keyProblem() : Problem());
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
