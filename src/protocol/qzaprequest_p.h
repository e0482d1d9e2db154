// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPREQUEST_P_H
#define QZAPREQUEST_P_H

#include "protocol/request.h"

#include <QZap/qzaprequest.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qvarlengtharray.h>

#include <array>

// Keeps bytes in a single block: strings are created only when they are read.
class QZapRequestPrivate : public QSharedData
{
public:
    enum Part : size_t { Domain, Address, Identity, Name, PublicKey, PartCount };

    static QZapRequest create(const QZap::Internal::Request &request, qint64 timestamp);
    // Replaces the request, in the same memory if nobody shares it.
    static void assign(QZapRequest *target, const QZap::Internal::Request &request,
                       qint64 timestamp);
    // Frees the memory of the request unless assign() can use it.
    static void recycle(QZapRequest *request);

    QByteArrayView part(Part part) const
    {
        const qsizetype start = part == 0 ? 0 : ends[part - 1];
        return {bytes.data() + start, ends[part] - start};
    }

    static constexpr qsizetype InlineSize = 96;
    QVarLengthArray<char, InlineSize> bytes; // most requests need no block of their own
    std::array<qsizetype, PartCount> ends{};
    qint64 timestamp = 0; // ms since the epoch
    QZap::Mechanism mechanism = QZap::Mechanism::Unknown;
};

#endif // QZAPREQUEST_P_H
