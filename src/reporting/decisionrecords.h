// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_DECISIONRECORDS_H
#define QZAP_REPORTING_DECISIONRECORDS_H

#include "reporting/decisionrecord.h"

#include <QtCore/qglobal.h>

#include <array>
#include <cstddef>
#include <vector>

namespace QZap::Internal {

// Copies of decisions in the order in which they were made, in one block of memory. Records for
// which there is no memory are counted as lost.
class DecisionRecords
{
public:
    bool isEmpty() const { return m_bytes.empty(); }
    size_t count() const { return m_count; }
    size_t size() const { return m_bytes.size(); } // in bytes
    qint64 lostCount() const { return m_lost; }

    // Appends a copy whose duration is not known yet: `received` is the time of the request's
    // receipt. Returns its position; -1 if it is lost. Reasons are cut off after 1024 bytes.
    qptrdiff append(const DecisionRecord &record, qint64 received) noexcept;
    // Sets the outcome of a record to Dropped, for the cause.
    void drop(qptrdiff position, Cause cause);
    // Sets the durations of records whose replies were sent at this time.
    void finish(qint64 replied);
    // Appends the records of others, but not their count of lost ones. Throws std::bad_alloc, and
    // changes nothing, if there is no memory.
    void append(const DecisionRecords &others);
    // Removes the records, and keeps the memory.
    void clear();

    // Calls the function with each record, whose views are valid during the call.
    template <typename Function>
    void forEach(Function function) const
    {
        for (size_t position = 0; position < m_bytes.size();)
            function(recordAt(&position));
    }

private:
    static constexpr qsizetype MaximumReasonSize = 1024;
    enum Part : size_t { Reason, Domain, Address, User, Key, PartCount };

    struct Header
    {
        qint64 time;
        qint64 duration; // until finish(), the time of the receipt
        quint64 session;
        std::array<quint32, PartCount> sizes;
        qint16 status;
        Outcome outcome;
        Cause cause;
        quint8 mechanism;
    };

    Header headerAt(size_t position) const;
    void setHeader(size_t position, const Header &header);
    static size_t sizeOf(const Header &header);
    // Moves the position to the next record.
    DecisionRecord recordAt(size_t *position) const;

    std::vector<char> m_bytes; // each record is a header, followed by its parts
    size_t m_count = 0;
    qint64 m_lost = 0;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_DECISIONRECORDS_H
