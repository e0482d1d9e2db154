// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zoo.h"

#include <QtCore/qsemaphore.h>

#include <utility>

namespace {
constexpr int MaximumAnimals = 6;
constexpr int PoolThreads = 2;

// Starts all threads of the pool, which then run permanently: Qt would end the process if it
// started a thread during a famine.
void startThreads(QThreadPool *pool)
{
    pool->setMaxThreadCount(PoolThreads);
    pool->setExpiryTimeout(-1);
    QSemaphore started;
    QSemaphore end;
    for (int i = 0; i < PoolThreads; ++i) {
        pool->start([&] {
            started.release();
            end.acquire();
        });
    }
    started.acquire(PoolThreads);
    end.release(PoolThreads);
    pool->waitForDone();
}

} // namespace

Zoo::Zoo(MoodyProvider::Meddle meddle)
    : m_meddle(std::move(meddle))
{
    startThreads(&m_pool);
    m_thread.setObjectName(QStringLiteral("zoo"));
    // Before a famine can begin, the event loop of the thread must have the descriptors that it
    // needs.
    QSemaphore started;
    QObject::connect(
        &m_thread, &QThread::started, &m_thread, [&started] { started.release(); },
        Qt::DirectConnection);
    m_thread.start();
    started.acquire();
}

Zoo::~Zoo()
{
    m_thread.quit(); // performs pending deleteLater()
    m_thread.wait();
    for (const Animal &animal : std::as_const(m_animals))
        delete animal.provider; // its thread has ended
    m_shelf.clear();
    m_pool.waitForDone();
}

QZapCredentialsProvider *Zoo::any(Dice *dice)
{
    forgetTheGone();
    if (m_animals.size() < MaximumAnimals && dice->oneIn(3)) {
        const bool isElsewhere = dice->oneIn(3);
        auto *const provider = new MoodyProvider(dice->seed(), m_shelf, m_pool,
                                                 isElsewhere ? MoodyProvider::Meddle() : m_meddle);
        if (isElsewhere)
            provider->moveToThread(&m_thread);
        m_animals.append({provider, isElsewhere});
    }
    return m_animals.isEmpty() ? nullptr : dice->of(m_animals).provider.data();
}

void Zoo::destroyOne(Dice *dice)
{
    forgetTheGone();
    if (m_animals.isEmpty())
        return;
    const Animal animal = m_animals.takeAt(dice->below(static_cast<int>(m_animals.size())));
    if (animal.isElsewhere || dice->flip())
        animal.provider->deleteLater();
    else
        delete animal.provider;
}

void Zoo::forgetTheGone()
{
    m_animals.removeIf([](const Animal &animal) { return animal.provider.isNull(); });
}
