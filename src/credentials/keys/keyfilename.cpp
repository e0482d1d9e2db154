// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keyfilename.h"

#include <QtCore/qfile.h>

#include <algorithm>
#include <iterator>
#include <optional>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr QByteArrayView KeyEnding = ".key";

constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// Returns whether the name starts with the text, which must be in lower case. Usually, the first
// byte differs, and no other is compared.
bool startsWith(QByteArrayView name, QByteArrayView text)
{
    return name.size() >= text.size()
           && std::equal(text.begin(), text.end(), name.begin(),
                         [](char expected, char c) { return lower(c) == expected; });
}

bool endsWith(QByteArrayView name, QByteArrayView text)
{
    return name.size() >= text.size() && startsWith(name.last(text.size()), text);
}

// Returns whether the text starts with a letter in UTF-8, or a combining mark of the previous
// letter.
bool goesOnWithLetter(QByteArrayView text)
{
    if (text.isEmpty())
        return false;
    if (static_cast<uchar>(text.front()) < 0x80)
        return lower(text.front()) >= 'a' && lower(text.front()) <= 'z';
    constexpr qsizetype LargestCharacter = 4;
    const QString decoded = QString::fromUtf8(text.first(std::min(text.size(), LargestCharacter)));
    const QList<uint> characters = decoded.toUcs4();
    return !characters.isEmpty() && characters.front() != QChar::ReplacementCharacter
           && (QChar::isLetter(characters.front()) || QChar::isMark(characters.front()));
}

// Returns whether the text starts with a file manager's word for a copy.
bool startsWithCopy(QByteArrayView text)
{
    static constexpr QByteArrayView Words[] = {"copy",  "copie", "copia", "c\xc3\xb3pia",
                                               "kopie", "kopia", "kopi"};
    return std::any_of(std::begin(Words), std::end(Words), [text](QByteArrayView word) {
        return startsWith(text, word) && !goesOnWithLetter(text.sliced(word.size()));
    });
}

// Matches from a space on: " (copy)", " (3rd copy)", " (conflicted copy 2026-11-28)", " - Copy", "
// - Copy (2)".
bool goesOnAsCopy(QByteArrayView text)
{
    constexpr QByteArrayView Dash = " - ";
    if (startsWith(text, Dash)) {
        const QByteArrayView rest = text.sliced(Dash.size());
        const auto *const end =
            std::find_if(rest.begin(), rest.end(), [](char c) { return c == ' ' || c == '.'; });
        const QByteArrayView behind(end, rest.end());
        return startsWithCopy(rest)
               && (behind.isEmpty() || behind.front() == '.' || startsWith(behind, " ("));
    }
    if (!startsWith(text, " ("))
        return false;
    const QByteArrayView inner(text.begin() + 2, std::find(text.begin(), text.end(), ')'));
    if (inner.end() == text.end())
        return false;
    bool isStart = true; // of a word
    for (const char &c : inner) {
        if (isStart && startsWithCopy({&c, inner.end()}))
            return true;
        isStart = c == ' ';
    }
    return false;
}

// Matches "Copy of alice.key", "Copy (2) of alice.key".
bool startsAsCopy(QByteArrayView name)
{
    if (!startsWith(name, "copy "))
        return false;
    const QByteArrayView rest = name.sliced(5);
    return startsWith(rest, "of ")
           || (rest.startsWith('(') && rest.sliced(rest.indexOf(')') + 1).startsWith(" of "));
}

// Matches from a dot on.
bool goesOnAsConflict(QByteArrayView text)
{
    static constexpr QByteArrayView Parts[] = {".dpkg-",   ".rpm",     ".ucf-",          ".pacnew",
                                               ".pacsave", ".pacorig", ".sync-conflict-"};
    return std::any_of(std::begin(Parts), std::end(Parts),
                       [text](QByteArrayView part) { return startsWith(text, part); });
}

// Returns whether the name ends in the suffix of a backup. Digits and separators may follow: .bak2,
// .old.1, .old-2026-11-28, .swp1.
bool endsAsBackup(QByteArrayView name)
{
    static constexpr QByteArrayView Endings[] = {"~",    ".bak",      ".old",     ".orig", ".save",
                                                 ".off", ".disabled", ".revoked", ".part", ".tmp"};
    const auto isBackup = [](QByteArrayView text) {
        return std::any_of(std::begin(Endings), std::end(Endings),
                           [text](QByteArrayView ending) { return endsWith(text, ending); });
    };
    const auto isSwap = [](QByteArrayView text) { // .sw?
        return text.size() >= 4 && startsWith(text.last(4), ".sw");
    };
    QByteArrayView stem = name;
    while (!stem.isEmpty() && isDigit(stem.back()))
        stem.chop(1);
    if (isSwap(name) || isSwap(stem) || (stem.size() < name.size() && endsWith(stem, ".sw")))
        return true;
    while (!stem.isEmpty() && (isDigit(stem.back()) || QByteArrayView("._-").contains(stem.back())))
        stem.chop(1);
    return isBackup(name) || isBackup(stem);
}

// Returns what follows the asterisk of a wildcard without other special characters. Names that are
// not ASCII are left to the expression: they have several Unicode forms.
std::optional<QByteArray> endingOf(const QString &wildcard)
{
    constexpr QStringView Special = u"*?[]\\/";
    const QStringView ending = QStringView(wildcard).sliced(wildcard.startsWith(u'*') ? 1 : 0);
    const auto isPlain = [Special](QChar c) { return c.unicode() < 0x80 && !Special.contains(c); };
    if (!wildcard.startsWith(u'*') || !std::all_of(ending.begin(), ending.end(), isPlain))
        return std::nullopt;
    return ending.toLatin1();
}

} // namespace

PassedOver passedOver(QByteArrayView name)
{
    if (name.isEmpty() || name.front() == '.')
        return PassedOver::Hidden;
    const bool isKey = endsWith(name, KeyEnding);
    PassedOver result = name.front() == '#' ? PassedOver::Backup : PassedOver::No;
    if (result == PassedOver::No && startsAsCopy(name))
        result = PassedOver::Copy;
    for (const char *at = name.begin(); at != name.end(); ++at) {
        const QByteArrayView rest(at, name.end());
        if (*at == '_') {
            if (!isKey && startsWith(rest, SecretEnding)
                && !goesOnWithLetter(rest.sliced(SecretEnding.size()))) {
                return PassedOver::Secret; // takes precedence
            }
        } else if (result != PassedOver::No) {
            continue;
        } else if (*at == '.') {
            if (goesOnAsConflict(rest))
                result = PassedOver::Conflict;
            else if (rest.size() > KeyEnding.size() && startsWith(rest, KeyEnding)
                     && !goesOnWithLetter(rest.sliced(KeyEnding.size())))
                result = PassedOver::Renamed;
        } else if (*at == ' ' && goesOnAsCopy(rest)) {
            result = PassedOver::Copy;
        }
    }
    if (result == PassedOver::No && !isKey && endsAsBackup(name))
        return PassedOver::Backup;
    return result;
}

QString passedOverText(PassedOver reason)
{
    switch (reason) {
    case PassedOver::No:
        break;
    case PassedOver::Hidden:
        return u"is hidden"_s;
    case PassedOver::Secret:
        return u"has the name of a secret certificate; leave that with its owner"_s;
    case PassedOver::Renamed:
        return u"has something after .key in its name"_s;
    case PassedOver::Backup:
        return u"has the name of a backup, temporary or disabled file"_s;
    case PassedOver::Copy:
        return u"has the name of a copy"_s;
    case PassedOver::Conflict:
        return u"has the name of another version of a file, left by a package manager or by synchronization"_s;
    case PassedOver::Directory:
        return u"is a sub-directory with certificates in it, which czmq's zcertstore reads and "
               u"QZap "
               "does not; move up those that are to count"_s;
    }
    return {};
}

KeyFileName keyFileName(QByteArrayView name)
{
    return passedOver(name) != PassedOver::No ? KeyFileName::Never : kindOfReadFile(name);
}

KeyFileName kindOfReadFile(QByteArrayView name)
{
    return endsWith(name, KeyEnding) ? KeyFileName::Key : KeyFileName::Candidate;
}

QByteArray publicNameOf(const QByteArray &name)
{
    const qsizetype size = name.size() - SecretEnding.size();
    return size > 0
                   && QByteArrayView(name)
                              .last(SecretEnding.size())
                              .compare(SecretEnding, Qt::CaseInsensitive)
                          == 0
               ? name.first(size)
               : QByteArray();
}

NameFilters::NameFilters(const QStringList &wildcards)
{
    for (const QString &wildcard : wildcards) {
        if (const auto ending = endingOf(wildcard)) {
            m_endings.push_back(*ending);
            continue;
        }
        const auto expression = QRegularExpression::fromWildcard(wildcard, Qt::CaseSensitive);
        if (expression.isValid())
            m_expressions.push_back(expression);
        else
            m_invalid += wildcard;
    }
}

bool NameFilters::match(const QByteArray &name) const
{
    if (m_endings.empty() && m_expressions.empty())
        return m_invalid.isEmpty();
    const auto hasEnding = [&](const QByteArray &ending) { return name.endsWith(ending); };
    if (std::any_of(m_endings.cbegin(), m_endings.cend(), hasEnding))
        return true;
    if (m_expressions.empty())
        return false;
    const QString text = QFile::decodeName(name);
    return std::any_of(m_expressions.cbegin(), m_expressions.cend(),
                       [&](const auto &expression) { return expression.match(text).hasMatch(); });
}

} // namespace QZap::Internal
