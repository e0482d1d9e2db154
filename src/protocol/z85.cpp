// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/z85.h"

#include <QtCore/qendian.h>

#include <array>
#include <limits>

namespace QZap::Internal::Z85 {

namespace {

constexpr quint32 Base = 85;
constexpr qsizetype GroupBytes = 4;
constexpr qsizetype GroupCharacters = 5;
constexpr quint8 NotInAlphabet = 0xff; // has a bit that no digit has set
constexpr quint8 InvalidBit = 0x80;
static_assert(Base <= InvalidBit);

constexpr char Alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            ".-:+=^!/*?&<>()[]{}@%$#";
static_assert(sizeof(Alphabet) == Base + 1);

constexpr std::array<quint8, 256> makeDigits()
{
    std::array<quint8, 256> digits{};
    for (quint8 &digit : digits)
        digit = NotInAlphabet;
    for (quint8 digit = 0; digit < Base; ++digit)
        digits[static_cast<quint8>(Alphabet[digit])] = digit;
    return digits;
}

constexpr std::array<quint8, 256> Digits = makeDigits();

// Returns the value of a group, or a value above 32 bits if a character is not in the alphabet.
inline quint64 groupValue(const char *text)
{
    // The products are independent, so that the processor computes them in parallel.
    constexpr quint64 Weights[] = {quint64{Base} * Base * Base * Base, Base * Base * Base,
                                   Base * Base, Base, 1};
    quint64 value = 0;
    quint8 bits = 0;
    for (qsizetype i = 0; i < GroupCharacters; ++i) {
        const quint8 digit = Digits[static_cast<quint8>(text[i])];
        bits |= digit;
        value += digit * Weights[i];
    }
    return (bits & InvalidBit) == 0 ? value : std::numeric_limits<quint64>::max();
}

} // namespace

void encode(const void *bytes, qsizetype size, char *text)
{
    Q_ASSERT(size >= 0 && size % GroupBytes == 0);
    const auto *in = static_cast<const uchar *>(bytes);
    for (const uchar *const end = in + size; in < end; in += GroupBytes, text += GroupCharacters) {
        // There are two halves instead of one chain of four divisions, so that the processor
        // computes them in parallel.
        const auto value = qFromBigEndian<quint32>(in);
        const quint32 low = value % (Base * Base);
        const quint32 rest = value / (Base * Base);
        const quint32 middle = rest % (Base * Base);
        text[0] = Alphabet[rest / (Base * Base)];
        text[1] = Alphabet[middle / Base];
        text[2] = Alphabet[middle % Base];
        text[3] = Alphabet[low / Base];
        text[4] = Alphabet[low % Base];
    }
}

QByteArray encode(QByteArrayView bytes)
{
    if (bytes.size() % GroupBytes != 0)
        return {};
    QByteArray text(bytes.size() / GroupBytes * GroupCharacters, Qt::Uninitialized);
    encode(bytes.data(), bytes.size(), text.data());
    return text;
}

bool decode(QByteArrayView text, void *bytes)
{
    if (text.size() % GroupCharacters != 0)
        return false;
    auto *out = static_cast<uchar *>(bytes);
    const char *in = text.data();
    for (const char *const end = in + text.size(); in < end;
         in += GroupCharacters, out += GroupBytes) {
        const quint64 value = groupValue(in);
        if (value > std::numeric_limits<quint32>::max())
            return false;
        qToBigEndian(static_cast<quint32>(value), out);
    }
    return true;
}

bool isKey(QByteArrayView text)
{
    if (text.size() != CurveKeyTextSize)
        return false;
    for (qsizetype at = 0; at < CurveKeyTextSize; at += GroupCharacters) {
        if (groupValue(text.data() + at) > std::numeric_limits<quint32>::max())
            return false;
    }
    return true;
}

} // namespace QZap::Internal::Z85
