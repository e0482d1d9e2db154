// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/directoryreader.h"

#include "protocol/text.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

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

// For Qt's resources, and systems without descriptors.
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
        const QStringList names =
            QDir(m_path + u'/')
                .entryList(QDir::Files | QDir::System | QDir::Hidden, QDir::Unsorted);
        for (const QString &name : names)
            take(QFile::encodeName(name), false);
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
    explicit UnixDirectoryReader(const QString &path)
        : DirectoryReader(path)
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
    bool isLink(const QByteArray &name) const override { return S_ISLNK(modeOf(name)); }
    bool isSpecial(const QByteArray &name) const override
    {
        const mode_t mode = modeOf(name);
        return S_ISFIFO(mode) || S_ISSOCK(mode) || S_ISCHR(mode) || S_ISBLK(mode);
    }
    std::optional<FileFacts> facts() const override { return factsOf("."); }

private:
    struct Close
    {
        void operator()(DIR *stream) const { ::closedir(stream); }
    };

    // Of a link itself; 0 where there is nothing.
    mode_t modeOf(const QByteArray &name) const
    {
        struct stat status = {};
        return ::fstatat(::dirfd(m_stream.get()), name.constData(), &status, AT_SYMLINK_NOFOLLOW)
                       == 0
                   ? status.st_mode
                   : 0;
    }

    std::unique_ptr<DIR, Close> m_stream;
};

int UnixDirectoryReader::open()
{
    const QByteArray path = QFile::encodeName(m_path + u'/');
    if (path.contains('\0'))
        return ENOENT;
    int descriptor = -1;
    do {
        descriptor = ::open(path.constData(), O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0)
        return errno;
    m_stream.reset(::fdopendir(descriptor));
    if (!m_stream) {
        const int error = errno;
        ::close(descriptor);
        return error;
    }
    // A directory that may be listed and not entered fails here, and not once for each file.
    errno = EACCES;
    return facts() ? 0 : errno;
}

int UnixDirectoryReader::list(const TakeName &take)
{
    for (;;) {
        errno = 0;
        // The stream is this object's own. NOLINTNEXTLINE(concurrency-mt-unsafe)
        const dirent *const entry = ::readdir(m_stream.get());
        if (!entry)
            return errno;
#    ifdef DT_DIR
        // Links, and what a file system does not tell of, show when they are opened.
        const auto type = entry->d_type;
        if (type != DT_DIR) {
            take(entry->d_name,
                 type == DT_FIFO || type == DT_SOCK || type == DT_CHR || type == DT_BLK);
        }
#    else
        take(entry->d_name, false);
#    endif
    }
}

#endif // Q_OS_UNIX

} // namespace

std::unique_ptr<DirectoryReader> DirectoryReader::make(const QString &path)
{
#ifdef Q_OS_UNIX
    if (!path.startsWith(":/"_L1))
        return std::make_unique<UnixDirectoryReader>(path);
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

QString directoryErrorText(int systemError, const QString &path)
{
    switch (systemError) {
    case ENOENT:
        return u"%1: no such directory"_s.arg(path);
    case ENOTDIR:
        return u"%1: not a directory"_s.arg(path);
    case ELOOP:
        return u"%1: a symbolic link that leads to itself"_s.arg(path);
    case EACCES:
    case EPERM:
        return u"%1: cannot be read: permission denied; let this user list and enter the "
               "directory, and those above it"_s.arg(path);
    default:
        return u"%1: cannot be read: %2"_s.arg(path, qt_error_string(systemError));
    }
}

} // namespace QZap::Internal
