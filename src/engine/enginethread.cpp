// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/enginethread.h"

#include "base/systemreserve.h"
#include "base/tsanhandover.h"
#include "engine/engine.h"

#include <QtCore/qmetaobject.h>

#include <utility>

namespace QZap::Internal {

namespace {

// At most a pipe; one descriptor with eventfd().
constexpr int DispatcherDescriptors = 2;

} // namespace

EngineThread::EngineThread(Engine &engine)
    : m_engine(engine)
{ }

EngineThread::~EngineThread()
{
    shutDown();
}

ZapSocket::Opening EngineThread::start(void *context)
{
    constexpr auto ContextUnusable = ZapSocket::OpenError::ContextUnusable;
    // Qt ends the process if no descriptor is left for the thread's event dispatcher.
    if (const Problem problem = systemReserveProblem(DispatcherDescriptors, 1)) {
        return {ContextUnusable,
                problem.within(QStringLiteral("The private thread cannot be started: "))};
    }
    // A new thread each time: objects that move to a restarted QThread may access memory of its
    // previous run.
    m_thread = std::make_unique<Thread>();
    m_thread->setObjectName(QStringLiteral("QZap"));
    m_thread->start();
    if (!m_thread->isRunning())
        return {ContextUnusable, QStringLiteral("The system has no thread left")};
    m_parent = m_engine.parent();
    m_engine.setParent(nullptr);
    m_engine.moveToThread(m_thread.get());
    m_isActive = true;
    ZapSocket::Opening opening{ContextUnusable, {}};
    call([&] { opening = m_engine.start(context); });
    if (!opening.isOpen())
        stop();
    return opening;
}

void EngineThread::stop()
{
    if (!std::exchange(m_isActive, false))
        return;
    endWith([this, home = m_parent->thread()] {
        m_engine.stop();
        m_engine.moveToThread(home);
    });
    m_engine.setParent(m_parent);
}

// The engine does not move back: its former thread may have ended with the application.
void EngineThread::shutDown()
{
    if (!std::exchange(m_isActive, false))
        return;
    endWith([this] { m_engine.shutDown(); });
}

// Without an event: Qt delivers none once the application object is destroyed.
void EngineThread::endWith(std::function<void()> function)
{
    m_thread->atEnd = std::move(function);
    handOver();
    m_thread->quit();
    m_thread->wait();
    takeOver();
    m_thread->atEnd = nullptr;
}

void EngineThread::Thread::run()
{
    exec();
    takeOver();
    if (atEnd)
        atEnd();
    handOver();
}

void EngineThread::call(const std::function<void()> &function)
{
    QMetaObject::invokeMethod(&m_engine, HandedOver([&function] { function(); }),
                              Qt::BlockingQueuedConnection);
    takeOver();
}

} // namespace QZap::Internal
