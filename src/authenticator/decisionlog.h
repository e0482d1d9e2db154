// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_DECISIONLOG_H
#define QZAP_AUTHENTICATOR_DECISIONLOG_H

#include "authenticator/decision.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>

#include <memory>

QT_FORWARD_DECLARE_CLASS(QObject)
QT_FORWARD_DECLARE_CLASS(QTimer)

namespace QZap::Internal {

// Writes decisions to a logging category. Peers decide how many requests there are, so refusals
// are written at a limited rate, and what was left out is summed up.
class DecisionLog
{
public:
    explicit DecisionLog(QObject *owner);

    QString category() const { return QString::fromUtf8(m_name); }
    void setCategory(const QString &name);

    // Whether a decision of this status is to be written. Counts towards the rate.
    bool wants(Status status);
    // Whether this is the first time that the domain is seen to use the domain for all.
    bool isNewFallback(QByteArrayView domain);
    void write(const Decision &decision);
    void writeError(const QString &message);

private:
    void summarize();

    QObject *m_owner;
    QByteArray m_name;
    std::unique_ptr<QLoggingCategory> m_category;
    QTimer *m_summary = nullptr;
    QElapsedTimer m_window;
    int m_written = 0; // in the window
    qint64 m_suppressed = 0;
    QSet<QByteArray> m_fallbacks; // domains that are known to use the domain for all
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_DECISIONLOG_H
