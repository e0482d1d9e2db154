// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PUBLICATIONCOUNTERS_H
#define PUBLICATIONCOUNTERS_H

#include <QtCore/qglobal.h>

// What has happened to publications and subscriptions.
struct PublicationCounters
{
    qint64 published = 0;
    qint64 incomplete = 0; // of these, not received by all subscribers: one or more were too slow
    qint64 malformed = 0;  // with too many frames

    qint64 subscribed = 0;
    qint64 unauthorized = 0; // the client was revoked before its subscription was read
    qint64 excessive = 0;    // above the number that a client may have
    qint64 ignored = 0;      // neither a subscription nor the end of one
};

#endif // PUBLICATIONCOUNTERS_H
