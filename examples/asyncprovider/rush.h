// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RUSH_H
#define RUSH_H

#include "directoryprovider.h"
#include "options.h"

#include <QZap/QZapAuthenticator>
#include <QZap/QZapSocketNotifier>

#include <QtCore/qelapsedtimer.h>

#include <zmq.hpp>

#include <optional>
#include <vector>

// A guarded server socket, and peers that connect all at once. Each sends one message, which the
// server receives once the peer is accepted.
class Rush : public QObject
{
    Q_OBJECT

public:
    explicit Rush(const Options &options, QObject *parent = nullptr);

    // Returns the number of descriptors for the sockets and both ends of the connections.
    static int neededDescriptors(int peers) { return 3 * peers + 64; }

    // Returns nullopt on success, and the reason otherwise.
    [[nodiscard]] std::optional<QString> start();
    void printSummary() const;
    // Returns whether exactly the right peers were accepted.
    bool isAsExpected() const;

Q_SIGNALS:
    // Emitted when all peers have been accepted or refused.
    void settled();

private:
    void connectPeers(const std::string &endpoint);
    void receiveAll();
    void count(const QZapReply &reply);
    void settleIfDone();

    const Options m_options;
    // Destroyed in reverse order: sockets before the authenticator, the context last.
    zmq::context_t m_context;
    DirectoryProvider m_directory;
    QZapAuthenticator m_authenticator;
    zmq::socket_t m_server;
    QZapSocketNotifier m_notifier;
    std::vector<zmq::socket_t> m_peers;

    QElapsedTimer m_clock;
    int m_accepted = 0;
    int m_refused = 0;
    int m_tryLater = 0;
    qint64 m_mostWaiting = 0;
    qint64 m_first = 0; // milliseconds after the start
    qint64 m_last = 0;
};

#endif // RUSH_H
