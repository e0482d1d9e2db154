// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/decisionblocks.h"

#include <new>

namespace QZap::Internal {

void DecisionBlocks::append(const DecisionRecords &records) noexcept
{
    m_lost += records.lostCount();
    try {
        if (m_blocks.empty() || m_blocks.back().size() + records.size() > BlockSize)
            m_blocks.emplace_back();
        m_blocks.back().append(records);
    } catch (const std::bad_alloc &) {
        m_lost += static_cast<qint64>(records.count());
        return;
    }
    m_count += records.count();
    m_size += records.size();
}

void DecisionBlocks::clear()
{
    if (m_blocks.size() > 1)
        m_blocks.erase(m_blocks.begin() + 1, m_blocks.end());
    if (!m_blocks.empty())
        m_blocks.front().clear();
    m_count = 0;
    m_size = 0;
    m_lost = 0;
}

} // namespace QZap::Internal
