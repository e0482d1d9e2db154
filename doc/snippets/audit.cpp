// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Writes the decision about a peer to a file, and prints the metrics.

#include <QZap/QZapAuditLog>
#include <QZap/QZapAuthenticator>
#include <QZap/qzapopenmetrics.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qtemporarydir.h>

using namespace std::chrono_literals;

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QTemporaryDir directory;
    const QString file = directory.filePath(QStringLiteral("audit.log"));
    QZapAuthenticator authenticator;
    const QString domain = QStringLiteral("sensors");
    if (!authenticator.configurePlain(domain, {{QStringLiteral("bob"), QStringLiteral("secret")}}))
        return 1;

    {
        //! [audit log]
        QZapAuditLog log(&authenticator);
        log.setFileName(file); // such as /var/log/sensors/audit.log
        log.setMaximumSize(10'000'000);
        log.setMaximumAge(24h * 7);
        log.setMaximumFiles(52);
        QObject::connect(&log, &QZapAuditLog::errorOccurred,
                         [](const QString &message) { qCritical().noquote() << message; });
        //! [audit log]
        authenticator.authenticate(
            domain, QStringLiteral("192.0.2.1"),
            QZapCredentials::plain(QStringLiteral("bob"), QByteArray("secret")));
    } // the destructor writes what is left

    QFile written(file);
    if (!written.open(QIODevice::ReadOnly))
        return 1;
    const QByteArray line = written.readAll();
    qInfo().noquote() << line;

    //! [metrics]
    const QByteArray text = QZap::openMetrics(&authenticator);
    //! [metrics]
    qInfo().noquote() << text;
    return line.contains(R"("verdict":"accepted")") && text.contains("qzap_decisions_total{") ? 0
                                                                                              : 1;
}
