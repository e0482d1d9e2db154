// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/configurationsubject.h"

#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapnulldomain.h>

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_ConfigurationSubject : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comparesEqualByKey_data();
    void comparesEqualByKey();
    void hasAMessagePrefix_data();
    void hasAMessagePrefix();
};

void tst_ConfigurationSubject::comparesEqualByKey_data()
{
    QTest::addColumn<ConfigurationSubject>("one");
    QTest::addColumn<ConfigurationSubject>("other");
    QTest::addColumn<bool>("isSame");
    using Subject = ConfigurationSubject;
    const auto test = u"test"_s;
    QZapNullDomain domain;
    domain.setName(test);
    QTest::newRow("a subclass's own") << Subject() << Subject() << true;
    QTest::newRow("a property, by name and by call")
        << Subject::property("deniedAddresses") << Subject::property("deniedAddresses", "deny")
        << true;
    QTest::newRow("two properties")
        << Subject::property("deniedAddresses") << Subject::property("allowedAddresses") << false;
    QTest::newRow("a call, made again")
        << Subject::call("configureNull", "1") << Subject::call("configureNull", "1") << true;
    QTest::newRow("a call with other arguments")
        << Subject::call("configureNull", "1") << Subject::call("configureNull", "0") << false;
    QTest::newRow("another call with the same arguments")
        << Subject::call("configurePlainFile", "/a") << Subject::call("configureCurve", "/a")
        << false;
    QTest::newRow("a domain, as an object and by name")
        << Subject::domain(&domain) << Subject::domain(test, QZap::Mechanism::Null) << true;
    QTest::newRow("domains of two mechanisms")
        << Subject::domain(&domain) << Subject::domain(test, QZap::Mechanism::Curve) << false;
    QTest::newRow("domains of two names")
        << Subject::domain(&domain) << Subject::domain(u"test2"_s, QZap::Mechanism::Null) << false;
    QTest::newRow("no domain, twice")
        << Subject::domain(nullptr) << Subject::domain(nullptr) << true;
    QTest::newRow("no domain and a domain")
        << Subject::domain(nullptr) << Subject::domain(&domain) << false;
    QTest::newRow("a subclass's own and no domain")
        << Subject() << Subject::domain(nullptr) << false;
}

void tst_ConfigurationSubject::comparesEqualByKey()
{
    QFETCH(const ConfigurationSubject, one);
    QFETCH(const ConfigurationSubject, other);
    QFETCH(const bool, isSame);
    QCOMPARE(one.key() == other.key(), isSame);
}

void tst_ConfigurationSubject::hasAMessagePrefix_data()
{
    QTest::addColumn<ConfigurationSubject>("subject");
    QTest::addColumn<QString>("context");
    using Subject = ConfigurationSubject;
    QTest::newRow("a subclass's own") << Subject() << QString();
    QTest::newRow("property") << Subject::property("decisionTimeout") << u"decisionTimeout: "_s;
    QTest::newRow("property, by call")
        << Subject::property("deniedAddresses", "deny") << u"deny(): "_s;
    QTest::newRow("call") << Subject::call("configureCurve", "/etc/keys")
                          << u"configureCurve(): "_s;
    QTest::newRow("domain") << Subject::domain(nullptr) << u"addDomain(): "_s;
}

void tst_ConfigurationSubject::hasAMessagePrefix()
{
    QFETCH(const ConfigurationSubject, subject);
    QTEST(subject.context(), "context");
}

QTEST_GUILESS_MAIN(tst_ConfigurationSubject)
#include "tst_configurationsubject.moc"
