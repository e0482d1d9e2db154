// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FAMINE_H
#define FAMINE_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_UNIX
#    include <sys/resource.h>
#    include <unistd.h>

#    include <vector>
#endif

#include <atomic>

// While it lives, the process gets no file descriptor beyond those that it has.
class Famine
{
public:
    static bool isHere() { return s_isHere; }

#ifdef Q_OS_UNIX
    Famine()
    {
        getrlimit(RLIMIT_NOFILE, &m_before);
        rlimit lower = m_before;
        // Not lower: poll() fails for more descriptors than that.
        lower.rlim_cur = qMin<rlim_t>(Limit, lower.rlim_cur);
        setrlimit(RLIMIT_NOFILE, &lower);
        for (int descriptor = dup(STDOUT_FILENO); descriptor >= 0; descriptor = dup(STDOUT_FILENO))
            m_taken.push_back(descriptor);
        s_isHere = true;
    }
    ~Famine()
    {
        s_isHere = false;
        for (const int descriptor : m_taken)
            close(descriptor);
        setrlimit(RLIMIT_NOFILE, &m_before);
    }
#endif
    Q_DISABLE_COPY_MOVE(Famine)

private:
    static inline std::atomic<bool> s_isHere{false};
#ifdef Q_OS_UNIX
    static constexpr rlim_t Limit = 256;

    rlimit m_before = {};
    std::vector<int> m_taken;
#endif
};

#endif // FAMINE_H
