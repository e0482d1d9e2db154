// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/entryproblems.h"

#include <QtCore/qstringlist.h>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr qsizetype MostProblems = 1000;
constexpr qsizetype MostInText = 3;

} // namespace

void EntryProblems::add(const QString &name, const QString &why)
{
    const auto known = m_problems.find(name);
    if (known != m_problems.end()) {
        if (std::exchange(*known, why) != why)
            m_hasNews = true;
        return;
    }
    const auto former = m_former.constFind(name);
    const bool isFormer = former != m_former.constEnd() && *former == why;
    if (m_problems.size() < MostProblems) {
        m_problems.insert(name, why);
        m_hasNews = m_hasNews || !isFormer;
    } else {
        // The names of the others are not known.
        m_hasNews = ++m_more > m_formerMore || m_hasNews;
    }
}

void EntryProblems::remove(const QString &name)
{
    m_problems.remove(name);
}

void EntryProblems::beginAll()
{
    m_former.insert(m_problems);
    m_formerMore = std::max(m_formerMore, m_more);
    m_problems.clear();
    m_more = 0;
}

void EntryProblems::endAll()
{
    m_former.clear();
    m_formerMore = 0;
}

bool EntryProblems::takeNews()
{
    return std::exchange(m_hasNews, false);
}

QString EntryProblems::text() const
{
    if (isEmpty())
        return {};
    QStringList parts;
    for (auto row = m_problems.begin(); row != m_problems.end() && parts.size() < MostInText; ++row)
        parts += row.key() + ": "_L1 + row.value();
    const qint64 others = m_problems.size() - parts.size() + m_more;
    if (others > 0)
        parts += u"and %1 more"_s.arg(others);
    return u"Rows of qzap_credentials are not used: %1"_s.arg(parts.join("; "_L1));
}

} // namespace QZap::Internal
