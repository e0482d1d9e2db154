// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_PATHROUTE_H
#define QZAP_CREDENTIALS_WATCHING_PATHROUTE_H

#include "credentials/watching/watchbackend.h"

#include <vector>

namespace QZap::Internal {

// The current steps of a path through the file system. A change at any of them can make the path
// lead elsewhere.
struct PathRoute
{
    // A name that is looked up in a directory, or a symbolic link that is followed.
    struct Step
    {
        QByteArray path;   // no links except possibly in its last component
        QByteArray name;   // in the directory; empty for a link
        QByteArray target; // of the link
        quint64 device = 0;
        quint64 inode = 0;

        bool isLink() const { return name.isEmpty(); }
        friend bool operator==(const Step &lhs, const Step &rhs)
        {
            return lhs.path == rhs.path && lhs.name == rhs.name && lhs.target == rhs.target
                   && lhs.device == rhs.device && lhs.inode == rhs.inode;
        }
    };

    std::vector<Step> steps; // up to the first missing one
    // The directory, or the directory of the file, even if the file does not exist; empty if the
    // directory does not exist.
    QByteArray directory;
    quint64 device = 0;
    quint64 inode = 0;
    QByteArray name; // the file's, in that directory
    // The file system has failed to answer, so the route may end too early or miss a link.
    bool isUncertain = false;

    friend bool operator==(const PathRoute &lhs, const PathRoute &rhs)
    {
        return lhs.steps == rhs.steps && lhs.directory == rhs.directory && lhs.device == rhs.device
               && lhs.inode == rhs.inode && lhs.name == rhs.name
               && lhs.isUncertain == rhs.isUncertain;
    }
    friend bool operator!=(const PathRoute &lhs, const PathRoute &rhs) { return !(lhs == rhs); }
};

// Returns the route of an absolute path, which ends at a link that leads to itself.
[[nodiscard]] PathRoute findRoute(const QByteArray &path, PathKind kind);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_PATHROUTE_H
