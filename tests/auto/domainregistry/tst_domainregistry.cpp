// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/domains/domainregistry.h"

#include "authenticator/domains/qzapdomain_p.h"

#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapnulldomain.h>

#include <QtTest/qtest.h>

#include <memory>

using namespace QZap;
using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using State = DomainPolicy::State;

class tst_DomainRegistry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void findsDomains();
    void buildsATable();
    void refusesForTwoDomainsOfOneKey();
    void keepsNamesClosed();
    void keepsFormerNamesClosed();
    void marksClashesWhileDomainsAreDeleted();

private:
    State stateOf(const QByteArray &name)
    {
        const auto table = m_registry.table();
        const DomainPolicy *const policy = table->find(name, Mechanism::Null).policy;
        return policy ? policy->state : State::Unconfigured;
    }

    std::unique_ptr<QZapNullDomain> m_domain;
    DomainRegistry m_registry;
};

void tst_DomainRegistry::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_domain = std::make_unique<QZapNullDomain>();
    m_domain->setName(u"test"_s);
    m_domain->setAccepted(true);
    m_registry = {};
    m_registry.add(m_domain.get());
}

void tst_DomainRegistry::findsDomains()
{
    QCOMPARE(m_registry.find(u"test"_s, Mechanism::Null), m_domain.get());
    QVERIFY(!m_registry.find(u"test"_s, Mechanism::Curve));
    QVERIFY(!m_registry.find(u"other"_s, Mechanism::Null));
    QVERIFY(m_registry.contains(m_domain.get()));
    QVERIFY(m_registry.remove(m_domain.get()));
    QVERIFY(!m_registry.remove(m_domain.get()));
    QVERIFY(!m_registry.contains(m_domain.get()));
    QVERIFY(!m_registry.find(u"test"_s, Mechanism::Null));
}

void tst_DomainRegistry::buildsATable()
{
    const auto table = m_registry.table();
    const DomainTable::Match match = table->find("test", Mechanism::Null);
    QVERIFY(match.policy);
    QCOMPARE(match.policy->state, State::Ready);
    QVERIFY(match.policy->acceptsAll);
    QVERIFY(!table->find("test", Mechanism::Curve).policy);
    QVERIFY(!table->find("other", Mechanism::Null).policy);
}

void tst_DomainRegistry::refusesForTwoDomainsOfOneKey()
{
    QVERIFY(m_registry.clashProblems().isEmpty());
    QZapNullDomain other;
    other.setName(u"test"_s);
    m_registry.add(&other);
    QZapCurveDomain otherMechanism;
    otherMechanism.setName(u"test"_s);
    m_registry.add(&otherMechanism);
    QCOMPARE(m_registry.clashProblems().size(), 1);
    QVERIFY(m_registry.clashProblems().constFirst().text().startsWith(u"Domain \"test\": "));
    QCOMPARE(stateOf("test"), State::Unavailable);
    m_registry.markClashes();
    QVERIFY(QZapDomainPrivate::get(m_domain.get())->hasKeyProblem());
    QVERIFY(QZapDomainPrivate::get(&other)->hasKeyProblem());
    QVERIFY(!QZapDomainPrivate::get(&otherMechanism)->hasKeyProblem());
    QVERIFY(m_registry.remove(&other));
    QVERIFY(m_registry.clashProblems().isEmpty());
    QCOMPARE(stateOf("test"), State::Ready);
    m_registry.markClashes();
    QVERIFY(!QZapDomainPrivate::get(m_domain.get())->hasKeyProblem());
}

void tst_DomainRegistry::keepsNamesClosed()
{
    m_registry.setKeepingClosed(true);
    QCOMPARE(stateOf("test"), State::Ready);
    QVERIFY(m_registry.remove(m_domain.get()));
    QCOMPARE(stateOf("test"), State::Closed);
    m_registry.add(m_domain.get());
    QCOMPARE(stateOf("test"), State::Ready);
    QVERIFY(m_registry.remove(m_domain.get()));
    m_registry.setKeepingClosed(false);
    QVERIFY(!m_registry.table()->find("test", Mechanism::Null).policy);
}

void tst_DomainRegistry::keepsFormerNamesClosed()
{
    m_registry.setKeepingClosed(true);
    QCOMPARE(stateOf("test"), State::Ready);
    m_domain->setName(u"other"_s);
    QCOMPARE(stateOf("test"), State::Closed);
    QCOMPARE(stateOf("other"), State::Ready);
}

void tst_DomainRegistry::marksClashesWhileDomainsAreDeleted()
{
    QZapNullDomain other;
    other.setName(u"test"_s);
    m_registry.add(&other);
    (void)m_registry.table();
    connect(m_domain.get(), &QZapDomain::errorStringChanged, this, [this] { m_domain.reset(); });
    bool marked = false;
    connect(&other, &QZapDomain::errorStringChanged, this, [&] { marked = true; });
    m_registry.markClashes();
    QVERIFY(!m_domain);
    QVERIFY(marked);
}

QTEST_GUILESS_MAIN(tst_DomainRegistry)
#include "tst_domainregistry.moc"
