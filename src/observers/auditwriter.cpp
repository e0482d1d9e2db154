// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditwriter.h"

#include "base/clock.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include <csignal>

namespace QZap::Internal {

using namespace std::chrono_literals;

namespace {

constexpr auto RetryPause = 1s;
// While more cannot be written, decisions stay in the queue.
constexpr qsizetype MaximumPending = qsizetype{4} * 1024 * 1024;

std::chrono::nanoseconds untilSteady(qint64 time)
{
    return std::chrono::nanoseconds(std::max<qint64>(time - Clock::steady(), 0));
}

} // namespace

AuditWriter::AuditWriter(std::shared_ptr<AuditQueue> queue, Report report)
    : m_queue(std::move(queue))
    , m_report(std::move(report))
{ }

// A full disk or a closed pipe must not end the process, and the application's handlers run in its
// own threads.
void AuditWriter::blockSignals()
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void AuditWriter::run()
{
    blockSignals();
    AuditQueue::Work work;
    while (!work.isEnding) {
        m_queue->take(&work, m_pending.size() < MaximumPending, nextTime());
        try {
            process(&work);
        } catch (const std::bad_alloc &) {
            m_news.lost += static_cast<qint64>(work.records.count());
            m_lines = {}; // may end with a part of a line
        }
        if (!work.records.isEmpty() && !work.isEnding)
            m_queue->pause();
    }
}

void AuditWriter::process(AuditQueue::Work *work)
{
    format(work->records);
    // Decisions that were only counted until now belong to the former file, too.
    if (work->settings && work->settings->path != m_settings.path)
        formatRepeated();
    write(work->isEnding || work->settings.has_value());
    if (work->settings)
        apply(*work->settings);
    work->settings.reset();
    syncIfDue(false);
    if (work->isEnding)
        finish();
    reportNews();
}

std::optional<AuditWriter::TimePoint> AuditWriter::nextTime() const
{
    std::optional<TimePoint> next = m_syncTime;
    const auto add = [&next](TimePoint time) { next = next ? std::min(*next, time) : time; };
    if (m_retryTime)
        add(*m_retryTime);
    if (const std::optional<qint64> end = m_floods.end())
        add(AuditQueue::Clock::now() + untilSteady(*end));
    return next;
}

void AuditWriter::format(const DecisionBlocks &records)
{
    m_news.lost += records.lostCount(); // first: counted even if memory runs out
    const qint64 now = Clock::steady();
    if (m_floods.hasEnded(now))
        formatRepeated();
    records.forEach([this, now](const DecisionRecord &record) {
        if (m_floods.passes(record, now))
            m_lines.append(record);
    });
    if (records.lostCount() > 0)
        m_lines.appendLoss(records.lostCount(), Clock::wallMilliseconds());
    m_pending += m_lines.take();
}

void AuditWriter::formatRepeated()
{
    for (const RepeatedDecision &decision : m_floods.take(Clock::steady()))
        m_lines.append(decision);
    m_pending += m_lines.take();
}

void AuditWriter::write(bool isForced)
{
    // After a failure, the file is opened even if there is nothing to write, to report that it can
    // be written again.
    if (m_settings.path.isEmpty() || (m_pending.isEmpty() && !m_retryTime))
        return;
    if (m_retryTime && !isForced && AuditQueue::Clock::now() < *m_retryTime)
        return;
    m_retryTime.reset();
    m_writeProblem = writeLines();
    if (m_writeProblem)
        m_retryTime = AuditQueue::Clock::now() + (m_file.isOpenStream() ? 0s : RetryPause);
}

Problem AuditWriter::writeLines()
{
    if (Problem problem = m_file.isOpen() ? followName() : openFile())
        return problem;
    while (!m_pending.isEmpty()) {
        const Result<qsizetype> fitting = room();
        if (!fitting)
            return fitting.problem();
        if (Problem problem = appendSome(*fitting))
            return problem;
    }
    return {};
}

Problem AuditWriter::openFile()
{
    const bool isStandardOutput = m_settings.path == AuditSettings::standardOutput();
    if (Problem problem =
            isStandardOutput ? m_file.openStandardOutput() : m_file.open(m_settings.path)) {
        return problem;
    }
    m_fileTime = AuditLines::timeOf(m_file.head()).value_or(Clock::wallMilliseconds());
    // The rest of a line whose start is elsewhere says nothing.
    if (std::exchange(m_isTorn, false)) {
        m_pending.remove(0, m_pending.indexOf('\n') + 1);
        ++m_news.lost;
    }
    return {};
}

Problem AuditWriter::followName()
{
    if (!m_file.isReplaced())
        return {};
    syncIfDue(true);
    AuditFile former = std::exchange(m_file, AuditFile());
    Problem problem = openFile();
    // Lines in a file that was renamed are not lost.
    if (problem && former.hasName())
        m_file = std::move(former);
    if (problem && m_file.isOpen())
        m_rotationProblem = std::exchange(problem, Problem());
    else
        m_rotationProblem = {};
    return problem;
}

bool AuditWriter::isTooOld() const
{
    const qint64 age = Clock::wallMilliseconds() - m_fileTime;
    return m_settings.maximumAge > 0 && age >= qint64{m_settings.maximumAge} * 1000;
}

Result<qsizetype> AuditWriter::room()
{
    static constexpr qsizetype Unlimited = std::numeric_limits<qsizetype>::max();
    const auto limited = [](qint64 bytes) {
        return static_cast<qsizetype>(std::min<qint64>(bytes, Unlimited));
    };
    if (!m_file.isRotatable())
        return Unlimited;
    const qint64 size = m_file.size();
    const qint64 left = m_settings.maximumSize > 0 ? m_settings.maximumSize - size : Unlimited;
    const qsizetype first = m_pending.indexOf('\n') + 1;
    if (size == 0) {
        m_fileTime = Clock::wallMilliseconds();
        return limited(std::max<qint64>(left, first)); // a line is never split
    }
    if (left >= first && !isTooOld())
        return limited(left);
    if (AuditQueue::Clock::now() < m_rotationTime)
        return Unlimited; // rather a large file than no line
    syncIfDue(true);
    m_rotationProblem = m_file.rotate(m_settings.maximumFiles);
    if (m_rotationProblem)
        m_rotationTime = AuditQueue::Clock::now() + RetryPause;
    return first;
}

Problem AuditWriter::appendSome(qsizetype room)
{
    QByteArrayView lines = m_pending;
    if (room < lines.size())
        lines = lines.first(lines.first(room).lastIndexOf('\n') + 1);
    Problem problem;
    const qsizetype written = m_file.append(lines, &problem);
    if (written > 0) {
        m_isTorn = m_pending.at(written - 1) != '\n';
        m_pending.remove(0, written);
        const auto interval = std::chrono::milliseconds(std::max(m_settings.syncInterval, 0));
        if (!m_syncTime && m_settings.syncInterval >= 0)
            m_syncTime = AuditQueue::Clock::now() + interval;
    }
    return problem;
}

void AuditWriter::apply(const AuditSettings &settings)
{
    const bool isOtherFile = settings.path != m_settings.path;
    if (isOtherFile) {
        syncIfDue(true);
        m_file.close();
        reportNews();
        m_writeProblem = {};
        m_rotationProblem = {};
        m_syncProblem = {};
        m_retryTime.reset();
    }
    m_settings = settings;
    m_rotationTime = {};
    if (settings.syncInterval < 0) {
        m_syncTime.reset();
        m_syncProblem = {};
    }
    if (isOtherFile && !settings.path.isEmpty()) {
        // At once, so that an unusable file is reported before the first decision.
        m_retryTime = AuditQueue::Clock::now();
    }
    write(true);
}

void AuditWriter::syncIfDue(bool isForced)
{
    if (!m_syncTime || (!isForced && AuditQueue::Clock::now() < *m_syncTime))
        return;
    m_syncTime.reset();
    if (m_file.isOpen())
        m_syncProblem = m_file.sync();
}

// What cannot be written now is lost.
void AuditWriter::finish()
{
    formatRepeated();
    write(true);
    m_news.lost += m_pending.count('\n');
    m_pending.clear();
    syncIfDue(true);
    m_file.close();
}

Problem AuditWriter::problem() const
{
    if (m_writeProblem)
        return m_writeProblem;
    return m_rotationProblem ? m_rotationProblem : m_syncProblem;
}

void AuditWriter::reportNews()
{
    m_news.problem = problem();
    if (m_news.lost == m_reported.lost && m_news.problem == m_reported.problem)
        return;
    m_reported = m_news;
    m_report(m_news);
}

} // namespace QZap::Internal
