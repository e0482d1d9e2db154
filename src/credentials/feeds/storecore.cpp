// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/feeds/storecore.h"

#include "base/clock.h"

#include <QtCore/qscopeguard.h>

#include <algorithm>
#include <new>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Changes that are committed while new contents are made are applied to these without the mutex,
// until only a few are left, or for a number of rounds if they are committed as fast.
constexpr size_t FewChanges = 4;
constexpr qsizetype FewRecords = 1024;
constexpr int MostRounds = 16;

Problem outOfMemory()
{
    return u"there is not enough memory for the update"_s;
}

QFuture<bool> finished(bool succeeded)
{
    QPromise<bool> promise;
    promise.start();
    promise.addResult(succeeded);
    promise.finish();
    return promise.future();
}

} // namespace

StoreCore::StoreCore(std::function<void()> changed)
    : m_changed(std::move(changed))
    , m_pool(WorkerPool::shared(WorkerPool::Purpose::Loading))
{ }

// The change is applied without the lock, since it may be large. If a build changes the contents
// meanwhile, it is applied again.
QFuture<bool> StoreCore::change(const Records &records)
{
    const std::scoped_lock changing(m_changeMutex);
    StoreContents former; // destroyed without the lock
    Lock lock(m_mutex);
    try {
        QFuture<bool> success = finished(true); // first: needs memory
        while (m_isOpen) {
            const quint64 version = m_version;
            StoreContents next = m_contents;
            lock.unlock();
            next.apply(*records);
            lock.lock();
            if (!m_isOpen || version != m_version)
                continue;
            updateViews(&next);
            addToBuilds(records);
            former = std::exchange(m_contents, std::move(next));
            const bool wasReady = std::exchange(m_isReady, true);
            if (!notifyAll()) {
                std::swap(m_contents, former);
                m_isReady = wasReady;
                for (const auto &build : m_builds)
                    build->changes.pop_back();
                throw std::bad_alloc();
            }
            m_error = {};
            enqueueMissing();
            return success;
        }
    } catch (const std::bad_alloc &) {
        if (!lock.owns_lock())
            lock.lock();
        m_error = outOfMemory();
        announceChange();
    }
    return finished(false);
}

QFuture<bool> StoreCore::replace(Records records)
{
    auto build = std::make_unique<Build>();
    build->records = std::move(records);
    build->confirmation = Confirmation::now();
    build->promise.start();
    QFuture<bool> future = build->promise.future();
    const Lock lock(m_mutex);
    if (!m_isOpen)
        return finished(false);
    enqueue(std::move(build));
    return future;
}

// Changes all builds, or none.
void StoreCore::addToBuilds(const Records &records)
{
    for (const auto &build : m_builds)
        build->changes.reserve(build->changes.size() + 1);
    for (const auto &build : m_builds)
        build->changes.push_back(records);
}

void StoreCore::fail(const Problem &problem)
{
    const Lock lock(m_mutex);
    if (!m_isOpen)
        return;
    m_error = problem;
    announceChange();
}

void StoreCore::close()
{
    std::optional<StoreContents> contents; // destroyed without the lock
    const Lock lock(m_mutex);
    if (!std::exchange(m_isOpen, false))
        return;
    contents.emplace(std::move(m_contents));
    notifyAll();
}

auto StoreCore::status() const -> Status
{
    const Lock lock(m_mutex);
    return {m_isOpen && m_isReady && !m_freshness->isStale(), m_isOpen ? m_contents.count() : 0,
            m_confirmed.milliseconds, m_error};
}

void StoreCore::confirm()
{
    const Lock lock(m_mutex);
    const bool wasStale = m_freshness->isStale();
    setConfirmed(Confirmation::now());
    enqueueMissing();
    if (wasStale)
        notifyAll();
    else
        announceChange();
}

int StoreCore::staleTime() const
{
    const Lock lock(m_mutex);
    return m_staleTime;
}

void StoreCore::setStaleTime(int milliseconds)
{
    const Lock lock(m_mutex);
    if (m_confirmed.steady == 0)
        m_confirmed.steady = Clock::steady();
    m_staleTime = milliseconds;
    updateFreshness();
    notifyAll();
}

void StoreCore::announce()
{
    const Lock lock(m_mutex);
    notifyAll();
}

int StoreCore::addView(Kind kind, const KeyFields &fields, Listener listener)
{
    const Lock lock(m_mutex);
    const int id = ++m_lastView;
    const auto added = m_views.insert({id, {kind, fields, std::move(listener)}}).first;
    auto removal = qScopeGuard([this, added] { m_views.erase(added); }); // if memory runs out
    if (m_isOpen && m_contents.sharesTable(kind, fields))
        m_contents.addView(id, kind, fields);
    else if (m_isOpen)
        enqueue(std::make_unique<Build>());
    if (!tryNotify(id, added->second)) {
        m_areNotified = false;
        updateFreshness();
    }
    removal.dismiss();
    return id;
}

void StoreCore::removeView(int id)
{
    decltype(m_contents.takeView(id)) view; // destroyed without the lock
    const Lock lock(m_mutex);
    view = m_contents.takeView(id);
    m_views.erase(id);
}

void StoreCore::enqueue(std::unique_ptr<Build> build)
{
    m_builds.push_back(std::move(build));
    if (m_isBuilding)
        return;
    try {
        m_pool->run([self = shared_from_this()] { self->run(); });
    } catch (const std::bad_alloc &) {
        m_builds.pop_back();
        throw;
    }
    m_isBuilding = true;
}

bool StoreCore::needsBuild() const
{
    return m_contents.needsMerge()
           || std::any_of(m_views.begin(), m_views.end(),
                          [this](const auto &entry) { return !m_contents.view(entry.first); });
}

// If memory runs out, the next change or confirmation tries again.
void StoreCore::enqueueMissing() noexcept
{
    if (!m_isOpen || !m_builds.empty() || !needsBuild())
        return;
    try {
        enqueue(std::make_unique<Build>());
    } catch (const std::bad_alloc &) {
        return;
    }
}

// Called on the loading pool. If the store is closed, only ends the builds.
void StoreCore::run()
{
    Lock lock(m_mutex);
    while (!m_builds.empty()) {
        Problem error;
        try {
            if (m_isOpen)
                make(*m_builds.front(), lock);
        } catch (const std::bad_alloc &) {
            if (!lock.owns_lock())
                lock.lock();
            error = outOfMemory();
        }
        try {
            finish(m_isOpen && !error, error, lock);
        } catch (const std::bad_alloc &) { // the domains learn of the build after the next one
            if (!lock.owns_lock())
                lock.lock();
            m_error = outOfMemory();
        }
    }
    m_isBuilding = false;
}

// Installs the contents, unless the store is closed meanwhile.
void StoreCore::make(Build &build, Lock &lock)
{
    if (!build.records)
        build.changes.clear(); // the contents in force include them
    StoreContents current = m_contents;
    const std::map<int, Listening> views = m_views;
    lock.unlock();
    StoreContents next = build.records ? StoreContents(*build.records) : current.merged();
    for (const auto &[id, view] : views) {
        if (!next.view(id))
            next.addView(id, view.kind, view.fields);
    }
    lock.lock();
    applyChanges(build, next, lock);
    if (!m_isOpen)
        return;
    build.former = install(std::move(next));
}

// Applies most changes without the lock.
void StoreCore::applyChanges(Build &build, StoreContents &contents, Lock &lock) const
{
    const auto isLittle = [](const std::vector<Records> &changes) {
        qsizetype records = 0;
        for (const Records &change : changes)
            records += change->count();
        return changes.size() <= FewChanges && records <= FewRecords;
    };
    for (int round = 0; round < MostRounds && m_isOpen && !isLittle(build.changes); ++round) {
        const std::vector<Records> changes = std::exchange(build.changes, {});
        lock.unlock();
        for (const Records &change : changes)
            contents.apply(*change);
        lock.lock();
    }
    for (const Records &change : std::exchange(build.changes, {}))
        contents.apply(*change);
}

// Adds and removes views as was done to the contents in force while the new ones were made. A view
// that needs a table of its own is left to a build.
void StoreCore::updateViews(StoreContents *contents) const
{
    contents->removeViewsIf([this](int id) { return m_views.find(id) == m_views.end(); });
    for (const auto &[id, view] : m_views) {
        if (!contents->view(id) && contents->sharesTable(view.kind, view.fields))
            contents->addView(id, view.kind, view.fields);
    }
}

StoreContents StoreCore::install(StoreContents &&contents)
{
    updateViews(&contents);
    StoreContents former = std::exchange(m_contents, std::move(contents));
    ++m_version;
    return former;
}

// Ends the first build: its contents are in force in all domains, or in none.
void StoreCore::finish(bool succeeded, const Problem &error, Lock &lock)
{
    const std::unique_ptr<Build> build = std::move(m_builds.front());
    m_builds.pop_front();
    const bool wasReady = m_isReady;
    const bool wasReplaced = m_isReplaced;
    const Confirmation wasConfirmed = m_confirmed;
    if (build->records && m_isOpen) {
        m_isReady |= succeeded;
        m_isReplaced |= succeeded;
        m_error = error;
        if (succeeded)
            setConfirmed(build->confirmation);
    }
    if (!notifyAll() && succeeded) {
        succeeded = false;
        std::swap(m_contents, *build->former);
        m_isReady = wasReady;
        m_isReplaced = wasReplaced;
        m_confirmed = wasConfirmed;
        m_error = outOfMemory();
        announceChange();
    }
    if (succeeded)
        enqueueMissing();
    // Whoever waits for the future may use the store.
    lock.unlock();
    if (build->records) {
        build->promise.addResult(succeeded);
        build->promise.finish();
    }
    build->records.reset();
    build->former.reset();
    lock.lock();
}

auto StoreCore::Confirmation::now() -> Confirmation
{
    return {Clock::wallMilliseconds(), Clock::steady()};
}

void StoreCore::setConfirmed(const Confirmation &confirmation)
{
    if (m_confirmed.milliseconds != 0 && m_confirmed.steady > confirmation.steady)
        return; // confirmed since
    m_confirmed = confirmation;
    m_freshness->setConfirmedAt(confirmation.steady);
    updateFreshness();
}

void StoreCore::updateFreshness()
{
    qint64 staleAt = Freshness::Never;
    if (!m_areNotified)
        staleAt = 0;
    else if (m_staleTime >= 0)
        staleAt = m_confirmed.steady + m_staleTime * Clock::NanosecondsPerMillisecond;
    m_freshness->setStaleAt(staleAt);
}

// If memory runs out, some domains have other contents than others. All of them are stale then,
// until all have been notified.
bool StoreCore::notifyAll() noexcept
{
    m_areNotified = std::all_of(m_views.begin(), m_views.end(), [this](const auto &entry) {
        return tryNotify(entry.first, entry.second);
    });
    updateFreshness();
    announceChange();
    return m_areNotified;
}

bool StoreCore::tryNotify(int id, const Listening &view) const noexcept
{
    try {
        notify(id, view);
    } catch (const std::bad_alloc &) {
        return false;
    }
    return true;
}

// If memory runs out, the properties have changed without a signal.
void StoreCore::announceChange() const noexcept
{
    try {
        m_changed();
    } catch (const std::bad_alloc &) {
        return;
    }
}

void StoreCore::notify(int id, const Listening &view) const
{
    Content content;
    content.isOpen = m_isOpen;
    content.isSettling = !m_isReplaced
                         && std::any_of(m_builds.begin(), m_builds.end(),
                                        [](const auto &build) { return bool(build->records); });
    const bool isInForce = m_isOpen && m_isReady;
    if (const StoreContents::View *const tables = isInForce ? m_contents.view(id) : nullptr) {
        content.keys = tables->keys;
        content.users = tables->users;
        content.hasUserMetadata = tables->users && tables->tables.hasFields();
        content.problems = tables->problems;
    }
    view.listener(content);
}

} // namespace QZap::Internal
