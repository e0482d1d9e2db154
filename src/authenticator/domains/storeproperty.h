// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_DOMAINS_STOREPROPERTY_H
#define QZAP_AUTHENTICATOR_DOMAINS_STOREPROPERTY_H

#include "authenticator/domains/storelink.h"
#include "base/problem.h"

#include <QZap/qzapcredentialsstore.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <functional>
#include <memory>
#include <utility>

namespace QZap::Internal {

// The credentials store of a domain, and the link to it.
class StoreProperty
{
public:
    // Also returns null if the store was destroyed.
    QZapCredentialsStore *store() const { return m_store; }
    // Returns whether there is a store, or was one until it was destroyed.
    bool isSet() const { return m_isSet; }
    // Sets the store of the domain. Returns whether this is a change.
    template <typename Domain>
    bool set(QZapCredentialsStore *store, Domain *domain)
    {
        if (m_store == store && m_isSet == (store != nullptr))
            return false;
        stop();
        QObject::disconnect(m_destroyed);
        m_store = store;
        m_isSet = store != nullptr;
        if (store) {
            m_destroyed = QObject::connect(store, &QObject::destroyed, domain, [this, domain] {
                // The signal may arrive after another store was set.
                if (m_isSet && !m_store)
                    Q_EMIT domain->storeChanged();
            });
        }
        return true;
    }
    // Links the store to the feed. The function is called from the event loop of the domain's
    // thread after each change.
    void start(StoreCore::Kind kind, const KeyFields &fields, std::shared_ptr<StoreFeed> feed,
               std::function<void()> changed, QObject *domain)
    {
        stop();
        if (m_store) {
            m_link =
                new StoreLink(m_store, kind, fields, std::move(feed), std::move(changed), domain);
        }
    }
    void stop() { delete m_link; }
    QList<Problem> problems() const
    {
        if (m_link)
            return m_link->problems();
        return m_isSet ? QList<Problem>{StoreLink::destroyedProblem()} : QList<Problem>();
    }

private:
    QPointer<QZapCredentialsStore> m_store;
    bool m_isSet = false;
    QMetaObject::Connection m_destroyed;
    QPointer<StoreLink> m_link; // a child of the domain
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_DOMAINS_STOREPROPERTY_H
