// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keydirectorylisting.h"

#include "credentials/files/directoryreader.h"

#include <QtCore/qendian.h>

#include <algorithm>

namespace QZap::Internal {

namespace {

template <typename T, typename Predicate>
void eraseIf(std::vector<T> *entries, Predicate predicate)
{
    entries->erase(std::remove_if(entries->begin(), entries->end(), predicate), entries->end());
}

qsizetype commonSize(const QByteArray &lhs, const QByteArray &rhs, qsizetype limit)
{
    const qsizetype size = std::min({lhs.size(), rhs.size(), limit});
    return std::mismatch(lhs.begin(), lhs.begin() + size, rhs.begin()).first - lhs.begin();
}

// Sorts by the bytes of the names, and removes duplicates. Names in a directory often have a common
// prefix, so the bytes after it are compared first, as a number.
void sortByName(std::vector<KeyDirectoryListing::File> *files)
{
    using File = KeyDirectoryListing::File;
    if (files->empty())
        return;
    const QByteArray &pattern = files->front().name;
    qsizetype common = pattern.size();
    for (const File &file : *files)
        common = commonSize(pattern, file.name, common);
    for (File &file : *files) {
        char bytes[sizeof file.sortKey] = {};
        const qsizetype size = std::min<qsizetype>(file.name.size() - common, sizeof file.sortKey);
        std::copy_n(file.name.cbegin() + common, size, bytes);
        file.sortKey = qFromBigEndian<quint64>(bytes);
    }
    std::sort(files->begin(), files->end(), [](const File &lhs, const File &rhs) {
        return lhs.sortKey != rhs.sortKey ? lhs.sortKey < rhs.sortKey : lhs.name < rhs.name;
    });
    const auto isSame = [](const File &lhs, const File &rhs) { return lhs.name == rhs.name; };
    files->erase(std::unique(files->begin(), files->end(), isSame), files->end());
}

} // namespace

int KeyDirectoryListing::read(DirectoryReader *directory, const NameFilters &filters)
{
    using EntryType = DirectoryReader::EntryType;
    const auto take = [&](QByteArrayView name, EntryType type) {
        const PassedOver reason = passedOver(name);
        if (reason == PassedOver::Hidden)
            return true;
        if (type == EntryType::Directory)
            directories.push_back(name.toByteArray());
        else if (reason != PassedOver::No)
            passedOverFiles.push_back({name.toByteArray(), reason});
        else
            files.push_back(
                {name.toByteArray(), 0, type == EntryType::Special,
                 type == EntryType::Link
                     || (type == EntryType::Unknown && directory->isLink(name.toByteArray()))});
        return true;
    };
    if (const int error = directory->list(take))
        return error;
    sortByName(&files);
    const auto isFile = [this](const QByteArray &name) {
        const auto file =
            std::lower_bound(files.cbegin(), files.cend(), name,
                             [](const File &lhs, const QByteArray &rhs) { return lhs.name < rhs; });
        return file != files.cend() && file->name == name;
    };
    eraseIf(&passedOverFiles, [&](const PassedOverReport::Name &entry) {
        const QByteArray publicName = publicNameOf(entry.name);
        return (!publicName.isEmpty() && isFile(publicName)) || !filters.match(entry.name);
    });
    eraseIf(&files, [&filters](const File &entry) { return !filters.match(entry.name); });
    eraseIf(&directories, [&filters](const QByteArray &name) { return !filters.match(name); });
    return 0;
}

} // namespace QZap::Internal
