// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keylistfile.h"

#include "credentials/certificates/certificatefile.h"
#include "credentials/files/textproblem.h"
#include "credentials/keys/fieldnames.h"
#include "credentials/keys/keyfieldencoder.h"
#include "credentials/keys/keylistline.h"
#include "protocol/z85.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <vector>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

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
    KeyListLine m_line;
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
    case KeyListLine::Kind::Blank:
        break;
    case KeyListLine::Kind::Key:
        add();
        break;
    case KeyListLine::Kind::Bad:
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
    for (const KeyListLine::Field &field : m_line.fields()) {
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
