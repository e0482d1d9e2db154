// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/updatesmeasurement.h"

#include "guard/guardedserver.h"
#include "stopwatch.h"
#include "stores/certificatefolder.h"
#include "waiting.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>

#include <QtCore/qtextstream.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

using namespace std::chrono_literals;

namespace {

constexpr int MaximumRounds = 5;
constexpr std::chrono::milliseconds Afterwards = 300ms; // to finish remaining work
constexpr std::chrono::milliseconds Between = 5ms;      // between two removals
constexpr int RemovedKeys = 20;                         // of a round, if nothing is replaced
constexpr qint64 Connections = 20;                      // of a guarded server
constexpr std::chrono::milliseconds BetweenCuts = 50ms; // between two removals of their keys

const QString &domainName()
{
    static const QString name = QStringLiteral("updates");
    return name;
}

} // namespace

UpdatesMeasurement::UpdatesMeasurement(const Options &options, Results *results)
    : m_rounds(std::min(options.rounds, MaximumRounds))
    , m_results(*results)
    , m_devices(Connections)
    , m_lateness(QStringLiteral("qzap"), QStringLiteral("idle, before updates"),
                 {QStringLiteral("replaces a store of %1 keys").arg(options.keys),
                  QStringLiteral("removes keys while a store is replaced"),
                  QStringLiteral("frees a store of %1 keys").arg(options.keys),
                  QStringLiteral("ends guarded connections while a store is replaced")})
{
    m_replacements.loader = QStringLiteral("qzap-store");
    m_replacements.what = QStringLiteral("replaces a store of %1 keys").arg(options.keys);
    m_removals.handler = QStringLiteral("qzap");
    m_removals.what = QStringLiteral("key of a store of %1 keys removed").arg(options.keys);
    for (qint64 number = 0; number < options.keys; ++number)
        m_keys.push_back(CertificateFolder::keyOf(number));
    for (qint64 number = 0; number < m_devices.count(); ++number)
        m_keys.push_back(m_devices.key(number));
    m_cuts.handler = QStringLiteral("qzap-guard");
    m_cuts.what =
        QStringLiteral("connection of a key ended, store of %1 replaced").arg(options.keys);
}

bool UpdatesMeasurement::run(QString *errorMessage)
{
    for (int round = 0; round < m_rounds; ++round) {
        QTextStream(stderr) << "updates: round " << round + 1 << " of " << m_rounds << Qt::endl;
        if (!measureRound(errorMessage)) {
            *errorMessage = QStringLiteral("QZap does not replace the keys of a store");
            return false;
        }
    }
    if (!measureCuts(errorMessage))
        return false;
    m_results.loads += m_replacements;
    m_results.revocations += {m_removals, m_cuts};
    m_results.timers += m_lateness.rows();
    return true;
}

bool UpdatesMeasurement::measureRound(QString * /*errorMessage*/)
{
    m_lateness.watchIdleLoop();
    QZapAuthenticator authenticator;
    auto store = std::make_unique<QZapCredentialsStore>();
    auto *const domain = new QZapCurveDomain(&authenticator);
    domain->setName(domainName());
    domain->setStore(store.get());
    if (!authenticator.addDomain(domain) || !replace(store.get()))
        return false;
    m_lateness.start();
    const Stopwatch watch;
    if (!replace(store.get()))
        return false;
    m_replacements.add(watch.elapsed());
    runLoop(Afterwards); // frees the previous keys meanwhile
    m_lateness.stop(Replacing);
    m_lateness.start();
    if (!removeKeys(store.get(), authenticator))
        return false;
    m_lateness.stop(Removing);
    m_lateness.start();
    store.reset();
    authenticator.removeDomain(domainName(), QZap::Mechanism::Curve);
    runLoop(Afterwards);
    m_lateness.stop(Freeing);
    return true;
}

bool UpdatesMeasurement::fill(QZapCredentialsStore *store) const
{
    QZapCredentialsUpdate update = store->begin(QZapCredentialsStore::ReplaceAll);
    for (const QByteArray &key : m_keys)
        update.upsertKey(key);
    return update.commit().result();
}

bool UpdatesMeasurement::replace(QZapCredentialsStore *store)
{
    std::atomic<bool> isDone{false};
    std::atomic<bool> isGood{false};
    std::thread thread([&] {
        isGood = fill(store);
        isDone = true;
    });
    const bool hasEnded = runLoopUntil([&] { return isDone.load(); });
    thread.join();
    return hasEnded && isGood && store->count() == static_cast<qint64>(m_keys.size());
}

bool UpdatesMeasurement::removeKeys(QZapCredentialsStore *store,
                                    const QZapAuthenticator &authenticator)
{
    const auto status = [&authenticator](const QByteArray &key) {
        return authenticator
            .evaluate(domainName(), QStringLiteral("127.0.0.1"), QZapCredentials::curve(key))
            .status();
    };
    std::atomic<bool> isDone{false};
    std::thread thread([&] {
        fill(store);
        isDone = true;
    });
    bool isGood = true;
    for (int i = 0; isGood && (i < RemovedKeys || !isDone); ++i) {
        runLoop(Between);
        const QByteArray key = m_keys[m_next++ % m_keys.size()];
        const Stopwatch watch;
        QZapCredentialsUpdate update = store->begin(QZapCredentialsStore::Delta);
        update.removeKey(key);
        isGood = update.commit().result() && status(key) == QZap::Status::AuthenticationFailure;
        m_removals.seconds.add(watch.elapsed().seconds);
    }
    thread.join();
    return isGood;
}

bool UpdatesMeasurement::measureCuts(QString *errorMessage)
{
    QTextStream(stderr) << "updates: guarded connections" << Qt::endl;
    m_lateness.watchIdleLoop();
    QZapCredentialsStore store;
    GuardedServer server(m_devices);
    if (!fill(&store)) {
        *errorMessage = store.errorString();
        return false;
    }
    if (!server.start(&store, errorMessage)
        || !server.connectAll(zmq::socket_type::router, errorMessage)) {
        return false;
    }
    std::atomic<bool> isDone{false};
    std::thread thread([&] {
        while (!isDone)
            fill(&store);
    });
    m_lateness.start();
    const bool hasEnded = cutConnections(&store, &server.guard());
    m_lateness.stop(Cutting);
    isDone = true;
    thread.join();
    if (!hasEnded)
        *errorMessage = QStringLiteral("the connection of a removed key is not ended");
    return hasEnded;
}

bool UpdatesMeasurement::cutConnections(QZapCredentialsStore *store, QZapGuard *guard)
{
    QString ended;
    const QMetaObject::Connection connection =
        QObject::connect(guard, &QZapGuard::disconnected,
                         [&ended](const QZapSession &session) { ended = session.userId(); });
    bool isGood = true;
    for (qint64 number = 0; isGood && number < m_devices.count(); ++number) {
        runLoop(BetweenCuts);
        const Stopwatch watch;
        QZapCredentialsUpdate update = store->begin(QZapCredentialsStore::Delta);
        update.removeKey(m_devices.key(number));
        isGood = update.commit().result()
                 && runLoopUntil([&] { return ended == m_devices.keyText(number); });
        m_cuts.seconds.add(watch.elapsed().seconds);
    }
    QObject::disconnect(connection);
    return isGood;
}
