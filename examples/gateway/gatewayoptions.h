// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GATEWAYOPTIONS_H
#define GATEWAYOPTIONS_H

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <chrono>

// The settings of the configuration file. gateway.ini describes them.
struct GatewayOptions
{
    // Which clients are let in: the keys in files, or those in a database.
    struct Credentials
    {
        QString keys;
        QString userIdField;
        QString driver;
        QString connection;
        QString domain; // of the database
        QString notifyChannel;
        std::chrono::milliseconds pollInterval{500};
        std::chrono::milliseconds staleTime{60000};
    };

    // A socket for clients, and one for the programs behind it.
    struct Front
    {
        bool isUsed() const { return !endpoint.isEmpty(); }

        QString endpoint;
        QString backend;
        int highWaterMark = 1000;         // messages, for each connection
        int maximumMessageSize = 1 << 20; // bytes, for each frame
    };

    struct Requests : Front
    {
        int maximumPending = 10000; // requests that the back end has not answered
        int maximumPendingPerClient = 1000;
        std::chrono::milliseconds timeout{30000};
    };

    struct Publications : Front
    {
        QStringList topics;              // prefixes
        int maximumSubscriptions = 1000; // for each client
    };

    QString domain;
    QString serverCertificate;
    QStringList allowedAddresses;
    QStringList deniedAddresses;
    std::chrono::milliseconds stopTimeout{2000};
    Credentials credentials;
    Requests requests;
    Publications publications;
    QString auditFile; // empty: none
    int auditMaximumSize = 64 << 20;
    int auditMaximumFiles = 5;
    int metricsPort = -1; // -1: none, 0: any free port
};

#endif // GATEWAYOPTIONS_H
