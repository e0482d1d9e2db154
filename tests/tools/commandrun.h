// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef COMMANDRUN_H
#define COMMANDRUN_H

#include <QtCore/qbytearray.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

// The result of running qzap to its end.
struct CommandRun
{
    int exitCode = -1; // -1: crashed, did not end or did not start
    QString output;
    QString errors;

    // Returns a description for the text of a failure.
    QByteArray text() const;

    static CommandRun of(const QStringList &arguments, const QByteArray &input = {});
    // Uses a process that is prepared, but not started.
    static CommandRun of(QProcess *process, const QStringList &arguments,
                         const QByteArray &input = {});
    // Runs a script in the shell, in which "$0" is the program. It can close descriptors, and use
    // names that are not text.
    static CommandRun ofShell(const QString &script, const QStringList &arguments = {});
};

#endif // COMMANDRUN_H
