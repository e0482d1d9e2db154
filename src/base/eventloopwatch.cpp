// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/eventloopwatch.h"

#include "base/tsanhandover.h"
#include "base/weakinvoker.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qthread.h>

#include <mutex>
#include <utility>

namespace QZap::Internal {

namespace {

void checkAll()
{
    EventLoopWatch::applicationStarted();
}

} // namespace

// Qt calls the function for each application object. It cannot be unregistered, which is one reason
// why the library stays loaded.
Q_COREAPP_STARTUP_FUNCTION(checkAll)

// Trivially destructible: objects of the application may be destroyed after the static ones of this
// library.
struct EventLoopWatch::Registry
{
    std::mutex mutex;
    EventLoopWatch *first = nullptr;
};

EventLoopWatch::Registry &EventLoopWatch::registry()
{
    static Registry registry;
    return registry;
}

EventLoopWatch::EventLoopWatch(QObject *parent, Handler handler)
    : QObject(parent)
    , m_handler(std::move(handler))
{
    watchThread();
    attach();
    const std::scoped_lock lock(registry().mutex);
    m_next = std::exchange(registry().first, this);
    if (m_next)
        m_next->m_previous = this;
}

EventLoopWatch::~EventLoopWatch()
{
    const std::scoped_lock lock(registry().mutex);
    (m_previous ? m_previous->m_next : registry().first) = m_next;
    if (m_next)
        m_next->m_previous = m_previous;
}

void EventLoopWatch::applicationStarted()
{
    const std::scoped_lock lock(registry().mutex);
    for (EventLoopWatch *watch = registry().first; watch; watch = watch->m_next)
        callLater(watch, [watch] { watch->resume(); });
}

void EventLoopWatch::eventsLost()
{
    const std::scoped_lock lock(registry().mutex);
    for (EventLoopWatch *watch = registry().first; watch; watch = watch->m_next) {
        if (watch->thread() != QThread::currentThread())
            continue;
        // Without attach(): QObject::connect() crashes if memory runs out.
        callLater(watch, [watch] {
            if (watch->thread() == QThread::currentThread())
                watch->m_handler.resumed(); // last: it may delete this object
        });
    }
}

bool EventLoopWatch::event(QEvent *event)
{
    // The function is called in the new thread. Qt moves timers and socket notifiers by itself.
    if (event->type() == QEvent::ThreadChange) {
        disconnect(m_ended); // that event loop may end before the function is called
        callLater(this, [this] {
            const bool hadNone = !m_dispatcher;
            watchThread();
            if (hadNone)
                check();
            else
                attach();
        });
    }
    return QObject::event(event);
}

void EventLoopWatch::watchThread()
{
    disconnect(m_threadStarted);
    // Emitted in the new thread when its dispatcher exists.
    const auto started = [this] {
        takeOver(); // from its previous run
        check();
    };
    m_threadStarted = connect(thread(), &QThread::started, this, started, Qt::DirectConnection);
}

void EventLoopWatch::attach()
{
    disconnect(m_ended);
    m_dispatcher = QAbstractEventDispatcher::instance(thread());
    if (!m_dispatcher || !m_handler.ended)
        return;
    const auto end = [this](const QObject *dispatcher) {
        takeOver();
        m_handler.ended(dispatcher);
        handOver(); // to a thread that waits for this one to finish
    };
    m_ended = connect(m_dispatcher, &QObject::destroyed, this, end, Qt::DirectConnection);
}

void EventLoopWatch::check()
{
    if (QAbstractEventDispatcher::instance(thread()) != m_dispatcher)
        resume();
}

void EventLoopWatch::resume()
{
    if (thread() != QThread::currentThread())
        return; // the object has moved, but ThreadChange has not been delivered yet
    if (!QAbstractEventDispatcher::instance(thread()))
        return;
    attach();
    m_handler.resumed(); // last: it may delete this object
}

} // namespace QZap::Internal
