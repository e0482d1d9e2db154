// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "hashing/hashingmeasurement.h"

#include "hashing/hashinghandler.h"

#include <QtCore/qtextstream.h>
#include <QtCore/qthread.h>

#include <algorithm>

namespace {

constexpr int IdleTime = 1000; // ms
constexpr int Dealers = 8;
constexpr int Outstanding = 16;

double addLateness(TimerRow *row, const QList<LatenessProbe::Timeout> &timeouts)
{
    double maximum = 0;
    for (const LatenessProbe::Timeout &timeout : timeouts) {
        row->lateness.add(timeout.lateness);
        maximum = std::max(maximum, timeout.lateness);
    }
    return maximum;
}

double cpuOf(const AskingResult &result)
{
    return result.handlerSeconds / static_cast<double>(result.requests);
}

double rateOf(const AskingResult &result)
{
    return static_cast<double>(result.requests) / result.seconds;
}

} // namespace

HashingMeasurement::HashingMeasurement(const Options &options, const Fixture &fixture,
                                       Results *results)
    : m_options(options)
    , m_fixture(fixture)
    , m_results(*results)
{
    m_figures.users = options.users;
    m_figures.coldUsers = options.coldUsers;
}

bool HashingMeasurement::run(QString *errorMessage)
{
    if (!m_files.create(m_options.users, m_options.coldUsers, errorMessage)
        || !measureCold(errorMessage) || !measureStorm(errorMessage))
        return false;
    m_results.hashing = m_figures;
    return true;
}

// The thread is not bound to cores, since the threads of the hashing pool inherit its cores.
bool HashingMeasurement::measureCold(QString *errorMessage)
{
    HashingHandler handler(m_files, QZapHandler::Cores::Any);
    if (!handler.start(m_fixture, errorMessage))
        return false;
    TimerRow idle{handler.name(), QStringLiteral("idle, before it hashes"), {}, {}, {}};
    TimerRow hashing{handler.name(), QStringLiteral("hashes passwords"), {}, {}, {}};
    handler.startProbe();
    QThread::msleep(IdleTime);
    const double idleMaximum = addLateness(&idle, handler.stopProbe());

    AskingLoad all = load(HashingHandler::ColdDomain, m_options.coldUsers);
    all.dealers = 1;
    all.outstanding = static_cast<std::int32_t>(m_options.coldUsers);
    all.requests = m_options.coldUsers;
    all.cold = 1;
    AskingResult result = {};
    handler.startProbe();
    const bool ok = handler.ask(all, &result);
    hashing.excess.add(addLateness(&hashing, handler.stopProbe()) - idleMaximum);
    if (!ok) {
        *errorMessage = QStringLiteral("qzap does not accept hashed passwords");
        return false;
    }
    m_figures.coldRate = rateOf(result);
    m_results.timers += {idle, hashing};
    return true;
}

bool HashingMeasurement::measureStorm(QString *errorMessage)
{
    HashingHandler handler(m_files, QZapHandler::Cores::Handlers);
    if (!handler.start(m_fixture, errorMessage))
        return false;
    AskingLoad plain = load(HashingHandler::PlainDomain, m_options.users);
    AskingLoad hashed = load(HashingHandler::HashedDomain, m_options.users);
    AskingLoad firstTime = hashed;
    firstTime.requests = m_options.users;
    firstTime.cold = 1;
    AskingResult first = {};
    bool ok = handler.ask(firstTime, &first);
    for (AskingLoad *load : {&plain, &hashed})
        load->requests = std::max(m_options.requests, m_options.users);
    for (int round = 0; ok && round < m_options.rounds; ++round) {
        QTextStream(stderr) << "hashing: round " << round + 1 << " of " << m_options.rounds
                            << Qt::endl;
        AskingResult plainResult = {};
        AskingResult hashedResult = {};
        const auto askPlain = [&] { return handler.ask(plain, &plainResult); };
        const auto askHashed = [&] { return handler.ask(hashed, &hashedResult); };
        ok = round % 2 == 0 ? askPlain() && askHashed() : askHashed() && askPlain();
        m_figures.plainCpu.add(cpuOf(plainResult));
        m_figures.hashedCpu.add(cpuOf(hashedResult));
        m_figures.cpuRatio.add(cpuOf(hashedResult) / cpuOf(plainResult));
        m_figures.plainRate.add(rateOf(plainResult));
        m_figures.hashedRate.add(rateOf(hashedResult));
        m_figures.rateRatio.add(rateOf(hashedResult) / rateOf(plainResult));
    }
    if (!ok)
        *errorMessage = QStringLiteral("qzap does not accept all of %1 users").arg(m_options.users);
    return ok;
}

AskingLoad HashingMeasurement::load(const char *domain, qint64 users)
{
    AskingLoad load = {};
    load.mechanism = "PLAIN";
    load.domain = domain;
    load.user = UserFiles::UserName;
    load.password = UserFiles::Password;
    load.users = static_cast<std::uint64_t>(users);
    load.dealers = Dealers;
    load.outstanding = Outstanding;
    return load;
}
