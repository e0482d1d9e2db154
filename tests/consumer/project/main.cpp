// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Exits with 0 once a peer with a known key was accepted and its message carried its user id, and a
// peer with another key was refused.

#include <QZap/QZap>

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>
#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>

#include <zmq.hpp>

#include <cstring>
#include <string>

namespace {

zmq::socket_t connectPeer(zmq::context_t &context, const QZapCertificate &own,
                          const QString &serverKey, const std::string &endpoint)
{
    zmq::socket_t peer(context, zmq::socket_type::dealer);
    peer.set(zmq::sockopt::linger, 0);
    peer.set(zmq::sockopt::curve_serverkey, serverKey.toStdString());
    peer.set(zmq::sockopt::curve_publickey, own.publicKeyText().toStdString());
    peer.set(zmq::sockopt::curve_secretkey, own.secretKeyText().toStdString());
    peer.connect(endpoint);
    peer.send(zmq::str_buffer("hello"), zmq::send_flags::none);
    return peer;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QTemporaryDir directory;
    const QString keys = directory.filePath("keys");
    QDir().mkpath(keys);

    const QZapCertificate serverCertificate = QZapCertificate::generate();
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate mallory = QZapCertificate::generate();
    QString error;
    if (!alice.save(keys, "alice", {}, &error))
        qFatal("%s", qPrintable(error));

    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::router);
    socket.set(zmq::sockopt::linger, 0);
    QZapAuthenticator authenticator(context);
    if (!authenticator.configureCurve("domain", keys) || !authenticator.start())
        qFatal("%s", qPrintable(authenticator.errorString()));
    if (!QZap::secureCurve(socket, "domain", serverCertificate))
        qFatal("the socket was not secured");
    socket.bind("tcp://127.0.0.1:*");

    bool aliceSpoke = false;
    bool malloryRefused = false;
    const auto endWhenDone = [&] {
        if (aliceSpoke && malloryRefused)
            QCoreApplication::exit(0);
    };

    QZapSocketNotifier notifier(socket);
    QObject::connect(&notifier, &QZapSocketNotifier::readable, &application, [&] {
        zmq::message_t identity;
        zmq::message_t body;
        if (!socket.recv(identity, zmq::recv_flags::dontwait) || !socket.recv(body))
            return;
        if (body.to_string() != "hello" || alice.publicKeyText() != body.gets("User-Id"))
            qFatal("got %s from %s", body.to_string().c_str(), body.gets("User-Id"));
        aliceSpoke = true;
        endWhenDone();
    });
    QObject::connect(&authenticator, &QZapAuthenticator::rejected, &application,
                     [&](const QString &userId, const QString &reason, const QZapRequest &request) {
                         if (userId != mallory.publicKeyText())
                             qFatal("refused is %s: %s", qPrintable(userId), qPrintable(reason));
                         malloryRefused = request.mechanism() == QZap::Mechanism::Curve;
                         endWhenDone();
                     });

    zmq::context_t peers;
    const std::string endpoint = socket.get(zmq::sockopt::last_endpoint);
    const QString serverKey = serverCertificate.publicKeyText();
    const zmq::socket_t first = connectPeer(peers, alice, serverKey, endpoint);
    const zmq::socket_t second = connectPeer(peers, mallory, serverKey, endpoint);

    QTimer::singleShot(20000, &application, [] {
        qWarning("no peer got in within 20 seconds");
        QCoreApplication::exit(1);
    });
    return application.exec();
}
