// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_DECISIONBLOCKS_H
#define QZAP_OBSERVERS_DECISIONBLOCKS_H

#include "reporting/decisionrecords.h"

#include <QtCore/qglobal.h>

#include <cstddef>
#include <vector>

namespace QZap::Internal {

// Any number of decisions, in blocks of memory: adding some does not copy the ones before, so that
// the time for it does not depend on their number.
class DecisionBlocks
{
public:
    static constexpr size_t BlockSize = size_t{256} * 1024; // bytes; a single batch may be larger

    bool isEmpty() const { return m_count == 0; }
    size_t count() const { return m_count; }
    size_t size() const { return m_size; } // in bytes
    // Decisions for which there was no memory, or that were added as lost.
    qint64 lostCount() const { return m_lost; }

    void append(const DecisionRecords &records) noexcept;
    void addLost(qint64 count) { m_lost += count; }
    // Removes the decisions, and keeps the memory of one block.
    void clear();

    // Calls the function with each record, whose views are valid during the call.
    template <typename Function>
    void forEach(Function function) const
    {
        for (const DecisionRecords &block : m_blocks)
            block.forEach(function);
    }

private:
    std::vector<DecisionRecords> m_blocks;
    size_t m_count = 0;
    size_t m_size = 0;
    qint64 m_lost = 0;
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_DECISIONBLOCKS_H
