// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keyfilename.h"

#include <QtCore/qfile.h>

#include <algorithm>

namespace QZap::Internal {

namespace {

bool isNeverRead(QByteArrayView name)
{
    constexpr QByteArrayView Endings[] = {"~", ".bak", ".old", ".orig", ".tmp"};
    constexpr QByteArrayView Parts[] = {"_secret", ".dpkg-", ".rpm"};
    const qsizetype size = name.size();
    return name.isEmpty() || name.front() == '.' || name.front() == '#'
           || std::any_of(std::begin(Endings), std::end(Endings),
                          [&](QByteArrayView ending) { return name.endsWith(ending); })
           || std::any_of(std::begin(Parts), std::end(Parts),
                          [&](QByteArrayView part) { return name.contains(part); })
           || (size >= 4 && name.sliced(size - 4, 3) == ".sw");
}

} // namespace

KeyFileName keyFileName(QByteArrayView name)
{
    if (isNeverRead(name))
        return KeyFileName::Never;
    return name.endsWith(".key") ? KeyFileName::Key : KeyFileName::Candidate;
}

NameFilters::NameFilters(const QStringList &wildcards)
{
    for (const QString &wildcard : wildcards) {
        const auto expression = QRegularExpression::fromWildcard(wildcard, Qt::CaseSensitive);
        if (expression.isValid())
            m_expressions.push_back(expression);
        else
            m_invalid += wildcard;
    }
}

bool NameFilters::match(const QByteArray &name) const
{
    if (m_expressions.empty())
        return m_invalid.isEmpty();
    const QString text = QFile::decodeName(name);
    return std::any_of(m_expressions.cbegin(), m_expressions.cend(),
                       [&](const auto &expression) { return expression.match(text).hasMatch(); });
}

} // namespace QZap::Internal
