// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gateway.h"

#include "console.h"
#include "gatewaymetrics.h"
#include "metricsserver.h"
#include "publicationfront.h"
#include "requestfront.h"
#ifdef GATEWAY_HAS_SQL
#    include "databasecredentials.h"
#endif

#include <QZap/QZapCurveDomain>
#include <QZap/qzapopenmetrics.h>

#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>

using namespace Qt::StringLiterals;

#ifndef GATEWAY_HAS_SQL
class DatabaseCredentials
{ };
#endif

Gateway::Gateway(zmq::context_t &context, const GatewayOptions &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_authenticator(context)
    , m_audit(&m_authenticator)
{
    m_authenticator.setWorkerThread(true);
    if (options.requests.isUsed())
        m_requests = std::make_unique<RequestFront>(context, &m_authenticator, options.requests);
    if (options.publications.isUsed()) {
        m_publications =
            std::make_unique<PublicationFront>(context, &m_authenticator, options.publications);
    }
}

Gateway::~Gateway() = default;

std::optional<Failure> Gateway::prepare()
{
    if (auto failure = loadCertificate())
        return failure;
    if (auto failure = prepareAddresses())
        return failure;
    return m_options.credentials.driver.isEmpty() ? prepareKeys() : prepareDatabase();
}

std::optional<Failure> Gateway::loadCertificate()
{
    const QString key = u"[gateway] server-certificate: "_s;
    QString error;
    const auto certificate = QZapCertificate::load(m_options.serverCertificate, &error);
    if (!certificate)
        return Failure{ExitCode::Configuration, key + error};
    if (!certificate->hasSecretKey()) {
        return Failure{ExitCode::Configuration,
                       key
                           + u"%1 has no secret key: name the .key_secret file"_s.arg(
                               m_options.serverCertificate)};
    }
    m_certificate = *certificate;
    return std::nullopt;
}

std::optional<Failure> Gateway::prepareAddresses()
{
    if (!m_options.allowedAddresses.isEmpty()
        && !m_authenticator.allow(m_options.allowedAddresses)) {
        return Failure{ExitCode::Configuration,
                       u"[gateway] allowed-addresses: "_s + m_authenticator.errorString()};
    }
    if (!m_options.deniedAddresses.isEmpty() && !m_authenticator.deny(m_options.deniedAddresses)) {
        return Failure{ExitCode::Configuration,
                       u"[gateway] denied-addresses: "_s + m_authenticator.errorString()};
    }
    return std::nullopt;
}

std::optional<Failure> Gateway::prepareKeys()
{
    if (!m_authenticator.configureCurve(m_options.domain, m_options.credentials.keys)) {
        return Failure{ExitCode::Configuration,
                       u"[credentials] keys: "_s + m_authenticator.errorString()};
    }
    auto *const domain = qobject_cast<QZapCurveDomain *>(
        m_authenticator.domain(m_options.domain, QZap::Mechanism::Curve));
    domain->setUserIdField(m_options.credentials.userIdField);
    return waitForKeys();
}

// Waits until the keys have been read in another thread, so that files that cannot be read are
// noticed now. If they have errors, the valid part is used, and the errors are logged.
std::optional<Failure> Gateway::waitForKeys() const
{
    const QZapDomain *const domain =
        m_authenticator.domain(m_options.domain, QZap::Mechanism::Curve);
    constexpr int Outcome = 1; // 0: the application quits
    if (!domain->isReady() && domain->errorString().isEmpty()) {
        QEventLoop loop;
        const auto leave = [&loop] { loop.exit(Outcome); };
        connect(domain, &QZapDomain::readyChanged, &loop, leave);
        connect(domain, &QZapDomain::errorStringChanged, &loop, leave);
        if (loop.exec() != Outcome)
            return Failure{ExitCode::Done, u"ended before the keys were read"_s};
    }
    if (domain->isReady())
        return std::nullopt;
    return Failure{ExitCode::Configuration, u"[credentials] keys: "_s + domain->errorString()};
}

std::optional<Failure> Gateway::prepareDatabase()
{
#ifdef GATEWAY_HAS_SQL
    m_database = std::make_unique<DatabaseCredentials>(m_options.credentials);
    auto *const domain = new QZapCurveDomain;
    domain->setName(m_options.domain);
    domain->setStore(m_database->store());
    if (!m_authenticator.addDomain(domain)) {
        delete domain;
        return Failure{ExitCode::Configuration,
                       u"[gateway] domain: "_s + m_authenticator.errorString()};
    }
    // The gateway does not wait for a database that is unavailable. Its clients do not have to be
    // restarted, since they get temporary answers.
    QString error;
    if (!m_database->start(&error))
        return Failure{ExitCode::Configuration, u"[credentials] connection: "_s + error};
#endif
    return std::nullopt;
}

std::optional<Failure> Gateway::start()
{
    // First of all: a client that connects before would have to wait.
    if (!m_authenticator.start())
        return Failure{ExitCode::Handler, m_authenticator.errorString()};
    if (auto failure = observe())
        return failure;
    if (auto failure = open(m_requests.get()))
        return failure;
    return open(m_publications.get());
}

template <typename Front>
std::optional<Failure> Gateway::open(Front *front)
{
    if (!front)
        return std::nullopt;
    if (!QZap::secureCurve(front->socket(), m_options.domain, m_certificate))
        return Failure{
            ExitCode::Configuration,
            u"[gateway] domain: the sockets cannot be secured for '%1'"_s.arg(m_options.domain)};
    QString error;
    if (!front->listen(&error))
        return Failure{ExitCode::Listen, error};
    connect(&front->guard(), &QZapGuard::errorOccurred, this, &Console::printError);
    return std::nullopt;
}

std::optional<Failure> Gateway::observe()
{
    m_audit.setMaximumSize(m_options.auditMaximumSize);
    m_audit.setMaximumFiles(m_options.auditMaximumFiles);
    m_audit.setFileName(m_options.auditFile);
    if (m_options.metricsPort < 0)
        return std::nullopt;
    m_metrics = std::make_unique<MetricsServer>([this] { return metrics(); });
    QString error;
    if (!m_metrics->listen(static_cast<quint16>(m_options.metricsPort), &error))
        return Failure{ExitCode::Listen, error};
    return std::nullopt;
}

QByteArray Gateway::metrics() const
{
    GatewayMetrics metrics;
    if (m_requests)
        metrics.append(*m_requests);
    if (m_publications)
        metrics.append(*m_publications);
    return metrics.mergedInto(QZap::openMetrics(&m_authenticator));
}

void Gateway::announce() const
{
    if (m_requests) {
        Console::print("requests "_L1 + m_requests->endpoint());
        Console::print("requests-backend "_L1 + m_requests->backendEndpoint());
    }
    if (m_publications) {
        Console::print("publications "_L1 + m_publications->endpoint());
        Console::print("publications-backend "_L1 + m_publications->backendEndpoint());
    }
    if (m_metrics)
        Console::print(u"metrics http://127.0.0.1:%1/metrics"_s.arg(m_metrics->port()));
    Console::print("server-key "_L1 + m_certificate.publicKeyText());
    Console::print(u"ready"_s);
}

void Gateway::stop()
{
    const auto timeout = m_requests ? m_options.stopTimeout : std::chrono::milliseconds(0);
    QTimer::singleShot(timeout, this, &Gateway::close);
    if (!m_requests)
        return;
    connect(m_requests.get(), &RequestFront::drained, this, &Gateway::close, Qt::QueuedConnection);
    m_requests->finish();
}

void Gateway::close()
{
    m_authenticator.stop();
    Q_EMIT stopped();
}
