// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FEEDS_STORETABLES_H
#define QZAP_CREDENTIALS_FEEDS_STORETABLES_H

#include "base/problem.h"
#include "credentials/feeds/storerecords.h"
#include "credentials/files/fileload.h"
#include "credentials/keys/keyfieldencoder.h"
#include "credentials/stores/keystore.h"
#include "credentials/stores/passwordstore.h"

#include <QtCore/qlist.h>

#include <memory>
#include <optional>

namespace QZap::Internal {

// Creates tables of keys and users from records and from other tables, with some of the fields of
// each entry. Tables are flat, or an overlay on a flat one that contains what has changed. All
// functions may throw std::bad_alloc.
class StoreTables
{
public:
    using Keys = std::shared_ptr<const KeyStore>;
    using Users = std::shared_ptr<const PasswordStore>;

    // Tables with all fields and the user ids of the records, from which the other ones are made.
    StoreTables() = default;
    // Tables with these fields.
    explicit StoreTables(const KeyFields &fields);

    // Returns whether the tables differ from those with all fields even if no entry has a field.
    bool hasFields() const { return m_encoder && m_encoder->isNeeded(); }

    // These functions return flat tables, in which the last record of a name counts.
    [[nodiscard]] Keys keysOf(const StoreRecords &records);
    [[nodiscard]] Users usersOf(const StoreRecords &records);
    // These functions return flat tables with the fields of flat ones that have all fields.
    [[nodiscard]] Keys keysOf(const KeyStore &complete);
    [[nodiscard]] Users usersOf(const PasswordStore &complete);
    // These functions return an overlay with the records on the flat table below `current`.
    [[nodiscard]] Keys changed(const Keys &current, const StoreRecords &records);
    [[nodiscard]] Users changed(const Users &current, const StoreRecords &records);
    // These functions return a flat table with the contents of an overlay and its base.
    [[nodiscard]] static Keys merged(const KeyStore &overlay);
    [[nodiscard]] static Users merged(const PasswordStore &overlay);

    // Returns the problems of fields since the last call, at most a few.
    [[nodiscard]] QList<Problem> takeProblems();

private:
    // The user id and metadata of an entry, valid until the next one.
    struct Encoded
    {
        QByteArrayView userId;
        QByteArrayView metadata;
    };

    Encoded encode(StoreRecord::Kind kind, QByteArrayView name, QByteArrayView userId,
                   QByteArrayView fields);
    void add(const StoreRecord &record, KeyStore::Builder *builder);
    void put(const StoreRecord &record, PasswordStore *users);
    void put(QByteArrayView user, QByteArrayView hash, const PasswordStore::Details &details,
             PasswordStore *users);

    std::optional<KeyFieldEncoder> m_encoder;
    ProblemList m_problems;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FEEDS_STORETABLES_H
