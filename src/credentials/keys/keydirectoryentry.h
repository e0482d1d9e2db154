// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYDIRECTORYENTRY_H
#define QZAP_CREDENTIALS_KEYS_KEYDIRECTORYENTRY_H

#include "base/retrypause.h"
#include "base/sortedset.h"
#include "base/steadyclock.h"
#include "credentials/certificates/certificatefile.h"
#include "credentials/files/fileload.h"
#include "credentials/keys/fieldnames.h"
#include "credentials/keys/keyfilename.h"
#include "credentials/stores/keystore.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace QZap::Internal {

class DirectoryReader;
class KeyFieldEncoder;

// What a key directory knows about one of its files. There can be many, so rarely used data is
// stored separately.
struct KeyDirectoryEntry
{
    // None of the problems names the file.
    struct Problems
    {
        Problem unread;   // why the file could not be read
        RetryPause retry; // until the next attempt
        Problem error;    // why it contains no certificate, if that is an error
        QList<Problem> fieldErrors;
        QList<Problem> warnings;
    };

    QByteArray name;
    FileFacts facts; // of the version that was read last
    std::array<uchar, CurveKeySize> key{};
    QByteArray fields; // if fields are declared: the user id's size, the user id, the metadata
    qint64 notAfter = KeyStore::Never; // of the key
    std::unique_ptr<Problems> problems;
    FieldNameSets::Number fieldNames = FieldNameSets::Unknown; // if fields are declared
    KeyFileName kind = KeyFileName::Candidate;
    bool hasKey = false;
    bool excludesKey = false; // the key is refused, whatever other files contain
    bool hasSecretKey = false;
    bool isSettled = false; // unchanged facts mean unchanged contents
    bool isUnread = false;  // the file exists, and its previous contents remain in force
    bool isGone = false;
    bool isLink = false;
    bool isChanging = false;  // written to while being read: must be read again
    bool isSuspended = false; // open for writing, and its previous key is missing

    bool concernsKey() const { return hasKey || excludesKey; }
    QByteArrayView userId() const;
    QByteArrayView metadata() const;
    // Returns the reason for which the key is refused, for a file that excludes it.
    UnusedEntries::Entry unusedEntry() const;
};

// The problems of the files of a directory.
struct KeyDirectoryEntryReport
{
    ProblemList errors;
    ProblemList warnings;
    ProblemList remarks; // the least important warnings
    bool isIncomplete = false;
    bool isSettling = false;
    std::optional<qint64> retryAt; // the earliest of all files
    NameSet linkedNames;

    void add(const KeyDirectoryEntry &file, const DirectoryReader &directory);
};

// Checks files of a directory and updates their entries. A file that cannot be read keeps its
// previous key; a file that was read completely and is not a certificate has none. Of a file that
// is open for writing, only complete lines are used.
class KeyDirectoryEntryReader
{
public:
    enum class Outcome {
        SameKey,  // the same key as before, or still none
        OtherKey, // a different key, different fields, or no longer a key
        Gone,
    };

    // All arguments must outlive the reader. Files are read at the given time or later.
    KeyDirectoryEntryReader(const DirectoryReader &directory, KeyFieldEncoder *encoder,
                            FieldNameSets *fieldNames, const NameSet &openNames, qint64 now,
                            qint64 steadyNow);

    [[nodiscard]] Outcome look(KeyDirectoryEntry *file, bool isSpecial);
    // Returns whether a file was written to while being read.
    bool changedMeanwhile() const { return m_changedMeanwhile; }
    // Returns the files that are sub-directories, to which links can lead.
    const std::vector<QByteArray> &directories() const { return m_directories; }

private:
    Outcome take(KeyDirectoryEntry *file, const FileRead &read);
    Outcome suspend(KeyDirectoryEntry *file) const;
    void setUnreadable(KeyDirectoryEntry *file, const FileRead &read) const;
    void addFields(KeyDirectoryEntry *file, const CertificateParse &parse);
    void addStrayFields(KeyDirectoryEntry *file, const CertificateParse &parse) const;
    static Outcome revoke(KeyDirectoryEntry *file, const Problem &why);

    const DirectoryReader &m_directory;
    KeyFieldEncoder *m_encoder;
    FieldNameSets *m_fieldNames;
    const NameSet &m_openNames;
    qint64 m_now;
    qint64 m_steadyNow;
    bool m_changedMeanwhile = false;
    std::vector<QByteArray> m_directories;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYDIRECTORYENTRY_H
