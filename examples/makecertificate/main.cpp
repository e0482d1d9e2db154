// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Makes a CURVE key pair: DIRECTORY/NAME.key, which is public, and DIRECTORY/NAME.key_secret, which
// must be kept secret. Prints the public key.

#include <QZap/QZapCertificate>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qtextstream.h>

using namespace Qt::StringLiterals;

namespace {

enum class ExitCode { Done = 0, Failed = 1, Usage = 2 };

int end(ExitCode code, const QString &message)
{
    QTextStream(stderr) << "makecertificate: " << message << Qt::endl;
    if (code == ExitCode::Usage)
        QTextStream(stderr) << "makecertificate: see makecertificate --help" << Qt::endl;
    return static_cast<int>(code);
}

int make(const QString &directory, const QString &name, const QStringList &fields, bool overwrite)
{
    QZapCertificate certificate = QZapCertificate::generate();
    if (certificate.isNull())
        return end(ExitCode::Failed,
                   u"no key can be generated: there is no source of random numbers"_s);
    QString error;
    for (const QString &field : fields) {
        const qsizetype separator = field.indexOf(u'=');
        if (separator < 0)
            return end(ExitCode::Usage, u"'%1' is not of the form FIELD=VALUE"_s.arg(field));
        if (!certificate.setMetadata(field.left(separator), field.mid(separator + 1), &error))
            return end(ExitCode::Usage, error);
    }
    const auto options =
        overwrite ? QZapCertificate::SaveOption::Overwrite : QZapCertificate::SaveOption::None;
    if (!certificate.save(directory, name, options, &error))
        return end(ExitCode::Failed, error);
    QTextStream(stdout) << certificate.publicKeyText() << Qt::endl;
    return static_cast<int>(ExitCode::Done);
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"makecertificate"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QZAP_VERSION));

    const QCommandLineOption help({u"h"_s, u"help"_s}, u"Show this help and end."_s);
    const QCommandLineOption version({u"v"_s, u"version"_s}, u"Show the version and end."_s);
    const QCommandLineOption overwrite(u"overwrite"_s, u"Replace files that are there already."_s);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Makes a CURVE key pair, writes it as NAME.key (public) and NAME.key_secret (mode 0600) "
        "into DIRECTORY, and prints the public key.\n\n"
        "Exit codes: 0 done, 1 the files cannot be written, 2 wrong arguments."_s);
    parser.addOptions({help, version, overwrite});
    parser.addPositionalArgument(u"DIRECTORY"_s, u"An existing directory."_s);
    parser.addPositionalArgument(u"NAME"_s, u"The name of the files, without suffix."_s);
    parser.addPositionalArgument(u"FIELD=VALUE"_s, u"Metadata about the owner for both files."_s,
                                 u"[FIELD=VALUE...]"_s);
    if (!parser.parse(QCoreApplication::arguments()))
        return end(ExitCode::Usage, parser.errorText());
    if (parser.isSet(help)) {
        QTextStream(stdout) << parser.helpText();
        return 0;
    }
    if (parser.isSet(version)) {
        QTextStream(stdout) << "makecertificate " << QCoreApplication::applicationVersion()
                            << Qt::endl;
        return 0;
    }
    const QStringList arguments = parser.positionalArguments();
    if (arguments.size() < 2)
        return end(ExitCode::Usage, u"DIRECTORY and NAME are needed"_s);
    return make(arguments.at(0), arguments.at(1), arguments.mid(2), parser.isSet(overwrite));
}
