// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DESCRIPTORLIMIT_H
#define DESCRIPTORLIMIT_H

#include <QtCore/qglobal.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

// Limits how many further files this process can open while an object exists. Ends the program if
// that fails.
class DescriptorLimit
{
public:
    explicit DescriptorLimit(int further)
    {
        const int first = ::open("/", O_RDONLY | O_CLOEXEC);
        if (first < 0 || ::close(first) != 0 || ::getrlimit(RLIMIT_NOFILE, &m_before) != 0)
            qFatal("cannot count descriptors");
        rlimit limit = m_before;
        limit.rlim_cur = static_cast<rlim_t>(first) + static_cast<rlim_t>(further);
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
            qFatal("cannot limit descriptors");
    }
    Q_DISABLE_COPY_MOVE(DescriptorLimit)
    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &m_before); }

private:
    rlimit m_before = {};
};

#endif // DESCRIPTORLIMIT_H
