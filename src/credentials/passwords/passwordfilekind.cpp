// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfilekind.h"

#include "base/text.h"
#include "credentials/certificates/otherformat.h"
#include "credentials/files/fileload.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/passwords/passwordfileline.h"
#include "credentials/stores/passwordstore.h"
#include "protocol/z85.h"

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// The lines that are always examined. Of the others, one valid line is sufficient.
constexpr int FirstLines = 1000;

// Counts the lines of each kind. For kinds other than users, the number of the first line is kept.
class PasswordFileEvidence
{
public:
    explicit PasswordFileEvidence(QByteArrayView contents);
    Problem problem() const;

private:
    struct Count
    {
        int lines = 0;
        int first = 0;
    };

    void take(QByteArrayView line);
    void takeBad(QByteArrayView line, const PasswordFileLine &parsed);
    void add(Count *count) const
    {
        if (count->lines++ == 0)
            count->first = m_line;
    }

    int m_line = 0;
    Count m_users;
    Count m_indentedUsers; // those that may be entries of a section
    Count m_sections;
    Count m_keyLines; // "public-key = ..."
    Count m_keys;     // lines that start with a key
    Count m_hashes;   // of other programs
    Count m_rubbish;  // invalid, with control characters
    Count m_others;
};

PasswordFileEvidence::PasswordFileEvidence(QByteArrayView contents)
{
    LineReader lines(contents);
    while (lines.next() && (lines.number() <= FirstLines || m_users.lines == 0)) {
        m_line = lines.number();
        take(lines.startsWithMark() ? lines.line().sliced(ByteOrderMark.size()) : lines.line());
    }
}

void PasswordFileEvidence::take(QByteArrayView line)
{
    PasswordFileLine parsed(std::numeric_limits<qint64>::max());
    const PasswordFileLine::Kind kind = parsed.parse(line);
    if (kind == PasswordFileLine::Kind::Blank)
        return;
    const QByteArrayView word = firstWordOf(line);
    const bool isUser = kind != PasswordFileLine::Kind::Bad;
    if (isSectionLine(line)) {
        add(&m_sections);
    } else if (isKeyLine(line)) {
        add(&m_keyLines);
    } else if (Z85::isKey(word)) {
        // Many keys contain a '=', and so do users with passwords.
        const QByteArrayView name = word.first(std::max<qsizetype>(word.indexOf('='), 0));
        add(isUser && line.size() == word.size() && isLikelyUser(name) ? &m_users : &m_keys);
    } else if (isUser) {
        add(isBlank(line.front()) ? &m_indentedUsers : &m_users);
    } else {
        takeBad(line, parsed);
    }
}

void PasswordFileEvidence::takeBad(QByteArrayView line, const PasswordFileLine &parsed)
{
    const QByteArrayView name = parsed.user().isEmpty() ? line : parsed.user();
    const auto isControl = [](char c) { return static_cast<uchar>(c) < 0x20 && c != '\t'; };
    // A hash of another kind in the place of a password: setting the password replaces it.
    if (PasswordHash::isHash(parsed.password()) && !PasswordStore::userNameProblem(parsed.user()))
        add(&m_users);
    else if (parsed.isHashed())
        add(&m_hashes);
    else if (std::any_of(name.begin(), name.end(), isControl))
        add(&m_rubbish);
    else
        add(&m_others);
}

Problem PasswordFileEvidence::problem() const
{
    const int users = m_users.lines + m_indentedUsers.lines;
    if (m_keyLines.lines > 0 || (m_sections.lines > 0 && m_users.lines == 0)) {
        return {u"is a certificate, or is similar to one, and not a password file; name the "
                "password file"_s,
                {},
                m_keyLines.lines > 0 ? m_keyLines.first : m_sections.first};
    }
    if (m_keys.lines > 0 && m_keys.lines >= users) {
        return {u"starts with a key, as the lines of a key list do, and not those of a password "
                "file; name the password file"_s,
                {},
                m_keys.first};
    }
    if (m_rubbish.lines > users) {
        return {u"is not text, so the file is not a password file; name the password file"_s,
                {},
                m_rubbish.first};
    }
    if (users > 0)
        return {};
    if (m_hashes.lines > 0) {
        return {u"is a line of another program's password file, such as that of htpasswd or "
                "mosquitto, and no line is name=password; set the passwords in a new file"_s,
                {},
                m_hashes.first};
    }
    if (m_others.lines > 0 || m_rubbish.lines > 0) {
        return {
            u"is not name=password, and neither is any other line, so the file seems not to be a "
            "password file; name the password file, or correct the lines"_s,
            {},
            std::max(m_others.first, m_rubbish.first)};
    }
    return {};
}

} // namespace

bool isLikelyUser(QByteArrayView name)
{
    constexpr QByteArrayView Others = "._@-";
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || static_cast<uchar>(c) >= 0x80 || Others.contains(c);
    });
}

Problem otherFileProblem(QByteArrayView contents)
{
    if (contents.trimmed().startsWith("-----BEGIN ")) {
        return {
            u"is in the PEM format of TLS and SSH, and is not a password file; name the password "
            "file"_s,
            {},
            1};
    }
    return PasswordFileEvidence(contents).problem();
}

} // namespace QZap::Internal
