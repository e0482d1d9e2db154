// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/enginethread.h"

#include "authenticator/engine.h"
#include "protocol/handover.h"

#include <QtCore/qmetaobject.h>

#include <utility>

namespace QZap::Internal {

EngineThread::EngineThread(Engine &engine)
    : m_engine(engine)
{
    m_thread.setObjectName(QStringLiteral("QZap"));
}

EngineThread::~EngineThread()
{
    shutDown();
}

ZapSocket::OpenResult EngineThread::start(void *context, QString *errorMessage)
{
    m_thread.start();
    if (!m_thread.isRunning()) {
        *errorMessage = QStringLiteral("The system has no thread left to answer on");
        return ZapSocket::OpenResult::ContextUnusable;
    }
    m_parent = m_engine.parent();
    m_engine.setParent(nullptr);
    m_engine.moveToThread(&m_thread);
    m_isActive = true;
    ZapSocket::OpenResult result = ZapSocket::OpenResult::ContextUnusable;
    call([&] { result = m_engine.start(context, errorMessage); });
    if (result != ZapSocket::OpenResult::Opened)
        stop();
    return result;
}

void EngineThread::stop()
{
    if (!std::exchange(m_isActive, false))
        return;
    call([this, home = m_parent->thread()] {
        m_engine.stop();
        m_engine.moveToThread(home);
    });
    end();
    m_engine.setParent(m_parent);
}

// It does not come home: that may be gone already, as when the application is.
void EngineThread::shutDown()
{
    if (!std::exchange(m_isActive, false))
        return;
    call([this] { m_engine.shutDown(); });
    end();
}

void EngineThread::end()
{
    m_thread.quit();
    m_thread.wait();
}

void EngineThread::call(const std::function<void()> &function)
{
    QMetaObject::invokeMethod(&m_engine, HandedOver([&function] { function(); }),
                              Qt::BlockingQueuedConnection);
    takeOver();
}

} // namespace QZap::Internal
