// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "filekind.h"

#include "base/text.h"
#include "credentials/certificates/otherformat.h"
#include "credentials/files/fileload.h"
#include "credentials/files/textproblem.h"
#include "credentials/keys/keyfilename.h"
#include "credentials/passwords/passwordfilekind.h"
#include "credentials/passwords/passwordfileline.h"
#include "protocol/z85.h"

#include <algorithm>
#include <limits>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr int MaximumLines = 1000;

// Names contain no control characters, so a file with many of them is not text. Passwords may
// contain some.
bool hasControlCharacter(QByteArrayView text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<uchar>(c) < 0x20 && c != '\t'; });
}

// Returns whether a name is the base64 text of a key, as WireGuard has it, without the '=' at its
// end.
bool isBase64Key(QByteArrayView name)
{
    constexpr qsizetype Size = 43;
    return name.size() == Size && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                      || c == '+' || c == '/';
           });
}

// Returns whether a name is a tag by which a line of fstab names a file system.
bool isFileSystemTag(QByteArrayView name)
{
    return name == "UUID" || name == "LABEL" || name == "PARTUUID" || name == "PARTLABEL";
}

// Returns whether a name indicates a file of another program. Blanks at its ends are examined
// elsewhere.
bool isUnlikelyUser(QByteArrayView name)
{
    name = name.trimmed();
    return !isLikelyUser(name) || isBase64Key(name) || isFileSystemTag(name);
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
    int m_headings = 0;     // "[...]"
    int m_line = 0;         // the number of the current one
    int m_unlikelyUser = 0; // the first line that would be one with an unlikely name
    int m_keyPassword = 0;  // the first line whose password is a key
};

Evidence::Evidence(QByteArrayView contents)
{
    m_isCertificate = contents.trimmed().startsWith("-----BEGIN "); // the parser recognizes it
    LineReader lines(contents);
    while (!m_isCertificate && lines.number() < MaximumLines && lines.next()) {
        QByteArrayView line = lines.line();
        m_line = lines.number();
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
    if (isSectionLine(line) || isKeyLine(line)) {
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
    const bool isValid = parsed.parse(line) != PasswordFileLine::Kind::Bad;
    const bool isEntry = isValid || parsed.isHashed();
    const qsizetype equals = line.indexOf('=');
    if (line.startsWith('[') && line.trimmed().endsWith(']'))
        ++m_headings;
    else if (equals < 0 && !isEntry)
        return; // reported as an error in every kind of file
    else if (hasControlCharacter(line.first(std::max<qsizetype>(equals, 0))))
        ++m_rubbish;
    else
        ++m_users;
    // An invalid line is reported as an error.
    if (isValid && m_unlikelyUser == 0 && isUnlikelyUser(parsed.user()))
        m_unlikelyUser = m_line;
    if (isValid && m_keyPassword == 0 && Z85::isKey(parsed.password()))
        m_keyPassword = m_line;
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
    if (m_unlikelyUser > 0) {
        return Problem(u"may be a line of a password file, or of a file of another program: the "
                       "part before the '=' is unusual as a user name"_s,
                       {}, m_unlikelyUser);
    }
    if (m_keyPassword > 0) {
        return Problem(u"may be a line of a password file, or a key with its owner: the password "
                       "is a key"_s,
                       {}, m_keyPassword);
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
    const auto undecided = [](const Problem &problem) {
        return Problem(problem.what + u"; say with --as what the file is meant to be"_s, {},
                       problem.line);
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
        return kind ? kind : undecided(kind.problem());
    if (!kind)
        return FileKind::Certificate;
    return undecided(*kind == FileKind::KeyList
                         ? u"has the name of a certificate, and looks like a key list"_s
                         : u"has the name of a certificate, and looks like a password file"_s);
}
