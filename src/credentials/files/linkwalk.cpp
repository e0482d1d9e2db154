// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/linkwalk.h"

#ifdef Q_OS_UNIX
#    include <array>
#    include <cerrno>
#    include <climits>

#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>

#    ifdef Q_OS_LINUX
#        include <linux/magic.h>
#        include <sys/vfs.h>
#    endif

namespace QZap::Internal {

namespace {

constexpr int MaximumLinks = 40; // as many as Linux follows

// A directory in which files can be found need not be readable.
#    if defined(O_PATH)
constexpr int SearchFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
#    elif defined(O_SEARCH)
constexpr int SearchFlags = O_SEARCH | O_DIRECTORY | O_CLOEXEC;
#    else
constexpr int SearchFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#    endif

// Returns the path of the current directory with a slash at its end.
QByteArray currentPath()
{
    std::array<char, PATH_MAX> path{};
    if (!::getcwd(path.data(), path.size()) || path.front() != '/')
        return "./";
    QByteArray result(path.data());
    return result.endsWith('/') ? result : result + '/';
}

} // namespace

LinkWalk::LinkWalk(const QByteArray &path, LastName lastName)
{
    push(path);
    start(path.startsWith('/'));
    while (m_error == 0) {
        const QByteArray name = m_names.takeLast();
        if (!m_names.isEmpty()) {
            enter(name);
        } else if (lastName == LastName::Follow && follow(name)) {
            m_endsWithLink = true;
        } else {
            m_name = name;
            break;
        }
    }
}

// The last name is kept even if it is empty or ".": the path is not that of a file then.
void LinkWalk::push(const QByteArray &path)
{
    const QByteArrayList names = path.split('/');
    for (auto name = names.crbegin(); name != names.crend(); ++name) {
        if (m_names.isEmpty() || (!name->isEmpty() && *name != "."))
            m_names.append(*name);
    }
}

void LinkWalk::start(bool isAbsolute)
{
    setError(isAbsolute ? open("/", 0, "/") : open(".", 0, currentPath()));
}

int LinkWalk::open(const QByteArray &name, int flags, const QByteArray &path)
{
    const int at = m_directory.isValid() ? m_directory.get() : AT_FDCWD;
    FileDescriptor directory(::openat(at, name.constData(), SearchFlags | flags));
    if (!directory.isValid())
        return errno;
    m_directory = std::move(directory);
    m_directoryPath = path;
    return 0;
}

void LinkWalk::enter(const QByteArray &name)
{
    QByteArray path = m_directoryPath + name + '/';
    if (name == "..") {
        const qsizetype slash = m_directoryPath.chopped(1).lastIndexOf('/');
        path = slash < 0 ? m_directoryPath : m_directoryPath.first(slash + 1);
    }
    const int error = open(name, O_NOFOLLOW, path);
    if (error != 0 && !follow(name))
        setError(error);
}

bool LinkWalk::follow(const QByteArray &name)
{
    const Link link = linkAt(name);
    if (link.target.isEmpty())
        return false;
    if (link.owner != 0 && link.owner != ::geteuid()) {
        m_foreignOwners.push_back(link.owner);
        if (isProtectedFrom(link.owner)) {
            setError(EACCES);
            return true;
        }
    }
    if (++m_links > MaximumLinks) {
        setError(ELOOP);
    } else if (link.isInProc && !m_names.isEmpty()) {
        // Such a link may lead to a directory that has no path.
        const QByteArray start = link.target.startsWith('/') ? QByteArray() : m_directoryPath;
        const QByteArray end = link.target.endsWith('/') ? QByteArray() : QByteArray("/");
        setError(open(name, 0, start + link.target + end));
    } else {
        push(link.target);
        if (link.target.startsWith('/'))
            start(true);
    }
    return true;
}

LinkWalk::Link LinkWalk::linkAt(const QByteArray &name)
{
    Link link;
    std::array<char, PATH_MAX> target{};
    struct stat status = {};
#    ifdef Q_OS_LINUX
    // The owner and the target are those of one link even if it is replaced meanwhile.
    const FileDescriptor file(
        ::openat(m_directory.get(), name.constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!file.isValid() || ::fstat(file.get(), &status) != 0 || !S_ISLNK(status.st_mode))
        return link;
    const ssize_t size = ::readlinkat(file.get(), "", target.data(), target.size());
    struct statfs system = {};
    link.isInProc = ::fstatfs(file.get(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
#    else
    if (::fstatat(m_directory.get(), name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0
        || !S_ISLNK(status.st_mode)) {
        return link;
    }
    const ssize_t size =
        ::readlinkat(m_directory.get(), name.constData(), target.data(), target.size());
#    endif
    link.owner = status.st_uid;
    if (size > 0)
        link.target = QByteArray(target.data(), size);
    return link;
}

// Returns whether a link of this user may have been put into the current directory as a trap.
bool LinkWalk::isProtectedFrom(quint32 owner) const
{
    constexpr mode_t Mask = S_ISVTX | S_IWOTH;
    struct stat status = {};
    return ::fstat(m_directory.get(), &status) == 0 && (status.st_mode & Mask) == Mask
           && status.st_uid != owner;
}

} // namespace QZap::Internal

#endif // Q_OS_UNIX
