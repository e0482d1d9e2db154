// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_FILELOAD_H
#define QZAP_CREDENTIALS_FILES_FILELOAD_H

#include "base/text.h"
#include "credentials/files/filereader.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstringlist.h>

namespace QZap::Internal {

// What the load of a file or directory has to say, beside what it loaded. Every text names the
// file, the line where there is one, what is wrong and what to do; none quotes what stands there.
struct FileLoad
{
    QStringList errors;   // what is asked for there and not in force
    QStringList warnings; // all of it is in force, and not as safe, or not what was meant
    FileError fileError = FileError::None; // why nothing was loaded
    bool isIncomplete = false;             // some file of a directory is there and unreadable
    bool changedMeanwhile = false;         // written to while it was read: load it again
};

// Keeps the first problems and counts the others: a million bad lines are not a million texts.
class ProblemList
{
public:
    static constexpr qsizetype Maximum = 20;

    // makeText() returns the problem's text, and is called only where that is kept.
    template <typename MakeText>
    void add(MakeText makeText)
    {
        if (m_count++ < Maximum)
            m_texts.append(makeText());
    }
    // Whether no further text is kept.
    bool isFull() const { return m_count >= Maximum; }
    // Those that were kept, and how many more there are in the file or directory.
    [[nodiscard]] QStringList texts(const QString &path) const;

private:
    QStringList m_texts;
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

// Warnings of a file, and of the directory it is in, that others than the owner may change.
[[nodiscard]] QStringList writerWarnings(const QString &file, const FileFacts &facts);
// The same of one directory, or of a file by itself; empty where there is nothing to say.
[[nodiscard]] QString directoryWarning(const QString &directory, const FileFacts &facts);
[[nodiscard]] QString fileWarning(const QString &file, const FileFacts &facts);

// A text for std::bad_alloc.
[[nodiscard]] QString outOfMemoryText(const QString &path);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_FILELOAD_H
