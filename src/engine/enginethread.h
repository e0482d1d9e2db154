// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_ENGINETHREAD_H
#define QZAP_ENGINE_ENGINETHREAD_H

#include "base/problem.h"
#include "transport/zapsocket.h"

#include <QtCore/qsemaphore.h>
#include <QtCore/qstring.h>
#include <QtCore/qthread.h>

#include <functional>
#include <memory>

namespace QZap::Internal {

class Engine;

// Moves an engine to a thread of its own while it runs, and back. Used in the thread that the
// engine otherwise belongs to.
class EngineThread
{
public:
    explicit EngineThread(Engine &engine);
    ~EngineThread();
    Q_DISABLE_COPY_MOVE(EngineThread)

    bool isActive() const { return m_state != State::Off; }
    // Returns whether the engine is in the thread.
    bool hasEngine() const { return m_state == State::Running; }
    // May be called by foreign code that the engine runs. In that case the engine starts at once,
    // and moves when that code has returned.
    [[nodiscard]] ZapSocket::Opening start(void *context);
    // Moves an engine that was started by foreign code, unless that code is still running. Call
    // this if events were lost.
    void moveIfPossible();
    // May delete this object.
    void stop();
    // Shuts the engine down; afterwards, it can only be destroyed.
    void shutDown();

private:
    class Thread final : public QThread
    {
    public:
        QSemaphore mayRun;           // available once the engine has moved here
        std::function<void()> atEnd; // called in the thread

    protected:
        void run() override;
    };

    enum class State {
        Off,
        Waiting, // the engine has started, and is yet to move to the thread
        Running,
    };

    [[nodiscard]] Problem startThread();
    [[nodiscard]] ZapSocket::Opening startBeforeMove(void *context);
    void moveEngine();
    // Ends the wait for the move, without a move.
    void cancelMove();
    // Ends the thread after calling the function in it, and waits for the end.
    void endWith(std::function<void()> function);
    void call(const std::function<void()> &function);

    Engine &m_engine;
    QObject *m_parent = nullptr; // the engine's parent while it is not in the thread
    std::unique_ptr<Thread> m_thread;
    State m_state = State::Off;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_ENGINETHREAD_H
