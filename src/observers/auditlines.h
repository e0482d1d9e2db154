// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_AUDITLINES_H
#define QZAP_OBSERVERS_AUDITLINES_H

#include "observers/repeateddecision.h"
#include "reporting/decisionrecord.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <optional>
#include <string>

namespace QZap::Internal {

// Formats the lines of an audit log: each is a JSON object without line breaks, and contains no
// character that affects a terminal or the direction of text.
class AuditLines
{
public:
    void append(const DecisionRecord &record);
    void append(const RepeatedDecision &decision);
    // Appends a line that reports the loss of lines.
    void appendLoss(qint64 count, qint64 time);

    // Returns the lines since the last call.
    QByteArray take();
    qsizetype size() const { return static_cast<qsizetype>(m_text.size()); }

    // Returns the time of a line, or of a part of it from its start; nullopt if it has none.
    [[nodiscard]] static std::optional<qint64> timeOf(QByteArrayView line);
    // Returns whether the text may be the start of a line of an audit log.
    [[nodiscard]] static bool isStartOfLine(QByteArrayView text);

private:
    void start(qint64 time, QByteArrayView verdict);
    void append(QByteArrayView bytes)
    {
        m_text.append(bytes.data(), static_cast<size_t>(bytes.size()));
    }
    void appendName(QByteArrayView name);
    void appendText(QByteArrayView name, QByteArrayView utf8);
    // Like appendText(), for texts of printable ASCII without quotes and backslashes.
    void appendPlain(QByteArrayView name, QByteArrayView ascii);
    void appendFingerprint(QByteArrayView key);
    void appendNumber(QByteArrayView name, qint64 number);
    void end();

    std::string m_text; // cheaper to append to than a QByteArray
    // The last time that was formatted: those of a batch are equal.
    qint64 m_time = -1;
    QByteArray m_timeText;
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_AUDITLINES_H
