// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/filereader.h"

#include "base/filedescriptor.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

#include <algorithm>
#include <cerrno>
#include <new>

#ifdef Q_OS_UNIX
#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr qint64 NanosecondsPerSecond = 1'000'000'000;
// The size of the first read if the file's size is not known.
constexpr qsizetype SmallestRead = 4096;

FileError kindOf(int systemError)
{
    switch (systemError) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG: // nothing has such a name
        return FileError::NotFound;
    case EISDIR:
    case ELOOP:
    case ENXIO: // a socket, or a device without a driver
    case ENODEV:
        return FileError::NotRegular;
    default:
        return FileError::Unreadable;
    }
}

QString textOf(int systemError, qsizetype limit)
{
    switch (systemError) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return u"no such file"_s;
    case ELOOP:
        return u"a symbolic link that leads to itself"_s;
    case EISDIR:
        return u"a directory, not a file"_s;
    case ENXIO:
    case ENODEV:
        return u"not a regular file"_s;
    case EFBIG:
        return u"larger than the maximum of %1 bytes"_s.arg(limit);
    case EACCES:
    case EPERM:
        return u"cannot be read: permission denied; make it, and the directories above it, "
               u"accessible to this user"_s;
    default:
        return u"cannot be read: %1"_s.arg(qt_error_string(systemError));
    }
}

void fail(FileRead *result, int systemError, const QString &path, qsizetype limit)
{
    result->error = kindOf(systemError);
    result->systemError = systemError;
    result->problem = {textOf(systemError, limit), path};
    result->contents.clear();
}

// The facts that Qt provides, for resources and systems without descriptors.
FileFacts factsOf(const QFileInfo &info)
{
    FileFacts facts;
    facts.size = info.size();
    facts.modified = info.lastModified().toMSecsSinceEpoch() * 1'000'000;
    facts.changed = info.metadataChangeTime().toMSecsSinceEpoch() * 1'000'000;
    const QFile::Permissions permissions = info.permissions();
    const auto add = [&](QFile::Permission permission, quint32 bit) {
        if (permissions.testFlag(permission))
            facts.mode |= bit;
    };
    add(QFile::ReadOwner, 0400);
    add(QFile::WriteOwner, 0200);
    add(QFile::ReadGroup, 0040);
    add(QFile::WriteGroup, 0020);
    add(QFile::ReadOther, 0004);
    add(QFile::WriteOther, 0002);
    return facts;
}

FileRead readWithQt(const QString &path, qsizetype limit)
{
    FileRead result;
    const QFileInfo info(path);
    if (!info.exists()) {
        fail(&result, ENOENT, path, limit);
        return result;
    }
    if (!info.isFile()) {
        fail(&result, info.isDir() ? EISDIR : ENODEV, path, limit);
        return result;
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        fail(&result, EACCES, path, limit);
        return result;
    }
    result.facts = factsOf(info);
    if (file.size() > limit) {
        fail(&result, EFBIG, path, limit);
        return result;
    }
    result.contents.resize(static_cast<qsizetype>(file.size()));
    const qint64 size = file.read(result.contents.data(), result.contents.size());
    if (size < 0)
        fail(&result, EIO, path, limit);
    else
        result.contents.resize(static_cast<qsizetype>(size));
    return result;
}

bool isQtOnly(const QString &path)
{
#ifdef Q_OS_UNIX
    return path.startsWith(":/"_L1);
#else
    Q_UNUSED(path)
    return true;
#endif
}

#ifdef Q_OS_UNIX

qint64 nanoseconds(const timespec &time)
{
    return static_cast<qint64>(time.tv_sec) * NanosecondsPerSecond + time.tv_nsec;
}

FileFacts factsOf(const struct stat &status)
{
    FileFacts facts;
    facts.device = static_cast<quint64>(status.st_dev);
    facts.inode = static_cast<quint64>(status.st_ino);
    facts.size = static_cast<qint64>(status.st_size);
#    ifdef Q_OS_DARWIN
    facts.modified = nanoseconds(status.st_mtimespec);
    facts.changed = nanoseconds(status.st_ctimespec);
#    else
    facts.modified = nanoseconds(status.st_mtim);
    facts.changed = nanoseconds(status.st_ctim);
#    endif
    facts.mode = static_cast<quint32>(status.st_mode) & 07777;
    facts.hasOtherNames = status.st_nlink > 1;
    return facts;
}

// Returns whether the file itself is a mount point, as in containers that mount files of their
// host: then it has another name on the host.
bool isMounted(int descriptor)
{
#    ifdef STATX_ATTR_MOUNT_ROOT
    struct statx status = {};
    return ::statx(descriptor, "", AT_EMPTY_PATH, 0, &status) == 0
           && (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#    else
    Q_UNUSED(descriptor)
    return false;
#    endif
}

int openForReading(int directory, const char *name)
{
    int descriptor = -1;
    do {
        // A FIFO would block without O_NONBLOCK, which has no effect on a regular file.
        descriptor = ::openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

int errorOfMode(mode_t mode)
{
    if (S_ISREG(mode))
        return 0;
    return S_ISDIR(mode) ? EISDIR : ENODEV;
}

// Reads up to one byte more than the limit, to detect a file that is too large.
int readAll(int descriptor, qint64 sizeHint, qsizetype limit, SecretBytes *contents)
{
    contents->reserve(static_cast<qsizetype>(std::clamp<qint64>(sizeHint, 0, limit)) + 1);
    qsizetype size = 0;
    for (;;) {
        if (size == contents->capacity()) {
            if (size > limit)
                return EFBIG;
            contents->resize(size);
            // The file is growing, or is in /proc, where the size is always 0.
            contents->reserve(std::min(std::max(2 * size, SmallestRead), limit + 1));
        }
        const ssize_t count = ::read(descriptor, contents->data() + size,
                                     static_cast<std::size_t>(contents->capacity() - size));
        if (count < 0) {
            if (errno == EINTR)
                continue;
            return errno;
        }
        if (count == 0)
            break;
        size += count;
        // The contents are complete unless the file has grown since; in that case, its facts differ
        // afterwards.
        if (size == sizeHint && size < contents->capacity())
            break;
    }
    if (size > limit)
        return EFBIG;
    contents->resize(size);
    return 0;
}

int readInto(FileRead *result, int directory, const QByteArray &name, qsizetype limit)
{
    if (name.isEmpty() || name.contains('\0'))
        return ENOENT;
    const FileDescriptor file(openForReading(directory, name.constData()));
    if (!file.isValid())
        return errorOfOpening(errno, directory, name);
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return errno;
    if (const int error = errorOfMode(status.st_mode))
        return error;
    result->facts = factsOf(status);
    if (result->facts.size > limit)
        return EFBIG;
    if (const int error = readAll(file.get(), result->facts.size, limit, &result->contents))
        return error;
    if (::fstat(file.get(), &status) != 0)
        return errno;
    const FileFacts after = factsOf(status);
    result->changedMeanwhile = !after.isSameVersionAs(result->facts);
    result->facts = after;
    result->facts.hasOtherNames = after.hasOtherNames || isMounted(file.get());
    return 0;
}

// Calls pathOf() only for a message: the paths of a hundred thousand files are not needed.
template <typename PathOf>
FileRead readDescriptor(int directory, const QByteArray &name, qsizetype limit, PathOf pathOf)
{
    FileRead result;
    int error = 0;
    try {
        error = readInto(&result, directory, name, limit);
    } catch (const std::bad_alloc &) {
        error = ENOMEM;
    }
    if (error != 0)
        fail(&result, error, pathOf(), limit);
    return result;
}

#endif // Q_OS_UNIX

} // namespace

FileRead readFile(const QString &path, qsizetype limit)
{
    if (isQtOnly(path))
        return readWithQt(path, limit);
#ifdef Q_OS_UNIX
    return readDescriptor(AT_FDCWD, QFile::encodeName(path), limit, [&] { return path; });
#else
    Q_UNREACHABLE();
#endif
}

std::optional<FileFacts> fileFacts(const QString &path)
{
    if (isQtOnly(path)) {
        const QFileInfo info(path);
        return info.exists() ? std::optional(factsOf(info)) : std::nullopt;
    }
#ifdef Q_OS_UNIX
    return fileFactsAt(AT_FDCWD, QFile::encodeName(path));
#else
    Q_UNREACHABLE();
#endif
}

#ifdef Q_OS_UNIX

FileRead readFileAt(int directory, const QByteArray &name, qsizetype limit,
                    const QString &directoryPath)
{
    return readDescriptor(directory, name, limit,
                          [&] { return directoryPath + u'/' + QFile::decodeName(name); });
}

int errorOfOpening(int error, int directory, const QByteArray &name)
{
    struct stat status = {};
    const bool isMissing =
        ::fstatat(directory, name.constData(), &status, 0) != 0 && errno == ENOENT;
    return isMissing ? ENOENT : error;
}

std::optional<FileFacts> fileFactsAt(int directory, const QByteArray &name)
{
    struct stat status = {};
    if (name.contains('\0') || ::fstatat(directory, name.constData(), &status, 0) != 0)
        return std::nullopt;
    return factsOf(status);
}

#endif

} // namespace QZap::Internal
