// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_FILEDESCRIPTOR_H
#define QZAP_BASE_FILEDESCRIPTOR_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_UNIX
#    include <unistd.h>

#    include <utility>

namespace QZap::Internal {

// Owns a file descriptor.
class FileDescriptor
{
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int descriptor)
        : m_descriptor(descriptor)
    { }
    FileDescriptor(const FileDescriptor &) = delete;
    FileDescriptor &operator=(const FileDescriptor &) = delete;
    FileDescriptor(FileDescriptor &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
    { }
    FileDescriptor &operator=(FileDescriptor &&other) noexcept
    {
        FileDescriptor moved(std::move(other));
        std::swap(m_descriptor, moved.m_descriptor);
        return *this;
    }
    ~FileDescriptor() { reset(); }

    bool isValid() const { return m_descriptor >= 0; }
    int get() const { return m_descriptor; }
    void reset()
    {
        // Not repeated after EINTR: Linux has closed the descriptor, and another thread may already
        // use its number.
        if (m_descriptor >= 0)
            ::close(std::exchange(m_descriptor, -1));
    }

private:
    int m_descriptor = -1;
};

} // namespace QZap::Internal

#endif // Q_OS_UNIX

#endif // QZAP_BASE_FILEDESCRIPTOR_H
