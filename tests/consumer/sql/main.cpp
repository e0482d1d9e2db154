// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A user's program: its database does not exist, which the thread of the source reports.

#include <QZap/QZapCredentialsStore>
#include <QZap/QZapSqlSource>

#include <QtCore/QCoreApplication>

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QZapCredentialsStore store;
    QZapSqlSource source(&store);
    source.setDriver(QStringLiteral("QSQLITE"));
    source.setConnectionOptions(QStringLiteral("/nowhere/credentials.db"));
    source.setDomain(QStringLiteral("sensors"));
    QObject::connect(
        &source, &QZapSqlSource::errorOccurred, &application,
        [](const QString &message) {
            const bool isExpected =
                message.contains(QLatin1String("/nowhere/credentials.db: no such file"));
            QCoreApplication::exit(isExpected ? 0 : 2);
        },
        Qt::QueuedConnection);
    return source.start() ? QCoreApplication::exec() : 1;
}
