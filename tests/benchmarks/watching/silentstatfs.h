// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SILENTSTATFS_H
#define SILENTSTATFS_H

// Takes the place of the C library's statfs() in this process.
namespace SilentStatfs {

// From now on, all file systems are of a type that reports no changes: NFS.
void enable();

} // namespace SilentStatfs

#endif // SILENTSTATFS_H
