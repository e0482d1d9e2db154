// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_METRICSTEXT_H
#define QZAP_OBSERVERS_METRICSTEXT_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

#include <initializer_list>
#include <utility>

namespace QZap::Internal {

// Composes a text in the OpenMetrics format.
class MetricsText
{
public:
    using Label = std::pair<QByteArrayView, QByteArrayView>; // name and value
    using Labels = std::initializer_list<Label>;

    // Starts a family of metrics. The unit may be empty.
    void startFamily(QByteArrayView name, QByteArrayView type, QByteArrayView help,
                     QByteArrayView unit = {});
    // Appends a sample of the family.
    void append(QByteArrayView suffix, Labels labels, qint64 value);
    // Appends a sample in seconds, for a value in nanoseconds.
    void appendSeconds(QByteArrayView suffix, Labels labels, qint64 nanoseconds);
    // Append a family with a single sample.
    void appendGauge(QByteArrayView name, QByteArrayView help, qint64 value);
    void appendCounter(QByteArrayView name, QByteArrayView help, qint64 value);

    // Returns the text with its end mark.
    [[nodiscard]] QByteArray finished() const { return m_text + "# EOF\n"; }

    // Returns the seconds as the shortest decimal number.
    [[nodiscard]] static QByteArray seconds(qint64 nanoseconds);

private:
    void start(QByteArrayView suffix, Labels labels);

    QByteArray m_text;
    QByteArray m_name;
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_METRICSTEXT_H
