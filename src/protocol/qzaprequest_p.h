// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPREQUEST_P_H
#define QZAPREQUEST_P_H

#include "protocol/request.h"

#include <QZap/qzaprequest.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qshareddata.h>

// Keeps bytes: strings are made only where somebody reads them.
class QZapRequestPrivate : public QSharedData
{
public:
    QByteArray domain;
    QByteArray address;
    QByteArray identity;
    QByteArray name;
    QByteArray publicKey;
    qint64 timestamp = 0; // ms since the epoch
    QZap::Mechanism mechanism = QZap::Mechanism::Unknown;

    static QZapRequest create(const QZap::Internal::Request &request, qint64 timestamp);
};

#endif // QZAPREQUEST_P_H
