// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYFIELDENCODER_H
#define QZAP_CREDENTIALS_KEYS_KEYFIELDENCODER_H

#include "credentials/keys/keyfields.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

#include <vector>

namespace QZap::Internal {

// The maximum size of a published value.
inline constexpr qsizetype MaximumFieldSize = 4096;

// Converts the fields of one key after another to the key's user id and its part of a reply's
// metadata. The metadata contains every published field, if necessary with an empty value: the peer
// could claim a value for a missing field.
class KeyFieldEncoder
{
public:
    // The names must be valid.
    explicit KeyFieldEncoder(const KeyFields &fields);

    // These functions return whether any field, or this field, is used.
    bool isNeeded() const { return !m_published.empty() || !m_userIdField.isEmpty(); }
    bool isDeclared(QByteArrayView name) const;
    bool isUserIdField(QByteArrayView name) const { return name == m_userIdField; }
    // Returns each name once.
    QList<QByteArray> declaredNames() const;

    // Starts a key; the user id is used if the key does not have the field for it. The arguments of
    // these two functions must remain valid until the next key.
    void start(const uchar *key, QByteArrayView userId);
    // Uses the value if the field is declared. Returns the problem of the value.
    [[nodiscard]] Problem add(QByteArrayView name, QByteArrayView value);

    QByteArrayView userId() const { return m_userId; }
    // Valid until the next key.
    QByteArrayView metadata();

private:
    struct Published
    {
        QByteArray name;
        QByteArrayView value;
    };

    Problem publish(Published *field, QByteArrayView value);
    Problem takeUserId(QByteArrayView value);

    std::vector<Published> m_published;
    QByteArray m_userIdField;
    qsizetype m_headersSize = 0;
    qsizetype m_valuesSize = 0; // of the current key
    const uchar *m_key = nullptr;
    QByteArrayView m_userId;
    QByteArray m_metadata;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYFIELDENCODER_H
