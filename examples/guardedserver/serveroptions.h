// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SERVEROPTIONS_H
#define SERVEROPTIONS_H

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

// The options of the command line.
struct ServerOptions
{
    QString curveKeys;         // empty: the CURVE socket lets nobody in
    QString passwordFile;      // empty: the PLAIN socket lets nobody in
    QString serverCertificate; // empty: a key pair is generated for this run
    QStringList allowed;
    QStringList denied;
    QString listenAddress;
    quint16 curvePort = 0; // 0: any free port
    quint16 plainPort = 0;
    quint16 nullPort = 0;
};

#endif // SERVEROPTIONS_H
