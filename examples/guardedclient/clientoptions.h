// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CLIENTOPTIONS_H
#define CLIENTOPTIONS_H

#include <QZap/qzap.h>
#include <QZap/QZapCertificate>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <chrono>

// The exit code of the program. --help explains the values.
enum class ExitCode {
    Accepted = 0,
    Refused = 1,
    Usage = 2,
    TimedOut = 3,
};

// The options of the command line, with the contents of its files.
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
    bool stay = false; // connected after the echo
};

#endif // CLIENTOPTIONS_H
