// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/watchthread.h"

#include "base/polldispatcher.h"
#include "base/systemreserve.h"
#include "base/tsanhandover.h"

#include <QtCore/qthread.h>

#include <mutex>
#include <utility>

namespace QZap::Internal {

#ifdef Q_OS_UNIX

class WatchThread::Thread final : public QThread
{
protected:
    void run() override
    {
        takeOver();
        exec();
        handOver();
    }
};

WatchThread::WatchThread()
{
    auto dispatcher = std::make_unique<PollDispatcher>();
    // Qt warns if the system has no thread left.
    if (!dispatcher->isValid() || systemReserveProblem(0, 1))
        return;
    auto thread = std::make_unique<Thread>();
    thread->setObjectName(QStringLiteral("QZap watching"));
    thread->setEventDispatcher(dispatcher.get());
    m_dispatcher = dispatcher.release();
    handOver();
    thread->start();
    if (thread->isRunning())
        m_thread = std::move(thread);
}

WatchThread::~WatchThread()
{
    if (!m_thread)
        return;
    // Last in the queue, so that all watches are destroyed before the thread ends.
    run([thread = m_thread.get()] { thread->quit(); });
    m_thread->wait();
    takeOver();
}

void WatchThread::run(std::function<void()> function)
{
    m_dispatcher->run(HandedOver(std::move(function)));
}

std::shared_ptr<WatchThread> WatchThread::shared()
{
    static std::mutex mutex;
    static std::weak_ptr<WatchThread> current;
    const std::scoped_lock lock(mutex);
    std::shared_ptr<WatchThread> result = current.lock();
    if (result)
        return result;
    result.reset(new WatchThread);
    if (!result->m_thread)
        return nullptr;
    current = result;
    return result;
}

#else // files are watched in the thread of their users

class WatchThread::Thread
{ };

WatchThread::WatchThread() = default;
WatchThread::~WatchThread() = default;

void WatchThread::run(std::function<void()> function)
{
    function();
}

std::shared_ptr<WatchThread> WatchThread::shared()
{
    return nullptr;
}

#endif

} // namespace QZap::Internal
