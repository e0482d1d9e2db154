// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_LINKEDFILEWATCH_H
#define QZAP_CREDENTIALS_WATCHING_LINKEDFILEWATCH_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include "base/sortedset.h"
#    include "credentials/watching/inotify.h"
#    include "credentials/watching/pathroute.h"

#    include <QtCore/qbytearray.h>
#    include <QtCore/qmap.h>

#    include <functional>
#    include <memory>

class QObject;
class QSocketNotifier;

namespace QZap::Internal {

// Watches what no event in a file's directory reports: each step of a symbolic link and its target,
// or the inode of a file with several names. It has an inotify descriptor of its own while there
// are such files.
class LinkedFileWatch
{
public:
    // Each may need several watches, which are limited.
    static constexpr qsizetype Maximum = 1024;

    struct Listener
    {
        // The file of this name has changed, as indicated by IN_MODIFY and IN_CLOSE_WRITE.
        std::function<void(const QByteArray &name, quint32 mask)> changed;
        // There are events to read.
        std::function<void()> readable;
    };

    LinkedFileWatch(QObject *owner, Listener listener);
    ~LinkedFileWatch();
    Q_DISABLE_COPY_MOVE(LinkedFileWatch)

    // Watches exactly the files of these names in the directory, whose path must have no links. A
    // file that was not watched before is reported as changed, since changes may have been missed.
    void follow(const QByteArray &directory, const NameSet &names);
    // Reports the changes until now.
    void readEvents();
    void resume();

    // Whether some files are not watched because there are too many, or no watch is left.
    bool isIncomplete() const { return m_isIncomplete; }
    // Whether some files are on a file system that reports no changes.
    bool isSilent() const { return m_isSilent; }

private:
    // What a watch means for one of the files.
    struct Use
    {
        bool isWay = false;     // an event without a name: the path may lead elsewhere now
        bool isEnd = false;     // an event without a name is about the file
        NameSet names; // that are part of the path
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

    bool open();
    QByteArray pathOf(const QByteArray &name) const { return m_directory + '/' + name; }
    void handle(const Inotify::Event &event);
    void handleFor(const QByteArray &name, const Use &use, const Inotify::Event &event);
    void watch(const QByteArray &name);
    void watchRoute(const QByteArray &name, Entry *entry);
    void unwatch(const QByteArray &name, const Entry &entry);
    void update();

    QObject *const m_owner;
    const Listener m_listener;
    QByteArray m_directory;
    NameSet m_wanted;
    QMap<QByteArray, Entry> m_entries;
    QMap<int, Uses> m_uses; // by the watch
    std::unique_ptr<Inotify> m_inotify;
    std::unique_ptr<QSocketNotifier> m_notifier; // deleted before the descriptor is closed
    bool m_isIncomplete = false;
    bool m_isSilent = false;
};

} // namespace QZap::Internal

#endif // Q_OS_LINUX

#endif // QZAP_CREDENTIALS_WATCHING_LINKEDFILEWATCH_H
