// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "filecheck.h"

#include "credentials/certificates/certificateload.h"
#include "credentials/files/directoryreader.h"
#include "credentials/keys/keydirectory.h"
#include "credentials/keys/keylistfile.h"
#include "credentials/passwords/passwordfileparser.h"

#include <algorithm>
#include <cerrno>
#include <new>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// The most that any of them may have; each parser knows its own limit.
constexpr qsizetype MaximumSize =
    std::max({MaximumCertificateSize, MaximumKeyListSize, MaximumPasswordFileSize});

void take(FileCheck *check, const FileLoad &load)
{
    check->errors = load.errors;
    check->warnings = load.warnings;
    check->isUnreadable = load.fileError != FileError::None;
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
    }
}

void checkKeyList(FileCheck *check, const FileRead &read, const QString &path)
{
    KeyLoad load = parseKeyList(read.contents.view(), path);
    load.warnings += writerWarnings(path, read.facts);
    take(check, load);
    check->contents = u"key list"_s;
    if (load.keys)
        check->contents += ", "_L1 + counted(load.keys->size(), u"key"_s);
}

void checkPasswords(FileCheck *check, const FileRead &read, const QString &path)
{
    const PasswordLoad load = parsePasswordFile(read, path);
    take(check, load);
    check->contents = u"password file"_s;
    if (load.passwords)
        check->contents += ", "_L1 + counted(load.passwords->size(), u"user"_s);
}

// Whoever misses a key should know that its file is not even looked at.
void notePassedOver(FileCheck *check, const PassedOverReport &report, const QString &path)
{
    const auto directory = DirectoryReader::make(path);
    for (const PassedOverReport::Name &entry : report.first) {
        check->notes += u"%1: not read, as it %2"_s.arg(directory->pathOf(entry.name),
                                                        passedOverText(entry.reason));
    }
    if (report.count > report.first.size()) {
        check->notes +=
            u"%1: %2 more are not read"_s.arg(path).arg(report.count - report.first.size());
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
    if (const qsizetype count = load.passedOver.count; count > 0) {
        check->contents +=
            u", %1 %2 not read"_s.arg(count).arg(count == 1 ? u"entry"_s : u"entries"_s);
        notePassedOver(check, load.passedOver, path);
    }
}

void fail(FileCheck *check, const QString &error)
{
    check->errors = QStringList(error);
    check->isUnreadable = true;
}

void checkFile(FileCheck *check, const FileRead &read, const QString &path)
{
    if (check->kind == FileKind::Unknown)
        check->kind = guessFileKind(read.contents.view());
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
    check->errors = QStringList(u"%1: %2; say with --as what it is meant to be"_s.arg(
        path, read.contents.isEmpty()
                  ? u"is empty"_s
                  : u"looks like neither a certificate, nor a key list, nor a password file"_s));
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
            fail(&check, read.errorText);
        } else if (read.changedMeanwhile) {
            fail(&check, u"%1: is being written to; try again"_s.arg(path));
        } else {
            checkFile(&check, read, path);
        }
    } catch (const std::bad_alloc &) {
        fail(&check, outOfMemoryText(path));
    }
    return check;
}

QString counted(qsizetype count, const QString &noun)
{
    return QString::number(count) + u' ' + noun + (count == 1 ? QString() : u"s"_s);
}
