// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT
//
// Only very cheap hashes are computed: most are slow by design.

#include "fuzz.h"
#include "lines.h"

#include "credentials/files/textproblem.h"
#include "credentials/passwords/passwordfileline.h"
#include "credentials/passwords/passwordfileparser.h"
#include "credentials/passwords/passwordfiletext.h"

#include <QtCore/qmap.h>
#include <QtCore/qset.h>

#include <sodium.h>

#include <algorithm>
#include <iterator>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;
using Fuzz::require;

namespace {

constexpr qint64 MaximumHashMemory = DefaultMaximumHashMemory;
constexpr quint64 SmallCost = 64; // memory in KiB times passes
constexpr QByteArrayView Mark = "\xef\xbb\xbf";

using Users = QMap<QByteArray, QByteArray>; // names, with passwords or hashes

QByteArrayView withoutEnd(QByteArrayView line)
{
    if (line.endsWith('\n'))
        line.chop(1);
    if (line.endsWith('\r'))
        line.chop(1);
    return line;
}

// Checks that QZap and libsodium parse the hash in the same way.
void requireHash(const QByteArray &hash)
{
    for (const QByteArrayView password : {QByteArrayView("secret~"), QByteArrayView("")}) {
        const PasswordHash::Match match = PasswordHash::verify(hash, password);
        require(match != PasswordHash::Match::Unknown, "there is memory for a small hash");
        require((match == PasswordHash::Match::Same)
                    == (crypto_pwhash_str_verify(hash.constData(), password.data(),
                                                 static_cast<unsigned long long>(password.size()))
                        == 0),
                "a password is right where libsodium finds so");
    }
}

void requireEntry(const PasswordFileLine &line, QByteArrayView text)
{
    require(text == line.user().toByteArray() + '=' + line.password().toByteArray(),
            "an entry is a user, '=' and a password");
    require(!line.user().isEmpty() && line.user().size() <= MaximumTextSize
                && isCleanText(line.user()) && !line.user().contains('=')
                && !line.user().startsWith('#'),
            "a user has a name");
    require(!line.password().isEmpty(), "a user has a password");
    require(line.isHashed() == PasswordHash::isHash(line.password()), "a hash is no password");
    if (!line.isHashed()) {
        require(line.password().size() <= MaximumTextSize, "a password can be sent");
        return;
    }
    const auto parameters = PasswordHash::parametersOf(line.password());
    require(parameters && qint64{parameters->memory} * 1024 <= MaximumHashMemory
                && parameters->passes <= MaximumHashPasses,
            "what checking takes has a limit");
    if (parameters->cost() <= SmallCost)
        requireHash(line.password().toByteArray());
}

Users usersOf(QByteArrayView contents, qsizetype *problems)
{
    Users result;
    QSet<QByteArray> locked;
    PasswordFileLine line(MaximumHashMemory);
    for (const QByteArrayView text : Fuzz::linesOf(contents)) {
        const QByteArrayView content = withoutEnd(text);
        if (content.startsWith(Mark)) {
            ++*problems;
            continue;
        }
        const PasswordFileLine::Kind kind = line.parse(content);
        if (kind == PasswordFileLine::Kind::Entry)
            requireEntry(line, content);
        const QByteArray user = line.user().toByteArray();
        const bool isLocked = line.locksUser();
        if (kind == PasswordFileLine::Kind::Locked) {
            require(isLocked && !PasswordHash::isHash(line.password()),
                    "a lock is a mark without a hash");
        }
        const bool isKnown = result.contains(user) || locked.contains(user);
        if (kind == PasswordFileLine::Kind::Bad
            || (kind != PasswordFileLine::Kind::Blank && isKnown))
            ++*problems;
        else if (kind == PasswordFileLine::Kind::Entry)
            result.insert(user, line.password().toByteArray());
        if (isLocked) {
            result.remove(user);
            locked.insert(user);
        }
    }
    return result;
}

void requireUsers(const PasswordStore &store, const Users &users)
{
    require(store.size() == users.size(), "a file has the users of its lines");
    bool hasHashes = false;
    for (auto it = users.cbegin(); it != users.cend(); ++it) {
        require(store.contains(it.key()), "a file has the user of a line");
        const bool isHashed = PasswordHash::isHash(*it);
        hasHashes = hasHashes || isHashed;
        if (isHashed)
            require(store.hashFor(it.key()) == *it, "a user has the hash of a line");
        else
            require(store.check(it.key(), *it) == PasswordCheck::Accepted, "a password is right");
        require(store.check(it.key(), *it + '~') != PasswordCheck::Accepted, "another is not");
    }
    QStringList names;
    std::transform(users.keyBegin(), users.keyEnd(), std::back_inserter(names),
                   [](const QByteArray &user) { return QString::fromUtf8(user); });
    names.sort();
    require(store.users() == names, "a file tells its users");
    require(store.hasHashes() == hasHashes, "a hash is asked for where there is one");
    require(PasswordHash::parametersOf(store.hashFor("nobody~")).has_value() == hasHashes,
            "nobody costs as much as somebody");
}

Users fuzzFile(QByteArrayView text)
{
    qsizetype problems = 0;
    Users users = usersOf(text, &problems);
    const PasswordLoad load = parsePasswordFile(text, u"f"_s, MaximumHashMemory);
    require(load.passwords && load.fileError == FileError::None, "a file is a file");
    require(problems > ProblemList::Maximum || load.errors.size() == problems,
            "each problem is told of");
    const qsizetype lines = Fuzz::linesOf(text).size();
    Fuzz::requireHarmless(load.errors, lines);
    Fuzz::requireHarmless(load.warnings, lines);
    requireUsers(*load.passwords, users);
    return users;
}

void requireText(const PasswordFileText &text, const Users &users)
{
    const SecretBytes contents = text.contents();
    if (utf16Problem(contents.view()))
        return;
    const PasswordLoad load = parsePasswordFile(contents.view(), u"f"_s, MaximumHashMemory);
    requireUsers(*load.passwords, users);
}

bool isWritable(QByteArrayView user, QByteArrayView password)
{
    return !PasswordFileText::userProblem(user) && !PasswordFileText::passwordProblem(password)
           && !PasswordFileText::plainProblem(password)
           && !PasswordFileText::lineProblem(user, password);
}

// Checks that users without a problem can be written.
void fuzzNewUsers(const PasswordFileText &before, Users users, QByteArrayView contents)
{
    constexpr qsizetype MaximumEdits = 4;
    PasswordFileText text(before);
    const QList<QByteArrayView> lines = Fuzz::linesOf(contents);
    for (const QByteArrayView line : lines.first(std::min(lines.size(), MaximumEdits))) {
        const qsizetype equals = line.lastIndexOf('=');
        if (equals < 0 || !isWritable(line.first(equals), line.sliced(equals + 1)))
            continue;
        text.set(line.first(equals).toByteArray(), line.sliced(equals + 1));
        users.insert(line.first(equals).toByteArray(), line.sliced(equals + 1).toByteArray());
    }
    requireText(text, users);
}

// Checks that an edit does not change other users.
void fuzzEdits(QByteArrayView contents, Users users)
{
    PasswordFileText text(contents);
    require(text.contents().view() == contents, "unedited lines do not change");
    fuzzNewUsers(text, users, withoutEnd(contents));
    const QByteArray first = users.isEmpty() ? QByteArray() : users.firstKey();
    const QByteArray last = users.isEmpty() ? QByteArray() : users.lastKey();
    for (const QByteArray &user : {first, last, QByteArray("new~")}) {
        if (PasswordFileText::userProblem(user))
            continue;
        text.set(user, "secret~");
        users.insert(user, "secret~");
        requireText(text, users);
    }
    for (const QByteArray &user : {first, last}) {
        text.remove(user);
        users.remove(user);
        requireText(text, users);
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, static_cast<qsizetype>(size));
    if (utf16Problem(input)) {
        const PasswordLoad load = parsePasswordFile(input, u"f"_s, MaximumHashMemory);
        require(load.passwords->size() == 0 && load.errors.size() == 1, "UTF-16 has no users");
        return 0;
    }
    const Users users = fuzzFile(input);
    fuzzEdits(input, users);
    return 0;
}
