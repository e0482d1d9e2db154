// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef BUSYAUTHENTICATOR_H
#define BUSYAUTHENTICATOR_H

#include <QZap/QZap>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <zmq.hpp>

#include <string>
#include <vector>

// Functions for an authenticator that has watched files, pending decisions and unchecked hashes
// when its program exits.
class BusyAuthenticator
{
public:
    // Writes files to an empty directory.
    static bool writeFiles(const QString &directory)
    {
        const QDir dir(directory);
        QZapPasswordFile users;
        if (!dir.mkdir(QStringLiteral("keys")) || !users.setHashMemory(16)
            || !users.setPassword(QStringLiteral("alice"), "secret")
            || !users.save(dir.filePath(QStringLiteral("users")))) {
            return false;
        }
        QFile list(dir.filePath(QStringLiteral("list")));
        if (!list.open(QIODevice::WriteOnly))
            return false;
        for (int i = 0; i < Keys; ++i) {
            const QZapCertificate key = QZapCertificate::generate();
            list.write(key.publicKeyText().toLatin1() + '\n');
            if (!key.save(dir.filePath(QStringLiteral("keys")), QString::number(i)))
                return false;
        }
        return true;
    }

    // The provider defers each decision. The context outlives the authenticator.
    static bool start(QZapAuthenticator &authenticator, zmq::context_t &context,
                      QZapCredentialsProvider *provider, const QString &directory)
    {
        const QDir dir(directory);
        QObject::connect(provider, &QZapCredentialsProvider::authenticating,
                         [](const QZapDecision &decision) { decision.defer(); });
        return authenticator.setContext(context)
               && authenticator.setCredentialsProvider(QStringLiteral("asked"), provider)
               && authenticator.configureCurve(QStringLiteral("keys"),
                                               dir.filePath(QStringLiteral("keys")))
               && authenticator.configureCurve(QStringLiteral("list"),
                                               dir.filePath(QStringLiteral("list")))
               && authenticator.configurePlainFile(QStringLiteral("users"),
                                                   dir.filePath(QStringLiteral("users")))
               && authenticator.start();
    }

    static bool isLoaded(const QZapAuthenticator &authenticator)
    {
        const auto domains = authenticator.domains();
        for (const QZapDomain *domain : domains) {
            if (!domain->isReady())
                return false;
        }
        return true;
    }

    // The addresses differ, since only one hash is computed at a time for each address.
    static void ask(zmq::socket_t &socket)
    {
        for (int i = 0; i < Requests; ++i) {
            const std::string address = "127.0.0." + std::to_string(i % 100 + 1);
            send(socket, {"asked", address, "", "NULL"});
            send(socket, {"users", address, "", "PLAIN", "alice", "secret"});
        }
    }

private:
    static constexpr int Requests = 100;
    static constexpr int Keys = 20;

    static void send(zmq::socket_t &socket, const std::vector<std::string> &frames)
    {
        for (const char *frame : {"", "1.0", "1"})
            socket.send(zmq::message_t(std::string(frame)), zmq::send_flags::sndmore);
        for (const std::string &frame : frames) {
            socket.send(zmq::message_t(frame), &frame == &frames.back() ? zmq::send_flags::none
                                                                        : zmq::send_flags::sndmore);
        }
    }
};

#endif // BUSYAUTHENTICATOR_H
