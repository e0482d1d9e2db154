// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_LOGFILTER_H
#define QZAP_REPORTING_LOGFILTER_H

#include "reporting/logcategory.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qset.h>

namespace QZap::Internal {

// Says which decisions are to be logged. Peers decide how many requests there are, so refusals are
// written at a limited rate, and what is left out is counted.
class LogFilter
{
public:
    explicit LogFilter(const LogCategory &category)
        : m_category(category)
    { }

    // Whether a decision of this status is to be written. Counts towards the rate.
    bool wants(Status status);
    qint64 suppressedCount() const { return m_suppressed; }
    // Whether this is the first time that the domain is seen to use the domain for all.
    bool isNewFallback(QByteArrayView domain);

private:
    const LogCategory &m_category;
    QElapsedTimer m_window;
    int m_written = 0; // in the window
    qint64 m_suppressed = 0;
    QSet<QByteArray> m_fallbacks; // domains that are known to use the domain for all
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_LOGFILTER_H
