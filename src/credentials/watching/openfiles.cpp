// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/openfiles.h"

#include <algorithm>

namespace QZap::Internal {

NameSet OpenFiles::names() const
{
    return {m_files.keyBegin(), m_files.keyEnd()};
}

NameSet OpenFiles::takeQuiet(qint64 now)
{
    NameSet result;
    for (auto file = m_files.cbegin(); file != m_files.cend();) {
        if (now - *file < m_quietPeriod) {
            ++file;
            continue;
        }
        result.insert(file.key());
        file = m_files.erase(file);
    }
    return result;
}

std::optional<qint64> OpenFiles::due() const
{
    const auto first = std::min_element(m_files.cbegin(), m_files.cend());
    return first == m_files.cend() ? std::nullopt : std::optional<qint64>(*first + m_quietPeriod);
}

} // namespace QZap::Internal
