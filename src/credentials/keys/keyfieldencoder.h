// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYFIELDENCODER_H
#define QZAP_CREDENTIALS_KEYS_KEYFIELDENCODER_H

#include "credentials/keys/keyfields.h"
#include "credentials/stores/keystore.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <vector>

namespace QZap::Internal {

// What is sent of one field's value.
inline constexpr qsizetype MaximumFieldSize = 4096;

// Makes of the fields of a key, one key after the other, its user id and its part of a reply's
// metadata. Every published field stands there, without a value if need be: one that is missing
// would be the peer's to claim.
class KeyFieldEncoder
{
public:
    // Names without a problem.
    explicit KeyFieldEncoder(const KeyFields &fields);

    // Whether fields matter at all, and this one.
    bool isNeeded() const { return !m_published.empty() || !m_userIdField.isEmpty(); }
    bool isDeclared(QByteArrayView name) const;
    KeyStore::Content content() const;

    // The user id is that of a key without the field for it. What is given to these two stays
    // where it is until the next key.
    void start(const uchar *key, QByteArrayView userId);
    // Takes the value if the field is declared. Returns what is wrong with it.
    [[nodiscard]] Problem add(QByteArrayView name, QByteArrayView value);

    QByteArrayView userId() const { return m_userId; }
    // Until the next key.
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
    qsizetype m_valuesSize = 0; // of this key
    const uchar *m_key = nullptr;
    QByteArrayView m_userId;
    QByteArray m_metadata;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYFIELDENCODER_H
