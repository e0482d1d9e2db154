// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DESCRIPTORSHORTAGE_H
#define DESCRIPTORSHORTAGE_H

#include <QtCore/qglobal.h>

#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

// Limits the free descriptors of this process while it exists.
class DescriptorShortage
{
public:
    static constexpr rlim_t Limit = 256;

    explicit DescriptorShortage(int left)
    {
        ::getrlimit(RLIMIT_NOFILE, &m_before);
        rlimit low = m_before;
        low.rlim_cur = Limit;
        ::setrlimit(RLIMIT_NOFILE, &low);
        for (int taken = take(); taken >= 0; taken = take())
            m_taken.push_back(taken);
        while (left-- > 0 && !m_taken.empty())
            giveBackOne();
    }
    ~DescriptorShortage()
    {
        while (!m_taken.empty())
            giveBackOne();
        ::setrlimit(RLIMIT_NOFILE, &m_before);
    }
    Q_DISABLE_COPY_MOVE(DescriptorShortage)

    // Returns whether no descriptor is left, without changing that.
    static bool isTotal()
    {
        const int taken = take();
        if (taken >= 0)
            ::close(taken);
        return taken < 0;
    }

private:
    static int take() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
    void giveBackOne()
    {
        ::close(m_taken.back());
        m_taken.pop_back();
    }

    rlimit m_before = {};
    std::vector<int> m_taken;
};

#endif // DESCRIPTORSHORTAGE_H
