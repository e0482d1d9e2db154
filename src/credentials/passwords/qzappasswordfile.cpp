// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzappasswordfile.h>

#include "base/processkey.h"
#include "credentials/files/filewriter.h"
#include "credentials/files/textproblem.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/passwords/passwordfilekind.h"
#include "credentials/passwords/passwordfilelock.h"
#include "credentials/passwords/passwordfileparser.h"
#include "credentials/passwords/qzappasswordfile_p.h"

#include <QtCore/qloggingcategory.h>

#include <new>
#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

/*!
    \class QZapPasswordFile
    \inmodule QZap
    \inheaderfile QZap/QZapPasswordFile
    \brief The QZapPasswordFile class edits the users of a password file.

    A \l{QZapPlainDomain::passwordFile}{password file} holds the users of a PLAIN domain. An
    authenticator reads the file itself; this class is for programs that manage it.

    \snippet passwordfile.cpp edit

    Passwords are written as argon2id hashes unless Format::Plain is set. Only the lines of edited
    users change: comments, the order of lines, and invalid lines are kept byte for byte.

    The class is an implicitly shared value class, and reentrant. Its own memory of the file is
    wiped when it is freed. A default-constructed value has no users, and save() writes it to a new
    file.

    \sa QZapPlainDomain, {File Formats}
*/

/*!
    \enum QZapPasswordFile::Format

    How setPassword() writes a password.

    \value Argon2id As a hash, which does not reveal the password to readers of the file.
    \value Plain In clear text, as czmq and pyzmq require it. Checking it takes no time.
*/

namespace {

Q_LOGGING_CATEGORY(lcPasswordFile, "qzap")

constexpr int MaximumHashMemory = 64; // MiB; the limit of readers
constexpr int ReadAttempts = 3;

qint64 bytesOf(int mebibytes)
{
    return qint64{mebibytes} * 1024 * 1024;
}

// Returns an empty name if the argument has no UTF-8 form.
QByteArray nameOf(const QString &user)
{
    return user.isValidUtf16() ? user.toUtf8() : QByteArray();
}

} // namespace

QZapPasswordFilePrivate::QZapPasswordFilePrivate(const QZapPasswordFilePrivate &other)
    : QSharedData(other)
    , text(other.text)
    , users(other.users)
    , hashMemory(other.hashMemory)
{
    const QMutexLocker locker(&other.m_mutex);
    m_known = other.m_known;
}

QZapPasswordFilePrivate::Load QZapPasswordFilePrivate::load(const QString &file)
{
    try {
        FileRead read = readFile(file, MaximumPasswordFileSize);
        for (int attempt = 1; read.isOk() && read.changedMeanwhile; ++attempt) {
            if (attempt == ReadAttempts)
                return {{}, FileError::Unreadable, {u"is being written to; try again"_s, file}};
            read = readFile(file, MaximumPasswordFileSize);
        }
        // A line that is appended to a file in UTF-16 would not be text.
        if (const Problem problem = utf16Problem(read.contents.view()))
            return {{}, FileError::Unreadable, problem.in(file)};
        if (const Problem problem = otherFileProblem(read.contents.view()))
            return {{}, FileError::Unreadable, problem.in(file)};
        const PasswordLoad load = parsePasswordFile(read, file);
        if (!load.passwords)
            return {{}, load.fileError, load.errors.value(0)};
        for (const Problem &problem : load.errors + load.warnings)
            qCWarning(lcPasswordFile, "%ls", qUtf16Printable(problem.text()));

        QZapPasswordFile passwords;
        passwords.d->text = PasswordFileText(read.contents.view());
        passwords.d->users = *load.passwords;
        passwords.d->m_known = {passwordFileLocation(file), digestOf(read.contents.view())};
        return {std::move(passwords), FileError::None, {}};
    } catch (const std::bad_alloc &) {
        return {{}, FileError::Unreadable, outOfMemory(file)};
    }
}

QZapPasswordFilePrivate::Digest QZapPasswordFilePrivate::digestOf(QByteArrayView contents)
{
    Digest digest{};
    crypto_generichash(
        digest.data(), digest.size(), reinterpret_cast<const uchar *>(contents.data()),
        static_cast<unsigned long long>(contents.size()), processKey(), ProcessKeySize);
    return digest;
}

// Saving must not overwrite another program's edit, whose users would be lost.
QZapPasswordFilePrivate::Target QZapPasswordFilePrivate::targetAt(const QString &file,
                                                                  const QString &location) const
{
    const FileRead read = readFile(location, MaximumPasswordFileSize);
    const bool isOurs = m_known && m_known->location == location;
    Target target;
    target.exists = read.error != FileError::NotFound;
    if (!target.exists && isOurs) {
        target.problem = {u"was removed since it was loaded; save it under another name, or begin "
                          "a new one"_s,
                          file};
    } else if (target.exists && !read.isOk()) {
        target.problem = read.problem;
    } else if (target.exists && (!m_known || m_known->digest != digestOf(read.contents.view()))) {
        target.problem = {isOurs
                              ? u"was changed since it was loaded; load it again, and edit that"_s
                              : u"exists already, with other users; load it, and edit that"_s,
                          file};
    }
    return target;
}

Problem QZapPasswordFilePrivate::write(const QString &file) const
{
    try {
        const QMutexLocker locker(&m_mutex);
        const QString location = passwordFileLocation(file);
        const Target target = targetAt(file, location);
        if (target.problem)
            return target.problem;
        const SecretBytes contents = text.contents();
        if (contents.size() > MaximumPasswordFileSize) {
            return {
                u"a password file cannot be larger than %1 bytes"_s.arg(MaximumPasswordFileSize),
                file};
        }
        const FileWrite result =
            writeFile(file, contents.view(), FileWriter::Access::Secret,
                      target.exists ? FileWriter::Existing::Replace : FileWriter::Existing::Refuse);
        if (!result.isOk())
            return result.problem;
        m_known = {location, digestOf(contents.view())};
        return {};
    } catch (const std::bad_alloc &) {
        return outOfMemory(file);
    }
}

/*!
    Constructs a value without users.

    \sa load()
*/
QZapPasswordFile::QZapPasswordFile()
    : d(new QZapPasswordFilePrivate)
{ }

/*!
    Constructs a copy of \a other. If both are edited and saved to one file, the second save()
    fails.
*/
QZapPasswordFile::QZapPasswordFile(const QZapPasswordFile &other) = default;

/*!
    \fn QZapPasswordFile::QZapPasswordFile(QZapPasswordFile &&other)

    Moves \a other, which can only be assigned to and destroyed afterwards, into this value.
*/
QZapPasswordFile::QZapPasswordFile(QZapPasswordFile &&other) noexcept = default;

/*!
    Makes this value a copy of \a other.
*/
QZapPasswordFile &QZapPasswordFile::operator=(const QZapPasswordFile &other) = default;

/*!
    \fn QZapPasswordFile &QZapPasswordFile::operator=(QZapPasswordFile &&other)

    Moves \a other into this value.
*/
QZapPasswordFile &QZapPasswordFile::operator=(QZapPasswordFile &&other) noexcept = default;

/*!
    Destroys the value. The memory of the file is wiped with the last copy. Nothing is saved.
*/
QZapPasswordFile::~QZapPasswordFile() = default;

/*!
    \fn void QZapPasswordFile::swap(QZapPasswordFile &other)

    Exchanges this value and \a other; fast and never fails.
*/

/*!
    Returns the users and the text of \a file.

    Returns \c std::nullopt, and sets \a errorMessage to the reason, if the file does not exist,
    cannot be read, is not a regular file, is larger than 64 MiB, is UTF-16, or is being written to
    continuously. Editors that replace the file, as save() does, never cause the latter. The same
    applies to a file that is recognizably not a password file, so that no password is added to it:
    one that contains a certificate, most of whose lines start with a key, or that has invalid lines
    and no valid one, such as a password file of htpasswd or mosquitto.

    An invalid line is kept, and lets nobody in. It is reported with file and line in the logging
    category \c qzap, without the password. A file or directory that users other than the owner can
    write to, and passwords in clear text that others can read, are reported as well.

    The function blocks while it reads, but not on a FIFO, and is thread-safe.
*/
std::optional<QZapPasswordFile> QZapPasswordFile::load(const QString &file, QString *errorMessage)
{
    QZapPasswordFilePrivate::Load load = QZapPasswordFilePrivate::load(file);
    (void)isNoProblem(load.problem, errorMessage);
    return std::move(load.passwords);
}

/*!
    Writes all lines to \a file, which is the file that was loaded or saved before, or a new one. A
    new file has mode 0600 from the start. A file that is replaced keeps its owner, group, mode and
    access control list. If \a file is a symbolic link, its target is replaced.

    The file is written completely under another name, synced to the disk and renamed, so that at
    any moment either the old or the new file exists. An authenticator that watches it never sees an
    incomplete file.

    Edits by other programs are never lost. Returns \c false, leaves the file unchanged, and sets
    \a errorMessage to the reason, if

    \list
    \li the file's contents differ from those that were loaded, or that were saved by this value or
        by a copy that was not edited since: load() it again and repeat the edit;
    \li the file that was loaded was removed: its users are not restored;
    \li a different file of this name already exists;
    \li the file cannot keep its owner, group and access control list;
    \li the file is a symbolic link, or has one in its path, that belongs neither to root, nor to
        the user who saves, nor to the owner of the file or, for a new file, of the directory it
        leads to;
    \li the file would be larger than 64 MiB, or cannot be written.
    \endlist

    Concurrent calls for one file, even in other processes, wait for each other for at most 10
    seconds. The lock is a hidden file beside it. The function blocks until the file is on the disk,
    and may be called from any thread.
*/
bool QZapPasswordFile::save(const QString &file, QString *errorMessage) const
{
    const Problem problem =
        withPasswordFileLock(file, [&] { return QZapPasswordFilePrivate::write(*this, file); });
    return isNoProblem(problem, errorMessage);
}

/*!
    Returns the sorted names of the users with a valid line. Empty by default.
*/
QStringList QZapPasswordFile::users() const
{
    return d->users.users();
}

/*!
    Returns whether \a password, as bytes, is that of \a user.

    If at least one user of the file has a hash, every refusal costs one hash, so an unknown user, a
    wrong password and a password of a different length cannot be distinguished by time.

    \warning The function blocks while the hash is computed, about 0.1 s with the default of 64 MiB
    of memory. Do not call it from an event loop. If the memory is not available, it returns
    \c false with a warning in the logging category \c qzap.
*/
bool QZapPasswordFile::check(const QString &user, const QByteArray &password) const
{
    const QByteArray name = nameOf(user);
    const PasswordCheck result = d->users.check(name, password);
    if (result != PasswordCheck::NeedsHash)
        return result == PasswordCheck::Accepted;
    const PasswordHash::Match match = PasswordStore::verify(d->users.hashFor(name), password);
    if (match == PasswordHash::Match::Unknown)
        qCWarning(lcPasswordFile, "A password cannot be checked: there is no memory for its hash");
    return match == PasswordHash::Match::Same;
}

/*!
    Sets the password of \a user to \a password, written in \a format. The user's line is replaced,
    further lines of the same user are removed, and a new user is appended. A line with a hash of
    another program, such as \c{alice:$apr1$...}, is one of the user's lines. The file is changed by
    save().

    Returns \c false, changes nothing and sets \a errorMessage to the reason if

    \list
    \li \a user is not 1 to 255 bytes in UTF-8 without control characters, starts with \c # or a
        byte order mark, contains \c{=}, or has a hash in it, as in \c{alice:$6$...};
    \li \a user is \c public-key or \c secret-key, in any spelling, which are names of certificates;
    \li \a user is \c anonymous or a CURVE key in Z85, which would look like the user ids of peers
        of another mechanism;
    \li \a password is not 1 to 255 bytes, or consists of \c * and \c !, which in a file let nobody
        in;
    \li \a format is Format::Plain, and \a password contains a line feed, a carriage return or a
        NUL, or looks like a hash of any scheme (\c{$6$...}, \c{{SSHA}...});
    \li \a format is Format::Argon2id, and there is not enough memory for a hash.
    \endlist

    With Format::Argon2id, the function blocks while the hash is computed. The caller should wipe
    \a password.

    \sa setHashMemory(), removeUser()
*/
bool QZapPasswordFile::setPassword(const QString &user, const QByteArray &password, Format format,
                                   QString *errorMessage)
{
    const QByteArray name = nameOf(user);
    Problem problem = PasswordFileText::userProblem(name);
    if (!problem)
        problem = PasswordFileText::passwordProblem(password);
    if (!problem && format == Format::Plain)
        problem = PasswordFileText::plainProblem(password);
    QByteArray hash;
    if (!problem && format == Format::Argon2id) {
        hash = PasswordHash::make(password, PasswordHash::parametersFor(bytesOf(hashMemory())));
        if (hash.isEmpty())
            problem = u"there is no memory for a hash of %1 MiB; set less"_s.arg(hashMemory());
    }
    if (!problem)
        problem = PasswordFileText::lineProblem(name, hash.isEmpty() ? password : hash);
    if (!isNoProblem(problem, errorMessage))
        return false;
    if (format == Format::Argon2id) {
        d->text.set(name, hash);
        d->users.insertHash(name, hash);
    } else {
        d->text.set(name, password);
        d->users.insert(name, password);
    }
    return true;
}

/*!
    Removes all lines of \a user, including invalid ones and those that are shadowed by an earlier
    line. The file is changed by save().

    Returns \c false if there is no line of \a user.
*/
bool QZapPasswordFile::removeUser(const QString &user)
{
    const QByteArray name = nameOf(user);
    d->users.remove(name);
    return d->text.remove(name);
}

/*!
    Returns an argon2id hash of \a password that takes \a memory MiB to compute and to check, for
    QZapCredentialsUpdate::upsertUser() or for a line of a password file. Each call returns a
    different hash, since each has a salt of its own.

    Returns a null array, with a warning, if \a password is not 1 to 255 bytes, \a memory is not
    1 to 64, or there is not enough memory. Blocks while the hash is computed. Thread-safe. The
    caller should overwrite \a password.

    \sa setHashMemory()
*/
QByteArray QZapPasswordFile::hash(const QByteArray &password, int memory)
{
    Problem problem;
    QByteArray hash;
    if (password.isEmpty() || password.size() > MaximumTextSize)
        problem = u"the password is empty or longer than %1 bytes"_s.arg(MaximumTextSize);
    else if (memory < 1 || memory > MaximumHashMemory)
        problem = u"%1 MiB is not in the range 1 to %2"_s.arg(memory).arg(MaximumHashMemory);
    else
        hash = PasswordHash::make(password, PasswordHash::parametersFor(bytesOf(memory)));
    if (!problem && hash.isEmpty())
        problem = u"there is no memory for a hash of %1 MiB"_s.arg(memory);
    if (problem)
        qWarning("QZapPasswordFile::hash: %ls", qUtf16Printable(problem.text()));
    return hash;
}

/*!
    Returns the memory in MiB that it takes to compute or check the hashes made by setPassword(). 64
    by default.
*/
int QZapPasswordFile::hashMemory() const
{
    return d->hashMemory;
}

/*!
    Sets the memory in MiB that it takes to compute or check the hashes made by setPassword() to
    \a mebibytes. Returns \c false, and changes nothing, if it is not 1 to 64.

    A server needs this memory for each hash that it checks, and a small board may not have 64 MiB
    to spare. The more memory, the more expensive it is to guess passwords from a stolen file. Below
    19 MiB, more passes compensate for this in part. The setting is not stored in the file, and
    existing hashes do not change.
*/
bool QZapPasswordFile::setHashMemory(int mebibytes)
{
    if (mebibytes < 1 || mebibytes > MaximumHashMemory)
        return false;
    d->hashMemory = mebibytes;
    return true;
}
