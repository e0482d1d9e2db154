// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_ENDEDSESSIONS_H
#define QZAP_GUARD_ENDEDSESSIONS_H

#include <QtCore/qglobal.h>

#include <algorithm>
#include <map>
#include <mutex>

namespace QZap::Internal {

// The numbers of sessions that have ended. Thread-safe.
//
// Of bounded size: if there are too many, the lowest numbers are dropped, and all sessions up to
// the last of these count as ended from then on.
class EndedSessions
{
public:
    // Each block has the numbers that differ only in the last six bits: sessions that end together
    // mostly have numbers that are close to each other.
    static constexpr size_t MaximumBlocks = 65536;
    static constexpr quint64 BlockSize = 64;

    // Adds the number of a session. Returns whether it is new.
    bool add(quint64 number)
    {
        const std::scoped_lock lock(m_mutex);
        if (isContained(number))
            return false;
        m_blocks[number / BlockSize] |= bitOf(number);
        if (m_blocks.size() > MaximumBlocks) {
            const auto lowest = m_blocks.begin();
            m_upTo = std::max(m_upTo, lowest->first * BlockSize + (BlockSize - 1));
            m_blocks.erase(lowest);
        }
        return true;
    }
    bool contains(quint64 number) const
    {
        const std::scoped_lock lock(m_mutex);
        return isContained(number);
    }
    // Returns whether the session counts as ended because its number may have been dropped.
    bool isForgotten(quint64 number) const
    {
        const std::scoped_lock lock(m_mutex);
        return number <= m_upTo;
    }
    void clear()
    {
        const std::scoped_lock lock(m_mutex);
        m_blocks.clear();
        m_upTo = 0; // numbers start at 1
    }

private:
    static quint64 bitOf(quint64 number) { return quint64{1} << (number % BlockSize); }
    bool isContained(quint64 number) const
    {
        if (number <= m_upTo)
            return true;
        const auto block = m_blocks.find(number / BlockSize);
        return block != m_blocks.end() && (block->second & bitOf(number)) != 0;
    }

    mutable std::mutex m_mutex;
    std::map<quint64, quint64> m_blocks; // bits, by the number of the block
    quint64 m_upTo = 0;
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_ENDEDSESSIONS_H
