// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keylistfile.h"

#include "base/text.h"
#include "credentials/certificates/certificatefile.h"
#include "credentials/certificates/expirytime.h"
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

    // Also that of a bad line, if it begins with one.
    const uchar *key() const { return m_key; }
    bool hasKey() const { return m_hasKey; }
    // Returns whether the line is bad and would restrict its key.
    bool isBadRestriction() const { return m_isBadRestriction; }
    QByteArrayView userId() const { return m_userId; }
    const QVarLengthArray<Field, 8> &fields() const { return m_fields; }
    qint64 notAfter() const { return m_notAfter; }
    const Problem &problem() const { return m_problem; }

private:
    bool parseKey(QByteArrayView word);
    bool parseUserId(QByteArrayView word);
    bool parseField(QByteArrayView word, qsizetype equals);
    bool parseNotAfter(const Field &field);
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
    qint64 m_notAfter = KeyStore::Never;
    Problem m_problem;
    bool m_explains = false;
    bool m_isBadRestriction = false;
    bool m_hasKey = false;
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

KeyLine::Kind KeyLine::parse(QByteArrayView line, bool explains)
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

bool KeyLine::parseUserId(QByteArrayView word)
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
        return refuse([] { return u"the user id is itself a key; give it a line of its own"_s; });
    m_userId = word;
    return true;
}

bool KeyLine::parseField(QByteArrayView word, qsizetype equals)
{
    const Field field = {word.first(equals), word.sliced(equals + 1)};
    if (resemblesNotAfter(field.name) && !parseNotAfter(field))
        return false;
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

// Unlike other fields, not-after restricts the key, and is never ignored.
bool KeyLine::parseNotAfter(const Field &field)
{
    const Result<qint64> time = expiryTimeOf(field.name, field.value);
    if (!time)
        return refuse([&] { return time.problem(); });
    m_notAfter = *time;
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

class KeyListParser
{
public:
    KeyListParser(QByteArrayView contents, const QString &file, const KeyFields &fields);
    KeyLoad parse();

private:
    void parseLine();
    void add();
    void addWithFields();
    void report(const Problem &problem)
    {
        m_errors.add([&] { return Problem(problem.what, m_file, m_lines.number()); });
    }
    KeyLoad result();

    const QString &m_file;
    ProblemList m_errors;
    LineReader m_lines;
    KeyFieldEncoder m_encoder;
    KeyStore::Builder m_builder;
    FieldNames m_fieldNames;
    KeyLine m_line;
};

KeyListParser::KeyListParser(QByteArrayView contents, const QString &file, const KeyFields &fields)
    : m_file(file)
    , m_lines(contents)
    , m_encoder(fields)
    , m_builder(KeyStore::Origins::Lines)
    , m_fieldNames(m_encoder)
{
    reserve(&m_builder, contents);
}

KeyLoad KeyListParser::parse()
{
    while (m_lines.next()) {
        if (m_lines.startsWithMark()) {
            report(u"starts with a byte order mark, so the line is ignored; save the file as "
                   "UTF-8 without one"_s);
        } else {
            parseLine();
        }
    }
    return result();
}

void KeyListParser::parseLine()
{
    switch (m_line.parse(m_lines.line(), !m_errors.isFull())) {
    case KeyLine::Kind::Blank:
        break;
    case KeyLine::Kind::Key:
        add();
        break;
    case KeyLine::Kind::Bad:
        report(m_line.problem());
        if (m_line.hasKey()) {
            m_builder.unused().add({m_line.key(), CurveKeySize},
                                   {m_line.problem().what, m_lines.number()});
        }
        if (m_line.isBadRestriction())
            m_builder.exclude(m_line.key());
        break;
    }
}

void KeyListParser::add()
{
    if (m_encoder.isNeeded())
        addWithFields();
    else
        m_builder.add(m_line.key(), m_line.userId(), {}, {m_lines.number()});
    if (m_line.notAfter() != KeyStore::Never)
        m_builder.setNotAfter(m_line.notAfter());
}

void KeyListParser::addWithFields()
{
    m_encoder.start(m_line.key(), m_line.userId());
    for (const Field &field : m_line.fields()) {
        m_fieldNames.add(field.name);
        if (const Problem problem = m_encoder.add(field.name, field.value))
            report(problem);
    }
    m_builder.add(m_line.key(), m_encoder.userId(), m_encoder.metadata(), {m_lines.number()});
}

KeyLoad KeyListParser::result()
{
    KeyLoad load;
    std::vector<KeyStore::Builder::Duplicate> duplicates;
    load.keys = m_builder.build(&duplicates);
    load.errors = m_errors.problems(m_file) + duplicateErrors(duplicates, *load.keys, m_file);
    if (load.keys->size() > 0) {
        ProblemList warnings;
        m_fieldNames.warnOfMissing(m_file, &warnings);
        load.warnings = warnings.problems(m_file);
    }
    return load;
}

} // namespace

KeyLoad parseKeyList(QByteArrayView contents, const QString &file, const KeyFields &fields)
{
    if (contents.size() > MaximumKeyListSize) {
        return failure(FileError::Unreadable,
                       {u"larger than the maximum of %1 bytes"_s.arg(MaximumKeyListSize), file});
    }

    KeyLoad load;
    if (const Problem problem = utf16Problem(contents)) {
        load.errors.append(problem.in(file));
        load.keys = KeyStore::Builder().build();
        return load;
    }

    load = KeyListParser(contents, file, fields).parse();
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
            m_load.warnings.clear(); // missing fields may still appear
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
        load.addConsequence(u"its previous contents remain in force");
    return load;
}

KeyLoad KeyList::lost(const RepeatedReader::Look &look)
{
    KeyLoad load = failure(look.read.error, look.read.problem);
    if (!m_load.keys)
        return load;
    load.addConsequence(u"its keys are revoked until it is back");
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
