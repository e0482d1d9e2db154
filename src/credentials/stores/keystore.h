// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORES_KEYSTORE_H
#define QZAP_CREDENTIALS_STORES_KEYSTORE_H

#include "base/clock.h"
#include "base/hugepageallocator.h"
#include "credentials/stores/expiryorder.h"
#include "credentials/stores/rowindex.h"
#include "credentials/stores/unusedentries.h"
#include "protocol/z85.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace QZap::Internal {

// Where a key was read from.
struct KeyOrigin
{
    int line = 0;                 // of a key list, from 1
    QByteArrayView fileName = {}; // in a key directory
};

// The CURVE keys of one domain. Immutable and flat: a million keys are in a few blocks of memory,
// which are searched with two cache misses and freed at once.
//
// A store can be an overlay on another one, its base: the overlay contains the keys that differ
// from those of the base, and is searched first.
class KeyStore
{
public:
    // The time of expiry of a key that never expires.
    static constexpr qint64 Never = std::numeric_limits<qint64>::max();
    // Returns whether a key with this time of expiry must be refused. Reads the clock only if the
    // key expires at some time.
    static bool isExpired(qint64 notAfter, WallClock clock)
    {
        return notAfter != Never && clock() / Clock::NanosecondsPerMillisecond >= notAfter;
    }

    // The data of a key. The views are of the store.
    struct Match
    {
        QByteArrayView userId;   // empty if there is none
        QByteArrayView metadata; // of a reply (RFC 27), empty if no field is published
        qint64 notAfter = Never; // the key is refused from this time on, in ms since 1970
    };
    struct Expiry
    {
        qint64 notAfter = Never;
        KeyOrigin origin;
    };
    // The information that is kept about the origin of each key.
    enum class Origins { None, Lines, FileNames };

    class Builder
    {
    public:
        // A key that was added before, by the positions of both in the order of addition, from 0.
        struct Duplicate
        {
            qsizetype position = 0;
            qsizetype first = 0;
        };

        explicit Builder(Origins origins = Origins::None);
        // Reserves memory for the keys, and for the bytes of their user ids and metadata.
        void reserve(qsizetype keys, qsizetype fieldBytes);
        // The user id has at most 255 bytes. Of the origin, only the part that the store keeps is
        // used. Also throws std::bad_alloc if the store would exceed 4 GiB.
        void add(const uchar *key, QByteArrayView userId, QByteArrayView metadata = {},
                 const KeyOrigin &origin = {});
        // Sets the time of expiry of the key that was added last.
        void setNotAfter(qint64 milliseconds);
        // Leaves a key out of the store, wherever else it is added: for an entry whose restriction
        // is invalid.
        void exclude(const uchar *key);
        // The entries that are invalid.
        UnusedEntries &unused() { return m_store->m_unused; }
        // Makes the store an overlay on this one, which must be flat and without origins.
        void setBase(std::shared_ptr<const KeyStore> base);
        // Adds a key that the store does not have, even if its base has it. Only for buildOfLast(),
        // where it also removes the key if that was added before.
        void addRemoved(const uchar *key);
        // Adds the keys of a flat store, or those of an overlay alone, that were not added before.
        void addAll(const KeyStore &store);
        // If a key was added several times, the first is used, with the earliest time of expiry,
        // and the others are appended to duplicates. The builder must not be used afterwards.
        [[nodiscard]] std::shared_ptr<const KeyStore>
        build(std::vector<Duplicate> *duplicates = nullptr);
        // Like build(), but the last is used.
        [[nodiscard]] std::shared_ptr<const KeyStore> buildOfLast();

    private:
        void finish();
        void append(const uchar *key, QByteArrayView userId, QByteArrayView metadata);
        void useLast(quint32 number, quint32 first);
        void removeExcluded();
        void countOverlay();
        void orderExpiries();

        std::unique_ptr<KeyStore> m_store;
        bool m_hasRemoved = false;
        std::vector<std::array<uchar, CurveKeySize>> m_excluded;
    };

    // Returns nullopt for an unknown key; an expired one is found.
    std::optional<Match> find(QByteArrayView key) const;
    // Returns where the key was read from, with a file name that is a view of the store; empty for
    // an unknown key, and if origins are not kept. Reads memory that find() does not need.
    KeyOrigin originOf(QByteArrayView key) const;
    const UnusedEntries &unused() const { return m_unused; }
    // Returns the origin by the key's position in the order of addition, even for duplicates.
    KeyOrigin originAt(qsizetype position) const;
    qsizetype size() const { return m_size; }
    // The number of positions in the order of addition, and the key at one. Includes keys that
    // find() does not return, or returns at another position.
    qsizetype positions() const { return ownPositions() + (m_base ? m_base->positions() : 0); }
    QByteArrayView keyAt(qsizetype position) const
    {
        return position < ownPositions()
                   ? QByteArrayView(m_rows[static_cast<size_t>(position)].key, CurveKeySize)
                   : m_base->keyAt(position - ownPositions());
    }
    // Returns the store below an overlay; null for a flat store.
    const std::shared_ptr<const KeyStore> &base() const { return m_base; }
    // The number of keys of an overlay, including those that it removes; else, of the store.
    qsizetype ownPositions() const { return static_cast<qsizetype>(m_rows.size()); }
    // Returns whether a flat store, or an overlay alone, contains or removes the key.
    bool hasOwn(QByteArrayView key) const { return ownNumberOf(key) > 0; }
    // Returns whether a key has metadata, which may be that of a removed one.
    bool hasMetadata() const { return m_hasMetadata || (m_base && m_base->m_hasMetadata); }
    // Calls visit(key, match) for each key of a flat store, or of an overlay alone; match is null
    // if the overlay removes the key.
    template <typename Visit>
    void visitOwn(Visit visit) const
    {
        for (quint32 number = 1; number <= m_rows.size(); ++number) {
            const QByteArrayView key(m_rows[number - 1].key, CurveKeySize);
            if (ownNumberOf(key) != number)
                continue; // a duplicate
            const std::optional<Match> match =
                m_rows[number - 1].isRemoved() ? std::nullopt : std::optional(matchAt(number));
            visit(key, match ? &*match : nullptr);
        }
    }
    // Returns when the next key expires after this time; Never if none does. Fast.
    qint64 nextExpiry(qint64 milliseconds) const;
    // Returns the keys of a flat store that expire no later than this time, in the order of
    // addition. Slow.
    std::vector<Expiry> expiriesUntil(qint64 milliseconds) const;

    // Returns whether look-ups wait for memory, which makes prefetching worthwhile.
    bool isLarge() const { return m_size > LargeSize; }
    // A look-up that is prefetched in steps. Each step prefetches the memory of the next one, and
    // the last step that of find(): take each step for many look-ups before the next step.
    struct Lookup
    {
        const KeyStore *store;
        quint32 hash;
        quint32 number; // of the row, from 1
    };
    Lookup startLookup(QByteArrayView key) const;
    static void fetchRow(Lookup *lookup);
    static void fetchMatch(const Lookup &lookup);

private:
    static constexpr qsizetype LargeSize = 10000;

    // Most look-ups read nothing outside of a row, which is one cache line.
    struct alignas(64) Row
    {
        uchar key[CurveKeySize];
        quint32 begin; // of the part of the arena that belongs to the row
        quint32 end;
        uchar idSize;
        char id[23]; // the user id, unless it is longer: then the arena contains it

        // Of an overlay: the store does not have the key.
        bool isRemoved() const { return end < begin; }
        void setRemoved()
        {
            begin = 1;
            end = 0;
        }
    };
    static_assert(sizeof(Row) == 64);

    explicit KeyStore(Origins origins)
        : m_origins(origins)
    { }
    // Returns the function by which the index reads keys.
    auto keys() const
    {
        return
            [this](quint32 number) { return QByteArrayView(m_rows[number - 1].key, CurveKeySize); };
    }

    // Returns the number of the key's own row, which is not that of the base; 0 for an unknown key.
    quint32 ownNumberOf(QByteArrayView key) const
    {
        return m_index.find(key, m_index.hashOf(key), keys());
    }
    Match matchAt(quint32 number) const;

    HugePageBlock<Row> m_rows;
    RowIndex m_index;
    HugePageBlock<char> m_arena; // for each row, metadata, and the user id if it is long
    // The origin of each row, if origins are kept: its line, or the end of its file name in the
    // names. Stored separately from the rows, since requests do not need it.
    HugePageBlock<quint32> m_originOfRow;
    HugePageBlock<char> m_fileNames;
    HugePageBlock<qint64> m_notAfters; // of the rows; empty if no key expires
    ExpiryOrder m_expiryOrder;         // of these
    UnusedEntries m_unused;
    qsizetype m_size = 0;
    Origins m_origins;
    bool m_hasMoreThanRows = false; // whether a key needs the arena or has a time of expiry
    bool m_hasMetadata = false;
    std::shared_ptr<const KeyStore> m_base; // of an overlay
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_KEYSTORE_H
