// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fuzz.h"

#include "base/text.h"

#include <QtCore/qstring.h>

using namespace QZap::Internal;
using Fuzz::require;

namespace {

// Returns the size of the first character, which must be safe to print.
qsizetype sizeOfPrinted(QStringView text)
{
    const bool isPair = text.size() > 1 && text[0].isHighSurrogate() && text[1].isLowSurrogate();
    const char32_t character =
        isPair ? QChar::surrogateToUcs4(text[0], text[1]) : text[0].unicode();
    require(QChar::isPrint(character), "nothing that does not print reaches a log");
    require(character != U'\u2028' && character != U'\u2029', "nothing ends a line");
    return isPair ? 2 : 1;
}

// Returns the argument for which quoted() returns this text.
QString unquoted(QStringView text)
{
    require(text.size() >= 2 && text.front() == u'"' && text.back() == u'"', "it is in quotes");
    text = text.sliced(1, text.size() - 2);
    QString result;
    while (!text.isEmpty()) {
        require(text.front() != u'"', "a quote does not end the text");
        qsizetype size = 1;
        if (text.front() != u'\\') {
            size = sizeOfPrinted(text);
            result += text.first(size);
        } else if (text.startsWith(u"\\u")) {
            size = 6;
            bool isNumber = false;
            result += QChar(text.sliced(2, 4).toUShort(&isNumber, 16));
            require(isNumber, "an escape is a number");
        } else {
            size = 2;
            result += text.at(1);
        }
        text = text.sliced(size);
    }
    return result;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, static_cast<qsizetype>(size));
    const bool isClean = isCleanText(input);
    const QString text = QString::fromUtf8(input);
    require(!isClean || text.toUtf8() == input, "clean text can be told from every other");
    require(!isClean || !text.contains(QChar(QChar::Null)), "clean text has no NUL");
    require(!isClean || input.isValidUtf8(), "clean text is UTF-8");
    require(isAscii(input)
                == (QString::fromLatin1(input).toLatin1().isValidUtf8()
                    && QString::fromLatin1(input) == text),
            "ASCII is what Latin-1 and UTF-8 share");
    require(unquoted(quoted(text)) == text, "two texts are never quoted alike");
    const QString printed = printable(text);
    for (QStringView rest = printed; !rest.isEmpty();)
        rest = rest.sliced(sizeOfPrinted(rest));
    require(printable(printed) == printed, "what is safe to print stays as it is");
    return 0;
}
