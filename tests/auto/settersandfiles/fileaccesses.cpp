// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fileaccesses.h"

#include <atomic>
#include <cstdarg>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace {

char searched[256];
std::atomic<bool> isCounting{false};
thread_local bool isThisThread = false;
std::atomic<int> here{0};
std::atomic<int> elsewhere{0};

void note(const char *path)
{
    if (isCounting && path && std::strstr(path, searched))
        ++(isThisThread ? here : elsewhere);
}

template <typename Function>
Function next(const char *name)
{
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

using Stat = int (*)(const char *, struct stat *);

} // namespace

// These replace the functions of the C library for all libraries of the process.
extern "C" {

Q_DECL_EXPORT int statx(int directory, const char *path, int flags, unsigned mask,
                        struct statx *result) noexcept
{
    static const auto call =
        next<int (*)(int, const char *, int, unsigned, struct statx *)>("statx");
    note(path);
    return call(directory, path, flags, mask, result);
}

Q_DECL_EXPORT int stat(const char *path, struct stat *result) noexcept
{
    static const auto call = next<Stat>("stat");
    note(path);
    return call(path, result);
}

Q_DECL_EXPORT int lstat(const char *path, struct stat *result) noexcept
{
    static const auto call = next<Stat>("lstat");
    note(path);
    return call(path, result);
}

Q_DECL_EXPORT int access(const char *path, int mode) noexcept
{
    static const auto call = next<int (*)(const char *, int)>("access");
    note(path);
    return call(path, mode);
}

Q_DECL_EXPORT int open64(const char *path, int flags, ...)
{
    static const auto call = next<int (*)(const char *, int, ...)>("open64");
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    note(path);
    return call(path, flags, mode);
}

} // extern "C"

FileAccesses::FileAccesses(const QByteArray &text)
{
    std::strncpy(searched, text.constData(), sizeof searched - 1);
    here = 0;
    elsewhere = 0;
    isThisThread = true;
    isCounting = true;
}

FileAccesses::~FileAccesses()
{
    isCounting = false;
    isThisThread = false;
}

int FileAccesses::inThisThread()
{
    return here;
}

int FileAccesses::inOtherThreads()
{
    return elsewhere;
}
