// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "unreadkeys.h"

#include "credentials/certificates/certificatefile.h"
#include "credentials/certificates/otherformat.h"
#include "credentials/files/directoryreader.h"
#include "credentials/files/fileload.h"
#include "credentials/keys/keydirectorylisting.h"

#include <set>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// The maximum number of files that are read once more.
constexpr int MaximumFiles = 10'000;

std::set<QByteArray> namesOf(const KeyStore &keys)
{
    std::set<QByteArray> names;
    for (qsizetype position = 0; position < keys.positions(); ++position)
        names.insert(keys.originAt(position).fileName.toByteArray());
    return names;
}

// Returns why a file is not read although it resembles a certificate; empty for other files.
Problem problemOf(const FileRead &read)
{
    if (!read.isOk() || read.changedMeanwhile)
        return {};
    const QByteArrayView contents = read.contents.view();
    const CertificateParse parse = parseCertificate(contents);
    // A restriction that is invalid is reported as an error.
    if (parse.isOk() || parse.refusedKey || !resemblesCertificate(contents))
        return {};
    return parse.error.within(u"not read, although it resembles a certificate: "_s);
}

} // namespace

QList<Problem> unreadKeyWarnings(const QString &directory, const KeyStore &keys)
{
    const auto reader = DirectoryReader::make(directory);
    KeyDirectoryListing listing;
    if (reader->open() != 0 || listing.read(reader.get(), NameFilters({})) != 0)
        return {};
    ProblemList warnings;
    const std::set<QByteArray> names = namesOf(keys);
    int filesLeft = MaximumFiles;
    for (const KeyDirectoryListing::File &file : listing.files) {
        // A name that ends in .key makes it an error.
        if (file.isSpecial || kindOfReadFile(file.name) == KeyFileName::Key
            || names.count(file.name) > 0)
            continue;
        if (filesLeft-- == 0)
            break;
        const FileRead read = reader->read(file.name, MaximumCertificateSize);
        if (const Problem problem = problemOf(read))
            warnings.add([&] { return problem.in(reader->pathOf(file.name)); });
    }
    return warnings.problems(directory);
}
