// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QUESTION_H
#define QUESTION_H

#include <QtCore/qbytearraylist.h>

// A request that was sent, and what is known of its answer in advance.
struct Question
{
    QByteArray id; // its request id, and its identity; empty if it has none
    QByteArrayList frames;
    QByteArray address;
    bool isIntruder = false;  // gets in only if a provider lets it
    bool isShutOut = false;   // gets in never
    bool isMalformed = false; // and so is reported without its identity
    bool isAnswerable = true;
    qint64 step = 0; // when it was sent
};

#endif // QUESTION_H
