// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FEEDS_STORECORE_H
#define QZAP_CREDENTIALS_FEEDS_STORECORE_H

#include "base/problem.h"
#include "base/workerpool.h"
#include "credentials/feeds/storecontents.h"
#include "credentials/feeds/storerecords.h"
#include "credentials/stores/freshness.h"

#include <QtCore/qfuture.h>
#include <QtCore/qpromise.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace QZap::Internal {

// What a credentials store, its updates and the domains that use it share: the contents, and the
// order of commits. Outlives the store, which closes it. Thread-safe.
//
// Replacements are built on the loading pool, one at a time; changes are applied in the thread that
// commits them, and once more to each replacement that is not in force yet.
class StoreCore : public std::enable_shared_from_this<StoreCore>
{
public:
    using Records = std::shared_ptr<const StoreRecords>;
    using Kind = StoreContents::Kind;

    // The entries for one domain.
    struct Content
    {
        bool isOpen = true;            // the store object exists
        bool isSettling = false;       // the first replacement is not in force yet, but a change is
        StoreContents::Keys keys = {}; // null while they are being prepared
        StoreContents::Users users = {};
        bool hasUserMetadata = false;
        QList<Problem> problems = {}; // of fields
    };
    // Called with the mutex locked, in the thread of the change: must not use the core.
    using Listener = std::function<void(const Content &)>;

    struct Status
    {
        bool isReady = false;
        qsizetype count = 0;
        qint64 confirmedAt = 0; // ms since 1970; 0: never
        Problem error = {};     // of the last update, if it failed
    };

    // The function is called after any change of the status, in any thread, with the mutex locked.
    explicit StoreCore(std::function<void()> changed);
    Q_DISABLE_COPY_MOVE(StoreCore)

    // The future is finished when the records are in force, or have failed.
    [[nodiscard]] QFuture<bool> change(const Records &records);
    [[nodiscard]] QFuture<bool> replace(Records records);
    // Reports that an update was not committed because of its contents.
    void fail(const Problem &problem);
    // No entry is in force from now on. Updates that are not in force yet fail.
    void close();

    Status status() const;
    const std::shared_ptr<const Freshness> &freshness() const { return m_publicFreshness; }
    void confirm();
    int staleTime() const;
    void setStaleTime(int milliseconds); // -1: never stale
    // Notifies of the current contents again.
    void announce();

    // Calls the listener now, and after each change until the view is removed. Returns its number.
    // If memory runs out, throws std::bad_alloc and does not call the listener.
    [[nodiscard]] int addView(Kind kind, const KeyFields &fields, Listener listener);
    // Waits for a running call of the listener.
    void removeView(int id);

private:
    using Lock = std::unique_lock<std::mutex>;

    struct Listening
    {
        Kind kind;
        KeyFields fields;
        Listener listener;
    };
    // When the entries were known to be complete.
    struct Confirmation
    {
        qint64 milliseconds = 0; // since 1970; 0: never
        qint64 steady = 0;       // in nanoseconds of Clock::steady()

        static Confirmation now();
    };
    // New contents that are being built.
    struct Build
    {
        Records records; // null: the contents in force, with flat tables and all views
        std::vector<Records> changes = {}; // committed since
        QPromise<bool> promise = {};
        Confirmation confirmation = {};           // of records
        std::optional<StoreContents> former = {}; // once these contents are installed
    };

    void addToBuilds(const Records &records);
    void enqueue(std::unique_ptr<Build> build);
    // Returns whether an overlay is large, or a view has no table.
    bool needsBuild() const;
    // Enqueues a build if one is needed and none is under way.
    void enqueueMissing() noexcept;
    void run();
    void make(Build &build, Lock &lock);
    void updateViews(StoreContents *contents) const;
    // Returns the former contents.
    StoreContents install(StoreContents &&contents);
    void finish(bool succeeded, const Problem &error, Lock &lock);
    void applyChanges(Build &build, StoreContents &contents, Lock &lock) const;
    void setConfirmed(const Confirmation &confirmation);
    void updateFreshness();
    // Returns false if memory has run out.
    bool notifyAll() noexcept;
    bool tryNotify(int id, const Listening &view) const noexcept;
    void notify(int id, const Listening &view) const;
    void announceChange() const noexcept;

    const std::function<void()> m_changed;
    const std::shared_ptr<WorkerPool> m_pool;
    const std::shared_ptr<Freshness> m_freshness = std::make_shared<Freshness>();
    const std::shared_ptr<const Freshness> m_publicFreshness = m_freshness;
    std::mutex m_changeMutex;   // locked before m_mutex while a change is committed
    mutable std::mutex m_mutex; // protects all following members
    StoreContents m_contents;   // unusable once the store is closed
    quint64 m_version = 0;      // of the contents
    std::map<int, Listening> m_views;
    int m_lastView = 0;
    std::deque<std::unique_ptr<Build>> m_builds; // the first one is being made if m_isBuilding
    bool m_isBuilding = false;
    bool m_isOpen = true;
    bool m_isReady = false;
    bool m_isReplaced = false; // a replacement has been in force
    bool m_areNotified = true; // all views of the contents in force
    Problem m_error;
    int m_staleTime = -1;
    Confirmation m_confirmed;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FEEDS_STORECORE_H
