// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/domainlabels.h"

#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;

class tst_DomainLabels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void labelsDomains_data();
    void labelsDomains();
    void followsThePolicy();
    void isBounded();

private:
    static Policy policyOf(const QByteArrayList &domains, const QByteArrayList &providers = {})
    {
        auto table = std::make_shared<DomainTable>();
        for (const QByteArray &domain : domains)
            table->insert(domain, QZap::Mechanism::Curve, std::make_shared<DomainPolicy>());
        // A provider is never asked here.
        static int dummy = 0;
        const ProviderPointer link(std::make_shared<int>(),
                                   reinterpret_cast<ProviderLink *>(&dummy));
        auto asked = std::make_shared<ProviderTable>();
        for (const QByteArray &provider : providers)
            asked->insert(provider, link);
        Policy policy;
        policy.domains = table;
        policy.providers = asked;
        return policy;
    }
    static QByteArray labelOf(DomainLabels *labels, QByteArrayView domain, const Policy &policy,
                              quint64 version = 1)
    {
        const size_t number = labels->find(domain, policy, version);
        return labels->labels().at(static_cast<qsizetype>(number));
    }
};

void tst_DomainLabels::labelsDomains_data()
{
    QTest::addColumn<QByteArrayList>("domains");
    QTest::addColumn<QByteArrayList>("providers");
    QTest::addColumn<QByteArray>("label");
    QTest::newRow("nothing is configured")
        << QByteArrayList() << QByteArrayList() << QByteArray("other");
    QTest::newRow("the domain is configured")
        << QByteArrayList{"*", "test"} << QByteArrayList() << QByteArray("test");
    QTest::newRow("another one is")
        << QByteArrayList{"tests"} << QByteArrayList() << QByteArray("other");
    QTest::newRow("all domains are")
        << QByteArrayList{"*", "x"} << QByteArrayList() << QByteArray("*");
    QTest::newRow("by a provider")
        << QByteArrayList() << QByteArrayList{"test"} << QByteArray("test");
    QTest::newRow("by a provider for all domains")
        << QByteArrayList() << QByteArrayList{"*"} << QByteArray("*");
}

void tst_DomainLabels::labelsDomains()
{
    QFETCH(const QByteArrayList, domains);
    QFETCH(const QByteArrayList, providers);
    QFETCH(const QByteArray, label);
    DomainLabels labels;
    QCOMPARE(labelOf(&labels, "test", policyOf(domains, providers)), label);
}

void tst_DomainLabels::followsThePolicy()
{
    DomainLabels labels;
    QCOMPARE(labelOf(&labels, "test", policyOf({}), 1), QByteArray("other"));
    QCOMPARE(labelOf(&labels, "test", policyOf({"test"}), 2), QByteArray("test"));
    QCOMPARE(labelOf(&labels, "", policyOf({"test"}), 2), QByteArray("other"));
    QCOMPARE(labelOf(&labels, "test", policyOf({}), 3), QByteArray("other"));
    QCOMPARE(labels.labels(), (QList<QByteArray>{"other", "test"}));
}

void tst_DomainLabels::isBounded()
{
    DomainLabels labels;
    quint64 version = 0;
    for (int i = 0; i < DomainLabels::Maximum + 10; ++i) {
        const QByteArray name = QByteArray::number(i);
        (void)labels.find(name, policyOf({name}), ++version);
    }
    QCOMPARE(labels.labels().size(), DomainLabels::Maximum);
    QCOMPARE(labelOf(&labels, "new", policyOf({"new"}), ++version), QByteArray("other"));
    QCOMPARE(labelOf(&labels, "0", policyOf({"0"}), ++version), QByteArray("0"));
}

QTEST_APPLESS_MAIN(tst_DomainLabels)
#include "tst_domainlabels.moc"
