// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwordfile.h"

#include "protocol/text.h"

#include <algorithm>
#include <new>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

// What schemes and their parameters consist of, "2b" and "md5,rounds=904" among them.
constexpr bool isSchemeCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
           || c == '_' || c == '.' || c == ',' || c == '=' || c == '+' || c == '/';
}

// "$id$...", as crypt() and libsodium write hashes.
bool isHash(QByteArrayView value)
{
    if (!value.startsWith('$'))
        return false;
    const auto *const start = value.begin() + 1;
    const auto *const stop = std::find_if_not(start, value.end(), isSchemeCharacter);
    return stop > start && stop < value.end() && *stop == '$';
}

class PasswordLine
{
public:
    enum class Kind { Blank, Entry, Bad };

    Kind parse(QByteArrayView line);

    QByteArrayView user() const { return m_user; }
    QByteArrayView password() const { return m_password; }
    QString problem() const { return m_problem; }

private:
    QString problemOfEntry() const;

    QByteArrayView m_user;
    QByteArrayView m_password;
    QString m_problem;
};

PasswordLine::Kind PasswordLine::parse(QByteArrayView line)
{
    if (line.startsWith('#') || std::all_of(line.begin(), line.end(), isBlank))
        return Kind::Blank;
    const qsizetype equals = line.indexOf('=');
    if (equals < 0) {
        m_problem = u"no '='; write name=password, or '#' before a comment"_s;
        return Kind::Bad;
    }
    m_user = line.first(equals);
    m_password = line.sliced(equals + 1);
    m_problem = problemOfEntry();
    return m_problem.isEmpty() ? Kind::Entry : Kind::Bad;
}

QString PasswordLine::problemOfEntry() const
{
    if (const QString problem = PasswordStore::userNameError(m_user); !problem.isEmpty())
        return problem + u"; choose another name"_s;
    if (m_password.isEmpty())
        return u"the password is empty; write one after the '='"_s;
    if (m_password.size() > MaximumTextSize)
        return u"the password is longer than %1 bytes; shorten it"_s.arg(MaximumTextSize);
    if (isHash(m_password)) {
        return u"the password is hashed, as it starts with \"$\", a scheme and \"$\", and hashes "
               "cannot be checked yet; write the password itself, or one that starts "
               "differently"_s;
    }
    return {};
}

// Looked up afresh, since the lines of all users are not kept for it.
int firstLineOf(QByteArrayView user, QByteArrayView contents)
{
    LineReader lines(contents);
    PasswordLine line;
    while (lines.next()) {
        if (lines.line().startsWith(user) && line.parse(lines.line()) == PasswordLine::Kind::Entry
            && line.user() == user) {
            break;
        }
    }
    return lines.number();
}

PasswordLoad failure(FileError error, const QString &text)
{
    PasswordLoad load;
    load.fileError = error;
    load.errors = QStringList(text);
    return load;
}

QStringList readerWarning(const QString &file, const FileFacts &facts)
{
    if (!facts.isReadableByOthers())
        return {};
    return {u"%1: others than the owner may read the passwords in this file; take that right from "
            "them (chmod go-r)"_s.arg(file)};
}

} // namespace

PasswordLoad parsePasswordFile(QByteArrayView contents, const QString &file)
{
    if (contents.size() > MaximumPasswordFileSize) {
        return failure(FileError::Unreadable, u"%1: larger than the %2 bytes that are read"_s.arg(
                                                  file, QString::number(MaximumPasswordFileSize)));
    }

    ProblemList errors;
    ProblemList warnings;
    LineReader lines(contents);
    const auto textOf = [&](const QString &what) {
        return u"%1:%2: %3"_s.arg(file, QString::number(lines.number()), what);
    };
    auto store = std::make_shared<PasswordStore>();
    PasswordLine line;
    while (lines.next()) {
        if (lines.startsWithMark()) {
            errors.add([&] {
                return textOf(u"starts with a byte order mark, and the line does not count; save "
                              "the file as UTF-8 without one"_s);
            });
            continue;
        }
        const PasswordLine::Kind kind = line.parse(lines.line());
        if (kind == PasswordLine::Kind::Blank)
            continue;
        if (kind == PasswordLine::Kind::Bad) {
            errors.add([&] { return textOf(line.problem()); });
            continue;
        }
        const QByteArray user = line.user().toByteArray();
        if (store->contains(user)) {
            errors.add([&] {
                return textOf(
                    u"the user of line %1 again, which counts; remove one of the two"_s.arg(
                        firstLineOf(line.user(), contents)));
            });
            continue;
        }
        store->insert(user, line.password());
        if (user.front() == ' ' || user.back() == ' ') {
            warnings.add([&] {
                return textOf(u"a space at an end of the user name is part of it; remove it where "
                              "it is not meant"_s);
            });
        }
    }

    PasswordLoad load;
    load.errors = errors.texts(file);
    load.warnings = warnings.texts(file);
    load.passwords = std::move(store);
    return load;
}

PasswordLoad loadPasswordFile(const QString &file)
{
    try {
        const FileRead read = readFile(file, MaximumPasswordFileSize);
        if (!read.isOk())
            return failure(read.error, read.errorText);
        PasswordLoad load = parsePasswordFile(read.contents.view(), file);
        load.warnings =
            writerWarnings(file, read.facts) + readerWarning(file, read.facts) + load.warnings;
        load.changedMeanwhile = read.changedMeanwhile;
        return load;
    } catch (const std::bad_alloc &) {
        return failure(FileError::Unreadable, outOfMemoryText(file));
    }
}

} // namespace QZap::Internal
