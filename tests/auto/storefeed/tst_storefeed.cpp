// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/policypublisher.h"

#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;

using Mechanism = QZap::Mechanism;
using State = DomainPolicy::State;

namespace {

std::shared_ptr<DomainPolicy> contentOf(State state)
{
    auto content = std::make_shared<DomainPolicy>();
    content->state = state;
    if (state == State::Ready)
        content->keys = KeyStore::Builder().build();
    return content;
}

} // namespace

class tst_StoreFeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reachesThePolicy_data();
    void reachesThePolicy();
    void outlivesAnOlderConfiguration();
    void anEarlierFeedIsIgnored();
    void keepsWhatTheDomainPublishes();
    void keepsThePolicyWithoutNewContent();
    void notifiesItsListenerUntilThatIsClosed();

private:
    static std::shared_ptr<Policy> policyWith(const std::shared_ptr<const DomainPolicy> &domain,
                                              const QByteArray &name = "a")
    {
        auto table = std::make_shared<DomainTable>();
        table->insert(name, Mechanism::Curve, domain);
        auto policy = std::make_shared<Policy>();
        policy->domains = std::move(table);
        return policy;
    }
    static const DomainPolicy &domainOf(const PolicyPublisher &publisher)
    {
        return *publisher.current()->domains->find("a", Mechanism::Curve).policy;
    }
    static std::shared_ptr<DomainPolicy> fedBy(const std::shared_ptr<StoreFeed> &feed)
    {
        auto domain = contentOf(State::Loading);
        domain->feed = feed;
        return domain;
    }
};

void tst_StoreFeed::reachesThePolicy_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("one domain") << QByteArray("a");
    QTest::newRow("the domain for all") << QByteArray("*");
}

void tst_StoreFeed::reachesThePolicy()
{
    QFETCH(const QByteArray, name);
    PolicyPublisher publisher;
    PolicyReader reader(publisher);
    const auto feed = std::make_shared<StoreFeed>();
    publisher.publish(policyWith(fedBy(feed), name));
    (void)reader.get();
    QCOMPARE(domainOf(publisher).state, State::Loading);
    const auto content = contentOf(State::Ready);
    content->isSettling = true;
    feed->put(content);
    QVERIFY(reader.isCurrent());
    publisher.refresh();
    QVERIFY(!reader.isCurrent());
    QCOMPARE(domainOf(publisher).state, State::Ready);
    QCOMPARE(domainOf(publisher).keys, content->keys);
    QVERIFY(domainOf(publisher).isSettling);
    feed->put(contentOf(State::Ready));
    publisher.refresh();
    QVERIFY(domainOf(publisher).keys != content->keys);
    QVERIFY(!domainOf(publisher).isSettling);
}

// The thread that configures the domain has not received the new store yet.
void tst_StoreFeed::outlivesAnOlderConfiguration()
{
    PolicyPublisher publisher;
    const auto feed = std::make_shared<StoreFeed>();
    const auto domain = fedBy(feed);
    publisher.publish(policyWith(domain));
    feed->put(contentOf(State::Ready));
    publisher.refresh();
    const auto policy = policyWith(domain);
    policy->lockdown = true;
    publisher.publish(policy);
    QVERIFY(publisher.current()->lockdown);
    QCOMPARE(domainOf(publisher).state, State::Ready);
}

void tst_StoreFeed::anEarlierFeedIsIgnored()
{
    PolicyPublisher publisher;
    const auto former = std::make_shared<StoreFeed>();
    publisher.publish(policyWith(fedBy(former)));
    publisher.publish(policyWith(fedBy(std::make_shared<StoreFeed>())));
    former->put(contentOf(State::Ready));
    publisher.refresh();
    QCOMPARE(domainOf(publisher).state, State::Loading);
}

void tst_StoreFeed::keepsWhatTheDomainPublishes()
{
    PolicyPublisher publisher;
    const auto feed = std::make_shared<StoreFeed>();
    const auto domain = fedBy(feed);
    domain->metadata = "without a store";
    domain->storeMetadata = "with a store";
    domain->publishesDomain = true;
    publisher.publish(policyWith(domain));
    QCOMPARE(domainOf(publisher).metadata, QByteArray("without a store"));
    feed->put(contentOf(State::Ready));
    publisher.refresh();
    QCOMPARE(domainOf(publisher).metadata, QByteArray("with a store"));
    QVERIFY(domainOf(publisher).publishesDomain);
}

void tst_StoreFeed::keepsThePolicyWithoutNewContent()
{
    PolicyPublisher publisher;
    PolicyReader reader(publisher);
    const auto feed = std::make_shared<StoreFeed>();
    publisher.publish(policyWith(fedBy(feed)));
    feed->put(contentOf(State::Ready));
    publisher.refresh();
    (void)reader.get();
    publisher.refresh();
    QVERIFY(reader.isCurrent());
}

void tst_StoreFeed::notifiesItsListenerUntilThatIsClosed()
{
    int calls = 0;
    const auto listener = std::make_shared<StoreListener>([&calls] { ++calls; });
    StoreFeed feed;
    feed.put(contentOf(State::Ready));
    feed.setListener(listener);
    feed.put(contentOf(State::Ready));
    QCOMPARE(calls, 1);
    listener->close();
    feed.put(contentOf(State::Ready));
    QCOMPARE(calls, 1);
    feed.setListener(nullptr);
    feed.put(contentOf(State::Ready));
}

QTEST_GUILESS_MAIN(tst_StoreFeed)
#include "tst_storefeed.moc"
