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

// The names of the fields that keys have, to find declared fields that none of them has: a name
// that is misspelt in the configuration would publish nothing.
class FieldNames
{
public:
    // The encoder outlives it.
    explicit FieldNames(const KeyFieldEncoder &encoder);

    void add(QByteArrayView name);
    // Adds a warning for each declared field that was not added, with the nearest name that was.
    void warnOfMissing(const QString &path, ProblemList *warnings) const;

private:
    // The maximum number of names kept that are not declared.
    static constexpr qsizetype Maximum = 100;

    const KeyFieldEncoder &m_encoder;
    std::unordered_set<ByteKey, ByteKey::Hash> m_names;
    qsizetype m_others = 0;
};

// The sets of names that many certificates have, of which there are few. Each set has a number, so
// that a certificate can remember it in two bytes.
class FieldNameSets
{
public:
    using Number = quint16;
    // The number of each set beyond the maximum, which is not kept.
    static constexpr Number Unknown = 0;

    [[nodiscard]] Number numberOf(const QList<QByteArray> &names);
    const QList<QByteArray> &names(Number number) const;
    // Adds a warning for each declared field that is in none of the sets whose numbers are used;
    // none without sets, and if one of them is not known.
    void warnOfMissing(const KeyFieldEncoder &encoder, const std::vector<bool> &isUsed,
                       const QString &path, ProblemList *warnings) const;
    // The numbers are less than this.
    size_t size() const { return m_sets.size(); }

private:
    static constexpr size_t MaximumSets = 4096;
    static constexpr qsizetype MaximumBytes = qsizetype{1} << 20;

    std::vector<QList<QByteArray>> m_sets = {{}}; // by number
    QMap<QByteArray, Number> m_numbers;           // by the names, joined
    qsizetype m_bytes = 0;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_FIELDNAMES_H
