// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPAUDITLOG_P_H
#define QZAPAUDITLOG_P_H

#include "base/weakinvoker.h"
#include "base/workerpool.h"
#include "observers/auditqueue.h"
#include "observers/auditsettings.h"
#include "observers/auditwriter.h"
#include "reporting/decisionobservers.h"

#include <QZap/qzapauditlog.h>

#include <QtCore/qpointer.h>

#include <future>
#include <memory>
#include <utility>

class QZapAuditLogPrivate
{
    Q_DECLARE_PUBLIC(QZapAuditLog)

public:
    using Problem = QZap::Internal::Problem;

    explicit QZapAuditLogPrivate(QZapAuditLog *q);
    ~QZapAuditLogPrivate();
    Q_DISABLE_COPY_MOVE(QZapAuditLogPrivate)

    void setAuthenticator(QZapAuthenticator *newAuthenticator);
    // Changes a setting, and emits the signal, if the value is another one.
    template <typename T>
    void set(T QZap::Internal::AuditSettings::*setting, const T &value,
             void (QZapAuditLog::*changed)())
    {
        if (settings.*setting == value)
            return;
        settings.*setting = value;
        settingsChanged();
        Q_EMIT(q_ptr->*changed)();
    }
    void setPath(const QString &path)
    {
        if (std::exchange(settings.path, path) != path)
            settingsChanged();
    }
    bool isOwnThread(const char *function) const;

    QZapAuditLog *const q_ptr;
    QPointer<QZapAuthenticator> authenticator;
    QZap::Internal::AuditSettings settings;
    QString fileName; // as it was set
    QString errorString;
    qint64 lostCount = 0;

private:
    void settingsChanged();
    // Receives decisions if there are a file and an authenticator.
    void updateAttachment();
    bool startWriter();
    void endWriter();
    void authenticatorDestroyed();
    void report(const QZap::Internal::AuditWriter::News &news);
    void fail(const QString &text);

    const std::shared_ptr<QZap::Internal::WeakInvoker> m_invoker;
    std::shared_ptr<QZap::Internal::DecisionObservers> m_observers; // of the authenticator
    bool m_isAttached = false;
    std::shared_ptr<QZap::Internal::AuditQueue> m_queue;
    std::unique_ptr<QZap::Internal::WorkerPool> m_pool; // of one thread, once it is needed
    std::future<void> m_written;                        // ready when the writer has ended
    qint64 m_process = 0;                               // that the thread belongs to
};

#endif // QZAPAUDITLOG_P_H
