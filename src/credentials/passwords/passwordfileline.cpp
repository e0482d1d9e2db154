// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileline.h"

#include "base/text.h"
#include "credentials/files/textproblem.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/stores/passwordstore.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// A hash that another program has written into a line, after the name and a separator.
struct StrayHash
{
    QByteArrayView hash;
    char separator = '\0';
};

// Returns whether the text after the first '=' of a hash continues the hash: the '=' ends base64
// text, or precedes the number of a parameter.
bool goesOnWithHash(QByteArrayView text)
{
    if (PasswordHash::isHash(text))
        return false; // the text is a password of its own
    while (text.startsWith('='))
        text = text.sliced(1);
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const auto *const end = std::find_if_not(text.begin(), text.end(), isDigit);
    return text.isEmpty() || text.startsWith('$')
           || (end != text.begin() && end != text.end() && (*end == ',' || *end == '$'));
}

// Finds such a hash. A '=' in it, as in base64 or a parameter, would split the line in the wrong
// place.
StrayHash findStrayHash(QByteArrayView line)
{
    const auto *const equals = std::find(line.begin(), line.end(), '=');
    char before = '\0';
    for (const auto *at = line.begin(); at != equals; before = *at++) {
        const bool follows = PasswordFileLine::isSeparator(before);
        if ((follows || at == line.begin()) && PasswordHash::isHash({at, line.end()})) {
            // The name of a user may start in the same way.
            if (follows || equals == line.end() || goesOnWithHash({equals + 1, line.end()}))
                return {{at, line.end()}, before};
        }
    }
    return {};
}

} // namespace

PasswordFileLine::Kind PasswordFileLine::parse(QByteArrayView line)
{
    m_user = {};
    m_password = {};
    m_isHashed = false;
    m_locksUser = false;
    if (line.startsWith('#') || std::all_of(line.begin(), line.end(), isBlank))
        return Kind::Blank;
    const qsizetype equals = line.indexOf('=');
    if (equals >= 0) {
        m_user = line.first(equals);
        m_password = line.sliced(equals + 1);
    }
    m_problem = strayHashProblem(line);
    m_isHashed = bool(m_problem);
    if (!m_problem && equals < 0) {
        m_problem = line.contains('\0') ? nulText()
                                        : u"no '='; write name=password, or '#' before a comment"_s;
    }
    if (!m_problem)
        m_problem = problemOfEntry();
    if (m_problem)
        return Kind::Bad;
    return m_locksUser ? Kind::Locked : Kind::Entry;
}

Problem PasswordFileLine::problemOfEntry()
{
    if (const Problem problem = PasswordStore::userNameProblem(m_user))
        return problem.what + u"; choose another name"_s;
    if (m_password.isEmpty())
        return u"the password is empty; write one after the '='"_s;
    m_locksUser = PasswordHash::isLock(m_password);
    m_isHashed = PasswordHash::isHash(m_password);
    if (m_isHashed)
        return PasswordHash::problemOf(m_password, m_maximumHashMemory);
    if (m_password.size() > MaximumTextSize)
        return u"the password is longer than %1 bytes; shorten it"_s.arg(MaximumTextSize);
    if (m_password.contains('\0'))
        return nulText();
    if (m_password.contains('\r'))
        return u"a carriage return (CR) within the line; end each line with LF or CR LF"_s;
    return {};
}

// Files of htpasswd and mosquitto have ':' between a user and a hash.
Problem PasswordFileLine::strayHashProblem(QByteArrayView line)
{
    const StrayHash stray = findStrayHash(line);
    if (stray.hash.isEmpty())
        return {};
    if (PasswordHash::isArgon2id(stray.hash)) {
        return u"an argon2id hash without a user name and '=' before it; write "
               "name=$argon2id$..."_s;
    }
    // Unlike mosquitto's hashes, libsodium's "$7$" is scrypt, and is preceded by '='.
    const bool isMosquittos =
        stray.separator == ':' && (stray.hash.startsWith("$7$") || stray.hash.startsWith("\"$7$"));
    return u"a hash of another program's%1, such as htpasswd or mosquitto, in the place of a user "
           u"name; only argon2id hashes can be checked: set the password again, as name=password "
           u"or "
           u"with qzap passwd"_s.arg(
               isMosquittos || PasswordHash::isPbkdf2(stray.hash) ? u" (PBKDF2)"_s : QString());
}

} // namespace QZap::Internal
