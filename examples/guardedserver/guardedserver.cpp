// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardedserver.h"

#include "console.h"

#include <QZap/QZapDomain>

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
    , m_curveSocket(context)
    , m_plainSocket(context)
    , m_nullSocket(context)
{
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
    // The authenticator first: a peer that connects before it runs would wait for nothing.
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
    } else if (!m_authenticator.configureCurve(CurveDomain, options.curveKeys)
               || isBroken(CurveDomain, QZap::Mechanism::Curve)) {
        return configurationFailure(u"--curve-keys"_s);
    } else if (options.curveKeys == QZap::CurveAllowAny) {
        report(u"--curve-keys *: the CURVE socket lets everyone in, with any key"_s);
    }
    if (options.passwordFile.isEmpty()) {
        report(u"no --password-file: the PLAIN socket lets nobody in"_s);
    } else if (!m_authenticator.configurePlainFile(PlainDomain, options.passwordFile)
               || isBroken(PlainDomain, QZap::Mechanism::Plain)) {
        return configurationFailure(u"--password-file"_s);
    }
    if (!m_authenticator.configureNull(NullDomain, true))
        return configurationFailure(u"the NULL domain"_s);
    return std::nullopt;
}

// What could be read in part is used, and its problems are printed; this is what could not be.
bool GuardedServer::isBroken(const QString &domain, QZap::Mechanism mechanism) const
{
    const QZapDomain *const object = m_authenticator.domain(domain, mechanism);
    return !object || (!object->isReady() && !object->errorString().isEmpty());
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
