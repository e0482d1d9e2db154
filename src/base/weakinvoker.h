// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_WEAKINVOKER_H
#define QZAP_BASE_WEAKINVOKER_H

#include "base/tsanhandover.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qmutex.h>
#include <QtCore/qobject.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qthread.h>

#include <atomic>
#include <utility>

namespace QZap::Internal {

// Calls a function from the event loop of an object's thread, if the object still exists at that
// time.
template <typename Function>
bool callLater(QObject *object, Function function)
{
    return QMetaObject::invokeMethod(object, HandedOver(std::move(function)), Qt::QueuedConnection);
}

// Calls post(), which posts an event and returns whether it has, unless the flag is set, which says
// that an event is pending. The receiver of the event has to reset the flag.
template <typename Post>
void announceOnce(std::atomic<bool> *isPending, const Post &post)
{
    if (isPending->exchange(true))
        return;
    auto guard = qScopeGuard([isPending] { *isPending = false; }); // even if memory runs out
    if (post())
        guard.dismiss();
}

// Runs functions in the thread of an object while the object exists. Thread-safe; shared by all
// callers, and may outlive the object.
class WeakInvoker
{
public:
    explicit WeakInvoker(QObject *object)
        : m_object(object)
    { }
    Q_DISABLE_COPY_MOVE(WeakInvoker)

    // Called by the object before it is destroyed.
    void close()
    {
        const QMutexLocker lock(&m_mutex);
        m_object = nullptr;
    }
    bool isOpen() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_object != nullptr;
    }
    // Returns the object if it lives in the current thread; no other thread may use it.
    QObject *objectHere() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_object && m_object->thread() == QThread::currentThread() ? m_object : nullptr;
    }
    // Calls the function from the object's event loop. Returns false if the object was destroyed;
    // it may also be destroyed before the call.
    template <typename Function>
    bool post(Function function)
    {
        const QMutexLocker lock(&m_mutex);
        return m_object && callLater(m_object, std::move(function));
    }

private:
    mutable QMutex m_mutex;
    QObject *m_object;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_WEAKINVOKER_H
