// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandline.h"

#include "passwordsource.h"

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaximumUserName = 255; // bytes, the limit of PLAIN

// Sets the message and returns false, so that a check can return the result.
bool fail(QString *errorMessage, const QString &text)
{
    *errorMessage = text;
    return false;
}

} // namespace

CommandLine::CommandLine()
    : m_help({u"h"_s, u"help"_s}, u"Show this help and end."_s)
    , m_version({u"v"_s, u"version"_s}, u"Show the version and end."_s)
    , m_mechanism(u"mechanism"_s, u"null, plain or curve. Default: null."_s, u"NAME"_s, u"null"_s)
    , m_user(u"user"_s, u"PLAIN: the user's name."_s, u"NAME"_s)
    , m_passwordFile(u"password-file"_s,
                     u"PLAIN: a file whose first line is the password. Without it, the password is "
                     "read from the environment variable %1."_s.arg(
                         QLatin1StringView(PasswordSource::Variable)),
                     u"FILE"_s)
    , m_certificate(u"certificate"_s, u"CURVE: the client's certificate with its secret key."_s,
                    u"FILE"_s)
    , m_serverKey(u"server-key"_s, u"CURVE: the server's public key, 40 characters of Z85."_s,
                  u"KEY"_s)
    , m_serverCertificate(u"server-certificate"_s,
                          u"CURVE: the server's public certificate, instead of its key."_s,
                          u"FILE"_s)
    , m_message(u"message"_s, u"The line to send. Default: hello."_s, u"TEXT"_s, u"hello"_s)
    , m_timeout(u"timeout"_s, u"How long to wait for the echo. Default: 5000."_s, u"MILLISECONDS"_s,
                u"5000"_s)
    , m_stay(u"stay"_s,
             u"Stay connected after the echo, send the line again and again, and print each echo, "
             "and when the server ends the connection. Ends if it is refused, or there is no echo "
             "in time."_s)
{
    m_parser.setApplicationDescription(
        u"Connects to a ZeroMQ server such as guardedserver, sends one line, and prints the echo "
        "and the user id that the server knows the client by, or that it was refused.\n\n"
        "Exit codes: 0 accepted and echoed, 1 refused, 2 wrong arguments or files, 3 no answer in "
        "time."_s);
    m_parser.addPositionalArgument(u"ENDPOINT"_s, u"The server's, such as tcp://127.0.0.1:5555."_s);
    m_parser.addOptions({m_help, m_version, m_mechanism, m_user, m_passwordFile, m_certificate,
                         m_serverKey, m_serverCertificate, m_message, m_timeout, m_stay});
}

bool CommandLine::parse(const QStringList &arguments, QString *errorMessage)
{
    if (!m_parser.parse(arguments))
        return fail(errorMessage, m_parser.errorText());
    if (m_parser.isSet(m_help)) {
        m_action = Action::ShowHelp;
        return true;
    }
    if (m_parser.isSet(m_version)) {
        m_action = Action::ShowVersion;
        return true;
    }
    const QStringList positional = m_parser.positionalArguments();
    if (positional.size() != 1)
        return fail(errorMessage, u"one ENDPOINT is needed"_s);
    m_options.endpoint = positional.constFirst();
    m_options.message = m_parser.value(m_message);
    m_options.stay = m_parser.isSet(m_stay);
    if (!readTimeout(errorMessage) || !readMechanism(errorMessage) || !rejectOthers(errorMessage))
        return false;
    switch (m_options.mechanism) {
    case QZap::Mechanism::Plain:
        return readPlain(errorMessage);
    case QZap::Mechanism::Curve:
        return readCurve(errorMessage);
    default:
        return true;
    }
}

bool CommandLine::readTimeout(QString *errorMessage)
{
    bool isNumber = false;
    m_options.timeout = std::chrono::milliseconds(m_parser.value(m_timeout).toInt(&isNumber));
    if (isNumber && m_options.timeout.count() > 0)
        return true;
    return fail(errorMessage, u"--timeout: '%1' is not a number of milliseconds above 0"_s.arg(
                                  m_parser.value(m_timeout)));
}

bool CommandLine::readMechanism(QString *errorMessage)
{
    const QString name = m_parser.value(m_mechanism);
    if (name == "null"_L1)
        m_options.mechanism = QZap::Mechanism::Null;
    else if (name == "plain"_L1)
        m_options.mechanism = QZap::Mechanism::Plain;
    else if (name == "curve"_L1)
        m_options.mechanism = QZap::Mechanism::Curve;
    else
        return fail(errorMessage,
                    u"--mechanism: '%1' is not one of null, plain and curve"_s.arg(name));
    return true;
}

// Reports credentials for a mechanism other than the chosen one, which would be ignored silently.
bool CommandLine::rejectOthers(QString *errorMessage) const
{
    struct Use
    {
        const QCommandLineOption *option;
        QZap::Mechanism mechanism;
    };
    for (const Use &use :
         {Use{&m_user, QZap::Mechanism::Plain}, Use{&m_passwordFile, QZap::Mechanism::Plain},
          Use{&m_certificate, QZap::Mechanism::Curve}, Use{&m_serverKey, QZap::Mechanism::Curve},
          Use{&m_serverCertificate, QZap::Mechanism::Curve}}) {
        if (m_parser.isSet(*use.option) && use.mechanism != m_options.mechanism) {
            return fail(errorMessage,
                        u"--%1 is of no use with --mechanism %2"_s.arg(
                            use.option->names().constFirst(), m_parser.value(m_mechanism)));
        }
    }
    return true;
}

bool CommandLine::readPlain(QString *errorMessage)
{
    m_options.userName = m_parser.value(m_user);
    const qsizetype size = m_options.userName.toUtf8().size();
    if (size < 1 || size > MaximumUserName) {
        return fail(errorMessage,
                    u"the PLAIN mechanism needs a --user of 1 to %1 bytes"_s.arg(MaximumUserName));
    }
    const auto password = PasswordSource::read(m_parser.value(m_passwordFile), errorMessage);
    if (!password)
        return false;
    m_options.password = *password;
    return true;
}

bool CommandLine::readCurve(QString *errorMessage)
{
    if (!m_parser.isSet(m_certificate))
        return fail(errorMessage, u"the CURVE mechanism needs a --certificate"_s);
    QString error;
    const auto certificate = QZapCertificate::load(m_parser.value(m_certificate), &error);
    if (!certificate)
        return fail(errorMessage, u"--certificate: "_s + error);
    if (!certificate->hasSecretKey()) {
        return fail(errorMessage,
                    u"--certificate: %1 has no secret key: name the .key_secret file"_s.arg(
                        m_parser.value(m_certificate)));
    }
    m_options.certificate = *certificate;
    return readServerKey(errorMessage);
}

bool CommandLine::readServerKey(QString *errorMessage)
{
    if (m_parser.isSet(m_serverKey) == m_parser.isSet(m_serverCertificate)) {
        return fail(errorMessage,
                    u"the CURVE mechanism needs either --server-key or --server-certificate"_s);
    }
    std::optional<QZapCertificate> server;
    QString error;
    if (m_parser.isSet(m_serverKey)) {
        server = QZapCertificate::fromPublicKey(m_parser.value(m_serverKey).toUtf8());
        error = u"--server-key: not a valid key, which has 40 characters of Z85"_s;
    } else {
        server = QZapCertificate::load(m_parser.value(m_serverCertificate), &error);
        error.prepend(u"--server-certificate: "_s);
    }
    if (!server)
        return fail(errorMessage, error);
    m_options.server = *server;
    return true;
}
