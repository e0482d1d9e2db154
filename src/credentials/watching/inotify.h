// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_INOTIFY_H
#define QZAP_CREDENTIALS_WATCHING_INOTIFY_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include "base/filedescriptor.h"

#    include <QtCore/qbytearray.h>

#    include <functional>

namespace QZap::Internal {

// An inotify descriptor that never blocks.
class Inotify
{
public:
    struct Event
    {
        int watch;    // -1 where the queue has overflowed
        quint32 mask; // IN_...
        QByteArrayView name;
    };
    using Handler = std::function<void(const Event &)>;

    // What is read at once: the event loop has its turn before the rest.
    static constexpr qsizetype ReadSize = 0x10000;

    Inotify();
    ~Inotify();
    Q_DISABLE_COPY_MOVE(Inotify)

    bool isValid() const { return m_descriptor.isValid(); }
    // Why there is none, as errno says it.
    int error() const { return m_error; }
    int descriptor() const { return m_descriptor.get(); }

    // The watch, or an errno as a negative number. One that is there already gets the mask as well.
    int add(const QByteArray &path, quint32 mask);
    void remove(int watch);
    // Hands out what is there, up to ReadSize bytes of it.
    void read(const Handler &handler);

    static void parse(QByteArrayView bytes, const Handler &handler);

private:
    FileDescriptor m_descriptor;
    int m_error = 0;
};

} // namespace QZap::Internal

#endif // Q_OS_LINUX

#endif // QZAP_CREDENTIALS_WATCHING_INOTIFY_H
