// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditfile.h"

#include "observers/auditlines.h"

#include <QtCore/qfile.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace QZap::Internal {

using namespace Qt::StringLiterals;

namespace {

// No line is longer.
constexpr qint64 MaximumLineSize = qint64{64} * 1024;
// How long a stream may accept nothing before that is a problem.
constexpr int LongestPoll = 1000; // ms
// A stream that can be written to accepts this much without blocking.
constexpr qsizetype StreamPortion = std::min(PIPE_BUF, 4096);

Problem openProblem(int error)
{
    switch (error) {
    case ELOOP:
        return u"cannot be opened: it is a symbolic link, which an audit log does not follow"_s;
    case ENXIO:
        return u"cannot be opened: nobody reads from it"_s;
    default:
        return u"cannot be opened: %1"_s.arg(qt_error_string(error));
    }
}

Problem writeProblem(int error)
{
    return u"cannot be written: %1"_s.arg(qt_error_string(error));
}

bool isSameFile(const struct stat &lhs, const struct stat &rhs)
{
    return lhs.st_dev == rhs.st_dev && lhs.st_ino == rhs.st_ino;
}

} // namespace

AuditFile &AuditFile::operator=(AuditFile &&other) noexcept
{
    close();
    m_file = std::move(other.m_file);
    m_path = std::move(other.m_path);
    m_isRegular = other.m_isRegular;
    return *this;
}

Problem AuditFile::open(const QString &path)
{
    close();
    m_path = QFile::encodeName(path);
    if (m_path.contains('\0')) // would be another file's name
        return Problem(u"cannot be opened: the name contains a NUL"_s).in(path);
    struct stat status = {};
    const bool exists = ::lstat(m_path.constData(), &status) == 0;
    // A regular file is read to find its last line. A FIFO must not be its own reader.
    const int access = exists && !S_ISREG(status.st_mode) ? O_WRONLY : O_RDWR;
    m_file = FileDescriptor(
        ::open(m_path.constData(),
               access | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
    Problem problem;
    if (!m_file.isValid() || ::fstat(m_file.get(), &status) != 0)
        problem = openProblem(errno);
    else
        problem = check(status);
    m_isRegular = S_ISREG(status.st_mode);
    if (!problem && m_isRegular)
        problem = lock();
    if (!problem && m_isRegular && isReplaced())
        problem = u"was replaced while it was being opened"_s;
    if (!problem && m_isRegular)
        problem = cutTornLine();
    if (!problem)
        return {};
    m_file.reset();
    return problem.in(path);
}

Problem AuditFile::openStandardOutput()
{
    close();
    m_path.clear();
    m_isRegular = false;
    m_file = FileDescriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (m_file.isValid())
        return {};
    return u"The standard output cannot be opened: %1"_s.arg(qt_error_string(errno));
}

void AuditFile::close()
{
    // The lock would remain if a child process has the file as well.
    if (m_file.isValid() && m_isRegular)
        ::flock(m_file.get(), LOCK_UN);
    m_file.reset();
}

Problem AuditFile::check(const struct stat &status) const
{
    if (S_ISREG(status.st_mode)) {
        if (status.st_nlink > 1)
            return u"is not used: it has other names, and may be somebody else's file"_s;
        return {};
    }
    if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode))
        return {};
    return u"is neither a file nor a FIFO"_s;
}

Problem AuditFile::lock() const
{
    if (::flock(m_file.get(), LOCK_EX | LOCK_NB) == 0)
        return {};
    // Some file systems have no locks.
    if (errno != EWOULDBLOCK)
        return {};
    return u"is being written by another audit log"_s;
}

Problem AuditFile::cutTornLine()
{
    const qint64 end = size();
    const qint64 start = std::max<qint64>(end - MaximumLineSize, 0);
    QByteArray tail(static_cast<qsizetype>(end - start), Qt::Uninitialized);
    const ssize_t count =
        ::pread(m_file.get(), tail.data(), static_cast<size_t>(tail.size()), start);
    if (count != tail.size())
        return u"cannot be read: %1"_s.arg(qt_error_string(count < 0 ? errno : EIO));
    const qsizetype whole = tail.lastIndexOf('\n') + 1;
    if (whole == tail.size())
        return {};
    if ((whole == 0 && start > 0) || !AuditLines::isStartOfLine(QByteArrayView(tail).sliced(whole)))
        return u"is not an audit log: its last line is incomplete, and none of an audit log"_s;
    if (::ftruncate(m_file.get(), start + whole) != 0)
        return writeProblem(errno);
    return {};
}

// Streams may be shared with others, so they are not set to non-blocking mode.
bool AuditFile::waitUntilWritable() const
{
    pollfd stream = {m_file.get(), POLLOUT, 0};
    return ::poll(&stream, 1, LongestPoll) > 0;
}

qsizetype AuditFile::append(QByteArrayView lines, Problem *problem)
{
    qsizetype written = 0;
    int error = 0;
    while (written < lines.size() && error == 0) {
        QByteArrayView rest = lines.sliced(written);
        if (!m_isRegular)
            rest = rest.first(std::min(rest.size(), StreamPortion));
        if (!m_isRegular && !waitUntilWritable()) {
            error = EAGAIN;
            break;
        }
        const ssize_t count = ::write(m_file.get(), rest.data(), static_cast<size_t>(rest.size()));
        if (count >= 0)
            written += count;
        else if (errno != EINTR)
            error = errno;
    }
    if (error == 0)
        return written;
    *problem = writeProblem(error).in(displayName());
    if (!m_isRegular && error != EAGAIN)
        m_file.reset();
    const qsizetype whole = lines.first(written).lastIndexOf('\n') + 1;
    if (m_isRegular && whole < written
        && ::ftruncate(m_file.get(), size() - (written - whole)) == 0)
        return whole;
    return written;
}

Problem AuditFile::sync() const
{
    if (!m_isRegular)
        return {};
    if (::fdatasync(m_file.get()) == 0 || errno == EINVAL || errno == ENOTSUP)
        return {};
    return writeProblem(errno).in(displayName());
}

qint64 AuditFile::size() const
{
    struct stat status = {};
    return m_isRegular && ::fstat(m_file.get(), &status) == 0 ? qint64{status.st_size} : 0;
}

QByteArray AuditFile::head() const
{
    QByteArray result(64, Qt::Uninitialized);
    const ssize_t count =
        m_isRegular ? ::pread(m_file.get(), result.data(), static_cast<size_t>(result.size()), 0)
                    : 0;
    result.truncate(std::max<ssize_t>(count, 0));
    return result;
}

bool AuditFile::isReplaced() const
{
    struct stat own = {};
    struct stat named = {};
    return isRotatable() && ::fstat(m_file.get(), &own) == 0
           && (::lstat(m_path.constData(), &named) != 0 || !isSameFile(own, named));
}

bool AuditFile::hasName() const
{
    struct stat own = {};
    return isOpen() && ::fstat(m_file.get(), &own) == 0 && own.st_nlink > 0;
}

QString AuditFile::displayName() const
{
    return m_path.isEmpty() ? u"standard output"_s : QFile::decodeName(m_path);
}

QByteArray AuditFile::formerName(int number) const
{
    return m_path + '.' + QByteArray::number(number);
}

// Renaming replaces a symbolic link, and does not follow it. Files are only moved to make room for
// others, so that trying again after a failure removes none.
Problem AuditFile::moveFormerFiles(int maximumFiles) const
{
    const auto move = [](const QByteArray &from, const QByteArray &to) {
        return ::rename(from.constData(), to.constData()) == 0 || errno == ENOENT;
    };
    const auto exists = [this](int number) {
        struct stat status = {};
        return ::lstat(formerName(number).constData(), &status) == 0;
    };
    int last = 1; // the first number that is free, or the file that is removed
    while (last < maximumFiles && exists(last))
        ++last;
    for (int number = last - 1; number > 0; --number) {
        if (!move(formerName(number), formerName(number + 1)))
            return u"cannot be renamed: %1"_s.arg(qt_error_string(errno));
    }
    if (!move(m_path, formerName(1)))
        return u"cannot be renamed: %1"_s.arg(qt_error_string(errno));
    // There are more if fewer are kept than before.
    for (int number = maximumFiles + 1; ::unlink(formerName(number).constData()) == 0; ++number)
        continue;
    return {};
}

Problem AuditFile::rotate(int maximumFiles)
{
    const QString path = QFile::decodeName(m_path);
    // The file was renamed before if no other could be created then.
    if (!isReplaced()) {
        if (const Problem problem = moveFormerFiles(maximumFiles))
            return problem.in(path);
    }
    struct stat former = {};
    if (::fstat(m_file.get(), &former) != 0)
        former.st_mode = 0600;
    AuditFile next;
    if (Problem problem = next.open(path))
        return problem; // the former file is still written
    struct stat created = {};
    const bool hasGroup =
        ::fstat(next.m_file.get(), &created) == 0
        && (created.st_gid == former.st_gid
            || ::fchown(next.m_file.get(), static_cast<uid_t>(-1), former.st_gid) == 0);
    if (hasGroup)
        (void)::fchmod(next.m_file.get(), former.st_mode & 0666);
    *this = std::move(next);
    return {};
}

} // namespace QZap::Internal
