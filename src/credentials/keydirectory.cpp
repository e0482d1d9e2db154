// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keydirectory.h"

#include "credentials/certificatefile.h"
#include "credentials/directoryreader.h"
#include "credentials/keyfilename.h"
#include "protocol/text.h"

#include <QtCore/qendian.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

struct Entry
{
    QByteArray name;
    quint64 sortKey = 0;
    KeyFileName kind = KeyFileName::Candidate;
    bool isSpecial = false;
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

class Loader
{
public:
    explicit Loader(const QString &path)
        : m_path(path)
        , m_directory(DirectoryReader::make(path))
    { }
    KeyLoad load(const QStringList &nameFilters);

private:
    KeyLoad failure(int systemError) const;
    void read(const Entry &entry);
    void reportUnread(const Entry &entry, const FileRead &read);
    void add(const Entry &entry, const CertificateData &certificate);
    void warnOfDuplicates(const std::vector<KeyStore::Builder::Duplicate> &duplicates);

    QString m_path;
    std::unique_ptr<DirectoryReader> m_directory;
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
    const auto take = [&](QByteArrayView name, bool isSpecial) {
        const KeyFileName kind = keyFileName(name);
        if (kind != KeyFileName::Never)
            entries.push_back({name.toByteArray(), 0, kind, isSpecial});
    };
    // Half a list would revoke the other half.
    if (const int error = m_directory->list(take))
        return failure(error);
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [&](const Entry &entry) { return !filters.match(entry.name); }),
                  entries.end());
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
    load.fileError = directoryError(systemError);
    load.errors = QStringList(directoryErrorText(systemError, m_path));
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
    const FileRead file = m_directory->read(entry.name, MaximumCertificateSize);
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

} // namespace

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
