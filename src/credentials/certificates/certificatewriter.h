// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEWRITER_H
#define QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEWRITER_H

#include "credentials/certificates/certificatefile.h"
#include "credentials/files/filewriter.h"

#include <QtCore/qstring.h>

namespace QZap::Internal {

// Returns why a certificate cannot have this name.
[[nodiscard]] Problem certificateNameProblem(const QString &name);

// Writes name.key and, with a secret key, name.key_secret: both, or neither. Waits at most
// `lockTimeout` milliseconds while another program writes them.
[[nodiscard]] Problem writeCertificate(const CertificateData &certificate, const QString &directory,
                                       const QString &name, FileWriter::Existing existing,
                                       int lockTimeout = 2000); // writing takes a few ms

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_CERTIFICATEWRITER_H
