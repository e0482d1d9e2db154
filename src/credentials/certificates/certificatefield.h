// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEFIELD_H
#define QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEFIELD_H

#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// The names of the keys.
inline constexpr char PublicKeyName[] = "public-key";
inline constexpr char SecretKeyName[] = "secret-key";

// The number of spaces before a field or a key.
inline constexpr qsizetype CertificateIndentation = 4;

// A field of the metadata of a certificate.
struct CertificateField
{
    QByteArray name;
    QByteArray value; // UTF-8
    int line = 0;     // in the file

    friend bool operator==(const CertificateField &lhs, const CertificateField &rhs)
    {
        return lhs.name == rhs.name && lhs.value == rhs.value;
    }
};

// Returns whether a metadata line with this name is read as that of a key by other programs.
[[nodiscard]] bool isKeyName(QByteArrayView name);

// Returns whether a name is that of a key, or resembles it, such as "public_key" and "Secret-Key".
[[nodiscard]] bool resemblesKeyName(QByteArrayView name);

// Returns the name in lower case, without the characters that join words.
[[nodiscard]] QByteArray foldedName(QByteArrayView name);

// Returns why no field can have this name.
[[nodiscard]] Problem fieldNameProblem(QByteArrayView name);

// Returns why QZap, czmq and pyzmq would not all read such a field in the same way, or why it is
// not a time although it must be one.
[[nodiscard]] Problem metadataProblem(QByteArrayView name, QByteArrayView value);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEFIELD_H
