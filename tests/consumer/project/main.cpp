// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Exits with 0 once a peer with a known key was accepted and its message had its user id, and a
// peer with an unknown key was refused and its monitor reported this.

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

zmq::socket_t makePeer(zmq::context_t &context, const QZapCertificate &own,
                       const QString &serverKey)
{
    zmq::socket_t peer(context, zmq::socket_type::dealer);
    peer.set(zmq::sockopt::linger, 0);
    if (!QZap::setCurveClient(peer, own, serverKey))
        qFatal("the peer has no credentials");
    return peer;
}

void connectTo(zmq::socket_t &peer, const std::string &endpoint)
{
    peer.connect(endpoint);
    peer.send(zmq::str_buffer("hello"), zmq::send_flags::none);
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
    bool malloryKnows = false;
    const auto endWhenDone = [&] {
        if (aliceSpoke && malloryRefused && malloryKnows)
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
    zmq::socket_t first = makePeer(peers, alice, serverKey);
    zmq::socket_t second = makePeer(peers, mallory, serverKey);
    const QZapSocketMonitor monitor(second);
    QObject::connect(&monitor, &QZapSocketMonitor::refused, &application, [&](QZap::Status status) {
        malloryKnows = status == QZap::Status::AuthenticationFailure;
        endWhenDone();
    });
    connectTo(first, endpoint);
    connectTo(second, endpoint);

    QTimer::singleShot(20000, &application, [] {
        qWarning("no peer got in within 20 seconds");
        QCoreApplication::exit(1);
    });
    return application.exec();
}
