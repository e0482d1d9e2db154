// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/filewriter.h"

#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qrandom.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#ifdef Q_OS_UNIX
#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>
#else
#    include <QtCore/qsavefile.h>
#endif
#ifdef Q_OS_LINUX
#    include <cstdio>
#    include <sys/xattr.h>
#endif

using namespace Qt::StringLiterals;

namespace QZap::Internal {

FileWriter::FileWriter(const QString &path, Access access, Existing existing)
    : m_path(path)
    , m_access(access)
    , m_existing(existing)
{ }

bool FileWriter::fail(int systemError, const QString &what)
{
    m_error = systemError == EEXIST ? Error::AlreadyExists : Error::Failed;
    m_systemError = systemError;
    m_problem = {what, m_path};
    return false;
}

FileWrite writeFile(const QString &path, QByteArrayView contents, FileWriter::Access access,
                    FileWriter::Existing existing)
{
    FileWriter writer(path, access, existing);
    FileWrite result;
    if (!writer.prepare(contents) || !writer.commit())
        result = {writer.error(), writer.systemError(), writer.problem()};
    return result;
}

#ifdef Q_OS_UNIX

namespace {

constexpr mode_t SecretMode = 0600;
constexpr mode_t PublicMode = 0644;
constexpr int MaximumAttempts = 100;

const auto ExistsText = u"exists already, and overwriting was not requested"_s;

QByteArray temporaryName()
{
    // The temporary file is hidden, and has a suffix that a key directory ignores. Its name does
    // not contain the target's name, which may have the maximum length.
    return ".qzap-" + QByteArray::number(QRandomGenerator::system()->generate64(), 16) + ".tmp";
}

QString cannotWrite(int systemError)
{
    switch (systemError) {
    case EACCES:
    case EPERM:
        return u"cannot be written: permission denied; make its directory writable for this user"_s;
    case EROFS:
        return u"cannot be written: the file system is read-only"_s;
    default:
        return u"cannot be written: %1"_s.arg(qt_error_string(systemError));
    }
}

constexpr int MaximumLinks = 40; // as many as Linux follows

// Returns the users, except for root and the writer, to whom the symbolic links belong that lead
// from the path to a file.
std::vector<quint32> foreignLinkOwners(QByteArray path)
{
    std::vector<quint32> owners;
    std::array<char, PATH_MAX> target{};
    struct stat status = {};
    for (int i = 0; i < MaximumLinks; ++i) {
        if (::lstat(path.constData(), &status) != 0 || !S_ISLNK(status.st_mode))
            break;
        if (status.st_uid != 0 && status.st_uid != ::geteuid())
            owners.push_back(status.st_uid);
        const ssize_t size = ::readlink(path.constData(), target.data(), target.size());
        if (size <= 0)
            break;
        const qsizetype start = target.front() == '/' ? 0 : path.lastIndexOf('/') + 1;
        path.truncate(start);
        path.append(target.data(), size);
    }
    return owners;
}

int synced(int descriptor)
{
    int result = -1;
    do {
        result = ::fsync(descriptor);
    } while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

#    ifdef Q_OS_LINUX
constexpr char AccessControlList[] = "system.posix_acl_access";

// A new file may have inherited a list from its directory.
int removeAccessControlList(int descriptor)
{
    if (::fremovexattr(descriptor, AccessControlList) != 0 && errno != ENODATA && errno != ENOTSUP)
        return errno;
    return 0;
}

// Copies the access control list. Without it, the mode would have a different meaning: the group
// bits are the list's mask.
int copyAccessControlList(const QByteArray &from, int to)
{
    std::array<char, 4096> list{};
    const ssize_t size = ::getxattr(from.constData(), AccessControlList, list.data(), list.size());
    if (size < 0)
        return errno == ENODATA || errno == ENOTSUP ? removeAccessControlList(to) : errno;
    if (::fsetxattr(to, AccessControlList, list.data(), static_cast<std::size_t>(size), 0) != 0)
        return errno;
    return 0;
}
#    endif

} // namespace

FileWriter::~FileWriter()
{
    removeTemporaries();
}

bool FileWriter::prepare(QByteArrayView contents)
{
    Q_ASSERT(m_temporary.isEmpty() && !m_committed);
    m_error = Error::None;
    m_systemError = 0;
    m_problem = {};
    if (openDirectory() && findTarget() && createTemporary() && write(contents) && setRights()) {
        const int error = synced(m_file.get());
        if (error == 0) {
            m_file.reset();
            return true;
        }
        fail(error, cannotWrite(error));
    }
    removeTemporaries();
    return false;
}

bool FileWriter::openDirectory()
{
    if (m_path.isEmpty())
        return fail(ENOENT, u"the name of the file is empty"_s);
    m_nativePath = QFile::encodeName(m_path);
    if (m_nativePath.contains('\0'))
        return fail(EINVAL, u"a file name cannot contain a NUL character"_s);
    if (m_existing == Existing::Replace) {
        m_linkOwners = foreignLinkOwners(m_nativePath);
        // A rename would replace the link by a file.
        const std::unique_ptr<char, decltype(&std::free)> real(
            ::realpath(m_nativePath.constData(), nullptr), &std::free);
        struct stat status = {};
        if (real)
            m_nativePath = real.get();
        else if (::lstat(m_nativePath.constData(), &status) == 0 && S_ISLNK(status.st_mode))
            return fail(ENOENT, u"is a dangling symbolic link; remove it"_s);
    }
    const qsizetype slash = m_nativePath.lastIndexOf('/');
    m_name = m_nativePath.mid(slash + 1);
    if (m_name.isEmpty() || m_name == "." || m_name == "..")
        return fail(EISDIR, u"is not the name of a file"_s);
    const QByteArray directory = slash < 0 ? QByteArray(".") : m_nativePath.left(slash + 1);
    int descriptor = ::open(directory.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
#    ifdef O_PATH
    // A directory that can be written, but not read, is not synced.
    if (descriptor < 0 && errno == EACCES)
        descriptor = ::open(directory.constData(), O_PATH | O_DIRECTORY | O_CLOEXEC);
#    endif
    m_directory = FileDescriptor(descriptor);
    if (m_directory.isValid())
        return true;
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR)
        return fail(error, u"cannot be written: there is no such directory; make it first"_s);
    return fail(error, cannotWrite(error));
}

bool FileWriter::findTarget()
{
    struct stat status = {};
    if (::fstatat(m_directory.get(), m_name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || fail(errno, cannotWrite(errno));
    // This is only an early check: the rename fails if the file exists.
    if (m_existing == Existing::Refuse)
        return fail(EEXIST, ExistsText);
    if (!S_ISREG(status.st_mode))
        return fail(EINVAL, u"is not a regular file, and is not overwritten"_s);
    // Otherwise, a link in a directory of theirs would lead root to a file of somebody else.
    const auto isForeign = [&status](quint32 owner) { return owner != status.st_uid; };
    if (std::any_of(m_linkOwners.begin(), m_linkOwners.end(), isForeign)) {
        return fail(EPERM, u"is a symbolic link of one user to a file of another, and is not "
                           "followed; write the file by its own path, or remove the link"_s);
    }
    m_replaces = true;
    m_oldMode = status.st_mode & 07777;
    m_oldOwner = status.st_uid;
    m_oldGroup = status.st_gid;
    return true;
}

bool FileWriter::createTemporary()
{
    // A file that replaces another one gets its mode after it is written.
    const mode_t mode = m_access == Access::Public && !m_replaces ? PublicMode : SecretMode;
    for (int attempt = 0; attempt < MaximumAttempts; ++attempt) {
        const QByteArray name = temporaryName();
        m_file =
            FileDescriptor(::openat(m_directory.get(), name.constData(),
                                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
        if (m_file.isValid()) {
            // A umask may have removed the owner's permissions. Some file systems have no modes.
            if (mode == SecretMode)
                (void)::fchmod(m_file.get(), mode);
            m_temporary = name;
            return true;
        }
        if (errno != EEXIST && errno != EINTR)
            return fail(errno, cannotWrite(errno));
    }
    return fail(EBUSY, cannotWrite(EBUSY));
}

bool FileWriter::write(QByteArrayView contents)
{
    const char *at = contents.data();
    qsizetype left = contents.size();
    while (left > 0) {
        const ssize_t count = ::write(m_file.get(), at, static_cast<std::size_t>(left));
        if (count < 0) {
            if (errno == EINTR)
                continue;
            return fail(errno, cannotWrite(errno));
        }
        at += count;
        left -= count;
    }
    return true;
}

bool FileWriter::setRights()
{
    if (m_access == Access::OwnerOnly)
        return leaveToOwnerOnly();
    return !m_replaces || keepOldRights();
}

bool FileWriter::keepOldRights()
{
    struct stat status = {};
    if (::fstat(m_file.get(), &status) != 0)
        return fail(errno, cannotWrite(errno));
    if ((status.st_uid != m_oldOwner || status.st_gid != m_oldGroup)
        && ::fchown(m_file.get(), m_oldOwner, m_oldGroup) != 0) {
        return fail(errno,
                    u"is not overwritten: its owner and group cannot be kept (%1); write it as "
                    u"its owner, or remove it first"_s.arg(qt_error_string(errno)));
    }
#    ifdef Q_OS_LINUX
    if (const int error = copyAccessControlList(m_nativePath, m_file.get())) {
        return fail(error, u"is not overwritten: its access control list cannot be kept (%1)"_s.arg(
                               qt_error_string(error)));
    }
#    endif
    // The mode is set last, since changing the owner clears some of its bits.
    if (::fchmod(m_file.get(), m_oldMode) != 0)
        return fail(errno, cannotWrite(errno));
    return true;
}

bool FileWriter::leaveToOwnerOnly()
{
    struct stat file = {};
    struct stat directory = {};
    if (::fstat(m_file.get(), &file) != 0 || ::fstat(m_directory.get(), &directory) != 0)
        return fail(errno, cannotWrite(errno));
    // A file server may have assigned root's file to another user, who cannot change the owner.
    if (file.st_uid == 0 && directory.st_uid != 0
        && ::fchown(m_file.get(), directory.st_uid, directory.st_gid) != 0) {
        return fail(errno,
                    u"is not written: it cannot be left to the owner of its directory (%1); write "
                    u"it as that owner"_s.arg(qt_error_string(errno)));
    }
#    ifdef Q_OS_LINUX
    if (const int error = removeAccessControlList(m_file.get()))
        return fail(error, cannotWrite(error));
#    endif
    // The mode is set last: the umask may have cleared the owner's bits, and an access control list
    // may have changed them.
    if (::fchmod(m_file.get(), SecretMode) != 0)
        return fail(errno, cannotWrite(errno));
    return true;
}

bool FileWriter::commit()
{
    Q_ASSERT(!m_temporary.isEmpty() && !m_committed);
    if (m_undoable)
        keepOld();
    if (!(m_existing == Existing::Replace ? moveOver() : moveBeside())) {
        removeTemporaries();
        return false;
    }
    m_temporary.clear();
    m_committed = true;
    return syncDirectory();
}

// Gives the old file a second name, so that undo() needs no disk space.
void FileWriter::keepOld()
{
    if (!m_replaces)
        return;
    const QByteArray name = temporaryName();
    if (::linkat(m_directory.get(), m_name.constData(), m_directory.get(), name.constData(), 0)
        == 0) {
        m_old = name;
    }
}

bool FileWriter::moveOver()
{
    return ::renameat(m_directory.get(), m_temporary.constData(), m_directory.get(),
                      m_name.constData())
               == 0
           || fail(errno, cannotWrite(errno));
}

bool FileWriter::moveBeside()
{
#    if defined(Q_OS_LINUX) && defined(RENAME_NOREPLACE)
    if (::renameat2(m_directory.get(), m_temporary.constData(), m_directory.get(),
                    m_name.constData(), RENAME_NOREPLACE)
        == 0) {
        return true;
    }
    if (errno != EINVAL && errno != ENOSYS)
        return fail(errno, errno == EEXIST ? ExistsText : cannotWrite(errno));
#    endif
    // If the file system does not support this rename, link(2) does not replace a file either.
    if (::linkat(m_directory.get(), m_temporary.constData(), m_directory.get(), m_name.constData(),
                 0)
        != 0) {
        return fail(errno, errno == EEXIST ? ExistsText : cannotWrite(errno));
    }
    ::unlinkat(m_directory.get(), m_temporary.constData(), 0);
    return true;
}

bool FileWriter::syncDirectory()
{
    const int error = synced(m_directory.get());
    // Not every file system can sync a directory, and none can without read access.
    if (error == 0 || error == EINVAL || error == EBADF || error == EROFS)
        return true;
    return fail(error, u"was written, but may not survive a power failure: %1"_s.arg(
                           qt_error_string(error)));
}

bool FileWriter::undo()
{
    if (!m_committed)
        return true;
    int result = -1;
    if (!m_replaces) {
        result = ::unlinkat(m_directory.get(), m_name.constData(), 0);
    } else if (!m_old.isEmpty()) {
        result =
            ::renameat(m_directory.get(), m_old.constData(), m_directory.get(), m_name.constData());
        if (result == 0)
            m_old.clear();
    }
    m_committed = result != 0;
    if (result != 0)
        return false;
    (void)syncDirectory(); // restored, even if that may not survive a power failure
    return true;
}

QString FileWriter::leaveOld()
{
    if (m_old.isEmpty())
        return {};
    const QByteArray directory = m_nativePath.chopped(m_name.size());
    return QFile::decodeName(directory + std::exchange(m_old, {}));
}

void FileWriter::removeTemporaries()
{
    m_file.reset();
    for (QByteArray *name : {&m_temporary, &m_old}) {
        if (!name->isEmpty())
            ::unlinkat(m_directory.get(), name->constData(), 0);
        name->clear();
    }
}

#else // without descriptors and modes: the functions of Qt

FileWriter::~FileWriter() = default;

bool FileWriter::prepare(QByteArrayView contents)
{
    m_contents = contents.toByteArray();
    return true;
}

bool FileWriter::commit()
{
    if (m_existing == Existing::Refuse) {
        QFile file(m_path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly)) {
            return fail(QFile::exists(m_path) ? EEXIST : EIO, file.errorString());
        }
        if (m_access != Access::Public)
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        if (file.write(m_contents) != m_contents.size() || !file.flush()) {
            const QString why = file.errorString();
            file.remove();
            return fail(EIO, why);
        }
    } else {
        QSaveFile file(m_path);
        if (!file.open(QIODevice::WriteOnly)
            || (m_access == Access::OwnerOnly
                && !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
            || file.write(m_contents) != m_contents.size() || !file.commit()) {
            return fail(EIO, file.errorString());
        }
    }
    m_committed = true;
    return true;
}

bool FileWriter::undo()
{
    if (!m_committed)
        return true;
    return m_existing == Existing::Refuse && QFile::remove(m_path);
}

QString FileWriter::leaveOld()
{
    return {};
}

#endif

} // namespace QZap::Internal
