// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/zplproperty.h"

#include "base/text.h"

#include <QtCore/qglobal.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace QZap::Internal {

namespace {

constexpr std::array<bool, 256> makeNameCharacters()
{
    std::array<bool, 256> characters{};
    for (const char c : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$_@.&+/-")
        characters[static_cast<uchar>(c)] = c != '\0';
    return characters;
}

constexpr std::array<bool, 256> NameCharacters = makeNameCharacters();

} // namespace

ZplProperty parseZplProperty(QByteArrayView line)
{
    ZplProperty result;
    const char *at = line.begin();
    const char *const end = line.end();
    const auto skipBlanks = [&] {
        while (at < end && isBlank(*at))
            ++at;
    };

    while (at < end && NameCharacters[static_cast<uchar>(*at)])
        ++at;
    result.name = {line.begin(), at};
    skipBlanks();
    if (!isZplName(result.name)) {
        result.problem = "does not start with a name of letters, digits and $_@.&+/-";
        return result;
    }
    if (at == end || *at == '#')
        return result;
    if (*at != '=') {
        result.problem = "has something other than '=' or a comment after its name";
        return result;
    }
    ++at;
    skipBlanks();
    result.hasValue = true;
    if (at < end && (*at == '"' || *at == '\'')) {
        // A '#' in quotes does not start a comment: Z85 keys can contain it.
        result.isQuoted = true;
        const char *const start = at + 1;
        const auto *const close = static_cast<const char *>(
            std::memchr(start, *at, static_cast<std::size_t>(end - start)));
        if (!close) {
            result.problem = "lacks a closing quote";
            return result;
        }
        result.value = {start, close};
        at = close + 1;
        skipBlanks();
        if (at < end && *at != '#')
            result.problem = "has something other than a comment after the closing quote";
        return result;
    }
    const char *stop = std::find(at, end, '#');
    while (stop > at && isBlank(stop[-1]))
        --stop;
    result.value = {at, stop};
    return result;
}

bool isZplName(QByteArrayView name)
{
    return !name.isEmpty() && name.front() != '/' && name.back() != '/'
           && std::all_of(name.begin(), name.end(),
                          [](char c) { return NameCharacters[static_cast<uchar>(c)]; });
}

} // namespace QZap::Internal
