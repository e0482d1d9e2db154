// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_FILELOAD_H
#define QZAP_CREDENTIALS_FILES_FILELOAD_H

#include "base/problem.h"
#include "base/text.h"
#include "credentials/files/filereader.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qset.h>

#include <algorithm>
#include <optional>

namespace QZap::Internal {

// What the load of a file or directory reports, beside what it loaded. No problem quotes the file.
struct FileLoad
{
    QList<Problem> errors;   // what is asked for there and not in force
    QList<Problem> warnings; // all of it is in force, and not as safe, or not what was meant
    FileError fileError = FileError::None; // why nothing was loaded
    bool isIncomplete = false;             // some file of a directory is there and unreadable
    bool changedMeanwhile = false;         // written to while it was read: load it again
    bool waitsForChange = false;           // what is unreadable stays so until it changes
    // Something is being written, or was lost a moment ago: who is missing may yet come.
    bool isSettling = false;
    // When to load it again even if nothing is reported, in nanoseconds.
    std::optional<qint64> lookAgainAfter;
    // Names of files that may change without an event in their directory: links, and files with
    // several names. They are no more than can be watched, and one. A single file is named as in
    // its directory.
    static constexpr qsizetype MaximumLinkedNames = 1024 + 1;
    QSet<QByteArray> linkedNames;
    bool isUnchanged = false; // a part was compared, and nothing else here says anything
    bool sweepGoesOn = false; // there are more parts to compare

    // Makes it `lookAgainAfter` this long at the latest.
    void lookAgainWithin(qint64 nanoseconds)
    {
        lookAgainAfter = std::min(lookAgainAfter.value_or(nanoseconds), nanoseconds);
    }
};

// Keeps the first problems and counts the others: a million bad lines are not a million texts.
class ProblemList
{
public:
    static constexpr qsizetype Maximum = 20;

    // Calls makeProblem() only if what it returns is kept.
    template <typename MakeProblem>
    void add(MakeProblem makeProblem)
    {
        if (m_count++ < Maximum)
            m_problems.append(makeProblem());
    }
    // Returns whether no further problem is kept.
    bool isFull() const { return m_count >= Maximum; }
    // Returns those that were kept, and one that says how many more the file or directory has.
    [[nodiscard]] QList<Problem> problems(const QString &path) const;

private:
    QList<Problem> m_problems;
    qsizetype m_count = 0;
};

// The lines of a text, without LF or CRLF. Nothing else is trimmed.
class LineReader
{
public:
    explicit LineReader(QByteArrayView text)
        : m_at(text.begin())
        , m_end(text.end())
    { }
    bool next();
    QByteArrayView line() const { return m_line; }
    int number() const { return m_number; } // from 1
    // Some editors begin a file with it, and any line does once such files are put together: it
    // would spoil the first word, unseen.
    bool startsWithMark() const { return m_line.startsWith(ByteOrderMark); }

private:
    const char *m_at;
    const char *m_end;
    QByteArrayView m_line;
    int m_number = 0;
};

// Warns if others than the owner may change a file, or replace files in its directory.
[[nodiscard]] QList<Problem> writerWarnings(const QString &file, const FileFacts &facts);
// Warn of one of these alone.
[[nodiscard]] Problem directoryWarning(const QString &directory, const FileFacts &facts);
[[nodiscard]] Problem fileWarning(const QString &file, const FileFacts &facts);

// Returns the problem that std::bad_alloc stands for.
[[nodiscard]] Problem outOfMemory(const QString &path);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_FILELOAD_H
