// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificateload.h"

#include <QtCore/qfileinfo.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

bool isPair(const CertificateData &certificate)
{
    SecretArray<CurveKeySize> publicKey;
    return crypto_scalarmult_base(publicKey.data(), certificate.secretKey->data()) == 0
           && equalSecrets(publicKey.view(), certificate.publicKeyView());
}

QStringList accessWarnings(const QString &file, const FileFacts &facts, bool hasSecretKey)
{
    QStringList warnings;
    if (hasSecretKey && facts.isReadableByOthers()) {
        warnings += u"%1: a secret key that others than its owner can read; chmod it to 600, and "
                    "replace the key if they may have read it"_s.arg(file);
    } else if (facts.isWritableByOthers()) {
        warnings +=
            u"%1: others than its owner can write to this certificate; chmod it to 644"_s.arg(file);
    }
    const QString directory = QFileInfo(file).path();
    const std::optional<FileFacts> directoryFacts = fileFacts(directory);
    if (directoryFacts && directoryFacts->isReplaceableByOthers()) {
        warnings += u"%1: others than its owner can replace the certificates in this directory; "
                    "chmod it to 755"_s.arg(directory);
    }
    return warnings;
}

} // namespace

CertificateLoad parseCertificateFile(const FileRead &read, const QString &file)
{
    CertificateLoad load;
    if (!read.isOk()) {
        load.fileError = read.error;
        load.errors = QStringList(read.errorText);
        return load;
    }
    load.changedMeanwhile = read.changedMeanwhile;
    CertificateParse parse = parseCertificate(read.contents.view());
    if (!parse.isOk()) {
        load.errors = QStringList(parse.error.text(file));
        return load;
    }
    for (const CertificateProblem &warning : std::as_const(parse.warnings))
        load.warnings += warning.text(file);
    const bool hasSecretKey = parse.certificate->secretKey.has_value();
    if (hasSecretKey && !isPair(*parse.certificate)) {
        load.warnings += u"%1: its secret key is not that of its public key, so no peer will be "
                         "able to use it; generate another pair"_s.arg(file);
    }
    load.warnings += accessWarnings(file, read.facts, hasSecretKey);
    load.certificate = std::move(parse.certificate);
    return load;
}

} // namespace QZap::Internal
