// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "famine.h"

#include "sanitizers.h"

#ifdef Q_OS_UNIX

#    include <fcntl.h>
#    include <unistd.h>

namespace {

// Not lower: poll() fails for more descriptors than the limit.
constexpr rlim_t Limit = 256;

} // namespace

Famine::Famine()
{
    getrlimit(RLIMIT_NOFILE, &m_before);
    rlimit lower = m_before;
    lower.rlim_cur = qMin<rlim_t>(Limit, lower.rlim_cur);
    setrlimit(RLIMIT_NOFILE, &lower);
    for (int descriptor = dup(STDOUT_FILENO); descriptor >= 0; descriptor = dup(STDOUT_FILENO))
        m_taken.push_back(descriptor);
    s_isHere = true;
}

Famine::~Famine()
{
    s_isHere = false;
    for (const int descriptor : m_taken)
        close(descriptor);
    setrlimit(RLIMIT_NOFILE, &m_before);
}

#    ifdef HAS_ADDRESS_SANITIZER

// UndefinedBehaviorSanitizer probes memory with a pipe; if it gets none, it reports every object of
// a new type as damaged. Nothing else calls pipe(): Qt calls pipe2().
extern "C" Q_DECL_EXPORT int pipe(int descriptors[2])
{
    rlimit limit = {};
    getrlimit(RLIMIT_NOFILE, &limit);
    rlimit higher = limit;
    higher.rlim_cur = higher.rlim_max;
    setrlimit(RLIMIT_NOFILE, &higher);
    const int result = pipe2(descriptors, 0);
    setrlimit(RLIMIT_NOFILE, &limit);
    return result;
}

#    endif

#endif
