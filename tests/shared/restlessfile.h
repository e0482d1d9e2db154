// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RESTLESSFILE_H
#define RESTLESSFILE_H

#include <QtCore/qbytearray.h>

#include <atomic>
#include <thread>
#include <utility>

#include <unistd.h>

// While an object exists, a thread of its own changes the size of a file by one byte and back as
// often as it can. Ends the program if that fails.
class RestlessFile
{
public:
    // The size must be even. The file has this size or one byte more.
    RestlessFile(QByteArray path, off_t size)
        : m_path(std::move(path))
        , m_writer([this, size]() mutable {
            for (; !m_ends; size ^= 1) {
                if (::truncate(m_path.constData(), size) != 0)
                    qFatal("cannot truncate");
            }
        })
    { }
    Q_DISABLE_COPY_MOVE(RestlessFile)
    ~RestlessFile()
    {
        m_ends = true;
        m_writer.join();
    }

private:
    const QByteArray m_path;
    std::atomic<bool> m_ends = false;
    std::thread m_writer; // started last
};

#endif // RESTLESSFILE_H
