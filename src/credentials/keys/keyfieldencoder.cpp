// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keyfieldencoder.h"

#include "base/text.h"
#include "protocol/metadata.h"
#include "protocol/z85.h"

#include <QtCore/qendian.h>

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// The space for "Mechanism" and "Domain" with the longest values.
constexpr qsizetype RequestFieldsSize = 512;

} // namespace

KeyFieldEncoder::KeyFieldEncoder(const KeyFields &fields)
    : m_userIdField(fields.userIdField.toUtf8())
{
    Q_ASSERT(!fieldNamesProblem(fields));
    for (const QString &name : fields.publishedFields) {
        if (isRequestField(name))
            continue;
        m_published.push_back({name.toUtf8(), {}});
        m_headersSize += 1 + m_published.back().name.size() + qsizetype{sizeof(quint32)};
    }
}

bool KeyFieldEncoder::isDeclared(QByteArrayView name) const
{
    return (!m_userIdField.isEmpty() && name == m_userIdField)
           || std::any_of(m_published.cbegin(), m_published.cend(),
                          [&](const Published &field) { return field.name == name; });
}

QList<QByteArray> KeyFieldEncoder::declaredNames() const
{
    QList<QByteArray> names;
    if (!m_userIdField.isEmpty())
        names.append(m_userIdField);
    for (const Published &field : m_published) {
        if (field.name != m_userIdField)
            names.append(field.name);
    }
    return names;
}

void KeyFieldEncoder::start(const uchar *key, QByteArrayView userId)
{
    m_key = key;
    m_userId = userId;
    m_valuesSize = 0;
    for (Published &field : m_published)
        field.value = {};
}

Problem KeyFieldEncoder::add(QByteArrayView name, QByteArrayView value)
{
    if (value.isEmpty())
        return {};
    Problem problem;
    const auto field = std::find_if(m_published.begin(), m_published.end(),
                                    [&](const Published &f) { return f.name == name; });
    if (field != m_published.end())
        problem = publish(&*field, value);
    if (!m_userIdField.isEmpty() && name == m_userIdField) {
        if (Problem idProblem = takeUserId(value); !problem)
            problem = std::move(idProblem);
    }
    if (!problem)
        return {}; // most fields
    return problem.within(u"the field %1 "_s.arg(QString::fromUtf8(name)));
}

Problem KeyFieldEncoder::publish(Published *field, QByteArrayView value)
{
    if (value.size() > MaximumFieldSize) {
        return u"has %1 bytes; shorten it to %2, since it is published without a value until then"_s
            .arg(value.size())
            .arg(MaximumFieldSize);
    }
    if (!isCleanText(value)) {
        return u"is not UTF-8 text without control characters; correct it, since it is published "
               u"without "
               "a value until then"_s;
    }
    if (m_valuesSize + value.size() > MaximumMetadataSize - RequestFieldsSize - m_headersSize) {
        return u"makes the published fields larger than the %1 bytes of a reply's metadata; "
               u"shorten "
               "some, since it is published without a value until then"_s.arg(MaximumMetadataSize);
    }
    m_valuesSize += value.size();
    field->value = value;
    return {};
}

Problem KeyFieldEncoder::takeUserId(QByteArrayView value)
{
    if (value.size() > MaximumTextSize) {
        return u"has %1 bytes, and is invalid as a user id; shorten it to %2"_s.arg(value.size())
            .arg(MaximumTextSize);
    }
    if (!isCleanText(value)) {
        return u"is not UTF-8 text without control characters, and is invalid as a user id; correct it"_s;
    }
    // A user id must not be mistaken for that of another peer.
    if (value == "anonymous") {
        return u"is \"anonymous\", which stands for peers without credentials, and is invalid as a "
               u"user id; "
               "choose another"_s;
    }
    uchar key[CurveKeySize];
    if (value.size() == CurveKeyTextSize && Z85::decode(value, key)
        && std::memcmp(key, m_key, sizeof key) != 0) {
        return u"is itself a key, and is invalid as a user id; choose another"_s;
    }
    m_userId = value;
    return {};
}

QByteArrayView KeyFieldEncoder::metadata()
{
    m_metadata.resize(m_headersSize + m_valuesSize);
    char *at = m_metadata.data();
    for (const Published &field : m_published) {
        *at++ = static_cast<char>(field.name.size());
        at = std::copy(field.name.cbegin(), field.name.cend(), at);
        qToBigEndian(static_cast<quint32>(field.value.size()), at);
        at = std::copy(field.value.begin(), field.value.end(), at + sizeof(quint32));
    }
    return m_metadata;
}

} // namespace QZap::Internal
