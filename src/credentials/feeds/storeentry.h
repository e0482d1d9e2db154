// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FEEDS_STOREENTRY_H
#define QZAP_CREDENTIALS_FEEDS_STOREENTRY_H

#include "base/problem.h"
#include "credentials/feeds/storerecords.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>

#include <optional>

namespace QZap::Internal {

// An entry of an update as the application gives it, checked by the rules for lines of key lists
// and password files.
class StoreEntry
{
public:
    using Time = std::optional<QDateTime>;

    // A public key has 32 bytes, or 40 characters of Z85.
    [[nodiscard]] static Result<StoreEntry> ofKey(const QByteArray &publicKey,
                                                  const QString &userId, const QVariantMap &fields,
                                                  const Time &notAfter);
    [[nodiscard]] static Result<StoreEntry> ofUser(const QString &name, const QByteArray &hash,
                                                   const QVariantMap &fields, const Time &notAfter);
    // Only the size of a key to be removed is checked, and that of a name.
    [[nodiscard]] static Result<StoreEntry> ofRemovedKey(const QByteArray &publicKey);
    [[nodiscard]] static Result<StoreEntry> ofRemovedUser(const QString &name);

    // The views are of this object.
    StoreRecord record() const { return {m_kind, m_name, m_value, m_fields, m_notAfter}; }

    // These functions return a text that identifies an entry in a message.
    static QString nameOfKey(const QByteArray &publicKey);
    static QString nameOfUser(const QString &name);

private:
    StoreEntry(StoreRecord::Kind kind, QByteArray name)
        : m_kind(kind)
        , m_name(std::move(name))
    { }

    // Sets what keys and users have in common.
    Problem setDetails(const QVariantMap &fields, const Time &notAfter);
    Problem setFields(const QVariantMap &fields);
    Problem setNotAfter(const Time &notAfter);

    StoreRecord::Kind m_kind;
    QByteArray m_name;
    QByteArray m_value;
    QByteArray m_fields;
    qint64 m_notAfter = KeyStore::Never;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FEEDS_STOREENTRY_H
