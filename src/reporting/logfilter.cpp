// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/logfilter.h"

#include "base/clock.h"

namespace QZap::Internal {

namespace {

constexpr qint64 Window = 1'000'000'000; // ns
constexpr int MaximumInWindow = 10;
constexpr qsizetype MaximumDomains = 1000; // peers can choose domains only on sockets without one

} // namespace

bool LogFilter::wants(Status status)
{
    const QLoggingCategory &category = m_category.get();
    if (status == Status::Success)
        return category.isDebugEnabled();
    if (!category.isInfoEnabled())
        return false;
    if (const qint64 now = Clock::steady(); now >= m_windowEnd) {
        m_windowEnd = now + Window;
        m_written = 0;
    }
    if (++m_written <= MaximumInWindow)
        return true;
    ++m_suppressed;
    return false;
}

bool LogFilter::isNewFallback(QByteArrayView domain)
{
    return isNew(domain, &m_fallbacks);
}

bool LogFilter::isNewUnknown(QByteArrayView domain)
{
    return isNew(domain, &m_unknown);
}

bool LogFilter::isNew(QByteArrayView domain, Domains *known)
{
    if (known->contains(QByteArray::fromRawData(domain.data(), domain.size()))
        || known->size() >= MaximumDomains) {
        return false;
    }
    known->insert(domain.toByteArray());
    return true;
}

} // namespace QZap::Internal
