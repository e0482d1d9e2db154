// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/otherformat.h"

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
    if (const Problem problem = utf16Problem(text))
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

} // namespace QZap::Internal
