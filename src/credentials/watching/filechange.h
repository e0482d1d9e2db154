// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_FILECHANGE_H
#define QZAP_CREDENTIALS_WATCHING_FILECHANGE_H

#include <QtCore/qbytearray.h>
#include <QtCore/qset.h>

namespace QZap::Internal {

// What is to be read again: some files of a directory besides those whose time has come, or all
// there is.
struct FileChange
{
    bool everything = true;
    QSet<QByteArray> names;
    // All files that somebody has written to and not closed yet, whether or not they are named
    // above. A single file is named as in its directory.
    QSet<QByteArray> open;
    // Nothing is known to have changed: the next part of what is loaded is compared with the files.
    bool isSweep = false;

    // The other is the later one.
    void merge(const FileChange &other)
    {
        everything = everything || other.everything;
        names.unite(other.names);
        open = other.open;
    }
    // Whether all that has changed is still being written to.
    bool isOpenOnly() const { return !everything && !names.isEmpty() && open.contains(names); }
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_FILECHANGE_H
