// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificateload.h"

#include "credentials/certificates/publickey.h"

#include <QtCore/qfileinfo.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

bool isPair(const CertificateData &certificate)
{
    return equalSecrets(publicKeyOf(certificate.secretKey->view()).view(),
                        certificate.publicKeyView());
}

QList<Problem> accessWarnings(const QString &file, const FileFacts &facts, bool hasSecretKey)
{
    QList<Problem> warnings;
    if (hasSecretKey && facts.isReadableByOthers()) {
        warnings.emplaceBack(
            u"a secret key that users other than its owner can read; chmod it to 600, and "
            "replace the key if they may have read it"_s,
            file);
    } else if (facts.isWritableByOthers()) {
        warnings.emplaceBack(
            u"users other than its owner can write to this certificate; chmod it to 644"_s, file);
    }
    const QString directory = QFileInfo(file).path();
    const std::optional<FileFacts> directoryFacts = fileFacts(directory);
    if (directoryFacts && directoryFacts->isReplaceableByOthers()) {
        warnings.emplaceBack(
            u"users other than its owner can replace the certificates in this directory; "
            "chmod it to 755"_s,
            directory);
    }
    return warnings;
}

} // namespace

CertificateLoad parseCertificateFile(const FileRead &read, const QString &file)
{
    CertificateLoad load;
    if (!read.isOk()) {
        load.fileError = read.error;
        load.errors.append(read.problem);
        return load;
    }
    load.changedMeanwhile = read.changedMeanwhile;
    CertificateParse parse = parseCertificate(read.contents.view());
    if (!parse.isOk()) {
        load.errors.append(parse.error.in(file));
        return load;
    }
    for (const SkippedLine &line : std::as_const(parse.skippedLines))
        load.warnings.append(line.problem.in(file));
    for (const StrayField &field : std::as_const(parse.strayFields)) {
        if (field.isSuspicious)
            load.warnings.append(field.problem.within(u"this property "_s).in(file));
    }
    const bool hasSecretKey = parse.certificate->secretKey.has_value();
    if (hasSecretKey && !isPair(*parse.certificate)) {
        load.warnings.emplaceBack(
            u"the secret key does not match the public key, so no peer can use "
            "it; generate a new pair"_s,
            file);
    }
    load.warnings += accessWarnings(file, read.facts, hasSecretKey || parse.hasStraySecretKey);
    load.certificate = std::move(parse.certificate);
    return load;
}

} // namespace QZap::Internal
