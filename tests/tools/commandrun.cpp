// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandrun.h"

using namespace Qt::StringLiterals;

namespace {

CommandRun finish(QProcess *process, const QByteArray &input)
{
    constexpr int Timeout = 60'000; // milliseconds
    CommandRun run;
    process->write(input);
    process->closeWriteChannel();
    if (process->waitForFinished(Timeout) && process->exitStatus() == QProcess::NormalExit)
        run.exitCode = process->exitCode();
    else
        process->kill();
    process->waitForFinished(Timeout);
    run.output = QString::fromUtf8(process->readAllStandardOutput());
    run.errors = QString::fromUtf8(process->readAllStandardError());
    return run;
}

} // namespace

QByteArray CommandRun::text() const
{
    return "exit code " + QByteArray::number(exitCode) + "\noutput: " + output.toUtf8()
           + "\nerrors: " + errors.toUtf8();
}

CommandRun CommandRun::of(const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    return of(&process, arguments, input);
}

CommandRun CommandRun::of(QProcess *process, const QStringList &arguments, const QByteArray &input)
{
    process->start(QStringLiteral(QZAP_PROGRAM), arguments);
    return finish(process, input);
}

CommandRun CommandRun::ofShell(const QString &script, const QStringList &arguments)
{
    QProcess process;
    process.start(u"/bin/sh"_s,
                  QStringList{u"-c"_s, script, QStringLiteral(QZAP_PROGRAM)} + arguments);
    return finish(&process, {});
}
