// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCREDENTIALSSTORE_P_H
#define QZAPCREDENTIALSSTORE_P_H

#include "base/poolkeeper.h"
#include "base/singleshottimer.h"
#include "base/weakinvoker.h"
#include "credentials/feeds/storecore.h"
#include "credentials/feeds/storeentry.h"

#include <QZap/qzapcredentialsstore.h>

#include <atomic>
#include <memory>

class QZapCredentialsStorePrivate
{
    Q_DECLARE_PUBLIC(QZapCredentialsStore)

public:
    explicit QZapCredentialsStorePrivate(QZapCredentialsStore *q);
    ~QZapCredentialsStorePrivate();
    Q_DISABLE_COPY_MOVE(QZapCredentialsStorePrivate)

    using StoreCore = QZap::Internal::StoreCore;

    static QZapCredentialsStorePrivate *get(QZapCredentialsStore *store) { return store->d_func(); }
    const std::shared_ptr<StoreCore> &core() const { return m_core; }

    // Fills the update with the entries of a list from QML. Returns the problem of the list.
    static QZap::Internal::Problem addKeys(const QVariantList &keys, QZapCredentialsUpdate *update);

private:
    static QZap::Internal::Problem entryProblem(const QVariantMap &entry);
    static QZap::Internal::Result<QZap::Internal::StoreEntry::Time>
    notAfterOf(const QVariantMap &entry);
    // Posts a call of deliver(), unless one is pending. Called in any thread.
    static void announce(const std::shared_ptr<QZap::Internal::WeakInvoker> &invoker,
                         const std::shared_ptr<std::atomic<bool>> &isAnnounced,
                         QZapCredentialsStorePrivate *d);
    // Emits the signals of all properties that have changed.
    void deliver();
    void startTimer();

    QZapCredentialsStore *q_ptr;
    const std::shared_ptr<QZap::Internal::WeakInvoker> m_invoker;
    const std::shared_ptr<std::atomic<bool>> m_isAnnounced =
        std::make_shared<std::atomic<bool>>(false);
    const std::shared_ptr<StoreCore> m_core;
    const QZap::Internal::PoolKeeper m_keeper;
    QZap::Internal::SingleShotTimer m_timer; // until the store becomes stale
    StoreCore::Status m_announced;           // as of the last signals
};

#endif // QZAPCREDENTIALSSTORE_P_H
