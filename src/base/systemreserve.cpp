// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/systemreserve.h"

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#ifdef Q_OS_UNIX
#    include <fcntl.h>
#    include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr int DescriptorMargin = 16;

// These return an errno, or 0.
int tryDescriptors(int count)
{
    int error = 0;
#ifdef Q_OS_UNIX
    std::vector<int> descriptors;
    descriptors.reserve(static_cast<std::size_t>(count));
    while (error == 0 && count-- > 0) {
        const int descriptor = ::open("/", O_RDONLY | O_CLOEXEC);
        if (descriptor >= 0)
            descriptors.push_back(descriptor);
        else if (errno == EMFILE || errno == ENFILE)
            error = errno;
    }
    for (const int descriptor : descriptors)
        ::close(descriptor);
#else
    Q_UNUSED(count)
#endif
    return error;
}

int tryThreads(int count)
{
    std::mutex mutex;
    std::condition_variable changed;
    bool isEnough = false;
    int error = 0;
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    try {
        while (count-- > 0) {
            threads.emplace_back([&] {
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return isEnough; });
            });
        }
    } catch (const std::system_error &failure) {
        error = failure.code().value();
    } catch (const std::bad_alloc &) {
        error = ENOMEM; // the threads that have started must be joined
    }
    {
        const std::scoped_lock lock(mutex);
        isEnough = true;
    }
    changed.notify_all();
    for (std::thread &thread : threads)
        thread.join();
    return error;
}

} // namespace

Problem systemReserveProblem(int descriptors, int threads)
{
    if (const int error = tryDescriptors(descriptors + DescriptorMargin)) {
        return u"%1 more file descriptors are needed: %2; raise the limit of open files "
               "(ulimit -n), or close some"_s.arg(QString::number(descriptors + DescriptorMargin),
                                                  qt_error_string(error));
    }
    if (const int error = tryThreads(threads)) {
        return u"%1 more threads are needed: %2; allow this user, or this container, more"_s.arg(
            QString::number(threads), qt_error_string(error));
    }
    return {};
}

} // namespace QZap::Internal
