// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Two sockets on one event loop. Exits with 0 once all messages have arrived.

#include <QZap/QZapSocketNotifier>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qtimer.h>

#include <zmq.hpp>

namespace {

constexpr int MessageCount = 200; // more than one batch

int run()
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
        // In batches, so that timers and other events are processed in between.
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

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    try {
        return run();
    } catch (const zmq::error_t &error) {
        qCritical("%s", error.what());
        return 1;
    }
}
