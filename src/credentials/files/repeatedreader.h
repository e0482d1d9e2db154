// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_REPEATEDREADER_H
#define QZAP_CREDENTIALS_FILES_REPEATEDREADER_H

#include "base/sortedset.h"
#include "base/steadyclock.h"
#include "credentials/files/filereader.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// The time in which a removed file may reappear before the removal is final.
inline constexpr qint64 GonePeriod = 10'000'000'000; // ns

// Returns the complete lines. A file that is being written may end in an incomplete one.
[[nodiscard]] QByteArrayView wholeLines(QByteArrayView text);

// Remembers since when a file or directory has been missing.
class Absence
{
public:
    // Returns how many nanoseconds remain until the removal is final; 0 or less if it is final.
    qint64 remaining(qint64 now)
    {
        if (!m_isActive)
            m_since = now;
        m_isActive = true;
        return m_since + GonePeriod - now;
    }
    void end() { m_isActive = false; }

private:
    qint64 m_since = 0;
    bool m_isActive = false;
};

// Reads one file repeatedly, but not while it is known to be unchanged.
class RepeatedReader
{
public:
    enum class Outcome {
        Same,       // the contents that were returned last
        Contents,   // read; of a file that is written to continuously, a recent state
        Changing,   // written to while being read: the contents may be a mixture of versions
        Unreadable, // the previous contents remain in force
        Lost,       // removed, or no longer a regular file, but may reappear soon
        Gone,       // removed for good, or never existed
    };

    struct Look
    {
        Outcome outcome = Outcome::Same;
        FileRead read;
        bool isElsewhere = false; // another file has replaced the one that was read before
        qint64 remaining = 0;     // ns, if Lost
    };

    RepeatedReader(const QString &path, qsizetype limit, WallClock clock, SteadyClock steady);

    // A file that is open is being written to. Throws only std::bad_alloc.
    [[nodiscard]] Look look(bool isOpen);
    // Makes the next look() read the file again, since its contents could not be used.
    void forget() { m_isSettled = false; }
    // The facts of the contents that were returned last.
    const FileFacts &facts() const { return m_facts; }
    const QString &path() const { return m_path; }
    // Returns its name if it has other names as well, for FileLoad::linkedNames.
    NameSet linkedNames() const;

private:
    const QString m_path;
    const qsizetype m_limit;
    const WallClock m_clock;
    const SteadyClock m_steady;
    FileFacts m_facts;
    bool m_isKnown = false;   // has been read
    bool m_isSettled = false; // unchanged facts mean unchanged contents
    bool m_wasOpen = false;
    Absence m_absence;
    Absence m_quiet; // "missing" stands for a moment without writes
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_REPEATEDREADER_H
