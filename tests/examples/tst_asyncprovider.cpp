// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the example with the slow directory: which peers it accepts, and invalid arguments. Timing
// is not tested.
class tst_AsyncProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyoneIsDecided_data();
    void everyoneIsDecided();
    void arguments_data();
    void arguments();
    void tooFewDescriptors();

private:
    // Returns the number in the row with this name; -1 if there is none.
    static int figure(const QString &output, const QString &name);
};

int tst_AsyncProvider::figure(const QString &output, const QString &name)
{
    const QRegularExpression row(u"^%1 +(\\d+)"_s.arg(name), QRegularExpression::MultilineOption);
    const QRegularExpressionMatch match = row.match(output);
    return match.hasMatch() ? match.captured(1).toInt() : -1;
}

void tst_AsyncProvider::everyoneIsDecided_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("peers");
    QTest::addColumn<int>("refused");
    QTest::newRow("default") << QStringList{} << 500 << 0;
    QTest::newRow("private thread") << QStringList{u"--worker-thread"_s} << 500 << 0;
    QTest::newRow("refused") << QStringList{u"--peers=20"_s, u"--delay=10"_s, u"--refuse=peer1"_s,
                                            u"--refuse=peer20"_s}
                             << 20 << 2;
    QTest::newRow("all refused") << QStringList{u"--peers=1"_s, u"--refuse=peer1"_s} << 1 << 1;
    QTest::newRow("at once") << QStringList{u"--peers=20"_s, u"--delay=0"_s} << 20 << 0;
}

void tst_AsyncProvider::everyoneIsDecided()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const int, peers);
    QFETCH(const int, refused);
    QProcess process;
    process.start(QStringLiteral(ASYNCPROVIDER), arguments);
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.readAllStandardError(), QByteArray());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    const QString output = QString::fromUtf8(process.readAllStandardOutput());
    QCOMPARE(figure(output, u"peers"_s), peers);
    QCOMPARE(figure(output, u"accepted"_s), peers - refused);
    QCOMPARE(figure(output, u"refused"_s), refused);
    QCOMPARE(figure(output, u"try later"_s), 0);
    QCOMPARE(output.contains("last in"_L1), peers > refused);
}

void tst_AsyncProvider::arguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("said");
    const auto bad = [](const char *name, const QString &argument, const QString &said) {
        QTest::newRow(name) << QStringList{argument} << 2 << said;
    };
    QTest::newRow("help") << QStringList{u"--help"_s} << 0 << u"Exit codes"_s;
    QTest::newRow("version") << QStringList{u"-v"_s} << 0 << u"asyncprovider 0."_s;
    bad("unknown option", u"--bogus"_s, u"bogus"_s);
    bad("positional", u"extra"_s, u"extra"_s);
    bad("no peers", u"--peers=0"_s, u"--peers"_s);
    bad("too many peers", u"--peers=10001"_s, u"10000"_s);
    bad("peers no number", u"--peers=many"_s, u"--peers"_s);
    bad("delay negative", u"--delay=-1"_s, u"--delay"_s);
    bad("delay too long", u"--delay=5001"_s, u"5000"_s);
    bad("refused no peer", u"--refuse=eve"_s, u"eve"_s);
    bad("refused beyond the last", u"--refuse=peer501"_s, u"peer501"_s);
    bad("refused with zeros", u"--refuse=peer01"_s, u"peer01"_s);
}

void tst_AsyncProvider::arguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const int, exitCode);
    QFETCH(const QString, said);
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(ASYNCPROVIDER), arguments);
    QVERIFY(process.waitForFinished());
    const QString output = QString::fromUtf8(process.readAll());
    QVERIFY2(process.exitCode() == exitCode, qPrintable(output));
    QVERIFY2(output.contains(said), qPrintable(output));
}

void tst_AsyncProvider::tooFewDescriptors()
{
#ifdef Q_OS_UNIX
    QProcess process;
    process.start(u"/bin/sh"_s,
                  {u"-c"_s, u"ulimit -n 256 && exec \"$0\""_s, QStringLiteral(ASYNCPROVIDER)});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 3);
    const QByteArray errors = process.readAllStandardError();
    QVERIFY2(errors.contains("ulimit -n"), errors.constData());
#else
    QSKIP("The system has no limit to set");
#endif
}

QTEST_GUILESS_MAIN(tst_AsyncProvider)

#include "tst_asyncprovider.moc"
