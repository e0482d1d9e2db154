// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditlines.h"

#include "base/keyfingerprint.h"
#include "base/text.h"
#include "base/utc.h"
#include "protocol/request.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qstringconverter.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace QZap::Internal {

namespace {

constexpr QByteArrayView TimeStart = R"({"time":")";

// Returns whether the text needs no escapes in JSON, and is safe on a terminal.
bool isPlain(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

QByteArrayView verdictName(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Accepted:
        return "accepted";
    case Outcome::Later:
        return "later";
    case Outcome::Dropped:
        return "dropped";
    case Outcome::Refused:
    case Outcome::Unenforced:
        break;
    }
    return "refused";
}

QByteArrayView reasonOf(Cause cause, QByteArrayView text)
{
    switch (cause) {
    case Cause::Undelivered:
        return "The reply has reached nobody";
    case Cause::Superseded:
        return "The peer has asked again";
    case Cause::Unanswerable:
        return "The request has no return path or id";
    default:
        return text;
    }
}

} // namespace

void AuditLines::append(const DecisionRecord &record)
{
    start(record.time, verdictName(record.outcome));
    if (record.outcome != Outcome::Dropped)
        appendNumber("status", static_cast<int>(record.status));
    appendText("reason", reasonOf(record.cause, record.reason));
    if (record.outcome == Outcome::Unenforced)
        m_text += ",\"enforced\":false";
    appendText("domain", record.domain);
    appendPlain("mechanism", mechanismName(record.mechanism));
    appendText("address", record.address);
    appendText("user", record.user);
    appendFingerprint(record.key);
    if (record.session != 0)
        appendNumber("session", static_cast<qint64>(record.session));
    appendNumber("durationUs", std::max<qint64>(record.duration, 0) / 1000);
    end();
}

void AuditLines::append(const RepeatedDecision &decision)
{
    start(decision.time, "repeated");
    if (decision.outcome != Outcome::Dropped)
        appendNumber("status", static_cast<int>(decision.status));
    appendText("reason", reasonOf(decision.cause, decision.reason));
    if (decision.outcome == Outcome::Unenforced)
        m_text += ",\"enforced\":false";
    appendText("domain", decision.domain);
    appendPlain("mechanism", mechanismName(decision.mechanism));
    appendText("address", decision.address);
    appendText("user", decision.user);
    appendFingerprint(decision.key);
    appendNumber("count", decision.count);
    end();
}

void AuditLines::appendLoss(qint64 count, qint64 time)
{
    start(time, "repeated");
    appendPlain("reason", "Decisions were not written: the file could not be written in time");
    appendNumber("count", count);
    end();
}

QByteArray AuditLines::take()
{
    const std::string text = std::exchange(m_text, {});
    return {text.data(), static_cast<qsizetype>(text.size())};
}

void AuditLines::start(qint64 time, QByteArrayView verdict)
{
    if (time != m_time) {
        m_time = time;
        m_timeText = utcTime(time).toString(Qt::ISODateWithMs).toLatin1();
    }
    append(TimeStart);
    append(m_timeText);
    m_text += '"';
    appendPlain("verdict", verdict);
}

void AuditLines::appendName(QByteArrayView name)
{
    m_text += ",\"";
    append(name);
    m_text += "\":";
}

void AuditLines::appendPlain(QByteArrayView name, QByteArrayView ascii)
{
    if (ascii.isEmpty())
        return;
    appendName(name);
    m_text += '"';
    append(ascii);
    m_text += '"';
}

void AuditLines::appendText(QByteArrayView name, QByteArrayView utf8)
{
    if (isPlain(utf8)) {
        appendPlain(name, utf8);
        return;
    }
    appendName(name);
    // Unlike QString::fromUtf8(), the decoder keeps a byte order mark.
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless
                                                     | QStringDecoder::Flag::ConvertInitialBom);
    const QString text = decoder(utf8);
    append(quoted(text).toUtf8()); // its escapes are those of JSON
}

void AuditLines::appendFingerprint(QByteArrayView key)
{
    if (key.isEmpty())
        return;
    const KeyFingerprint fingerprint = keyFingerprint(key);
    appendPlain("key", {fingerprint.data(), static_cast<qsizetype>(fingerprint.size())});
}

void AuditLines::appendNumber(QByteArrayView name, qint64 number)
{
    appendName(name);
    std::array<char, 24> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    append({digits.data(), result.ptr});
}

void AuditLines::end()
{
    m_text += "}\n";
}

std::optional<qint64> AuditLines::timeOf(QByteArrayView line)
{
    if (!line.startsWith(TimeStart))
        return std::nullopt;
    line = line.sliced(TimeStart.size());
    const QByteArrayView text = line.first(std::max<qsizetype>(line.indexOf('"'), 0));
    const QDateTime time = QDateTime::fromString(QString::fromLatin1(text), Qt::ISODateWithMs);
    if (!time.isValid())
        return std::nullopt;
    return time.toMSecsSinceEpoch();
}

bool AuditLines::isStartOfLine(QByteArrayView text)
{
    return text.startsWith(TimeStart) || TimeStart.startsWith(text);
}

} // namespace QZap::Internal
