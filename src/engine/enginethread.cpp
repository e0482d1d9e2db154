// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/enginethread.h"

#include "base/polldispatcher.h"
#include "base/systemreserve.h"
#include "base/tsanhandover.h"
#include "base/weakinvoker.h"
#include "engine/engine.h"

#include <QtCore/qmetaobject.h>

#include <utility>

namespace QZap::Internal {

namespace {

// The maximum: a pipe. An eventfd() needs only one descriptor.
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
    if (const Problem problem = startThread()) {
        return {ContextUnusable,
                problem.within(QStringLiteral("The private thread cannot be started: "))};
    }
    if (m_engine.foreignCalls().isRunning())
        return startBeforeMove(context);
    moveEngine();
    ZapSocket::Opening opening{ContextUnusable, {}};
    call([&] { opening = m_engine.start(context); });
    if (!opening.isOpen())
        stop();
    return opening;
}

ZapSocket::Opening EngineThread::startBeforeMove(void *context)
{
    m_state = State::Waiting;
    ZapSocket::Opening opening = m_engine.start(context);
    if (!opening.isOpen()) {
        cancelMove();
        return opening;
    }
    // Foreign code may have run the event loop: unless it is running when the event is delivered,
    // no function of the engine is on the stack.
    m_engine.foreignCalls().setEnded(
        [this] { callLater(m_engine.parent(), [this] { moveIfPossible(); }); });
    return opening;
}

void EngineThread::moveIfPossible()
{
    if (m_state != State::Waiting || m_engine.foreignCalls().isRunning())
        return;
    m_engine.foreignCalls().setEnded(nullptr);
    moveEngine();
}

void EngineThread::moveEngine()
{
    m_parent = m_engine.parent();
    m_engine.setParent(nullptr);
    m_engine.moveToThread(m_thread.get());
    m_state = State::Running;
    handOver();
    m_thread->mayRun.release();
}

void EngineThread::cancelMove()
{
    m_engine.foreignCalls().setEnded(nullptr);
    m_state = State::Off;
    m_thread->quit();
    m_thread->mayRun.release();
    m_thread->wait();
}

Problem EngineThread::startThread()
{
    if (Problem problem = systemReserveProblem(DispatcherDescriptors, 1))
        return problem;
    // A new thread each time: objects that move to a restarted QThread may access memory of its
    // previous run.
    m_thread = std::make_unique<Thread>();
    m_thread->setObjectName(QStringLiteral("QZap"));
#ifdef Q_OS_UNIX
    // Qt's own dispatchers would end the process if the last descriptor was taken since the check.
    auto dispatcher = std::make_unique<PollDispatcher>();
    if (!dispatcher->isValid())
        return qt_error_string(dispatcher->error());
    m_thread->setEventDispatcher(dispatcher.get());
#endif
    m_thread->start();
    if (!m_thread->isRunning()) {
        m_thread.reset(); // before its dispatcher
        return QStringLiteral("The system cannot start another thread");
    }
#ifdef Q_OS_UNIX
    (void)dispatcher.release(); // destroyed with the thread
#endif
    return {};
}

void EngineThread::stop()
{
    if (m_state == State::Waiting) {
        cancelMove();
        m_engine.stop(); // last: foreign code may delete this object, or start again
        return;
    }
    if (std::exchange(m_state, State::Off) == State::Off)
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
    if (m_state == State::Waiting)
        cancelMove(); // the owner shuts the engine down
    if (std::exchange(m_state, State::Off) == State::Off)
        return;
    endWith([this] { m_engine.shutDown(); });
}

// Does not use an event: Qt delivers none after the application object is destroyed.
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
    mayRun.acquire();
    takeOver();
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
