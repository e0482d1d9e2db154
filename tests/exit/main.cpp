// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Ends, in the way that its argument names, with an authenticator that answers on its private
// thread and has decisions pending.

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qtimer.h>

#include <zmq.hpp>

#include <cstdlib>
#include <memory>

namespace {

constexpr int Requests = 100;

std::unique_ptr<QZapAuthenticator> outliving; // destroyed after main()

void ask(zmq::socket_t &socket)
{
    for (int i = 0; i < Requests; ++i) {
        for (const char *frame : {"", "1.0", "1", "test", "127.0.0.1", ""})
            socket.send(zmq::message_t(std::string(frame)), zmq::send_flags::sndmore);
        socket.send(zmq::message_t(std::string("NULL")), zmq::send_flags::none);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    // A context must outlive all that uses it, and this one has no end.
    auto *const context = new zmq::context_t;
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QString way = arguments.value(1);

    auto *const provider = new QZapCredentialsProvider(&application);
    QObject::connect(provider, &QZapCredentialsProvider::authenticating,
                     [](const QZapDecision &decision) { decision.defer(); });
    auto *const authenticator = new QZapAuthenticator(*context);
    authenticator->setWorkerThread(true);
    if (!authenticator->setCredentialsProvider(QZap::AnyDomain, provider)
        || !authenticator->start()) {
        return EXIT_FAILURE;
    }
    auto *const socket = new zmq::socket_t(*context, zmq::socket_type::dealer);
    socket->set(zmq::sockopt::linger, 0);
    socket->connect("inproc://zeromq.zap.01");
    ask(*socket);

    if (way == QStringLiteral("afterapplication"))
        outliving.reset(authenticator);
    else if (way == QStringLiteral("withapplication"))
        authenticator->setParent(&application);
    else if (way == QStringLiteral("abouttoquit"))
        QObject::connect(&application, &QCoreApplication::aboutToQuit,
                         [authenticator] { delete authenticator; });
    else if (way == QStringLiteral("exitcalled"))
        QTimer::singleShot(0, [] { std::exit(EXIT_SUCCESS); });
    else if (way != QStringLiteral("leaked"))
        return EXIT_FAILURE;
    QTimer::singleShot(10, &application, &QCoreApplication::quit);
    return QCoreApplication::exec();
}
