// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/decisionlog.h"

#include "base/text.h"

#include <QtCore/qmetaobject.h>

#include <chrono>

namespace QZap::Internal {

namespace {

constexpr std::chrono::seconds SummaryDelay{1};

QString who(const Report &report)
{
    const QZapRequest &request = report.request;
    QString result = QString::fromLatin1(QMetaEnum::fromType<Mechanism>().valueToKey(
                                             static_cast<int>(request.mechanism())))
                         .toUpper()
                     + QLatin1StringView(" peer ");
    if (!report.userId.isEmpty())
        result += quoted(report.userId) + u' ';
    return result + QLatin1StringView("from ") + quoted(request.address())
           + QLatin1StringView(" in domain ") + quoted(request.domain());
}

const char *verdictOf(const Report &report)
{
    if (!report.isEnforced)
        return "Would refuse";
    return report.status == Status::TemporaryError ? "Try later:" : "Refused";
}

} // namespace

DecisionLog::DecisionLog(QObject *owner)
    : m_owner(owner)
{ }

void DecisionLog::write(const Report &report)
{
    const QLoggingCategory &category = m_category.get();
    if (report.newFallback) {
        qCInfo(category, "Domain %ls has no configuration of its own: \"*\" applies to it",
               qUtf16Printable(quoted(report.request.domain())));
    }
    if (report.newUnknownDomain)
        writeUnknownDomain(report.request.domain());
    if (!report.logged)
        return;
    if (report.status == Status::Success) {
        qCDebug(category, "Accepted %ls", qUtf16Printable(who(report)));
    } else {
        qCInfo(category, "%s %ls: %ls", verdictOf(report), qUtf16Printable(who(report)),
               qUtf16Printable(printable(QString::fromUtf8(report.reason))));
    }
}

void DecisionLog::writeUnknownDomain(const QString &domain) const
{
    const QString others = m_otherDomains ? m_otherDomains(domain) : QString();
    qCInfo(m_category.get(), "Domain %ls is not configured%ls", qUtf16Printable(quoted(domain)),
           qUtf16Printable(others));
}

void DecisionLog::write(const QString &message)
{
    qCInfo(m_category.get(), "%ls", qUtf16Printable(printable(message)));
}

void DecisionLog::warn(const QString &message)
{
    qCWarning(m_category.get(), "%ls", qUtf16Printable(printable(message)));
}

void DecisionLog::setSuppressedCount(qint64 count)
{
    if (m_suppressed == count)
        return;
    m_suppressed = count;
    if (!m_summary)
        m_summary = new SingleShotTimer(m_owner, [this] { summarize(); });
    if (!m_summary->isActive())
        m_summary->start(SummaryDelay);
}

void DecisionLog::summarize()
{
    const qint64 count = m_suppressed - std::exchange(m_summarized, m_suppressed);
    qCInfo(m_category.get(), "%lld more refusals were not logged", count);
}

} // namespace QZap::Internal
