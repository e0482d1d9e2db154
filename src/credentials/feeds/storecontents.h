// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FEEDS_STORECONTENTS_H
#define QZAP_CREDENTIALS_FEEDS_STORECONTENTS_H

#include "base/problem.h"
#include "credentials/feeds/storerecords.h"
#include "credentials/feeds/storetables.h"
#include "credentials/keys/keyfields.h"

#include <QtCore/qlist.h>

#include <iterator>
#include <map>

namespace QZap::Internal {

// The entries of a store at one moment: complete tables, and for each view a table with the fields
// that a domain uses. A view that needs no fields shares the complete table. Copies share tables.
// All functions that change something may throw std::bad_alloc.
class StoreContents
{
public:
    using Keys = StoreTables::Keys;
    using Users = StoreTables::Users;
    enum class Kind { Keys, Users };

    struct View
    {
        Kind kind = Kind::Keys;
        StoreTables tables;
        Keys keys = {};   // null unless the kind is Keys
        Users users = {}; // null unless the kind is Users
        // Problems of fields. Those of entries that were replaced since then remain until the next
        // merge.
        QList<Problem> problems = {};
    };

    StoreContents();
    // Without views.
    explicit StoreContents(const StoreRecords &records);
    // Returns the same entries in flat tables. Without views, unless no table has changed.
    [[nodiscard]] StoreContents merged() const;

    qsizetype count() const { return m_keys->size() + m_users->size(); }
    // Returns whether an overlay is so large that copying it for each change would be slow.
    bool needsMerge() const;
    const View *view(int id) const;
    // Returns whether addView() takes no time.
    bool sharesTable(Kind kind, const KeyFields &fields) const;
    // The tables must be flat, unless the view shares one. Slow.
    void addView(int id, Kind kind, const KeyFields &fields);
    // Returns what belongs to the view, for its destruction.
    auto takeView(int id) noexcept { return m_views.extract(id); }
    // Removes the views for whose number the function returns true.
    template <typename IsRemoved>
    void removeViewsIf(IsRemoved isRemoved)
    {
        for (auto it = m_views.begin(); it != m_views.end();)
            it = isRemoved(it->first) ? m_views.erase(it) : std::next(it);
    }
    // Applies the records, in their order.
    void apply(const StoreRecords &records);

private:
    bool hasMetadata(Kind kind) const;
    void share(View *view) const;

    Keys m_keys;
    Users m_users;
    std::map<int, View> m_views; // by the number of each view
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FEEDS_STORECONTENTS_H
