// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SYSTEMCALLS_H
#define SYSTEMCALLS_H

#include <QtCore/qbytearray.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

// Changes files as other programs do. Paths are bytes, since not every name is text. A call that
// fails ends the program with the reason, since the rest of the test would prove nothing.
namespace SystemCalls {

// Ends the program, with the text of errno, unless the call succeeded.
void must(bool succeeded);

struct stat statusOf(const QByteArray &path);

// Writes to a file, in place. It is created if it does not exist. The flags are those of open(2).
void write(const QByteArray &path, const QByteArray &contents = "contents", int flags = O_TRUNC);
// Writes a new file over the old one.
void replace(const QByteArray &path, const QByteArray &contents = "contents");
// Writes to a file, in place, and sets its modification time to that of an earlier version. Its
// change time, which cannot be set, differs: the file is written repeatedly until the clock of the
// file system has advanced.
void writeWithTimeOf(const struct stat &earlier, const QByteArray &path,
                     const QByteArray &contents);
void truncate(const QByteArray &path);
void setMode(const QByteArray &path, mode_t mode);
void rename(const QByteArray &from, const QByteArray &to);
// Removes the name of a file, or a link.
void remove(const QByteArray &path);

// Creates a symbolic link.
void link(const QByteArray &target, const QByteArray &path);
// Creates a symbolic link over the old one.
void replaceLink(const QByteArray &target, const QByteArray &path);
// Creates a second name of a file.
void hardLink(const QByteArray &file, const QByteArray &path);
void makeFifo(const QByteArray &path);

// Creates a directory and its parents unless they exist.
void makePath(const QByteArray &path);
// Removes a directory and all that it contains.
void removeTree(const QByteArray &path);

} // namespace SystemCalls

#endif // SYSTEMCALLS_H
