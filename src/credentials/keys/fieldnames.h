// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_FIELDNAMES_H
#define QZAP_CREDENTIALS_KEYS_FIELDNAMES_H

#include "base/bytehash.h"
#include "base/problem.h"
#include "credentials/files/fileload.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>

#include <unordered_set>
#include <vector>

namespace QZap::Internal {

class KeyFieldEncoder;

// Collects the names of the keys' fields, to find declared fields that no key has: a misspelt name
// in the configuration would publish nothing.
class FieldNames
{
public:
    // The encoder must outlive this object.
    explicit FieldNames(const KeyFieldEncoder &encoder);

    void add(QByteArrayView name);
    // Adds a warning for each declared field that was not added, with the nearest name that was
    // added.
    void warnOfMissing(const QString &path, ProblemList *warnings) const;

private:
    // The maximum number of names kept that are not declared.
    static constexpr qsizetype Maximum = 100;

    const KeyFieldEncoder &m_encoder;
    std::unordered_set<ByteKey, ByteKey::Hash> m_names;
    qsizetype m_others = 0;
};

// The sets of field names of many certificates. There are only a few different ones. Each set has a
// number, so that a certificate can store it in two bytes.
class FieldNameSets
{
public:
    using Number = quint16;
    // The number of all sets beyond the maximum, which are not kept.
    static constexpr Number Unknown = 0;

    [[nodiscard]] Number numberOf(const QList<QByteArray> &names);
    const QList<QByteArray> &names(Number number) const;
    // Adds a warning for each declared field that is in none of the sets whose numbers are used.
    // Adds nothing if there are no sets, or if one of them is unknown.
    void warnOfMissing(const KeyFieldEncoder &encoder, const std::vector<bool> &isUsed,
                       const QString &path, ProblemList *warnings) const;
    // Returns a value that is greater than all numbers.
    size_t size() const { return m_sets.size(); }

private:
    static constexpr size_t MaximumSets = 4096;
    static constexpr qsizetype MaximumBytes = qsizetype{1} << 20;

    std::vector<QList<QByteArray>> m_sets = {{}}; // by number
    QMap<QByteArray, Number> m_numbers;           // by the joined names
    qsizetype m_bytes = 0;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_FIELDNAMES_H
