// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYDIRECTORYENTRY_H
#define QZAP_CREDENTIALS_KEYS_KEYDIRECTORYENTRY_H

#include "base/retrypause.h"
#include "base/steadyclock.h"
#include "credentials/certificates/certificatefile.h"
#include "credentials/files/fileload.h"
#include "credentials/keys/keyfilename.h"

#include <QtCore/qset.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace QZap::Internal {

class DirectoryReader;
class KeyFieldEncoder;

// What a key directory knows of one of its files. There are many: what few have is kept apart.
struct KeyDirectoryEntry
{
    // None of them names the file.
    struct Problems
    {
        Problem unread;   // why the file could not be read
        RetryPause retry; // until it is tried again
        Problem error;    // why there is no certificate, if that is an error
        QList<Problem> fieldErrors;
        QList<Problem> warnings;
    };

    QByteArray name;
    FileFacts facts; // of what was read last, and is told of here
    std::array<uchar, CurveKeySize> key{};
    QByteArray fields; // the user id's size, the user id, the metadata, if fields are declared
    std::unique_ptr<Problems> problems;
    KeyFileName kind = KeyFileName::Candidate;
    bool hasKey = false;
    bool hasSecretKey = false;
    bool isSettled = false; // the same facts, the same contents
    bool isUnread = false;  // it is there, and what it said before holds
    bool isGone = false;
    bool isLink = false;
    bool isChanging = false;  // it was written to while it was read, and is to be read again
    bool isSuspended = false; // it is open for writing, and its former key is missing

    QByteArrayView userId() const;
    QByteArrayView metadata() const;
};

// The problems of the files of a directory.
struct KeyDirectoryEntryReport
{
    ProblemList errors;
    ProblemList warnings;
    ProblemList remarks; // the least of the warnings
    bool isIncomplete = false;
    bool isSettling = false;
    std::optional<qint64> retryAt; // the first of all
    QSet<QByteArray> linkedNames;

    void add(const KeyDirectoryEntry &file, const DirectoryReader &directory);
};

// Looks at files of a directory and tells what became of what is known of them. What could not be
// read says what it said before, what was read whole and is no certificate says nothing. A file
// that is open for writing says what its whole lines say.
class KeyDirectoryEntryReader
{
public:
    enum class Outcome {
        SameKey,  // or still none
        OtherKey, // or fields, or none any more
        Gone,
    };

    // All of them outlive the reader; what is read from now on is read at that time or later.
    KeyDirectoryEntryReader(const DirectoryReader &directory, KeyFieldEncoder *encoder,
                            const QSet<QByteArray> &openNames, qint64 now, qint64 steadyNow);

    [[nodiscard]] Outcome look(KeyDirectoryEntry *file, bool isSpecial);
    // Whether some file was written to while it was read.
    bool changedMeanwhile() const { return m_changedMeanwhile; }
    // Those of the files that turned out to be sub-directories, as links may.
    const std::vector<QByteArray> &directories() const { return m_directories; }

private:
    Outcome take(KeyDirectoryEntry *file, const FileRead &read);
    Outcome suspend(KeyDirectoryEntry *file) const;
    void setUnreadable(KeyDirectoryEntry *file, const FileRead &read) const;
    void addFields(KeyDirectoryEntry *file, const CertificateParse &parse);
    static Outcome revoke(KeyDirectoryEntry *file, const Problem &why);

    const DirectoryReader &m_directory;
    KeyFieldEncoder *m_encoder;
    const QSet<QByteArray> &m_openNames;
    qint64 m_now;
    qint64 m_steadyNow;
    bool m_changedMeanwhile = false;
    std::vector<QByteArray> m_directories;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYDIRECTORYENTRY_H
