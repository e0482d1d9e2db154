// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_REPORTER_H
#define QZAP_AUTHENTICATOR_REPORTER_H

#include "authenticator/decision.h"
#include "authenticator/decisionlog.h"
#include "policy/decide.h"
#include "protocol/request.h"

#include <QtCore/qobject.h>

#include <deque>

namespace QZap::Internal {

struct Counts
{
    qint64 accepted = 0;
    qint64 rejected = 0;
    qint64 temporary = 0;
    qint64 dropped = 0;
    qint64 pending = 0; // right now
};

// Counts decisions and brings them to whoever listens, in their order and only when the reply is
// on its way. Nothing is made of a decision that nobody wants to know.
class Reporter
{
public:
    struct Listeners
    {
        bool all = false;
        bool accepted = false;
        bool refused = false;
    };

    // Where decisions come out. Each call may run anybody's code, and end the reporter.
    class Sink
    {
    public:
        virtual Listeners listeners() const = 0;
        virtual void reportDecision(const Decision &decision) = 0;
        virtual void reportCounts(const Counts &before, const Counts &now) = 0;
        // flush() is to be called from the event loop.
        virtual void scheduleFlush() = 0;

    protected:
        ~Sink() = default;
    };

    Reporter(QObject *owner, Sink &sink);

    // To be called before add(), whenever listeners may have come or gone.
    void beginBatch() { m_listeners = m_sink.listeners(); }
    void add(const Request &request, const Verdict &verdict, QByteArrayView userId,
             const QByteArray &metadata);
    void addDropped();
    void setPendingCount(qint64 count) { m_counts.pending = count; }
    void flush();

    const Counts &counts() const { return m_counts; }
    DecisionLog &log() { return m_log; }
    const DecisionLog &log() const { return m_log; }

private:
    QObject *m_owner;
    Sink &m_sink;
    DecisionLog m_log;
    Listeners m_listeners;
    Counts m_counts;
    Counts m_reportedCounts;
    std::deque<Decision> m_queue;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_REPORTER_H
