// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef REQUESTCOUNTERS_H
#define REQUESTCOUNTERS_H

#include <QtCore/qglobal.h>

// What has happened to requests and replies. Each request is counted once among the first four;
// each that was forwarded is pending, or counted once among the next five.
struct RequestCounters
{
    qint64 forwarded = 0;
    qint64 unauthorized = 0; // the client was revoked before its request was read
    qint64 malformed = 0; // without a body, with too many frames, or with a routing id of its own
    qint64 excessive = 0; // above the number that a client may have pending

    qint64 answered = 0;
    qint64 withheld = 0;    // the client was revoked before the reply
    qint64 undelivered = 0; // the client has disconnected, or does not read
    qint64 abandoned = 0;   // the client has disconnected, or was revoked, before the reply
    qint64 expired = 0;     // no reply in time

    qint64 unexpectedReplies = 0; // to none of the pending requests
};

#endif // REQUESTCOUNTERS_H
