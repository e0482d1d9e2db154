// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYSTORE_H
#define QZAP_CREDENTIALS_KEYSTORE_H

#include "protocol/z85.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <memory>
#include <optional>
#include <vector>

namespace QZap::Internal {

// The CURVE keys of one domain. Immutable and flat: a million keys are three blocks of memory,
// found with two cache misses and freed at once.
class KeyStore
{
public:
    class Builder
    {
    public:
        // A key that was there already, by the positions at which the two were added, from 0.
        struct Duplicate
        {
            qsizetype position = 0;
            qsizetype first = 0;
        };

        Builder();
        // Room for so many, and for the bytes of their user ids.
        void reserve(qsizetype keys, qsizetype idBytes);
        void add(const uchar *key, QByteArrayView userId);
        // Of the same key, the first one counts; the others are appended to duplicates. The
        // builder is of no use afterwards.
        [[nodiscard]] std::shared_ptr<const KeyStore>
        build(std::vector<Duplicate> *duplicates = nullptr);

    private:
        std::unique_ptr<KeyStore> m_store;
    };

    // The user id that goes with the key, empty where none was given; nullopt for an unknown key.
    std::optional<QByteArrayView> find(QByteArrayView key) const;
    qsizetype size() const { return m_size; }

private:
    struct Row
    {
        uchar key[CurveKeySize];
        quint32 idEnd; // it begins where the row before ends
    };

    KeyStore();
    quint32 hashOf(const uchar *key) const;
    quint32 mask() const { return static_cast<quint32>(m_index.size() - 1); }
    size_t slotOf(const uchar *key, quint32 hash) const;
    void index(std::vector<Builder::Duplicate> *duplicates);

    std::vector<Row> m_rows;
    // Open addressing in 2^n slots. The lower n bits are the row's number from 1, which fits as
    // the slots are never full; the others are the hash's, so that hardly any other key's row is
    // looked at.
    std::vector<quint32> m_index;
    std::vector<char> m_ids;
    qsizetype m_size = 0;
    size_t m_seed; // keys are the peers' choice, so their order must not be
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYSTORE_H
