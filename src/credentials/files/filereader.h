// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_FILEREADER_H
#define QZAP_CREDENTIALS_FILES_FILEREADER_H

#include "base/clock.h"
#include "base/problem.h"
#include "base/secret.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <algorithm>
#include <optional>

namespace QZap::Internal {

// Identifies a file and its version.
struct FileFacts
{
    quint64 device = 0;
    quint64 inode = 0;
    qint64 size = 0;
    qint64 modified = 0; // nanoseconds since 1970
    qint64 changed = 0;  // nanoseconds since 1970, of the inode: a rename or chmod counts
    quint32 mode = 0;    // permission bits: 07777
    // Whether the file has other names, in this or another directory or, if it is a mount point, at
    // its origin. Not compared. Mount points are known only for files that were read.
    bool hasOtherNames = false;

    // Others are the group and everyone.
    bool isReadableByOthers() const { return (mode & 0044) != 0; }
    bool isWritableByOthers() const { return (mode & 0022) != 0; }
    // For a directory: returns whether others can replace its files, which the sticky bit prevents.
    bool isReplaceableByOthers() const { return isWritableByOthers() && (mode & 01000) == 0; }
    // Compares facts of one open file. A file system may give it another inode number each time.
    bool isSameVersionAs(const FileFacts &other) const
    {
        return size == other.size && modified == other.modified && changed == other.changed
               && mode == other.mode;
    }

    friend bool operator==(const FileFacts &lhs, const FileFacts &rhs)
    {
        return lhs.device == rhs.device && lhs.inode == rhs.inode && lhs.isSameVersionAs(rhs);
    }
    friend bool operator!=(const FileFacts &lhs, const FileFacts &rhs) { return !(lhs == rhs); }
};

// Nanoseconds since 1970, as in FileFacts.
inline qint64 wallClock()
{
    return Clock::wall();
}

// Returns whether unchanged facts mean that a file that was read at `readAt` is unchanged. Time
// stamps can be as coarse as 2 s: a file that was changed less than 2 s before it was read may
// change again without a new time stamp. Some file systems have no time stamps, and give 0.
inline bool isSettled(const FileFacts &facts, qint64 readAt)
{
    constexpr qint64 CoarsestStamp = 2'000'000'000;
    const qint64 last = std::max(facts.modified, facts.changed);
    return last > 0 && last < readAt - CoarsestStamp;
}

enum class FileError {
    None,
    NotFound,   // no such file, or a dangling link
    NotRegular, // a directory, FIFO, socket, device, or a link that leads to itself
    Unreadable, // the file may exist: EIO, EACCES, EMFILE, ENOMEM, too large, ...
};

struct FileRead
{
    FileError error = FileError::None;
    int systemError = 0; // the errno; EFBIG if the limit was exceeded
    Problem problem;
    bool changedMeanwhile = false; // written to while being read: read it again later
    FileFacts facts;               // of a regular file that could be opened
    SecretBytes contents;

    bool isOk() const { return error == FileError::None; }
};

// Reads a regular file of at most limit bytes. Never blocks on a FIFO, never acquires a controlling
// terminal, never throws. A path that starts with ":/" is a Qt resource.
[[nodiscard]] FileRead readFile(const QString &path, qsizetype limit);

// Returns the facts of a file or directory, following links; nullopt if it does not exist.
[[nodiscard]] std::optional<FileFacts> fileFacts(const QString &path);

#ifdef Q_OS_UNIX
// Reads a file in an open directory, which is faster for many files; the path is used in messages
// only.
[[nodiscard]] FileRead readFileAt(int directory, const QByteArray &name, qsizetype limit,
                                  const QString &directoryPath);
[[nodiscard]] std::optional<FileFacts> fileFactsAt(int directory, const QByteArray &name);
// Returns ENOENT instead of the error of open(2) if there is no such file: without a descriptor,
// open(2) does not look for it. Its removal must not go unnoticed while descriptors are short.
[[nodiscard]] int errorOfOpening(int error, int directory, const QByteArray &name);
#endif

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_FILEREADER_H
