// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_DECISIONLOG_H
#define QZAP_REPORTING_DECISIONLOG_H

#include "base/singleshottimer.h"
#include "reporting/logcategory.h"
#include "reporting/report.h"

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <functional>
#include <utility>

namespace QZap::Internal {

// Writes decisions to a logging category.
class DecisionLog
{
public:
    // Returns how a domain that is not configured compares with those that are, as the end of a
    // sentence.
    using OtherDomains = std::function<QString(const QString &)>;

    explicit DecisionLog(QObject *owner);
    void setOtherDomains(OtherDomains otherDomains) { m_otherDomains = std::move(otherDomains); }

    LogCategory &category() { return m_category; }
    const LogCategory &category() const { return m_category; }

    void write(const Report &report);
    // Writes an error, or another message of the authenticator.
    void write(const QString &message);
    // Writes an error that has to be corrected in the configuration, as a warning.
    void warn(const QString &message);
    // Sets the total number of refusals that were not logged, which are summarized periodically.
    void setSuppressedCount(qint64 count);

private:
    void writeUnknownDomain(const QString &domain) const;
    void summarize();

    QObject *m_owner;
    LogCategory m_category;
    OtherDomains m_otherDomains;
    SingleShotTimer *m_summary = nullptr;
    qint64 m_suppressed = 0;
    qint64 m_summarized = 0;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_DECISIONLOG_H
