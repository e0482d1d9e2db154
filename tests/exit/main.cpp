// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Exits in the way given by the first argument, with a busy authenticator that answers in the
// thread given by the second argument.

#include "busyauthenticator.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimer.h>

#include <cstdlib>
#include <functional>
#include <memory>

namespace {

zmq::context_t *context = nullptr; // never destroyed: it must outlive all of its users
zmq::socket_t *client = nullptr;

std::unique_ptr<QZapAuthenticator> outliving; // destroyed after main()
QZapAuthenticator earlyStatic;                // constructed before the application

// A singleton with an authenticator.
struct Service
{
    static Service &instance()
    {
        static Service service;
        return service;
    }

    QZapAuthenticator authenticator;
};

Q_GLOBAL_STATIC(Service, globalService)

QZapAuthenticator *makeAuthenticator(const QString &way, QCoreApplication &application)
{
    if (way == QStringLiteral("static"))
        return &earlyStatic;
    if (way == QStringLiteral("singleton"))
        return &Service::instance().authenticator;
    if (way == QStringLiteral("globalstatic"))
        return &globalService->authenticator;
    auto *const made = new QZapAuthenticator;
    if (way == QStringLiteral("afterapplication"))
        outliving.reset(made);
    else if (way == QStringLiteral("withapplication"))
        made->setParent(&application);
    else if (way == QStringLiteral("abouttoquit"))
        QObject::connect(&application, &QCoreApplication::aboutToQuit, [made] { delete made; });
    return made;
}

} // namespace

int main(int argc, char *argv[])
{
    context = new zmq::context_t;
    QCoreApplication application(argc, argv);
    QTemporaryDir directory;
    const QStringList arguments = QCoreApplication::arguments();
    const QString way = arguments.value(1);

    QZapAuthenticator *const authenticator = makeAuthenticator(way, application);
    authenticator->setWorkerThread(arguments.value(2) == QStringLiteral("worker"));
    if (!BusyAuthenticator::writeFiles(directory.path())
        || !BusyAuthenticator::start(*authenticator, *context,
                                     new QZapCredentialsProvider(&application), directory.path())) {
        return EXIT_FAILURE;
    }
    client = new zmq::socket_t(*context, zmq::socket_type::dealer);
    client->set(zmq::sockopt::linger, 0);
    client->connect("inproc://zeromq.zap.01");

    QTimer poll;
    const auto end = [&] {
        if (!BusyAuthenticator::isLoaded(*authenticator))
            return;
        poll.stop();
        BusyAuthenticator::ask(*client);
        QTimer::singleShot(20, &application, [&] {
            // From here on, another load and hashes are running.
            (void)authenticator->configureCurve(QStringLiteral("keys"),
                                                directory.filePath(QStringLiteral("keys")));
            if (way == QStringLiteral("exitcalled")) {
                directory.remove();
                std::exit(EXIT_SUCCESS);
            }
            QCoreApplication::quit();
        });
    };
    QObject::connect(&poll, &QTimer::timeout, end);
    poll.start(1);
    return QCoreApplication::exec();
}
