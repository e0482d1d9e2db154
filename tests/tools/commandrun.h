// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef COMMANDRUN_H
#define COMMANDRUN_H

#include <QtCore/qbytearray.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

// One run of qzap, to its end.
struct CommandRun
{
    int exitCode = -1; // -1 where it crashed, hung or did not start
    QString output;
    QString errors;

    // For a failure's text.
    QByteArray text() const;

    static CommandRun of(const QStringList &arguments, const QByteArray &input = {});
    // With the process prepared, and not started.
    static CommandRun of(QProcess *process, const QStringList &arguments,
                         const QByteArray &input = {});
    // By the shell, where "$0" is the program: a descriptor can be closed, a name be no text.
    static CommandRun ofShell(const QString &script, const QStringList &arguments = {});
};

#endif // COMMANDRUN_H
