// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_WATCHBACKEND_H
#define QZAP_CREDENTIALS_WATCHING_WATCHBACKEND_H

#include <QtCore/qbytearray.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>

#include <functional>
#include <optional>

namespace QZap::Internal {

enum class PathKind {
    Directory, // all names in it
    File,      // this name alone
};

struct PathChanges
{
    QSet<QByteArray> names;
    bool everything = false; // the names cannot be known
    QSet<QByteArray> open;   // all files that have been written to and not closed since

    bool isEmpty() const { return names.isEmpty() && !everything; }
};

// How a system tells of changes. It does so on the event loop of the thread its owner lives in, and
// gathers what has changed until it is asked for it.
class WatchBackend
{
public:
    struct Listener
    {
        // Something has changed: once for each batch of events.
        std::function<void()> changed;
        std::function<void(const QString &)> failed;
    };

    virtual ~WatchBackend() = default;

    // Reads what has happened until now; true if something of it counts.
    virtual bool readEvents() = 0;
    // The thread has another event dispatcher now: what was registered with the former one is lost.
    virtual void resume() = 0;
    // What has changed since the last call, and what is open for writing. A file that was open and
    // counts as closed now has changed, too.
    [[nodiscard]] virtual PathChanges takeChanges() = 0;
    // The files that are open for writing.
    virtual QSet<QByteArray> openNames() const = 0;
    // When files that are open will count as closed, by a SteadyClock.
    virtual std::optional<qint64> due() const = 0;
    // Watches also those of the files, by their names, that may change without an event in their
    // directory: links, and files with several names.
    virtual void follow(const QSet<QByteArray> &names) = 0;
    // Whether changes may go unnoticed.
    virtual bool isBlind() const = 0;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_WATCHBACKEND_H
