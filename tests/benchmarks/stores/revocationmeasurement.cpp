// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/revocationmeasurement.h"

#include "stopwatch.h"
#include "stores/zaprequester.h"
#include "waiting.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qtextstream.h>

#include <zmq.h>

#include <memory>

using namespace std::chrono_literals;

namespace {

// The number of further credentials of each kind, which are not revoked.
constexpr qint64 Others = 1000;
constexpr std::chrono::milliseconds Between = 100ms; // between two revocations, for the event loop
constexpr double LongestWait = 60;                   // s
constexpr char Password[] = "correct horse battery staple";

// Indexed by kind.
constexpr const char *Domains[] = {"certificates", "list", "passwords"};
constexpr const char *Texts[] = {"certificate file removed, loop blocked",
                                 "line of a key list removed, loop blocked",
                                 "user of a password file removed, loop blocked"};

QByteArray userName(qint64 number)
{
    return "user-" + QByteArray::number(number);
}

} // namespace

RevocationMeasurement::RevocationMeasurement(const Options &options, Results *results)
    : m_count(options.revocations)
    , m_results(*results)
{ }

bool RevocationMeasurement::run(QString *errorMessage)
{
    QLoggingCategory::setFilterRules(QStringLiteral("qzap.info=false")); // refusals are expected
    const bool ok =
        create(errorMessage) && measure(false, errorMessage) && measure(true, errorMessage);
    QLoggingCategory::setFilterRules({});
    return ok;
}

bool RevocationMeasurement::create(QString *errorMessage)
{
    return m_certificates.create(2 * m_count + Others, errorMessage)
           && m_keyList.create(linesOf(KeyListLine, 0), errorMessage)
           && m_passwords.create(linesOf(PasswordFileLine, 0), errorMessage);
}

bool RevocationMeasurement::measure(bool workerThread, QString *errorMessage)
{
    const std::unique_ptr<void, decltype(&zmq_ctx_term)> context(zmq_ctx_new(), &zmq_ctx_term);
    QZapAuthenticator authenticator;
    authenticator.setWorkerThread(workerThread);
    const auto name = [](Kind kind) { return QString::fromLatin1(Domains[kind]); };
    if (!authenticator.setContext(context.get())
        || !authenticator.configureCurve(name(Certificate), m_certificates.path())
        || !authenticator.configureCurve(name(KeyListLine), m_keyList.path())
        || !authenticator.configurePlainFile(name(PasswordFileLine), m_passwords.path())
        || !authenticator.start() || !waitUntilReady(authenticator)) {
        *errorMessage = QStringLiteral("qzap does not start: ") + authenticator.errorString();
        return false;
    }
    if (!workerThread) {
        const auto evaluate = [&](Kind kind, qint64 number) {
            const QZapCredentials credentials =
                kind == PasswordFileLine
                    ? QZapCredentials::plain(QString::fromLatin1(userName(number)), Password)
                    : QZapCredentials::curve(CertificateFolder::keyOf(number));
            return authenticator.evaluate(name(kind), QStringLiteral("127.0.0.1"), credentials)
                       .status()
                   == QZap::Status::Success;
        };
        return revokeAll(QStringLiteral("qzap"), evaluate, errorMessage);
    }
    ZapRequester requester(context.get());
    const auto ask = [&](Kind kind, qint64 number) {
        const bool isPlain = kind == PasswordFileLine;
        return requester.statusOf(Domains[kind], isPlain ? "PLAIN" : "CURVE",
                                  isPlain ? QByteArrayList{userName(number), Password}
                                          : QByteArrayList{CertificateFolder::keyOf(number)})
               == "200";
    };
    return revokeAll(QStringLiteral("qzap-worker"), ask, errorMessage);
}

bool RevocationMeasurement::revokeAll(const QString &handler, const IsAccepted &isAccepted,
                                      QString *errorMessage)
{
    QTextStream(stderr) << "revoking: " << handler << Qt::endl;
    QList<RevocationRow> rows;
    for (const char *text : Texts)
        rows.append({handler, QString::fromLatin1(text), {}});
    for (const qint64 end = m_next + m_count; m_next < end; ++m_next) {
        for (const Kind kind : {Certificate, KeyListLine, PasswordFileLine}) {
            runLoop(Between);
            if (!prepare(kind, m_next, errorMessage))
                return false;
            const bool wasAccepted = isAccepted(kind, m_next);
            const Stopwatch watch;
            if (!revoke(kind, m_next, errorMessage))
                return false;
            // The event loop does not run until the revocation is in force.
            while (isAccepted(kind, m_next) && watch.elapsed().seconds < LongestWait) { }
            const double seconds = watch.elapsed().seconds;
            if (!wasAccepted || seconds >= LongestWait) {
                *errorMessage = QStringLiteral("%1: %2, which is not in force while the event loop "
                                               "is blocked")
                                    .arg(handler, rows[kind].what);
                return false;
            }
            rows[kind].seconds.add(seconds);
        }
    }
    m_results.revocations += rows;
    return true;
}

bool RevocationMeasurement::prepare(Kind kind, qint64 number, QString *errorMessage) const
{
    if (kind == Certificate)
        return true;
    const CredentialFile &file = kind == KeyListLine ? m_keyList : m_passwords;
    return file.prepare(linesOf(kind, number + 1), errorMessage);
}

bool RevocationMeasurement::revoke(Kind kind, qint64 number, QString *errorMessage) const
{
    if (kind != Certificate)
        return (kind == KeyListLine ? m_keyList : m_passwords).replace(errorMessage);
    if (m_certificates.remove(number))
        return true;
    *errorMessage = QStringLiteral("A certificate cannot be removed");
    return false;
}

QByteArray RevocationMeasurement::linesOf(Kind kind, qint64 first) const
{
    QByteArray text;
    for (qint64 number = first; number < 2 * m_count + Others; ++number) {
        text += kind == KeyListLine ? CertificateFolder::keyTextOf(number)
                                    : userName(number) + '=' + Password;
        text += '\n';
    }
    return text;
}
