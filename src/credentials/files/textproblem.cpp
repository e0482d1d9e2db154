// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/textproblem.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr qsizetype SampleSize = 1024;

// Returns how many of the bytes at even, or at odd, positions are NUL.
qsizetype nulsAt(QByteArrayView text, qsizetype first)
{
    qsizetype count = 0;
    for (qsizetype i = first; i < text.size(); i += 2)
        count += text[i] == '\0' ? 1 : 0;
    return count;
}

bool isUtf16(QByteArrayView contents)
{
    constexpr QByteArrayView LittleEndianMark = "\xff\xfe";
    constexpr QByteArrayView BigEndianMark = "\xfe\xff";
    const QByteArrayView sample = contents.first(std::min(contents.size(), SampleSize) & ~1);
    if (contents.startsWith(LittleEndianMark) || contents.startsWith(BigEndianMark))
        return sample.size() == 2 || sample.contains('\0');
    // The text must consist mostly of ASCII letters, like keys and the names of fields, and start
    // with one: a password may contain UTF-16, but the name of the user before it does not.
    const qsizetype units = sample.size() / 2;
    if (units < 2 || (sample[0] == '\0') == (sample[1] == '\0'))
        return false;
    const qsizetype high = sample[0] == '\0' ? 0 : 1; // the position of the higher bytes
    return nulsAt(sample, high) * 4 >= units * 3 && nulsAt(sample, 1 - high) * 8 <= units;
}

} // namespace

Problem utf16Problem(QByteArrayView contents)
{
    if (!isUtf16(contents))
        return {};
    return {u"is UTF-16 text, as some programs of Windows write it; save it as UTF-8"_s, {}, 1};
}

QString nulText()
{
    return u"has NUL characters, so it is not a text file or was damaged in a crash; restore or "
           u"replace "
           "it"_s;
}

} // namespace QZap::Internal
