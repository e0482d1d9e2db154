// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef HELDLOADS_H
#define HELDLOADS_H

#include "base/workerpool.h"
#include "visiblesemaphore.h"

#include <memory>
#include <utility>

// Prevents files from being loaded in this process until it is released or destroyed, so that the
// test determines when a store is loaded. For tests that link to the hidden classes.
class HeldLoads
{
public:
    HeldLoads()
    {
        (void)m_pool->start();
        for (int i = 0; i < Jobs; ++i) {
            m_pool->run([held = m_held, gate = m_gate] {
                held->release();
                gate->acquire();
            });
        }
        for (int i = 0; i < Threads; ++i) // a job from before could still load something
            m_held->acquire();
    }
    ~HeldLoads() { release(); }
    Q_DISABLE_COPY_MOVE(HeldLoads)

    void release()
    {
        if (!std::exchange(m_isReleased, true))
            m_gate->release(Jobs);
    }

private:
    using WorkerPool = QZap::Internal::WorkerPool;

    // Those of the pool before it grows.
    static constexpr int Threads = 4;
    // More than the maximum number of threads of the pool, which grows while it is blocked.
    static constexpr int Jobs = 64;

    const std::shared_ptr<WorkerPool> m_pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
    const std::shared_ptr<VisibleSemaphore> m_held = std::make_shared<VisibleSemaphore>();
    const std::shared_ptr<VisibleSemaphore> m_gate = std::make_shared<VisibleSemaphore>();
    bool m_isReleased = false;
};

#endif // HELDLOADS_H
