// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatefield.h"

#include "base/text.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/certificates/zplproperty.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr qsizetype MaximumNameSize = 255; // the limit of ZMTP metadata names
constexpr qsizetype MaximumLineSize =
    1024; // czmq truncates longer lines, and then refuses the file

bool isFoldedAway(char c)
{
    return c == '-' || c == '_' || c == '.' || isBlank(c);
}

// Returns whether foldedName() would return this text. The name is not copied, since it may be part
// of a password.
bool foldsTo(QByteArrayView name, QByteArrayView folded)
{
    for (const char &c : name.first(std::min(name.size(), MaximumNameSize))) {
        if (isFoldedAway(c))
            continue;
        if (folded.isEmpty()
            || QByteArrayView(&c, 1).compare(folded.first(1), Qt::CaseInsensitive) != 0) {
            return false;
        }
        folded = folded.sliced(1);
    }
    return folded.isEmpty();
}

} // namespace

bool isKeyName(QByteArrayView name)
{
    return name.startsWith(PublicKeyName) || name.startsWith(SecretKeyName);
}

QByteArray foldedName(QByteArrayView name)
{
    QByteArray result;
    for (const char c : name.first(std::min(name.size(), MaximumNameSize))) {
        if (!isFoldedAway(c))
            result += c;
    }
    return result.toLower();
}

bool resemblesKeyName(QByteArrayView name)
{
    return foldsTo(name, foldedName(PublicKeyName)) || foldsTo(name, foldedName(SecretKeyName));
}

Problem fieldNameProblem(QByteArrayView name)
{
    if (name.isEmpty())
        return u"a metadata name cannot be empty"_s;
    if (name.size() > MaximumNameSize)
        return u"a metadata name cannot be longer than %1 characters"_s.arg(MaximumNameSize);
    if (!isZplName(name)) {
        return u"a metadata name consists of A-Z, a-z, 0-9 and $_@.&+/-, and has no '/' at either "
               "end"_s;
    }
    if (isKeyName(name)) {
        return u"a metadata name cannot start with \"public-key\" or \"secret-key\", as other "
               "programs take it for the key"_s;
    }
    if (name != NotAfterField && resemblesNotAfter(name))
        return expiryTimeOf(name, {}).problem();
    return {};
}

Problem metadataProblem(QByteArrayView name, QByteArrayView value)
{
    if (Problem problem = fieldNameProblem(name))
        return problem;
    if (name == NotAfterField) {
        if (const Result<qint64> time = expiryTimeOf(name, value); !time)
            return time.problem();
    }
    if (value.contains('"'))
        return u"a metadata value cannot contain a double quote"_s;
    if (value.startsWith(ByteOrderMark))
        return u"a metadata value cannot start with a byte order mark"_s;
    if (!value.isValidUtf8())
        return u"a metadata value must be valid Unicode text"_s;
    if (!isCleanText(value))
        return u"a metadata value cannot contain control characters or line breaks"_s;
    const qsizetype lineSize =
        CertificateIndentation + name.size() + value.size() + qsizetype(sizeof(" = \"\"")) - 1;
    if (lineSize > MaximumLineSize) {
        return u"a metadata line cannot be longer than %1 bytes, and this one would be %2"_s
            .arg(MaximumLineSize)
            .arg(lineSize);
    }
    return {};
}

} // namespace QZap::Internal
