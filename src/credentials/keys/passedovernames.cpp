// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/passedovernames.h"

#include "base/text.h"
#include "credentials/certificates/certificatefile.h"
#include "credentials/files/directoryreader.h"

#include <QtCore/qfile.h>
#include <QtCore/qhashfunctions.h>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

size_t digestOf(const QByteArray &name, PassedOver reason)
{
    return qHash(name, static_cast<size_t>(reason) + 1);
}

// A search for one certificate in a tree of directories, within bounds.
class CertificateSearch
{
public:
    bool find(const DirectoryReader &parent, const QByteArray &name, int depth);

private:
    bool isCertificate(const DirectoryReader &directory, const QByteArray &name);

    int m_namesLeft = 1000;
    int m_filesLeft = 16;
};

bool CertificateSearch::find(const DirectoryReader &parent, const QByteArray &name, int depth)
{
    constexpr int MaximumDepth = 4;
    using EntryType = DirectoryReader::EntryType;
    const auto directory = parent.subdirectory(name);
    if (directory->open() != 0)
        return false;
    std::vector<QByteArray> files;
    std::vector<QByteArray> directories;
    const auto take = [&](QByteArrayView entry, EntryType type) {
        const PassedOver reason = passedOver(entry);
        if (type == EntryType::Directory && reason != PassedOver::Hidden)
            directories.push_back(entry.toByteArray());
        else if (type != EntryType::Directory && type != EntryType::Special
                 && reason == PassedOver::No)
            files.push_back(entry.toByteArray());
        return --m_namesLeft > 0;
    };
    if (directory->list(take) != 0)
        return false;
    std::stable_partition(files.begin(), files.end(), [](const QByteArray &entry) {
        return keyFileName(entry) == KeyFileName::Key;
    });
    return std::any_of(files.cbegin(), files.cend(),
                       [&](const QByteArray &entry) { return isCertificate(*directory, entry); })
           || (depth < MaximumDepth
               && std::any_of(directories.cbegin(), directories.cend(),
                              [&](const QByteArray &entry) {
                                  return m_namesLeft > 0 && find(*directory, entry, depth + 1);
                              }));
}

bool CertificateSearch::isCertificate(const DirectoryReader &directory, const QByteArray &name)
{
    if (m_filesLeft == 0)
        return false;
    --m_filesLeft;
    const FileRead read = directory.read(name, MaximumCertificateSize);
    return read.isOk() && parseCertificate(read.contents.view()).isOk();
}

} // namespace

QString PassedOverReport::text(const QString &directory) const
{
    if (count == 0)
        return {};
    QStringList names;
    for (const Name &entry : first) {
        const QString name = QFile::decodeName(entry.name);
        names += quoted(entry.reason == PassedOver::Directory ? name + u'/' : name);
    }
    QString result =
        directory
        + (count == 1 ? u": 1 entry is not read: "_s : u": %1 entries are not read: "_s.arg(count))
        + names.join(", "_L1);
    if (count > first.size())
        result += u" and %1 more"_s.arg(count - first.size());
    return result + R"(; "qzap check" says why)"_L1;
}

void PassedOverNames::clear()
{
    m_reasons.clear();
    m_directories = 0;
    m_digest = 0;
}

void PassedOverNames::insert(const QByteArray &name, PassedOver reason)
{
    remove(name);
    m_reasons.emplace(name, reason);
    m_directories += reason == PassedOver::Directory ? 1 : 0;
    m_digest ^= digestOf(name, reason);
}

void PassedOverNames::remove(const QByteArray &name)
{
    const auto entry = m_reasons.find(name);
    if (entry == m_reasons.end())
        return;
    m_digest ^= digestOf(name, entry->second);
    m_directories -= entry->second == PassedOver::Directory ? 1 : 0;
    m_reasons.erase(entry);
}

PassedOverReport PassedOverNames::report() const
{
    PassedOverReport report;
    report.count = static_cast<qsizetype>(m_reasons.size());
    report.directories = m_directories;
    report.digest = m_digest;
    for (const auto &[name, reason] : m_reasons) {
        if (report.first.size() == PassedOverReport::Maximum)
            break;
        report.first.append({name, reason});
    }
    return report;
}

bool holdsCertificates(const DirectoryReader &parent, const QByteArray &name)
{
    return CertificateSearch().find(parent, name, 1);
}

} // namespace QZap::Internal
