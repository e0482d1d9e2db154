// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_LOADNEWS_H
#define QZAP_CREDENTIALS_WATCHING_LOADNEWS_H

#include "base/weakinvoker.h"
#include "credentials/files/fileload.h"

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace QZap::Internal {

// The results of loading that have not been reported yet: the last load, and a limited number of
// problems, regardless of how long the reporting thread is busy. Thread-safe.
template <typename Load>
class LoadNews
{
public:
    void put(const Load &load)
    {
        const std::scoped_lock lock(m_mutex);
        m_load = load;
    }
    void put(const QString &problem)
    {
        const std::scoped_lock lock(m_mutex);
        m_problems.removeOne(problem);
        m_problems.append(problem);
        if (m_problems.size() > ProblemList::Maximum)
            m_problems.removeFirst();
    }
    // Posts an event, unless an earlier one is still pending.
    template <typename Post>
    void announce(const Post &post)
    {
        announceOnce(&m_isAnnounced, post);
    }
    std::pair<std::optional<Load>, QStringList> take()
    {
        const std::scoped_lock lock(m_mutex);
        m_isAnnounced = false;
        return {std::exchange(m_load, std::nullopt), std::exchange(m_problems, {})};
    }

private:
    std::mutex m_mutex;
    std::optional<Load> m_load;
    QStringList m_problems; // the last ones, each of them once
    std::atomic<bool> m_isAnnounced{false};
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_LOADNEWS_H
