// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/storeaccess.h"

#include <QtCore/qset.h>

#include <utility>

namespace QZap::Internal {

namespace {

// The stores that are accessed at the moment.
struct Claims
{
    std::mutex mutex;
    QSet<const QZapCredentialsStore *> stores;
};

Claims &claims()
{
    // Never destroyed: sources may be destroyed after the static objects of this library.
    static auto *const instance = new Claims;
    return *instance;
}

} // namespace

std::shared_ptr<StoreAccess> StoreAccess::claim(QZapCredentialsStore *store)
{
    Claims &all = claims();
    const std::scoped_lock lock(all.mutex);
    if (all.stores.contains(store))
        return nullptr;
    std::shared_ptr<StoreAccess> access(new StoreAccess(store));
    all.stores.insert(store);
    return access;
}

StoreAccess::~StoreAccess()
{
    close();
}

void StoreAccess::close()
{
    const std::scoped_lock lock(m_mutex);
    const QZapCredentialsStore *const store = std::exchange(m_store, nullptr);
    if (!store)
        return;
    Claims &all = claims();
    const std::scoped_lock claimsLock(all.mutex);
    all.stores.remove(store);
}

std::optional<QZapCredentialsUpdate> StoreAccess::begin(Mode mode)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_store)
        return {};
    QZapCredentialsUpdate update = m_store->begin(mode);
    update.setSkipsInvalidEntries(true);
    return update;
}

std::optional<QFuture<bool>> StoreAccess::commit(QZapCredentialsUpdate *update)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_store)
        return {};
    return update->commit();
}

void StoreAccess::confirm()
{
    const std::scoped_lock lock(m_mutex);
    if (m_store)
        m_store->confirm();
}

} // namespace QZap::Internal
