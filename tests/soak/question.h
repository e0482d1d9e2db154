// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QUESTION_H
#define QUESTION_H

#include <QtCore/qbytearraylist.h>

// A request that was sent, and what is known about its answer in advance.
struct Question
{
    QByteArray id; // the request id and the identity; empty: none
    QByteArrayList frames;
    QByteArray address;
    bool isIntruder = false;  // may be accepted only by a provider
    bool isShutOut = false;   // must never be accepted
    bool isMalformed = false; // reported without its identity
    bool isAnswerable = true;
    qint64 step = 0; // when it was sent
};

#endif // QUESTION_H
