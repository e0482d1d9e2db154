// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keylistfile.h"

#include "base/text.h"
#include "credentials/certificates/certificatefile.h"
#include "credentials/files/textproblem.h"
#include "credentials/keys/fieldnames.h"
#include "credentials/keys/keyfieldencoder.h"
#include "protocol/loworderkey.h"
#include "protocol/z85.h"

#include <QtCore/qvarlengtharray.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <vector>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Limited, since each name is compared with all others.
constexpr qsizetype MaximumFields = 64;

constexpr bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

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

struct Field
{
    QByteArrayView name;
    QByteArrayView value;
};

class KeyLine
{
public:
    enum class Kind { Blank, Key, Bad };

    // Creates the text of the problem only if `explains` is true.
    Kind parse(QByteArrayView line, bool explains);

    const uchar *key() const { return m_key; }
    QByteArrayView userId() const { return m_userId; }
    const QVarLengthArray<Field, 8> &fields() const { return m_fields; }
    const Problem &problem() const { return m_problem; }

private:
    bool parseKey(QByteArrayView word);
    bool parseUserId(QByteArrayView word);
    bool parseField(QByteArrayView word, qsizetype equals);
    template <typename MakeText>
    bool refuse(MakeText makeText)
    {
        if (m_explains)
            m_problem = makeText();
        return false;
    }

    uchar m_key[CurveKeySize] = {};
    QByteArrayView m_keyText;
    QByteArrayView m_userId;
    QVarLengthArray<Field, 8> m_fields;
    Problem m_problem;
    bool m_explains = false;
};

KeyLine::Kind KeyLine::parse(QByteArrayView line, bool explains)
{
    m_explains = explains;
    WordReader words(line);
    if (!words.next())
        return Kind::Blank;
    m_userId = {};
    m_fields.clear();
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
        if (!isGood)
            return Kind::Bad;
    }
    return Kind::Key;
}

bool KeyLine::parseKey(QByteArrayView word)
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
    if (!Z85::decode(word, m_key)) {
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

bool KeyLine::parseUserId(QByteArrayView word)
{
    if (word == "-")
        return true;
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
    // As with user names, an id must not be mistaken for that of another peer.
    if (word == "anonymous") {
        return refuse([&] {
            return u"the user id \"anonymous\" stands for peers without credentials; choose "
                   "another"_s;
        });
    }
    if (Z85::isKey(word) && word != m_keyText)
        return refuse([] { return u"the user id is itself a key; give it a line of its own"_s; });
    m_userId = word;
    return true;
}

bool KeyLine::parseField(QByteArrayView word, qsizetype equals)
{
    const Field field = {word.first(equals), word.sliced(equals + 1)};
    if (const Problem problem = metadataProblem(field.name, field.value))
        return refuse([&] { return problem.what + u"; write fields as name=value"_s; });
    const auto isSame = [&](const Field &other) { return other.name == field.name; };
    if (std::any_of(m_fields.cbegin(), m_fields.cend(), isSame))
        return refuse([] { return u"a field occurs twice; remove one of the two"_s; });
    if (m_fields.size() == MaximumFields)
        return refuse([] { return u"more than %1 fields; remove some"_s.arg(MaximumFields); });
    m_fields.append(field);
    return true;
}

// Reserves the maximum that the file can contain: unused memory has no cost.
void reserve(KeyStore::Builder *builder, QByteArrayView contents)
{
    constexpr qsizetype SmallestLine = CurveKeyTextSize + 1; // with its LF
    const qsizetype lines = std::count(contents.begin(), contents.end(), '\n') + 1;
    const qsizetype keys = std::min(lines, (contents.size() + 1) / SmallestLine);
    builder->reserve(keys, std::max<qsizetype>(contents.size() - keys * SmallestLine, 0));
}

QList<Problem> duplicateErrors(const std::vector<KeyStore::Builder::Duplicate> &duplicates,
                               const KeyStore &keys, const QString &file)
{
    ProblemList problems;
    for (const auto &duplicate : duplicates) {
        problems.add([&] {
            return Problem(
                u"repeats the key of line %1, which is used; remove one of the two"_s.arg(
                    keys.originAt(duplicate.first).line),
                file, keys.originAt(duplicate.position).line);
        });
    }
    return problems.problems(file);
}

KeyLoad failure(FileError error, const Problem &problem)
{
    KeyLoad load;
    load.fileError = error;
    load.errors.append(problem);
    return load;
}

} // namespace

KeyLoad parseKeyList(QByteArrayView contents, const QString &file, const KeyFields &fields)
{
    if (contents.size() > MaximumKeyListSize) {
        return failure(FileError::Unreadable,
                       {u"larger than the maximum of %1 bytes"_s.arg(MaximumKeyListSize), file});
    }

    if (const Problem problem = utf16Problem(contents)) {
        KeyLoad load;
        load.errors.append(problem.in(file));
        load.keys = KeyStore::Builder().build();
        return load;
    }

    ProblemList errors;
    LineReader lines(contents);
    const auto report = [&](const Problem &problem) {
        errors.add([&] { return Problem(problem.what, file, lines.number()); });
    };
    KeyFieldEncoder encoder(fields);
    KeyStore::Builder builder(encoder.content(), KeyStore::Origins::Lines);
    reserve(&builder, contents);
    FieldNames fieldNames(encoder);
    KeyLine line;
    const auto addWithFields = [&] {
        encoder.start(line.key(), line.userId());
        for (const Field &field : line.fields()) {
            fieldNames.add(field.name);
            if (const Problem problem = encoder.add(field.name, field.value))
                report(problem);
        }
        builder.add(line.key(), encoder.userId(), encoder.metadata(), {lines.number()});
    };
    while (lines.next()) {
        if (lines.startsWithMark()) {
            report(u"starts with a byte order mark, so that the line is ignored; save the file as "
                   "UTF-8 without one"_s);
            continue;
        }
        switch (line.parse(lines.line(), !errors.isFull())) {
        case KeyLine::Kind::Blank:
            break;
        case KeyLine::Kind::Key:
            if (encoder.isNeeded())
                addWithFields();
            else
                builder.add(line.key(), line.userId(), {}, {lines.number()});
            break;
        case KeyLine::Kind::Bad:
            report(line.problem());
            break;
        }
    }

    KeyLoad load;
    std::vector<KeyStore::Builder::Duplicate> duplicates;
    load.keys = builder.build(&duplicates);
    load.errors = errors.problems(file) + duplicateErrors(duplicates, *load.keys, file);
    if (load.keys->size() > 0) {
        ProblemList warnings;
        fieldNames.warnOfMissing(file, &warnings);
        load.warnings = warnings.problems(file);
    }
    if (load.keys->size() == 0 && !load.errors.isEmpty() && parseCertificate(contents).isOk()) {
        load.errors.clear();
        load.errors.emplaceBack(u"a certificate, not a list of keys; name the directory that it is "
                                "in, or write its public key into a list"_s,
                                file);
    }
    return load;
}

KeyLoad loadKeyList(const QString &file, const KeyFields &fields)
{
    return KeyList(file, fields).load();
}

KeyList::KeyList(const QString &file, const KeyFields &fields, WallClock clock, SteadyClock steady)
    : m_reader(file, MaximumKeyListSize, clock, steady)
    , m_fields(fields)
{ }

KeyLoad KeyList::load(bool isOpen)
{
    try {
        return read(isOpen);
    } catch (const std::bad_alloc &) {
        m_reader.forget();
        KeyLoad load;
        load.fileError = FileError::Unreadable;
        addOutOfMemory(m_reader.path(), &load.errors);
        return load;
    }
}

KeyLoad KeyList::read(bool isOpen)
{
    const RepeatedReader::Look look = m_reader.look(isOpen);
    switch (look.outcome) {
    case RepeatedReader::Outcome::Same:
        break;
    case RepeatedReader::Outcome::Contents: {
        const QByteArrayView contents = look.read.contents.view();
        m_load = parseKeyList(isOpen ? wholeLines(contents) : contents, m_reader.path(), m_fields);
        m_load.isSettling = isOpen || look.read.changedMeanwhile;
        if (m_load.isSettling)
            m_load.warnings.clear(); // what is missing may yet come
        break;
    }
    case RepeatedReader::Outcome::Changing:
        return changing();
    case RepeatedReader::Outcome::Unreadable:
        return unreadable(look.read);
    case RepeatedReader::Outcome::Lost:
    case RepeatedReader::Outcome::Gone:
        return lost(look);
    }
    KeyLoad load = m_load;
    load.changedMeanwhile = look.read.changedMeanwhile;
    load.isElsewhere = look.isElsewhere;
    load.linkedNames = m_reader.linkedNames();
    load.warnings = writerWarnings(m_reader.path(), m_reader.facts()) + m_load.warnings;
    return load;
}

KeyLoad KeyList::unreadable(const FileRead &read) const
{
    KeyLoad load = failure(read.error, read.problem);
    load.waitsForChange = read.systemError == EFBIG;
    if (m_load.keys)
        load.errors.first().what += u"; its previous contents remain in force until then"_s;
    return load;
}

KeyLoad KeyList::lost(const RepeatedReader::Look &look)
{
    KeyLoad load = failure(look.read.error, look.read.problem);
    if (!m_load.keys)
        return load;
    load.errors.first().what += u"; its keys are revoked until it is back"_s;
    load.keys = m_load.keys->size() == 0 ? m_load.keys : KeyStore::Builder().build();
    if (look.outcome == RepeatedReader::Outcome::Lost) {
        load.isSettling = true;
        load.lookAgainAfter = look.remaining;
    }
    m_load = load;
    return load;
}

// An incomplete write never takes effect.
KeyLoad KeyList::changing() const
{
    KeyLoad load = m_load;
    if (!load.keys) {
        load = failure(FileError::Unreadable,
                       {u"was written to while it was read; it is read again"_s, m_reader.path()});
    }
    load.changedMeanwhile = true;
    return load;
}

} // namespace QZap::Internal
