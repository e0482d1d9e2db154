// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfiletext.h"

#include "base/text.h"
#include "credentials/certificates/otherformat.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/passwords/passwordfileline.h"
#include "credentials/stores/passwordstore.h"

#include <algorithm>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Returns "\n", "\r\n", or nothing or "\r" at the end of a file.
QByteArrayView endOf(QByteArrayView line)
{
    qsizetype size = line.endsWith('\n') ? 1 : 0;
    if (size < line.size() && line[line.size() - size - 1] == '\r')
        ++size;
    return line.last(size);
}

// Returns the user before a hash of another program, such as "alice:$apr1$..."; null for other
// lines.
QByteArrayView userOfStrayHash(QByteArrayView line)
{
    const auto *const equals = std::find(line.begin(), line.end(), '=');
    for (const char *at = line.begin(); at != equals; ++at) {
        if (!PasswordFileLine::isSeparator(*at) || !PasswordHash::isHash({at + 1, line.end()}))
            continue;
        while (at != line.begin() && PasswordFileLine::isSeparator(at[-1]))
            --at;
        return {line.begin(), at};
    }
    return {};
}

// Returns the user of a line, even if its password is invalid; null if it has none. Setting the
// user's password replaces the line.
QByteArrayView userOf(QByteArrayView line)
{
    // The line after a byte order mark is ignored, but would be used if the mark was removed.
    if (line.startsWith(ByteOrderMark))
        line = line.sliced(ByteOrderMark.size());
    if (line.startsWith('#'))
        return {};
    const QByteArrayView user = userOfStrayHash(line);
    return user.isEmpty() ? line.first(std::max(line.indexOf('='), {})) : user;
}

SecretBytes lineOf(QByteArrayView user, QByteArrayView value, QByteArrayView end)
{
    SecretBytes line;
    line.reserve(user.size() + 1 + value.size() + end.size());
    line.append(user);
    line.append("=");
    line.append(value);
    line.append(end);
    return line;
}

} // namespace

PasswordFileText::PasswordFileText(QByteArrayView contents)
{
    while (!contents.isEmpty()) {
        const qsizetype newline = contents.indexOf('\n');
        const QByteArrayView line = newline < 0 ? contents : contents.first(newline + 1);
        contents = contents.sliced(line.size());
        const QByteArrayView user = userOf(line);
        if (!user.isEmpty())
            m_linesOf[user.toByteArray()] += static_cast<qsizetype>(m_lines.size());
        m_lines.emplace_back(line);
    }
    m_endsWithCr = !m_lines.empty() && m_lines.front().view().endsWith("\r\n");
}

PasswordFileText::PasswordFileText(const PasswordFileText &other)
    : m_linesOf(other.m_linesOf)
    , m_endsWithCr(other.m_endsWithCr)
{
    m_lines.reserve(other.m_lines.size());
    for (const SecretBytes &line : other.m_lines)
        m_lines.emplace_back(line.view());
}

Problem PasswordFileText::userProblem(QByteArrayView user)
{
    Problem problem;
    if (user.startsWith(ByteOrderMark))
        problem = u"the user name starts with a byte order mark"_s;
    if (!problem)
        problem = PasswordStore::userNameProblem(user);
    if (!problem && user.startsWith('#'))
        problem = u"the user name starts with \"#\", as comments in a password file do"_s;
    if (!problem && user.contains('='))
        problem = u"the user name contains \"=\", which ends it in a password file"_s;
    if (!problem && isKeyLine(lineOf(user, {}, {}).view())) {
        problem =
            u"the user name is that of a key in a certificate, for which the file would be taken"_s;
    }
    if (problem)
        problem.what += u"; choose another name"_s;
    return problem;
}

Problem PasswordFileText::passwordProblem(QByteArrayView password)
{
    if (password.isEmpty())
        return u"the password is empty; choose one"_s;
    if (password.size() > MaximumTextSize)
        return u"the password is longer than %1 bytes; shorten it"_s.arg(MaximumTextSize);
    if (PasswordHash::isLock(password) && !PasswordHash::isHash(password)) {
        return u"\"*\" and \"!\" alone lock a user out, and cannot be passwords in a file; choose "
               "another"_s;
    }
    return {};
}

Problem PasswordFileText::plainProblem(QByteArrayView password)
{
    if (password.contains('\0')) {
        return u"the password contains a NUL, and cannot stand in a file in clear; hash it, or "
               "choose another"_s;
    }
    if (password.contains('\n') || password.contains('\r')) {
        return u"the password contains the end of a line, and cannot stand in a file in clear; "
               u"hash "
               "it, or choose another"_s;
    }
    if (PasswordHash::isHash(password)) {
        return u"the password looks like a hash, as it starts with a scheme such as \"$6$\" or "
               "\"{SSHA}\", and cannot stand in a file in clear; hash it, or choose another"_s;
    }
    return {};
}

Problem PasswordFileText::lineProblem(QByteArrayView user, QByteArrayView value)
{
    const SecretBytes text = lineOf(user, value, {});
    PasswordFileLine line(std::numeric_limits<qint64>::max());
    if (line.parse(text.view()) == PasswordFileLine::Kind::Entry)
        return {};
    return u"the user name and the password together look like the line of another program; choose "
           "another name"_s;
}

void PasswordFileText::set(const QByteArray &user, QByteArrayView value)
{
    QList<qsizetype> &lines = m_linesOf[user];
    if (lines.isEmpty()) {
        append(user, value);
        return;
    }
    SecretBytes &kept = m_lines[static_cast<std::size_t>(lines.first())];
    kept = lineOf(user, value, endOf(kept.view()));
    while (lines.size() > 1)
        m_lines[static_cast<std::size_t>(lines.takeLast())].clear();
    dropEnd();
}

bool PasswordFileText::remove(const QByteArray &user)
{
    const QList<qsizetype> lines = m_linesOf.take(user);
    for (const qsizetype line : lines)
        m_lines[static_cast<std::size_t>(line)].clear();
    dropEnd();
    return !lines.isEmpty();
}

SecretBytes PasswordFileText::contents() const
{
    qsizetype size = 0;
    for (const SecretBytes &line : m_lines)
        size += line.size();
    SecretBytes result;
    result.reserve(size);
    for (const SecretBytes &line : m_lines)
        result.append(line.view());
    return result;
}

void PasswordFileText::append(const QByteArray &user, QByteArrayView value)
{
    const QByteArrayView end = m_endsWithCr ? "\r\n" : "\n";
    if (!m_lines.empty() && !m_lines.back().view().endsWith('\n')) {
        SecretBytes &last = m_lines.back();
        // A "\r" before it would become part of the line.
        last.append(last.view().endsWith('\r') ? QByteArrayView("\n") : end);
    }
    m_linesOf[user] += static_cast<qsizetype>(m_lines.size());
    m_lines.push_back(lineOf(user, value, end));
}

// Removes empty entries at the end: the last one is then a line that exists.
void PasswordFileText::dropEnd()
{
    while (!m_lines.empty() && m_lines.back().isEmpty())
        m_lines.pop_back();
}

} // namespace QZap::Internal
