// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/inotify.h"

#ifdef Q_OS_LINUX
#    include "base/workerpool.h"

#    include <cerrno>
#    include <cstring>
#    include <utility>

#    include <sys/inotify.h>
#    include <unistd.h>

namespace QZap::Internal {

Inotify::Inotify()
    : m_buffer(std::make_unique<char[]>(static_cast<std::size_t>(ReadSize)))
    , m_descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC))
{
    if (!m_descriptor.isValid())
        m_error = errno;
}

Inotify::~Inotify()
{
    // Closing takes milliseconds, until the kernel has released all watches, so it is not done on
    // an event loop.
    if (m_descriptor.isValid())
        WorkerPool::release(std::move(m_descriptor));
}

int Inotify::add(const QByteArray &path, quint32 mask)
{
    const int watch = ::inotify_add_watch(m_descriptor.get(), path.constData(), mask | IN_MASK_ADD);
    return watch < 0 ? -errno : watch;
}

void Inotify::remove(int watch)
{
    // The kernel may already have removed the watch.
    (void)::inotify_rm_watch(m_descriptor.get(), watch);
}

void Inotify::read(const Handler &handler)
{
    ssize_t size = 0;
    do {
        size = ::read(m_descriptor.get(), m_buffer.get(), static_cast<std::size_t>(ReadSize));
    } while (size < 0 && errno == EINTR);
    if (size > 0)
        parse(QByteArrayView(m_buffer.get(), static_cast<qsizetype>(size)), handler);
}

void Inotify::parse(QByteArrayView bytes, const Handler &handler)
{
    constexpr auto HeaderSize = static_cast<qsizetype>(sizeof(inotify_event));
    while (bytes.size() >= HeaderSize) {
        inotify_event header = {};
        std::memcpy(&header, bytes.data(), sizeof header);
        const auto nameSize = static_cast<qsizetype>(header.len);
        if (nameSize > bytes.size() - HeaderSize)
            return;
        // The name is padded with zeros.
        const QByteArrayView padded = bytes.sliced(HeaderSize, nameSize);
        const qsizetype end = padded.indexOf('\0');
        handler({header.wd, header.mask, end < 0 ? padded : padded.first(end)});
        bytes = bytes.sliced(HeaderSize + nameSize);
    }
}

} // namespace QZap::Internal

#endif // Q_OS_LINUX
