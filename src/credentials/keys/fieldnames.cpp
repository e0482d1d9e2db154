// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/fieldnames.h"

#include "base/nearestname.h"
#include "base/text.h"
#include "credentials/keys/keyfieldencoder.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

FieldNames::FieldNames(const KeyFieldEncoder &encoder)
    : m_encoder(encoder)
{ }

void FieldNames::add(QByteArrayView name)
{
    if (m_names.find(ByteKey::view(name)) != m_names.end())
        return;
    if (!m_encoder.isDeclared(name) && ++m_others > Maximum)
        return;
    m_names.insert({name.toByteArray()});
}

void FieldNames::warnOfMissing(const QString &path, ProblemList *warnings) const
{
    QList<QByteArray> names;
    for (const ByteKey &name : m_names)
        names.append(name.bytes);
    std::sort(names.begin(), names.end());
    const auto existing = [&names](const QByteArray &declared) {
        if (names.isEmpty())
            return u"none of them has a field"_s;
        const QByteArray nearest = nearestName(declared, names);
        return nearest.isEmpty() ? u"the fields that exist: %1"_s.arg(quotedNames(names))
                                 : u"the nearest name that exists is %1"_s.arg(
                                     quoted(QString::fromUtf8(nearest)));
    };
    for (const QByteArray &declared : m_encoder.declaredNames()) {
        if (names.contains(declared))
            continue;
        warnings->add([&] {
            return Problem(u"no key has the field %1, which is declared as %2; %3"_s.arg(
                               quoted(QString::fromUtf8(declared)),
                               m_encoder.isUserIdField(declared) ? u"userIdField"_s
                                                                 : u"one of publishedFields"_s,
                               existing(declared)),
                           path);
        });
    }
}

FieldNameSets::Number FieldNameSets::numberOf(const QList<QByteArray> &names)
{
    const QByteArray joined = names.join('\n');
    const auto known = m_numbers.constFind(joined);
    if (known != m_numbers.constEnd())
        return *known;
    if (m_sets.size() == MaximumSets || m_bytes + joined.size() > MaximumBytes)
        return Unknown;
    const auto number = static_cast<Number>(m_sets.size());
    m_sets.push_back(names);
    m_numbers.insert(joined, number);
    m_bytes += joined.size();
    return number;
}

const QList<QByteArray> &FieldNameSets::names(Number number) const
{
    return m_sets[number];
}

void FieldNameSets::warnOfMissing(const KeyFieldEncoder &encoder, const std::vector<bool> &isUsed,
                                  const QString &path, ProblemList *warnings) const
{
    if (isUsed[Unknown])
        return;
    FieldNames names(encoder);
    bool hasSets = false;
    for (size_t i = 0; i < isUsed.size(); ++i) {
        if (!isUsed[i])
            continue;
        hasSets = true;
        for (const QByteArray &name : m_sets[i])
            names.add(name);
    }
    if (hasSets)
        names.warnOfMissing(path, warnings);
}

} // namespace QZap::Internal
