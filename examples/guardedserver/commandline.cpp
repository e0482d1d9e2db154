// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandline.h"

using namespace Qt::StringLiterals;

namespace {

Failure usageFailure(const QString &message)
{
    return {ExitCode::Usage, message};
}

} // namespace

CommandLine::CommandLine()
    : m_help({u"h"_s, u"help"_s}, u"Show this help and end."_s)
    , m_version({u"v"_s, u"version"_s}, u"Show the version and end."_s)
    , m_curveKeys(u"curve-keys"_s,
                  u"The clients' public certificates. A key list file will do, too, and * is any "
                  "key at all. Without it, the CURVE socket lets nobody in."_s,
                  u"DIR"_s)
    , m_passwordFile(u"password-file"_s,
                     u"The users, one name=password in a line. Without it, the PLAIN socket lets "
                     "nobody in."_s,
                     u"FILE"_s)
    , m_serverCertificate(u"server-certificate"_s,
                          u"The server's certificate with its secret key. Without it, one is made "
                          "for this run."_s,
                          u"FILE"_s)
    , m_allow(
          u"allow"_s,
          u"Let in nobody but peers from this address or subnet; can be given more than once."_s,
          u"ADDRESS"_s)
    , m_deny(u"deny"_s,
             u"Refuse peers from this address or subnet; can be given more than once, but not "
             "with --allow."_s,
             u"ADDRESS"_s)
    , m_listen(u"listen"_s, u"The address to listen on. Default: 127.0.0.1."_s, u"ADDRESS"_s,
               u"127.0.0.1"_s)
    , m_curvePort(u"curve-port"_s, u"The CURVE socket's port. Default: 0, any that is free."_s,
                  u"PORT"_s, u"0"_s)
    , m_plainPort(u"plain-port"_s, u"The PLAIN socket's port. Default: 0, any that is free."_s,
                  u"PORT"_s, u"0"_s)
    , m_nullPort(u"null-port"_s, u"The NULL socket's port. Default: 0, any that is free."_s,
                 u"PORT"_s, u"0"_s)
{
    m_parser.setApplicationDescription(
        u"Echoes the messages of accepted ZeroMQ clients on three sockets: CURVE for "
        "clients with a known key, PLAIN for users with a password, and NULL for addresses that "
        "--allow and --deny admit. A client whose key or password is removed is disconnected at "
        "once.\n\n"
        "Prints its endpoints and its public key, then the line \"ready\", then each decision and "
        "each client that is revoked. SIGINT and SIGTERM end it.\n\n"
        "Exit codes: 0 ended by a signal, 1 ZeroMQ failed, 2 wrong arguments, 3 a file, "
        "certificate or address "
        "cannot be used, 4 another ZAP handler is running in its place, 5 it cannot listen "
        "there."_s);
    m_parser.addOptions({m_help, m_version, m_curveKeys, m_passwordFile, m_serverCertificate,
                         m_allow, m_deny, m_listen, m_curvePort, m_plainPort, m_nullPort});
}

std::optional<Failure> CommandLine::parse(const QStringList &arguments)
{
    if (!m_parser.parse(arguments))
        return usageFailure(m_parser.errorText());
    if (m_parser.isSet(m_help)) {
        m_action = Action::ShowHelp;
        return std::nullopt;
    }
    if (m_parser.isSet(m_version)) {
        m_action = Action::ShowVersion;
        return std::nullopt;
    }
    if (!m_parser.positionalArguments().isEmpty()) {
        return usageFailure(
            u"Unexpected argument '%1'."_s.arg(m_parser.positionalArguments().constFirst()));
    }
    if (auto failure = checkForEmptyValues())
        return failure;
    for (const auto &[option, port] : {std::pair{&m_curvePort, &m_options.curvePort},
                                       std::pair{&m_plainPort, &m_options.plainPort},
                                       std::pair{&m_nullPort, &m_options.nullPort}}) {
        if (auto failure = readPort(*option, port))
            return failure;
    }
    m_options.curveKeys = m_parser.value(m_curveKeys);
    m_options.passwordFile = m_parser.value(m_passwordFile);
    m_options.serverCertificate = m_parser.value(m_serverCertificate);
    m_options.allowed = m_parser.values(m_allow);
    m_options.denied = m_parser.values(m_deny);
    m_options.listenAddress = m_parser.value(m_listen);
    if (!m_options.allowed.isEmpty() && !m_options.denied.isEmpty())
        return usageFailure(u"--allow and --deny exclude each other."_s);
    return std::nullopt;
}

// An empty value is probably an unset variable of a script; ignoring it would conceal this.
std::optional<Failure> CommandLine::checkForEmptyValues()
{
    for (const QCommandLineOption *option :
         {&m_curveKeys, &m_passwordFile, &m_serverCertificate, &m_allow, &m_deny, &m_listen}) {
        if (m_parser.isSet(*option) && m_parser.values(*option).contains(QString()))
            return usageFailure(u"--%1 needs a value."_s.arg(option->names().constFirst()));
    }
    return std::nullopt;
}

std::optional<Failure> CommandLine::readPort(const QCommandLineOption &option, quint16 *port)
{
    bool isNumber = false;
    *port = m_parser.value(option).toUShort(&isNumber);
    if (isNumber)
        return std::nullopt;
    return usageFailure(u"--%1: '%2' is not a port, which is a number from 0 to 65535."_s.arg(
        option.names().constFirst(), m_parser.value(option)));
}
