// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORES_PASSWORDSTORE_H
#define QZAP_CREDENTIALS_STORES_PASSWORDSTORE_H

#include "base/hugepageallocator.h"
#include "base/keyeddigest.h"
#include "base/problem.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/stores/expiryorder.h"
#include "credentials/stores/rowindex.h"
#include "credentials/stores/unusedentries.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstringlist.h>

#include <array>
#include <limits>
#include <memory>
#include <unordered_map>

namespace QZap::Internal {

enum class PasswordCheck {
    Accepted,
    Refused,
    NeedsHash, // call verify(), even for an unknown user
};

// The users of one PLAIN domain. Passwords are stored as argon2id hashes, or as SipHash-2-4 tags of
// 128 bits with a key of this process, so that the time of a comparison depends neither on common
// prefixes nor on lengths. A keyed BLAKE2b digest would cost as much as the rest of a request. If
// at least one user has a hash, every refusal costs one.
//
// Flat: a million users are in four blocks of memory, which are freed at once. If memory runs out,
// the store throws std::bad_alloc and remains usable, with or without the new user.
//
// A store can be an overlay on another one, its base: the overlay contains the users that differ
// from those of the base, and is searched first.
class PasswordStore
{
public:
    // The time of expiry of a user who never expires.
    static constexpr qint64 Never = std::numeric_limits<qint64>::max();

    // What a store has about a user besides the password. The view is of the store.
    struct Details
    {
        QByteArrayView metadata = {}; // of a reply (RFC 27), empty if no field is published
        qint64 notAfter = Never;      // the user is refused from this time on, in ms since 1970
    };

    PasswordStore() = default;
    // An overlay on this store, which must be flat.
    explicit PasswordStore(std::shared_ptr<const PasswordStore> base);

    // Returns why a user cannot have this name (UTF-8).
    [[nodiscard]] static Problem userNameProblem(QByteArrayView user);

    // These functions also replace the password of an existing user. The line is that of a password
    // file, from 1; 0: none.
    void insert(QByteArrayView user, QByteArrayView password, int line = 0);
    // The hash must have valid parameters.
    void insertHash(QByteArrayView user, QByteArrayView hash, int line = 0);
    bool remove(QByteArrayView user);
    // Sets the details of an existing user, who has none after any of the functions above.
    void setDetails(QByteArrayView user, const Details &details);
    // Reserves memory for the users, and for the bytes of their names, hashes and metadata.
    void reserve(qsizetype users, qsizetype bytes);
    // Frees memory that was reserved for more users. Sorts the times of expiry, too.
    void squeeze();
    // Makes nextExpiry() fast, until users are changed.
    void orderExpiries();

    bool contains(QByteArrayView user) const { return find(user).kind != Kind::Removed; }
    bool hasHashes() const { return m_hashedUsers > 0; }
    bool hasPlainPasswords() const { return m_users > m_hashedUsers; }
    // Takes the same time for an unknown user. Never blocks.
    PasswordCheck check(QByteArrayView user, QByteArrayView password) const;
    // Returns the user's hash. For a user without one, returns a dummy hash with the most common
    // cost. Empty if there are no hashes.
    QByteArray hashFor(QByteArrayView user) const;
    // Returns the parameters of the hash that costs most to check, which determines how long a
    // refusal takes.
    PasswordHash::Parameters mostExpensive() const { return m_mostExpensive; }
    // Returns whether all hashes cost the same.
    bool isUniform() const { return m_counts.size() <= 1; }
    // Compares the password with a result of hashFor(). Blocks while the hash is computed: do not
    // call it from an event loop.
    [[nodiscard]] static PasswordHash::Match verify(const QByteArray &hash,
                                                    QByteArrayView password);

    // Returns a digest of the user's stored password or hash, which differs from process to
    // process; null for an unknown user.
    KeyedDigest entryDigest(QByteArrayView user) const;

    // The number of positions, and the user at one; empty for an unused position. Positions of an
    // overlay include users that it removes or replaces.
    qsizetype positions() const { return ownPositions() + (m_base ? m_base->positions() : 0); }
    QByteArrayView userAt(qsizetype position) const;
    // Returns the store below an overlay; null for a flat store.
    const std::shared_ptr<const PasswordStore> &base() const { return m_base; }
    // The number of positions of an overlay alone; else, of the store.
    qsizetype ownPositions() const { return static_cast<qsizetype>(m_rows.size()); }
    // Returns the details of a user, which are the default for an unknown one.
    Details detailsOf(QByteArrayView user) const;
    // Returns whether a user may have metadata.
    bool hasMetadata() const { return m_hasMetadata || (m_base && m_base->m_hasMetadata); }
    // Returns when the next user expires after this time; Never if none does. Reads all times
    // unless orderExpiries() was called.
    qint64 nextExpiry(qint64 milliseconds) const;
    // Calls visit(user, hash, details) for each user with a hash of a flat store, or of an overlay
    // alone; the hash is empty if the overlay removes the user.
    template <typename Visit>
    void visitHashes(Visit visit) const
    {
        for (size_t i = 0; i < m_rows.size(); ++i) {
            const Row &row = m_rows[i];
            const QByteArrayView user(m_arena.data() + row.begin, row.nameSize);
            if (row.kind == Kind::Hashed)
                visit(user, valueOf(row), detailsAt(i));
            else if (row.kind == Kind::Removed && m_base)
                visit(user, QByteArrayView(), Details());
        }
    }

    // Returns the line that the user was read from; 0 for an unknown user, and if it was not read
    // from a file. Reads memory that the other functions do not need.
    int lineOf(QByteArrayView user) const;
    // The users of invalid lines, and those that are locked out.
    const UnusedEntries &unused() const { return m_unusedEntries; }
    UnusedEntries &unused() { return m_unusedEntries; }
    QStringList users() const; // sorted
    // Returns whether the names are the same, by comparing digests, which takes little time.
    bool hasSameUsersAs(const PasswordStore &other) const
    {
        return m_users == other.m_users && m_usersDigest == other.m_usersDigest;
    }
    qsizetype size() const { return m_users; }

private:
    using Tag = std::array<uchar, 16>;

    enum class Kind : quint8 { Removed, Plain, Hashed };
    // A user, whose part of the arena is the name and the password's tag or hash. The row of a
    // removed user remains for a while, and is used again for the same name.
    struct Row
    {
        quint32 begin = 0; // in the arena
        quint8 nameSize = 0;
        quint8 valueSize = 0;
        Kind kind = Kind::Removed;

        size_t size() const { return size_t{nameSize} + valueSize; }
    };
    // What was found for a user; the kind is Removed for an unknown user.
    struct Entry
    {
        Kind kind = Kind::Removed;
        QByteArrayView value = {};
    };
    // The details of the user of a row.
    struct Extra
    {
        qint64 notAfter = Never;
        quint32 begin = 0; // of the metadata in the arena
        quint32 size = 0;
    };
    struct ParametersHash
    {
        size_t operator()(PasswordHash::Parameters parameters) const
        {
            return qHash(parameters, 0);
        }
    };
    using Rows = HugePageBlock<Row>;
    using Arena = HugePageBlock<char>;
    using Lines = HugePageBlock<quint32>;
    using Extras = HugePageBlock<Extra>;

    static Tag tagOf(QByteArrayView bytes);
    static quint64 digestOf(QByteArrayView user);
    // Returns the names of rows, for the index.
    static auto namesOf(const Rows &rows, const Arena &arena)
    {
        return [&rows, &arena](quint32 number) {
            const Row &row = rows[number - 1];
            return QByteArrayView(arena.data() + row.begin, row.nameSize);
        };
    }
    // Returns the number of the user's row, which may be a removed one; 0 if there is none.
    quint32 numberOf(QByteArrayView user) const
    {
        return m_index.find(user, m_index.hashOf(user), namesOf(m_rows, m_arena));
    }
    bool isUser(quint32 number) const
    {
        return number > 0 && m_rows[number - 1].kind != Kind::Removed;
    }
    // The row of a removed user hides that of the base.
    Entry find(QByteArrayView user) const
    {
        const quint32 number = numberOf(user);
        if (number == 0)
            return m_base ? m_base->find(user) : Entry();
        const Row &row = m_rows[number - 1];
        return {row.kind, valueOf(row)};
    }
    Details detailsAt(size_t row) const;
    QByteArrayView valueOf(const Row &row) const
    {
        return {m_arena.data() + row.begin + row.nameSize, row.valueSize};
    }
    void checkRoom(size_t bytes) const;
    quint32 addRow(QByteArrayView user, Kind kind, QByteArrayView value, int line);
    void put(QByteArrayView user, Kind kind, QByteArrayView value, int line);
    void hide(QByteArrayView user, Entry below);
    void drop(Row *row);
    void compact();
    void index(const Rows &rows, const Arena &arena);
    void count(PasswordHash::Parameters parameters);
    void uncount(PasswordHash::Parameters parameters);
    void compare(PasswordHash::Parameters parameters);
    void updateDummy();

    Rows m_rows;
    RowIndex m_index; // of all rows
    Arena m_arena;
    // The line of each row. Stored separately from the rows, since checks do not need it. Empty
    // while no user has one.
    Lines m_lines;
    UnusedEntries m_unusedEntries;
    // The details of each row. Empty while no user has any.
    Extras m_extras;
    ExpiryOrder m_expiryOrder; // of the extras
    bool m_hasExpiryOrder = true;
    std::shared_ptr<const PasswordStore> m_base; // of an overlay
    bool m_hasMetadata = false;
    size_t m_unused = 0; // bytes of the arena
    // Including those of the base.
    qsizetype m_users = 0;
    qsizetype m_hashedUsers = 0;
    quint64 m_usersDigest = 0; // the sum of the users' digests, in any order
    // How many hashes have these parameters. Not a QHash, which ends the process if memory runs
    // out.
    std::unordered_map<PasswordHash::Parameters, qsizetype, ParametersHash> m_counts;
    PasswordHash::Parameters m_commonest;
    PasswordHash::Parameters m_mostExpensive;
    QByteArray m_dummyTail;
    QByteArray m_dummy; // a hash that matches no password
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_PASSWORDSTORE_H
