// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/decisionrecords.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <numeric>

namespace QZap::Internal {

DecisionRecords::Header DecisionRecords::headerAt(size_t position) const
{
    Header header;
    std::memcpy(&header, m_bytes.data() + position, sizeof header);
    return header;
}

void DecisionRecords::setHeader(size_t position, const Header &header)
{
    std::memcpy(m_bytes.data() + position, &header, sizeof header);
}

size_t DecisionRecords::sizeOf(const Header &header)
{
    return std::accumulate(header.sizes.begin(), header.sizes.end(), sizeof header);
}

qptrdiff DecisionRecords::append(const DecisionRecord &record, qint64 received) noexcept
{
    const std::array<QByteArrayView, PartCount> parts = {
        record.reason.first(std::min(record.reason.size(), MaximumReasonSize)), record.domain,
        record.address, record.user, record.key};
    Header header{};
    header.time = record.time;
    header.duration = received;
    header.session = record.session;
    header.status = static_cast<qint16>(record.status);
    header.outcome = record.outcome;
    header.cause = record.cause;
    header.mechanism = static_cast<quint8>(record.mechanism);
    for (size_t i = 0; i < PartCount; ++i)
        header.sizes[i] = static_cast<quint32>(parts[i].size());
    const size_t position = m_bytes.size();
    try {
        m_bytes.resize(position + sizeOf(header));
    } catch (const std::bad_alloc &) {
        ++m_lost;
        return -1;
    }
    setHeader(position, header);
    char *to = m_bytes.data() + position + sizeof header;
    for (const QByteArrayView part : parts) {
        if (!part.isEmpty())
            std::memcpy(to, part.data(), static_cast<size_t>(part.size()));
        to += part.size();
    }
    ++m_count;
    return static_cast<qptrdiff>(position);
}

void DecisionRecords::drop(qptrdiff position, Cause cause)
{
    if (position < 0)
        return;
    Header header = headerAt(static_cast<size_t>(position));
    header.outcome = Outcome::Dropped;
    header.cause = cause;
    setHeader(static_cast<size_t>(position), header);
}

void DecisionRecords::finish(qint64 replied)
{
    for (size_t position = 0; position < m_bytes.size();) {
        Header header = headerAt(position);
        header.duration = replied - header.duration;
        setHeader(position, header);
        position += sizeOf(header);
    }
}

void DecisionRecords::append(const DecisionRecords &others)
{
    m_bytes.insert(m_bytes.end(), others.m_bytes.begin(), others.m_bytes.end());
    m_count += others.m_count;
}

void DecisionRecords::clear()
{
    m_bytes.clear();
    m_count = 0;
    m_lost = 0;
}

DecisionRecord DecisionRecords::recordAt(size_t *position) const
{
    const Header header = headerAt(*position);
    const char *at = m_bytes.data() + *position + sizeof header;
    *position += sizeOf(header);
    const auto next = [&at](quint32 size) {
        const QByteArrayView part(at, static_cast<qsizetype>(size));
        at += size;
        return part;
    };
    DecisionRecord record;
    record.time = header.time;
    record.duration = header.duration;
    record.session = header.session;
    record.status = static_cast<Status>(header.status);
    record.outcome = header.outcome;
    record.cause = header.cause;
    record.mechanism = static_cast<Mechanism>(header.mechanism);
    record.reason = next(header.sizes[Reason]);
    record.domain = next(header.sizes[Domain]);
    record.address = next(header.sizes[Address]);
    record.user = next(header.sizes[User]);
    record.key = next(header.sizes[Key]);
    return record;
}

} // namespace QZap::Internal
