// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/poolkeeper.h"

#include <QtCore/qmetaobject.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

PoolKeeper::PoolKeeper(std::shared_ptr<WorkerPool> pool, Failed failed, QObject *parent)
    : QObject(parent)
    , m_pool(std::move(pool))
    , m_failed(std::move(failed))
    , m_retry(this, [this] { start(); })
{
    start();
}

PoolKeeper::~PoolKeeper() = default;

void PoolKeeper::start()
{
    const std::error_code error = m_pool->start();
    if (!error)
        return;
    m_retry.schedule();
    if (std::exchange(m_isReported, true))
        return;
    const QString text =
        u"no thread can be started: %1; allow this user, or this container, more threads"_s.arg(
            qt_error_string(error.value()));
    QMetaObject::invokeMethod(
        this, [this, text] { m_failed(text); }, Qt::QueuedConnection);
}

} // namespace QZap::Internal
