// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_REPEATEDREADER_H
#define QZAP_CREDENTIALS_FILES_REPEATEDREADER_H

#include "base/steadyclock.h"
#include "credentials/files/filereader.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// How long something that is gone may come back before that is final.
inline constexpr qint64 GonePeriod = 10'000'000'000; // ns

// Returns the lines that have their end. A file that is being written may end in half a line.
[[nodiscard]] QByteArrayView wholeLines(QByteArrayView text);

// Remembers since when something that was there is gone.
class Absence
{
public:
    // Returns for how many nanoseconds more it may come back; 0 or less if it is gone for good.
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

// Reads one file again and again, but not while it is known to be as it was.
class RepeatedReader
{
public:
    enum class Outcome {
        Same,       // as the contents that were returned last
        Contents,   // read; of one that is written to all the time, as it was at some moment
        Changing,   // written to while it was read: what was read may be half of each version
        Unreadable, // it says what it last said
        Lost,       // gone, or no regular file any more; it may come back in a moment
        Gone,       // the same for good, or it was never there
    };

    struct Look
    {
        Outcome outcome = Outcome::Same;
        FileRead read;
        qint64 remaining = 0; // ns, if it is lost
    };

    RepeatedReader(const QString &path, qsizetype limit, WallClock clock, SteadyClock steady);

    // One that is open is being written to. Throws nothing but std::bad_alloc.
    [[nodiscard]] Look look(bool isOpen);
    // Facts about the contents that were returned last.
    const FileFacts &facts() const { return m_facts; }
    const QString &path() const { return m_path; }
    // Its name if it has others as well, for FileLoad::linkedNames.
    QSet<QByteArray> linkedNames() const;

private:
    const QString m_path;
    const qsizetype m_limit;
    const WallClock m_clock;
    const SteadyClock m_steady;
    FileFacts m_facts;
    bool m_isKnown = false;   // it has been read
    bool m_isSettled = false; // the same facts, the same contents
    bool m_wasOpen = false;
    Absence m_absence;
    Absence m_quiet; // of moments in which nobody writes
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_REPEATEDREADER_H
