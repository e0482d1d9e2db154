// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DEMO_H
#define DEMO_H

#include "demopeer.h"

#include <QtCore/qobject.h>
#include <QtCore/qrandom.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtimer.h>
#include <QtQml/qqmlregistration.h>

#include <vector>

class KeyDirectory;
class ServerSockets;

// Simulated peers that connect and disconnect: some with a known key or password, some with an
// unknown one.
class Demo : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool running READ isRunning WRITE setRunning NOTIFY runningChanged)
    Q_PROPERTY(QStringList deniedAddresses READ deniedAddresses CONSTANT)
    Q_PROPERTY(int peerCount READ peerCount CONSTANT)
    Q_PROPERTY(int connectedCount READ connectedCount NOTIFY connectedCountChanged)
    QML_ELEMENT
    QML_UNCREATABLE("There is one, in Backend.")

public:
    // Writes the keys of the known peers to the directory. Both arguments must outlive the demo.
    Demo(const ServerSockets &server, KeyDirectory &keys, QObject *parent = nullptr);

    bool isRunning() const { return m_timer.isActive(); }
    void setRunning(bool running);
    QStringList deniedAddresses() const { return {QStringLiteral("127.0.66.0/24")}; }
    int peerCount() const { return static_cast<int>(m_visitors.size()); }
    int connectedCount() const;

    // Writes the users among the peers to the file, in plain text: their passwords are not secret.
    static void writeUsers(const QString &file);

Q_SIGNALS:
    void runningChanged();
    void connectedCountChanged();

private:
    enum class Door { Keys, Users, Guests };
    struct Visitor
    {
        std::unique_ptr<DemoPeer> peer;
        Door door;
        int ticksLeft; // until it disconnects or connects again
    };

    void add(Door door, const DemoPeer::Identity &identity);
    void addKey(Door door, const QString &name, const QString &address, bool isKnown);
    void tick();
    QString endpointOf(Door door) const;

    const ServerSockets &m_server;
    KeyDirectory &m_keys;
    std::vector<Visitor> m_visitors;
    QRandomGenerator m_random{20260127}; // the same peers each time
    QTimer m_timer;
};

#endif // DEMO_H
