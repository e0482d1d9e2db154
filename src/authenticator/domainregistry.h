// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_DOMAINREGISTRY_H
#define QZAP_AUTHENTICATOR_DOMAINREGISTRY_H

#include "policy/domainpolicy.h"

#include <QZap/qzapdomain.h>

#include <QtCore/qlist.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>

#include <memory>
#include <utility>

namespace QZap::Internal {

// The domain objects of one authenticator, by name and mechanism.
class DomainRegistry
{
public:
    const QList<QZapDomain *> &domains() const { return m_domains; }
    QZapDomain *find(const QString &name, Mechanism mechanism) const;
    bool contains(QZapDomain *domain) const { return m_domains.contains(domain); }
    void add(QZapDomain *domain) { m_domains.append(domain); }
    bool remove(QZapDomain *domain) { return m_domains.removeOne(domain); }

    // What they say now. A key that two of them claim refuses.
    std::shared_ptr<const DomainTable> table() const;
    // Tells each domain whether its key is its own. Slots may run.
    void markClashes() const;

private:
    using Key = std::pair<QString, int>; // name and mechanism

    static Key keyOf(const QZapDomain *domain);
    QSet<Key> clashingKeys() const;

    QList<QZapDomain *> m_domains;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_DOMAINREGISTRY_H
