// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FEEDS_STORERECORDS_H
#define QZAP_CREDENTIALS_FEEDS_STORERECORDS_H

#include "credentials/stores/keystore.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

#include <cstring>
#include <vector>

namespace QZap::Internal {

// An entry of an update. The views are of its caller, or of the records.
struct StoreRecord
{
    enum class Kind : quint8 { Key, RemovedKey, User, RemovedUser };

    Kind kind = Kind::Key;
    QByteArrayView name;        // the 32 bytes of a key, or a user name
    QByteArrayView value = {};  // a key's user id, or a user's hash; at most 255 bytes
    QByteArrayView fields = {}; // as in the metadata of a reply
    qint64 notAfter = KeyStore::Never;

    bool isOfKey() const { return kind == Kind::Key || kind == Kind::RemovedKey; }
    bool isRemoved() const { return kind == Kind::RemovedKey || kind == Kind::RemovedUser; }
    const uchar *key() const { return reinterpret_cast<const uchar *>(name.data()); }
    // The memory that a store needs for the record besides its row.
    qsizetype size() const { return name.size() + value.size() + fields.size(); }
};

// The entries of an update, in the order of addition. They are in blocks of limited size, so that
// adding one never copies all others.
class StoreRecords
{
public:
    // May throw std::bad_alloc: the records are unchanged then.
    void append(const StoreRecord &record);
    qsizetype keys() const { return m_keys; }
    qsizetype users() const { return m_users; }
    qsizetype count() const { return m_keys + m_users; }
    // The sum of the sizes of all records of keys, and of users.
    qsizetype keyBytes() const { return m_keyBytes; }
    qsizetype userBytes() const { return m_userBytes; }

    template <typename Visit>
    void visit(Visit visit) const
    {
        for (const Block &block : m_blocks) {
            for (const char *at = block.data(); at < block.data() + block.size();)
                visit(read(&at));
        }
    }
    template <typename Visit>
    void visitKeys(Visit visitKey) const
    {
        if (m_keys == 0)
            return;
        visit([&](const StoreRecord &record) {
            if (record.isOfKey())
                visitKey(record);
        });
    }
    template <typename Visit>
    void visitUsers(Visit visitUser) const
    {
        if (m_users == 0)
            return;
        visit([&](const StoreRecord &record) {
            if (!record.isOfKey())
                visitUser(record);
        });
    }

private:
    static constexpr size_t BlockSize = size_t{256} * 1024;

    using Block = std::vector<char>;
    struct Header
    {
        StoreRecord::Kind kind;
        quint8 nameSize;
        quint8 valueSize;
        quint32 fieldsSize;
        qint64 notAfter;
    };

    // Moves to the next record.
    static StoreRecord read(const char **at);

    std::vector<Block> m_blocks;
    qsizetype m_keys = 0;
    qsizetype m_users = 0;
    qsizetype m_keyBytes = 0;
    qsizetype m_userBytes = 0;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FEEDS_STORERECORDS_H
