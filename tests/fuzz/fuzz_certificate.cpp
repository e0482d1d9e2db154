// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fuzz.h"

#include "base/text.h"
#include "credentials/certificates/certificatefile.h"
#include "credentials/certificates/expirytime.h"
#include "protocol/loworderkey.h"

#include <QtCore/qset.h>

#include <algorithm>

using namespace QZap::Internal;
using Fuzz::require;

namespace {

bool isSame(const CertificateData &lhs, const CertificateData &rhs)
{
    const bool haveSecrets = lhs.secretKey && rhs.secretKey;
    return lhs.publicKey == rhs.publicKey && lhs.metadata == rhs.metadata
           && lhs.secretKey.has_value() == rhs.secretKey.has_value()
           && (!haveSecrets || equalSecrets(lhs.secretKey->view(), rhs.secretKey->view()));
}

bool isWritable(const CertificateField &field)
{
    return !metadataProblem(field.name, field.value);
}

// Checks that a written certificate is read back unchanged.
void requireRoundTrip(const CertificateData &certificate)
{
    for (const CertificateKind kind : {CertificateKind::Public, CertificateKind::Secret}) {
        CertificateData expected = certificate;
        if (kind == CertificateKind::Public)
            expected.secretKey.reset();
        else if (!certificate.secretKey)
            continue;
        const SecretBytes text = formatCertificate(certificate, kind, "2026-11-21 21:51:50");
        if (text.size() > MaximumCertificateSize)
            continue;
        const CertificateParse parse = parseCertificate(text.view());
        require(parse.isOk() && parse.skippedLines.isEmpty(), "what was written can be read");
        require(isSame(*parse.certificate, expected), "what was written is read");
    }
}

void requireHarmless(const Problem &problem, QByteArrayView text)
{
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    require(bool(problem), "a problem says what is wrong");
    require(problem.line >= 1 && problem.line <= lines, "a problem is in a line");
    require(isCleanText(problem.what.toUtf8()), "a problem can be logged");
    require(!problem.what.contains(u'~'), "a problem does not quote the file");
}

// Parses a certificate file.
void fuzzFile(QByteArrayView text)
{
    const CertificateParse parse = parseCertificate(text);
    require(parse.skippedLines.size() <= 17, "warnings have a limit");
    for (const SkippedLine &line : parse.skippedLines)
        requireHarmless(line.problem, text);
    if (!parse.isOk()) {
        requireHarmless(parse.error, text);
        return;
    }
    require(!parse.error, "a certificate has no error");
    QSet<QByteArray> names;
    for (const CertificateField &field : parse.certificate->metadata) {
        require(field.value.isValidUtf8() && isCleanText(field.value), "a value is clean text");
        names.insert(field.name);
    }
    require(names.size() == parse.certificate->metadata.size(), "no name comes twice");
    require(names.contains(NotAfterField) == parse.certificate->notAfter.has_value(),
            "a time of expiry counts");
    CertificateData writable = *parse.certificate;
    writable.metadata.removeIf([](const CertificateField &field) { return !isWritable(field); });
    requireRoundTrip(writable);

    if (!text.contains('\r') && text.size() < MaximumCertificateSize / 2) {
        const CertificateParse again = parseCertificate(text.toByteArray().replace("\n", "\r\n"));
        require(again.isOk() && isSame(*again.certificate, *parse.certificate),
                "it does not matter how lines end");
    }
}

// Writes a certificate: the first bytes of the input are its keys, and lines with a name, '=' and a
// value are its fields.
void fuzzFields(QByteArrayView input)
{
    CertificateData certificate;
    const qsizetype size = std::min(input.size(), CurveKeySize);
    std::copy_n(input.begin(), size, certificate.publicKey.begin());
    SecretArray<CurveKeySize> secret;
    std::copy_n(input.rbegin(), size, secret.data());
    if (isLowOrderKey(certificate.publicKeyView()))
        certificate.publicKey.fill('k'); // invalid keys are never written
    // A key of zeros means none.
    if (!sodium_is_zero(secret.data(), CurveKeySize))
        certificate.secretKey = secret;

    QSet<QByteArray> names;
    const QList<QByteArray> lines = input.toByteArray().split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype equals = line.indexOf('=');
        if (equals < 0)
            continue;
        const CertificateField field = {line.first(equals), line.sliced(equals + 1)};
        if (!isWritable(field) || names.contains(field.name))
            continue;
        names.insert(field.name);
        certificate.metadata.append(field);
    }
    requireRoundTrip(certificate);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, static_cast<qsizetype>(size));
    fuzzFile(input);
    fuzzFields(input);
    return 0;
}
