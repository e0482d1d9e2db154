// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/linkedfilewatch.h"

#ifdef Q_OS_LINUX
#    include "credentials/watching/silentfilesystem.h"

#    include <algorithm>
#    include <cerrno>
#    include <iterator>
#    include <utility>

#    include <sys/inotify.h>

namespace QZap::Internal {

namespace {

constexpr quint32 FileMask =
    IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW;
// Changes of a file's contents.
constexpr quint32 ContentsMask = IN_MODIFY | IN_CLOSE_WRITE;

// Two steps are watched by name: the removal of a directory that is still in use is reported only
// by its parent.
constexpr int StepsByName = 2;

} // namespace

LinkedFileWatch::LinkedFileWatch(Changed changed)
    : m_changed(std::move(changed))
{ }

LinkedFileWatch::~LinkedFileWatch() = default;

void LinkedFileWatch::setHub(std::shared_ptr<InotifyHub> hub, std::function<void()> handled)
{
    m_listener = {[this](const Inotify::Event &event) { handle(event); }, std::move(handled)};
    m_hub = std::move(hub);
}

void LinkedFileWatch::follow(const QByteArray &directory, const NameSet &names)
{
    const bool isElsewhere = directory != m_directory;
    if (!isElsewhere && names == m_wanted && !m_isIncomplete)
        return;
    m_isIncomplete = true; // reset at the end, which is not reached if memory runs out
    m_directory = directory;
    m_wanted = names;
    const QList<QByteArray> known = m_entries.keys();
    for (const QByteArray &name : known) {
        if (isElsewhere || !names.contains(name))
            unwatch(name, m_entries.take(name));
    }
    if (names.isEmpty()) {
        m_inotify.reset();
    } else if (m_hub) {
        if (!m_inotify)
            m_inotify = std::make_unique<InotifyHub::User>(m_hub, m_listener);
        for (const QByteArray &name : names) {
            const auto entry = m_entries.constFind(name);
            const bool isKnown = entry != m_entries.cend();
            if (isKnown ? entry->isWatched : m_entries.size() >= Maximum)
                continue;
            const Entry before = isKnown ? *entry : Entry();
            watch(name);
            // A file that still cannot be watched is not news. Whoever reads it calls this function
            // again, so that it would be reported endlessly.
            const Entry &now = m_entries[name];
            if (!isKnown || before.isStale || now.isWatched || now.route != before.route)
                m_changed(name, 0);
        }
    }
    update();
}

void LinkedFileWatch::update()
{
    m_isIncomplete = m_entries.size() < m_wanted.size();
    m_isSilent = false;
    m_isUncertain = false;
    for (const Entry &entry : std::as_const(m_entries)) {
        m_isIncomplete = m_isIncomplete || !entry.isWatched;
        m_isSilent = m_isSilent || entry.isSilent;
        m_isUncertain = m_isUncertain || entry.route.isUncertain;
    }
}

void LinkedFileWatch::setStale()
{
    if (m_entries.isEmpty())
        return; // iterating would allocate memory
    for (Entry &entry : m_entries)
        entry.isStale = true;
}

void LinkedFileWatch::lookAgain()
{
    const QList<QByteArray> names = m_entries.keys();
    for (const QByteArray &name : names) {
        const PathRoute before = m_entries[name].route;
        watch(name);
        if (m_entries[name].route != before)
            m_changed(name, 0);
    }
    update();
}

void LinkedFileWatch::finishEvents()
{
    QList<QByteArray> stale;
    for (auto entry = m_entries.cbegin(); entry != m_entries.cend(); ++entry) {
        if (entry->isStale)
            stale.append(entry.key());
    }
    for (const QByteArray &name : std::as_const(stale)) {
        watch(name);
        m_changed(name, 0);
    }
    if (!stale.isEmpty())
        update();
}

void LinkedFileWatch::handle(const Inotify::Event &event)
{
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        setStale();
        return;
    }
    const auto uses = m_uses.constFind(event.watch);
    if (uses == m_uses.cend())
        return; // no longer watched
    for (auto use = uses->cbegin(); use != uses->cend(); ++use)
        handleFor(use.key(), *use, event);
}

void LinkedFileWatch::handleFor(const QByteArray &name, const Use &use, const Inotify::Event &event)
{
    if (event.name.isEmpty() && use.isEnd && (event.mask & ContentsMask) != 0)
        m_changed(name, event.mask & ContentsMask);
    else if (event.name.isEmpty() ? use.isWay || use.isEnd
                                  : use.names.contains(event.name.toByteArray()))
        m_entries[name].isStale = true;
}

// Changes before the watches were added are found by walking the path again.
void LinkedFileWatch::watch(const QByteArray &name)
{
    Entry &entry = m_entries[name];
    entry.isStale = true; // even if memory runs out
    for (int walks = 0; walks < MaximumWalks; ++walks) {
        PathRoute route = findRoute(pathOf(name), PathKind::File);
        if (walks > 0 && route == entry.route)
            break;
        Entry fresh;
        fresh.route = std::move(route);
        fresh.isStale = true;
        watchRoute(name, &fresh, &entry);
        Entry gone;
        gone.watches = entry.watches - fresh.watches;
        entry = std::move(fresh);
        unwatch(name, gone);
    }
    entry.isStale = false;
}

void LinkedFileWatch::watchRoute(const QByteArray &name, Entry *fresh, Entry *current)
{
    fresh->isWatched = true;
    bool isRefused = false; // the last watch, by the permissions of the directory
    const auto add = [&](const QByteArray &path, quint32 mask) -> Use * {
        const int watch = m_inotify->add(path, mask);
        const bool wasRefused = std::exchange(isRefused, watch == -EACCES);
        if (watch < 0) {
            // Neither this directory nor the one in it reports that the latter is renamed.
            fresh->isSilent = fresh->isSilent || (isRefused && wasRefused);
            fresh->isWatched = fresh->isWatched && watch != -ENOSPC && watch != -ENOMEM;
            return nullptr;
        }
        current->watches.insert(watch);
        Uses &uses = m_uses[watch];
        if (!fresh->watches.contains(watch))
            uses.remove(name);
        fresh->watches.insert(watch);
        return &uses[name];
    };
    const PathRoute &route = fresh->route;
    // The path of the directory, and the names in it, are watched by InotifyWatch.
    const auto start = std::find_if(route.steps.cbegin(), route.steps.cend(),
                                    [](const PathRoute::Step &step) { return step.isLink(); });
    int byName = StepsByName;
    for (auto step = route.steps.crbegin(); step != std::make_reverse_iterator(start); ++step) {
        if (step->isLink()) {
            if (Use *const use = add(step->path, LinkMask))
                use->isWay = true;
            byName = std::max(byName, 1); // watch the name of the next link
        } else if (byName-- > 0) {
            if (Use *const use = add(step->path, StepMask)) {
                use->isWay = true;
                use->names.insert(step->name);
            } else {
                byName = std::max(byName, 1); // not readable: its parent reports that it is renamed
            }
        } else if (step->path != "/") {
            if (Use *const use = add(step->path, DirectoryMask))
                use->isWay = true;
            else
                byName = 1;
        }
    }
    if (route.directory.isEmpty())
        return;
    const QByteArray end =
        route.directory == "/" ? '/' + route.name : route.directory + '/' + route.name;
    if (Use *const use = add(end, FileMask))
        use->isEnd = true;
    fresh->isSilent = fresh->isSilent || isOnSilentFileSystem(route) || isOnSilentFileSystem(end);
}

void LinkedFileWatch::unwatch(const QByteArray &name, const Entry &entry)
{
    for (const int watch : entry.watches) {
        const auto uses = m_uses.find(watch);
        if (uses == m_uses.end())
            continue;
        uses->remove(name);
        if (uses->isEmpty()) {
            m_uses.erase(uses);
            if (m_inotify)
                m_inotify->remove(watch);
        }
    }
}

} // namespace QZap::Internal

#endif // Q_OS_LINUX
