// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/directoryreader.h"

#include "base/text.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

#include <algorithm>
#include <cerrno>

#ifdef Q_OS_UNIX
#    include <dirent.h>
#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Used for Qt's resources, and on systems without descriptors.
class QtDirectoryReader final : public DirectoryReader
{
public:
    explicit QtDirectoryReader(const QString &path)
        : DirectoryReader(path)
    { }

    int open() override
    {
        const QFileInfo info(m_path + u'/');
        if (!info.isDir())
            return QFileInfo::exists(m_path) ? ENOTDIR : ENOENT;
        return info.isReadable() ? 0 : EACCES;
    }
    int list(const TakeName &take) override
    {
        const QDir directory(m_path + u'/');
        const auto takeAll = [&](QDir::Filters filters, EntryType type) {
            const QStringList names =
                directory.entryList(filters | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Unsorted);
            return std::all_of(names.cbegin(), names.cend(), [&](const QString &name) {
                return take(QFile::encodeName(name), type);
            });
        };
        if (takeAll(QDir::Files | QDir::System, EntryType::File))
            takeAll(QDir::Dirs, EntryType::Directory);
        return 0;
    }
    FileRead read(const QByteArray &name, qsizetype limit) const override
    {
        return readFile(systemPath(name), limit);
    }
    std::optional<FileFacts> factsOf(const QByteArray &name) const override
    {
        return fileFacts(systemPath(name));
    }
    bool isLink(const QByteArray &name) const override
    {
        return QFileInfo(systemPath(name)).isSymLink();
    }
    bool isSpecial(const QByteArray & /*name*/) const override { return false; }
    bool isDirectory(const QByteArray &name) const override
    {
        return QFileInfo(systemPath(name)).isDir();
    }
    std::unique_ptr<DirectoryReader> subdirectory(const QByteArray &name) const override
    {
        return std::make_unique<QtDirectoryReader>(systemPath(name));
    }

private:
    QString systemPath(const QByteArray &name) const
    {
        return m_path + u'/' + QFile::decodeName(name);
    }
};

#ifdef Q_OS_UNIX

class UnixDirectoryReader final : public DirectoryReader
{
public:
    // The system's path is relative to a directory that is open, or to the current one.
    UnixDirectoryReader(const QString &path, const QByteArray &systemPath, int parent = AT_FDCWD)
        : DirectoryReader(path)
        , m_systemPath(systemPath)
        , m_parent(parent)
    { }

    int open() override;
    int list(const TakeName &take) override;
    FileRead read(const QByteArray &name, qsizetype limit) const override
    {
        return readFileAt(::dirfd(m_stream.get()), name, limit, m_path);
    }
    std::optional<FileFacts> factsOf(const QByteArray &name) const override
    {
        return fileFactsAt(::dirfd(m_stream.get()), name);
    }
    bool isLink(const QByteArray &name) const override
    {
        return S_ISLNK(modeOf(name, AT_SYMLINK_NOFOLLOW));
    }
    bool isSpecial(const QByteArray &name) const override
    {
        const mode_t mode = modeOf(name, AT_SYMLINK_NOFOLLOW);
        return S_ISFIFO(mode) || S_ISSOCK(mode) || S_ISCHR(mode) || S_ISBLK(mode);
    }
    bool isDirectory(const QByteArray &name) const override { return S_ISDIR(modeOf(name, 0)); }
    std::unique_ptr<DirectoryReader> subdirectory(const QByteArray &name) const override
    {
        return std::make_unique<UnixDirectoryReader>(pathOf(name), name + '/',
                                                     ::dirfd(m_stream.get()));
    }
    std::optional<FileFacts> facts() const override { return factsOf("."); }

private:
    struct Close
    {
        void operator()(DIR *stream) const { ::closedir(stream); }
    };

    // Returns 0 if there is no such entry.
    mode_t modeOf(const QByteArray &name, int flags) const
    {
        struct stat status = {};
        return ::fstatat(::dirfd(m_stream.get()), name.constData(), &status, flags) == 0
                   ? status.st_mode
                   : 0;
    }

    const QByteArray m_systemPath;
    const int m_parent;
    std::unique_ptr<DIR, Close> m_stream;
};

int UnixDirectoryReader::open()
{
    if (m_systemPath.contains('\0'))
        return ENOENT;
    int descriptor = -1;
    do {
        descriptor = ::openat(m_parent, m_systemPath.constData(),
                              O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0)
        return errorOfOpening(errno, m_parent, m_systemPath);
    m_stream.reset(::fdopendir(descriptor));
    if (!m_stream) {
        const int error = errno;
        ::close(descriptor);
        return error;
    }
    // Fails here for a directory that can be listed, but not entered, instead of once for each
    // file.
    errno = EACCES;
    return facts() ? 0 : errno;
}

#    ifdef DT_DIR
DirectoryReader::EntryType typeOf(uchar type)
{
    switch (type) {
    case DT_DIR:
        return DirectoryReader::EntryType::Directory;
    case DT_FIFO:
    case DT_SOCK:
    case DT_CHR:
    case DT_BLK:
        return DirectoryReader::EntryType::Special;
    case DT_LNK:
        return DirectoryReader::EntryType::Link;
    case DT_REG:
        return DirectoryReader::EntryType::File;
    default:
        return DirectoryReader::EntryType::Unknown;
    }
}
#    endif

int UnixDirectoryReader::list(const TakeName &take)
{
    for (qsizetype count = 0; count <= MaximumEntries; ++count) {
        errno = 0;
        // The stream is this object's own. NOLINTNEXTLINE(concurrency-mt-unsafe)
        const dirent *const entry = ::readdir(m_stream.get());
        if (!entry)
            return errno;
#    ifdef DT_DIR
        const EntryType type = typeOf(entry->d_type);
#    else
        const EntryType type = EntryType::Unknown;
#    endif
        if (!take(entry->d_name, type))
            return 0;
    }
    return EFBIG;
}

#endif // Q_OS_UNIX

} // namespace

std::unique_ptr<DirectoryReader> DirectoryReader::make(const QString &path)
{
#ifdef Q_OS_UNIX
    if (!path.startsWith(":/"_L1))
        return std::make_unique<UnixDirectoryReader>(
            path, QFile::encodeName(path.endsWith(u'/') ? path : path + u'/'));
#endif
    return std::make_unique<QtDirectoryReader>(path);
}

DirectoryReader::DirectoryReader(const QString &path)
    : m_path(path.endsWith(u'/') ? path.chopped(1) : path)
{ }

QString DirectoryReader::pathOf(const QByteArray &name) const
{
    if (isCleanText(name))
        return m_path + u'/' + QString::fromUtf8(name);
    QString result = m_path + u'/';
    for (const char c : name) {
        if (c >= 0x20 && c < 0x7f)
            result += QLatin1Char(c);
        else
            result += uR"(\x%1)"_s.arg(uint{static_cast<uchar>(c)}, 2, 16, QLatin1Char('0'));
    }
    return result;
}

FileError directoryError(int systemError)
{
    switch (systemError) {
    case ENOENT:
        return FileError::NotFound;
    case ENOTDIR:
    case ELOOP:
        return FileError::NotRegular;
    default:
        return FileError::Unreadable;
    }
}

Problem directoryReadProblem(int systemError, const QString &path)
{
    switch (systemError) {
    case ENOENT:
        return {u"no such directory"_s, path};
    case ENOTDIR:
        return {u"not a directory"_s, path};
    case ELOOP:
        return {u"a symbolic link that leads to itself"_s, path};
    case EACCES:
    case EPERM:
        return {u"cannot be read: permission denied; let this user list and enter the directory, "
                "and those above it"_s,
                path};
    case EFBIG:
        return {u"has more than %1 entries, the maximum"_s.arg(DirectoryReader::MaximumEntries),
                path};
    default:
        return {u"cannot be read: %1"_s.arg(qt_error_string(systemError)), path};
    }
}

} // namespace QZap::Internal
