// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"
#include "zapclient.h"

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapguard.h>
#include <QZap/qzapopenmetrics.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtTest/qtest.h>

#include <algorithm>

using namespace Qt::StringLiterals;

// The parser of Prometheus' Python client reads the metrics; it checks their form strictly.
class tst_OpenMetricsParser : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void readsANewAuthenticator();
    void readsDecisions();
    void readsStoresAndGuards();

private:
    static QJsonArray parse(const QByteArray &text);
};

void tst_OpenMetricsParser::initTestCase()
{
#ifndef QZAP_PYTHON_PROMETHEUS
    QSKIP("No python3 has prometheus_client (Debian: apt-get install python3-prometheus-client)");
#endif
}

QJsonArray tst_OpenMetricsParser::parse(const QByteArray &text)
{
#ifdef QZAP_PYTHON_PROMETHEUS
    QProcess python;
    python.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    python.start(QStringLiteral(QZAP_PYTHON_PROMETHEUS), {QStringLiteral(QZAP_PARSER_SCRIPT)});
    python.write(text);
    python.closeWriteChannel();
    if (python.waitForFinished(60'000) && python.exitCode() == 0)
        return QJsonDocument::fromJson(python.readAll()).array();
#else
    Q_UNUSED(text)
#endif
    return {};
}

void tst_OpenMetricsParser::readsANewAuthenticator()
{
    const QZapAuthenticator authenticator(*m_context);
    const QJsonArray samples = parse(QZap::openMetrics(&authenticator));
    QVERIFY(
        samples.contains(QJsonArray({u"gauge"_s, u"qzap_pending_requests"_s, QJsonObject(), 0})));
}

void tst_OpenMetricsParser::readsDecisions()
{
    const QString name = u"a \"name\" \\ gr\u00fcn"_s;
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator, name));
    for (const char *password : {"secret", "wrong", "secret"}) {
        (void)authenticator.handleZapMessage(
            ZapClient::request("PLAIN", {"bob", password}, name.toUtf8()));
    }
    const QJsonArray samples = parse(QZap::openMetrics(&authenticator));
    const auto decisions = [&name](const QString &outcome, const QString &reason, int count) {
        return QJsonArray({u"counter"_s, u"qzap_decisions_total"_s,
                           QJsonObject{{u"domain"_s, name},
                                       {u"mechanism"_s, u"plain"_s},
                                       {u"outcome"_s, outcome},
                                       {u"reason"_s, reason}},
                           count});
    };
    QVERIFY(samples.contains(decisions(u"accepted"_s, u"accepted"_s, 2)));
    QVERIFY(samples.contains(decisions(u"refused"_s, u"wrong_password"_s, 1)));
    QVERIFY(samples.contains(QJsonArray({u"histogram"_s, u"qzap_decision_duration_seconds_bucket"_s,
                                         QJsonObject{{u"le"_s, u"+Inf"_s}}, 3})));
    QVERIFY(samples.contains(
        QJsonArray({u"gauge"_s, u"qzap_store_entries"_s,
                    QJsonObject{{u"domain"_s, name}, {u"mechanism"_s, u"plain"_s}}, 1})));
}

void tst_OpenMetricsParser::readsStoresAndGuards()
{
    QZapAuthenticator authenticator(*m_context);
    QZapCredentialsStore store;
    QZapCurveDomain domain;
    domain.setName(test());
    domain.setStore(&store);
    QVERIFY(authenticator.addDomain(&domain));
    QVERIFY(store.begin(QZapCredentialsStore::ReplaceAll).commit().result());
    QTRY_VERIFY(domain.isReady());
    const QZapGuard guard(&authenticator);
    const QJsonArray samples = parse(QZap::openMetrics(&authenticator));
    QVERIFY(samples.contains(QJsonArray({u"gauge"_s, u"qzap_guards"_s, QJsonObject(), 1})));
    QVERIFY(samples.contains(
        QJsonArray({u"counter"_s, u"qzap_guard_disconnections_total"_s, QJsonObject(), 0})));
    const QJsonObject labels{{u"domain"_s, test()}, {u"mechanism"_s, u"curve"_s}};
    QVERIFY(samples.contains(QJsonArray({u"gauge"_s, u"qzap_store_stale"_s, labels, 0})));
    QVERIFY(std::any_of(samples.begin(), samples.end(), [](const QJsonValue &sample) {
        return sample[1] == u"qzap_store_confirmed_age_seconds"_s && sample[3].toDouble() >= 0;
    }));
}

QTEST_GUILESS_MAIN(tst_OpenMetricsParser)
#include "tst_openmetricsparser.moc"
