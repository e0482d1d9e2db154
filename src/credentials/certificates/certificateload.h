// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATELOAD_H
#define QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATELOAD_H

#include "credentials/certificates/certificatefile.h"
#include "credentials/files/fileload.h"

#include <QtCore/qstring.h>

#include <optional>

namespace QZap::Internal {

struct CertificateLoad : FileLoad
{
    std::optional<CertificateData> certificate; // nullopt if errors has the reason
};

// Parses a certificate, with warnings about skipped metadata lines, keys that do not match, and
// access by others.
[[nodiscard]] CertificateLoad parseCertificateFile(const FileRead &read, const QString &file);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATELOAD_H
