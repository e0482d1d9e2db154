// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandrun.h"

#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the behavior that all commands of qzap share.
class tst_CommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void usageErrors_data();
    void usageErrors();
    void argumentsThatAreNotText();
    void outputThatCannotBeWritten_data();
    void outputThatCannotBeWritten();
    void closedStreamsAreNotReused();
    void anyLocale_data();
    void anyLocale();
    void manualNamesAllOptions_data();
    void manualNamesAllOptions();

private:
    static QStringList commands();
};

QStringList tst_CommandLine::commands()
{
    QStringList names = {u"keygen"_s, u"passwd"_s, u"check"_s};
#ifdef QZAP_HAS_SQL
    for (const char *action : {"init", "add", "revoke", "list", "import", "prune"})
        names += u"store "_s + QString::fromLatin1(action);
#endif
    return names;
}

void tst_CommandLine::answers_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("said");

    QTest::newRow("help") << QStringList{u"--help"_s} << u"Exit codes"_s;
    QTest::newRow("help names the commands") << QStringList{u"-h"_s} << u"  passwd  "_s;
    QTest::newRow("version") << QStringList{u"--version"_s} << u"qzap 0."_s;
    for (const QString &command : commands()) {
        const QByteArray name = command.toLatin1();
        QTest::addRow("help of %s", name.constData())
            << command.split(u' ') + QStringList{u"--help"_s}
            << u"Usage: qzap %1 [options]"_s.arg(command);
        QTest::addRow("exit codes of %s", name.constData())
            << command.split(u' ') + QStringList{u"-h"_s} << u"Exit codes: 0"_s;
    }
#ifdef QZAP_HAS_SQL
    QTest::newRow("help of store") << QStringList{u"store"_s, u"--help"_s} << u"  store add "_s;
#endif
}

void tst_CommandLine::answers()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, said);
    const CommandRun run = CommandRun::of(arguments);
    QVERIFY2(run.exitCode == 0 && run.output.contains(said) && run.errors.isEmpty(),
             run.text().constData());
}

void tst_CommandLine::usageErrors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("said");

    QTest::newRow("no command") << QStringList{} << u"No command"_s;
    QTest::newRow("empty command") << QStringList{QString()} << u"''"_s;
    QTest::newRow("unknown command") << QStringList{u"keys"_s} << u"'keys'"_s;
#ifdef QZAP_HAS_SQL
    QTest::newRow("no command of store") << QStringList{u"store"_s} << u"needs one of"_s;
    QTest::newRow("unknown command of store")
        << QStringList{u"store"_s, u"drop"_s} << u"'store drop'"_s;
#else
    QTest::newRow("no databases") << QStringList{u"store"_s, u"list"_s} << u"QZAP_BUILD_SQL"_s;
#endif
    QTest::newRow("unknown option") << QStringList{u"--bogus"_s, u"check"_s} << u"bogus"_s;
    QTest::newRow("option before its command")
        << QStringList{u"--force"_s, u"keygen"_s, u"x"_s} << u"force"_s;
    QTest::newRow("unknown option of a command")
        << QStringList{u"check"_s, u"/"_s, u"--bogus"_s} << u"bogus"_s;
    QTest::newRow("missing argument") << QStringList{u"keygen"_s} << u"NAME is missing"_s;
    QTest::newRow("missing second argument")
        << QStringList{u"passwd"_s, u"x"_s} << u"USER is missing"_s;
    QTest::newRow("extra argument") << QStringList{u"check"_s, u"/"_s, u"extra"_s} << u"'extra'"_s;
    QTest::newRow("empty argument") << QStringList{u"check"_s, QString()} << u"PATH is empty"_s;
    QTest::newRow("option without its value")
        << QStringList{u"check"_s, u"/"_s, u"--as"_s} << u"--as"_s;
    QTest::newRow("option with an empty value")
        << QStringList{u"check"_s, u"/"_s, u"--as="_s} << u"--as needs a value"_s;
}

void tst_CommandLine::usageErrors()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, said);
    const CommandRun run = CommandRun::of(arguments);
    QVERIFY2(run.exitCode == 2 && run.errors.contains(said) && run.errors.contains(u"--help"_s)
                 && run.output.isEmpty(),
             run.text().constData());
}

void tst_CommandLine::argumentsThatAreNotText()
{
    const CommandRun run =
        CommandRun::ofShell(u"exec \"$0\" passwd /nowhere `printf 'ren\\351'`"_s);
    QVERIFY2(run.exitCode == 2 && run.errors.contains(u"UTF-8"_s), run.text().constData());
}

void tst_CommandLine::outputThatCannotBeWritten_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("full disk") << uR"(exec "$0" --version >/dev/full)"_s;
    QTest::newRow("full disk, help") << uR"(exec "$0" --help >/dev/full)"_s;
    QTest::newRow("closed") << uR"(exec "$0" --version >&-)"_s;
    QTest::newRow("all closed but errors") << uR"(exec "$0" --version <&- >&-)"_s;
}

void tst_CommandLine::outputThatCannotBeWritten()
{
    QFETCH(const QString, script);
    const CommandRun run = CommandRun::ofShell(script);
    QVERIFY2(run.exitCode == 3 && run.errors.contains(u"standard output"_s),
             run.text().constData());
}

void tst_CommandLine::closedStreamsAreNotReused()
{
    // Otherwise, the next file to be opened would get the descriptor of standard output.
    QProcess process;
    process.start(u"/bin/sh"_s, {u"-c"_s, u"exec \"$0\" passwd /nowhere/x alice >&- 2>&-"_s,
                                 QStringLiteral(QZAP_PROGRAM)});
    QVERIFY(process.waitForStarted());
    for (const char *number : {"1", "2"}) {
        const QString stream = u"/proc/%1/fd/%2"_s.arg(QString::number(process.processId()),
                                                       QString::fromLatin1(number));
        QTRY_COMPARE(QFile::symLinkTarget(stream), u"/dev/null"_s);
    }
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 2);
}

void tst_CommandLine::anyLocale_data()
{
    QTest::addColumn<QString>("environment");
    QTest::newRow("C") << u"LC_ALL=C"_s;
    QTest::newRow("none") << u"-u LANG -u LC_ALL -u LC_CTYPE"_s;
    QTest::newRow("one that is missing") << u"LC_ALL=xx_XX.ISO-8859-1"_s;
}

// Qt prints a warning about such a locale, which users of the command must not see.
void tst_CommandLine::anyLocale()
{
    QFETCH(const QString, environment);
    const CommandRun run =
        CommandRun::ofShell(u"exec env %1 \"$0\" check /nowhere/Zo\u00eb"_s.arg(environment));
    QVERIFY2(run.exitCode == 3, run.text().constData());
    QCOMPARE(run.errors, u"/nowhere/Zo\u00eb: no such file\n"_s);
    QCOMPARE(run.output, QString());
}

void tst_CommandLine::manualNamesAllOptions_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("qzap") << QStringList{u"--help"_s};
    for (const QString &command : commands())
        QTest::addRow("%s", qPrintable(command)) << command.split(u' ') + QStringList{u"--help"_s};
}

void tst_CommandLine::manualNamesAllOptions()
{
    QFETCH(const QStringList, arguments);
    QFile file(QStringLiteral(QZAP_MANUAL));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray manual = file.readAll();
    static const QRegularExpression option(u"^ +(?:-[a-z], )?--([a-z-]+)"_s,
                                           QRegularExpression::MultilineOption);
    int count = 0;
    auto matches = option.globalMatch(CommandRun::of(arguments).output);
    for (; matches.hasNext(); ++count) {
        const QByteArray name = matches.next().captured(1).toLatin1();
        const QRegularExpression item(
            u"^\\.It Fl (?:[a-z] , )?-%1\\b"_s.arg(QString::fromLatin1(name)),
            QRegularExpression::MultilineOption);
        QVERIFY2(QString::fromUtf8(manual).contains(item), name.constData());
    }
    QVERIFY(count >= 2);
}

QTEST_GUILESS_MAIN(tst_CommandLine)

#include "tst_commandline.moc"
