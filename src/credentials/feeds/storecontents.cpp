// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/feeds/storecontents.h"

#include <algorithm>

namespace QZap::Internal {

namespace {

// The limits of an overlay, in entries, and its share of the base between them.
constexpr qsizetype SmallestLimit = 1024;
constexpr qsizetype LargestLimit = 16384;
constexpr qsizetype Share = 64;

template <typename Store>
bool isTooLarge(const Store &store)
{
    if (!store.base())
        return false;
    return store.ownPositions()
           > std::clamp(store.base()->size() / Share, SmallestLimit, LargestLimit);
}

} // namespace

StoreContents::StoreContents()
    : m_keys(KeyStore::Builder().build())
    , m_users(std::make_shared<PasswordStore>())
{ }

StoreContents::StoreContents(const StoreRecords &records)
    : m_keys(StoreTables().keysOf(records))
    , m_users(StoreTables().usersOf(records))
{ }

StoreContents StoreContents::merged() const
{
    StoreContents result = *this;
    if (m_keys->base())
        result.m_keys = StoreTables::merged(*m_keys);
    if (m_users->base())
        result.m_users = StoreTables::merged(*m_users);
    if (result.m_keys != m_keys || result.m_users != m_users)
        result.m_views.clear();
    return result;
}

bool StoreContents::needsMerge() const
{
    return isTooLarge(*m_keys) || isTooLarge(*m_users);
}

auto StoreContents::view(int id) const -> const View *
{
    const auto found = m_views.find(id);
    return found == m_views.end() ? nullptr : &found->second;
}

bool StoreContents::hasMetadata(Kind kind) const
{
    return kind == Kind::Keys ? m_keys->hasMetadata() : m_users->hasMetadata();
}

bool StoreContents::sharesTable(Kind kind, const KeyFields &fields) const
{
    return !hasMetadata(kind) && !StoreTables(fields).hasFields();
}

void StoreContents::share(View *view) const
{
    if (view->kind == Kind::Keys)
        view->keys = m_keys;
    else
        view->users = m_users;
}

void StoreContents::addView(int id, Kind kind, const KeyFields &fields)
{
    View view{kind, StoreTables(fields)};
    if (sharesTable(kind, fields)) {
        share(&view);
    } else {
        Q_ASSERT(!m_keys->base() && !m_users->base());
        if (kind == Kind::Keys)
            view.keys = view.tables.keysOf(*m_keys);
        else
            view.users = view.tables.usersOf(*m_users);
        view.problems = view.tables.takeProblems();
    }
    m_views.insert_or_assign(id, std::move(view));
}

void StoreContents::apply(const StoreRecords &records)
{
    StoreTables complete;
    m_keys = complete.changed(m_keys, records);
    m_users = complete.changed(m_users, records);
    for (auto &entry : m_views) {
        View &view = entry.second;
        if (!hasMetadata(view.kind) && !view.tables.hasFields())
            share(&view);
        else if (view.kind == Kind::Keys)
            view.keys = view.tables.changed(view.keys, records);
        else
            view.users = view.tables.changed(view.users, records);
        for (const Problem &problem : view.tables.takeProblems()) {
            if (view.problems.size() < ProblemList::Maximum && !view.problems.contains(problem))
                view.problems.append(problem);
        }
    }
}

} // namespace QZap::Internal
