// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_AUDITWRITER_H
#define QZAP_OBSERVERS_AUDITWRITER_H

#include "base/problem.h"
#include "observers/auditfile.h"
#include "observers/auditlines.h"
#include "observers/auditqueue.h"
#include "observers/auditsettings.h"
#include "observers/floodfilter.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qglobal.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace QZap::Internal {

// Writes the decisions of a queue to an audit log, in a thread of its own. What cannot be written
// is kept, and tried again each second; the queue behind it is bounded.
class AuditWriter
{
public:
    struct News
    {
        qint64 lost = 0; // decisions that were not written, in total
        Problem problem; // why the file cannot be written, rotated or synchronized
    };
    // Called in the writer's thread if the news has changed.
    using Report = std::function<void(const News &news)>;

    AuditWriter(std::shared_ptr<AuditQueue> queue, Report report);
    Q_DISABLE_COPY_MOVE(AuditWriter)

    // Writes until the queue has ended.
    void run();

private:
    using TimePoint = AuditQueue::Clock::time_point;

    static void blockSignals();
    void process(AuditQueue::Work *work);
    std::optional<TimePoint> nextTime() const;
    void format(const DecisionBlocks &records);
    void formatRepeated();
    // Writes the lines unless a pause after a failure has not passed.
    void write(bool isForced);
    Problem writeLines();
    Problem openFile();
    // Opens the file again if somebody has renamed or removed it.
    Problem followName();
    // Returns how many bytes fit into the file, which is rotated if it is full or too old.
    Result<qsizetype> room();
    bool isTooOld() const;
    Problem appendSome(qsizetype room);
    void apply(const AuditSettings &settings);
    void syncIfDue(bool isForced);
    void finish();
    // Returns the most important problem.
    Problem problem() const;
    void reportNews();

    const std::shared_ptr<AuditQueue> m_queue;
    const Report m_report;
    AuditSettings m_settings;
    AuditFile m_file;
    AuditLines m_lines;
    FloodFilter m_floods;
    QByteArray m_pending;  // lines that are not written yet
    bool m_isTorn = false; // the first of them was written in part
    qint64 m_fileTime = 0; // of the first line in the file, in ms since 1970
    std::optional<TimePoint> m_retryTime;
    std::optional<TimePoint> m_syncTime; // set if something is not synchronized
    TimePoint m_rotationTime;            // no rotation is tried before
    Problem m_writeProblem;
    Problem m_rotationProblem;
    Problem m_syncProblem; // of the last synchronization
    News m_news;
    News m_reported;
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_AUDITWRITER_H
