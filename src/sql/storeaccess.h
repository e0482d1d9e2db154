// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_STOREACCESS_H
#define QZAP_SQL_STOREACCESS_H

#include <QZap/qzapcredentialsstore.h>

#include <QtCore/qfuture.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace QZap::Internal {

// The store that a replication fills from its own thread, until the access is closed. At any time,
// a store is accessed by one source only: a replacement of one would remove the entries of another.
// Thread-safe.
class StoreAccess
{
public:
    using Mode = QZapCredentialsStore::Mode;

    // Returns null if another source has the store.
    [[nodiscard]] static std::shared_ptr<StoreAccess> claim(QZapCredentialsStore *store);
    ~StoreAccess();
    Q_DISABLE_COPY_MOVE(StoreAccess)

    // No function changes the store from now on. Waits for a change that is being committed. Called
    // before the store is destroyed.
    void close();

    // The update skips invalid entries. Returns nothing if the access is closed.
    [[nodiscard]] std::optional<QZapCredentialsUpdate> begin(Mode mode);
    // Returns nothing if the access is closed.
    std::optional<QFuture<bool>> commit(QZapCredentialsUpdate *update);
    void confirm();

private:
    explicit StoreAccess(QZapCredentialsStore *store)
        : m_store(store)
    { }

    std::mutex m_mutex;
    QZapCredentialsStore *m_store; // null: closed
};

} // namespace QZap::Internal

#endif // QZAP_SQL_STOREACCESS_H
