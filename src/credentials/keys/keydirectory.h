// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYDIRECTORY_H
#define QZAP_CREDENTIALS_KEYS_KEYDIRECTORY_H

#include "credentials/files/filereader.h"
#include "credentials/keys/keydirectoryentry.h"
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
// it was loaded has no keys any more. The same store where no key changed.
//
// Never throws; on whichever thread, for one caller at a time.
class KeyDirectory
{
public:
    explicit KeyDirectory(const QString &path, const QStringList &nameFilters = {},
                          const KeyFields &fields = {}, WallClock clock = wallClock);
    ~KeyDirectory();
    Q_DISABLE_COPY_MOVE(KeyDirectory)

    // Looks at every file.
    [[nodiscard]] KeyLoad load();
    // Looks at the files of these names and at those that could not be read before, and at every
    // one if that is not known to be enough.
    [[nodiscard]] KeyLoad update(const QSet<QByteArray> &names);

private:
    struct Listed;
    struct Listing;

    template <typename Load>
    KeyLoad guarded(Load load);
    KeyLoad loadAll();
    KeyLoad loadNames(const QSet<QByteArray> &names);
    KeyLoad failure(int systemError);
    // These return the files that are not known yet, and take the names of them.
    std::vector<KeyDirectoryEntry> lookAtAll(std::vector<Listed> *entries,
                                             KeyDirectoryEntryReader *reader);
    std::vector<KeyDirectoryEntry> lookAtNames(std::vector<QByteArray> *names,
                                               const DirectoryReader &directory,
                                               KeyDirectoryEntryReader *reader);
    void lookAt(KeyDirectoryEntry *file, bool isSpecial, KeyDirectoryEntryReader *reader);
    void lookAtNew(QByteArray &&name, bool isSpecial, KeyDirectoryEntryReader *reader,
                   std::vector<KeyDirectoryEntry> *added);
    void merge(std::vector<KeyDirectoryEntry> added);
    // An errno, or 0. Sorts and filters what is listed.
    int list(DirectoryReader *directory, Listing *listing) const;
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
    std::vector<KeyDirectoryEntry> m_files; // by name
    FileFacts m_facts;                      // of the directory that they are in
    bool m_isCurrent = false;               // no file is unknown, as of when it was last looked at
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
