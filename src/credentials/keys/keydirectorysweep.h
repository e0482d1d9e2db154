// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYDIRECTORYSWEEP_H
#define QZAP_CREDENTIALS_KEYS_KEYDIRECTORYSWEEP_H

#include "base/sortedset.h"
#include "base/steadyclock.h"
#include "credentials/keys/keydirectoryentry.h"

#include <QtCore/qbytearray.h>

#include <vector>

namespace QZap::Internal {

// Compares the known facts of a directory's files with the files, one part at a time, so that
// changes that are reported meanwhile are not delayed.
class KeyDirectorySweep
{
public:
    // The time that one part may take, in nanoseconds. The list of names is read in one part.
    static constexpr qint64 SliceTime = 2'000'000;

    // Compares the next part of the files, which are sorted by name. Returns the names of those
    // that must be read again.
    [[nodiscard]] NameSet next(const std::vector<KeyDirectoryEntry> &files,
                               const DirectoryReader &directory, SteadyClock clock);
    // Returns whether the last part has found that a link, or a file with several names, is now
    // another file: a mount causes no event.
    bool hasFoundOtherFile() const { return m_hasFoundOtherFile; }
    // Returns whether the sweep has further parts.
    bool goesOn() const { return !m_after.isNull(); }

private:
    QByteArray m_after; // the last file that was compared; null before the first part
    bool m_hasFoundOtherFile = false;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYDIRECTORYSWEEP_H
