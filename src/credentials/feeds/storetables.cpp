// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/feeds/storetables.h"

#include "base/text.h"
#include "base/workerpool.h"
#include "protocol/metadata.h"
#include "protocol/z85.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

const uchar *bytesOf(QByteArrayView key)
{
    return reinterpret_cast<const uchar *>(key.data());
}

StoreTables::Keys released(StoreTables::Keys keys)
{
    return WorkerPool::releasedOnPool(std::move(keys));
}

StoreTables::Users released(const std::shared_ptr<PasswordStore> &users)
{
    users->squeeze();
    return WorkerPool::releasedOnPool(StoreTables::Users(users));
}

// Returns the beginning of a message about an entry.
QString contextOf(QByteArrayView name, bool isKey)
{
    return isKey ? u"the key %1: "_s.arg(QString::fromLatin1(Z85::encode(name)))
                 : u"the user %1: "_s.arg(quoted(QString::fromUtf8(name)));
}

} // namespace

StoreTables::StoreTables(const KeyFields &fields)
    : m_encoder(fields)
{ }

auto StoreTables::encode(StoreRecord::Kind kind, QByteArrayView name, QByteArrayView userId,
                         QByteArrayView fields) -> Encoded
{
    if (!m_encoder)
        return {userId, fields};
    if (!m_encoder->isNeeded())
        return {userId, {}};
    const bool isKey = kind == StoreRecord::Kind::Key;
    m_encoder->start(isKey ? bytesOf(name) : nullptr, userId);
    visitMetadata(fields, [&](QByteArrayView field, QByteArrayView value) {
        if (const Problem problem = m_encoder->add(field, value))
            m_problems.add([&] { return problem.within(contextOf(name, isKey)); });
    });
    return {m_encoder->userId(), m_encoder->metadata()};
}

void StoreTables::add(const StoreRecord &record, KeyStore::Builder *builder)
{
    if (record.isRemoved())
        return builder->addRemoved(record.key());
    const Encoded encoded = encode(record.kind, record.name, record.value, record.fields);
    builder->add(record.key(), encoded.userId, encoded.metadata);
    if (record.notAfter != KeyStore::Never)
        builder->setNotAfter(record.notAfter);
}

void StoreTables::put(const StoreRecord &record, PasswordStore *users)
{
    if (record.isRemoved())
        users->remove(record.name);
    else
        put(record.name, record.value, {record.fields, record.notAfter}, users);
}

void StoreTables::put(QByteArrayView user, QByteArrayView hash,
                      const PasswordStore::Details &details, PasswordStore *users)
{
    users->insertHash(user, hash);
    const Encoded encoded = encode(StoreRecord::Kind::User, user, {}, details.metadata);
    users->setDetails(user, {encoded.metadata, details.notAfter});
}

auto StoreTables::keysOf(const StoreRecords &records) -> Keys
{
    KeyStore::Builder builder;
    builder.reserve(records.keys(), records.keyBytes() - records.keys() * CurveKeySize);
    records.visitKeys([&](const StoreRecord &record) { add(record, &builder); });
    return released(builder.buildOfLast());
}

auto StoreTables::usersOf(const StoreRecords &records) -> Users
{
    const auto users = std::make_shared<PasswordStore>();
    users->reserve(records.users(), records.userBytes());
    records.visitUsers([&](const StoreRecord &record) { put(record, users.get()); });
    return released(users);
}

auto StoreTables::keysOf(const KeyStore &complete) -> Keys
{
    KeyStore::Builder builder;
    builder.reserve(complete.size(), 0);
    complete.visitOwn([&](QByteArrayView key, const KeyStore::Match *match) {
        if (!match)
            return;
        const Encoded encoded = encode(StoreRecord::Kind::Key, key, match->userId, match->metadata);
        builder.add(bytesOf(key), encoded.userId, encoded.metadata);
        if (match->notAfter != KeyStore::Never)
            builder.setNotAfter(match->notAfter);
    });
    return released(builder.build());
}

auto StoreTables::usersOf(const PasswordStore &complete) -> Users
{
    const auto users = std::make_shared<PasswordStore>();
    complete.visitHashes(
        [&](QByteArrayView user, QByteArrayView hash, const PasswordStore::Details &details) {
            put(user, hash, details, users.get());
        });
    return released(users);
}

auto StoreTables::changed(const Keys &current, const StoreRecords &records) -> Keys
{
    if (records.keys() == 0)
        return current;
    KeyStore::Builder builder;
    builder.setBase(current->base() ? current->base() : current);
    if (current->base())
        builder.addAll(*current);
    records.visitKeys([&](const StoreRecord &record) { add(record, &builder); });
    return builder.buildOfLast();
}

auto StoreTables::changed(const Users &current, const StoreRecords &records) -> Users
{
    if (records.users() == 0)
        return current;
    const auto users = current->base() ? std::make_shared<PasswordStore>(*current)
                                       : std::make_shared<PasswordStore>(current);
    records.visitUsers([&](const StoreRecord &record) { put(record, users.get()); });
    users->orderExpiries();
    return users;
}

auto StoreTables::merged(const KeyStore &overlay) -> Keys
{
    const KeyStore &base = *overlay.base();
    KeyStore::Builder builder;
    builder.reserve(overlay.size() + overlay.ownPositions(), 0);
    const auto add = [&](QByteArrayView key, const KeyStore::Match *match) {
        if (!match)
            return;
        builder.add(bytesOf(key), match->userId, match->metadata);
        if (match->notAfter != KeyStore::Never)
            builder.setNotAfter(match->notAfter);
    };
    base.visitOwn([&](QByteArrayView key, const KeyStore::Match *match) {
        if (!overlay.hasOwn(key))
            add(key, match);
    });
    overlay.visitOwn(add);
    return released(builder.build());
}

auto StoreTables::merged(const PasswordStore &overlay) -> Users
{
    const auto users = std::make_shared<PasswordStore>();
    StoreTables complete;
    const auto put = [&](QByteArrayView user, QByteArrayView hash,
                         const PasswordStore::Details &details) {
        if (hash.isEmpty())
            users->remove(user);
        else
            complete.put(user, hash, details, users.get());
    };
    overlay.base()->visitHashes(put);
    overlay.visitHashes(put);
    return released(users);
}

QList<Problem> StoreTables::takeProblems()
{
    return std::exchange(m_problems, {}).problems({});
}

} // namespace QZap::Internal
