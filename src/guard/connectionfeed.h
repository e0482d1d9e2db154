// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_CONNECTIONFEED_H
#define QZAP_GUARD_CONNECTIONFEED_H

#include "guard/connectionchanges.h"

#include <memory>
#include <vector>

namespace QZap::Internal {

// Reports the sessions with a connection to the models of a guard, which may be in other threads.
// Used in the guard's thread. Without models, it does nothing.
class ConnectionFeed
{
public:
    using Session = ConnectionChanges::Session;

    ConnectionFeed() = default;
    Q_DISABLE_COPY_MOVE(ConnectionFeed)

    bool isEmpty() const { return m_models.empty(); }
    // A model that no longer needs the changes just destroys them.
    void add(const std::shared_ptr<ConnectionChanges> &model);

    void open(const Session &session, bool isRevoked);
    void revoke(const Session &session);
    void close(const Session &session);
    // The guard is being destroyed.
    void finish();

private:
    template <typename Function>
    void forEach(const Function &function);

    std::vector<std::weak_ptr<ConnectionChanges>> m_models;
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_CONNECTIONFEED_H
