// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "filekind.h"

#include "base/text.h"
#include "credentials/certificates/certificatefield.h"
#include "credentials/files/fileload.h"
#include "credentials/files/textproblem.h"
#include "credentials/keys/keyfilename.h"
#include "credentials/passwords/passwordfileline.h"
#include "protocol/z85.h"

#include <algorithm>
#include <limits>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr int MaximumLines = 1000;

QByteArrayView firstWordOf(QByteArrayView line)
{
    const auto *const start = std::find_if_not(line.begin(), line.end(), isBlank);
    return {start, std::find_if(start, line.end(), isBlank)};
}

// Names contain no control characters, so a file with many of them is not text. Passwords may
// contain some.
bool hasControlCharacter(QByteArrayView text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<uchar>(c) < 0x20 && c != '\t'; });
}

// Returns whether a name is typical of a user. A part of a random key rarely is.
bool isLikelyUser(QByteArrayView name)
{
    constexpr QByteArrayView Others = "._@-";
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || static_cast<uchar>(c) >= 0x80 || Others.contains(c);
    });
}

// Returns whether a line starts a section of a certificate, in any spelling.
bool isSection(QByteArrayView line)
{
    line = line.first(std::find(line.begin(), line.end(), '#') - line.begin()).trimmed();
    if (line.startsWith('[') && line.endsWith(']'))
        line = line.sliced(1).chopped(1).trimmed();
    const QByteArray name = line.toByteArray().toLower();
    return name == "curve" || name == "metadata";
}

// Returns whether a line contains a key, in any format of configuration files.
bool isKeyProperty(QByteArrayView line)
{
    const auto *const separator =
        std::find_if(line.begin(), line.end(), [](char c) { return c == '=' || c == ':'; });
    return separator != line.end()
           && resemblesKeyName(QByteArrayView(line.begin(), separator).trimmed());
}

// Collects the evidence of a file's lines for its kind.
class Evidence
{
public:
    explicit Evidence(QByteArrayView contents);

    bool isCertificate() const { return m_isCertificate; }
    // Returns whether only blank lines and comments were found.
    bool isBlank() const { return m_lines == 0; }
    bool isBareKey() const { return m_lines == 1 && m_bareKeys == 1; }
    Result<FileKind> kind() const;

private:
    void take(QByteArrayView line);
    void takeUser(QByteArrayView line);

    bool m_isCertificate = false;
    int m_lines = 0;
    int m_keys = 0;
    int m_bareKeys = 0; // keys that are alone in their lines
    int m_users = 0;
    int m_spacedUsers = 0; // users with spaces before the '='
    int m_either = 0;      // lines that are a key as well as a user and a password
    int m_rubbish = 0;
    int m_headings = 0; // "[...]"
};

Evidence::Evidence(QByteArrayView contents)
{
    m_isCertificate = contents.trimmed().startsWith("-----BEGIN "); // the parser recognizes it
    LineReader lines(contents);
    while (!m_isCertificate && lines.number() < MaximumLines && lines.next()) {
        QByteArrayView line = lines.line();
        if (lines.startsWithMark())
            line = line.sliced(ByteOrderMark.size());
        const QByteArrayView word = firstWordOf(line);
        if (!word.isEmpty() && !word.startsWith('#'))
            take(line);
    }
}

void Evidence::take(QByteArrayView line)
{
    ++m_lines;
    if (isSection(line) || isKeyProperty(line)) {
        m_isCertificate = true;
        return;
    }
    const QByteArrayView word = firstWordOf(line);
    if (!Z85::isKey(word)) {
        takeUser(line);
        return;
    }
    // Many keys contain a '='.
    const bool isBare = line.trimmed().size() == word.size();
    if (isBare && isLikelyUser(word.first(std::max<qsizetype>(word.indexOf('='), 0))))
        ++m_either;
    else
        ++m_keys;
    m_bareKeys += isBare ? 1 : 0;
}

void Evidence::takeUser(QByteArrayView line)
{
    PasswordFileLine parsed(std::numeric_limits<qint64>::max());
    const bool isEntry = parsed.parse(line) != PasswordFileLine::Kind::Bad || parsed.isHashed();
    const qsizetype equals = line.indexOf('=');
    if (line.startsWith('[') && line.trimmed().endsWith(']'))
        ++m_headings;
    else if (equals < 0 && !isEntry)
        return; // reported as an error in every kind of file
    else if (hasControlCharacter(line.first(std::max<qsizetype>(equals, 0))))
        ++m_rubbish;
    else
        ++m_users;
    m_spacedUsers += equals > 0 && QZap::Internal::isBlank(line[equals - 1]) ? 1 : 0;
}

Result<FileKind> Evidence::kind() const
{
    const int all = m_keys + m_users + m_either;
    if (all <= m_rubbish)
        return Problem(u"looks like neither a certificate, nor a key list, nor a password file"_s);
    if (m_headings > 0) {
        return Problem(u"has headings in brackets, as neither a certificate, nor a key list, nor a "
                       "password file has"_s);
    }
    if (m_either > 0 && m_keys == 0 && m_users == 0) {
        return Problem(u"may be a key list, or a password file: its lines are keys, and users with "
                       "passwords as well"_s);
    }
    if (m_users == 0 || (m_keys > 0 && m_keys >= m_users))
        return FileKind::KeyList;
    if (m_keys > 0) {
        return Problem(
            u"may be a password file, or a key list: some of its lines start with a key, "
            "and most do not"_s);
    }
    if (m_spacedUsers == m_users) {
        return Problem(u"may be a password file, or settings of another program: all names end in "
                       "blanks, which would be part of users' names"_s);
    }
    return FileKind::Passwords;
}

// Returns whether the name is one that QZap and pyzmq give to public and secret certificates.
bool hasCertificateName(QByteArrayView name)
{
    const QByteArray lower = name.toByteArray().toLower();
    return lower.endsWith(".key") || lower.endsWith(".key" + SecretEnding.toByteArray());
}

} // namespace

QMap<QString, FileKind> fileKinds()
{
    return {{u"certificate"_s, FileKind::Certificate},
            {u"directory"_s, FileKind::Directory},
            {u"keylist"_s, FileKind::KeyList},
            {u"passwords"_s, FileKind::Passwords}};
}

Result<FileKind> guessFileKind(QByteArrayView contents, QByteArrayView name)
{
    if (const Problem problem = utf16Problem(contents))
        return Problem(problem.what);
    const auto undecided = [](const QString &what) {
        return Problem(what + u"; say with --as what it is meant to be"_s);
    };
    const Evidence evidence(contents);
    if (evidence.isCertificate())
        return FileKind::Certificate;
    const bool hasName = hasCertificateName(name);
    // The parser of certificates reports what is wrong.
    if (hasName && (evidence.isBlank() || evidence.isBareKey() || contents.contains('\0')))
        return FileKind::Certificate;
    if (contents.isEmpty())
        return undecided(u"is empty"_s);
    if (contents.contains('\0'))
        return undecided(nulText());
    if (evidence.isBlank())
        return undecided(u"has nothing but comments and blank lines"_s);
    const Result<FileKind> kind = evidence.kind();
    if (!hasName)
        return kind ? kind : undecided(kind.problem().what);
    if (!kind)
        return FileKind::Certificate;
    return undecided(*kind == FileKind::KeyList
                         ? u"has the name of a certificate, and looks like a key list"_s
                         : u"has the name of a certificate, and looks like a password file"_s);
}
