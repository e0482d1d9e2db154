// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FAMINE_H
#define FAMINE_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_UNIX
#    include <sys/resource.h>

#    include <vector>
#endif

#include <atomic>

// While an object exists, the process cannot open further file descriptors.
class Famine
{
public:
    static bool isHere() { return s_isHere; }

#ifdef Q_OS_UNIX
    Famine();
    ~Famine();
#endif
    Q_DISABLE_COPY_MOVE(Famine)

private:
    static inline std::atomic<bool> s_isHere{false};
#ifdef Q_OS_UNIX
    rlimit m_before = {};
    std::vector<int> m_taken;
#endif
};

#endif // FAMINE_H
