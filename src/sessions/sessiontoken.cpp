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
constexpr int FlagDigits = 1;
constexpr int LengthDigits = 3;
constexpr qsizetype CodeSize = qsizetype{2} * NumberDigits;
constexpr qsizetype NumbersSize = qsizetype{2} * NumberDigits; // of the head, before its code
static_assert(SessionHeadSize == NumbersSize + CodeSize);
constexpr qsizetype BodyStart = SessionHeadSize + CodeSize; // the code of the body comes first
constexpr qsizetype BodyNumbersSize = qsizetype{4} * NumberDigits + qsizetype{2} * FlagDigits;
constexpr qsizetype KeySize = 32;
constexpr qsizetype KeyParts = KeySize / qsizetype{sizeof(quint64)};

// Writes the parts of a token one after the other.
class Writer
{
public:
    explicit Writer(char *to)
        : m_to(to)
    { }

    template <int Digits = NumberDigits>
    void number(quint64 number)
    {
        for (int i = 0; i < Digits; ++i, number >>= DigitBits)
            *m_to++ = static_cast<char>(FirstDigit + static_cast<char>(number & 63));
    }
    void text(QByteArrayView bytes)
    {
        number<LengthDigits>(static_cast<quint64>(bytes.size()));
        if (!bytes.isEmpty())
            std::memcpy(m_to, bytes.data(), static_cast<size_t>(bytes.size()));
        m_to += bytes.size();
    }
    // A public key or a code: bytes, which may contain NULs.
    template <size_t Parts>
    void numbers(const void *bytes)
    {
        quint64 parts[Parts];
        std::memcpy(parts, bytes, sizeof parts);
        for (const quint64 part : parts)
            number(part);
    }

private:
    char *m_to;
};

void writeCode(QByteArrayView text, char *to)
{
    const KeyedDigest digest = keyedDigest(text);
    static_assert(sizeof digest == 2 * sizeof(quint64));
    Writer(to).numbers<2>(digest.data());
}

bool isText(QByteArrayView bytes)
{
    return !bytes.contains('\0');
}

qsizetype sizeOfText(QByteArrayView bytes)
{
    return LengthDigits + bytes.size();
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
    QByteArray key()
    {
        quint64 parts[KeyParts];
        for (quint64 &part : parts)
            part = number(NumberDigits);
        return {reinterpret_cast<const char *>(parts), KeySize};
    }

private:
    QByteArrayView m_text;
    bool m_isValid = true;
};

// Compares in constant time.
bool isCode(QByteArrayView code, QByteArrayView text)
{
    char expected[CodeSize];
    writeCode(text, expected);
    int difference = 0;
    for (qsizetype i = 0; i < CodeSize; ++i)
        difference |= code[i] ^ expected[i];
    return difference == 0;
}

void readBody(Reader *reader, SessionRecord *record)
{
    record->since = static_cast<qint64>(reader->number(NumberDigits));
    record->mechanism = static_cast<Mechanism>(reader->number(FlagDigits));
    record->isEnforced = reader->number(FlagDigits) != 0;
    record->entry.userId = reader->number(NumberDigits);
    record->entry.fields = reader->number(NumberDigits);
    record->entry.secret = reader->number(NumberDigits);
    record->domain = reader->text();
    record->credential = record->mechanism == Mechanism::Curve ? reader->key() : reader->text();
    record->address = reader->text();
    record->userId = reader->text();
    while (reader->isValid() && !reader->isAtEnd())
        record->fieldNames.append(reader->text());
}

} // namespace

qsizetype SessionToken::sizeOf(const SessionRecord &record)
{
    const bool hasKey = record.mechanism == Mechanism::Curve;
    if ((hasKey && record.credential.size() != KeySize) || (!hasKey && !isText(record.credential))
        || !isText(record.domain) || !isText(record.address) || !isText(record.userId)) {
        return 0;
    }
    qsizetype size = BodyStart + BodyNumbersSize + sizeOfText(record.domain)
                     + (hasKey ? KeyParts * NumberDigits : sizeOfText(record.credential))
                     + sizeOfText(record.address) + sizeOfText(record.userId);
    for (const QByteArray &name : record.fieldNames)
        size += sizeOfText(name);
    return size;
}

void SessionToken::write(const SessionRecord &record, char *token, qsizetype size)
{
    Writer head(token);
    head.number(record.number);
    head.number(record.authenticator);
    writeCode({token, NumbersSize}, token + NumbersSize);
    std::memset(token + SessionHeadSize, FirstDigit, CodeSize); // replaced below
    Writer body(token + BodyStart);
    body.number(static_cast<quint64>(record.since));
    body.number<FlagDigits>(static_cast<quint64>(record.mechanism));
    body.number<FlagDigits>(record.isEnforced ? 1 : 0);
    body.number(record.entry.userId);
    body.number(record.entry.fields);
    body.number(record.entry.secret);
    body.text(record.domain);
    if (record.mechanism == Mechanism::Curve)
        body.numbers<KeyParts>(record.credential.constData());
    else
        body.text(record.credential);
    body.text(record.address);
    body.text(record.userId);
    for (const QByteArray &name : record.fieldNames)
        body.text(name);
    writeCode({token, size}, token + SessionHeadSize);
}

std::shared_ptr<SessionRecord> SessionToken::read(QByteArrayView token)
{
    if (token.size() < BodyStart)
        return nullptr;
    const QByteArrayView head = token.first(SessionHeadSize);
    QByteArray withoutCode = token.toByteArray();
    std::memset(withoutCode.data() + SessionHeadSize, FirstDigit, CodeSize);
    if (!isCode(head.sliced(NumbersSize), head.first(NumbersSize))
        || !isCode(token.sliced(SessionHeadSize, CodeSize), withoutCode)) {
        return nullptr;
    }
    Reader reader(head);
    auto record = std::make_shared<SessionRecord>();
    record->number = reader.number(NumberDigits);
    record->authenticator = reader.number(NumberDigits);
    std::copy(head.begin(), head.end(), record->head.begin());
    Reader bodyReader(token.sliced(BodyStart));
    readBody(&bodyReader, record.get());
    return bodyReader.isValid() ? record : nullptr;
}

} // namespace QZap::Internal
