// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Reads credentials from the PostgreSQL database whose connection options the second argument
// contains. Writes a line once they are in force, if the third argument is "connected", or at once.
// At the next line of the standard input, exits in the way given by the first argument.

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapsqlsource.h>

#include <QtCore/qcoreapplication.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

namespace {

std::unique_ptr<QZapCredentialsStore> outlivingStore; // destroyed after main()
std::unique_ptr<QZapSqlSource> outliving;

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QString way = arguments.value(1);

    const bool isOutliving = way == QStringLiteral("afterapplication");
    auto *const source = new QZapSqlSource(isOutliving ? nullptr : &application);
    auto *const store = new QZapCredentialsStore(isOutliving ? nullptr : &application);
    if (isOutliving) {
        outlivingStore.reset(store);
        outliving.reset(source);
    }
    source->setStore(store);
    source->setDriver(QStringLiteral("QPSQL"));
    source->setConnectionOptions(arguments.value(2));
    source->setDomain(QStringLiteral("test"));
    source->setPollInterval(20);
    if (!source->start())
        return EXIT_FAILURE;
    if (arguments.value(3) == QStringLiteral("connected")) {
        while (!source->isConnected())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    std::cout << "ready" << std::endl;
    std::string line;
    std::getline(std::cin, line);
    if (way == QStringLiteral("exitcalled"))
        std::exit(EXIT_SUCCESS);
    return EXIT_SUCCESS;
}
