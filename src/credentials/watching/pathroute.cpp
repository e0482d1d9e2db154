// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/pathroute.h"

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include <QtCore/qbytearraylist.h>

#    include <array>
#    include <cerrno>
#    include <climits>
#    include <optional>

#    include <sys/stat.h>
#    include <unistd.h>

namespace QZap::Internal {

namespace {

// The limit of Linux.
constexpr int MaximumLinks = 40;

// Returns whether the error of lstat(2) or readlink(2) is that of the path. Any other error is that
// of the file system, or of a lack of memory, and may pass without an event.
bool isErrorOfPath(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EACCES:
    case EPERM:
    case EINVAL: // no longer a link
        return true;
    default:
        return false;
    }
}

class Walk
{
public:
    Walk(const QByteArray &path, PathKind kind)
        : m_kind(kind)
    {
        enterRoot();
        push(path);
    }

    PathRoute toEnd()
    {
        while (m_isOpen && !m_names.isEmpty())
            step(m_names.takeLast());
        if (m_isOpen && m_kind == PathKind::Directory)
            arrive({});
        return std::move(m_route);
    }

private:
    void enterRoot()
    {
        struct stat status = {};
        (void)::stat("/", &status);
        enter("/", status);
    }
    void enter(const QByteArray &path, const struct stat &status)
    {
        m_directory = path;
        m_device = status.st_dev;
        m_inode = status.st_ino;
    }
    void leave()
    {
        const QByteArray parent = m_directory.first(qMax(m_directory.lastIndexOf('/'), 1));
        struct stat status = {};
        if (examine(parent, &status))
            enter(parent, status);
        else
            m_isOpen = false;
    }
    // Returns whether the entry exists.
    bool examine(const QByteArray &path, struct stat *status)
    {
        if (::lstat(path.constData(), status) == 0)
            return true;
        m_route.isUncertain = m_route.isUncertain || !isErrorOfPath(errno);
        return false;
    }
    void push(const QByteArray &path)
    {
        const QByteArrayList names = path.split('/');
        for (auto name = names.crbegin(); name != names.crend(); ++name) {
            if (!name->isEmpty() && *name != ".")
                m_names.append(*name);
        }
    }
    void arrive(const QByteArray &name)
    {
        m_isOpen = false;
        m_route.directory = m_directory;
        m_route.device = m_device;
        m_route.inode = m_inode;
        m_route.name = name;
    }

    void step(const QByteArray &name);
    void follow(const QByteArray &path, const struct stat &status);

    PathKind m_kind;
    QByteArrayList m_names; // remaining names, the next one last
    QByteArray m_directory;
    quint64 m_device = 0;
    quint64 m_inode = 0;
    int m_links = 0;
    bool m_isOpen = true;
    PathRoute m_route;
};

void Walk::step(const QByteArray &name)
{
    if (name == "..") {
        leave();
        return;
    }
    m_route.steps.push_back({m_directory, name, {}, m_device, m_inode});
    const QByteArray path =
        m_directory.endsWith('/') ? m_directory + name : m_directory + '/' + name;
    struct stat status = {};
    const bool isThere = examine(path, &status);
    if (isThere && S_ISLNK(status.st_mode))
        follow(path, status);
    else if (m_kind == PathKind::File && m_names.isEmpty())
        arrive(name);
    else if (isThere && S_ISDIR(status.st_mode))
        enter(path, status);
    else
        m_isOpen = false;
}

void Walk::follow(const QByteArray &path, const struct stat &status)
{
    std::array<char, PATH_MAX> buffer = {};
    const ssize_t size = ::readlink(path.constData(), buffer.data(), buffer.size());
    if (size < 0)
        m_route.isUncertain = m_route.isUncertain || !isErrorOfPath(errno);
    const QByteArray target(buffer.data(), qMax(static_cast<qsizetype>(size), qsizetype(0)));
    m_route.steps.push_back({path, {}, target, status.st_dev, status.st_ino});
    if (target.isEmpty() || ++m_links > MaximumLinks) {
        m_isOpen = false;
        return;
    }
    if (target.startsWith('/'))
        enterRoot();
    push(target);
}

} // namespace

PathRoute findRoute(const QByteArray &path, PathKind kind)
{
    return Walk(path, kind).toEnd();
}

} // namespace QZap::Internal

#endif // Q_OS_LINUX
