// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FILEOPENINGS_H
#define FILEOPENINGS_H

#include <QtCore/qfile.h>
#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include <poll.h>
#    include <sys/inotify.h>
#    include <unistd.h>

// Counts how often a file has been opened since this object was created. A program that waits for a
// QLockFile opens it in each attempt to find out its owner.
class FileOpenings
{
public:
    // The file must exist.
    explicit FileOpenings(const QString &file)
        : m_inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK))
    {
        if (::inotify_add_watch(m_inotify, QFile::encodeName(file).constData(), IN_OPEN) < 0)
            qFatal("cannot watch a file");
    }
    Q_DISABLE_COPY_MOVE(FileOpenings)
    ~FileOpenings() { ::close(m_inotify); }

    // Waits until the file has been opened this often. Returns false after ten seconds without an
    // opening.
    bool waitFor(int count)
    {
        // The events of a file contain no name, and equal events are merged until they are read.
        while (m_count < count) {
            pollfd waiting = {m_inotify, POLLIN, 0};
            inotify_event event = {};
            if (::poll(&waiting, 1, 10'000) != 1
                || ::read(m_inotify, &event, sizeof event) != sizeof event)
                return false;
            ++m_count;
        }
        return true;
    }

private:
    const int m_inotify;
    int m_count = 0;
};
#endif

#endif // FILEOPENINGS_H
