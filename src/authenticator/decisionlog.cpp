// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/decisionlog.h"

#include "protocol/text.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qtimer.h>

namespace QZap::Internal {

namespace {

constexpr int Window = 1000; // ms
constexpr int MaximumInWindow = 10;
constexpr qsizetype MaximumFallbacks = 1000; // peers name domains only on sockets without one

QString who(const Decision &decision)
{
    const QZapRequest &request = decision.request;
    QString result = QString::fromLatin1(QMetaEnum::fromType<Mechanism>().valueToKey(
                                             static_cast<int>(request.mechanism())))
                         .toUpper()
                     + QLatin1StringView(" peer ");
    if (!decision.userId.isEmpty())
        result += quoted(QString::fromUtf8(decision.userId)) + u' ';
    return result + QLatin1StringView("from ") + quoted(request.address())
           + QLatin1StringView(" in domain ") + quoted(request.domain());
}

} // namespace

DecisionLog::DecisionLog(QObject *owner)
    : m_owner(owner)
{
    setCategory(QStringLiteral("qzap"));
}

void DecisionLog::setCategory(const QString &name)
{
    auto bytes = name.toUtf8();
    // The category keeps a pointer to its name. Acceptances are of no interest unless asked for.
    auto category = std::make_unique<QLoggingCategory>(bytes.constData(), QtInfoMsg);
    m_category = std::move(category);
    m_name = std::move(bytes);
}

bool DecisionLog::wants(Status status)
{
    if (status == Status::Success)
        return m_category->isDebugEnabled();
    if (!m_category->isInfoEnabled())
        return false;
    if (!m_window.isValid() || m_window.hasExpired(Window)) {
        m_window.start();
        m_written = 0;
    }
    if (++m_written <= MaximumInWindow)
        return true;
    if (m_suppressed++ == 0) {
        if (!m_summary) {
            m_summary = new QTimer(m_owner);
            m_summary->setSingleShot(true);
            m_summary->setInterval(Window);
            QObject::connect(m_summary, &QTimer::timeout, m_owner, [this] { summarize(); });
        }
        m_summary->start();
    }
    return false;
}

bool DecisionLog::isNewFallback(QByteArrayView domain)
{
    if (m_fallbacks.contains(QByteArray::fromRawData(domain.data(), domain.size()))
        || m_fallbacks.size() >= MaximumFallbacks) {
        return false;
    }
    m_fallbacks.insert(domain.toByteArray());
    return true;
}

void DecisionLog::write(const Decision &decision)
{
    if (decision.newFallback) {
        qCInfo((*m_category), "Domain %ls has no configuration of its own: \"*\" holds for it",
               qUtf16Printable(quoted(decision.request.domain())));
    }
    if (!decision.logged)
        return;
    if (decision.status == Status::Success) {
        qCDebug((*m_category), "Accepted %ls", qUtf16Printable(who(decision)));
    } else {
        qCInfo((*m_category), "%s %ls: %ls",
               decision.status == Status::TemporaryError ? "Put off" : "Rejected",
               qUtf16Printable(who(decision)), qUtf16Printable(QString::fromUtf8(decision.reason)));
    }
}

void DecisionLog::writeError(const QString &message)
{
    qCInfo((*m_category), "%ls", qUtf16Printable(message));
}

void DecisionLog::summarize()
{
    const qint64 suppressed = std::exchange(m_suppressed, 0);
    qCInfo((*m_category), "%lld more refusals were not written", suppressed);
}

} // namespace QZap::Internal
