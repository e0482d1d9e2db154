// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_FILEAGE_H
#define QZAP_CREDENTIALS_FILES_FILEAGE_H

#include "credentials/files/filereader.h"

#include <algorithm>
#include <chrono>

namespace QZap::Internal {

// Nanoseconds since 1970, as in FileFacts.
using WallClock = qint64 (*)();

inline qint64 wallClock()
{
    using namespace std::chrono;
    return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

// Whether a file that was read then can be known by its facts. Time stamps are as coarse as 2 s:
// one that was younger may have been written to since and not look it.
inline bool isSettled(const FileFacts &facts, qint64 readAt)
{
    constexpr qint64 CoarsestStamp = 2'000'000'000;
    return std::max(facts.modified, facts.changed) < readAt - CoarsestStamp;
}

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_FILEAGE_H
