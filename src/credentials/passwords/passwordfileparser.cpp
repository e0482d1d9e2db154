// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileparser.h"

#include "base/bytehash.h"
#include "credentials/files/repeatedreader.h"
#include "credentials/files/textproblem.h"
#include "credentials/passwords/passwordfileline.h"

#include <new>
#include <unordered_map>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

PasswordLoad failure(FileError error, const Problem &problem)
{
    PasswordLoad load;
    load.fileError = error;
    load.errors.append(problem);
    return load;
}

QList<Problem> readerWarning(const QString &file, const FileRead &read, const PasswordLoad &load)
{
    // An invalid line may contain a password.
    const bool isSecret = load.passwords->hasPlainPasswords() || !load.errors.isEmpty();
    if (!isSecret || !read.facts.isReadableByOthers())
        return {};
    return {
        {u"users other than the owner can read the passwords in this file; remove that permission "
         "(chmod go-r)"_s,
         file}};
}

QString repeatedUserText(int first, bool staysOut)
{
    return staysOut
               ? u"repeats the user of line %1, and one of the two lines lets nobody in, which is "
                 u"used; remove the other"_s.arg(first)
               : u"repeats the user of line %1, which is used; remove one of the two"_s.arg(first);
}

// The part of an invalid line before its '=' is not always a name.
void addUnused(QByteArrayView user, const QString &why, int line, PasswordStore *store)
{
    if (!store->unused().isFull() && !PasswordStore::userNameProblem(user))
        store->unused().add(user, {why, line});
}

QString lockText()
{
    return u"it locks the user out by \"*\" or \"!\" instead of a password"_s;
}

void insert(const PasswordFileLine &line, int number, PasswordStore *store)
{
    if (line.isHashed())
        store->insertHash(line.user(), line.password(), number);
    else
        store->insert(line.user(), line.password(), number);
}

} // namespace

PasswordLoad parsePasswordFile(QByteArrayView contents, const QString &file,
                               qint64 maximumHashMemory)
{
    if (contents.size() > MaximumPasswordFileSize) {
        return failure(
            FileError::Unreadable,
            {u"larger than the maximum of %1 bytes"_s.arg(MaximumPasswordFileSize), file});
    }

    if (const Problem problem = utf16Problem(contents)) {
        PasswordLoad load;
        load.errors.append(problem.in(file));
        load.passwords = std::make_shared<PasswordStore>();
        return load;
    }

    ProblemList errors;
    ProblemList warnings;
    LineReader lines(contents);
    const auto ofLine = [&](const QString &what) { return Problem(what, file, lines.number()); };
    auto store = std::make_shared<PasswordStore>();
    std::unordered_map<ByteKey, int, ByteKey::Hash> locked; // the first locking line of each user
    PasswordFileLine line(maximumHashMemory);
    while (lines.next()) {
        if (lines.startsWithMark()) {
            errors.add([&] {
                return ofLine(u"starts with a byte order mark, so the line is ignored; save "
                              "the file as UTF-8 without one"_s);
            });
            continue;
        }
        const PasswordFileLine::Kind kind = line.parse(lines.line());
        if (kind == PasswordFileLine::Kind::Blank)
            continue;
        const QByteArrayView user = line.user();
        const bool isBad = kind == PasswordFileLine::Kind::Bad;
        if (isBad)
            errors.add([&] { return ofLine(line.problem().what); });
        if (isBad && !line.locksUser()) {
            addUnused(user, line.problem().what, lines.number(), store.get());
            continue;
        }
        const auto lock = locked.find(ByteKey::view(user));
        const bool isLocked = lock != locked.end();
        int first = lines.number();
        if (isLocked)
            first = lock->second;
        else if (store->contains(user))
            first = store->lineOf(user);
        const bool isRepeated = first != lines.number();
        const bool staysOut = isLocked || line.locksUser();
        if (isRepeated && !isBad)
            errors.add([&] { return ofLine(repeatedUserText(first, staysOut)); });
        // A lock has precedence over any other line.
        if (line.locksUser() && !isLocked) {
            locked.insert({{user.toByteArray()}, first});
            store->remove(user);
            addUnused(user, isBad ? line.problem().what : lockText(), lines.number(), store.get());
        }
        if (isRepeated || isBad)
            continue;
        if (!line.locksUser())
            insert(line, lines.number(), store.get());
        if (user.front() == ' ' || user.back() == ' ') {
            warnings.add([&] {
                return ofLine(u"a space at an end of the user name is part of it; remove it where "
                              "it is not meant"_s);
            });
        }
    }

    store->squeeze();
    PasswordLoad load;
    load.errors = errors.problems(file);
    load.warnings = warnings.problems(file);
    load.passwords = std::move(store);
    load.lockedUsers = static_cast<qsizetype>(locked.size());
    return load;
}

PasswordLoad parsePasswordFile(const FileRead &read, const QString &file, qint64 maximumHashMemory,
                               bool isOpen)
{
    if (!read.isOk())
        return failure(read.error, read.problem);
    const QByteArrayView contents = read.contents.view();
    PasswordLoad load =
        parsePasswordFile(isOpen ? wholeLines(contents) : contents, file, maximumHashMemory);
    if (!load.passwords)
        return load;
    load.warnings =
        writerWarnings(file, read.facts) + readerWarning(file, read, load) + load.warnings;
    load.changedMeanwhile = read.changedMeanwhile;
    return load;
}

PasswordLoad loadPasswordFile(const QString &file, qint64 maximumHashMemory)
{
    try {
        return parsePasswordFile(readFile(file, MaximumPasswordFileSize), file, maximumHashMemory);
    } catch (const std::bad_alloc &) {
        return failure(FileError::Unreadable, outOfMemory(file));
    }
}

} // namespace QZap::Internal
