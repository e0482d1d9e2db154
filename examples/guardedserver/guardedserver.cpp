// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardedserver.h"

#include "console.h"

#include <QZap/QZapDomain>

#include <QtCore/qeventloop.h>

using namespace Qt::StringLiterals;

namespace {

const auto CurveDomain = u"curve"_s;
const auto PlainDomain = u"plain"_s;
const auto NullDomain = u"null"_s;

} // namespace

GuardedServer::GuardedServer(zmq::context_t &context, QObject *parent)
    : QObject(parent)
    , m_authenticator(context)
    , m_printer(m_authenticator)
    , m_curveSocket(context, &m_authenticator)
    , m_plainSocket(context, &m_authenticator)
    , m_nullSocket(context, &m_authenticator)
{
    for (EchoSocket *const socket : {&m_curveSocket, &m_plainSocket, &m_nullSocket})
        m_printer.addGuard(*socket->guard());
    connect(&m_authenticator, &QZapAuthenticator::errorOccurred, this,
            [this](QZapAuthenticator::Error, const QString &message) { report(message); });
}

std::optional<Failure> GuardedServer::start(const ServerOptions &options)
{
    if (auto failure = configure(options))
        return failure;
    reportCollected();
    if (auto failure = loadCertificate(options.serverCertificate))
        return failure;
    // The authenticator is started first: a peer that connects before would have to wait.
    if (!m_authenticator.start())
        return Failure{ExitCode::Handler, m_authenticator.errorString()};
    m_started = true;
    if (auto failure = secureSockets())
        return failure;
    return listen(options);
}

std::optional<Failure> GuardedServer::configure(const ServerOptions &options)
{
    if (!options.allowed.isEmpty() && !m_authenticator.allow(options.allowed))
        return configurationFailure(u"--allow"_s);
    if (!options.denied.isEmpty() && !m_authenticator.deny(options.denied))
        return configurationFailure(u"--deny"_s);
    if (options.curveKeys.isEmpty()) {
        report(u"no --curve-keys: the CURVE socket lets nobody in"_s);
    } else if (!m_authenticator.configureCurve(CurveDomain, options.curveKeys)) {
        return configurationFailure(u"--curve-keys"_s);
    } else if (options.curveKeys == QZap::CurveAllowAny) {
        report(u"--curve-keys *: the CURVE socket lets everyone in, with any key"_s);
    }
    if (options.passwordFile.isEmpty()) {
        report(u"no --password-file: the PLAIN socket lets nobody in"_s);
    } else if (!m_authenticator.configurePlainFile(PlainDomain, options.passwordFile)) {
        return configurationFailure(u"--password-file"_s);
    }
    if (!m_authenticator.configureNull(NullDomain, true))
        return configurationFailure(u"the NULL domain"_s);
    if (auto failure = waitForOutcome(CurveDomain, QZap::Mechanism::Curve, u"--curve-keys"_s))
        return failure;
    return waitForOutcome(PlainDomain, QZap::Mechanism::Plain, u"--password-file"_s);
}

// Waits until the domain has read its file, since peers would have to wait as well. Files are read
// in another thread. If a file cannot be read, this program ends. If it has errors, its valid part
// is used, and the errors are printed.
std::optional<Failure> GuardedServer::waitForOutcome(const QString &name, QZap::Mechanism mechanism,
                                                     const QString &option) const
{
    const QZapDomain *const domain = m_authenticator.domain(name, mechanism);
    if (!domain)
        return std::nullopt;   // nothing is configured
    constexpr int Outcome = 1; // 0: the application quits
    if (!domain->isReady() && domain->errorString().isEmpty()) {
        QEventLoop loop;
        const auto leave = [&loop] { loop.exit(Outcome); };
        connect(domain, &QZapDomain::readyChanged, &loop, leave);
        connect(domain, &QZapDomain::errorStringChanged, &loop, leave);
        if (loop.exec() != Outcome)
            return Failure{ExitCode::Done, u"%1: ended before it was read"_s.arg(option)};
    }
    if (domain->isReady())
        return std::nullopt;
    return Failure{ExitCode::Configuration, u"%1: %2"_s.arg(option, domain->errorString())};
}

Failure GuardedServer::configurationFailure(const QString &what) const
{
    return {ExitCode::Configuration, u"%1: %2"_s.arg(what, m_authenticator.errorString())};
}

std::optional<Failure> GuardedServer::loadCertificate(const QString &file)
{
    if (file.isEmpty()) {
        m_certificate = QZapCertificate::generate();
    } else {
        QString error;
        const std::optional<QZapCertificate> loaded = QZapCertificate::load(file, &error);
        if (!loaded)
            return Failure{ExitCode::Configuration, u"--server-certificate: "_s + error};
        m_certificate = *loaded;
    }
    if (m_certificate.hasSecretKey())
        return std::nullopt;
    return Failure{
        ExitCode::Configuration,
        u"--server-certificate: %1 has no secret key: name the .key_secret file"_s.arg(file)};
}

std::optional<Failure> GuardedServer::secureSockets()
{
    if (QZap::secureCurve(m_curveSocket.socket(), CurveDomain, m_certificate)
        && QZap::securePlain(m_plainSocket.socket(), PlainDomain)
        && QZap::secureNull(m_nullSocket.socket(), NullDomain)) {
        return std::nullopt;
    }
    return Failure{ExitCode::Configuration, u"the sockets cannot be secured"_s};
}

std::optional<Failure> GuardedServer::listen(const ServerOptions &options)
{
    QString error;
    if (m_curveSocket.listen(options.listenAddress, options.curvePort, &error)
        && m_plainSocket.listen(options.listenAddress, options.plainPort, &error)
        && m_nullSocket.listen(options.listenAddress, options.nullPort, &error)) {
        for (EchoSocket *const socket : {&m_curveSocket, &m_plainSocket, &m_nullSocket})
            connect(socket->guard(), &QZapGuard::errorOccurred, this, &GuardedServer::report);
        return std::nullopt;
    }
    return Failure{ExitCode::Listen, error};
}

void GuardedServer::report(const QString &problem)
{
    if (m_started)
        Console::printError(problem);
    else
        m_problems += problem;
}

void GuardedServer::reportCollected()
{
    for (const QString &problem : std::as_const(m_problems))
        Console::printError(problem);
    m_problems.clear();
}

void GuardedServer::announce() const
{
    Console::print("curve-endpoint "_L1 + m_curveSocket.endpoint());
    Console::print("plain-endpoint "_L1 + m_plainSocket.endpoint());
    Console::print("null-endpoint "_L1 + m_nullSocket.endpoint());
    Console::print("server-key "_L1 + m_certificate.publicKeyText());
    Console::print(u"ready"_s);
    DecisionPrinter::printHeader();
}
