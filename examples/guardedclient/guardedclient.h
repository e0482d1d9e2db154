// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GUARDEDCLIENT_H
#define GUARDEDCLIENT_H

#include "clientoptions.h"

#include <QZap/QZapSocketMonitor>

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <zmq.hpp>

#include <memory>
#include <string>

class QZapSocketNotifier;

// Connects, sends one line, waits for its echo, and reports the outcome. If it is to stay, it
// repeats that until the server refuses it.
class GuardedClient : public QObject
{
    Q_OBJECT

public:
    // The context must outlive the client.
    explicit GuardedClient(zmq::context_t &context, QObject *parent = nullptr);
    ~GuardedClient() override;

    // Returns false if the endpoint or the credentials cannot be used.
    bool start(const ClientOptions &options, QString *errorMessage);

Q_SIGNALS:
    void echoed(const QString &userId, const QString &text);
    void disconnected();
    void failed(ExitCode code, const QString &reason);

private:
    bool setCredentials(const ClientOptions &options);
    void sendLine();
    void receive();
    void handleAcceptance();
    void handleDisconnection();
    void handleFailure(const QString &reason);
    void timeOut();
    void end();

    zmq::socket_t m_socket;
    QZapSocketMonitor m_monitor;
    std::unique_ptr<QZapSocketNotifier> m_notifier;
    QTimer m_timer;
    QTimer m_repeat;
    std::string m_line;
    int m_closedEarly = 0;
    bool m_stays = false;
    bool m_connected = false;
    bool m_accepted = false;
    bool m_ended = false;
};

#endif // GUARDEDCLIENT_H
