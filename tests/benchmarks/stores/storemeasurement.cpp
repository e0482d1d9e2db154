// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/storemeasurement.h"

#include "stopwatch.h"
#include "stores/peerstores.h"
#include "waiting.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qtextstream.h>

#include <algorithm>

using namespace std::chrono_literals;

namespace {

constexpr int MaximumRounds = 5;
constexpr std::chrono::milliseconds Afterwards = 300ms; // to finish remaining work

const QString &domainName()
{
    static const QString name = QStringLiteral("keys");
    return name;
}

QString certificatesText(qint64 count)
{
    return QStringLiteral("%1 certificate files").arg(count);
}

QString listText(qint64 keys)
{
    return QStringLiteral("list of %1 keys").arg(keys);
}

bool isAccepted(const QZapAuthenticator &authenticator, const QByteArray &key)
{
    const QZapReply reply = authenticator.evaluate(domainName(), QStringLiteral("127.0.0.1"),
                                                   QZapCredentials::curve(key));
    return reply.status() == QZap::Status::Success;
}

} // namespace

StoreMeasurement::StoreMeasurement(const Options &options, const Fixture &fixture, Results *results)
    : m_rounds(std::min(options.rounds, MaximumRounds))
    , m_fixture(fixture)
    , m_results(*results)
    , m_certificates(options.certificates)
    , m_lateness(QStringLiteral("qzap"), QStringLiteral("idle"),
                 {QStringLiteral("loads %1").arg(certificatesText(options.certificates)),
                  QStringLiteral("loads a %1").arg(listText(fixture.keys())),
                  QStringLiteral("frees a %1").arg(listText(fixture.keys()))})
{
    const QString certificates = certificatesText(m_certificates);
    const QString list = listText(fixture.keys());
    m_loads = {{QStringLiteral("qzap"), certificates, {}, {}, {}, {}},
               {QStringLiteral("pyzmq"), certificates, {}, {}, {}, {}},
               {QStringLiteral("czmq"), certificates, {}, {}, {}, {}},
               {QStringLiteral("qzap"), list, {}, {}, {}, {}}};
    const QString of = QStringLiteral("one file of %1 ").arg(m_certificates);
    m_changes = {{of + QStringLiteral("added"), {}, {}},
                 {of + QStringLiteral("edited in place"), {}, {}},
                 {of + QStringLiteral("removed"), {}, {}}};
}

bool StoreMeasurement::run(QString *errorMessage)
{
    if (!m_folder.create(m_certificates, errorMessage))
        return false;
    for (int round = 0; round < m_rounds; ++round) {
        QTextStream(stderr) << "stores: round " << round + 1 << " of " << m_rounds << Qt::endl;
        m_lateness.watchIdleLoop();
        if (!loadCertificates() || !loadList()) {
            *errorMessage = QStringLiteral("QZap does not load the keys");
            return false;
        }
        if (!loadByPeers(errorMessage))
            return false;
    }
    if (!changeFiles(errorMessage))
        return false;
    for (const LoadRow &row : qAsConst(m_loads)) {
        if (!row.seconds.isEmpty())
            m_results.loads.append(row);
    }
    m_results.timers += m_lateness.rows();
    m_results.changes += m_changes;
    return true;
}

bool StoreMeasurement::loadCertificates()
{
    QZapAuthenticator authenticator;
    m_lateness.start();
    const Stopwatch watch;
    const bool ok = authenticator.configureCurve(domainName(), m_folder.path())
                    && waitUntilReady(authenticator);
    m_loads[Certificates].add(watch.elapsed());
    m_lateness.stop(LoadingCertificates);
    return ok && isAccepted(authenticator, CertificateFolder::keyOf(m_certificates - 1));
}

bool StoreMeasurement::loadList()
{
    QZapAuthenticator authenticator;
    m_lateness.start();
    const Stopwatch watch;
    const bool ok = authenticator.configureCurve(domainName(), m_fixture.largeKeyList())
                    && waitUntilReady(authenticator);
    m_loads[List].add(watch.elapsed());
    m_lateness.stop(LoadingList);
    m_lateness.start();
    runLoop(20ms);
    authenticator.removeDomain(domainName(), QZap::Mechanism::Curve);
    runLoop(Afterwards);
    m_lateness.stop(FreeingList);
    return ok;
}

bool StoreMeasurement::loadByPeers([[maybe_unused]] QString *errorMessage)
{
#ifdef QZAP_PYTHON
    const auto pyzmq = loadWithPyzmq(m_folder.path(), m_certificates);
    if (!pyzmq) {
        *errorMessage = QStringLiteral("pyzmq does not load the certificates");
        return false;
    }
    m_loads[Pyzmq].add(*pyzmq);
#endif
#ifdef QZAP_HAS_CZMQ
    const auto czmq = loadWithCzmq(m_folder.path(), CertificateFolder::keyTextOf(0));
    if (!czmq) {
        *errorMessage = QStringLiteral("czmq does not load the certificates");
        return false;
    }
    m_loads[Czmq].add(*czmq);
#endif
    if (!m_loads[Pyzmq].seconds.isEmpty()) {
        for (const Load load : {Certificates, Pyzmq, Czmq})
            m_loads[load].compareLast(m_loads[Pyzmq]);
    }
    return true;
}

// Each round uses different files and keys, none of which was read recently.
bool StoreMeasurement::changeFiles(QString *errorMessage)
{
    QZapAuthenticator authenticator;
    bool ok = authenticator.configureCurve(domainName(), m_folder.path())
              && waitUntilReady(authenticator);
    runLoop(Afterwards);
    const auto accepts = [&](qint64 key) {
        return isAccepted(authenticator, CertificateFolder::keyOf(key));
    };
    for (int round = 0; ok && round < m_rounds; ++round) {
        const qint64 added = m_certificates + qint64{2} * round;
        const qint64 edited = added + 1;
        Stopwatch watch;
        ok = m_folder.write(added, added, errorMessage)
             && awaitChange(Added, watch, [&] { return accepts(added); });
        watch = {};
        ok = ok && m_folder.write(round, edited, errorMessage)
             && awaitChange(Edited, watch, [&] { return accepts(edited) && !accepts(round); });
        watch = {};
        ok = ok && m_folder.remove(added)
             && awaitChange(Removed, watch, [&] { return !accepts(added); });
    }
    if (!ok && errorMessage->isEmpty())
        *errorMessage = QStringLiteral("A changed certificate does not come into force");
    return ok;
}

bool StoreMeasurement::awaitChange(Change change, const Stopwatch &watch,
                                   const std::function<bool()> &condition)
{
    const bool ok = runLoopUntil(condition);
    m_changes[change].seconds.add(watch.elapsed().seconds);
    runLoop(Afterwards);
    m_changes[change].cpu.add(watch.elapsed().cpuSeconds);
    return ok;
}
