// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT
//
// An input is used as a frame, and as a list of fields. A field consists of a byte for the kind, a
// name and a value, each after a size of two bytes.

#include "fuzz.h"
#include "metadatadecoder.h"

#include "base/text.h"
#include "credentials/keys/keyfieldencoder.h"
#include "protocol/metadata.h"
#include "protocol/z85.h"

#include <QtCore/qhash.h>
#include <QtCore/qmap.h>
#include <QtCore/qset.h>
#include <QtCore/qvariant.h>

#include <utility>
#include <vector>

using namespace QZap::Internal;
using Fuzz::require;

namespace {

enum Kind : std::uint8_t {
    Bytes = 0x00,
    Text = 0x01,
    Number = 0x02,
    NoText = 0x03, // cannot be sent
    KindMask = 0x03,
    Long = 0x04, // the value is repeated, up to beyond the limit
};

struct Field
{
    QString name;
    QVariant value;
    QByteArray bytes; // of the value
};

QVariant variantOf(std::uint8_t kind, QByteArray *bytes)
{
    switch (kind & KindMask) {
    case Bytes:
        return *bytes;
    case Text: {
        const QString text = QString::fromUtf8(*bytes);
        *bytes = text.toUtf8();
        return text;
    }
    case Number: {
        const qsizetype number = bytes->size();
        *bytes = QByteArray::number(number);
        return number;
    }
    default:
        bytes->clear();
        return QVariantList();
    }
}

std::vector<Field> fieldsOf(Fuzz::Input input)
{
    constexpr qsizetype Repetitions = 512;
    std::vector<Field> result;
    while (!input.isEmpty()) {
        const std::uint8_t kind = input.byte();
        const QString name = QString::fromUtf8(input.sized());
        QByteArray value = input.sized().toByteArray();
        if ((kind & Long) != 0 && value.size() < 256)
            value = value.repeated(Repetitions);
        const QVariant variant = variantOf(kind, &value);
        result.push_back({name, variant, value});
    }
    return result;
}

bool isSendable(const QMap<QString, Field> &fields)
{
    QSet<QString> names;
    qsizetype size = 0;
    for (const Field &field : fields) {
        if (metadataNameProblem(field.name) || !field.value.canConvert<QString>()
            || field.bytes.contains('\0'))
            return false;
        names.insert(field.name.toLower());
        size += 1 + field.name.size() + 4 + field.bytes.size();
    }
    return names.size() == fields.size() && size <= MaximumMetadataSize;
}

// Checks that encoded metadata contains the fields, and that a failure has a reason.
void fuzzReply(const std::vector<Field> &fields)
{
    QMap<QString, Field> last;
    QVariantMap metadata;
    for (const Field &field : fields) {
        last.insert(field.name, field);
        metadata.insert(field.name, field.value);
    }
    const Result<QByteArray> frame = encodeMetadata(metadata);
    require(bool(frame) == isSendable(last), "what can be sent is encoded");
    require(bool(frame) != bool(frame.problem()), "an error says what is wrong");
    require(isCleanText(frame.problem().text().toUtf8()), "an error can be logged");
    if (!frame)
        return;
    const std::vector<Fuzz::MetadataEntry> entries = Fuzz::decodeMetadata(*frame);
    require(static_cast<qsizetype>(entries.size()) == last.size(), "no field is lost");
    const QVariantMap decoded = decodeMetadata(*frame);
    require(decoded.size() == last.size(), "no field is lost when it is shown");
    auto entry = entries.begin();
    for (const Field &field : std::as_const(last)) {
        require(entry->name == field.name.toUtf8(), "a name is what it was");
        require(entry->value == field.bytes, "a value is what it was");
        require(decoded.value(field.name).toString() == QString::fromUtf8(field.bytes),
                "a value is shown as it was");
        ++entry;
    }
}

// Checks that exactly the published fields are sent, each of them once, whatever a certificate
// contains.
void fuzzPublished(const std::vector<Field> &fields)
{
    KeyFields declared;
    for (const Field &field : fields) {
        if (field.value.metaType() == QMetaType::fromType<QByteArray>())
            declared.publishedFields += field.name;
        else
            declared.userIdField = field.name;
    }
    if (fieldNamesProblem(declared))
        return;

    KeyFieldEncoder encoder(declared);
    const std::array<uchar, CurveKeySize> key{};
    encoder.start(key.data(), "nobody");
    QHash<QString, QByteArrayView> sent;
    for (const Field &field : fields) {
        if (sent.contains(field.name))
            continue;
        const QByteArray name = field.name.toUtf8();
        const Problem problem = encoder.add(name, field.bytes);
        require(!problem || encoder.isDeclared(name), "what nobody asked for is good");
        require(isCleanText(problem.text().toUtf8()), "a problem can be logged");
        sent.insert(field.name, problem ? QByteArrayView() : field.bytes);
    }
    require(encoder.userId().size() <= MaximumTextSize && isCleanText(encoder.userId())
                && !encoder.userId().isEmpty(),
            "the user id is one");

    const std::vector<Fuzz::MetadataEntry> entries = Fuzz::decodeMetadata(encoder.metadata());
    auto entry = entries.begin();
    for (const QString &name : declared.publishedFields) {
        if (isRequestField(name))
            continue;
        require(entry != entries.end() && entry->name == name.toUtf8(), "every field is sent");
        // A value that is invalid as a user id can still be published.
        require(name == declared.userIdField || entry->value == sent.value(name),
                "a value is what it was, or none where there was a problem");
        require(isCleanText(entry->value), "a value is clean text");
        ++entry;
    }
    require(entry == entries.end(), "no other field is sent");
}

// Checks that the fields decoded from any frame can be encoded and decoded again.
void fuzzFrame(QByteArrayView frame)
{
    const QVariantMap decoded = decodeMetadata(frame);
    QByteArray again;
    for (auto it = decoded.begin(); it != decoded.end(); ++it) {
        require(it.key().size() <= MaximumTextSize, "a name has a limit");
        appendMetadata(it.key().toLatin1(), it->toString().toUtf8(), &again);
    }
    require(decodeMetadata(again) == decoded, "what is shown is shown the same again");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::vector<Field> fields = fieldsOf({data, size});
    fuzzReply(fields);
    fuzzPublished(fields);
    fuzzFrame({data, static_cast<qsizetype>(size)});
    return 0;
}
