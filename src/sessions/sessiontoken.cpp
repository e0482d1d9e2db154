// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/sessiontoken.h"

#include "base/keyeddigest.h"

#include <algorithm>
#include <array>
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

void writeNumber(quint64 number, int digits, char *text)
{
    for (int i = 0; i < digits; ++i, number >>= DigitBits)
        text[i] = static_cast<char>(FirstDigit + static_cast<char>(number & 63));
}

void appendNumber(quint64 number, int digits, QByteArray *text)
{
    char buffer[NumberDigits];
    writeNumber(number, digits, buffer);
    text->append(buffer, digits);
}

void appendText(QByteArrayView bytes, QByteArray *text)
{
    appendNumber(static_cast<quint64>(bytes.size()), LengthDigits, text);
    text->append(bytes);
}

using Code = std::array<char, CodeSize>;

Code codeOf(QByteArrayView label, QByteArrayView head, QByteArrayView body)
{
    const KeyedDigest digest = keyedDigest({label, head, body});
    Code code;
    quint64 halves[2];
    std::memcpy(halves, digest.data(), sizeof halves);
    writeNumber(halves[0], NumberDigits, code.data());
    writeNumber(halves[1], NumberDigits, code.data() + NumberDigits);
    return code;
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
    const Code expected = codeOf(label, head, body);
    if (code.size() != CodeSize)
        return false;
    // In constant time.
    int difference = 0;
    for (qsizetype i = 0; i < CodeSize; ++i)
        difference |= code[i] ^ expected[static_cast<size_t>(i)];
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
    constexpr qsizetype BodyStart = SessionHeadSize + CodeSize;
    QByteArray token;
    token.reserve(512);
    appendNumber(record.number, NumberDigits, &token);
    appendNumber(record.authenticator, NumberDigits, &token);
    const Code headCode = codeOf(HeadLabel, token, {});
    token.append(headCode.data(), CodeSize);
    token.append(CodeSize, FirstDigit); // replaced below
    appendNumber(static_cast<quint64>(record.since), NumberDigits, &token);
    appendNumber(static_cast<quint64>(record.mechanism), 1, &token);
    appendNumber(record.isEnforced ? 1 : 0, 1, &token);
    appendNumber(record.entry.userId, NumberDigits, &token);
    appendNumber(record.entry.fields, NumberDigits, &token);
    appendNumber(record.entry.secret, NumberDigits, &token);
    appendText(record.domain, &token);
    if (record.mechanism == Mechanism::Curve)
        appendKey(record.credential, &token);
    else
        appendText(record.credential, &token);
    appendText(record.address, &token);
    appendText(record.userId, &token);
    for (const QByteArray &name : record.fieldNames)
        appendText(name, &token);
    const QByteArrayView whole(token);
    const QByteArrayView body = whole.sliced(BodyStart);
    if (body.contains('\0'))
        return {};
    const Code code = codeOf(BodyLabel, whole.first(SessionHeadSize), body);
    std::copy(code.begin(), code.end(), token.data() + SessionHeadSize);
    return token;
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
