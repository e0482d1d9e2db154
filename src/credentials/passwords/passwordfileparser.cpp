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

Problem repeatedUser(int first, bool staysOut)
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

// The users of the lines of a file.
class Users
{
public:
    explicit Users(PasswordStore *store)
        : m_store(store)
    { }

    qsizetype lockedCount() const { return static_cast<qsizetype>(m_locked.size()); }
    // Adds the user of a line, which is neither blank nor invalid without a lock. Returns why the
    // line is not used, if that is not known from the line itself.
    Problem add(const PasswordFileLine &line, int number);

private:
    void lock(const PasswordFileLine &line, int number, int first);

    PasswordStore *m_store;
    std::unordered_map<ByteKey, int, ByteKey::Hash> m_locked; // the first line of each such user
};

Problem Users::add(const PasswordFileLine &line, int number)
{
    const QByteArrayView user = line.user();
    const auto locked = m_locked.find(ByteKey::view(user));
    const bool isLocked = locked != m_locked.end();
    int first = number;
    if (isLocked)
        first = locked->second;
    else if (m_store->contains(user))
        first = m_store->lineOf(user);
    // A lock has precedence over any other line.
    if (line.locksUser() && !isLocked)
        lock(line, number, first);
    if (first != number)
        return line.problem() ? Problem() : repeatedUser(first, isLocked || line.locksUser());
    if (line.locksUser())
        return {};
    if (line.isHashed())
        m_store->insertHash(user, line.password(), number);
    else
        m_store->insert(user, line.password(), number);
    return {};
}

void Users::lock(const PasswordFileLine &line, int number, int first)
{
    const QByteArrayView user = line.user();
    m_locked.insert({{user.toByteArray()}, first});
    m_store->remove(user);
    addUnused(user,
              line.problem() ? line.problem().what
                             : u"it locks the user out by \"*\" or \"!\" instead of a password"_s,
              number, m_store);
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
    Users users(store.get());
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
        if (const Problem problem = users.add(line, lines.number()))
            errors.add([&] { return ofLine(problem.what); });
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
    load.lockedUsers = users.lockedCount();
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
