// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keydirectoryentry.h"

#include "base/text.h"
#include "credentials/files/directoryreader.h"
#include "credentials/files/repeatedreader.h"
#include "credentials/keys/keyfieldencoder.h"

#include <algorithm>
#include <cerrno>
#include <type_traits>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

// This ensures that no entry is lost if memory runs out.
static_assert(std::is_nothrow_move_constructible_v<KeyDirectoryEntry>);
static_assert(std::is_nothrow_move_assignable_v<KeyDirectoryEntry>);

namespace {

KeyDirectoryEntry::Problems *problemsOf(KeyDirectoryEntry *file)
{
    if (!file->problems)
        file->problems = std::make_unique<KeyDirectoryEntry::Problems>();
    return file->problems.get();
}

bool isEmpty(const KeyDirectoryEntry::Problems &problems)
{
    return !problems.unread && !problems.error && problems.fieldErrors.isEmpty()
           && problems.warnings.isEmpty();
}

void setUnread(KeyDirectoryEntry *file, const Problem &problem)
{
    if (problem) {
        problemsOf(file)->unread = problem;
    } else if (file->problems) {
        file->problems->unread = {};
        file->problems->retry.reset();
        if (isEmpty(*file->problems))
            file->problems.reset();
    }
}

bool saysTheSame(const KeyDirectoryEntry &lhs, const KeyDirectoryEntry &rhs)
{
    return lhs.hasKey == rhs.hasKey && lhs.excludesKey == rhs.excludesKey && lhs.key == rhs.key
           && lhs.fields == rhs.fields && lhs.notAfter == rhs.notAfter
           && (!lhs.excludesKey || lhs.unusedEntry().why == rhs.unusedEntry().why);
}

} // namespace

UnusedEntries::Entry KeyDirectoryEntry::unusedEntry() const
{
    const Problem error = problems ? problems->error : Problem();
    return {error.what, error.line, name};
}

QByteArrayView KeyDirectoryEntry::userId() const
{
    return fields.isEmpty() ? QByteArrayView()
                            : QByteArrayView(fields).sliced(1, static_cast<uchar>(fields.front()));
}

QByteArrayView KeyDirectoryEntry::metadata() const
{
    return fields.isEmpty() ? QByteArrayView()
                            : QByteArrayView(fields).sliced(1 + static_cast<uchar>(fields.front()));
}

void KeyDirectoryEntryReport::add(const KeyDirectoryEntry &file, const DirectoryReader &directory)
{
    const auto path = [&] { return directory.pathOf(file.name); };
    isIncomplete = isIncomplete || file.isUnread;
    isSettling = isSettling || file.isSuspended;
    if ((file.isLink || file.facts.hasOtherNames)
        && linkedNames.size() < FileLoad::MaximumLinkedNames)
        linkedNames.insert(file.name);
    if (file.hasKey && file.facts.isWritableByOthers())
        warnings.add([&] { return fileWarning(path(), file.facts); });
    if (file.hasSecretKey) {
        warnings.add([&] {
            return Problem(u"contains a secret key%1; only its owner needs it, and the public "
                           "certificate is sufficient here"_s.arg(file.facts.isReadableByOthers()
                                                                      ? u" that others can read"_s
                                                                      : QString()),
                           path());
        });
    }
    if (!file.problems)
        return;
    const KeyDirectoryEntry::Problems &problems = *file.problems;
    if (const auto due = problems.retry.due())
        retryAt = std::min(retryAt.value_or(*due), *due);
    if (problems.unread) {
        // Other files are usually not certificates.
        const bool isError = file.kind == KeyFileName::Key || file.hasKey;
        (isError ? errors : warnings).add([&] { return problems.unread.in(path()); });
    }
    if (problems.error) {
        errors.add([&] {
            return Problem(problems.error.what + u"; correct the certificate, or remove it"_s,
                           path(), problems.error.line);
        });
    }
    for (const Problem &error : problems.fieldErrors)
        errors.add([&] { return error.in(path()); });
    for (const Problem &warning : problems.warnings)
        remarks.add([&] { return warning.in(path()); });
}

KeyDirectoryEntryReader::KeyDirectoryEntryReader(const DirectoryReader &directory,
                                                 KeyFieldEncoder *encoder,
                                                 FieldNameSets *fieldNames,
                                                 const NameSet &openNames, qint64 now,
                                                 qint64 steadyNow)
    : m_directory(directory)
    , m_encoder(encoder)
    , m_fieldNames(fieldNames)
    , m_openNames(openNames)
    , m_now(now)
    , m_steadyNow(steadyNow)
{ }

KeyDirectoryEntryReader::Outcome KeyDirectoryEntryReader::look(KeyDirectoryEntry *file,
                                                               bool isSpecial)
{
    const bool isKey = file->kind == KeyFileName::Key;
    file->isGone = false;
    file->isChanging = false;
    if (isSpecial) {
        return revoke(
            file,
            isKey ? Problem(u"not a regular file; remove it, or put a certificate in its place"_s)
                  : Problem());
    }
    if (file->isSettled && m_directory.factsOf(file->name) == file->facts) {
        file->isUnread = false;
        setUnread(file, {});
        return Outcome::SameKey;
    }

    const FileRead read = m_directory.read(file->name, MaximumCertificateSize);
    switch (read.error) {
    case FileError::None:
        if (read.changedMeanwhile)
            break;
        return take(file, read);
    case FileError::NotFound:
        if (m_openNames.contains(file->name) && (file->hasKey || file->isSuspended))
            return suspend(file);
        if (!m_directory.isLink(file->name))
            return Outcome::Gone;
        return revoke(
            file, isKey ? Problem(u"a dangling symbolic link; remove it, or restore its target"_s)
                        : Problem());
    case FileError::NotRegular:
        if (read.systemError == EISDIR) {
            m_directories.push_back(file->name);
            return revoke(file, {});
        }
        return revoke(file, isKey ? read.problem : Problem());
    case FileError::Unreadable:
        setUnreadable(file, read);
        return Outcome::SameKey;
    }
    // An incomplete write never takes effect: the previous contents remain in force.
    m_changedMeanwhile = true;
    file->isChanging = true;
    file->isSettled = false;
    return Outcome::SameKey;
}

void KeyDirectoryEntryReader::setUnreadable(KeyDirectoryEntry *file, const FileRead &read) const
{
    const bool isLarge = read.systemError == EFBIG;
    // A file that is not known to be a certificate may be large.
    if (isLarge && file->kind != KeyFileName::Key && !file->hasKey)
        return;
    file->isUnread = true;
    setUnread(file,
              read.problem.what + (file->hasKey ? u"; its key remains in force"_s : QString()));
    // A file that is too large is not read again until it changes.
    if (isLarge)
        file->problems->retry.reset();
    else
        file->problems->retry.fail(m_steadyNow);
}

// A program is about to write the file again.
KeyDirectoryEntryReader::Outcome KeyDirectoryEntryReader::suspend(KeyDirectoryEntry *file) const
{
    const Outcome outcome = revoke(file, {});
    file->isSuspended = true;
    return outcome;
}

KeyDirectoryEntryReader::Outcome KeyDirectoryEntryReader::take(KeyDirectoryEntry *file,
                                                               const FileRead &read)
{
    KeyDirectoryEntry next;
    next.kind = file->kind;
    next.isLink = file->isLink;
    next.facts = read.facts;
    const bool isOpen = m_openNames.contains(file->name);
    next.isSettled = !isOpen && isSettled(read.facts, m_now);
    const QByteArrayView contents = read.contents.view();
    const CertificateParse parse = parseCertificate(isOpen ? wholeLines(contents) : contents);
    if (parse.isOk()) {
        next.hasKey = true;
        next.hasSecretKey = parse.certificate->secretKey.has_value() || parse.hasStraySecretKey;
        std::copy_n(parse.certificate->publicKey.cbegin(), CurveKeySize, next.key.begin());
        next.notAfter = parse.certificate->notAfter.value_or(KeyStore::Never);
        if (m_encoder->isNeeded()) {
            addFields(&next, parse);
        } else {
            for (const SkippedLine &line : parse.skippedLines)
                problemsOf(&next)->warnings.append(line.problem);
        }
        addStrayFields(&next, parse);
    } else if (isOpen) {
        // Errors in the file are reported when it is closed.
    } else if (file->kind == KeyFileName::Key || file->hasKey || parse.refusedKey
               || (file->problems && file->problems->error)) {
        // A file that was a certificate before is treated as one, regardless of its name.
        problemsOf(&next)->error = parse.error;
    }
    if (parse.refusedKey) {
        next.excludesKey = true;
        std::copy_n(parse.refusedKey->cbegin(), CurveKeySize, next.key.begin());
    }
    const bool isSame = saysTheSame(*file, next);
    const bool hasLost = file->hasKey && !(next.hasKey && next.key == file->key);
    next.isSuspended = isOpen && (file->isSuspended || hasLost);
    next.name = std::move(file->name);
    *file = std::move(next);
    return isSame ? Outcome::SameKey : Outcome::OtherKey;
}

void KeyDirectoryEntryReader::addFields(KeyDirectoryEntry *file, const CertificateParse &parse)
{
    const QList<CertificateField> &metadata = parse.certificate->metadata;
    QList<QByteArray> names;
    names.reserve(metadata.size());
    for (const CertificateField &field : metadata)
        names.append(field.name);
    for (const SkippedLine &line : parse.skippedLines) {
        const bool isMissing =
            m_encoder->isDeclared(line.field)
            && std::none_of(metadata.cbegin(), metadata.cend(), [&](const CertificateField &field) {
                   return field.name == line.field;
               });
        if (!isMissing) {
            problemsOf(file)->warnings.append(line.problem);
            continue;
        }
        Problem error = line.problem;
        error.what += u"; correct it, since the field %1 has no value until then"_s.arg(
            QString::fromUtf8(line.field));
        problemsOf(file)->fieldErrors.append(error);
        names.append(line.field); // the field exists
    }
    file->fieldNames = m_fieldNames->numberOf(names);

    m_encoder->start(file->key.data(), {});
    for (const CertificateField &field : metadata) {
        if (const Problem problem = m_encoder->add(field.name, field.value))
            problemsOf(file)->fieldErrors.emplaceBack(problem.what, QString(), field.line);
    }
    const QByteArrayView userId = m_encoder->userId();
    const QByteArrayView published = m_encoder->metadata();
    file->fields.reserve(1 + userId.size() + published.size());
    file->fields.append(static_cast<char>(userId.size()));
    file->fields.append(userId);
    file->fields.append(published);
}

// Adds declared fields in places where they are ignored.
void KeyDirectoryEntryReader::addStrayFields(KeyDirectoryEntry *file,
                                             const CertificateParse &parse) const
{
    for (const StrayField &field : parse.strayFields) {
        const QString subject = m_encoder->isDeclared(field.name)
                                    ? u"the field %1 "_s.arg(QString::fromUtf8(field.name))
                                    : u"this property "_s;
        if (field.isSuspicious || m_encoder->isDeclared(field.name))
            problemsOf(file)->warnings.append(field.problem.within(subject));
    }
}

KeyDirectoryEntryReader::Outcome KeyDirectoryEntryReader::revoke(KeyDirectoryEntry *file,
                                                                 const Problem &why)
{
    KeyDirectoryEntry next;
    next.kind = file->kind;
    next.isLink = file->isLink;
    setUnread(&next, why);
    next.name = std::move(file->name);
    const Outcome outcome = file->concernsKey() ? Outcome::OtherKey : Outcome::SameKey;
    *file = std::move(next);
    return outcome;
}

} // namespace QZap::Internal
