// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GATEWAYMETRICS_H
#define GATEWAYMETRICS_H

#include <QtCore/qbytearray.h>

class PublicationFront;
class RequestFront;

// Writes the counters of the fronts in the OpenMetrics format.
class GatewayMetrics
{
public:
    void append(const RequestFront &front);
    void append(const PublicationFront &front);

    // Returns the text of QZap::openMetrics() with the counters before its end.
    QByteArray mergedInto(const QByteArray &openMetrics) const;

private:
    void startFamily(const QByteArray &name, const QByteArray &type, const QByteArray &help);
    void appendCount(const QByteArray &name, const QByteArray &outcome, qint64 count);

    QByteArray m_text;
};

#endif // GATEWAYMETRICS_H
