// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_REPORTBATCH_H
#define QZAP_REPORTING_REPORTBATCH_H

#include "reporting/report.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace QZap::Internal {

// Reports in the order of their decisions. A batch keeps the memory of the reports that were
// delivered, since the memory blocks of a report cost as much as the rest of it.
class ReportBatch
{
public:
    bool isEmpty() const { return m_first == m_end; }
    size_t size() const { return m_end - m_first; }
    // The number of reports, delivered ones included, for which the batch has memory.
    size_t capacity() const { return m_reports.size(); }

    // Appends a report and returns its index. It may have the contents of an earlier one, which
    // the caller replaces.
    size_t append()
    {
        if (m_end == m_reports.size())
            m_reports.emplace_back();
        return m_end++;
    }
    Report &at(size_t index) { return m_reports[index]; }

    void removeWithdrawn()
    {
        const auto first = m_reports.begin() + static_cast<std::ptrdiff_t>(m_first);
        const auto end = m_reports.begin() + static_cast<std::ptrdiff_t>(m_end);
        const auto rest =
            std::remove_if(first, end, [](const Report &report) { return report.isWithdrawn; });
        m_end -= static_cast<size_t>(end - rest);
    }
    // Removes the last reports.
    void truncate(size_t size) { m_end = m_first + std::min(size, this->size()); }

    // Takes the first report out.
    Report take() { return std::move(m_reports[m_first++]); }
    // Takes back the memory of a report that was delivered.
    void recycle(Report &&report)
    {
        if (m_first == 0)
            return; // the batch is a later one: an event loop in a slot delivered the former
        report.recycle();
        m_reports[m_first - 1] = std::move(report);
    }
    // Makes a batch without reports.
    void clear() { m_first = m_end = 0; }

private:
    std::vector<Report> m_reports;
    size_t m_first = 0; // earlier reports are delivered, later ones than the end are unused
    size_t m_end = 0;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_REPORTBATCH_H
