// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keydirectory.h"

#include "credentials/certificatefile.h"
#include "protocol/text.h"

#include <QtCore/qdir.h>
#include <QtCore/qendian.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qregularexpression.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#ifdef Q_OS_UNIX
#    include <dirent.h>
#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// For the texts: bytes that are no UTF-8, and control characters, are written as \xhh.
QString shownName(const QByteArray &name)
{
    if (isCleanText(name))
        return QString::fromUtf8(name);
    QString result;
    for (const char c : name) {
        if (c >= 0x20 && c < 0x7f)
            result += QLatin1Char(c);
        else
            result += uR"(\x%1)"_s.arg(uint{static_cast<uchar>(c)}, 2, 16, QLatin1Char('0'));
    }
    return result;
}

class NameFilters
{
public:
    explicit NameFilters(const QStringList &wildcards)
    {
        for (const QString &wildcard : wildcards) {
            const auto expression = QRegularExpression::fromWildcard(wildcard, Qt::CaseSensitive);
            if (expression.isValid())
                m_expressions.push_back(expression);
            else
                m_invalid += wildcard;
        }
    }
    bool match(const QByteArray &name) const
    {
        const QString text = QFile::decodeName(name);
        return std::any_of(
            m_expressions.cbegin(), m_expressions.cend(),
            [&](const auto &expression) { return expression.match(text).hasMatch(); });
    }
    QStringList invalid() const { return m_invalid; }

private:
    std::vector<QRegularExpression> m_expressions;
    QStringList m_invalid;
};

struct Entry
{
    QByteArray name;
    quint64 sortKey = 0;
    KeyFileName kind = KeyFileName::Candidate;
    bool isSpecial = false; // a fifo, socket or device: even opening it may have an effect
};

qsizetype commonSize(const QByteArray &lhs, const QByteArray &rhs, qsizetype limit)
{
    const qsizetype size = std::min({lhs.size(), rhs.size(), limit});
    return std::mismatch(lhs.begin(), lhs.begin() + size, rhs.begin()).first - lhs.begin();
}

// By their bytes. Names of one directory tend to start alike, so what follows that is compared
// first, as a number.
void sortByName(std::vector<Entry> *entries)
{
    if (entries->empty())
        return;
    const QByteArray &pattern = entries->front().name;
    qsizetype common = pattern.size();
    for (const Entry &entry : *entries)
        common = commonSize(pattern, entry.name, common);
    for (Entry &entry : *entries) {
        char bytes[sizeof entry.sortKey] = {};
        const qsizetype size =
            std::min<qsizetype>(entry.name.size() - common, sizeof entry.sortKey);
        std::copy_n(entry.name.cbegin() + common, size, bytes);
        entry.sortKey = qFromBigEndian<quint64>(bytes);
    }
    std::sort(entries->begin(), entries->end(), [](const Entry &lhs, const Entry &rhs) {
        return lhs.sortKey != rhs.sortKey ? lhs.sortKey < rhs.sortKey : lhs.name < rhs.name;
    });
}

// The names in a directory, and its files by their names.
class Directory
{
public:
    explicit Directory(const QString &path)
        : m_path(path.endsWith(u'/') ? path.chopped(1) : path)
    { }
    virtual ~Directory() = default;
    Q_DISABLE_COPY_MOVE(Directory)

    // An errno, or 0; what goes on needs an open directory.
    virtual int open() = 0;
    virtual int list(std::vector<Entry> *entries) = 0;
    virtual FileRead read(const QByteArray &name) const = 0;
    // Whether it is a link, or was one where it leads nowhere.
    virtual bool isLink(const QByteArray &name) const = 0;
    virtual std::optional<FileFacts> facts() const { return fileFacts(m_path + u'/'); }

    QString pathOf(const QByteArray &name) const { return m_path + u'/' + shownName(name); }

protected:
    static void append(std::vector<Entry> *entries, QByteArrayView name, bool isSpecial)
    {
        const KeyFileName kind = keyFileName(name);
        if (kind != KeyFileName::Never)
            entries->push_back({name.toByteArray(), 0, kind, isSpecial});
    }

    const QString m_path; // without a slash at its end
};

// For Qt's resources, and systems without descriptors.
class QtDirectory final : public Directory
{
public:
    using Directory::Directory;

    int open() override
    {
        const QFileInfo info(m_path + u'/');
        if (!info.isDir())
            return QFileInfo::exists(m_path) ? ENOTDIR : ENOENT;
        return info.isReadable() ? 0 : EACCES;
    }
    int list(std::vector<Entry> *entries) override
    {
        const QStringList names =
            QDir(m_path + u'/')
                .entryList(QDir::Files | QDir::System | QDir::Hidden, QDir::Unsorted);
        for (const QString &name : names)
            append(entries, QFile::encodeName(name), false);
        return 0;
    }
    FileRead read(const QByteArray &name) const override
    {
        return readFile(m_path + u'/' + QFile::decodeName(name), MaximumCertificateSize);
    }
    bool isLink(const QByteArray &name) const override
    {
        return QFileInfo(m_path + u'/' + QFile::decodeName(name)).isSymLink();
    }
};

#ifdef Q_OS_UNIX

class UnixDirectory final : public Directory
{
public:
    using Directory::Directory;

    int open() override;
    int list(std::vector<Entry> *entries) override;
    FileRead read(const QByteArray &name) const override
    {
        return readFileAt(::dirfd(m_stream.get()), name, MaximumCertificateSize, m_path);
    }
    bool isLink(const QByteArray &name) const override
    {
        struct stat status = {};
        return ::fstatat(::dirfd(m_stream.get()), name.constData(), &status, AT_SYMLINK_NOFOLLOW)
                   == 0
               && S_ISLNK(status.st_mode);
    }
    std::optional<FileFacts> facts() const override
    {
        return fileFactsAt(::dirfd(m_stream.get()), ".");
    }

private:
    struct Close
    {
        void operator()(DIR *stream) const { ::closedir(stream); }
    };

    std::unique_ptr<DIR, Close> m_stream;
};

int UnixDirectory::open()
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

int UnixDirectory::list(std::vector<Entry> *entries)
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
        const bool isSpecial =
            type == DT_FIFO || type == DT_SOCK || type == DT_CHR || type == DT_BLK;
        if (type != DT_DIR)
            append(entries, entry->d_name, isSpecial);
#    else
        append(entries, entry->d_name, false);
#    endif
    }
}

#endif // Q_OS_UNIX

std::unique_ptr<Directory> makeDirectory(const QString &path)
{
#ifdef Q_OS_UNIX
    if (!path.startsWith(":/"_L1))
        return std::make_unique<UnixDirectory>(path);
#endif
    return std::make_unique<QtDirectory>(path);
}

FileError kindOfDirectoryError(int systemError)
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

QString textOfDirectoryError(int systemError, const QString &path)
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

class Loader
{
public:
    explicit Loader(const QString &path)
        : m_path(path)
        , m_directory(makeDirectory(path))
    { }
    KeyLoad load(const QStringList &nameFilters);

private:
    KeyLoad failure(int systemError) const;
    void read(const Entry &entry);
    void reportUnread(const Entry &entry, const FileRead &read);
    void add(const Entry &entry, const CertificateData &certificate);
    void warnOfDuplicates(const std::vector<KeyStore::Builder::Duplicate> &duplicates);

    QString m_path;
    std::unique_ptr<Directory> m_directory;
    KeyStore::Builder m_builder;
    std::vector<const Entry *> m_certificates; // in the order of the builder
    ProblemList m_errors;
    ProblemList m_warnings;
    ProblemList m_remarks; // those that are least of the warnings
    bool m_isIncomplete = false;
    bool m_changedMeanwhile = false;
};

KeyLoad Loader::load(const QStringList &nameFilters)
{
    if (m_path.isEmpty())
        return failure(ENOENT);
    if (const int error = m_directory->open())
        return failure(error);
    const auto facts = m_directory->facts();
    const NameFilters filters(nameFilters);
    for (const QString &wildcard : filters.invalid()) {
        m_errors.add([&] {
            return u"%1: the name filter %2 is not valid, and nothing matches it"_s.arg(
                m_path, quoted(wildcard));
        });
    }
    if (facts) {
        if (QString text = directoryWarning(m_path, *facts); !text.isEmpty())
            m_warnings.add([&] { return std::move(text); });
    }

    std::vector<Entry> entries;
    // Half a list would revoke the other half.
    if (const int error = m_directory->list(&entries))
        return failure(error);
    if (!nameFilters.isEmpty()) {
        entries.erase(
            std::remove_if(entries.begin(), entries.end(),
                           [&](const Entry &entry) { return !filters.match(entry.name); }),
            entries.end());
    }
    sortByName(&entries);
    m_builder.reserve(static_cast<qsizetype>(entries.size()), 0);
    m_certificates.reserve(entries.size());
    for (const Entry &entry : entries)
        read(entry);

    KeyLoad load;
    std::vector<KeyStore::Builder::Duplicate> duplicates;
    load.keys = m_builder.build(&duplicates);
    warnOfDuplicates(duplicates);
    load.errors = m_errors.texts(m_path);
    load.warnings = m_warnings.texts(m_path) + m_remarks.texts(m_path);
    load.isIncomplete = m_isIncomplete;
    load.changedMeanwhile = m_changedMeanwhile || m_directory->facts() != facts;
    return load;
}

KeyLoad Loader::failure(int systemError) const
{
    KeyLoad load;
    load.fileError = kindOfDirectoryError(systemError);
    load.errors = QStringList(textOfDirectoryError(systemError, m_path));
    return load;
}

void Loader::read(const Entry &entry)
{
    const bool isKey = entry.kind == KeyFileName::Key;
    if (entry.isSpecial) {
        if (isKey) {
            m_errors.add([&] {
                return u"%1: not a regular file; remove it, or put a certificate in its place"_s
                    .arg(m_directory->pathOf(entry.name));
            });
        }
        return;
    }
    const FileRead file = m_directory->read(entry.name);
    if (!file.isOk()) {
        reportUnread(entry, file);
        return;
    }
    if (file.changedMeanwhile)
        m_changedMeanwhile = true;
    const CertificateParse parse = parseCertificate(file.contents.view());
    if (!parse.isOk()) {
        if (isKey) {
            m_errors.add([&] {
                return parse.error.text(m_directory->pathOf(entry.name))
                       + u"; mend the certificate, or remove it"_s;
            });
        }
        return;
    }
    if (file.facts.isWritableByOthers()) {
        m_warnings.add([&] { return fileWarning(m_directory->pathOf(entry.name), file.facts); });
    }
    if (parse.certificate->secretKey) {
        m_warnings.add([&] {
            return u"%1: holds a secret key%2; only its owner should have it, and the public "
                   "certificate is enough here"_s.arg(
                       m_directory->pathOf(entry.name),
                       file.facts.isReadableByOthers() ? u" that others may read"_s : QString());
        });
    }
    for (const CertificateProblem &warning : parse.warnings)
        m_remarks.add([&] { return warning.text(m_directory->pathOf(entry.name)); });
    add(entry, *parse.certificate);
}

void Loader::reportUnread(const Entry &entry, const FileRead &read)
{
    const bool isKey = entry.kind == KeyFileName::Key;
    const auto text = [&] {
        // The reader's text, with the name as it is shown here.
        const QString path = m_directory->pathOf(entry.name);
        const qsizetype end = read.errorText.indexOf(": "_L1, path.lastIndexOf(u'/'));
        return isCleanText(entry.name) ? read.errorText : path + read.errorText.sliced(end);
    };
    switch (read.error) {
    case FileError::None:
        break;
    case FileError::NotFound:
        // Otherwise it was removed since the directory was listed.
        if (isKey && m_directory->isLink(entry.name)) {
            m_errors.add([&] {
                return u"%1: a symbolic link to a file that is not there; remove it, or put the "
                       "file there"_s.arg(m_directory->pathOf(entry.name));
            });
        }
        break;
    case FileError::NotRegular:
        if (isKey && read.systemError != EISDIR)
            m_errors.add(text);
        break;
    case FileError::Unreadable:
        if (isKey) {
            m_isIncomplete = true;
            m_errors.add(text);
        } else if (read.systemError != EFBIG) {
            // It may be a certificate, and what it said before should stand.
            m_isIncomplete = true;
            m_warnings.add(text);
        }
        break;
    }
}

void Loader::add(const Entry &entry, const CertificateData &certificate)
{
    m_builder.add(reinterpret_cast<const uchar *>(certificate.publicKey.data()), {});
    m_certificates.push_back(&entry);
}

void Loader::warnOfDuplicates(const std::vector<KeyStore::Builder::Duplicate> &duplicates)
{
    const auto pathOf = [&](qsizetype position) {
        return m_directory->pathOf(m_certificates[static_cast<size_t>(position)]->name);
    };
    for (const auto &duplicate : duplicates) {
        m_warnings.add([&] {
            return u"%1: the same key as in %2, which counts; remove one of the two"_s.arg(
                pathOf(duplicate.position), pathOf(duplicate.first));
        });
    }
}

bool isNeverRead(QByteArrayView name)
{
    constexpr QByteArrayView Endings[] = {"~", ".bak", ".old", ".orig", ".tmp"};
    constexpr QByteArrayView Parts[] = {"_secret", ".dpkg-", ".rpm"};
    const qsizetype size = name.size();
    return name.isEmpty() || name.front() == '.' || name.front() == '#'
           || std::any_of(std::begin(Endings), std::end(Endings),
                          [&](QByteArrayView ending) { return name.endsWith(ending); })
           || std::any_of(std::begin(Parts), std::end(Parts),
                          [&](QByteArrayView part) { return name.contains(part); })
           || (size >= 4 && name.sliced(size - 4, 3) == ".sw");
}

} // namespace

KeyFileName keyFileName(QByteArrayView name)
{
    if (isNeverRead(name))
        return KeyFileName::Never;
    return name.endsWith(".key") ? KeyFileName::Key : KeyFileName::Candidate;
}

KeyLoad loadKeyDirectory(const QString &directory, const QStringList &nameFilters)
{
    try {
        return Loader(directory).load(nameFilters);
    } catch (const std::bad_alloc &) {
        KeyLoad load;
        load.fileError = FileError::Unreadable;
        load.errors = QStringList(outOfMemoryText(directory));
        return load;
    }
}

} // namespace QZap::Internal
