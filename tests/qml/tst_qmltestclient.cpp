// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the QML module QZap.Test in Qt Quick Test, whose tests must fail if a check fails.
class tst_QmlTestClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void saysWhatToMend_data();
    void saysWhatToMend();

private:
    QString m_output;
};

void tst_QmlTestClient::initTestCase()
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(QUICK_TEST_PROGRAM),
                  {u"-import"_s, QStringLiteral(QML_IMPORT_PATH), u"-input"_s,
                   QStringLiteral(QUICK_TEST_INPUT)});
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    m_output = QString::fromUtf8(process.readAll());
}

void tst_QmlTestClient::saysWhatToMend_data()
{
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("sentence");
    const QString fail = u"FAIL!"_s;
    QTest::newRow("test_passes") << u"PASS"_s << QString();
    QTest::newRow("test_clock") << u"PASS"_s << QString();
    QTest::newRow("test_accepted")
        << fail << u"It was refused, with the status 400 (AuthenticationFailure)"_s;
    QTest::newRow("test_user") << fail << u"Expected: accepted as \"alice\"."_s;
    QTest::newRow("test_silent") << fail << u"It was not answered within 200 ms"_s;
    QTest::newRow("test_withoutDomain") << fail << u"It was not sent: libzmq asks nobody"_s;
    QTest::newRow("test_withoutAuthenticator") << fail << u"It was not sent: the client has no"_s;
    QTest::newRow("test_early")
        << fail << u"The authenticator has not settled: run the TestCase \"when\""_s;
    QTest::newRow("test_expected") << u"XFAIL"_s << u"known"_s;
}

void tst_QmlTestClient::saysWhatToMend()
{
    QFETCH(const QString, result);
    QFETCH(const QString, sentence);
    const QString name = u"::%1()"_s.arg(QString::fromLatin1(QTest::currentDataTag()));
    // Extends from the name of the test to the next test.
    const QRegularExpression entry(u"^%1 *: [^\\n]*%2(.*?)(?=^(PASS|FAIL!|XFAIL|Totals))"_s.arg(
                                       result, QRegularExpression::escape(name)),
                                   QRegularExpression::MultilineOption
                                       | QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = entry.match(m_output);
    QVERIFY2(match.hasMatch(), qPrintable(m_output));
    QVERIFY2(match.captured(1).contains(sentence), qPrintable(m_output));
    QVERIFY2(!match.captured(1).contains(u"not reached"_s), qPrintable(m_output));
    if (result == u"FAIL!")
        QVERIFY2(match.captured(1).contains(u".qml("_s), qPrintable(m_output));
}

QTEST_GUILESS_MAIN(tst_QmlTestClient)
#include "tst_qmltestclient.moc"
