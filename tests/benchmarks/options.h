// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef OPTIONS_H
#define OPTIONS_H

#include <QtCore/qlist.h>
#include <QtCore/qstringlist.h>

#include <optional>

class QCoreApplication;

// The number of DEALER sockets, and of the outstanding requests of each.
struct Pattern
{
    int dealers = 0;
    int outstanding = 0;

    QString name() const { return QStringLiteral("%1x%2").arg(dealers).arg(outstanding); }
    bool isOneAtATime() const { return dealers * outstanding == 1; }
};

// The options of the command line.
struct Options
{
    QStringList handlers;
    QStringList mechanisms;
    QStringList measures;
    QList<Pattern> patterns;
    qint64 requests = 0; // per handler, mechanism, pattern and round
    int rounds = 0;
    qint64 keys = 0;
    int growthRounds = 0;
    qint64 certificates = 0;
    qint64 users = 0; // with hashed passwords
    qint64 coldUsers = 0;
    qint64 fileUsers = 0; // of one password file, in plain text
    qint64 revocations = 0;
    qint64 watchSeconds = 0;
    double idleSeconds = 0;
    int parallel = 0;
    double handshakeSeconds = 0;
    qint64 flood = 0;
    qint64 connections = 0; // of a guarded socket
    qint64 devices = 0;     // that reconnect at once
    bool bound = true;      // handlers and askers run on separate cores
    QString jsonFile;
    QString svgFile;

    static QStringList knownHandlers();
    // Parses the command line. Exits the process after printing help, or if an option is invalid.
    static Options parse(const QCoreApplication &application);
};

#endif // OPTIONS_H
