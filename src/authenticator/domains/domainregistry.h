// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_DOMAINS_DOMAINREGISTRY_H
#define QZAP_AUTHENTICATOR_DOMAINS_DOMAINREGISTRY_H

#include "base/problem.h"
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
    // Returns the name, other than "*", that is so similar to the given one that this may be a
    // misspelling; empty if there is none.
    QString nearestName(const QString &name) const;
    // Returns how a name that is not configured compares with those that are, as the end of a
    // sentence: "; the nearest name that is configured is ...".
    QString others(const QString &name) const;
    bool contains(QZapDomain *domain) const { return m_domains.contains(domain); }
    void add(QZapDomain *domain) { m_domains.append(domain); }
    bool remove(QZapDomain *domain) { return m_domains.removeOne(domain); }

    // While set, a key that loses its domain refuses everyone until it has a domain again.
    void setKeepingClosed(bool keeping);

    // Returns the policies of all keys. The policy of a key that two domains share refuses
    // everyone.
    std::shared_ptr<const DomainTable> table();
    // Returns a problem for each key that two domains share.
    QList<Problem> clashProblems() const;
    // Sets the key problem of the domains that share their key in the table, and clears that of the
    // others. Slots may run.
    void markClashes() const;

private:
    using Key = std::pair<QString, int>; // name and mechanism

    static Key keyOf(const QZapDomain *domain);
    QList<QByteArray> names() const; // other than "*", sorted
    QSet<Key> clashingKeys() const;

    QList<QZapDomain *> m_domains;
    bool m_isKeepingClosed = false;
    QSet<Key> m_keptKeys;     // of all domains since setKeepingClosed(true)
    QSet<Key> m_clashingKeys; // of the table
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_DOMAINS_DOMAINREGISTRY_H
