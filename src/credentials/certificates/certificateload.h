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
    std::optional<CertificateData> certificate; // none where errors says why
};

// One certificate, whatever its name, with warnings about metadata lines that were skipped, keys
// that are no pair, and who else may read or write it.
[[nodiscard]] CertificateLoad parseCertificateFile(const FileRead &read, const QString &file);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATELOAD_H
