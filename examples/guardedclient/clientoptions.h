// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CLIENTOPTIONS_H
#define CLIENTOPTIONS_H

#include <QZap/qzap.h>
#include <QZap/QZapCertificate>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <chrono>

// How the program ends. --help explains the values.
enum class ExitCode {
    Accepted = 0,
    Refused = 1,
    Usage = 2,
    TimedOut = 3,
};

// What the command line asks for, files read.
struct ClientOptions
{
    QString endpoint;
    QZap::Mechanism mechanism = QZap::Mechanism::Null;
    QString userName;
    QByteArray password;
    QZapCertificate certificate; // the client's own, with its secret key
    QZapCertificate server;
    QString message;
    std::chrono::milliseconds timeout{};
};

#endif // CLIENTOPTIONS_H
