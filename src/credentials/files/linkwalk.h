// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_LINKWALK_H
#define QZAP_CREDENTIALS_FILES_LINKWALK_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_UNIX
#    include "base/filedescriptor.h"

#    include <QtCore/qbytearray.h>
#    include <QtCore/qbytearraylist.h>

#    include <utility>
#    include <vector>

namespace QZap::Internal {

// Follows a path to the directory of its last name, and collects the owners of the symbolic links
// on the way. The directory remains open, so that what is done in it concerns the directory to
// which these links have led.
//
// As Linux does by default, it does not follow a link in a directory like /tmp, in which everybody
// can create files, unless the link belongs to root, to this user or to the directory's owner.
class LinkWalk
{
public:
    enum class LastName {
        Follow, // if it is a link
        Keep,
    };

    LinkWalk(const QByteArray &path, LastName lastName);
    Q_DISABLE_COPY_MOVE(LinkWalk)

    // Returns the errno that explains why there is no directory, or 0.
    int error() const { return m_error; }
    // Returns whether the last name of the path was a link, and was followed.
    bool endsWithLink() const { return m_endsWithLink; }
    // Returns the users, except for root and this user, to whom links on the way belong. A user is
    // returned once for each link.
    const std::vector<quint32> &foreignOwners() const { return m_foreignOwners; }
    // Returns the path of the directory without links, with a slash at its end.
    const QByteArray &directoryPath() const { return m_directoryPath; }
    // Returns the name in the directory, which may not exist. It is empty, "." or ".." if the path
    // does not end with the name of a file.
    const QByteArray &name() const { return m_name; }
    // Returns the directory, in which files can be found but which may not be readable.
    [[nodiscard]] FileDescriptor takeDirectory() { return std::move(m_directory); }

private:
    struct Link
    {
        quint32 owner = 0;
        QByteArray target; // empty: not a link
        bool isInProc = false;
    };

    void setError(int error)
    {
        if (m_error == 0)
            m_error = error;
    }
    void push(const QByteArray &path);
    void start(bool isAbsolute);
    // Opens the next directory, whose path is for directoryPath(). Returns an errno, or 0.
    int open(const QByteArray &name, int flags, const QByteArray &path);
    void enter(const QByteArray &name);
    // Returns false if there is no link of this name.
    bool follow(const QByteArray &name);
    Link linkAt(const QByteArray &name);
    bool isProtectedFrom(quint32 owner) const;

    QByteArrayList m_names; // remaining names, the next one last
    FileDescriptor m_directory;
    QByteArray m_directoryPath;
    QByteArray m_name;
    std::vector<quint32> m_foreignOwners;
    int m_links = 0;
    int m_error = 0;
    bool m_endsWithLink = false;
};

} // namespace QZap::Internal

#endif // Q_OS_UNIX

#endif // QZAP_CREDENTIALS_FILES_LINKWALK_H
