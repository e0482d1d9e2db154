// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_REPORTDELIVERY_H
#define QZAP_REPORTING_REPORTDELIVERY_H

#include "reporting/decisionlog.h"
#include "reporting/reportbatch.h"
#include "reporting/reportqueue.h"

#include <QtCore/qobject.h>

namespace QZap::Internal {

// The authenticator's end of reporting: passes the engine's reports to the log and the signals, in
// the authenticator's thread and from its event loop.
class ReportDelivery
{
public:
    // Receives the reports. Each call may run foreign code, and destroy the delivery.
    class Sink
    {
    public:
        virtual void reportDecision(const Report &report) = 0;
        virtual void reportCounts(const Counts &before, const Counts &now) = 0;

    protected:
        ~Sink() = default;
    };

    ReportDelivery(QObject *owner, Sink &sink);

    ReportQueue &queue() { return m_queue; }
    const ReportQueue &queue() const { return m_queue; }
    DecisionLog &log() { return m_log; }
    const DecisionLog &log() const { return m_log; }

    // Delivers up to 256 reports, and returns whether more remain; false if the owner was
    // destroyed.
    bool deliver();

private:
    QObject *m_owner;
    Sink &m_sink;
    ReportQueue m_queue;
    DecisionLog m_log;
    // Reports being delivered; an event loop in a slot continues with the rest.
    ReportBatch m_batch;
    Counts m_reportedCounts;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_REPORTDELIVERY_H
