// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/policypublisher.h"

#include <QtTest/qtest.h>

#include <atomic>
#include <thread>

using namespace QZap::Internal;

class tst_PolicyPublisher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsThePublishedPolicy();
    void keepsThePolicyOfAReader();
    void neverMixesTwoPolicies();
};

void tst_PolicyPublisher::readsThePublishedPolicy()
{
    PolicyPublisher publisher;
    PolicyReader reader(publisher);
    QVERIFY(!reader.get().lockdown);
    auto policy = std::make_shared<Policy>();
    policy->lockdown = true;
    publisher.publish(policy);
    QVERIFY(reader.get().lockdown);
    QCOMPARE(&reader.get(), policy.get());
}

void tst_PolicyPublisher::keepsThePolicyOfAReader()
{
    PolicyPublisher publisher;
    PolicyReader reader(publisher);
    auto policy = std::make_shared<const Policy>();
    const std::weak_ptr<const Policy> watched = policy;
    publisher.publish(std::move(policy));
    const Policy &read = reader.get();
    publisher.publish(std::make_shared<const Policy>());
    QVERIFY(!watched.expired());
    QCOMPARE(watched.lock().get(), &read);
    (void)reader.get();
    QVERIFY(watched.expired());
}

// Readers never see only one of two values that are always changed together.
void tst_PolicyPublisher::neverMixesTwoPolicies()
{
    PolicyPublisher publisher;
    std::atomic<bool> stop{false};
    std::atomic<int> mixed{0};
    std::atomic<int> seen{0};
    std::thread thread([&] {
        PolicyReader reader(publisher);
        while (!stop) {
            const Policy &policy = reader.get();
            if (policy.lockdown != (policy.addressMode == AddressMode::Deny))
                ++mixed;
            ++seen;
        }
    });
    for (int i = 0; i < 20000 || seen < 1000; ++i) {
        auto policy = std::make_shared<Policy>();
        policy->lockdown = i % 2 == 0;
        policy->addressMode = i % 2 == 0 ? AddressMode::Deny : AddressMode::Unset;
        publisher.publish(std::move(policy));
    }
    stop = true;
    thread.join();
    QCOMPARE(mixed.load(), 0);
}

QTEST_GUILESS_MAIN(tst_PolicyPublisher)
#include "tst_policypublisher.moc"
