// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_INOTIFY_H
#define QZAP_CREDENTIALS_WATCHING_INOTIFY_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include "base/filedescriptor.h"

#    include <QtCore/qbytearray.h>

#    include <functional>
#    include <memory>

#    include <sys/inotify.h>

namespace QZap::Internal {

// The events of the steps of a path. In directories, changes of other entries must not wake the
// process.
inline constexpr quint32 SelfMask = IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW;
// Replacing or removing a link changes its link count.
inline constexpr quint32 LinkMask = SelfMask | IN_ATTRIB;
inline constexpr quint32 DirectoryMask = SelfMask | IN_ONLYDIR;
inline constexpr quint32 StepMask = DirectoryMask | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB;
// A path that keeps changing while it is walked is continued with the next event.
inline constexpr int MaximumWalks = 5;

// An inotify descriptor that never blocks.
class Inotify
{
public:
    struct Event
    {
        int watch;    // -1 if the queue has overflowed
        quint32 mask; // IN_...
        QByteArrayView name;
    };
    using Handler = std::function<void(const Event &)>;

    // The maximum number of bytes that are read at once, before the event loop continues.
    static constexpr qsizetype ReadSize = 0x10000;

    Inotify();
    ~Inotify();
    Q_DISABLE_COPY_MOVE(Inotify)

    bool isValid() const { return m_descriptor.isValid(); }
    // Returns the errno that explains why there is no descriptor.
    int error() const { return m_error; }
    int descriptor() const { return m_descriptor.get(); }

    // Adds a watch and returns it, or a negative errno. The mask is added to that of an existing
    // watch.
    int add(const QByteArray &path, quint32 mask);
    void remove(int watch);
    // Passes pending events to the handler, up to ReadSize bytes.
    void read(const Handler &handler);

    static void parse(QByteArrayView bytes, const Handler &handler);

private:
    // Allocated once: reading must not fail because memory has run out.
    const std::unique_ptr<char[]> m_buffer;
    FileDescriptor m_descriptor;
    int m_error = 0;
};

} // namespace QZap::Internal

#endif // Q_OS_LINUX

#endif // QZAP_CREDENTIALS_WATCHING_INOTIFY_H
