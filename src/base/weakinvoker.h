// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_WEAKINVOKER_H
#define QZAP_BASE_WEAKINVOKER_H

#include "base/tsanhandover.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qmutex.h>
#include <QtCore/qobject.h>
#include <QtCore/qthread.h>

#include <utility>

namespace QZap::Internal {

// Calls a function from the event loop of an object's thread, if the object still exists at that
// time.
template <typename Function>
bool callLater(QObject *object, Function function)
{
    return QMetaObject::invokeMethod(object, HandedOver(std::move(function)), Qt::QueuedConnection);
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
