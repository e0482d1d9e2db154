// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SILENTSTATFS_H
#define SILENTSTATFS_H

// Replaces the C library's statfs() in this process.
namespace SilentStatfs {

// After this call, all file systems appear to be of a type that does not report changes: NFS.
void enable();

} // namespace SilentStatfs

#endif // SILENTSTATFS_H
