// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEFILE_H
#define QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEFILE_H

#include "base/problem.h"
#include "base/secret.h"
#include "credentials/certificates/certificatefield.h"
#include "protocol/z85.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <array>
#include <optional>

namespace QZap::Internal {

// The maximum size of a certificate file.
inline constexpr qsizetype MaximumCertificateSize = 65536;

struct CertificateData
{
    std::array<char, CurveKeySize> publicKey{};
    std::optional<SecretArray<CurveKeySize>> secretKey;
    QList<CertificateField> metadata; // in the order of the file, each name once
    // The time from which the key is refused, in milliseconds since 1970: the field not-after.
    std::optional<qint64> notAfter;

    QByteArrayView publicKeyView() const { return {publicKey.data(), CurveKeySize}; }
};

// A metadata line that was skipped.
struct SkippedLine
{
    Problem problem;
    QByteArray field; // the name of the field, if there is one
};

// A property that looks like a field, but is ignored because it is outside the section metadata.
struct StrayField
{
    Problem problem; // a predicate whose subject is the name of the field
    QByteArray name;
    // Whether it was probably intended to be a field: no other program has properties there.
    bool isSuspicious = false;
};

// The problems have line numbers, but no file.
struct CertificateParse
{
    std::optional<CertificateData> certificate;
    Problem error; // set if there is no certificate
    // The public key, if the certificate is invalid because of a restriction of it.
    std::optional<std::array<char, CurveKeySize>> refusedKey;
    QList<SkippedLine> skippedLines;
    QList<StrayField> strayFields;  // only the first ones
    bool hasStraySecretKey = false; // a secret key that is ignored

    bool isOk() const { return certificate.has_value(); }
};

// Parses ZPL (RFC 4) with the sections "metadata" and "curve", as czmq and pyzmq write it.
[[nodiscard]] CertificateParse parseCertificate(QByteArrayView text);

enum class CertificateKind { Public, Secret };

// Returns the text of the file. A secret certificate needs a secret key, and the metadata must be
// valid. The time is for information only.
[[nodiscard]] SecretBytes formatCertificate(const CertificateData &certificate,
                                            CertificateKind kind, QByteArrayView generatedAt);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEFILE_H
