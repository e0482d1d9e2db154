// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_LOADOUTCOME_H
#define QZAP_CREDENTIALS_WATCHING_LOADOUTCOME_H

#include <mutex>
#include <optional>
#include <utility>

namespace QZap::Internal {

// The last load, on its way from the pool to the thread of its loader. Thread-safe.
template <typename Load>
class LoadOutcome
{
public:
    void put(Load load)
    {
        const std::scoped_lock lock(m_mutex);
        m_value.emplace(std::move(load));
    }
    std::optional<Load> take()
    {
        const std::scoped_lock lock(m_mutex);
        return std::exchange(m_value, std::nullopt);
    }

private:
    std::mutex m_mutex;
    std::optional<Load> m_value;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_LOADOUTCOME_H
