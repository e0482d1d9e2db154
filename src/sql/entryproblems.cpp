// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/entryproblems.h"

#include <QtCore/qhashfunctions.h>
#include <QtCore/qstringlist.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr qsizetype MostProblems = 1000;
constexpr qsizetype MostInText = 3;

quint64 hashOf(const QString &name)
{
    const size_t seed = QHashSeed::globalSeed();
    quint64 hash = qHash(name, seed);
    if constexpr (sizeof(size_t) < sizeof(quint64))
        hash = hash << 32 | qHash(name, ~seed);
    return hash;
}

} // namespace

void EntryProblems::add(const QString &name, const QString &why)
{
    const auto known = m_problems.find(name);
    if (known != m_problems.end()) {
        if (std::exchange(*known, why) != why)
            m_hasNews = true;
        return;
    }
    const quint64 hash = hashOf(name);
    const auto former = m_former.constFind(name);
    bool isNew = former != m_former.constEnd() ? *former != why : m_formerOthers.count(hash) == 0;
    if (m_problems.size() < MostProblems) {
        m_problems.insert(name, why);
        isNew = m_others.erase(hash) == 0 && isNew;
    } else {
        isNew = m_others.insert(hash).second && isNew;
    }
    m_hasNews = m_hasNews || isNew;
}

void EntryProblems::remove(const QString &name)
{
    if (m_problems.remove(name) == 0 && !m_others.empty())
        m_others.erase(hashOf(name));
}

void EntryProblems::beginAll()
{
    m_former.insert(m_problems);
    m_formerOthers.merge(m_others);
    m_problems.clear();
    m_others.clear();
}

void EntryProblems::endAll()
{
    m_former.clear();
    m_formerOthers.clear();
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
    const qsizetype others =
        m_problems.size() - parts.size() + static_cast<qsizetype>(m_others.size());
    if (parts.isEmpty())
        return u"Rows of qzap_credentials are not used: %1"_s.arg(others);
    if (others > 0)
        parts += u"and %1 more"_s.arg(others);
    return u"Rows of qzap_credentials are not used: %1"_s.arg(parts.join("; "_L1));
}

} // namespace QZap::Internal
