// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "keygencommand.h"

#include "console.h"
#include "validity.h"

#include <QZap/qzapcertificate.h>

#include "base/clock.h"
#include "base/utc.h"
#include "credentials/certificates/certificatewriter.h"
#include "credentials/keys/keyfilename.h"

#include <QtCore/qfileinfo.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

KeygenCommand::KeygenCommand()
    : Command(u"keygen"_s, u"Make a CURVE key pair."_s,
              u"Writes NAME.key, which is public, and NAME.key_secret, which must be kept secret. "
              "Prints their paths and the public key, each in a line.\n\n"
              "Exit codes: 0 done, 2 wrong arguments, 3 the files cannot be written."_s)
    , m_directory({u"d"_s, u"directory"_s},
                  u"The existing directory to write them into. Default: the current one."_s,
                  u"DIRECTORY"_s, u"."_s)
    , m_metadata({u"m"_s, u"metadata"_s},
                 u"Metadata about the owner for both files; can be given more than once. It is not "
                 "secret."_s,
                 u"NAME=VALUE"_s)
    , m_valid(
          u"valid"_s,
          u"For how long authenticators accept the key, from now on: a number and h, d, w or y, "
          "such as 90d. Default: it does not expire."_s,
          u"PERIOD"_s)
    , m_force({u"f"_s, u"force"_s}, u"Replace existing files."_s)
{
    addOptions({m_directory, m_metadata, m_valid, m_force});
    addArgument(u"NAME"_s, u"The name of the files, without suffix."_s);
}

ExitCode KeygenCommand::execute()
{
    const QString name = argument(0);
    if (const Problem problem = certificateNameProblem(name))
        return usageError(u"NAME: %1."_s.arg(problem.text()));
    QZapCertificate certificate = QZapCertificate::generate();
    if (certificate.isNull())
        return failed(u"No key can be generated: there is no source of random numbers."_s);
    for (const Problem &problem : {addMetadata(&certificate), setNotAfter(&certificate)}) {
        if (problem)
            return usageError(problem.text());
    }

    const QString directory = value(m_directory);
    const QString publicFile =
        (directory.endsWith(u'/') ? directory : directory + u'/') + name + ".key"_L1;
    const QString secretFile = publicFile + "_secret"_L1;
    QZapCertificate::SaveOptions options;
    options.setFlag(QZapCertificate::SaveOption::Overwrite, isSet(m_force));
    // This check is only for a better message: saving fails if a file exists.
    for (const QString &file : {publicFile, secretFile}) {
        if (!isSet(m_force) && QFileInfo::exists(file))
            return failed(
                u"%1: exists already; choose another name, or replace it with --force"_s.arg(file));
    }
    QString problem;
    if (!certificate.save(directory, name, options, &problem))
        return failed(problem);

    const PassedOver reason = passedOver(QFileInfo(publicFile).fileName().toUtf8());
    if (reason != PassedOver::No) {
        Console::printError(u"%1: is not read from a key directory, as it %2; choose another name "
                            "if it is meant to be read"_s.arg(publicFile, passedOverText(reason)));
    }
    Console::print(publicFile);
    Console::print(secretFile);
    Console::print(certificate.publicKeyText());
    return ExitCode::Done;
}

Problem KeygenCommand::setNotAfter(QZapCertificate *certificate) const
{
    const QStringList periods = values(m_valid);
    if (periods.isEmpty())
        return {};
    if (periods.size() > 1)
        return u"--valid: give it once."_s;
    if (certificate->notAfter())
        return u"--valid: the metadata not-after was given as well; give one of the two."_s;
    const QDateTime now = utcTime(Clock::wallMilliseconds());
    const Result<QDateTime> end = endOfValidity(periods.first(), now);
    if (!end)
        return u"--valid '%1': %2."_s.arg(periods.first(), end.problem().text());
    QString problem;
    if (!certificate->setNotAfter(*end, &problem))
        return u"--valid '%1': %2."_s.arg(periods.first(), problem);
    return {};
}

Problem KeygenCommand::addMetadata(QZapCertificate *certificate) const
{
    const QStringList fields = values(m_metadata);
    for (const QString &field : fields) {
        const qsizetype equals = field.indexOf(u'=');
        if (equals < 0)
            return u"--metadata '%1': no '='; write NAME=VALUE."_s.arg(field);
        const QString name = field.left(equals);
        if (certificate->metadata().contains(name))
            return u"--metadata '%1': this name was given before; give each name once."_s.arg(
                field);
        QString problem;
        if (!certificate->setMetadata(name, field.sliced(equals + 1), &problem))
            return u"--metadata '%1': %2."_s.arg(field, problem);
    }
    return {};
}
