// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/refusals.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_Refusals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areInitiallyEmpty();
    void areWithdrawnBySubject();
    void keepOnePerSubject();
};

void tst_Refusals::areInitiallyEmpty()
{
    Refusals refusals;
    QVERIFY(!refusals.problem());
    QVERIFY(!refusals.remove(ConfigurationSubject::property("decisionTimeout")));
}

void tst_Refusals::areWithdrawnBySubject()
{
    const auto timeout = ConfigurationSubject::property("decisionTimeout");
    const auto addresses = ConfigurationSubject::property("deniedAddresses");
    Refusals refusals;
    refusals.add(timeout, u"is negative"_s);
    refusals.add(addresses, u"is not an address"_s);
    QVERIFY(refusals.problem());
    QVERIFY(refusals.remove(addresses));
    QVERIFY(!refusals.remove(addresses));
    QCOMPARE(refusals.problem(), Problem(u"is negative"_s));
    QVERIFY(refusals.remove(timeout));
    QVERIFY(!refusals.problem());
}

void tst_Refusals::keepOnePerSubject()
{
    Refusals refusals;
    refusals.add({}, u"first"_s);
    refusals.add({}, u"second"_s);
    QCOMPARE(refusals.problem(), Problem(u"second"_s));
    QVERIFY(refusals.remove({}));
    QVERIFY(!refusals.problem());
}

QTEST_GUILESS_MAIN(tst_Refusals)
#include "tst_refusals.moc"
