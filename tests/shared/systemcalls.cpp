// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "systemcalls.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <cerrno>
#include <cstdio>

#include <unistd.h>

namespace SystemCalls {

void must(bool succeeded)
{
    if (!succeeded)
        qFatal("%s", qPrintable(qt_error_string(errno)));
}

struct stat statusOf(const QByteArray &path)
{
    struct stat status = {};
    must(::stat(path.constData(), &status) == 0);
    return status;
}

void write(const QByteArray &path, const QByteArray &contents, int flags)
{
    const int file = ::open(path.constData(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    must(file >= 0);
    must(::write(file, contents.constData(), static_cast<size_t>(contents.size()))
         == contents.size());
    must(::close(file) == 0);
}

void replace(const QByteArray &path, const QByteArray &contents)
{
    write(path + ".new", contents);
    rename(path + ".new", path);
}

void writeWithTimeOf(const struct stat &earlier, const QByteArray &path, const QByteArray &contents)
{
    struct stat written = {};
    do { // time stamps have a resolution of a few milliseconds
        write(path, contents);
        const timespec times[] = {earlier.st_atim, earlier.st_mtim};
        must(::utimensat(AT_FDCWD, path.constData(), times, 0) == 0);
        written = statusOf(path);
    } while (written.st_ctim.tv_sec == earlier.st_ctim.tv_sec
             && written.st_ctim.tv_nsec == earlier.st_ctim.tv_nsec);
}

void truncate(const QByteArray &path)
{
    must(::truncate(path.constData(), 0) == 0);
}

void setMode(const QByteArray &path, mode_t mode)
{
    must(::chmod(path.constData(), mode) == 0);
}

void rename(const QByteArray &from, const QByteArray &to)
{
    must(::rename(from.constData(), to.constData()) == 0);
}

void remove(const QByteArray &path)
{
    must(::unlink(path.constData()) == 0);
}

void link(const QByteArray &target, const QByteArray &path)
{
    must(::symlink(target.constData(), path.constData()) == 0);
}

void replaceLink(const QByteArray &target, const QByteArray &path)
{
    link(target, path + ".new");
    rename(path + ".new", path);
}

void hardLink(const QByteArray &file, const QByteArray &path)
{
    must(::link(file.constData(), path.constData()) == 0);
}

void makeFifo(const QByteArray &path)
{
    must(::mkfifo(path.constData(), 0644) == 0);
}

void makePath(const QByteArray &path)
{
    must(QDir().mkpath(QFile::decodeName(path)));
}

void removeTree(const QByteArray &path)
{
    must(QDir(QFile::decodeName(path)).removeRecursively());
}

} // namespace SystemCalls
