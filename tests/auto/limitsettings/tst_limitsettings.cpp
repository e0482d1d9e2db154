// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/limitsettings.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qmetaobject.h>
#include <QtTest/qtest.h>

#ifdef Q_OS_UNIX
#    include <sys/resource.h>
#endif

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Limit = LimitSettings::Limit;
Q_DECLARE_METATYPE(Limit)

class tst_LimitSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesTheProperty_data();
    void namesTheProperty();
    void hasAMinimum_data();
    void hasAMinimum();
    void defaultsToAQuarterOfTheDescriptors_data();
    void defaultsToAQuarterOfTheDescriptors();

private:
    static void addLimits();
};

void tst_LimitSettings::addLimits()
{
    QTest::addColumn<Limit>("limit");
    QTest::addColumn<int>("minimum");
    QTest::newRow("decisionTimeout") << Limit(&Limits::decisionTimeout) << 1;
    QTest::newRow("maximumPendingDecisions") << Limit(&Limits::pendingDecisions) << 0;
    QTest::newRow("maximumPendingPerAddress") << Limit(&Limits::pendingPerAddress) << 0;
    QTest::newRow("maximumHeldConnections") << Limit(&Limits::heldConnections) << 0;
}

void tst_LimitSettings::namesTheProperty_data()
{
    addLimits();
}

void tst_LimitSettings::namesTheProperty()
{
    QFETCH(const Limit, limit);
    QCOMPARE(LimitSettings::propertyOf(limit), QTest::currentDataTag());
    QVERIFY(QZapAuthenticator::staticMetaObject.indexOfProperty(LimitSettings::propertyOf(limit))
            >= 0);
}

void tst_LimitSettings::hasAMinimum_data()
{
    addLimits();
}

void tst_LimitSettings::hasAMinimum()
{
    QFETCH(const Limit, limit);
    QFETCH(const int, minimum);
    LimitSettings limits;
    const Limits defaults = limits.values();
    const Result<bool> tooLow = limits.set(limit, minimum - 1);
    QVERIFY(!tooLow);
    QCOMPARE(tooLow.problem(), Problem(u"%1 is less than %2"_s.arg(minimum - 1).arg(minimum)));
    QCOMPARE(limits.value(limit), defaults.*limit);
    const Result<bool> lowest = limits.set(limit, minimum);
    QVERIFY(lowest);
    QVERIFY(*lowest);
    QCOMPARE(limits.value(limit), minimum);
    QCOMPARE(limits.values().*limit, minimum);
    const Result<bool> again = limits.set(limit, minimum);
    QVERIFY(again);
    QVERIFY(!*again);
}

void tst_LimitSettings::defaultsToAQuarterOfTheDescriptors_data()
{
    QTest::addColumn<quint64>("descriptors");
    QTest::addColumn<int>("held");
    QTest::newRow("few") << quint64{400} << 100;
    QTest::newRow("hard limit") << quint64{0} << 0; // the hard limit
}

void tst_LimitSettings::defaultsToAQuarterOfTheDescriptors()
{
#ifdef Q_OS_UNIX
    QFETCH(const quint64, descriptors);
    QFETCH(int, held);
    rlimit former = {};
    QCOMPARE(getrlimit(RLIMIT_NOFILE, &former), 0);
    rlimit limit = former;
    limit.rlim_cur = descriptors > 0 ? rlim_t(descriptors) : former.rlim_max;
    QCOMPARE(setrlimit(RLIMIT_NOFILE, &limit), 0);
    const LimitSettings limits;
    QCOMPARE(setrlimit(RLIMIT_NOFILE, &former), 0);
    if (held == 0) {
        held = limit.rlim_cur == RLIM_INFINITY ? 256 : int(qMin<rlim_t>(limit.rlim_cur / 4, 65536));
    }
    QCOMPARE(limits.values().heldConnections, held);
#else
    QSKIP("needs limits of a process");
#endif
}

QTEST_GUILESS_MAIN(tst_LimitSettings)
#include "tst_limitsettings.moc"
