// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/inotifywatch.h"

#ifdef Q_OS_LINUX
#    include "credentials/watching/filewriters.h"
#    include "credentials/watching/silentfilesystem.h"

#    include <QtCore/qdir.h>
#    include <QtCore/qfile.h>
#    include <QtCore/qscopeguard.h>

#    include <algorithm>
#    include <cerrno>
#    include <cstdlib>
#    include <memory>
#    include <new>
#    include <utility>

#    include <sys/inotify.h>
#    include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr quint32 TargetMask = StepMask | IN_MODIFY | IN_CLOSE_WRITE;

// Each check takes a few system calls on the event loop.
constexpr int MaximumFileChecks = 256;

// Returns whether adding a watch failed because the path no longer exists, or one of its parents is
// no longer a directory.
bool isGone(int watch)
{
    return watch == -ENOENT || watch == -ENOTDIR;
}

QString errorText(const QString &path, int error)
{
    QString what;
    switch (error) {
    case EMFILE:
        what = u"no inotify instance is left; raise fs.inotify.max_user_instances, or this "
               "process's limit of open files"_s;
        break;
    case ENFILE:
        what = u"no open file is left in the system; raise fs.file-max"_s;
        break;
    case ENOSPC:
        what = u"no inotify watch is left; raise fs.inotify.max_user_watches"_s;
        break;
    case EACCES:
        what = u"permission denied; make its directory readable for this user"_s;
        break;
    default:
        what = qt_error_string(error);
        break;
    }
    return u"%1: cannot be watched, so changes are noticed some seconds late: %2"_s.arg(path, what);
}

QString silentText(const QString &path)
{
    return u"%1: is on a file system that does not report changes, so they are noticed some "
           "seconds late"_s.arg(path);
}

QString incompleteText(const QString &path)
{
    return u"%1: not all links, and files with several names, can be watched (at most %2 are), so "
           "that changes of others are noticed a minute late; raise fs.inotify.max_user_watches if "
           "there are fewer"_s.arg(path, QString::number(LinkedFileWatch::Maximum));
}

} // namespace

InotifyWatch::InotifyWatch(const QString &path, PathKind kind, QObject *owner, Listener listener,
                           SteadyClock clock, qint64 quietPeriod)
    : m_path(QDir::current().absoluteFilePath(path))
    , m_kind(kind)
    , m_listener(std::move(listener))
    , m_owner(owner)
    , m_retry(owner, [this] { retry(); })
    , m_clock(clock)
    , m_open(quietPeriod)
    , m_links([this](const QByteArray &name, quint32 mask) { handleLinked(name, mask); })
{
    const QByteArray encoded = QFile::encodeName(m_path);
    m_ownName = encoded.sliced(encoded.lastIndexOf('/') + 1);
    open();
    if (m_isRouteStale)
        m_listener.changed();
    findWriter();
}

InotifyWatch::~InotifyWatch() = default;

void InotifyWatch::open()
{
    auto hub = InotifyHub::take(m_owner);
    if (!hub->isValid()) {
        reportError(hub->error());
        m_retry.schedule();
        return;
    }
    m_isRouteStale = true;
    const auto finish = [this] {
        if (!m_isReading && finishEvents())
            m_listener.changed();
    };
    m_inotify = std::make_unique<InotifyHub::User>(
        hub, InotifyHub::Listener{[this](const Inotify::Event &event) { handle(event); }, finish});
    m_links.setHub(std::move(hub), finish);
    watchPath();
}

void InotifyWatch::retry()
{
    try {
        if (m_inotify) {
            lookAgain();
            return;
        }
        open();
        if (!m_inotify)
            return;
        // Changes may have been missed meanwhile.
        setPathChanged();
    } catch (const std::bad_alloc &) {
        setEverythingLost();
        m_retry.schedule();
    }
    m_listener.changed();
}

void InotifyWatch::updateRetry()
{
    if (m_route.isUncertain || m_links.isUncertain())
        m_retry.schedule();
    else
        m_retry.reset();
}

void InotifyWatch::resume()
{
    if (m_inotify)
        m_inotify->hub().resume();
}

bool InotifyWatch::readEvents()
{
    if (!m_inotify)
        return false;
    m_hasNews = false;
    m_isReading = true;
    const auto guard = qScopeGuard([this] { m_isReading = false; });
    m_inotify->hub().read();
    return finishEvents();
}

bool InotifyWatch::finishEvents()
{
    try {
        m_links.finishEvents();
        updateRetry();
        if (m_isRouteStale) {
            const PathRoute before = m_route;
            watchPath();
            if (m_isRouteStale || m_route != before)
                setPathChanged();
        }
    } catch (const std::bad_alloc &) {
        setEverythingLost();
    }
    return std::exchange(m_hasNews, false);
}

void InotifyWatch::setEverythingLost()
{
    m_isEverythingChanged = true;
    m_isRouteStale = true;
    m_hasNews = true;
    m_links.setStale();
}

void InotifyWatch::handle(const Inotify::Event &event)
{
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        setEverythingLost();
        return;
    }
    const auto role = m_roles.constFind(event.watch);
    if (role == m_roles.cend())
        return; // no longer watched
    // An event without a name concerns the watched object itself, which is part of the path.
    if (event.name.isEmpty() || role->steps.contains(event.name.toByteArray())) {
        setPathChanged();
        m_isRouteStale = true;
    }
    if (role->isTarget && !event.name.isEmpty())
        handleName(event.name, event.mask);
}

void InotifyWatch::handleName(QByteArrayView name, quint32 mask)
{
    if (m_kind == PathKind::File) {
        if (name != m_route.name)
            return;
        // The entry may now be a link to a different place.
        if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0)
            m_isRouteStale = true;
    }
    const QByteArray key = m_kind == PathKind::File ? m_ownName : name.toByteArray();
    const bool isHidden = isHiddenName(key);
    if (isHidden && (mask & IN_MODIFY) != 0)
        return; // hidden: not read by this name
    m_hasNews = true;
    auto change = m_changes.find(key);
    if (change == m_changes.end())
        change = m_changes.insert(key, {(mask & IN_CREATE) != 0, false, false});
    if ((mask & IN_CREATE) != 0) {
        change->isGone = false;
        // A link is complete when it is created, but a file is closed later. Which of the two it is
        // will be checked later.
        change->isClosed = (mask & IN_ISDIR) != 0;
    }
    if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) {
        change->isGone = false;
        change->isClosed = true;
    }
    if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
        change->isGone = true;
        change->isClosed = true;
    }
    if (!isHidden)
        noteWriter(key, mask);
}

// Returns whether the name is hidden, and therefore not read in a directory.
bool InotifyWatch::isHiddenName(const QByteArray &name) const
{
    return m_kind == PathKind::Directory && name.startsWith('.');
}

void InotifyWatch::noteWriter(const QByteArray &name, quint32 mask)
{
    if ((mask & (IN_CLOSE_WRITE | IN_MOVE | IN_ISDIR)) != 0)
        m_open.setClosed(name);
    else if ((mask & (IN_CREATE | IN_MODIFY)) != 0
             || ((mask & IN_DELETE) != 0 && m_open.contains(name)))
        m_open.setModified(name, m_clock());
}

void InotifyWatch::handleLinked(const QByteArray &linkedName, quint32 mask)
{
    const QByteArray name = m_kind == PathKind::File ? m_ownName : linkedName;
    if (!m_changes.contains(name))
        m_changes.insert(name, {false, true, false});
    m_hasNews = true;
    noteWriter(name, mask);
}

QByteArray InotifyWatch::pathOf(const QByteArray &name) const
{
    return m_route.directory + '/' + (m_kind == PathKind::File ? m_route.name : name);
}

// Checks whether the file is open for writing: there is no event if it was opened before it was
// watched.
void InotifyWatch::findWriter()
{
    if (m_kind == PathKind::File && !m_route.directory.isEmpty()
        && writersOf(pathOf(m_ownName)) == Writers::Some)
        m_open.setModified(m_ownName, m_clock());
}

void InotifyWatch::lookAgain()
{
    if (!m_inotify)
        return;
    const PathRoute before = m_route;
    watchPath();
    m_links.lookAgain();
    updateRetry();
    if (m_isRouteStale || m_route != before)
        setPathChanged();
    if (m_hasNews)
        m_listener.changed();
}

void InotifyWatch::setPathChanged()
{
    m_isEverythingChanged = true;
    m_hasNews = true;
    findWriter();
}

PathChanges InotifyWatch::takeChanges()
{
    // If memory runs out, everything has changed.
    const bool isEverythingChanged = std::exchange(m_isEverythingChanged, true);
    PathChanges result;
    result.everything = isEverythingChanged;
    result.names = m_open.takeQuiet(m_clock());
    QMap<QByteArray, Change> unfinished;
    int checks = 0;
    for (auto change = m_changes.cbegin(); change != m_changes.cend(); ++change) {
        const QByteArray &name = change.key();
        if (!isHiddenName(name)) {
            result.names.insert(name);
            if (m_open.contains(name) && ++checks <= MaximumFileChecks && isClosed(name))
                m_open.setClosed(name);
        } else if (!change->isClosed && ++checks <= MaximumFileChecks && isUnfinished(name)) {
            unfinished.insert(name, *change);
        } else if (!change->isNew || !change->isGone) {
            // Other names may be links through this hidden name, unless it is a temporary file.
            result.everything = true;
        }
    }
    if (result.everything)
        result.names.clear();
    result.open = m_open.names();
    if (m_isRouteStale)
        m_listener.changed(); // tries again
    m_changes = std::move(unfinished);
    m_isEverythingChanged = false;
    return result;
}

// Used if there was no close event: the file may have been truncated by its path.
bool InotifyWatch::isClosed(const QByteArray &name) const
{
    const QByteArray path = pathOf(name);
    struct stat status = {};
    if (::stat(path.constData(), &status) != 0)
        return false; // removed, but possibly still open
    if (!S_ISREG(status.st_mode))
        return true;
    const std::unique_ptr<char, decltype(&std::free)> end(::realpath(path.constData(), nullptr),
                                                          &std::free);
    return end && writersOf(end.get()) == Writers::None;
}

bool InotifyWatch::isUnfinished(const QByteArray &name) const
{
    const QByteArray path = pathOf(name);
    struct stat status = {};
    // A file with several names may be closed by a different name.
    if (::lstat(path.constData(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink > 1)
        return false;
    switch (writersOf(path)) {
    case Writers::None:
        return false;
    case Writers::Some:
        return true;
    case Writers::Unknown: // another user's file, or a file system without leases
        break;
    }
    return status.st_size == 0;
}

void InotifyWatch::watchPath()
{
    m_isRouteStale = true; // even if memory runs out
    const QByteArray path = QFile::encodeName(m_path);
    // Changes before the watches were added are found by walking the path again.
    for (int walks = 0; walks < MaximumWalks; ++walks) {
        PathRoute route = findRoute(path, m_kind);
        if (walks > 0 && route == m_route) {
            m_isRouteStale = false;
            return;
        }
        if (route.directory != m_route.directory || route.inode != m_route.inode) {
            m_changes.clear(); // these belong to a different directory
            m_open.clear();
        }
        m_route = std::move(route);
        watchRoute();
    }
}

void InotifyWatch::watchRoute()
{
    QMap<int, Role> roles;
    int error = 0;
    bool isRefused = false; // the last watch, by the permissions of the directory
    const auto watch = [&](const QByteArray &path, quint32 mask) -> Role * {
        const int result = m_inotify->add(path, mask);
        const bool wasRefused = std::exchange(isRefused, result == -EACCES);
        if (result >= 0)
            return &roles[result];
        // Neither this directory nor the one in it reports that the latter is renamed.
        if (isRefused && wasRefused)
            error = EACCES;
        if (result == -ENOSPC || result == -ENOMEM)
            error = -result;
        else if (!isGone(result) && path == m_route.directory && error == 0)
            error = -result;
        return nullptr; // removed meanwhile, or not readable by this user
    };

    if (!m_route.directory.isEmpty()) {
        if (Role *role = watch(m_route.directory, TargetMask))
            role->isTarget = true;
    }
    // The removal of a directory that is still in use is reported only by its parent. The last step
    // of a file is in the target itself.
    const bool isFound = !m_route.directory.isEmpty();
    int steps = isFound && m_kind == PathKind::Directory ? 1 : 2;
    for (auto step = m_route.steps.crbegin(); step != m_route.steps.crend(); ++step) {
        if (step->isLink()) {
            watch(step->path, LinkMask);
        } else if (steps-- > 0) {
            Role *const role = watch(step->path, StepMask);
            if (!role)
                steps = std::max(steps, 1); // not readable: its parent reports that it is renamed
            const bool isOwnName =
                isFound && m_kind == PathKind::File && step == m_route.steps.crbegin();
            if (role && !isOwnName)
                role->steps.insert(step->name);
        } else if (step->path != "/" && !watch(step->path, DirectoryMask)) {
            steps = 1;
        }
    }
    for (auto old = m_roles.cbegin(); old != m_roles.cend(); ++old) {
        if (!roles.contains(old.key()))
            m_inotify->remove(old.key());
    }
    m_roles = std::move(roles);
    m_isSilent = isOnSilentFileSystem(m_route);
    m_isBlind = error != 0 || m_isSilent;
    reportError(error);
    if (!m_linkedNames.isEmpty())
        followLinks();
    updateRetry();
}

void InotifyWatch::follow(const NameSet &names)
{
    m_linkedNames = names;
    followLinks();
    if (m_inotify)
        updateRetry();
}

void InotifyWatch::followLinks()
{
    NameSet names = m_linkedNames;
    if (m_kind == PathKind::File && !names.isEmpty())
        names = {m_route.name};
    if (m_route.directory.isEmpty())
        names.clear();
    const bool hadNews = std::exchange(m_hasNews, false);
    m_links.follow(m_route.directory, names);
    if (m_hasNews)
        m_listener.changed();
    m_hasNews = m_hasNews || hadNews;
    const bool isIncomplete = m_links.isIncomplete();
    if (isIncomplete && !m_areLinksIncomplete)
        m_listener.failed(incompleteText(m_path));
    m_areLinksIncomplete = isIncomplete;
}

bool InotifyWatch::isBlind() const
{
    return !m_inotify || m_isBlind || m_route.isUncertain || m_links.isSilent()
           || m_links.isUncertain();
}

void InotifyWatch::reportError(int error)
{
    QString text;
    if (error != 0)
        text = errorText(m_path, error);
    else if (m_isSilent)
        text = silentText(m_path);
    if (text != m_lastError && !text.isEmpty())
        m_listener.failed(text);
    m_lastError = text;
}

} // namespace QZap::Internal

#endif // Q_OS_LINUX
