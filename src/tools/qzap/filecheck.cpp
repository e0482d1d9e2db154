// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "filecheck.h"

#include "console.h"
#include "unreadkeys.h"

#include "base/clock.h"
#include "base/text.h"
#include "credentials/certificates/certificateload.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/certificates/publickey.h"
#include "credentials/files/directoryreader.h"
#include "credentials/keys/keydirectory.h"
#include "credentials/keys/keylistfile.h"
#include "credentials/passwords/passwordfileline.h"
#include "credentials/passwords/passwordfileparser.h"

#include <QtCore/qfileinfo.h>

#include <algorithm>
#include <cerrno>
#include <new>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// The maximum for any kind of file; each parser has its own limit.
constexpr qsizetype MaximumSize =
    std::max({MaximumCertificateSize, MaximumKeyListSize, MaximumPasswordFileSize});

void take(FileCheck *check, const FileLoad &load)
{
    check->errors = load.errors;
    check->warnings = load.warnings;
    check->isUnreadable = load.fileError != FileError::None;
}

// Creates warnings about keys that have expired or expire soon.
class ExpiryWarnings
{
public:
    void add(qint64 notAfter, const QString &file, int line = 0)
    {
        m_problems.add([&] { return Problem(textOf(notAfter), file, line); });
    }
    void addTo(FileCheck *check, const QString &path) const
    {
        check->warnings += m_problems.problems(path);
    }
    // Returns the time until which an expiry causes a warning.
    qint64 end() const { return m_now + Soon; }

private:
    static constexpr qint64 Day = qint64{24} * 60 * 60 * 1000; // ms
    static constexpr qint64 Soon = 30 * Day;

    QString textOf(qint64 notAfter) const
    {
        const QString time = QString::fromLatin1(expiryText(notAfter));
        if (notAfter <= m_now) {
            return u"expired on %1, so its holder is refused; replace it, or remove it"_s.arg(time);
        }
        return u"expires on %1, in %2; replace it in time"_s.arg(
            time, notAfter - m_now < Day ? u"less than a day"_s
                                         : counted((notAfter - m_now) / Day, u"day"_s));
    }

    ProblemList m_problems;
    qint64 m_now = Clock::wallMilliseconds();
};

void checkExpiry(FileCheck *check, const CertificateData &certificate, const QString &path)
{
    ExpiryWarnings warnings;
    if (!certificate.notAfter || *certificate.notAfter > warnings.end())
        return;
    for (const CertificateField &field : certificate.metadata) {
        if (field.name == NotAfterField)
            warnings.add(*certificate.notAfter, path, field.line);
    }
    warnings.addTo(check, path);
}

void checkCertificate(FileCheck *check, const FileRead &read, const QString &path)
{
    const CertificateLoad load = parseCertificateFile(read, path);
    take(check, load);
    check->contents = u"certificate"_s;
    if (load.certificate) {
        check->contents =
            (load.certificate->secretKey ? u"secret certificate, "_s : u"public certificate, "_s)
            + counted(load.certificate->metadata.size(), u"metadata field"_s);
        checkExpiry(check, *load.certificate, path);
    }
}

// Adds the consequence of an empty store, unless an error explains it.
void warnOfNoKeys(FileCheck *check, const KeyStore &keys, const QString &path)
{
    if (keys.size() == 0 && check->errors.isEmpty())
        check->warnings.emplaceBack(u"no key was read, so nobody gets in"_s, path);
}

// Reports secret keys of public keys in the list. A secret key that is alone in its line would be
// accepted as a public key that nobody has.
void checkForSecretKeys(FileCheck *check, const KeyStore &keys, QByteArrayView contents,
                        const QString &path)
{
    constexpr qsizetype MaximumKeys = 10'000; // which takes about half a second
    if (keys.size() > MaximumKeys)
        return;
    ProblemList errors;
    qsizetype keysLeft = 2 * MaximumKeys;
    LineReader lines(contents);
    while (lines.next()) {
        QByteArrayView rest = lines.line();
        for (QByteArrayView word; !(word = firstWordOf(rest)).isEmpty();
             rest = QByteArrayView(word.end(), rest.end())) {
            SecretArray<CurveKeySize> key;
            if (word.size() != CurveKeyTextSize || !Z85::decode(word, key.data()))
                continue;
            if (keysLeft-- == 0)
                return;
            if (!keys.find(publicKeyOf(key.view()).view()))
                continue;
            errors.add([&] {
                const int line = keys.originOf(publicKeyOf(key.view()).view()).line;
                return Problem(
                    u"the secret key that belongs to the public key of line %1; remove "
                    "it, and generate a new key pair if others may have read it"_s.arg(line),
                    path, lines.number());
            });
        }
    }
    check->errors += errors.problems(path);
}

void checkKeyList(FileCheck *check, const FileRead &read, const QString &path)
{
    KeyLoad load = parseKeyList(read.contents.view(), path);
    load.warnings += writerWarnings(path, read.facts);
    take(check, load);
    check->contents = u"key list"_s;
    if (!load.keys)
        return;
    check->contents += ", "_L1 + counted(load.keys->size(), u"key"_s);
    ExpiryWarnings warnings;
    for (const KeyStore::Expiry &expiry : load.keys->expiriesUntil(warnings.end()))
        warnings.add(expiry.notAfter, path, expiry.origin.line);
    warnings.addTo(check, path);
    checkForSecretKeys(check, *load.keys, read.contents.view(), path);
    warnOfNoKeys(check, *load.keys, path);
}

// What follows the colon may be a password of another format, and is not printed.
void warnOfColons(FileCheck *check, QByteArrayView contents, const QString &path)
{
    ProblemList warnings;
    LineReader lines(contents);
    PasswordFileLine line(DefaultMaximumHashMemory);
    while (lines.next()) {
        if (lines.startsWithMark() || !lines.line().contains(':'))
            continue;
        const PasswordFileLine::Kind kind = line.parse(lines.line());
        const bool isUser =
            kind == PasswordFileLine::Kind::Entry || kind == PasswordFileLine::Kind::Locked;
        if (!isUser || !line.user().contains(':'))
            continue;
        warnings.add([&] {
            return Problem(u"the user name contains a colon, as lines of other programs do; write "
                           "name=password unless the colon is meant"_s,
                           path, lines.number());
        });
    }
    check->warnings += warnings.problems(path);
}

void checkPasswords(FileCheck *check, const FileRead &read, const QString &path)
{
    const PasswordLoad load = parsePasswordFile(read, path);
    take(check, load);
    check->contents = u"password file"_s;
    if (load.passwords)
        check->contents += ", "_L1 + counted(load.passwords->size(), u"user"_s);
    if (load.lockedUsers > 0)
        check->contents += u", %1 locked"_s.arg(load.lockedUsers);
    warnOfColons(check, read.contents.view(), path);
    if (load.passwords && !load.passwords->isUniform()) {
        check->warnings.emplaceBack(
            u"the hashes do not all have the same parameters, so each refusal "
            "takes as long as the most expensive hash; set the passwords again "
            "with the same memory"_s,
            path);
    }
}

// Explains a missing key whose file is not read.
void notePassedOver(FileCheck *check, const PassedOverReport &report, const QString &path)
{
    const auto directory = DirectoryReader::make(path);
    for (const PassedOverReport::Name &entry : report.first) {
        check->notes.emplaceBack(u"not read, as it %1"_s.arg(passedOverText(entry.reason)),
                                 directory->pathOf(entry.name));
    }
    if (report.count > report.first.size()) {
        check->notes.emplaceBack(u"%1 more are not read"_s.arg(report.count - report.first.size()),
                                 path);
    }
}

void checkDirectory(FileCheck *check, const QString &path)
{
    const KeyLoad load = loadKeyDirectory(path, {});
    take(check, load);
    check->contents = u"key directory"_s;
    if (!load.keys)
        return;
    check->contents += ", "_L1 + counted(load.keys->size(), u"key"_s);
    ExpiryWarnings warnings;
    const auto directory = DirectoryReader::make(path);
    for (const KeyStore::Expiry &expiry : load.keys->expiriesUntil(warnings.end()))
        warnings.add(expiry.notAfter, directory->pathOf(expiry.origin.fileName.toByteArray()));
    warnings.addTo(check, path);
    if (const qsizetype count = load.passedOver.count; count > 0) {
        check->contents +=
            u", %1 %2 not read"_s.arg(count).arg(count == 1 ? u"entry"_s : u"entries"_s);
        notePassedOver(check, load.passedOver, path);
    }
    if (load.keys->size() == 0 && load.passedOver.directories > 0) {
        check->errors.emplaceBack(u"no key is read, and there are certificates in sub-directories, "
                                  "where czmq's zcertstore reads them and QZap does not; move up "
                                  "those that are to count"_s,
                                  path);
    }
    const QList<Problem> unread = unreadKeyWarnings(path, *load.keys);
    check->warnings += unread;
    if (load.keys->size() == 0 && !unread.isEmpty() && check->errors.isEmpty()) {
        check->errors.emplaceBack(u"no key was read, so nobody gets in, and there are files that "
                                  "resemble certificates; correct them"_s,
                                  path);
    }
    warnOfNoKeys(check, *load.keys, path);
}

void fail(FileCheck *check, const Problem &problem)
{
    check->errors = {problem};
    check->isUnreadable = true;
}

void checkFile(FileCheck *check, const FileRead &read, const QString &path)
{
    if (check->kind == FileKind::Unknown) {
        const QByteArray name = QFileInfo(path).fileName().toUtf8();
        const Result<FileKind> guess = guessFileKind(read.contents.view(), name);
        if (!guess) {
            check->errors = {guess.problem().in(path)};
            return;
        }
        check->kind = *guess;
    }
    switch (check->kind) {
    case FileKind::Certificate:
        return checkCertificate(check, read, path);
    case FileKind::KeyList:
        return checkKeyList(check, read, path);
    case FileKind::Passwords:
        return checkPasswords(check, read, path);
    case FileKind::Directory:
    case FileKind::Unknown:
        break;
    }
}

} // namespace

FileCheck FileCheck::of(const QString &path, FileKind kind)
{
    FileCheck check;
    check.kind = kind;
    try {
        if (kind == FileKind::Directory) {
            checkDirectory(&check, path);
            return check;
        }
        const FileRead read = readFile(path, MaximumSize);
        if (read.systemError == EISDIR && kind == FileKind::Unknown) {
            check.kind = FileKind::Directory;
            checkDirectory(&check, path);
        } else if (!read.isOk()) {
            fail(&check, read.problem);
        } else if (read.changedMeanwhile) {
            fail(&check, {u"is being written to; try again"_s, path});
        } else {
            checkFile(&check, read, path);
        }
    } catch (const std::bad_alloc &) {
        fail(&check, outOfMemory(path));
    }
    return check;
}

void FileCheck::print() const
{
    for (const Problem &error : errors)
        Console::printProblem(error.text());
    for (const Problem &warning : warnings)
        Console::printProblem(warning.within(u"warning: "_s).text());
    for (const Problem &note : notes)
        Console::printProblem(note.within(u"note: "_s).text());
}

QString counted(qint64 count, const QString &noun)
{
    return QString::number(count) + u' ' + noun + (count == 1 ? QString() : u"s"_s);
}
