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
    stop();
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
    call([this, home = QThread::currentThread()] {
        m_engine.stop();
        m_engine.moveToThread(home);
    });
    m_thread.quit();
    m_thread.wait();
    m_engine.setParent(m_parent);
}

void EngineThread::call(const std::function<void()> &function)
{
    QMetaObject::invokeMethod(&m_engine, HandedOver([&function] { function(); }),
                              Qt::BlockingQueuedConnection);
    takeOver();
}

} // namespace QZap::Internal
