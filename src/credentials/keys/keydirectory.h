// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYDIRECTORY_H
#define QZAP_CREDENTIALS_KEYS_KEYDIRECTORY_H

#include "base/steadyclock.h"
#include "credentials/files/repeatedreader.h"
#include "credentials/keys/keydirectoryentry.h"
#include "credentials/keys/keydirectorysweep.h"
#include "credentials/keys/keyfieldencoder.h"
#include "credentials/keys/keyload.h"

#include <QtCore/qset.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <memory>
#include <vector>

namespace QZap::Internal {

class DirectoryReader;

// The keys of the certificates in a directory, which are loaded again and again: only what changed
// is read. Name filters are wildcards that tell upper from lower case; without any, every name is
// read. Of two files with one key the first by name counts.
//
// A load tells of the whole directory, whichever files were looked at. It has no keys where what
// was said last shall hold, if anything was: the directory cannot be read. One that is gone after
// it was loaded has no keys any more, and is settling for a while. The same store if no key
// changed.
//
// Never throws; on whichever thread, for one caller at a time.
class KeyDirectory
{
public:
    explicit KeyDirectory(const QString &path, const QStringList &nameFilters = {},
                          const KeyFields &fields = {}, WallClock clock = wallClock,
                          SteadyClock steady = steadyClock);
    ~KeyDirectory();
    Q_DISABLE_COPY_MOVE(KeyDirectory)

    // Looks at every file. Those that are open for writing say what their whole lines say, and
    // while a key is missing from one of them, the load is settling.
    [[nodiscard]] KeyLoad load(const QSet<QByteArray> &openNames = {});
    // Looks at the files of these names and at those whose time to be tried again has come, and at
    // every one if that is not known to be enough.
    [[nodiscard]] KeyLoad update(const QSet<QByteArray> &names,
                                 const QSet<QByteArray> &openNames = {});
    // Compares the next part of the files, and looks at those that have changed.
    [[nodiscard]] KeyLoad sweep(const QSet<QByteArray> &openNames = {});

private:
    struct Listed;
    struct Listing;

    template <typename Load>
    KeyLoad guarded(Load load);
    KeyLoad loadAll();
    KeyLoad loadNames(const QSet<QByteArray> &names);
    KeyLoad sweepNext();
    // The names that are to be looked at, sorted.
    std::vector<QByteArray> wantedNames(const QSet<QByteArray> &names, qint64 now) const;
    KeyDirectoryEntryReader readerOf(const DirectoryReader &directory);
    KeyLoad failure(int systemError);
    // These return the files that are not known yet. The first one takes the names of them.
    std::vector<KeyDirectoryEntry> lookAtAll(std::vector<Listed> *entries,
                                             KeyDirectoryEntryReader *reader);
    std::vector<KeyDirectoryEntry> lookAtNames(const std::vector<QByteArray> &names,
                                               const DirectoryReader &directory,
                                               KeyDirectoryEntryReader *reader);
    void lookAt(KeyDirectoryEntry *file, const Listed &entry, KeyDirectoryEntryReader *reader);
    void lookAtNew(Listed &&entry, KeyDirectoryEntryReader *reader,
                   std::vector<KeyDirectoryEntry> *added);
    void merge(std::vector<KeyDirectoryEntry> added);
    // An errno, or 0. Sorts and filters what is listed.
    int list(DirectoryReader *directory, Listing *listing) const;
    // Adds the names that are listed and not known.
    void findNewNames(DirectoryReader *directory, QSet<QByteArray> *names) const;
    void passOver(const Listing &listing, const KeyDirectoryEntryReader &reader,
                  const DirectoryReader &directory);
    // The name is one of a change.
    void updatePassedOver(const QByteArray &name, const DirectoryReader &directory);
    void build();
    KeyLoad report(const DirectoryReader &directory, const FileFacts &facts) const;
    void warnOfDuplicates(const DirectoryReader &directory, KeyDirectoryEntryReport *report) const;

    QString m_path;
    NameFilters m_filters;
    KeyFieldEncoder m_encoder;
    WallClock m_clock;
    SteadyClock m_steady;
    QSet<QByteArray> m_openNames;           // as of this load
    std::vector<KeyDirectoryEntry> m_files; // by name
    FileFacts m_facts;                      // of the directory that they are in
    FileFacts m_listedFacts;                // of the directory when it was last listed
    Absence m_absence;                      // of the directory
    KeyDirectorySweep m_sweep;
    bool m_isCurrent = false; // no file is unknown, as of when it was last looked at
    std::shared_ptr<const KeyStore> m_keys;
    bool m_isBuilt = false; // of the files
    std::vector<KeyStore::Builder::Duplicate> m_duplicates;
    PassedOverNames m_passedOver;
};

// The same, once.
[[nodiscard]] KeyLoad loadKeyDirectory(const QString &path, const QStringList &nameFilters,
                                       const KeyFields &fields = {});

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYDIRECTORY_H
