// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_EVENTLOOPWATCH_H
#define QZAP_BASE_EVENTLOOPWATCH_H

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <functional>

namespace QZap::Internal {

// Reports that the thread of its parent has another event dispatcher than before: the thread was
// started again, or there is another application object. Timers, socket notifiers and posted events
// are lost with the former dispatcher, and Qt registers none of them with the new one.
//
// It follows its parent to another thread.
class EventLoopWatch final : public QObject
{
public:
    // Called in the parent's thread.
    struct Handler
    {
        std::function<void()> resumed;                        // with the new dispatcher
        std::function<void(const QObject *ended)> ended = {}; // as the former one is destroyed
    };

    EventLoopWatch(QObject *parent, Handler handler);
    ~EventLoopWatch() override;
    Q_DISABLE_COPY_MOVE(EventLoopWatch)

    // To be called by the application's constructor.
    static void applicationStarted();

protected:
    bool event(QEvent *event) override;

private:
    struct Registry;

    static Registry &registry();
    void attach();
    void watchThread();
    void check();

    const Handler m_handler;
    QPointer<QAbstractEventDispatcher> m_dispatcher;
    QMetaObject::Connection m_ended;
    QMetaObject::Connection m_threadStarted;
    // Of all there are.
    EventLoopWatch *m_previous = nullptr;
    EventLoopWatch *m_next = nullptr;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_EVENTLOOPWATCH_H
