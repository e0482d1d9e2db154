// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keylistline.h"

#include "base/text.h"
#include "credentials/certificates/certificatefield.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/files/textproblem.h"
#include "protocol/loworderkey.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Limited, since each name is compared with all others.
constexpr qsizetype MaximumFields = 64;

// The words of a line, up to a comment.
class WordReader
{
public:
    explicit WordReader(QByteArrayView line)
        : m_at(line.begin())
        , m_end(line.end())
    { }
    bool next()
    {
        while (m_at < m_end && isBlank(*m_at))
            ++m_at;
        // No key starts with '#': its first five characters would be above 32 bits.
        if (m_at == m_end || *m_at == '#')
            return false;
        const char *const start = m_at;
        while (m_at < m_end && !isBlank(*m_at))
            ++m_at;
        m_word = {start, m_at};
        return true;
    }
    QByteArrayView word() const { return m_word; }

private:
    const char *m_at;
    const char *m_end;
    QByteArrayView m_word;
};

// Returns whether the current word, or a later one, is or resembles not-after.
bool mentionsNotAfter(WordReader words)
{
    do {
        const QByteArrayView word = words.word();
        const qsizetype equals = word.indexOf('=');
        if (resemblesNotAfter(equals < 0 ? word : word.first(equals)))
            return true;
    } while (words.next());
    return false;
}

QString twoKeysText()
{
    return u"two keys in one line; write each public key in a line of its own, and remove a secret "
           "key, which belongs in no list"_s;
}

} // namespace

KeyListLine::Kind KeyListLine::parse(QByteArrayView line, bool explains)
{
    m_explains = explains;
    WordReader words(line);
    if (!words.next())
        return Kind::Blank;
    m_userId = {};
    m_fields.clear();
    m_notAfter = KeyStore::Never;
    m_isBadRestriction = false;
    m_hasKey = false;
    if (!parseKey(words.word()))
        return Kind::Bad;
    for (bool isSecond = true; words.next(); isSecond = false) {
        const QByteArrayView word = words.word();
        const qsizetype equals = word.indexOf('=');
        bool isGood = false;
        if (equals >= 0)
            isGood = parseField(word, equals);
        else if (isSecond)
            isGood = parseUserId(word);
        else
            refuse([] {
                return u"after the user id, every word is a field, name=value; write the user id "
                       "without spaces, and '#' before a comment"_s;
            });
        if (!isGood) {
            m_isBadRestriction = m_notAfter != KeyStore::Never || mentionsNotAfter(words);
            return Kind::Bad;
        }
    }
    return Kind::Key;
}

bool KeyListLine::parseKey(QByteArrayView word)
{
    if (word.contains('\0'))
        return refuse([] { return nulText(); });
    if (word.size() != CurveKeyTextSize) {
        return refuse([&] {
            return u"the first word has %1 bytes, and a public key has %2; start the line with the "
                   "key's Z85 text, or with '#' for a comment"_s.arg(word.size())
                       .arg(CurveKeyTextSize);
        });
    }
    m_hasKey = Z85::decode(word, m_key);
    if (!m_hasKey) {
        return refuse([&] {
            return u"the first word is not Z85 text; copy the public key again, or start the line "
                   "with '#' for a comment"_s;
        });
    }
    if (isLowOrderKey({m_key, CurveKeySize})) {
        return refuse([&] {
            return u"the key is a low-order point of Curve25519, which anybody can impersonate; "
                   "generate a new key pair for its owner"_s;
        });
    }
    m_keyText = word;
    return true;
}

bool KeyListLine::parseUserId(QByteArrayView word)
{
    if (word == "-")
        return true;
    if (resemblesNotAfter(word))
        return refuse([] { return u"not-after has no '='; write it as not-after=TIME"_s; });
    if (word.size() > MaximumTextSize) {
        return refuse([&] {
            return u"the user id has %1 bytes; shorten it to %2"_s.arg(word.size())
                .arg(MaximumTextSize);
        });
    }
    if (!isCleanText(word)) {
        return refuse([&] {
            return u"the user id is not UTF-8 text without control characters; save the file as "
                   "UTF-8"_s;
        });
    }
    // Like a user name, a user id must not be mistaken for that of another peer.
    if (word == "anonymous") {
        return refuse([&] {
            return u"the user id \"anonymous\" stands for peers without credentials; choose "
                   "another"_s;
        });
    }
    if (Z85::isKey(word) && word != m_keyText)
        return refuse([] { return twoKeysText(); });
    m_userId = word;
    return true;
}

bool KeyListLine::parseField(QByteArrayView word, qsizetype equals)
{
    const Field field = {word.first(equals), word.sliced(equals + 1)};
    if (resemblesNotAfter(field.name) && !parseNotAfter(field))
        return false;
    if (const Problem problem = metadataProblem(field.name, field.value)) {
        // Many keys contain a '='.
        return refuse([&] {
            return Z85::isKey(word) ? twoKeysText()
                                    : problem.what + u"; write fields as name=value"_s;
        });
    }
    const auto isSame = [&](const Field &other) { return other.name == field.name; };
    if (std::any_of(m_fields.cbegin(), m_fields.cend(), isSame))
        return refuse([] { return u"a field occurs twice; remove one of the two"_s; });
    if (m_fields.size() == MaximumFields)
        return refuse([] { return u"more than %1 fields; remove some"_s.arg(MaximumFields); });
    m_fields.append(field);
    return true;
}

// Unlike other fields, not-after restricts the key, and is never ignored.
bool KeyListLine::parseNotAfter(const Field &field)
{
    const Result<qint64> time = expiryTimeOf(field.name, field.value);
    if (!time)
        return refuse([&] { return time.problem(); });
    m_notAfter = *time;
    return true;
}

} // namespace QZap::Internal
