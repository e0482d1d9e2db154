// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/filewriters.h"

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include "base/filedescriptor.h"

#    include <cerrno>
#    include <csignal>

#    include <fcntl.h>
#    include <sys/stat.h>
#endif

namespace QZap::Internal {

#ifdef Q_OS_LINUX

Writers writersOf(const QByteArray &path)
{
    struct stat status = {};
    if (::lstat(path.constData(), &status) != 0 || !S_ISREG(status.st_mode))
        return Writers::Unknown;
    const FileDescriptor file(
        ::open(path.constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    // A lease is refused while there are writers. If one opens the file at that moment, SIGIO would
    // end the process; SIGURG is ignored.
    if (!file.isValid() || ::fcntl(file.get(), F_SETSIG, SIGURG) != 0)
        return Writers::Unknown;
    if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) != 0)
        return errno == EAGAIN ? Writers::Some : Writers::Unknown;
    (void)::fcntl(file.get(), F_SETLEASE, F_UNLCK);
    return Writers::None;
}

#else

Writers writersOf(const QByteArray & /*path*/)
{
    return Writers::Unknown;
}

#endif

} // namespace QZap::Internal
