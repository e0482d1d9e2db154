// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_DOMAINS_STORELINK_H
#define QZAP_AUTHENTICATOR_DOMAINS_STORELINK_H

#include "base/problem.h"
#include "base/weakinvoker.h"
#include "credentials/feeds/storecore.h"
#include "policy/domainpolicy.h"
#include "policy/storefeed.h"

#include <QZap/qzapcredentialsstore.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace QZap::Internal {

// Passes the entries of a credentials store to the feed of a domain, in the thread that changes
// them, and then notifies the domain in its own thread. Nothing is notified after it is deleted.
class StoreLink : public QObject
{
public:
    // The function is called from the event loop.
    StoreLink(QZapCredentialsStore *store, StoreCore::Kind kind, const KeyFields &fields,
              std::shared_ptr<StoreFeed> feed, std::function<void()> changed, QObject *parent);
    ~StoreLink() override;
    Q_DISABLE_COPY_MOVE(StoreLink)

    // Returns why the entries are not in force, if the store is stale or was destroyed, and the
    // problems of their fields.
    QList<Problem> problems() const;
    static Problem destroyedProblem();

private:
    // What is passed from the thread of the store.
    struct News
    {
        std::mutex mutex;
        QList<Problem> problems;
        bool isOpen = true;
        std::atomic<bool> isAnnounced{false};
    };

    static std::shared_ptr<const DomainPolicy>
    policyOf(const StoreCore::Content &content, const std::shared_ptr<const Freshness> &freshness);
    void deliver();

    const std::shared_ptr<WeakInvoker> m_invoker;
    const std::shared_ptr<News> m_news = std::make_shared<News>();
    const std::shared_ptr<StoreCore> m_core;
    const std::function<void()> m_changed;
    int m_view = 0;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_DOMAINS_STORELINK_H
