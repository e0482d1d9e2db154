// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/sessiontoken.h"

#include "base/keyeddigest.h"

#include <algorithm>
#include <cstring>

namespace QZap::Internal {

namespace {

// Six bits make one of 64 consecutive characters, whose lower six bits differ.
constexpr char FirstDigit = '0';
constexpr int DigitBits = 6;
constexpr int NumberDigits = 11; // of 64 bits
constexpr int LengthDigits = 3;
constexpr qsizetype CodeSize = qsizetype{2} * NumberDigits;
static_assert(SessionHeadSize == qsizetype{2} * NumberDigits + CodeSize);

void appendNumber(quint64 number, int digits, QByteArray *text)
{
    for (int i = 0; i < digits; ++i, number >>= DigitBits)
        text->append(static_cast<char>(FirstDigit + static_cast<char>(number & 63)));
}

void appendText(QByteArrayView bytes, QByteArray *text)
{
    appendNumber(static_cast<quint64>(bytes.size()), LengthDigits, text);
    text->append(bytes);
}

void appendCode(QByteArrayView label, QByteArrayView head, QByteArrayView body, QByteArray *text)
{
    const KeyedDigest digest = keyedDigest({label, head, body});
    quint64 half = 0;
    for (size_t i = 0; i < digest.size(); i += sizeof half) {
        std::memcpy(&half, digest.data() + i, sizeof half);
        appendNumber(half, NumberDigits, text);
    }
}

constexpr QByteArrayView HeadLabel = "session head";
constexpr QByteArrayView BodyLabel = "session body";

// Public keys are bytes, and may contain NULs.
void appendKey(const QByteArray &key, QByteArray *text)
{
    appendText(key.toBase64(), text);
}

// Takes what the functions above have appended, from the front. A text that ends too early gives
// empty values, and isValid() is false from then on.
class Reader
{
public:
    explicit Reader(QByteArrayView text)
        : m_text(text)
    { }

    bool isValid() const { return m_isValid; }
    bool isAtEnd() const { return m_text.isEmpty(); }
    QByteArrayView take(qsizetype size)
    {
        if (size > m_text.size()) {
            m_isValid = false;
            m_text = {};
            return {};
        }
        const QByteArrayView result = m_text.first(size);
        m_text = m_text.sliced(size);
        return result;
    }
    quint64 number(int digits)
    {
        const QByteArrayView text = take(digits);
        quint64 result = 0;
        for (qsizetype i = text.size(); i-- > 0;)
            result = result << DigitBits | (static_cast<quint64>(text[i] - FirstDigit) & 63);
        return result;
    }
    QByteArray text() { return take(static_cast<qsizetype>(number(LengthDigits))).toByteArray(); }

private:
    QByteArrayView m_text;
    bool m_isValid = true;
};

bool isCode(QByteArrayView code, QByteArrayView label, QByteArrayView head, QByteArrayView body)
{
    QByteArray expected;
    appendCode(label, head, body, &expected);
    // In constant time.
    int difference = code.size() == expected.size() ? 0 : 1;
    for (qsizetype i = 0; i < std::min(code.size(), expected.size()); ++i)
        difference |= code[i] ^ expected[i];
    return difference == 0;
}

void readBody(Reader *reader, SessionRecord *record)
{
    record->since = static_cast<qint64>(reader->number(NumberDigits));
    record->mechanism = static_cast<Mechanism>(reader->number(1));
    record->isEnforced = reader->number(1) != 0;
    record->entry.userId = reader->number(NumberDigits);
    record->entry.fields = reader->number(NumberDigits);
    record->entry.secret = reader->number(NumberDigits);
    record->domain = reader->text();
    record->credential = reader->text();
    if (record->mechanism == Mechanism::Curve)
        record->credential = QByteArray::fromBase64(record->credential);
    record->address = reader->text();
    record->userId = reader->text();
    while (reader->isValid() && !reader->isAtEnd())
        record->fieldNames.append(reader->text());
}

} // namespace

QByteArray SessionToken::make(const SessionRecord &record)
{
    QByteArray token;
    token.reserve(512);
    appendNumber(record.number, NumberDigits, &token);
    appendNumber(record.authenticator, NumberDigits, &token);
    appendCode(HeadLabel, token, {}, &token);
    QByteArray body;
    body.reserve(384);
    appendNumber(static_cast<quint64>(record.since), NumberDigits, &body);
    appendNumber(static_cast<quint64>(record.mechanism), 1, &body);
    appendNumber(record.isEnforced ? 1 : 0, 1, &body);
    appendNumber(record.entry.userId, NumberDigits, &body);
    appendNumber(record.entry.fields, NumberDigits, &body);
    appendNumber(record.entry.secret, NumberDigits, &body);
    appendText(record.domain, &body);
    if (record.mechanism == Mechanism::Curve)
        appendKey(record.credential, &body);
    else
        appendText(record.credential, &body);
    appendText(record.address, &body);
    appendText(record.userId, &body);
    for (const QByteArray &name : record.fieldNames)
        appendText(name, &body);
    if (body.contains('\0'))
        return {};
    const QByteArray head = token;
    appendCode(BodyLabel, head, body, &token);
    return token + body;
}

std::shared_ptr<SessionRecord> SessionToken::read(QByteArrayView token)
{
    if (token.size() < SessionHeadSize + CodeSize)
        return nullptr;
    const QByteArrayView head = token.first(SessionHeadSize);
    const QByteArrayView body = token.sliced(SessionHeadSize + CodeSize);
    Reader reader(head);
    auto record = std::make_shared<SessionRecord>();
    record->number = reader.number(NumberDigits);
    record->authenticator = reader.number(NumberDigits);
    if (!isCode(head.sliced(qsizetype{2} * NumberDigits), HeadLabel,
                head.first(qsizetype{2} * NumberDigits), {})
        || !isCode(token.sliced(SessionHeadSize, CodeSize), BodyLabel, head, body)) {
        return nullptr;
    }
    std::copy(head.begin(), head.end(), record->head.begin());
    Reader bodyReader(body);
    readBody(&bodyReader, record.get());
    return bodyReader.isValid() ? record : nullptr;
}

} // namespace QZap::Internal
