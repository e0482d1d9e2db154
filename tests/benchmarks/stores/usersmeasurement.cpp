// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/usersmeasurement.h"

#include "stopwatch.h"
#include "waiting.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapplaindomain.h>

#include <QtCore/qtextstream.h>

#include <algorithm>

using namespace std::chrono_literals;

namespace {

constexpr int MaximumRounds = 5;
constexpr std::chrono::milliseconds Afterwards = 300ms; // to finish remaining work
constexpr qsizetype NumberWidth = 8;
constexpr char Known[] = "user-"; // before the number
constexpr char Changed[] = "peer-";
constexpr char Password[] = "correct horse battery staple";

const QString &domainName()
{
    static const QString name = QStringLiteral("users");
    return name;
}

QByteArray numbered(const char *prefix, qint64 number)
{
    return prefix + QByteArray::number(number).rightJustified(NumberWidth, '0');
}

bool isAccepted(const QZapAuthenticator &authenticator, const QByteArray &user)
{
    const QZapReply reply =
        authenticator.evaluate(domainName(), QStringLiteral("127.0.0.1"),
                               QZapCredentials::plain(QString::fromLatin1(user), Password));
    return reply.status() == QZap::Status::Success;
}

} // namespace

UsersMeasurement::UsersMeasurement(const Options &options, Results *results)
    : m_rounds(std::min(options.rounds, MaximumRounds))
    , m_results(*results)
    , m_lateness(QStringLiteral("qzap"), QStringLiteral("idle, before users"),
                 {QStringLiteral("loads a password file of %1 users").arg(options.fileUsers),
                  QStringLiteral("loads it with one changed, names read by a slot"),
                  QStringLiteral("frees a password file of %1 users").arg(options.fileUsers)})
{
    m_figures.users = options.fileUsers;
    for (qint64 user = 0; user < m_figures.users; ++user)
        m_text += numbered(Known, user) + '=' + Password + '\n';
}

bool UsersMeasurement::run(QString *errorMessage)
{
    if (!m_file.create(m_text, errorMessage))
        return false;
    for (int round = 0; round < m_rounds; ++round) {
        QTextStream(stderr) << "users: round " << round + 1 << " of " << m_rounds << Qt::endl;
        if (!measureRound(round, errorMessage)) {
            if (errorMessage->isEmpty())
                *errorMessage = QStringLiteral("QZap does not load the users");
            return false;
        }
    }
    m_results.users = m_figures;
    m_results.timers += m_lateness.rows();
    return true;
}

bool UsersMeasurement::measureRound(int round, QString *errorMessage)
{
    m_lateness.watchIdleLoop();
    QZapAuthenticator authenticator;
    m_lateness.start();
    const Stopwatch watch;
    const bool ok = authenticator.configurePlainFile(domainName(), m_file.path())
                    && waitUntilReady(authenticator);
    m_figures.load.add(watch.elapsed());
    m_lateness.stop(Loading);
    if (!ok || !reload(authenticator, round, errorMessage))
        return false;
    m_lateness.start();
    runLoop(20ms);
    authenticator.removeDomain(domainName(), QZap::Mechanism::Plain);
    runLoop(Afterwards);
    m_lateness.stop(Freeing);
    return true;
}

// Each round renames a different user.
bool UsersMeasurement::reload(const QZapAuthenticator &authenticator, int round,
                              QString *errorMessage)
{
    const qint64 user = m_figures.users - 1 - round;
    const QByteArray before = numbered(Known, user);
    const QByteArray after = numbered(Changed, user);
    const qsizetype lineSize = m_text.size() / m_figures.users;
    m_text.replace(lineSize * user, after.size(), after);
    if (!isAccepted(authenticator, before) || !m_file.prepare(m_text, errorMessage))
        return false;

    const auto *const domain =
        qobject_cast<QZapPlainDomain *>(authenticator.domain(domainName(), QZap::Mechanism::Plain));
    QStringList names = domain->users(); // kept, as a view would do
    bool isTold = false;
    const auto connection = QObject::connect(domain, &QZapPlainDomain::usersChanged, domain, [&] {
        names = domain->users();
        isTold = true;
    });
    const Stopwatch watch;
    bool ok = m_file.replace(errorMessage);
    m_lateness.start(); // starts after the previous text has been freed
    ok = ok && runLoopUntil([&] { return isTold && isAccepted(authenticator, after); });
    m_figures.reload.add(watch.elapsed());
    runLoop(Afterwards); // frees the previous names meanwhile
    m_lateness.stop(Reloading);
    QObject::disconnect(connection);
    return ok && names.size() == m_figures.users && !isAccepted(authenticator, before);
}
