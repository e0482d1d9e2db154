// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/otherformat.h"

#include "base/secret.h"
#include "base/text.h"
#include "credentials/certificates/certificatefield.h"
#include "credentials/files/fileload.h"
#include "credentials/files/textproblem.h"
#include "protocol/z85.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Returns the text without spaces, line ends and quotes at both ends.
QByteArrayView stripped(QByteArrayView text)
{
    text = text.trimmed();
    const auto isQuote = [](char c) { return c == '"' || c == '\''; };
    if (text.size() >= 2 && isQuote(text.front()) && text.front() == text.back())
        text = text.sliced(1).chopped(1);
    return text;
}

bool hasNul(QByteArrayView text, int line)
{
    LineReader lines(text);
    while (lines.next()) {
        if (lines.number() == line)
            return lines.line().contains('\0');
    }
    return false;
}

} // namespace

Problem otherFormatProblem(QByteArrayView text, int line)
{
    if (Problem problem = utf16Problem(text))
        return problem;
    if (Z85::isKey(stripped(text))) {
        return {
            u"is a key alone, not a certificate; write it as public-key = \"...\", indented by 4 "
            "spaces, after a line \"curve\""_s,
            {},
            1};
    }
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    if (Z85::isKey({text.begin(), std::find_if(text.begin(), text.end(), isSpace)})) {
        return {
            u"starts with a key, as a key list does, and is not a certificate; name the list as "
            "the location, or make a certificate for each key"_s,
            {},
            1};
    }
    if (text.trimmed().startsWith("-----BEGIN ")) {
        return {
            u"is in the PEM format of TLS and SSH, whose keys are not those of CURVE; make a pair "
            "with qzap keygen"_s,
            {},
            1};
    }
    if (hasNul(text, line))
        return {nulText(), {}, line};
    return {};
}

bool isSectionLine(QByteArrayView line)
{
    line = line.first(std::find(line.begin(), line.end(), '#') - line.begin()).trimmed();
    if (line.startsWith('[') && line.endsWith(']'))
        line = line.sliced(1).chopped(1).trimmed();
    // Not copied: a line of a password file may contain a password.
    const auto isName = [line](QByteArrayView name) {
        return line.compare(name, Qt::CaseInsensitive) == 0;
    };
    return isName("curve") || isName("metadata");
}

bool isKeyLine(QByteArrayView line)
{
    const auto *const separator =
        std::find_if(line.begin(), line.end(), [](char c) { return c == '=' || c == ':'; });
    return separator != line.end()
           && resemblesKeyName(QByteArrayView(line.begin(), separator).trimmed());
}

bool resemblesCertificate(QByteArrayView text)
{
    SecretBytes plain; // in UTF-8, with LF only
    plain.reserve(text.size());
    if (text.startsWith(ByteOrderMark))
        text = text.sliced(ByteOrderMark.size());
    const bool isUtf16 = bool(utf16Problem(text));
    for (const char &c : text) {
        // The letters of certificates are ASCII, whose other byte in UTF-16 is NUL.
        if (!isUtf16 || (c != '\0' && static_cast<uchar>(c) < 0x80))
            plain.append(c == '\r' ? QByteArrayView("\n") : QByteArrayView(&c, 1));
    }
    if (Z85::isKey(stripped(plain.view())))
        return true;
    LineReader lines(plain.view());
    while (lines.next()) {
        if (isSectionLine(lines.line()) || isKeyLine(lines.line()))
            return true;
    }
    return false;
}

} // namespace QZap::Internal
