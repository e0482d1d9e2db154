// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/qzapauditlog_p.h"

#include "authenticator/qzapauthenticator_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qthread.h>

#include <chrono>
#include <utility>

using namespace QZap::Internal;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(lcAuditLog, "qzap")

// How long the destructor waits for a slow disk.
constexpr auto LongestWait = 5s;

} // namespace

QZapAuditLogPrivate::QZapAuditLogPrivate(QZapAuditLog *q)
    : q_ptr(q)
    , m_invoker(std::make_shared<WeakInvoker>(q))
{
    WorkerPool::joinAtExit();
}

QZapAuditLogPrivate::~QZapAuditLogPrivate()
{
    m_invoker->close();
    endWriter();
}

bool QZapAuditLogPrivate::isOwnThread(const char *function) const
{
    if (q_ptr->thread() == QThread::currentThread())
        return true;
    qWarning("QZapAuditLog::%s: must be called in the thread that the log lives in; the call has "
             "no effect",
             function);
    return false;
}

void QZapAuditLogPrivate::setAuthenticator(QZapAuthenticator *newAuthenticator)
{
    if (m_isAttached)
        m_observers->remove(m_queue);
    m_isAttached = false;
    if (authenticator)
        authenticator->disconnect(q_ptr);
    authenticator = newAuthenticator;
    m_observers = authenticator ? QZapAuthenticatorPrivate::get(newAuthenticator)->observers
                                : std::shared_ptr<DecisionObservers>();
    if (authenticator) {
        // The signal may arrive after another authenticator was set.
        QObject::connect(authenticator, &QObject::destroyed, q_ptr, [this, of = m_observers.get()] {
            if (m_observers.get() == of)
                authenticatorDestroyed();
        });
    }
    updateAttachment();
}

void QZapAuditLogPrivate::authenticatorDestroyed()
{
    setAuthenticator(nullptr);
    Q_EMIT q_ptr->authenticatorChanged();
}

void QZapAuditLogPrivate::settingsChanged()
{
    if (m_queue)
        m_queue->setSettings(settings);
    updateAttachment();
}

void QZapAuditLogPrivate::updateAttachment()
{
    const bool isWanted = m_observers && !settings.path.isEmpty();
    if (isWanted == m_isAttached)
        return;
    if (!isWanted) {
        m_observers->remove(m_queue);
    } else {
        if (!startWriter())
            return;
        m_observers->add(m_queue);
    }
    m_isAttached = isWanted;
}

bool QZapAuditLogPrivate::startWriter()
{
    if (m_pool)
        return true;
    auto pool = std::make_unique<WorkerPool>("QZap audit log", 1);
    if (const std::error_code error = pool->start()) {
        fail(QStringLiteral("The thread that writes the audit log cannot be started: %1")
                 .arg(QString::fromStdString(error.message())));
        return false;
    }
    m_queue = std::make_shared<AuditQueue>();
    m_queue->setSettings(settings);
    const auto writer = std::make_shared<AuditWriter>(
        m_queue, [this, invoker = m_invoker](const AuditWriter::News &news) {
            invoker->post([this, news] { report(news); });
        });
    const auto written = std::make_shared<std::promise<void>>();
    m_written = written->get_future();
    m_process = QCoreApplication::applicationPid();
    m_pool = std::move(pool);
    m_pool->run([writer, written] {
        writer->run();
        written->set_value();
    });
    return true;
}

void QZapAuditLogPrivate::endWriter()
{
    if (!m_pool)
        return;
    if (m_process != QCoreApplication::applicationPid()) {
        // After fork(), the child process has no writer, and a lock may be held forever.
        (void)m_pool.release();
        return;
    }
    if (m_isAttached)
        m_observers->remove(m_queue);
    m_queue->end();
    m_written.wait_for(LongestWait);
    WorkerPool::retire(std::move(m_pool));
}

void QZapAuditLogPrivate::report(const AuditWriter::News &news)
{
    const QPointer<QZapAuditLog> guard(q_ptr);
    if (std::exchange(lostCount, news.lost) != news.lost)
        Q_EMIT q_ptr->lostCountChanged();
    if (!guard)
        return;
    const QString text = news.problem.text();
    if (text == errorString)
        return;
    if (!text.isEmpty()) {
        fail(text);
        return;
    }
    errorString.clear();
    if (!settings.path.isEmpty())
        qCInfo(lcAuditLog, "The audit log is written again");
    if (guard)
        Q_EMIT q_ptr->errorStringChanged();
}

void QZapAuditLogPrivate::fail(const QString &text)
{
    const QPointer<QZapAuditLog> guard(q_ptr);
    const bool isChanged = std::exchange(errorString, text) != text;
    qCWarning(lcAuditLog, "Audit log: %ls", qUtf16Printable(text));
    if (guard && isChanged)
        Q_EMIT q_ptr->errorStringChanged();
    if (guard)
        Q_EMIT q_ptr->errorOccurred(text);
}
