// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYDIRECTORY_H
#define QZAP_CREDENTIALS_KEYS_KEYDIRECTORY_H

#include "base/sortedset.h"
#include "base/steadyclock.h"
#include "credentials/files/repeatedreader.h"
#include "credentials/keys/keydirectoryentry.h"
#include "credentials/keys/keydirectorylisting.h"
#include "credentials/keys/keydirectorysweep.h"
#include "credentials/keys/keyfieldencoder.h"
#include "credentials/keys/keyload.h"

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <memory>
#include <vector>

namespace QZap::Internal {

class DirectoryReader;

// Loads the keys of the certificates in a directory repeatedly: only changed files are read. Name
// filters are case-sensitive wildcards; without any, every name is read. If two files contain the
// same key, the first by name is used.
//
// A load always describes the whole directory, not only the files that were checked. Its keys are
// null if the directory cannot be read; the previous keys then remain in force. If the directory
// was removed after it was loaded, the store is empty, and the load is settling for a while. The
// store is the same object if no key changed.
//
// Never throws. Can be used in any thread, but not concurrently.
class KeyDirectory
{
public:
    explicit KeyDirectory(const QString &path, const QStringList &nameFilters = {},
                          const KeyFields &fields = {}, WallClock clock = wallClock,
                          SteadyClock steady = steadyClock);
    ~KeyDirectory();
    Q_DISABLE_COPY_MOVE(KeyDirectory)

    // Checks every file. Of files that are open for writing, only complete lines are used, and
    // while a key is missing from one of them, the load is settling.
    [[nodiscard]] KeyLoad load(const NameSet &openNames = {});
    // Checks the files with these names and those that are due for a retry, or all files if others
    // may have changed.
    [[nodiscard]] KeyLoad update(const NameSet &names, const NameSet &openNames = {});
    // Compares the facts of the next part of the files, and checks those that have changed.
    [[nodiscard]] KeyLoad sweep(const NameSet &openNames = {});

private:
    using Listed = KeyDirectoryListing::File;

    template <typename Load>
    KeyLoad guarded(Load load);
    KeyLoad loadAll();
    KeyLoad loadNames(const NameSet &names);
    KeyLoad sweepNext();
    // Returns the names to check, sorted.
    std::vector<QByteArray> wantedNames(const NameSet &names, qint64 now) const;
    KeyDirectoryEntryReader readerOf(const DirectoryReader &directory);
    // Returns whether the known files are in the directory with these facts.
    bool isSameDirectory(const FileFacts &facts) const;
    KeyLoad failure(int systemError);
    // These return the files that are not known yet. The first one takes over their names.
    std::vector<KeyDirectoryEntry> lookAtAll(std::vector<Listed> *entries,
                                             KeyDirectoryEntryReader *reader);
    std::vector<KeyDirectoryEntry> lookAtNames(const std::vector<QByteArray> &names,
                                               const DirectoryReader &directory,
                                               KeyDirectoryEntryReader *reader);
    void lookAt(KeyDirectoryEntry *file, const Listed &entry, KeyDirectoryEntryReader *reader);
    void lookAtNew(Listed &&entry, KeyDirectoryEntryReader *reader,
                   std::vector<KeyDirectoryEntry> *added);
    void merge(std::vector<KeyDirectoryEntry> added);
    // Adds names that are listed and not yet known. Returns whether the directory could be listed.
    bool findNewNames(DirectoryReader *directory, NameSet *names) const;
    void passOver(const KeyDirectoryListing &listing, const KeyDirectoryEntryReader &reader,
                  const DirectoryReader &directory);
    // Updates the entry of a changed name.
    void updatePassedOver(const QByteArray &name, const DirectoryReader &directory);
    void build();
    KeyLoad report(const DirectoryReader &directory, const FileFacts &facts) const;
    void warnOfMissingFields(KeyDirectoryEntryReport *report) const;
    void warnOfDuplicates(const DirectoryReader &directory, KeyDirectoryEntryReport *report) const;

    QString m_path;
    NameFilters m_filters;
    KeyFieldEncoder m_encoder;
    FieldNameSets m_fieldNames;
    WallClock m_clock;
    SteadyClock m_steady;
    NameSet m_openNames;                    // as of this load
    std::vector<KeyDirectoryEntry> m_files; // by name
    FileFacts m_facts;                      // of the directory that they are in
    FileFacts m_listedFacts;                // of the directory when it was last listed, if lasting
    Absence m_absence;                      // of the directory
    KeyDirectorySweep m_sweep;
    bool m_isCurrent = false; // all files of the last listing are known
    std::shared_ptr<const KeyStore> m_keys;
    bool m_isBuilt = false; // whether the store is that of the current files
    std::vector<KeyStore::Builder::Duplicate> m_duplicates;
    PassedOverNames m_passedOver;
};

// Loads a key directory once.
[[nodiscard]] KeyLoad loadKeyDirectory(const QString &path, const QStringList &nameFilters,
                                       const KeyFields &fields = {});

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYDIRECTORY_H
