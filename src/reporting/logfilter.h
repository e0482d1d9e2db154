// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_LOGFILTER_H
#define QZAP_REPORTING_LOGFILTER_H

#include "reporting/logcategory.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qset.h>

namespace QZap::Internal {

// Decides which decisions are logged. Since peers determine the number of requests, refusals are
// logged at a limited rate, and omitted ones are counted.
class LogFilter
{
public:
    explicit LogFilter(const LogCategory &category)
        : m_category(category)
    { }

    // Returns whether to log a decision with this status, which then counts towards the rate.
    bool wants(Status status);
    qint64 suppressedCount() const { return m_suppressed; }
    // Returns whether this is the first time that the domain falls back to the domain for all.
    bool isNewFallback(QByteArrayView domain);
    // Returns whether this is the first time that nothing is configured for the domain.
    bool isNewUnknown(QByteArrayView domain);

private:
    const LogCategory &m_category;
    qint64 m_windowEnd = 0; // by the steady clock
    int m_written = 0;      // in the window
    qint64 m_suppressed = 0;
    using Domains = QSet<QByteArray>;

    static bool isNew(QByteArrayView domain, Domains *known);

    Domains m_fallbacks; // domains known to fall back to the domain for all
    Domains m_unknown;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_LOGFILTER_H
