// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatewriter.h"

#include "base/clock.h"
#include "base/text.h"
#include "credentials/files/editlock.h"
#include "credentials/files/filereader.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfileinfo.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

Problem directoryProblem(const QString &directory)
{
    if (directory.isEmpty())
        return u"no directory to save the certificate in; \".\" is the current one"_s;
    if (directory.contains(u'\0') || !QFileInfo(directory).isDir())
        return {u"no such directory; make it first"_s, directory};
    return {};
}

// Returns why the fields cannot be written: loaded fields may be invalid for writing.
Problem fieldsProblem(const QList<CertificateField> &fields)
{
    for (const CertificateField &field : fields) {
        if (const Problem problem = metadataProblem(field.name, field.value)) {
            return problem.within(
                u"the metadata \"%1\" cannot be saved: "_s.arg(QString::fromUtf8(field.name)));
        }
    }
    return {};
}

// Returns a problem if the file contains the secret key of another certificate, beside which a
// public certificate must not be written.
Problem strayingSecret(const QString &file, const CertificateData &certificate)
{
    const FileRead read = readFile(file, MaximumCertificateSize);
    if (read.error == FileError::NotFound)
        return {};
    if (!read.isOk())
        return read.problem;
    const CertificateParse parse = parseCertificate(read.contents.view());
    if (!parse.isOk())
        return parse.error.in(file);
    if (parse.certificate->publicKey == certificate.publicKey)
        return {};
    return {u"contains the secret key of another certificate; remove it first"_s, file};
}

// Restores the previous file, or tells what has become of it.
void undo(FileWriter *writer, Problem *problem)
{
    if (writer->undo())
        return;
    const QString old = writer->leaveOld();
    problem->what +=
        old.isEmpty()
            ? u"; the previous file cannot be restored"_s
            : u"; the previous file cannot be restored, and is now %1"_s.arg(printable(old));
}

// Writes both files. Both are prepared before the first is committed, so that little can fail in
// between.
Problem writePair(FileWriter *secretWriter, QByteArrayView secretText, FileWriter *publicWriter,
                  QByteArrayView publicText)
{
    secretWriter->setUndoable(true);
    publicWriter->setUndoable(true);
    if (!secretWriter->prepare(secretText))
        return secretWriter->problem();
    if (!publicWriter->prepare(publicText))
        return publicWriter->problem();
    // The secret file is written first: it contains the public key, and can be used alone.
    if (!secretWriter->commit()) {
        Problem problem = secretWriter->problem();
        undo(secretWriter, &problem);
        return problem;
    }
    if (publicWriter->commit())
        return {};
    Problem problem = publicWriter->problem();
    undo(publicWriter, &problem);
    undo(secretWriter, &problem);
    return problem;
}

} // namespace

Problem certificateNameProblem(const QString &name)
{
    const auto isForbidden = [](QChar c) {
        return c == u'/' || c == u'\\' || c.category() == QChar::Other_Control;
    };
    if (name.isEmpty())
        return u"a certificate's name cannot be empty"_s;
    if (name.startsWith(u'.'))
        return u"a certificate's name cannot start with '.'"_s;
    if (std::any_of(name.cbegin(), name.cend(), isForbidden)) {
        return u"a certificate's name cannot contain slashes or control characters; give the "
               "directory separately"_s;
    }
    return {};
}

Problem writeCertificate(const CertificateData &certificate, const QString &directory,
                         const QString &name, FileWriter::Existing existing, int lockTimeout)
{
    for (const Problem &problem : {certificateNameProblem(name), directoryProblem(directory),
                                   fieldsProblem(certificate.metadata)}) {
        if (problem)
            return problem;
    }
    const bool hasSecret = certificate.secretKey.has_value();
    const QByteArray now = QDateTime::fromMSecsSinceEpoch(Clock::wallMilliseconds())
                               .toString(u"yyyy-MM-dd hh:mm:ss")
                               .toLatin1();
    const SecretBytes publicText = formatCertificate(certificate, CertificateKind::Public, now);
    SecretBytes secretText;
    if (hasSecret)
        secretText = formatCertificate(certificate, CertificateKind::Secret, now);
    if (std::max(publicText.size(), secretText.size()) > MaximumCertificateSize) {
        return u"a certificate cannot be larger than %1 bytes; it has too much metadata"_s.arg(
            MaximumCertificateSize);
    }

    const QString publicFile =
        (directory.endsWith(u'/') ? directory : directory + u'/') + name + ".key"_L1;
    const QString secretFile = publicFile + "_secret"_L1;
    EditLock lock(publicFile);
    if (Problem problem = lock.lock(
            lockTimeout, u"another program is saving a certificate of this name; try again"_s)) {
        return problem;
    }

    FileWriter publicWriter(publicFile, FileWriter::Access::Public, existing);
    if (hasSecret) {
        FileWriter secretWriter(secretFile, FileWriter::Access::OwnerOnly, existing);
        return writePair(&secretWriter, secretText.view(), &publicWriter, publicText.view());
    }
    if (Problem problem = strayingSecret(secretFile, certificate))
        return problem;
    if (!publicWriter.prepare(publicText.view()) || !publicWriter.commit())
        return publicWriter.problem();
    return {};
}

} // namespace QZap::Internal
