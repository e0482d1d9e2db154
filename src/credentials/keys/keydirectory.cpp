// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keydirectory.h"

#include "base/text.h"
#include "credentials/files/directoryreader.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <new>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// The maximum number of sub-directories that a load searches for certificates.
constexpr size_t MaximumDirectories = 64;

// Returns whether a name in a change notification can be that of a visible entry.
bool isEntryName(const QByteArray &name)
{
    return !name.contains('/') && !name.contains('\0') && passedOver(name) != PassedOver::Hidden;
}

} // namespace

KeyDirectory::KeyDirectory(const QString &path, const QStringList &nameFilters,
                           const KeyFields &fields, WallClock clock, SteadyClock steady)
    : m_path(path)
    , m_filters(nameFilters)
    , m_encoder(fields)
    , m_clock(clock)
    , m_steady(steady)
{ }

KeyDirectory::~KeyDirectory() = default;

KeyLoad KeyDirectory::load(const NameSet &openNames)
{
    m_openNames = openNames;
    return guarded([this] { return loadAll(); });
}

KeyLoad KeyDirectory::update(const NameSet &names, const NameSet &openNames)
{
    m_openNames = openNames;
    return guarded([&] { return loadNames(names); });
}

KeyLoad KeyDirectory::sweep(const NameSet &openNames)
{
    m_openNames = openNames;
    return guarded([this] { return sweepNext(); });
}

bool KeyDirectory::isSameDirectory(const FileFacts &facts) const
{
    return facts.device == m_facts.device && facts.inode == m_facts.inode;
}

KeyDirectoryEntryReader KeyDirectory::readerOf(const DirectoryReader &directory)
{
    return {directory, &m_encoder, &m_fieldNames, m_openNames, m_clock(), m_steady()};
}

template <typename Load>
KeyLoad KeyDirectory::guarded(Load load)
{
    try {
        return load();
    } catch (const std::bad_alloc &) {
        m_isCurrent = false;
        KeyLoad result;
        result.fileError = FileError::Unreadable;
        addOutOfMemory(m_path, &result.errors);
        return result;
    }
}

KeyLoad KeyDirectory::loadAll()
{
    if (m_path.isEmpty())
        return failure(ENOENT);
    const auto directory = DirectoryReader::make(m_path);
    if (const int error = directory->open())
        return failure(error);
    const auto facts = directory->facts();
    if (!facts)
        return failure(EIO);
    const bool isElsewhere = m_keys && !isSameDirectory(*facts);

    const FileFacts listed = isSettled(*facts, m_clock()) ? *facts : FileFacts();
    KeyDirectoryListing listing;
    // An incomplete list would revoke the missing keys.
    if (const int error = listing.read(directory.get(), m_filters))
        return failure(error);

    KeyDirectoryEntryReader reader = readerOf(*directory);
    m_isCurrent = false;
    merge(lookAtAll(&listing.files, &reader));
    passOver(listing, reader, *directory);
    m_facts = *facts;
    m_listedFacts = listed;
    m_absence.end();
    build();
    KeyLoad load = report(*directory, *facts);
    m_isCurrent = directory->facts().value_or(FileFacts()).isSameVersionAs(*facts);
    load.changedMeanwhile = reader.changedMeanwhile() || !m_isCurrent;
    load.isElsewhere = isElsewhere;
    return load;
}

KeyLoad KeyDirectory::loadNames(const NameSet &names)
{
    if (!m_isCurrent)
        return loadAll();
    const auto directory = DirectoryReader::make(m_path);
    if (const int error = directory->open())
        return failure(error);
    const auto facts = directory->facts();
    // Another directory has replaced the known one.
    if (!facts || !isSameDirectory(*facts))
        return loadAll();

    const std::vector<QByteArray> wanted = wantedNames(names, m_steady());
    KeyDirectoryEntryReader reader = readerOf(*directory);
    m_isCurrent = false;
    merge(lookAtNames(wanted, *directory, &reader));
    for (const QByteArray &name : names) {
        if (isEntryName(name)) {
            updatePassedOver(name, *directory);
            updatePassedOver(name + SecretEnding.toByteArray(),
                             *directory); // the public certificate may have been removed
        }
    }
    m_isCurrent = true;
    build();
    KeyLoad load = report(*directory, *facts);
    load.changedMeanwhile = reader.changedMeanwhile();
    return load;
}

std::vector<QByteArray> KeyDirectory::wantedNames(const NameSet &names, qint64 now) const
{
    std::vector<QByteArray> sorted;
    std::copy_if(
        names.cbegin(), names.cend(), std::back_inserter(sorted), [&](const QByteArray &name) {
            return passedOver(name) == PassedOver::No && isEntryName(name) && m_filters.match(name);
        });
    for (const KeyDirectoryEntry &file : m_files) {
        if (file.isChanging || (file.isSuspended && !m_openNames.contains(file.name))
            || (file.problems && file.problems->retry.isDue(now))) {
            sorted.push_back(file.name);
        }
    }
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
}

KeyLoad KeyDirectory::sweepNext()
{
    if (!m_isCurrent)
        return loadAll();
    const auto directory = DirectoryReader::make(m_path);
    if (const int error = directory->open())
        return failure(error);
    const auto facts = directory->facts();
    if (!facts || !isSameDirectory(*facts))
        return loadAll();
    NameSet names;
    if (!m_sweep.goesOn() && *facts != m_listedFacts) {
        // Taken before listing. If that fails, the known files are compared nevertheless.
        const FileFacts listed = isSettled(*facts, m_clock()) ? *facts : FileFacts();
        if (findNewNames(directory.get(), &names))
            m_listedFacts = listed;
    }
    names.unite(m_sweep.next(m_files, *directory, m_steady));
    KeyLoad load = names.isEmpty() ? KeyLoad() : loadNames(names);
    load.isUnchanged = names.isEmpty();
    load.isElsewhere = load.isElsewhere || m_sweep.hasFoundOtherFile();
    load.sweepGoesOn = m_sweep.goesOn();
    return load;
}

bool KeyDirectory::findNewNames(DirectoryReader *directory, NameSet *names) const
{
    KeyDirectoryListing listing;
    if (listing.read(directory, m_filters) != 0)
        return false;
    auto file = m_files.cbegin();
    for (const Listed &entry : listing.files) {
        while (file != m_files.cend() && file->name < entry.name)
            ++file;
        if (file == m_files.cend() || file->name != entry.name)
            names->insert(entry.name);
    }
    return true;
}

KeyLoad KeyDirectory::failure(int systemError)
{
    m_isCurrent = false;
    KeyLoad load;
    load.fileError = directoryError(systemError);
    load.waitsForChange = systemError == EFBIG;
    load.errors.append(directoryReadProblem(systemError, m_path));
    if (m_keys && load.fileError == FileError::Unreadable) {
        load.addConsequence(u"its previous contents remain in force");
    } else if (m_keys) {
        load.addConsequence(u"its keys are revoked until it is back");
        m_files.clear();
        m_files.shrink_to_fit();
        m_isBuilt = m_keys->size() == 0;
        build();
        load.keys = m_keys;
        const qint64 remaining = m_absence.remaining(m_steady());
        load.isSettling = remaining > 0;
        if (load.isSettling)
            load.lookAgainAfter = remaining;
    }
    return load;
}

// The entries are sorted like the files.
std::vector<KeyDirectoryEntry> KeyDirectory::lookAtAll(std::vector<Listed> *entries,
                                                       KeyDirectoryEntryReader *reader)
{
    std::vector<KeyDirectoryEntry> added;
    if (entries->size() > m_files.size())
        added.reserve(entries->size() - m_files.size());
    auto file = m_files.begin();
    const auto lose = [&](KeyDirectoryEntry *lost) {
        if (m_openNames.contains(lost->name))
            lookAt(lost, {}, reader);
        else
            lost->isGone = true;
    };
    for (Listed &entry : *entries) {
        for (; file != m_files.end() && file->name < entry.name; ++file)
            lose(&*file);
        if (file != m_files.end() && file->name == entry.name)
            lookAt(&*file++, entry, reader);
        else
            lookAtNew(std::move(entry), reader, &added);
    }
    for (; file != m_files.end(); ++file)
        lose(&*file);
    return added;
}

std::vector<KeyDirectoryEntry> KeyDirectory::lookAtNames(const std::vector<QByteArray> &names,
                                                         const DirectoryReader &directory,
                                                         KeyDirectoryEntryReader *reader)
{
    std::vector<KeyDirectoryEntry> added;
    for (const QByteArray &name : names) {
        Listed entry = {name, 0, directory.isSpecial(name), directory.isLink(name)};
        const auto file = std::lower_bound(
            m_files.begin(), m_files.end(), name,
            [](const KeyDirectoryEntry &lhs, const QByteArray &rhs) { return lhs.name < rhs; });
        if (file != m_files.end() && file->name == name)
            lookAt(&*file, entry, reader);
        else
            lookAtNew(std::move(entry), reader, &added);
    }
    return added;
}

void KeyDirectory::lookAt(KeyDirectoryEntry *file, const Listed &entry,
                          KeyDirectoryEntryReader *reader)
{
    file->isLink = entry.isLink;
    switch (reader->look(file, entry.isSpecial)) {
    case KeyDirectoryEntryReader::Outcome::SameKey:
        break;
    case KeyDirectoryEntryReader::Outcome::OtherKey:
        m_isBuilt = false;
        break;
    case KeyDirectoryEntryReader::Outcome::Gone:
        file->isGone = true;
        break;
    }
}

void KeyDirectory::lookAtNew(Listed &&entry, KeyDirectoryEntryReader *reader,
                             std::vector<KeyDirectoryEntry> *added)
{
    KeyDirectoryEntry file;
    file.kind = kindOfReadFile(entry.name);
    file.name = std::move(entry.name);
    file.isLink = entry.isLink;
    if (reader->look(&file, entry.isSpecial) != KeyDirectoryEntryReader::Outcome::Gone)
        added->push_back(std::move(file));
}

// Adds files, which are sorted, and erases removed ones.
void KeyDirectory::merge(std::vector<KeyDirectoryEntry> added)
{
    const auto concernsKey = [](const KeyDirectoryEntry &file) { return file.concernsKey(); };
    const auto isGone = [](const KeyDirectoryEntry &file) { return file.isGone; };
    const auto gone = std::count_if(m_files.cbegin(), m_files.cend(), isGone);
    if (gone == 0 && added.empty())
        return;
    if (std::any_of(added.cbegin(), added.cend(), concernsKey)
        || std::any_of(m_files.cbegin(), m_files.cend(), [&](const KeyDirectoryEntry &file) {
               return file.isGone && concernsKey(file);
           })) {
        m_isBuilt = false;
    }
    if (m_files.empty()) {
        m_files = std::move(added);
        return;
    }
    std::vector<KeyDirectoryEntry> merged;
    merged.reserve(m_files.size() - static_cast<size_t>(gone) + added.size());
    // Nothing throws from here on.
    m_files.erase(std::remove_if(m_files.begin(), m_files.end(), isGone), m_files.end());
    std::merge(std::make_move_iterator(m_files.begin()), std::make_move_iterator(m_files.end()),
               std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()),
               std::back_inserter(merged),
               [](const KeyDirectoryEntry &lhs, const KeyDirectoryEntry &rhs) {
                   return lhs.name < rhs.name;
               });
    m_files = std::move(merged);
}

void KeyDirectory::passOver(const KeyDirectoryListing &listing,
                            const KeyDirectoryEntryReader &reader, const DirectoryReader &directory)
{
    m_passedOver.clear();
    for (const PassedOverReport::Name &entry : listing.passedOverFiles)
        m_passedOver.insert(entry.name, entry.reason);
    size_t left = MaximumDirectories;
    for (const auto *names : {&listing.directories, &reader.directories()}) {
        for (const QByteArray &name : *names) {
            if (left > 0 && holdsCertificates(directory, name))
                m_passedOver.insert(name, PassedOver::Directory);
            left -= left > 0 ? 1 : 0;
        }
    }
}

void KeyDirectory::updatePassedOver(const QByteArray &name, const DirectoryReader &directory)
{
    m_passedOver.remove(name);
    if (!m_filters.match(name))
        return;
    const auto exists = [&directory](const QByteArray &file) {
        return directory.factsOf(file) || directory.isLink(file);
    };
    if (!exists(name))
        return;
    const PassedOver reason = passedOver(name);
    if (directory.isDirectory(name)) {
        if (holdsCertificates(directory, name))
            m_passedOver.insert(name, PassedOver::Directory);
    } else if (reason != PassedOver::No) {
        const QByteArray publicName = publicNameOf(name);
        const bool isBesideItsPublicOne =
            !publicName.isEmpty() && passedOver(publicName) == PassedOver::No && exists(publicName)
            && !directory.isDirectory(publicName);
        if (!isBesideItsPublicOne)
            m_passedOver.insert(name, reason);
    }
}

void KeyDirectory::build()
{
    if (m_isBuilt)
        return;
    qsizetype keys = 0;
    qsizetype fieldsSize = 0;
    for (const KeyDirectoryEntry &file : m_files) {
        keys += file.hasKey ? 1 : 0;
        fieldsSize += file.fields.size();
    }
    KeyStore::Builder builder(KeyStore::Origins::FileNames);
    builder.reserve(keys, fieldsSize);
    for (const KeyDirectoryEntry &file : m_files) {
        if (file.excludesKey) {
            builder.exclude(file.key.data());
            builder.unused().add({file.key.data(), CurveKeySize}, file.unusedEntry());
        }
        if (!file.hasKey)
            continue;
        builder.add(file.key.data(), file.userId(), file.metadata(), {0, file.name});
        if (file.notAfter != KeyStore::Never)
            builder.setNotAfter(file.notAfter);
    }
    std::vector<KeyStore::Builder::Duplicate> duplicates;
    m_keys = builder.build(&duplicates);
    m_duplicates = std::move(duplicates);
    m_isBuilt = true;
}

KeyLoad KeyDirectory::report(const DirectoryReader &directory, const FileFacts &facts) const
{
    KeyDirectoryEntryReport report;
    for (const QString &wildcard : m_filters.invalid()) {
        report.errors.add([&] {
            return Problem(
                u"the name filter %1 is invalid and matches nothing"_s.arg(quoted(wildcard)),
                m_path);
        });
    }
    // Files can be added even if the sticky bit prevents that they are replaced.
    if (facts.isWritableByOthers())
        report.warnings.add([&] { return directoryWarning(m_path); });
    for (const KeyDirectoryEntry &file : m_files)
        report.add(file, directory);
    warnOfDuplicates(directory, &report);
    warnOfMissingFields(&report);

    KeyLoad load;
    load.keys = m_keys;
    load.errors = report.errors.problems(m_path);
    load.warnings = report.warnings.problems(m_path) + report.remarks.problems(m_path);
    load.isIncomplete = report.isIncomplete;
    load.isSettling = report.isSettling;
    load.linkedNames = report.linkedNames;
    if (report.retryAt)
        load.lookAgainWithin(std::max<qint64>(*report.retryAt - m_steady(), 0));
    load.passedOver = m_passedOver.report();
    return load;
}

void KeyDirectory::warnOfMissingFields(KeyDirectoryEntryReport *report) const
{
    if (!m_encoder.isNeeded())
        return;
    std::vector<bool> isUsed(m_fieldNames.size());
    for (const KeyDirectoryEntry &file : m_files) {
        if (file.hasKey)
            isUsed[file.fieldNames] = true;
    }
    m_fieldNames.warnOfMissing(m_encoder, isUsed, m_path, &report->warnings);
}

void KeyDirectory::warnOfDuplicates(const DirectoryReader &directory,
                                    KeyDirectoryEntryReport *report) const
{
    const auto pathOf = [&](qsizetype position) {
        return directory.pathOf(m_keys->originAt(position).fileName.toByteArray());
    };
    for (const auto &duplicate : m_duplicates) {
        report->warnings.add([&] {
            return Problem(
                u"contains the same key as %1, which is used; remove one of the two"_s.arg(
                    pathOf(duplicate.first)),
                pathOf(duplicate.position));
        });
    }
}

KeyLoad loadKeyDirectory(const QString &path, const QStringList &nameFilters,
                         const KeyFields &fields)
{
    return KeyDirectory(path, nameFilters, fields).load();
}

} // namespace QZap::Internal
