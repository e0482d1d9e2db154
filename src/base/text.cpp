// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/text.h"

#include "base/bytehash.h"

#include <QtCore/qstringconverter.h>

#include <algorithm>

namespace QZap::Internal {

namespace {

// Checks eight bytes at a time, since each request has several texts.
bool isPrintableAscii(QByteArrayView text)
{
    constexpr quint64 Ones = 0x0101010101010101;
    const auto hasOthers = [](quint64 word) {
        // The highest bit of each byte is set if the byte has it, is less than a space, or is DEL.
        return ((word | (word - Ones * 0x20) | (word + Ones)) & (Ones * 0x80)) != 0;
    };
    for (qsizetype i = 0; i < text.size(); i += 8) {
        if (hasOthers(wordOf(text.data() + i, text.size() - i)))
            return false;
    }
    return true;
}

// Returns whether the character affects neither the line nor the text beside it. QChar::isPrint()
// excludes control and format characters, such as those that change the direction of text, but not
// the separators of lines and paragraphs.
bool isHarmless(char32_t character)
{
    const QChar::Category category = QChar::category(character);
    return QChar::isPrint(character) && category != QChar::Separator_Line
           && category != QChar::Separator_Paragraph;
}

// Appends the text, with a backslash before each of the `special` characters.
void appendPrintable(QStringView text, QStringView special, QString *result)
{
    for (qsizetype i = 0, size = 1; i < text.size(); i += size) {
        char32_t character = text[i].unicode();
        size = 1;
        if (i + 1 < text.size() && text[i].isHighSurrogate() && text[i + 1].isLowSurrogate()) {
            character = QChar::surrogateToUcs4(text[i], text[i + 1]);
            size = 2;
        }
        if (special.contains(text[i]))
            *result += u'\\';
        for (const QChar unit : text.sliced(i, size)) {
            if (isHarmless(character))
                *result += unit;
            else
                *result += QLatin1StringView("\\u")
                           + QString::number(unit.unicode(), 16).rightJustified(4, u'0');
        }
    }
}

} // namespace

bool isAscii(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

QByteArrayView firstWordOf(QByteArrayView line)
{
    const auto *const start = std::find_if_not(line.begin(), line.end(), isBlank);
    return {start, std::find_if(start, line.end(), isBlank)};
}

bool isCleanText(QByteArrayView utf8)
{
    if (isPrintableAscii(utf8))
        return true;
    if (utf8.startsWith(ByteOrderMark))
        return false;
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(utf8);
    if (decoder.hasError())
        return false;
    return std::none_of(text.begin(), text.end(),
                        [](QChar c) { return c.category() == QChar::Other_Control; });
}

QString printable(const QString &text)
{
    QString result;
    result.reserve(text.size());
    appendPrintable(text, {}, &result);
    return result;
}

QString quoted(const QString &text)
{
    QString result;
    result.reserve(text.size() + 2);
    result += u'"';
    appendPrintable(text, u"\"\\", &result);
    result += u'"';
    return result;
}

} // namespace QZap::Internal
