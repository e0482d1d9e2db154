// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_ENGINETHREAD_H
#define QZAP_ENGINE_ENGINETHREAD_H

#include "transport/zapsocket.h"

#include <QtCore/qstring.h>
#include <QtCore/qthread.h>

#include <functional>
#include <memory>

namespace QZap::Internal {

class Engine;

// Takes an engine to a thread of its own while it runs, and back. To be used in the thread that
// the engine belongs to otherwise.
class EngineThread
{
public:
    explicit EngineThread(Engine &engine);
    ~EngineThread();
    Q_DISABLE_COPY_MOVE(EngineThread)

    bool isActive() const { return m_isActive; }
    [[nodiscard]] ZapSocket::Opening start(void *context);
    void stop();
    // Ends the engine for good, which then may only be destroyed.
    void shutDown();

private:
    class Thread final : public QThread
    {
    public:
        std::function<void()> atEnd; // called in the thread

    protected:
        void run() override;
    };

    // Ends the thread with the function, and waits for that.
    void endWith(std::function<void()> function);
    void call(const std::function<void()> &function);

    Engine &m_engine;
    QObject *m_parent = nullptr; // the engine's otherwise
    std::unique_ptr<Thread> m_thread;
    bool m_isActive = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_ENGINETHREAD_H
