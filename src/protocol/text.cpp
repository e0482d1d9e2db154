// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/text.h"

#include <QtCore/qstringconverter.h>

#include <algorithm>

namespace QZap::Internal {

bool isAscii(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

bool isCleanText(QByteArrayView utf8)
{
    const auto isPrintableAscii = [](char c) { return c >= 0x20 && c < 0x7f; };
    if (std::all_of(utf8.begin(), utf8.end(), isPrintableAscii))
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

QString quoted(const QString &text)
{
    QString result;
    result.reserve(text.size() + 2);
    result += u'"';
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\') {
            result += u'\\';
            result += c;
        } else if (c.isPrint()) {
            result += c;
        } else {
            result +=
                QLatin1StringView("\\u") + QString::number(c.unicode(), 16).rightJustified(4, u'0');
        }
    }
    result += u'"';
    return result;
}

} // namespace QZap::Internal
