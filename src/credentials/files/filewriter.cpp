// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/filewriter.h"

#include "credentials/files/linkwalk.h"

#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qrandom.h>

#include <algorithm>
#include <array>
#include <cerrno>

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
const auto DanglingText = u"is a dangling symbolic link; remove it"_s;

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

// The last name of a path that ends with a slash is empty.
bool isFileName(const QByteArray &name)
{
    return !name.isEmpty() && name != "." && name != "..";
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
int copyAccessControlList(int directory, const QByteArray &name, const QByteArray &path, int to)
{
    std::array<char, 4096> list{};
    const auto read = [&list](const QByteArray &from) {
        return ::lgetxattr(from.constData(), AccessControlList, list.data(), list.size());
    };
    ssize_t size = read("/proc/self/fd/" + QByteArray::number(directory) + '/' + name);
    // Without /proc, it is read by the path, which may lead elsewhere by now.
    if (size < 0 && errno == ENOENT)
        size = read(path);
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
    const QByteArray native = QFile::encodeName(m_path);
    if (native.contains('\0'))
        return fail(EINVAL, u"a file name cannot contain a NUL character"_s);
    const auto notAName = u"is not the name of a file"_s;
    if (!isFileName(native.mid(native.lastIndexOf('/') + 1)))
        return fail(EISDIR, notAName);
    // A rename would replace a link by a file. A new file does not take the place of a link.
    LinkWalk walk(native, m_existing == Existing::Replace ? LinkWalk::LastName::Follow
                                                          : LinkWalk::LastName::Keep);
    m_linkOwners = walk.foreignOwners();
    m_isLink = walk.endsWithLink();
    m_name = walk.name();
    m_directoryPath = walk.directoryPath();
    m_directory = walk.takeDirectory();
    const int error = walk.error();
    if (m_isLink && (error == ENOENT || error == ENOTDIR || error == ELOOP))
        return fail(ENOENT, DanglingText);
    if (error == ENOENT || error == ENOTDIR)
        return fail(error, u"cannot be written: there is no such directory; make it first"_s);
    if (error != 0)
        return fail(error, cannotWrite(error));
    if (!isFileName(m_name))
        return fail(EISDIR, notAName);
    const int readable = ::openat(m_directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (readable >= 0)
        m_directory = FileDescriptor(readable);
    else if (errno != EACCES) // a directory that can be written, but not read, is not synced
        return fail(errno, cannotWrite(errno));
    return true;
}

bool FileWriter::findTarget()
{
    struct stat directory = {};
    if (::fstat(m_directory.get(), &directory) != 0)
        return fail(errno, cannotWrite(errno));
    struct stat status = {};
    if (::fstatat(m_directory.get(), m_name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT)
            return fail(errno, cannotWrite(errno));
        if (m_isLink)
            return fail(ENOENT, DanglingText);
        return checkLinks(directory.st_uid, directory.st_uid);
    }
    // This is only an early check: the rename fails if the file exists.
    if (m_existing == Existing::Refuse)
        return fail(EEXIST, ExistsText);
    if (!S_ISREG(status.st_mode))
        return fail(EINVAL, u"is not a regular file, and is not overwritten"_s);
    if (!checkLinks(status.st_uid, directory.st_uid))
        return false;
    m_replaces = true;
    m_oldMode = status.st_mode & 07777;
    m_oldOwner = status.st_uid;
    m_oldGroup = status.st_gid;
    return true;
}

bool FileWriter::checkLinks(quint32 owner, quint32 directoryOwner)
{
    // Otherwise, a link in a directory of theirs would lead root to a file of somebody else.
    const auto isForeign = [owner](quint32 linkOwner) { return linkOwner != owner; };
    if (std::any_of(m_linkOwners.begin(), m_linkOwners.end(), isForeign)) {
        return fail(EPERM, u"is, or is behind, a symbolic link of one user to a file of another, "
                           "and is not followed; write the file by its own path, or remove the "
                           "link"_s);
    }
    // Otherwise, root would give a secret to whoever has made a link to a directory of theirs.
    if (m_access == Access::OwnerOnly && !m_linkOwners.empty() && ::geteuid() == 0
        && directoryOwner != 0) {
        return fail(EPERM, u"is not written: through a symbolic link of another user, it would be "
                           "left to the owner of a directory; write it by its own path, or remove "
                           "the link"_s);
    }
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
    if (const int error = copyAccessControlList(m_directory.get(), m_name, m_directoryPath + m_name,
                                                m_file.get())) {
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
    return QFile::decodeName(m_directoryPath + std::exchange(m_old, {}));
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
