// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_FILELOAD_H
#define QZAP_CREDENTIALS_FILES_FILELOAD_H

#include "base/problem.h"
#include "base/sortedset.h"
#include "base/text.h"
#include "credentials/files/filereader.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

#include <algorithm>
#include <optional>

namespace QZap::Internal {

// The outcome of loading a file or directory, apart from the contents. No problem quotes the file.
struct FileLoad
{
    QList<Problem> errors;   // entries that are not in force
    QList<Problem> warnings; // entries that are in force, but unsafe or probably not as intended
    FileError fileError = FileError::None; // why nothing was loaded
    bool isIncomplete = false;             // a file of a directory exists, but cannot be read
    bool changedMeanwhile = false;         // written to while being read: load it again
    bool waitsForChange = false;           // an unreadable file is not read again until it changes
    // A file is being written, or was lost a moment ago: missing entries may still appear.
    bool isSettling = false;
    // When to load it again even if no change is reported, in nanoseconds.
    std::optional<qint64> lookAgainAfter;
    // Names of files that may change without an event in their directory: links, and files with
    // several names. At most one more than can be watched. A single file is named as in its
    // directory.
    static constexpr qsizetype MaximumLinkedNames = 1024 + 1;
    NameSet linkedNames;
    bool isUnchanged = false; // a part was compared; the other members are not set
    bool sweepGoesOn = false; // more parts remain to be compared
    // Another file or directory has replaced the one that was loaded before.
    bool isElsewhere = false;

    // Returns whether the file or directory was lost a moment ago.
    bool isLost() const { return isSettling && fileError != FileError::None; }
    // Adds the consequence to the text of the first error.
    void addConsequence(QStringView consequence)
    {
        errors.first().what.append(u"; ").append(consequence);
    }
    // Lowers `lookAgainAfter` to at most this time.
    void lookAgainWithin(qint64 nanoseconds)
    {
        lookAgainAfter = std::min(lookAgainAfter.value_or(nanoseconds), nanoseconds);
    }
};

// Keeps the first problems and counts the others, so that a million invalid lines do not cause a
// million texts.
class ProblemList
{
public:
    static constexpr qsizetype Maximum = 20;

    // Calls makeProblem() only if its result is kept.
    template <typename MakeProblem>
    void add(MakeProblem makeProblem)
    {
        if (m_count++ < Maximum)
            m_problems.append(makeProblem());
    }
    // Returns whether further problems are only counted.
    bool isFull() const { return m_count >= Maximum; }
    // Returns the kept problems, and one with the number of further problems of the file or
    // directory.
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
    // Returns whether the line starts with a byte order mark. Some editors write it at the start of
    // a file, and files that were concatenated contain it in other lines: it would become an
    // invisible part of the first word.
    bool startsWithMark() const { return m_line.startsWith(ByteOrderMark); }

private:
    const char *m_at;
    const char *m_end;
    QByteArrayView m_line;
    int m_number = 0;
};

// Returns warnings if anyone but the owner can change a file, or replace files in its directory.
[[nodiscard]] QList<Problem> writerWarnings(const QString &file, const FileFacts &facts);
// Returns the warning that others can add and replace files in the directory.
[[nodiscard]] Problem directoryWarning(const QString &directory);
// Returns a warning if others can write to the file.
[[nodiscard]] Problem fileWarning(const QString &file, const FileFacts &facts);

// Returns the problem that std::bad_alloc stands for.
[[nodiscard]] Problem outOfMemory(const QString &path);
// Adds this error unless there is not enough memory for it.
void addOutOfMemory(const QString &path, QList<Problem> *errors) noexcept;

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_FILELOAD_H
