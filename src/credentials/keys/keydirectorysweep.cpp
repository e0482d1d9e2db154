// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keydirectorysweep.h"

#include "credentials/files/directoryreader.h"

#include <algorithm>

namespace QZap::Internal {

namespace {

// The number of files between two readings of the clock.
constexpr int FilesAtOnce = 16;

bool wantsReading(const KeyDirectoryEntry &file, const DirectoryReader &directory)
{
    // An unreadable file has its own retry pause.
    if (file.isUnread && file.problems && file.problems->retry.isActive())
        return false;
    return !file.isSettled || directory.factsOf(file.name) != file.facts;
}

bool isOtherFile(const KeyDirectoryEntry &file, const DirectoryReader &directory)
{
    if (!file.isLink && !file.facts.hasOtherNames)
        return false;
    const FileFacts facts = directory.factsOf(file.name).value_or(FileFacts());
    return facts.device != file.facts.device || facts.inode != file.facts.inode;
}

} // namespace

NameSet KeyDirectorySweep::next(const std::vector<KeyDirectoryEntry> &files,
                                const DirectoryReader &directory, SteadyClock clock)
{
    NameSet names;
    m_hasFoundOtherFile = false;
    const qint64 end = clock() + SliceTime;
    auto file = m_after.isNull()
                    ? files.cbegin()
                    : std::upper_bound(files.cbegin(), files.cend(), m_after,
                                       [](const QByteArray &lhs, const KeyDirectoryEntry &rhs) {
                                           return lhs < rhs.name;
                                       });
    for (int count = 1; file != files.cend(); ++file, ++count) {
        if (wantsReading(*file, directory)) {
            names.insert(file->name);
            m_hasFoundOtherFile = m_hasFoundOtherFile || isOtherFile(*file, directory);
        }
        if (count % FilesAtOnce == 0 && clock() >= end) {
            m_after = file->name;
            return names;
        }
    }
    m_after = QByteArray();
    return names;
}

} // namespace QZap::Internal
