// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_CONNECTIONCHANGES_H
#define QZAP_GUARD_CONNECTIONCHANGES_H

#include "sessions/sessionrecord.h"

#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace QZap::Internal {

// What has happened to the sessions with a connection since a model took the last changes: the
// guard adds to them, and the model takes them, possibly in another thread. Thread-safe.
//
// A connection that was opened and closed in between leaves nothing behind: there are never more
// changes than connections that the model shows or will show.
class ConnectionChanges
{
public:
    using Session = std::shared_ptr<const SessionRecord>;
    struct Opened
    {
        Session session;
        bool isRevoked = false;
    };
    struct Batch
    {
        std::vector<Opened> opened; // ordered by the sessions' numbers
        QSet<const SessionRecord *> revoked;
        QSet<const SessionRecord *> closed;
        bool isLast = false; // the guard was destroyed
    };

    // `wake` is called, in any thread, when there is something to take after there was nothing.
    explicit ConnectionChanges(std::function<void()> wake);
    Q_DISABLE_COPY_MOVE(ConnectionChanges)

    // A session is identified by its record, which stays the same until it is closed.
    void open(const Session &session, bool isRevoked);
    void revoke(const Session &session);
    void close(const Session &session);
    void finish();

    Batch take();

private:
    // Needs the mutex.
    void wake();

    const std::function<void()> m_wake;
    std::mutex m_mutex;
    QHash<const SessionRecord *, Opened> m_opened;
    QSet<const SessionRecord *> m_revoked;
    QSet<const SessionRecord *> m_closed;
    bool m_isLast = false;
    std::atomic<bool> m_isAwake{false};
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_CONNECTIONCHANGES_H
