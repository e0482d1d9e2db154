// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_WATCHBACKEND_H
#define QZAP_CREDENTIALS_WATCHING_WATCHBACKEND_H

#include "base/sortedset.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <functional>
#include <optional>

namespace QZap::Internal {

enum class PathKind {
    Directory, // all names in the directory
    File,      // only this name
};

struct PathChanges
{
    NameSet names;
    bool everything = false; // the names are unknown
    NameSet open;            // all files that were written to and not closed since

    bool isEmpty() const { return names.isEmpty() && !everything; }
};

// The interface to a system's reports of changes, on the event loop of the owner's thread. It
// collects changes until they are taken.
class WatchBackend
{
public:
    struct Listener
    {
        // Called once for each batch of events.
        std::function<void()> changed;
        std::function<void(const QString &)> failed;
    };

    virtual ~WatchBackend() = default;

    // Reads all pending events, and returns whether any of them is relevant.
    virtual bool readEvents() = 0;
    // Called when the thread has a new event dispatcher: registrations with the previous one are
    // lost.
    virtual void resume() = 0;
    // Returns the files that have changed since the last call, and those that are open for writing.
    // A file that was open and is now treated as closed has changed as well.
    [[nodiscard]] virtual PathChanges takeChanges() = 0;
    // Returns the files that are open for writing.
    virtual NameSet openNames() const = 0;
    // Returns when open files will be treated as closed, by a SteadyClock.
    virtual std::optional<qint64> due() const = 0;
    // Also watches files that may change without an event in their directory, by their names:
    // links, and files with several names.
    virtual void follow(const NameSet &names) = 0;
    // Checks whether the path leads elsewhere: no event reports that a file system was mounted on
    // the path, or unmounted from it.
    virtual void lookAgain() = 0;
    // Returns whether changes may go unnoticed.
    virtual bool isBlind() const = 0;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_WATCHBACKEND_H
