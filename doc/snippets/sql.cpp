// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Lets in the peers whose keys are in a database. The arguments are the driver and the database;
// the default is a file that does not exist, which is reported.

#include <QZap/QZapAuthenticator>
#include <QZap/QZapCredentialsStore>
#include <QZap/QZapCurveDomain>
#include <QZap/QZapSqlSource>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>

using namespace std::chrono_literals;

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QString driver = arguments.value(1, QStringLiteral("QSQLITE"));
    const QString database = arguments.value(2, QStringLiteral("missing.db"));
    QZapAuthenticator authenticator;
    bool isReported = false;

    //! [source]
    QZapCredentialsStore store;
    store.setStaleTime(5min); // then, peers get temporary answers

    auto *domain = new QZapCurveDomain(&authenticator);
    domain->setName(QStringLiteral("sensors"));
    domain->setStore(&store);
    authenticator.addDomain(domain);

    QZapSqlSource source(&store);
    source.setDriver(driver);              // such as QPSQL
    source.setConnectionOptions(database); // such as host=/run/postgresql dbname=fleet
    source.setDomain(QStringLiteral("sensors"));
    QObject::connect(&source, &QZapSqlSource::errorOccurred, &application,
                     [&](const QString &message) {
                         qInfo().noquote() << message;
                         isReported = true;
                     });
    if (!source.start())
        return 1;
    //! [source]

    QObject::connect(
        &source, &QZapSqlSource::connectedChanged, &application, [] { QCoreApplication::quit(); },
        Qt::QueuedConnection);
    QObject::connect(
        &source, &QZapSqlSource::errorOccurred, &application, [] { QCoreApplication::quit(); },
        Qt::QueuedConnection);
    QCoreApplication::exec();
    return isReported || source.isConnected() ? 0 : 1;
}
