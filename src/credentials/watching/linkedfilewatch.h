// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_LINKEDFILEWATCH_H
#define QZAP_CREDENTIALS_WATCHING_LINKEDFILEWATCH_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include "base/sortedset.h"
#    include "credentials/watching/inotifyhub.h"
#    include "credentials/watching/pathroute.h"

#    include <QtCore/qbytearray.h>
#    include <QtCore/qmap.h>

#    include <functional>
#    include <memory>

namespace QZap::Internal {

// Watches files whose changes cause no event in their directory: each step of a symbolic link and
// its target, or the inode of a file with several names.
//
// If memory runs out, it throws std::bad_alloc. After setStale(), it reports all files as changed.
class LinkedFileWatch
{
public:
    // The maximum number of files: each may need several watches, which are limited.
    static constexpr qsizetype Maximum = 1024;

    // Called with the name of a file that has changed, as indicated by IN_MODIFY and
    // IN_CLOSE_WRITE.
    using Changed = std::function<void(const QByteArray &name, quint32 mask)>;

    explicit LinkedFileWatch(Changed changed);
    ~LinkedFileWatch();
    Q_DISABLE_COPY_MOVE(LinkedFileWatch)

    // Sets the hub to watch with. The function is called after each batch of events, and must call
    // finishEvents().
    void setHub(std::shared_ptr<InotifyHub> hub, std::function<void()> handled);
    // Watches exactly the files of these names in the directory, whose path must have no links. A
    // file that was not watched before is reported as changed, since changes may have been missed.
    // A file that cannot be watched is reported once, and again if its path leads elsewhere.
    void follow(const QByteArray &directory, const NameSet &names);
    // Watches the links that have changed, and reports their files.
    void finishEvents();
    // Call this when changes may have been missed. Does not throw.
    void setStale();
    // Checks whether the links lead elsewhere, which mounts change without an event, and reports
    // the files of those that do.
    void lookAgain();

    // Returns whether some files are not watched because there are too many, or no watch is left.
    bool isIncomplete() const { return m_isIncomplete; }
    // Returns whether some files are on a file system that does not report changes, or behind
    // directories that cannot be read and therefore not be watched.
    bool isSilent() const { return m_isSilent; }
    // Returns whether a file system has failed to answer: call lookAgain() later.
    bool isUncertain() const { return m_isUncertain; }

private:
    // The purpose of a watch for one of the files.
    struct Use
    {
        bool isWay = false; // an event without a name means that the path may lead elsewhere
        bool isEnd = false; // an event without a name concerns the file
        NameSet names;      // that are part of the path
    };
    struct Entry
    {
        PathRoute route;
        SortedSet<int> watches;
        bool isWatched = false; // completely
        bool isSilent = false;
        bool isStale = false;
    };
    using Uses = QMap<QByteArray, Use>; // by the file's name

    QByteArray pathOf(const QByteArray &name) const { return m_directory + '/' + name; }
    void handle(const Inotify::Event &event);
    void handleFor(const QByteArray &name, const Use &use, const Inotify::Event &event);
    void watch(const QByteArray &name);
    // Sets the watches of the new entry, and adds them to those of the current one.
    void watchRoute(const QByteArray &name, Entry *fresh, Entry *current);
    void unwatch(const QByteArray &name, const Entry &entry);
    void update();

    const Changed m_changed;
    std::shared_ptr<InotifyHub> m_hub;
    InotifyHub::Listener m_listener;
    QByteArray m_directory;
    NameSet m_wanted;
    QMap<QByteArray, Entry> m_entries;
    QMap<int, Uses> m_uses;                      // by the watch
    std::unique_ptr<InotifyHub::User> m_inotify; // null without files
    bool m_isIncomplete = false;
    bool m_isSilent = false;
    bool m_isUncertain = false;
};

} // namespace QZap::Internal

#endif // Q_OS_LINUX

#endif // QZAP_CREDENTIALS_WATCHING_LINKEDFILEWATCH_H
