// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileline.h"

#include "base/text.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/stores/passwordstore.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

} // namespace

PasswordFileLine::Kind PasswordFileLine::parse(QByteArrayView line)
{
    m_user = {};
    m_password = {};
    m_isHashed = false;
    if (line.startsWith('#') || std::all_of(line.begin(), line.end(), isBlank))
        return Kind::Blank;
    const qsizetype equals = line.indexOf('=');
    if (equals < 0) {
        m_problem = u"no '='; write name=password, or '#' before a comment"_s;
        return Kind::Bad;
    }
    m_user = line.first(equals);
    m_password = line.sliced(equals + 1);
    m_problem = problemOfEntry();
    return m_problem ? Kind::Bad : Kind::Entry;
}

Problem PasswordFileLine::problemOfEntry()
{
    if (const Problem problem = PasswordStore::userNameProblem(m_user))
        return problem.what + u"; choose another name"_s;
    if (m_password.isEmpty())
        return u"the password is empty; write one after the '='"_s;
    m_isHashed = PasswordHash::isHash(m_password);
    if (m_isHashed)
        return PasswordHash::problemOf(m_password, m_maximumHashMemory);
    if (m_password.size() > MaximumTextSize)
        return u"the password is longer than %1 bytes; shorten it"_s.arg(MaximumTextSize);
    return {};
}

} // namespace QZap::Internal
