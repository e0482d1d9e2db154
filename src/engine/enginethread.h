// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_ENGINETHREAD_H
#define QZAP_ENGINE_ENGINETHREAD_H

#include "base/problem.h"
#include "transport/zapsocket.h"

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

    bool isActive() const { return m_isActive; }
    [[nodiscard]] ZapSocket::Opening start(void *context);
    void stop();
    // Shuts the engine down; afterwards, it can only be destroyed.
    void shutDown();

private:
    class Thread final : public QThread
    {
    public:
        std::function<void()> atEnd; // called in the thread

    protected:
        void run() override;
    };

    [[nodiscard]] Problem startThread();
    // Ends the thread after calling the function in it, and waits for the end.
    void endWith(std::function<void()> function);
    void call(const std::function<void()> &function);

    Engine &m_engine;
    QObject *m_parent = nullptr; // the engine's parent while it is not in the thread
    std::unique_ptr<Thread> m_thread;
    bool m_isActive = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_ENGINETHREAD_H
