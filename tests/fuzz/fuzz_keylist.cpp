// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fuzz.h"
#include "lines.h"
#include "metadatadecoder.h"

#include "credentials/certificates/certificatefile.h"
#include "credentials/files/textproblem.h"
#include "credentials/keys/keylistfile.h"

#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <algorithm>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;
using Fuzz::require;

namespace {

constexpr qsizetype MaximumLines = 32;

struct Entry
{
    QByteArray userId;
    QByteArray metadata;
    qint64 notAfter = KeyStore::Never;
};

bool isSame(const KeyStore::Match &match, const Entry &entry)
{
    return match.userId == entry.userId && match.metadata == entry.metadata
           && match.notAfter == entry.notAfter;
}

// Returns the key at the start of a line; empty if there is none.
QByteArray keyOf(QByteArrayView line)
{
    while (line.startsWith(' ') || line.startsWith('\t'))
        line = line.sliced(1);
    QByteArray key(CurveKeySize, Qt::Uninitialized);
    const bool isKey = Z85::isKey(line.first(std::min(line.size(), CurveKeyTextSize)))
                       && Z85::decode(line.first(CurveKeyTextSize), key.data());
    return isKey ? key : QByteArray();
}

void requireFields(const Entry &entry, const KeyFields &fields)
{
    require(entry.userId.size() <= MaximumTextSize && isCleanText(entry.userId), "an id is text");
    require(entry.userId != "anonymous", "nobody passes for a peer without credentials");
    const std::vector<Fuzz::MetadataEntry> metadata = Fuzz::decodeMetadata(entry.metadata);
    require(static_cast<qsizetype>(metadata.size()) == fields.publishedFields.size(),
            "what is published is always sent");
    for (qsizetype i = 0; i < fields.publishedFields.size(); ++i) {
        require(metadata[static_cast<std::size_t>(i)].name == fields.publishedFields[i].toUtf8(),
                "what is published is sent by its name");
    }
}

// Checks that a list contains the keys that its lines contain separately, and the first of two
// lines with the same key, unless a line with an error excludes the key.
void fuzzList(QByteArrayView text, const KeyFields &fields)
{
    const QList<QByteArrayView> lines = Fuzz::linesOf(text);
    const KeyLoad load = parseKeyList(text, u"f"_s, fields);
    require(load.keys && load.fileError == FileError::None, "a list is a list, whatever it says");
    Fuzz::requireHarmless(load.errors, lines.size());
    if (lines.size() > MaximumLines)
        return;

    QHash<QByteArray, Entry> expected;
    QSet<QByteArray> faulty; // keys of lines with errors, which may exclude them from the list
    qsizetype problems = 0;
    qsizetype duplicates = 0;
    for (const QByteArrayView line : lines) {
        const KeyLoad loaded = parseKeyList(line, u"f"_s, fields);
        problems += loaded.errors.size();
        const QByteArray key = keyOf(line);
        const auto match = loaded.keys->find(key);
        require(loaded.keys->size() == (match ? 1 : 0), "a line has its key, or none");
        if (!match) {
            if (!key.isEmpty())
                faulty.insert(key);
            continue;
        }
        if (expected.contains(key)) {
            ++duplicates;
            continue;
        }
        expected.insert(
            key, {match->userId.toByteArray(), match->metadata.toByteArray(), match->notAfter});
        requireFields(expected[key], fields);
    }
    qsizetype keys = 0;
    for (auto it = expected.cbegin(); it != expected.cend(); ++it) {
        const auto match = load.keys->find(it.key());
        require(match || faulty.contains(it.key()), "a list has the keys of its lines");
        require(!match || isSame(*match, *it), "a list says what its lines say");
        keys += match ? 1 : 0;
    }
    require(load.keys->size() == keys, "a list has no other keys");
    const bool isCertificate = expected.isEmpty() && parseCertificate(text).isOk();
    // A line, such as a comment, can look like a file in UTF-16.
    const bool hasUtf16 = std::any_of(lines.cbegin(), lines.cend(),
                                      [](QByteArrayView line) { return bool(utf16Problem(line)); });
    if (problems + duplicates <= ProblemList::Maximum && !isCertificate && !hasUtf16)
        require(load.errors.size() == problems + duplicates, "each problem is told of");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const KeyFields withFields = {u"id"_s, {u"name"_s, u"role"_s}};

    const QByteArrayView input(data, static_cast<qsizetype>(size));
    if (utf16Problem(input)) {
        const KeyLoad load = parseKeyList(input, u"f"_s);
        require(load.keys->size() == 0 && load.errors.size() == 1, "UTF-16 has no keys");
        return 0;
    }
    fuzzList(input, {});
    fuzzList(input, withFields);
    return 0;
}
