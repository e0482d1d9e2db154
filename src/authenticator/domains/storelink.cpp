// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/domains/storelink.h"

#include "base/eventloopwatch.h"
#include "credentials/feeds/qzapcredentialsstore_p.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

StoreLink::StoreLink(QZapCredentialsStore *store, StoreCore::Kind kind, const KeyFields &fields,
                     std::shared_ptr<StoreFeed> feed, std::function<void()> changed,
                     QObject *parent)
    : QObject(parent)
    , m_invoker(std::make_shared<WeakInvoker>(this))
    , m_core(QZapCredentialsStorePrivate::get(store)->core())
    , m_changed(std::move(changed))
{
    // The event of a change may be lost with an event loop.
    new EventLoopWatch(this, {[this] { deliver(); }});
    const auto take = [this, invoker = m_invoker, news = m_news, feed = std::move(feed),
                       freshness = m_core->freshness()](const StoreCore::Content &content) {
        {
            const std::scoped_lock lock(news->mutex);
            news->problems = content.problems;
            news->isOpen = content.isOpen;
        }
        feed->put(policyOf(content, freshness));
        announceOnce(&news->isAnnounced, [&] { return invoker->post([this] { deliver(); }); });
    };
    m_view = m_core->addView(kind, fields, take);
}

StoreLink::~StoreLink()
{
    m_invoker->close();
    m_core->removeView(m_view);
}

std::shared_ptr<const DomainPolicy>
StoreLink::policyOf(const StoreCore::Content &content,
                    const std::shared_ptr<const Freshness> &freshness)
{
    auto policy = std::make_shared<DomainPolicy>();
    policy->freshness = freshness;
    if (!content.isOpen)
        return policy; // gives temporary answers
    const bool isReady = content.keys || content.users;
    policy->state = isReady ? DomainPolicy::State::Ready : DomainPolicy::State::Loading;
    policy->isSettling = content.isSettling;
    policy->keys = content.keys;
    policy->passwords = content.users;
    policy->hasUserMetadata = content.hasUserMetadata;
    return policy;
}

Problem StoreLink::destroyedProblem()
{
    return u"the credentials store was destroyed; set another one"_s;
}

QList<Problem> StoreLink::problems() const
{
    QList<Problem> problems;
    {
        const std::scoped_lock lock(m_news->mutex);
        if (!m_news->isOpen)
            return {destroyedProblem()};
        problems = m_news->problems;
    }
    if (m_core->freshness()->isStale()) {
        const int time = m_core->staleTime();
        problems.append(
            time < 0
                ? Problem(u"there was not enough memory for the entries of the credentials store"_s)
                : Problem(
                    u"the entries of the credentials store were not confirmed for %1 ms"_s.arg(
                        time)));
    }
    return problems;
}

void StoreLink::deliver()
{
    m_news->isAnnounced = false; // first: later changes are announced again
    m_changed();
}

} // namespace QZap::Internal
