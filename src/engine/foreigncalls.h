// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_FOREIGNCALLS_H
#define QZAP_ENGINE_FOREIGNCALLS_H

#include <QtCore/qglobal.h>
#include <QtCore/qscopeguard.h>

#include <functional>
#include <memory>
#include <utility>

namespace QZap::Internal {

// Counts the calls of foreign code by its owner. During such a call the owner is on the stack of
// its thread, so it cannot move to another one. Used in the owner's thread.
class ForeignCalls
{
public:
    ForeignCalls() = default;
    ~ForeignCalls() { m_state->ended = nullptr; }
    Q_DISABLE_COPY_MOVE(ForeignCalls)

    // Runs the code, which may delete the owner.
    template <typename Code>
    void run(const Code &code)
    {
        const auto state = m_state;
        ++state->count;
        const auto leave = qScopeGuard([&state] {
            if (--state->count == 0 && state->ended)
                state->ended();
        });
        code();
    }
    bool isRunning() const { return m_state->count > 0; }
    // Sets the function to be called at the end of the outermost call.
    void setEnded(std::function<void()> ended) { m_state->ended = std::move(ended); }

private:
    struct State
    {
        int count = 0;
        std::function<void()> ended;
    };

    const std::shared_ptr<State> m_state = std::make_shared<State>();
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_FOREIGNCALLS_H
