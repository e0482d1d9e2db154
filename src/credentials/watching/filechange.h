// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_FILECHANGE_H
#define QZAP_CREDENTIALS_WATCHING_FILECHANGE_H

#include "base/sortedset.h"

#include <QtCore/qbytearray.h>

namespace QZap::Internal {

// The files to read again: some files of a directory, in addition to those that are due, or
// everything.
struct FileChange
{
    bool everything = true;
    NameSet names;
    // All files that were written to and not closed yet, whether or not they are in `names`. A
    // single file is named as in its directory.
    NameSet open;
    // No change is known: the next part of the loaded files is compared with the disk.
    bool isSweep = false;

    // Adds another change, which must be the later one.
    void merge(const FileChange &other)
    {
        everything = everything || other.everything;
        names.unite(other.names);
        open = other.open;
    }
    // Returns whether all changed files are still being written to.
    bool isOpenOnly() const { return !everything && !names.isEmpty() && open.contains(names); }
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_FILECHANGE_H
