// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"
#include "logcollector.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qloggingcategory.h>
#include <QtTest/qtest.h>

// Tests what an authenticator logs about decisions.
class tst_AuthenticatorLog : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void logsWithoutSecrets();
    void limitsTheRateOfRefusals();
    void logsTheFirstUseOfAnyDomain();
};

void tst_AuthenticatorLog::logsWithoutSecrets()
{
    QZapAuthenticator authenticator(*m_context);
    QCOMPARE(authenticator.loggingCategory(), QStringLiteral("qzap"));
    authenticator.setLoggingCategory(QStringLiteral("my.zap"));
    QLoggingCategory::setFilterRules(QStringLiteral("my.zap.debug=true"));
    LogCollector log;
    QVERIFY(authenticator.configurePlain(QStringLiteral("test"),
                                         {{QStringLiteral("bob"), QStringLiteral("hunter2")}}));
    QVERIFY(!authenticator.configurePlain(
        QStringLiteral("test"), {{QStringLiteral("anonymous"), QStringLiteral("hunter3")}}));
    ask(authenticator, plain("bob", "hunter2"));
    ask(authenticator, plain("bob", "hunter4"));
    ask(authenticator, ZapClient::request("PLAIN", {"bob", "hunter5", "hunter6"}));
    QByteArrayList forged = plain("eve", "x");
    forged[3] = "1.2.3.4\nqzap: Accepted \"root\"";
    ask(authenticator, forged);
    QCoreApplication::processEvents();
    QLoggingCategory::setFilterRules(QString());

    const QString all = log.lines().join(u'\n');
    QVERIFY2(!all.contains(QStringLiteral("hunter")), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("my.zap: Accepted PLAIN peer \"bob\" from \"127.0.0.1\" "
                                         "in domain \"test\"")),
             qPrintable(all));
    QVERIFY(all.contains(QStringLiteral("my.zap: Refused PLAIN peer \"bob\"")));
    const QStringList lines = log.lines();
    for (const QString &line : lines)
        QVERIFY(!line.contains(u'\n'));
}

void tst_AuthenticatorLog::limitsTheRateOfRefusals()
{
    QZapAuthenticator authenticator(*m_context);
    LogCollector log;
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < 500; ++i)
        ask(authenticator, plain("eve", "x"));
    QCoreApplication::processEvents();
    // At most ten are logged in each second, regardless of the speed of this machine.
    const qsizetype refusals = log.count(QStringLiteral("Refused"));
    QVERIFY2(refusals >= 10 && refusals <= 10 * (clock.elapsed() / 1000 + 1),
             qPrintable(QString::number(refusals)));
    const auto summaries = [&] {
        return log.lines().filter(QStringLiteral("more refusals were not logged"));
    };
    QTRY_VERIFY(!summaries().isEmpty());
    // Messages about acceptances are disabled by default.
    QVERIFY(configurePlain(authenticator));
    log.clear();
    ask(authenticator, plain("bob", "secret"));
    QCoreApplication::processEvents();
    QVERIFY(log.lines().filter(QStringLiteral("Accepted")).isEmpty());
}

void tst_AuthenticatorLog::logsTheFirstUseOfAnyDomain()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator, QZap::AnyDomain));
    LogCollector log;
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(ask(authenticator, plain("bob", "secret")).value(0), QByteArray("200"));
        QCoreApplication::processEvents();
    }
    QCOMPARE(log.lines(),
             QStringList(QStringLiteral("qzap: Domain \"test\" has no configuration of its own: "
                                        "\"*\" applies to it")));
}

QTEST_GUILESS_MAIN(tst_AuthenticatorLog)
#include "tst_authenticatorlog.moc"
