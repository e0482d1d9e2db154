// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Two sockets on one event loop, and a client that is refused. Exits with 0 once all messages have
// arrived and the refusal was reported.

#include <QZap/QZapAuthenticator>
#include <QZap/QZapCertificate>
#include <QZap/QZapSocketMonitor>
#include <QZap/QZapSocketNotifier>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qtimer.h>

#include <zmq.hpp>

#include <string>

namespace {

constexpr int MessageCount = 200; // more than one batch

int receive()
{
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::pull);
    socket.bind("inproc://snippet");
    zmq::socket_t sender(context, zmq::socket_type::push);
    sender.connect("inproc://snippet");

    int received = 0;
    const auto process = [&received](const zmq::message_t &) {
        if (++received == MessageCount)
            QCoreApplication::quit();
    };

    //! [notifier]
    QZapSocketNotifier notifier(socket);
    QObject::connect(&notifier, &QZapSocketNotifier::readable, [&socket, &process] {
        zmq::message_t message;
        // Receive in batches, so that timers and other events are processed in between.
        for (int i = 0; i < 64 && socket.recv(message, zmq::recv_flags::dontwait); ++i)
            process(message);
    });
    QObject::connect(&notifier, &QZapSocketNotifier::contextTerminated, [&notifier, &socket] {
        notifier.setEnabled(false);
        socket.close();
    });
    //! [notifier]

    for (int i = 0; i < MessageCount; ++i)
        sender.send(zmq::str_buffer("message"), zmq::send_flags::none);
    QTimer::singleShot(std::chrono::seconds(30), [] { QCoreApplication::exit(1); });
    return QCoreApplication::exec();
}

int connectClient()
{
    zmq::context_t context;
    QZapAuthenticator authenticator(context); // without any keys
    const QZapCertificate own = QZapCertificate::generate();
    const QZapCertificate serverCertificate = QZapCertificate::generate();
    zmq::socket_t server(context, zmq::socket_type::router);
    if (!authenticator.start()
        || !QZap::secureCurve(server, QStringLiteral("telemetry"), serverCertificate)) {
        return 1;
    }
    server.bind("tcp://127.0.0.1:*");
    const std::string endpoint = server.get(zmq::sockopt::last_endpoint);
    const QString serverKey = serverCertificate.publicKeyText();

    //! [monitor]
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    if (!QZap::setCurveClient(socket, own, serverKey))
        return 1;
    QZapSocketMonitor monitor(socket); // declared after the socket, so destroyed before it
    QObject::connect(&monitor, &QZapSocketMonitor::refused, [](QZap::Status status) {
        qInfo() << "The server refused the key:" << status; // for good
        QCoreApplication::quit();
    });
    QObject::connect(&monitor, &QZapSocketMonitor::failed, [&monitor](const QString &reason) {
        qInfo() << "No connection:" << reason << "Trying again:" << monitor.willRetry();
    });
    socket.connect(endpoint);
    //! [monitor]

    QTimer::singleShot(std::chrono::seconds(30), [] { QCoreApplication::exit(1); });
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    try {
        const int result = receive();
        return result != 0 ? result : connectClient();
    } catch (const zmq::error_t &error) {
        qCritical("%s", error.what());
        return 1;
    }
}
