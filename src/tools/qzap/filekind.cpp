// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "filekind.h"

#include "credentials/files/fileload.h"
#include "protocol/z85.h"

#include <algorithm>

using namespace QZap::Internal;

namespace {

constexpr int MaximumLines = 1000;

constexpr bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

QByteArrayView firstWordOf(QByteArrayView line)
{
    const auto *const start = std::find_if_not(line.begin(), line.end(), isBlank);
    return {start, std::find_if(start, line.end(), isBlank)};
}

// Names contain none, so that a file with many of them is not text. Passwords may.
bool hasControlCharacter(QByteArrayView text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<uchar>(c) < 0x20 && c != '\t'; });
}

} // namespace

FileKind guessFileKind(QByteArrayView contents)
{
    int keys = 0;
    int users = 0;
    int rubbish = 0;
    LineReader lines(contents);
    while (lines.number() < MaximumLines && lines.next()) {
        const QByteArrayView line = lines.line();
        const QByteArrayView word = firstWordOf(line);
        if (word.isEmpty() || word.startsWith('#'))
            continue;
        if (line.startsWith(word) && (word == "curve" || word == "metadata"))
            return FileKind::Certificate;
        // Keys can contain '='.
        if (Z85::isKey(word))
            ++keys;
        else if (hasControlCharacter(line.first(std::max<qsizetype>(line.indexOf('='), 0))))
            ++rubbish;
        else if (line.contains('='))
            ++users;
    }
    if (keys + users <= rubbish)
        return FileKind::Unknown;
    return keys >= users ? FileKind::KeyList : FileKind::Passwords;
}
