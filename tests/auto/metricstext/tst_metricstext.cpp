// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/metricstext.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_MetricsText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void composesFamilies();
    void escapesLabels_data();
    void escapesLabels();
    void formatsSeconds_data();
    void formatsSeconds();
};

void tst_MetricsText::composesFamilies()
{
    MetricsText text;
    text.startFamily("a", "counter", "What it counts.", "seconds");
    text.append("_total", {{"x", "1"}, {"y", "2"}}, 3);
    text.appendSeconds("_sum", {}, 1'500'000'000);
    text.appendGauge("b", "Whether it is.", 1);
    QCOMPARE(text.finished(), QByteArray("# TYPE a counter\n"
                                         "# UNIT a seconds\n"
                                         "# HELP a What it counts.\n"
                                         "a_total{x=\"1\",y=\"2\"} 3\n"
                                         "a_sum 1.5\n"
                                         "# TYPE b gauge\n"
                                         "# HELP b Whether it is.\n"
                                         "b 1\n"
                                         "# EOF\n"));
}

void tst_MetricsText::escapesLabels_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("escaped");
    QTest::newRow("plain") << QByteArray("test") << QByteArray("test");
    QTest::newRow("empty") << QByteArray("") << QByteArray("");
    QTest::newRow("quote") << QByteArray("a\"b") << QByteArray("a\\\"b");
    QTest::newRow("backslash") << QByteArray("a\\n") << QByteArray("a\\\\n");
    QTest::newRow("line break") << QByteArray("a\nb") << QByteArray("a\\nb");
    QTest::newRow("UTF-8") << QByteArray("gr\u00fcn") << QByteArray("gr\u00fcn");
}

void tst_MetricsText::escapesLabels()
{
    QFETCH(const QByteArray, value);
    QFETCH(const QByteArray, escaped);
    MetricsText text;
    text.startFamily("a", "gauge", "h");
    text.append({}, {{"l", value}}, 0);
    QVERIFY(text.finished().endsWith("\na{l=\"" + escaped + "\"} 0\n# EOF\n"));
}

void tst_MetricsText::formatsSeconds_data()
{
    QTest::addColumn<qint64>("nanoseconds");
    QTest::addColumn<QByteArray>("seconds");
    QTest::newRow("0") << qint64{0} << QByteArray("0.0");
    QTest::newRow("1 ns") << qint64{1} << QByteArray("0.000000001");
    QTest::newRow("250 us") << qint64{250'000} << QByteArray("0.00025");
    QTest::newRow("1 s") << qint64{1'000'000'000} << QByteArray("1.0");
    QTest::newRow("100.05 s") << qint64{100'050'000'000} << QByteArray("100.05");
}

void tst_MetricsText::formatsSeconds()
{
    QFETCH(const qint64, nanoseconds);
    QFETCH(const QByteArray, seconds);
    QCOMPARE(MetricsText::seconds(nanoseconds), seconds);
}

QTEST_APPLESS_MAIN(tst_MetricsText)
#include "tst_metricstext.moc"
