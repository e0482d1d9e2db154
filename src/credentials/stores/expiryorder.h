// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORES_EXPIRYORDER_H
#define QZAP_CREDENTIALS_STORES_EXPIRYORDER_H

#include "base/hugepageallocator.h"

#include <QtCore/qglobal.h>

#include <algorithm>
#include <limits>

namespace QZap::Internal {

// The rows of a table that expire, in the order of their times: finds the next time without reading
// the others. Rows are numbered from 0. It contains no times; it calls timeOf(row), which returns
// Never for a row that does not expire.
class ExpiryOrder
{
public:
    static constexpr qint64 Never = std::numeric_limits<qint64>::max();

    template <typename TimeOf>
    void build(size_t rows, const TimeOf &timeOf)
    {
        HugePageBlock<quint32> sorted;
        for (size_t row = 0; row < rows; ++row) {
            if (timeOf(row) != Never)
                sorted.push_back(static_cast<quint32>(row));
        }
        std::sort(sorted.begin(), sorted.end(),
                  [&](size_t a, size_t b) { return timeOf(a) < timeOf(b); });
        shrink(&sorted);
        m_sorted.swap(sorted);
    }

    // Returns the earliest time after this one at which a row expires, or Never. Only rows count
    // for which isUsed(row) returns true.
    template <typename TimeOf, typename IsUsed>
    qint64 nextAfter(qint64 time, const TimeOf &timeOf, const IsUsed &isUsed) const
    {
        auto row = std::upper_bound(m_sorted.begin(), m_sorted.end(), time,
                                    [&](qint64 t, size_t r) { return t < timeOf(r); });
        row = std::find_if(row, m_sorted.end(), isUsed);
        return row == m_sorted.end() ? Never : timeOf(*row);
    }

private:
    HugePageBlock<quint32> m_sorted;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_EXPIRYORDER_H
