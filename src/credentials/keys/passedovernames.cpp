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
    m_digest = 0;
}

void PassedOverNames::insert(const QByteArray &name, PassedOver reason)
{
    remove(name);
    m_reasons.emplace(name, reason);
    m_digest ^= digestOf(name, reason);
}

void PassedOverNames::remove(const QByteArray &name)
{
    const auto entry = m_reasons.find(name);
    if (entry == m_reasons.end())
        return;
    m_digest ^= digestOf(name, entry->second);
    m_reasons.erase(entry);
}

PassedOverReport PassedOverNames::report() const
{
    PassedOverReport report;
    report.count = static_cast<qsizetype>(m_reasons.size());
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
    constexpr int MaximumNames = 1000;
    constexpr std::ptrdiff_t MaximumRead = 16;
    const auto directory = parent.subdirectory(name);
    if (directory->open() != 0)
        return false;
    std::vector<QByteArray> names;
    int seen = 0;
    const auto take = [&](QByteArrayView entry, DirectoryReader::EntryType type) {
        if (type != DirectoryReader::EntryType::Directory
            && type != DirectoryReader::EntryType::Special && passedOver(entry) == PassedOver::No)
            names.push_back(entry.toByteArray());
        return ++seen < MaximumNames;
    };
    if (directory->list(take) != 0)
        return false;
    const auto isKey = [](const QByteArray &entry) {
        return keyFileName(entry) == KeyFileName::Key;
    };
    const auto end =
        names.begin() + std::min(MaximumRead, static_cast<std::ptrdiff_t>(names.size()));
    std::stable_partition(names.begin(), names.end(), isKey);
    return std::any_of(names.begin(), end, [&](const QByteArray &entry) {
        const FileRead read = directory->read(entry, MaximumCertificateSize);
        return read.isOk() && parseCertificate(read.contents.view()).isOk();
    });
}

} // namespace QZap::Internal
