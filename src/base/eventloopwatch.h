// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_EVENTLOOPWATCH_H
#define QZAP_BASE_EVENTLOOPWATCH_H

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <functional>

namespace QZap::Internal {

// Reports that events of its parent may have been lost. Timers, socket notifiers and posted events
// are lost with the event dispatcher of a thread, and Qt does not register them with the next one,
// after the thread was restarted or another application object was created. While there is no
// application object, Qt drops the events of all threads. A PollDispatcher may lose events if
// memory runs out.
//
// It follows its parent to another thread.
class EventLoopWatch final : public QObject
{
public:
    // Called in the parent's thread.
    struct Handler
    {
        std::function<void()> resumed;                        // events are delivered again
        std::function<void(const QObject *ended)> ended = {}; // the dispatcher ends
    };

    EventLoopWatch(QObject *parent, Handler handler);
    ~EventLoopWatch() override;
    Q_DISABLE_COPY_MOVE(EventLoopWatch)

    // To be called by the application's constructor.
    static void applicationStarted();
    // To be called by an event dispatcher that could not deliver an event of its thread. May throw
    // std::bad_alloc.
    static void eventsLost();

protected:
    bool event(QEvent *event) override;

private:
    struct Registry;

    static Registry &registry();
    void attach();
    void watchThread();
    // Reports a new dispatcher.
    void check();
    void resume();

    const Handler m_handler;
    QPointer<QAbstractEventDispatcher> m_dispatcher;
    QMetaObject::Connection m_ended;
    QMetaObject::Connection m_threadStarted;
    // Links of the list of all watches.
    EventLoopWatch *m_previous = nullptr;
    EventLoopWatch *m_next = nullptr;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_EVENTLOOPWATCH_H
