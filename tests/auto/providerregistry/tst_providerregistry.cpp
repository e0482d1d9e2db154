// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/providerregistry.h"

#include "providers/providerlink.h"

#include <QZap/qzapcredentialsprovider.h>

#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_ProviderRegistry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holdsProviders();
    void refusesNames_data();
    void refusesNames();
    void keepsNamesClosed_data();
    void keepsNamesClosed();
    void opensNames_data();
    void opensNames();
    void leavesPublishedTablesAlone();

private:
    static void addNames();

    QZapCredentialsProvider m_provider;
    ProviderPointer m_link = std::make_shared<ProviderLink>(&m_provider);
};

void tst_ProviderRegistry::holdsProviders()
{
    ProviderRegistry registry;
    QVERIFY(!registry.table());
    QVERIFY(!registry.set(u"test"_s, m_link));
    QCOMPARE(*registry.table()->find("test").provider, m_link);
    QVERIFY(!registry.table()->find("other").provider);
    QVERIFY(!registry.set(u"*"_s, m_link));
    QCOMPARE(*registry.table()->find("other").provider, m_link);
    QVERIFY(!registry.set(u"test"_s, nullptr));
    QVERIFY(registry.table()->find("test").fellBack);
    QVERIFY(!registry.set(u"*"_s, nullptr));
    QVERIFY(!registry.table());
}

void tst_ProviderRegistry::refusesNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("empty") << QString();
    QTest::newRow("control character") << u"a\nb"_s;
    QTest::newRow("256 bytes") << QString(256, u'a');
}

void tst_ProviderRegistry::refusesNames()
{
    QFETCH(const QString, name);
    ProviderRegistry registry;
    QVERIFY(registry.set(name, m_link));
    QVERIFY(!registry.table());
    QVERIFY(registry.set(name, nullptr));
}

void tst_ProviderRegistry::keepsNamesClosed_data()
{
    addNames();
}

void tst_ProviderRegistry::keepsNamesClosed()
{
    QFETCH(const QString, name);
    ProviderRegistry registry;
    QVERIFY(!registry.set(name, m_link)); // set before start()
    registry.setKeepingClosed(true);
    QVERIFY(!registry.set(name, nullptr));
    QVERIFY(registry.table());
    QVERIFY(registry.table()->find("test").isClosed);
    QVERIFY(!registry.set(u"never had one"_s, nullptr));
    QCOMPARE(registry.table()->find("never had one").isClosed, name == u"*");
    registry.setKeepingClosed(false);
    QVERIFY(!registry.table());
}

void tst_ProviderRegistry::opensNames_data()
{
    addNames();
}

void tst_ProviderRegistry::opensNames()
{
    QFETCH(const QString, name);
    ProviderRegistry registry;
    registry.setKeepingClosed(true);
    QVERIFY(!registry.set(name, m_link));
    QVERIFY(!registry.set(name, nullptr));
    QVERIFY(!registry.set(name, m_link));
    QVERIFY(!registry.table()->find("test").isClosed);
    QCOMPARE(*registry.table()->find("test").provider, m_link);
    registry.setKeepingClosed(false);
    QCOMPARE(*registry.table()->find("test").provider, m_link);
    QVERIFY(!registry.set(name, nullptr)); // the name is no longer kept closed
    QVERIFY(!registry.table());
}

void tst_ProviderRegistry::leavesPublishedTablesAlone()
{
    ProviderRegistry registry;
    QVERIFY(!registry.set(u"test"_s, m_link));
    const auto published = registry.table();
    QVERIFY(!registry.set(u"test"_s, nullptr));
    QCOMPARE(*published->find("test").provider, m_link);
}

void tst_ProviderRegistry::addNames()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("by name") << u"test"_s;
    QTest::newRow("for all") << u"*"_s;
}

QTEST_GUILESS_MAIN(tst_ProviderRegistry)
#include "tst_providerregistry.moc"
