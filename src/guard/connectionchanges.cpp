// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/connectionchanges.h"

#include "base/weakinvoker.h"

#include <algorithm>
#include <utility>

namespace QZap::Internal {

ConnectionChanges::ConnectionChanges(std::function<void()> wake)
    : m_wake(std::move(wake))
{ }

void ConnectionChanges::wake()
{
    announceOnce(&m_isAwake, [this] {
        m_wake();
        return true;
    });
}

void ConnectionChanges::open(const Session &session, bool isRevoked)
{
    const std::scoped_lock lock(m_mutex);
    m_opened.insert(session.get(), {session, isRevoked});
    wake();
}

void ConnectionChanges::revoke(const Session &session)
{
    const std::scoped_lock lock(m_mutex);
    const auto opened = m_opened.find(session.get());
    if (opened != m_opened.end())
        opened->isRevoked = true;
    else
        m_revoked.insert(session.get());
    wake();
}

void ConnectionChanges::close(const Session &session)
{
    const std::scoped_lock lock(m_mutex);
    m_revoked.remove(session.get());
    if (m_opened.remove(session.get()) == 0)
        m_closed.insert(session.get()); // the model has the session, so that the record exists
    wake();
}

void ConnectionChanges::finish()
{
    const std::scoped_lock lock(m_mutex);
    m_isLast = true;
    wake();
}

ConnectionChanges::Batch ConnectionChanges::take()
{
    Batch batch;
    QHash<const SessionRecord *, Opened> opened;
    {
        const std::scoped_lock lock(m_mutex);
        opened.swap(m_opened);
        batch.revoked.swap(m_revoked);
        batch.closed.swap(m_closed);
        batch.isLast = m_isLast;
        m_isAwake = false;
    }
    batch.opened.assign(opened.cbegin(), opened.cend());
    std::sort(batch.opened.begin(), batch.opened.end(), [](const Opened &lhs, const Opened &rhs) {
        return lhs.session->number < rhs.session->number;
    });
    return batch;
}

} // namespace QZap::Internal
